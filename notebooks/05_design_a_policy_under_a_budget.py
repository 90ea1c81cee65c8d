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
# # 5. Design a policy under a budget
#
# A region runs an AI tool in its hospitals and health centres. You get a budget. **What do you buy,
# so that the tool is still used in ten years?**
#
# **You will be able to**
#
# - say what a policy is made of: levers, months, places, costs;
# - read a paired difference and its interval, and say why common luck makes it narrow;
# - compute what one additional sustained adopter costs, and read a cost-effectiveness plane;
# - design a policy as a Python mapping, and have it scored on luck that you did not tune on.
#
# It takes about 40 minutes. Strengths and costs of all policies are **assumptions**. They show what
# can be asked. They are no prices of your country.

# %%
# %matplotlib inline
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import display

from sim import catalogue, compare, run

REPLICATES = 48  # worlds that differ in their luck only
WORLD = {
    "horizon": 120,
    "population.organisations": 10,
    "population.organisation_size": 30,
    "deployment.at_start": 1,  # the tool runs in all of them from the start
}
LUCK = {"seed": 1, "replicates": REPLICATES, "progress": "never"}
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#777777"
TITLES = {name: policy["title"] for name, policy in catalogue("policy").items()}
plt.rcParams["axes.axisbelow"] = True

# %% [markdown]
# ## 1. What a policy is made of
#
# A policy is a list of levers. Each has a strength, and acts from one month to another in some or in
# all organisations. `catalogue` shows what is shipped.

# %%
champions_first = catalogue("policy")["champions_first"]
print(champions_first["title"], "-", champions_first["description"])
for lever in champions_first["levers"]:
    print("  ", lever)

# %%
levers = pd.DataFrame(catalogue("lever")).T
shown = levers[(levers["kind"] == "policy") & ~levers.index.str.contains(".", regex=False)]
with pd.option_context("display.max_colwidth", 80):
    display(shown[["unit", "meaning", "by_group"]])

# %% [markdown]
# `quality_work` and `workshop` exist for single qualities as well: `quality_work.usability`, for
# example. The full table is in `docs/policies.md`.
#
# **Discuss.** Which of these levers act on people, which on the tool, which on organisations? Which
# does your own hospital use?

# %% [markdown]
# ## 2. What the shipped policies do
#
# `compare` runs each policy under the same luck as doing nothing (`none`): replicate by replicate,
# the same people with the same draws. So a difference is an effect of the policy.
#
# Before you run the cell: write down the three policies that you expect on top.

# %%
SHIPPED = [
    "training", "train_everyone_once", "onboarding", "co_design", "alignment_workshop",
    "champions", "network", "usability_work", "pilot_and_stop",
]  # fmt: skip
shipped = compare(["none", *SHIPPED], WORLD, **LUCK)
display(shipped.plot("changes"))

# %% [markdown]
# Each point is a mean difference, each bar its 95 % interval. A bar that does not cross 0 is an
# effect beyond luck, **in this model**.
#
# ### Why paired?
#
# Here is one policy, compared in two ways: with the same luck (paired), and with the luck of another
# seed (as two separate trials would be).

# %%
pair = shipped.comparison.set_index(["policy", "outcome"]).loc[("training", "sustained_adoption")]

other_luck = run(WORLD, **{**LUCK, "seed": 2})
with_training = shipped.outcome("sustained_adoption", shipped.where({"policy": "training"}))
without = other_luck.outcome("sustained_adoption")
separate = with_training.mean() - without.mean()
half = 1.96 * np.sqrt((with_training.var(ddof=1) + without.var(ddof=1)) / REPLICATES)

figure, axes = plt.subplots(figsize=(7, 1.9), layout="constrained")
rows = [
    ("separate luck", separate, separate - half, separate + half, GREY, "s"),
    ("same luck", pair["change"], pair["change_low_95"], pair["change_high_95"], BLUE, "o"),
]
for height, (_, middle, low, high, colour, marker) in enumerate(rows):
    bar = [[middle - low], [high - middle]]
    axes.errorbar([middle], [height], xerr=bar, fmt=marker, color=colour, capsize=4)
axes.set_yticks([0, 1], [row[0] for row in rows])
axes.set_ylim(-0.6, 1.6)
axes.axvline(0, color=GREY, linewidth=1)
axes.set_xlabel("change of sustained adoption by training, share of professionals")
axes.set_title(f"95 % intervals of the same effect from {REPLICATES} runs each", fontsize=10)
plt.show()

print(f"width with separate luck: {2 * half:.3f}")
print(f"width with the same luck: {pair['change_high_95'] - pair['change_low_95']:.3f}")
print(f"variance that the common luck takes away: {pair['variance_saved']:.0%}")

# %% [markdown]
# **Discuss.** A real trial can not give the same hospital the same luck twice. What do real studies
# do instead? (Matched pairs, each hospital as its own control, stepped wedge.) What is left over?

# %% [markdown]
# ## 3. What it costs
#
# Under a budget, "does it work?" is not the whole question. `costs` tells for each policy what it
# costs more than doing nothing, and how many more sustained adopters it brings: *the cost of one
# additional sustained adopter* is the ratio of the two. It is left out where the gain may be chance.

# %%
money = shipped.costs.set_index("policy").sort_values("cost_per_adopter")
columns = [
    "additional_cost", "additional_adopters", "cost_per_adopter", "cost_per_adopter_low_95",
    "cost_per_adopter_high_95", "dominated_by",
]  # fmt: skip
display(money[columns].round(0))

# %% [markdown]
# A policy is **dominated** if another one costs no more and brings at least as many adopters.
# Nobody should buy it, whatever an adopter is worth.
#
# Of the others, some are a good buy at some budget, and some at none. The table below goes from the
# cheapest good buy to the dearest, and compares each with the one before: what does each *further*
# adopter cost? The price rises from row to row.

# %%
ladder = money[money["further_than"] != ""].sort_values("additional_cost")
steps = [
    "cost_per_further_adopter",
    "cost_per_further_adopter_low_95",
    "cost_per_further_adopter_high_95",
]
display(ladder[["additional_cost", "further_than", *steps]].round(0))

# %% [markdown]
# The upper panel below is the **cost-effectiveness plane**. Right is more effect, up is more cost;
# the dotted line joins the rows of that table. The lower panel asks: if one additional adopter is worth so much to you, which policy is probably the
# best buy?

# %%
display(shipped.plot("costs"))

# %% [markdown]
# **Discuss.** Who would have to say what an additional adopter is worth? A user of a tool is no
# patient who is better off. What would you rather have on the horizontal axis?
#
# ### Exercise 1
#
# `catalogue("policy")["training"]` tells what `training` costs in each organisation and month. It
# goes on until the horizon, where the tool still runs: nothing is paid for a tool that was withdrawn.
# `shipped.months` tells the share of organisations that run it at the end of each month (`running`).
# Costs are discounted: what is paid in month *m* counts (1 + rate)^(-m/12), and the rate a year is
# `shipped.values["cost.discount_rate"]`. Compute the cost by hand, and compare it with `money`. Who
# wins if money later counts less: those who pay at the start, or those who pay for ever?

# %% tags=["solution"] jupyter={"source_hidden": true}
# Solution
monthly = catalogue("policy")["training"]["levers"][0]["cost"]
rate = shipped.values["cost.discount_rate"]
places, horizon = WORLD["population.organisations"], WORLD["horizon"]
trained = shipped.months[shipped.months["policy"] == "training"]
running = trained.groupby("month")["running"].mean()  # month 0 is the start
paid = [monthly * places * running[m - 1] for m in range(1, horizon + 1)]
by_hand = sum(euros * (1 + rate) ** (-m / 12) for m, euros in enumerate(paid, 1))
print(f"{monthly:,} EUR in each of {places} organisations and {horizon} months, rate {rate:.0%}")
print(f"by hand: {by_hand:,.0f}   from the model: {money.loc['training', 'additional_cost']:,.0f}")
print(
    f"not discounted: {sum(paid):,.0f}, and if no tool were withdrawn: {monthly * places * horizon:,}"
)
assert abs(by_hand - money.loc["training", "additional_cost"]) < 1

# %% [markdown]
# ## 4. Your own policy
#
# The budget is the same for all. So that nobody buys a strong lever for nothing, prices are the same
# for all, too: those of the shipped policies, per organisation and month, for one unit of strength.

# %%
BUDGET = 600_000  # EUR for ten organisations and ten years, discounted; an assumption

PRICES = {}
for policy in catalogue("policy").values():
    for lever in policy["levers"]:
        price = lever["cost"] / lever["strength"]
        # where policies differ, the dearest counts
        PRICES[lever["lever"]] = max(price, PRICES.get(lever["lever"], 0))
for name, price in sorted(PRICES.items()):
    print(f"{name:28} {price:8,.0f} EUR per organisation and month at strength 1")

# %% [markdown]
# Change the mapping below. Each lever may have `from`, `to` (months), `where` (`{"share": 0.5}`,
# `{"members": True}`, `{"organisations": [1, 2]}`) and, where the table in section 1 says so,
# `groups`. A typing mistake is told in one line.

# %%
my_policy = {
    "title": "A little of everything",
    "levers": [
        {"lever": "training", "strength": 0.02, "from": 1, "to": 60},
        {"lever": "onboarding", "strength": 0.2, "from": 13},
    ],
}


def priced(policy):
    """Return the policy with the prices that hold for all."""
    levers = [{**lever, "cost": PRICES[lever["lever"]] * lever["strength"]} for lever in policy["levers"]]  # fmt: skip
    return {**policy, "levers": levers}


def try_out(policy, seed=1, replicates=REPLICATES):
    """Return what a policy gains, with its interval, and what it costs."""
    tried = compare(
        ["none", "mine"], WORLD, policies={"mine": priced(policy)}, seed=seed,
        replicates=replicates, progress="never",
    )  # fmt: skip
    gain = tried.difference("sustained_adoption", 1, 0)
    return {"gain": gain, "cost": tried.difference("policy_cost", 1, 0).estimate}


tried = try_out(my_policy)
print(f"cost {tried['cost']:,.0f} of {BUDGET:,} EUR")
gain = tried["gain"]
print(f"gain {gain.estimate:+.3f} ({gain.low:+.3f} to {gain.high:+.3f}), share of professionals")

# %% [markdown]
# Tune as often as you like. Everything up to here uses seed 1.
#
# ## 5. The competition
#
# `score` refuses a policy over the budget. It scores the others **under luck that nobody tuned on**:
# another seed, which stays the same for the whole class.

# %%
SCORING_SEED = 314
AGAINST = ["training", "onboarding", "alignment_workshop", "champions", "network", "pilot_and_stop"]


def score(policy, name="mine", show=True):
    """Score a policy under unseen luck; print the leader-board and return it."""
    unknown = [lever["lever"] for lever in policy["levers"] if lever["lever"] not in PRICES]
    if unknown:
        print(f"refused: {unknown[0]} has no price; allowed are {', '.join(sorted(PRICES))}")
        return None
    result = compare(
        ["none", *AGAINST, name], WORLD, policies={name: priced(policy)}, seed=SCORING_SEED,
        replicates=REPLICATES, progress="never",
    )  # fmt: skip
    costs = result.costs.set_index("policy")["additional_cost"]
    if costs[name] > BUDGET:
        print(f"refused: {name} costs {costs[name]:,.0f} EUR, the budget is {BUDGET:,} EUR")
        return None
    table = result.comparison.query("outcome == 'sustained_adoption'").set_index("policy")
    board = pd.DataFrame(
        {
            "gain": table["change"],
            "low": table["change_low_95"],
            "high": table["change_high_95"],
            "cost": costs,
        }
    ).sort_values("gain", ascending=False)
    board["within budget"] = board["cost"] <= BUDGET
    if show:
        for place, (who, row) in enumerate(board[board["within budget"]].iterrows(), 1):
            interval = f"{row['gain']:+.3f} ({row['low']:+.3f} to {row['high']:+.3f})"
            print(f"{place}. {who:20} {interval}   {row['cost']:9,.0f} EUR")
        for who, row in board[~board["within budget"]].iterrows():
            print(f"-  {who:20} {row['gain']:+.3f}, over budget: {row['cost']:,.0f} EUR")
    return board


board = score(my_policy)

# %%
too_dear = {"levers": [{"lever": "training", "strength": 0.5}]}
assert score(too_dear) is None


# %%
def draw(board, title):
    """Draw the gain of all policies on the board, and what they cost."""
    rows = board.sort_values(["within budget", "gain"])
    figure, axes = plt.subplots(figsize=(8, 0.4 * len(rows) + 1), layout="constrained")
    for height, (who, row) in enumerate(rows.iterrows()):
        own = who not in AGAINST
        colour = ORANGE if own else BLUE if row["within budget"] else GREY
        bar = [[row["gain"] - row["low"]], [row["high"] - row["gain"]]]
        axes.errorbar(
            [row["gain"]], [height], xerr=bar, fmt="D" if own else "o", color=colour, capsize=3
        )
    over = (~rows["within budget"]).sum()
    axes.axhline(over - 0.5, color=GREY, linestyle="--", linewidth=1)
    axes.annotate(
        "over budget", (0.99, over - 0.55), xycoords=("axes fraction", "data"), ha="right", va="top",
        color=GREY,
    )  # fmt: skip
    names = [
        f"{TITLES.get(who, who)}, {row['cost'] / 1000:,.0f} thousand EUR"
        for who, row in rows.iterrows()
    ]
    axes.set_yticks(range(len(rows)), names)
    axes.axvline(0, color=GREY, linewidth=1)
    axes.set_xlabel("gain of sustained adoption, share of professionals")
    axes.set_title(title, fontsize=10)
    plt.show()


draw(board, f"Unseen luck, {REPLICATES} paired runs; bars: 95 % intervals of the mean")

# %% [markdown]
# ### Exercise 2
#
# Beat all shipped policies that are within the budget. Hints: some effects stay after the spending
# ends, some do not. Which ones? And when are most tools withdrawn?

# %% tags=["solution"] jupyter={"source_hidden": true}
# Solution: one of many. What experts have learned stays, so workshops and meetings can be short.
# They come early, for most withdrawals come within two years of the first review.
my_solution = {
    "title": "Learn early",
    "levers": [
        {"lever": "workshop", "strength": 0.2, "from": 1, "to": 6},
        {"lever": "co_design", "strength": 0.2, "from": 1, "to": 18},
    ],
}
solution_board = score(my_solution, "solution")
draw(solution_board, f"Unseen luck, {REPLICATES} paired runs; bars: 95 % intervals of the mean")

# %% [markdown]
# ### Exercise 3: the winner's curse
#
# Whoever tries many policies on few runs and keeps the best one, keeps a lucky one too. Draw 12
# policies at random that use up the budget. Try all of them with 3 runs, and keep the best. Repeat
# this under other luck, ten times. How much of the lead of the kept policy over the average of the
# twelve is left in many runs under the luck of `score`?

# %% tags=["solution"] jupyter={"source_hidden": true}
# Solution
rng = np.random.default_rng(7)
names = ["training", "workshop", "network", "onboarding", "co_design"]
candidates = {}
for number in range(12):
    bought = []
    for lever, part in zip(rng.choice(names, 2, replace=False), rng.dirichlet([1, 1]), strict=True):
        months = int(rng.integers(12, 60))
        strength = min(0.9, part * BUDGET / (PRICES[lever] * 10 * months))
        bought.append({"lever": str(lever), "strength": round(strength, 3), "to": months})
    candidates[f"candidate_{number}"] = priced({"levers": bought})


def leads(seed, replicates):
    """Return the lead of each candidate over the mean of all, in sustained adoption."""
    found = compare(
        list(candidates), WORLD, policies=candidates, seed=seed, replicates=replicates,
        progress="never",
    )  # fmt: skip
    means = np.array([found.outcome("sustained_adoption", n).mean() for n in range(12)])
    return means - means.mean()


unseen = leads(SCORING_SEED, REPLICATES)
tuned = np.array([leads(seed, 3) for seed in range(1, 11)])
kept = tuned.argmax(axis=1)

figure, axes = plt.subplots(figsize=(5.5, 4.2), layout="constrained")
axes.scatter(tuned.ravel(), np.tile(unseen, 10), color=BLUE, s=9, alpha=0.5, label="candidates")
axes.scatter(tuned.max(axis=1), unseen[kept], color=ORANGE, marker="D", label="kept as the best")
ends = [min(tuned.min(), unseen.min()), max(tuned.max(), unseen.max())]
axes.plot(ends, ends, color=GREY, linestyle="--", linewidth=1, label="equal")
axes.set_xlabel("lead in 3 runs that were tuned on, share of professionals")
axes.set_ylabel(f"lead in {REPLICATES} runs of unseen luck,\nshare of professionals")
axes.legend(frameon=False)
plt.show()
print(f"lead of the kept ones when tuned: {tuned.max(axis=1).mean():+.3f}, mean of ten")
print(f"their lead under unseen luck:     {unseen[kept].mean():+.3f}")
print(f"lead of the truly best one:       {unseen.max():+.3f}")

# %% [markdown]
# Points below the dashed line lost a part of their lead. Each row of points is
# one candidate under ten tuning lucks.
# Common luck makes the curse smaller than it would be in separate trials: what is good or bad for
# all candidates falls out of a lead.
#
# ### Exercise 4: another world
#
# What peers do differs between published studies. Compare your policy and the best
# shipped ones again with `decision.peers_adopting=0`. Does the order stay?

# %% tags=["solution"] jupyter={"source_hidden": true}
# Solution
without_peers = compare(
    ["none", *AGAINST, "solution"], {**WORLD, "decision.peers_adopting": 0},
    policies={"solution": priced(my_solution)}, **{**LUCK, "seed": SCORING_SEED},
)  # fmt: skip
there = without_peers.comparison.query("outcome == 'sustained_adoption'").set_index("policy")
orders = pd.DataFrame({"with peers": solution_board["gain"], "without peers": there["change"]})
display(orders.sort_values("with peers", ascending=False).round(3))
print(f"rank correlation of the two orders: {orders.rank().corr().iloc[0, 1]:.2f}")

# %% [markdown]
# ## Questions for discussion
#
# 1. The winner of your class: is its lead larger than the intervals? Who would you fund if it is not?
# 2. Prices are linear: twice the training costs twice as much. Is the last nurse as easy to train as
#    the first? What would change in your policy?
# 3. Whose budget is it? Training costs working time of professionals, co-design that of experts too.
# 4. Your policy was designed for the average HCP. Look at `sustained_adoption.nurse` and the other
#    groups in `.comparison`. Who is left out?
#
# ## What the model leaves out
#
# - Benefit and harm to patients. Sustained adoption is no value in itself: a tool that does harm
#   should be given up.
# - How people react to being managed, and how two measures get in each other's way.
# - Prices, strengths and the budget have no source. A different price list gives a different winner:
#   try it.
# - Uncertainty about the model's own numbers. Intervals here are about luck alone.
#   `python -m sim +experiment=policy_whatif` asks in how many worlds that agree with published patterns
#   a policy still wins.
