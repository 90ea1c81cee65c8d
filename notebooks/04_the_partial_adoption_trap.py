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
# # 4. The partial-adoption trap
#
# Some tools are worth little to one user alone: a shared record that half of the ward does not fill
# in, an alarm that nobody else looks at. Their value appears **once many use them**. Then two worlds
# with the same people, the same tool and the same money can end differently, for one reason: where they
# began. This is called the partial-adoption trap (Ercole 2026, arXiv 2605.17388).
#
# 30 to 45 minutes. **You will be able to**
#
# - recognise a trap: two futures from one world, and a boundary between them;
# - find the boundary by a sweep, and say how well it is known;
# - see why a mean can describe no organisation at all;
# - judge ways out: a push at the start, champions, a better tool.

# %%
# %matplotlib inline
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display

from sim import AdoptionModel, animate, compare, parameters, run, sweep

plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False})
REPLICATES = 12  # worlds that differ in their luck only
FEW = {"replicates": REPLICATES, "seed": 1, "progress": "never"}

# %% [markdown]
# ## 1. A world that stands still
#
# To see the trap alone, everything else is held: all organisations run the tool from the start, nobody
# works on it and nothing erodes, so that its qualities stay in the middle; no organisation withdraws it.
# The numbers of trust and decisions are written out: they are those of the first description of the
# model, for which the ends of the trap are known from a second program (`docs/known_answers.md`). The
# default numbers were fitted to published patterns since; section 5 asks what they leave of the trap.

# %%
HELD = {
    parameters.trust.success_gain: 0.08,
    parameters.trust.failure_loss: 0.17,
    parameters.decision.intercept: -3.85,
    parameters.decision.trust: 4.0,
    parameters.decision.appraisal: 5.0,
    parameters.decision.peers_adopting: 2.5,
    parameters.decision.peers_lapsed: 2.0,
    parameters.decision.literacy: 1.0,
    parameters.decision.roles: 2.0,
    parameters.decision.trial_rate: 0.12,
    parameters.decision.retrial_rate: 0.06,
    parameters.decision.decide_rate: 0.25,
    parameters.decision.lapse_rate: 0.06,
    parameters.horizon: 240,
    parameters.deployment.at_start: 1,
    parameters.development.rate: 0,
    parameters.development.member_exchange: 0,
    parameters.review.rate: 0,
    **{name: 0 for name in parameters.development.erosion},
    **{name: 0.4 for name in parameters.development.start},
}
SYSTEMIC = 0.9
TRAP = {**HELD, parameters.appraisal.systemic: SYSTEMIC}

# %% [markdown]
# One number makes the trap: `appraisal.systemic`, the share of the value that appears only once many
# use the tool. How many are many is `appraisal.critical_mass`. By hand:

# %%
critical = parameters.appraisal.critical_mass.default
exponent = parameters.appraisal.critical_exponent.default


def value(adopters, systemic, quality=0.4):
    """Return the value that people feel, where a share of colleagues are adopters."""
    many = adopters**exponent / (adopters**exponent + critical**exponent)
    return (1 - systemic) * quality + systemic * many


share = np.linspace(0, 1, 200)
usual = parameters.appraisal.systemic.default
figure, axes = plt.subplots(figsize=(6, 3.3))
for systemic, line in ((SYSTEMIC, "-"), (usual, "--"), (0, ":")):
    axes.plot(share, value(share, systemic), line, color="#0072B2")
    axes.annotate(
        f" systemic {systemic:g}", (1, value(1, systemic)), va="center", annotation_clip=False
    )
    print(
        f"systemic {systemic:g}: value {value(0, systemic):.2f} alone, {value(1, systemic):.2f} with all"
    )
axes.set_xlabel("adopters in the organisation, share of professionals")
axes.set_ylabel("value that is felt, 0 to 1")
axes.set_ylim(0, 1)
figure.tight_layout()
plt.show()

# %% [markdown]
# ## 2. Two futures
#
# The same people, the same ties, the same luck. On the left few begin as adopters, on the right half of
# them. Press play.

# %%
SMALL = {
    **TRAP,
    parameters.horizon: 120,
    parameters.population.organisations: 6,
    parameters.population.organisation_size: 20,
}
START = parameters.population.initial_adopters
futures = {
    "few begin": AdoptionModel({**SMALL, START: 0.05}, seed=1),
    "half begin": AdoptionModel({**SMALL, START: 0.5}, seed=1),
}
film = animate(futures)
display(film)

# %%
for name, model in futures.items():
    first, last = model.history["adopters"].iloc[[0, -1]]
    print(f"{name}: adopters {first:.2f} at the start, {last:.2f} in month {model.month}")

# %% [markdown]
# **Look.** Do the organisations of one world all go the same way? What happens to the first adopters on
# the left: do they keep the tool?
#
# ## 3. Find the boundary
#
# Now in the larger world, over many starts, with a strong systemic part and with the default one.

# %%
boundary = sweep(
    {
        START: [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.6, 0.9],
        parameters.appraisal.systemic: [SYSTEMIC, usual],
    },
    TRAP,
    **FEW,
)
display(boundary.plot("adopter_share.horizon", "trust"))

# %% [markdown]
# **Look.** On one line the start does not matter after twenty years: the world forgets it. On the other
# it decides. Where is the curve steepest?
#
# **Think.** Trust (right) is *lower* where adoption is higher. Is that a fault? Who learns what a middling
# tool is worth, and who never finds out?
#
# ### Exercise 1
#
# Find the boundary more exactly: the start from which more than half of the runs end with more than 40 %
# adopters. Halve the interval again and again (bisection), until it is narrower than 0.02.
#
# *Solution: open the next cell.*


# %% jupyter={"source_hidden": true} tags=["solution"]
def share_escaping(start, world=TRAP, replicates=REPLICATES):
    """Return the share of runs that end with more than 40 % adopters."""
    result = run({**world, START: start}, replicates=replicates, seed=1, progress="never")
    return (result.runs["adopter_share.horizon"] > 0.4).mean()


low, high = 0.0, 0.9
while high - low > 0.02:
    middle = (low + high) / 2
    escaping = share_escaping(middle)
    print(f"start {middle:.3f}: {escaping:4.0%} of runs escape")
    low, high = (low, middle) if escaping > 0.5 else (middle, high)
print(f"the boundary lies between {low:.3f} and {high:.3f}, for these runs")

# %% [markdown]
# ## 4. The mean describes nobody
#
# Near the boundary, take the organisations one by one. `organisations="all"` keeps them.

# %%
NEAR = 0.2
near = run({**TRAP, START: NEAR}, organisations="all", **FEW)
table = near.organisations
print(near.describe("sustained_adoption"))
mean = table["sustained_adoption"].mean()
away = (abs(table["sustained_adoption"] - mean) > 0.15).mean()
print(f"\nmean of {len(table)} organisations: {mean:.2f}; further than 0.15 from it: {away:.0%}")

figure, axes = plt.subplots(figsize=(6, 3.2))
axes.hist(table["sustained_adoption"], bins=np.linspace(0, 1, 26), color="#0072B2")
axes.axvline(mean, color="#D55E00", linestyle="--")
axes.annotate(" mean", (mean, axes.get_ylim()[1] * 0.92), color="#D55E00")
axes.set_xlabel("sustained adoption of an organisation, share of its HCPs")
axes.set_ylabel("organisations")
figure.tight_layout()
plt.show()

# %% [markdown]
# **Think.** A ministry reads only the mean. What would it conclude about the tool? Each hill of the
# histogram calls for a different policy: which?
#
# ### Exercise 2
#
# Champions: instead of adopters anywhere at the start, the *best connected* people become adopters. The
# lever `champions` does this (`docs/policies.md`). In the world where nobody begins, which share of
# champions is needed? Is it less than the boundary of exercise 1?
#
# Hint: `run({**TRAP, "policy": "mine"}, policies={"mine": {"levers": [{"lever": "champions",
# "strength": 0.1, "from": 1, "to": 12}]}})`.

# %% jupyter={"source_hidden": true} tags=["solution"]
strengths = (0.05, 0.1, 0.15, 0.2, 0.3)
own = {
    f"champions_{round(100 * strength)}": {
        "levers": [{"lever": "champions", "strength": strength, "from": 1, "to": 12}]
    }
    for strength in strengths
}
for strength, name in zip(strengths, own, strict=True):
    seeded = run({**TRAP, "policy": name}, policies=own, **FEW)
    anywhere = run({**TRAP, START: strength}, **FEW)
    a, b = (r.mean("adopter_share.horizon") for r in (seeded, anywhere))
    print(
        f"{strength:4.0%}: champions {a.estimate:.2f} ({a.low:.2f} to {a.high:.2f}), "
        f"anywhere {b.estimate:.2f} ({b.low:.2f} to {b.high:.2f})"
    )

# %% [markdown]
# ### Exercise 3
#
# Is it the value, or is it the peers? Set the weight of adopting peers (`decision.peers_adopting`) to 0.
# That alone also lowers everybody's wish to use the tool; so raise `decision.intercept` in steps, to make
# up for it. Is there still a trap: do few and many beginners end apart?

# %% jupyter={"source_hidden": true} tags=["solution"]
usual_intercept = TRAP[parameters.decision.intercept]
worlds = {"with peers": TRAP}
for more in (0, 1, 1.25, 1.75):
    worlds[f"without, intercept {more:+g}"] = {
        **TRAP,
        parameters.decision.peers_adopting: 0,
        parameters.decision.intercept: usual_intercept + more,
    }
for name, world in worlds.items():
    ends = [run({**world, START: start}, **FEW).mean("adopter_share.horizon") for start in (0, 0.9)]
    none, most = (f"{end.estimate:.2f} ({end.low:.2f} to {end.high:.2f})" for end in ends)
    apart = ends[1].estimate - ends[0].estimate
    print(f"{name:24} from none {none}, from most {most}: {apart:.2f} apart")
print("In this model the trap is made by both: peers raise the wish to use, use raises the value.")

# %% [markdown]
# ## 5. A way out: a better tool
#
# So far nobody worked on the tool, and the numbers were set for a clear trap. Now the model as it is:
# default numbers, experts at work, organisations that may withdraw the tool. Does the trap then vanish
# by itself?

# %%
AT_WORK = {parameters.deployment.at_start: 1, parameters.appraisal.systemic: SYSTEMIC}
out = compare(
    {
        "nobody begins": {},
        "half begin": {START: 0.5},
        "nobody begins, cooperation": {parameters.process.hcp_cooperation: 0.5},
    },
    AT_WORK,
    **FEW,
)
display(out.plot("sustained_adoption"))
display(out.plot("scenarios"))
out

# %% [markdown]
# **Look.** How many begin still decides much, but neither a good start nor cooperation keeps the tool in
# most organisations.
#
# **Think.** Organisations *withdraw* a tool that few use. What does this do to a world that needs time to
# climb out of a trap?
#
# ### Exercise 4
#
# Patience: give organisations more time before they may withdraw the tool (`review.grace_months`). Does
# patience alone lead out of the trap?

# %% jupyter={"source_hidden": true} tags=["solution"]
patience = sweep(
    {parameters.review.grace_months: [12, 24, 48, 96, 120], START: [0, 0.1]}, AT_WORK, **FEW
)
display(patience.plot("sustained_adoption", "abandonment"))

# %% [markdown]
# ### Exercise 5
#
# How narrow is the trap? Take the standing world with the default numbers, and tools of different
# quality. Where do few and many beginners end apart?

# %% jupyter={"source_hidden": true} tags=["solution"]
fitted = {k: v for k, v in TRAP.items() if not str(k).startswith(("trust.", "decision."))}
for quality in (0.35, 0.4, 0.425, 0.45, 0.5):
    world = {**fitted, **{name: quality for name in parameters.development.start}}
    ends = [run({**world, START: start}, **FEW).mean("adopter_share.horizon") for start in (0, 0.9)]
    none, most = (f"{end.estimate:.2f} ({end.low:.2f} to {end.high:.2f})" for end in ends)
    print(f"quality {quality}: from none {none}, from most {most}")
print("Far below the middle everybody leaves, above it everybody comes: no start is remembered.")

# %% [markdown]
# ## Questions for discussion
#
# 1. Which tools that you know are worth little to the first user? Which are worth everything to one?
# 2. A pilot in one ward fails, and the tool is dropped. Under which condition was that the wrong
#    conclusion? How could one have known before?
# 3. "Make it compulsory for a year." What would that do in this model, and what in a hospital?
#
# ## What the model leaves out
#
# - The trap is a mechanism taken from theory. How large the systemic part of a given tool is, nobody
#   has measured; the default is an assumption.
# - The value appears with the adopters of one's own organisation only, not of other organisations.
# - What peers do differs between published studies (`docs/validation.md`), and the
#   trap leans on them: see exercise 3.
# - Nobody is forced, nobody uses two tools, and a dropped tool has no successor.
