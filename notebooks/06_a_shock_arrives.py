# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 6. A shock arrives
#
# A study finds harm. The budget is cut. Many colleagues leave. **Does the use of the tool survive,
# how long does it take to recover, and what does it cost to be prepared?**
#
# **You will be able to**
#
# - compare a world with its own twin in which the shock does not happen;
# - say what "recovered" means, in more than one way, and how to treat runs that do not recover;
# - tell a policy that has more adopters from one that loses fewer of them;
# - weigh what resilience costs against what it saves, and how likely the shock has to be.
#
# It takes about 40 minutes. Strengths and times of all shocks and policies are **assumptions**.

# %%
# %matplotlib inline
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import display

from sim import AdoptionModel, catalogue, compare, sweep

REPLICATES = 32  # worlds that differ in their luck only
MONTHS = 180
WORLD = {
    "horizon": MONTHS,
    "population.organisations": 10,
    "population.organisation_size": 30,
    "deployment.at_start": 1,  # the tool runs in all of them from the start
    "process.hcp_cooperation": 0.4,  # HCPs and experts meet often: most tools outlive their reviews
}
LUCK = {"seed": 1, "replicates": REPLICATES, "progress": "never"}
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]
GREY = "#777777"
TITLES = {"none": "No policy"}
TITLES |= {name: x["title"] for kind in ("policy", "shock") for name, x in catalogue(kind).items()}
plt.rcParams["axes.axisbelow"] = True

# %% [markdown]
# ## 1. One world and its twin
#
# A shock is written like a policy: levers, strengths, months.

# %%
SHOCKS = ["adverse_evidence", "budget_cut", "staff_exodus"]
for name in SHOCKS:
    shock = catalogue("shock")[name]
    print(f"{shock['title']}: {shock['description']}")
    print("   ", shock["levers"])

# %% [markdown]
# Here is one world, once as it is and once with adverse evidence. All draws are the same: who meets
# whom, who leaves, who hesitates.

# %%
twins = {}
for shock in ("none", "adverse_evidence"):
    model = AdoptionModel(WORLD, seed=3, shock=shock)
    model.run_model()
    twins[shock] = model.history

figure, axes = plt.subplots(figsize=(7.5, 3.2), layout="constrained")
axes.plot(twins["none"]["adopters"], color=GREY, linestyle="--", label="without the shock")
axes.plot(twins["adverse_evidence"]["adopters"], color=COLOURS[0], label="with adverse evidence")
axes.set_xlabel("months since the start")
axes.set_ylabel("adopters, share of HCPs")
axes.set_ylim(0, 1)
axes.set_title("One world, with and without the shock", fontsize=10)
axes.legend(frameon=False, loc="lower right")
plt.show()

same = (twins["none"] == twins["adverse_evidence"]).all(axis=1)
first = int(same.index[~same][0])
print(f"The first month in which the twins differ: {first}")

# %% [markdown]
# Up to that month the two are equal to the bit. After it, everything that differs is caused by the
# shock.
#
# **Discuss.** No hospital has such a twin. Which group would you compare with, in a real study? What
# else could differ between the two?

# %% [markdown]
# ## 2. What a shock takes away
#
# Now many worlds, each with its own twin. The upper row shows adoption, the lower row the difference
# between the twins, month by month. Shaded months: the shock is in force.

# %%
shocked = compare({"no shock": {}, **{name: {"shock": name} for name in SHOCKS}}, WORLD, **LUCK)


def paths(result, **settings):
    """Return the adopter shares of a point of the design, as (runs, months)."""
    months = result.months
    for column, value in settings.items():
        months = months[months[column] == value]
    return months.pivot(index="replicate", columns="month", values="adopters").to_numpy()


def interval(x):
    """Return mean, and lower and upper end of its 95 % interval, over the first axis."""
    mean, half = x.mean(axis=0), 1.96 * x.std(axis=0, ddof=1) / np.sqrt(len(x))
    return mean, mean - half, mean + half


def in_force(name):
    """Return the first and the last month of a shipped shock."""
    levers = catalogue("shock")[name]["levers"]
    return min(lever["from"] for lever in levers), max(lever["to"] for lever in levers)


def draw_band(axes, x, colour, label=None, linestyle="-"):
    """Draw the mean of runs over the months, with the 95 % interval of the mean."""
    mean, low, high = interval(x)
    axes.fill_between(range(len(mean)), low, high, color=colour, alpha=0.25, linewidth=0)
    axes.plot(mean, color=colour, linestyle=linestyle, label=label)


calm = paths(shocked, shock="none")
lost = {}
figure, panels = plt.subplots(
    2, 3, figsize=(10.5, 5), sharex=True, sharey="row", layout="constrained"
)
for column, name in enumerate(SHOCKS):
    upper, lower = panels[:, column]
    hit = paths(shocked, shock=name)
    lost[name] = calm - hit
    draw_band(upper, calm, GREY, "without", "--")
    draw_band(upper, hit, COLOURS[column], "with the shock")
    draw_band(lower, -lost[name], COLOURS[column])
    start, end = in_force(name)
    for axes in (upper, lower):
        axes.axvspan(start - 1, end, color="#dddddd", linewidth=0, zorder=0)
    upper.set_title(TITLES[name], fontsize=10)
    upper.legend(frameon=False, fontsize=8, loc="lower right")
    lower.axhline(0, color=GREY, linewidth=1)
    lower.set_xlabel("months since the start")
panels[0, 0].set_ylabel("adopters, share of HCPs")
panels[0, 0].set_ylim(0, 1)
panels[1, 0].set_ylabel("with less without,\nshare of HCPs")
figure.suptitle(
    f"{REPLICATES} worlds and their twins; bands: 95 % intervals of the mean", fontsize=9
)
plt.show()

for name in SHOCKS:
    mean, low, high = interval(lost[name])
    worst = int(mean.argmax())
    print(
        f"{name:17} worst in month {worst}: {mean[worst]:.3f} of HCPs fewer "
        f"({low[worst]:.3f} to {high[worst]:.3f})"
    )

# %% [markdown]
# **Discuss.** One shock is deep, one is slow, one is neither. Which of the three would a manager
# notice in a quarterly report, and which not? Why can the worst month come long after a shock is
# over? (Think of peers who lapse, of newcomers, and of a tool that nobody works on.) A study that
# finds harm takes little away here: few users leave at once, and most of them return. Is that good news?

# %% [markdown]
# ## 3. How long until recovery?
#
# We need a definition. Here a world **has recovered** in the first month after the shock from which
# on it stays within one percentage point of its twin, until the end. Some worlds never do within the
# horizon. Leaving them out would make recovery look fast. So we draw the share of worlds that have
# recovered, month by month, and count those that have not.

# %%
NEAR = 0.01


def recovered_at(lost, after):
    """Return for each run the month from which on the loss stays small; NaN if it never does."""
    away = np.abs(lost) > NEAR
    last_away = np.where(away.any(axis=1), lost.shape[1] - 1 - away[:, ::-1].argmax(axis=1), 0)
    month = np.maximum(last_away + 1, after + 1).astype(float)
    return np.where(month >= lost.shape[1], np.nan, month)


def wilson(successes, n, z=1.96):
    """Return the 95 % interval of a share (Wilson 1927)."""
    middle = (successes + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * np.sqrt(successes * (n - successes) / n + z**2 / 4)
    return middle - half, middle + half


figure, axes = plt.subplots(figsize=(7.5, 3.6), layout="constrained")
for number, name in enumerate(SHOCKS):
    _, end = in_force(name)
    month = recovered_at(lost[name], end)
    since = np.arange(MONTHS - end)
    count = (month[:, None] - end <= since).sum(axis=0)
    low, high = wilson(count, len(month))
    axes.fill_between(since, low, high, step="post", color=COLOURS[number], alpha=0.2, linewidth=0)
    axes.step(
        since, count / len(month), where="post", color=COLOURS[number],
        linestyle=["-", "--", ":"][number], label=TITLES[name],
    )  # fmt: skip
    never = int(np.isnan(month).sum())
    half = np.nanmedian(np.where(np.isnan(month), np.inf, month)) - end
    told = f"in month {half:.0f} after its end" if np.isfinite(half) else "not within the horizon"
    print(f"{TITLES[name]:24} half of the worlds recovered: {told}; never: {never} of {len(month)}")
axes.set_xlabel("months since the end of the shock")
axes.set_ylabel("share of worlds that have recovered")
axes.set_ylim(0, 1)
axes.legend(frameon=False, loc="lower right")
axes.set_title("Back within one percentage point of the twin; bands: 95 % intervals", fontsize=10)
plt.show()

# %% [markdown]
# Near the horizon it is easier to stay close *until the end*, because less time is left. So do not
# read the last months.
#
# ### Exercise 1: another definition
#
# A manager has no twin, but remembers how many used the tool before the shock. Compute the month in
# which adoption is back at its level of the month before the shock. Is this sooner or later than
# above? Which of the two would you want to be judged by?

# %% tags=["solution"] jupyter={"source_hidden": true}
# Solution
for name in SHOCKS:
    start, end = in_force(name)
    hit = calm - lost[name]
    before = hit[:, start - 1]
    back = hit[:, end + 1 :] >= before[:, None]
    manager = np.where(back.any(axis=1), back.argmax(axis=1) + 1.0, np.inf)
    twin = recovered_at(lost[name], end) - end
    twin = np.where(np.isnan(twin), np.inf, twin)
    medians = [float(np.median(x)) for x in (manager, twin)]
    words = [f"month {m:.0f}" if np.isfinite(m) else "not within the horizon" for m in medians]
    print(
        f"{TITLES[name]:24} median: against the level before: {words[0]}; against the twin: {words[1]}"
    )
    grown = interval(calm[:, end] - calm[:, start - 1])
    print(f"{'':24} the twin grew meanwhile by {grown[0]:.3f} ({grown[1]:.3f} to {grown[2]:.3f})")
print("Where the twin grows, back at the old level is not back on the old path.")

# %% [markdown]
# ## 4. Which policy cushions?
#
# All policies below meet all three shocks, and calm, under the same luck. We measure what a shock
# takes away as **adopter-years lost per 100 HCPs**: the area between the twins. One HCP who uses the
# tool a year less is one adopter-year.

# %%
POLICIES = [
    "none", "training", "onboarding", "co_design", "alignment_workshop", "usability_work",
    "institutionalise",
]  # fmt: skip
grid = sweep({"policy": POLICIES, "shock": ["none", *SHOCKS]}, WORLD, months="all", **LUCK)

months = grid.months
area = months.groupby(["policy", "shock", "replicate"])["adopters"].sum() / 12 * 100
years = area.unstack("shock")  # adopter-years per 100 HCPs: a row per policy and replicate
losses = years[SHOCKS].rsub(years["none"], axis=0)


def by_policy(column):
    """Return (runs, policies) of a column, in the order of POLICIES."""
    return column.unstack("policy")[POLICIES].to_numpy()


def draw_dots(axes, x, names):
    """Draw the mean of each column with its 95 % interval, the first column on top."""
    mean, low, high = interval(x)
    for n, name in enumerate(names):
        colour = COLOURS[POLICIES.index(name) % len(COLOURS)]
        bar = [[mean[n] - low[n]], [high[n] - mean[n]]]
        axes.errorbar([mean[n]], [-n], xerr=bar, fmt="o", color=colour, capsize=3)
    axes.set_yticks([-n for n in range(len(names))], [TITLES[name] for name in names])


figure, panels = plt.subplots(1, 4, figsize=(11, 3.1), sharey=True, layout="constrained")
draw_dots(panels[0], by_policy(years["none"]), POLICIES)
panels[0].set_title("Calm", fontsize=10)
panels[0].set_xlabel("adopter-years\nper 100 HCPs")
for axes, name in zip(panels[1:], SHOCKS, strict=True):
    draw_dots(axes, by_policy(losses[name]), POLICIES)
    axes.set_title(TITLES[name], fontsize=10)
    axes.set_xlabel("adopter-years lost\nper 100 HCPs")
    axes.set_xlim(left=0)
figure.suptitle(f"{REPLICATES} worlds; bars: 95 % intervals of the mean", fontsize=9)
plt.show()

# %% [markdown]
# Bars may overlap, but all policies share their luck. So ask for the paired difference: how many
# adopter-years **fewer** are lost under the policy than under `none`? That is its **cushion**. It is
# a difference of differences: each policy has a twin without the shock, and so has `none`.

# %%
cushions = {}
figure, panels = plt.subplots(1, 3, figsize=(10.5, 3), sharey=True, layout="constrained")
for axes, name in zip(panels, SHOCKS, strict=True):
    loss = by_policy(losses[name])
    cushions[name] = loss[:, :1] - loss[:, 1:]
    draw_dots(axes, cushions[name], POLICIES[1:])
    axes.axvline(0, color=GREY, linewidth=1)
    axes.set_title(TITLES[name], fontsize=10)
    axes.set_xlabel("adopter-years saved per 100 HCPs")
figure.suptitle(
    "Right of 0: less is lost than under none. Left: more is lost. Bars: 95 % intervals", fontsize=9
)
plt.show()

for name in SHOCKS:
    mean, low, high = interval(cushions[name])
    clear = [POLICIES[n + 1] for n in range(len(mean)) if low[n] > 0]
    worse = [POLICIES[n + 1] for n in range(len(mean)) if high[n] < 0]
    print(f"{name}: cushions beyond chance: {', '.join(clear) or 'no policy'}")
    print(f"{'':{len(name)}}  loses more beyond chance: {', '.join(worse) or 'no policy'}")

# %% [markdown]
# **Discuss.** Hardly any cushion is beyond chance, and all are small beside what policies gain in calm
# (the figure before). A policy can be left of 0 and still be the better choice: who has many adopters
# can lose many. When would you divide the loss by what there was to lose, and when not?

# %% [markdown]
# ## 5. What resilience costs
#
# Policies cost whether or not a shock comes. Cost and cushion together:

# %%
cost = {
    name: grid.outcome("policy_cost", grid.where({"policy": name, "shock": "none"})).mean()
    for name in POLICIES
}
figure, panels = plt.subplots(1, 3, figsize=(10.5, 3.4), sharey=True, layout="constrained")
for axes, name in zip(panels, SHOCKS, strict=True):
    mean, low, high = interval(cushions[name])
    for n, policy in enumerate(POLICIES[1:]):
        bar = [[mean[n] - low[n]], [high[n] - mean[n]]]
        axes.errorbar(
            [cost[policy] / 1e6], [mean[n]], yerr=bar, color=COLOURS[n + 1], capsize=3, label=policy,
            fmt="os^Dvp"[n],
        )  # fmt: skip
    axes.axhline(0, color=GREY, linewidth=1)
    axes.set_title(TITLES[name], fontsize=10)
    axes.set_xlabel("cost, million EUR, discounted")
panels[0].set_ylabel("adopter-years saved\nper 100 HCPs")
handles, labels = panels[0].get_legend_handles_labels()
figure.legend(handles, labels, loc="outside lower center", ncols=6, frameon=False, fontsize=8)
plt.show()

# %% [markdown]
# A cushion is only worth something if the shock comes. But a policy may bring adopters in
# calm years as well. So the table tells both: adopter-years gained over `none` in calm, and what is
# gained in addition if the shock comes (the cushion). If the shock comes with probability *p*, a
# policy gains calm + *p* × cushion.

# %%
gains = by_policy(years["none"])
table = pd.DataFrame({"cost, million EUR": [cost[p] / 1e6 for p in POLICIES[1:]]}, POLICIES[1:])
table["gained in calm"] = interval(gains[:, 1:] - gains[:, :1])[0]
for name in SHOCKS:
    table[f"cushion, {name}"] = interval(cushions[name])[0]
display(table.round(1))

figure, panels = plt.subplots(1, 3, figsize=(10.5, 3.4), sharey=True, layout="constrained")
chance = np.linspace(0, 1, 21)
for axes, name in zip(panels, SHOCKS, strict=True):
    for n, policy in enumerate(POLICIES[1:]):
        calm_gain, cushion = (gains[:, n + 1] - gains[:, 0])[:, None], cushions[name][:, n : n + 1]
        mean, low, high = interval((calm_gain + chance * cushion) / (cost[policy] / 1e6))
        axes.fill_between(
            chance, np.maximum(low, 1), high, color=COLOURS[n + 1], alpha=0.2, linewidth=0
        )
        axes.plot(
            chance, mean, color=COLOURS[n + 1], label=policy,
            linestyle=["-", "--", ":", "-."][n % 4],
        )  # fmt: skip
    axes.set_yscale("log")
    axes.set_title(TITLES[name], fontsize=10)
    axes.set_xlabel("probability that the shock comes")
figure.suptitle("Bands: 95 % intervals of the mean", fontsize=9)
panels[0].set_ylabel("adopter-years gained per 100 HCPs\nand million EUR (log scale)")
handles, labels = panels[0].get_legend_handles_labels()
figure.legend(handles, labels, loc="outside lower center", ncols=6, frameon=False, fontsize=8)
plt.show()

# %% [markdown]
# **Discuss.** Do two lines cross? If none do, the order of the policies does not depend on the
# probability of the shock: then it is enough to know what works in calm. Is this a fact about health
# care, or about these three shocks?

# %% [markdown]
# ### Exercise 2: prepare, or respond?
#
# Write two policies for the same money, as mappings: `prepare` trains from month 25 to 60, before
# the adverse evidence; `respond` trains just as much from month 62 to 97, after it. Which leaves more
# adopter-years? Look at both, calm and shock. (What comes later is cheaper: costs are discounted, and
# nothing is paid for a tool that has been withdrawn.)

# %% tags=["solution"] jupyter={"source_hidden": true}
# Solution
campaign = {"lever": "training", "strength": 0.05, "cost": 1_500}
own = {
    "prepare": {"levers": [{**campaign, "from": 25, "to": 60}]},
    "respond": {"levers": [{**campaign, "from": 62, "to": 97}]},
}
plans = sweep(
    {"policy": ["none", *own], "shock": ["none", "adverse_evidence"]}, WORLD, policies=own,
    months="all", **LUCK,
)  # fmt: skip
sums = plans.months.groupby(["policy", "shock", "replicate"])["adopters"].sum().unstack("policy")
sums = sums / 12 * 100
for shock in ("none", "adverse_evidence"):
    for name in own:
        mean, low, high = interval((sums[name] - sums["none"]).loc[shock].to_numpy())
        point = plans.where({"policy": name, "shock": shock})
        price = plans.mean("policy_cost", point).estimate
        print(
            f"shock {shock:17} {name}: {mean:+5.1f} ({low:+.1f} to {high:+.1f}) adopter-years per "
            f"100 HCPs for {price:,.0f} EUR"
        )
mean, low, high = interval((sums["prepare"] - sums["respond"]).loc["adverse_evidence"].to_numpy())
print(f"prepare less respond, with the shock: {mean:+.1f} ({low:+.1f} to {high:+.1f})")

# %% [markdown]
# ### Exercise 3: two shocks at once
#
# `adverse_evidence+staff_exodus` joins two shocks. Is the joint loss larger than the sum of the two
# single losses, or smaller? Guess first. Use the paired difference.

# %% tags=["solution"] jupyter={"source_hidden": true}
# Solution
both = compare({"no shock": {}, "both": {"shock": "adverse_evidence+staff_exodus"}}, WORLD, **LUCK)
joint = paths(both, shock="none") - paths(both, shock="adverse_evidence+staff_exodus")
areas = {"both": joint, **{name: lost[name] for name in ("adverse_evidence", "staff_exodus")}}
areas = {name: x.sum(axis=1) / 12 * 100 for name, x in areas.items()}
for name, x in areas.items():
    mean, low, high = interval(x)
    print(f"{name:17} {mean:5.1f} ({low:.1f} to {high:.1f}) adopter-years lost per 100 HCPs")
excess = areas["both"] - areas["adverse_evidence"] - areas["staff_exodus"]
mean, low, high = interval(excess)
print(f"more than the sum: {mean:+.1f} ({low:+.1f} to {high:+.1f})")
print("An interval that held 0 would be no proof that the two do not interact.")

# %% [markdown]
# ### Exercise 4: your own shock
#
# Change a shipped shock and give it to `shocks`: stronger, or earlier, before the tool is at home. How
# much more is lost, and does the cushion of section 4 keep its sign? Start from
# `mine = catalogue("shock")["budget_cut"]`.

# %% tags=["solution"] jupyter={"source_hidden": true}
# Solution
mine = catalogue("shock")["budget_cut"]
mine["levers"][0].update({"strength": 0.9, "from": 13, "to": 48})
early = sweep(
    {"policy": ["none", "training", "institutionalise"], "shock": ["none", "early_cut"]}, WORLD,
    shocks={"early_cut": mine}, months="all", **LUCK,
)  # fmt: skip
found = early.months.groupby(["policy", "shock", "replicate"])["adopters"].sum().unstack("shock")
early_loss = ((found["none"] - found["early_cut"]) / 12 * 100).unstack("policy")
for when, loss in (("as shipped", losses["budget_cut"].unstack("policy")), ("early", early_loss)):
    print(f"{when}: {loss['none'].mean():.0f} adopter-years lost per 100 HCPs under none")
for name in ("training", "institutionalise"):
    mean, low, high = interval((early_loss["none"] - early_loss[name]).to_numpy())
    print(f"cushion of {name}, early and strong cut: {mean:+.1f} ({low:+.1f} to {high:+.1f})")

# %% [markdown]
# ## Questions for discussion
#
# 1. Adverse evidence may be **right**. Then a policy that keeps everybody at the tool does harm. How
#    would you measure a *good* reaction to bad news?
# 2. Your hospital can afford one policy. The board fears a budget cut, the staff council an exodus.
#    What do the figures say to each? What do they not say?
# 3. Which definition of recovery is in the contract with your vendor?
#
# ## What the model leaves out
#
# - Shocks come at a known month and hit all organisations alike. Real ones come by surprise, and
#   often in company.
# - Nobody adapts: a policy does not change when a shock comes, unless you write it so (exercise 2).
# - A professional who leaves is replaced at once. A real exodus leaves gaps, and no time to learn.
# - Evidence is not weighed. People lose a share of their trust, however good the study is.
# - Intervals are about luck. They say nothing about assumptions that are wrong.
