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
# # 3. Two stakeholders, one tool
#
# Healthcare professionals (HCPs) and AI experts spoke about the same tools, and did not mean the same.
# HCPs weigh what a tool must be; experts decide what is worked on. **What happens to the tool when the
# two do not meet, and what to their effort?**
#
# 30 to 45 minutes. **You will be able to**
#
# - explain how this model turns "alignment" into a tool: attention, effort, neglect;
# - say why attention is finite, and what changes if one forces it to add up to one;
# - tell two kinds of waste apart: attention that serves nobody, and effort on misunderstood needs;
# - find which gap is worth closing first, and say on which assumptions that rests.

# %%
# %matplotlib inline
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display

from sim import AdoptionModel, compare, parameters, sweep

plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False})
REPLICATES = 24  # worlds that differ in their luck only
HERE = {parameters.deployment.at_start: 1}  # all organisations have the tool from the first month
FEW = {"replicates": REPLICATES, "seed": 1, "progress": "never"}

# %% [markdown]
# ## 1. What each side weighs
#
# A tool has eight qualities. HCPs weigh them (the weights add up to 1). AI experts, left to
# themselves, attend to each of them less; **the rest of their attention goes to technology for its own
# sake**, which builds nothing that counts here. How far experts attend to a quality as HCPs weigh it is
# its *alignment*, `alignment.<quality>`, 0 to 1.

# %%
parameters.alignment

# %%
QUALITIES = [name.split(".")[1] for name in parameters.alignment]
hcps = np.array([name.default for name in parameters.population.priority])
experts = np.array([name.default for name in parameters.population.expert_priority])
aligned = np.array([name.default for name in parameters.alignment])


def attention(alignment):
    """Return how much attention each quality gets."""
    return (1 - alignment) * experts + alignment * hcps


figure, axes = plt.subplots(figsize=(7, 3.6))
rows = np.arange(len(QUALITIES))
for shift, (values, name, colour) in enumerate(
    (
        (hcps, "HCPs weigh it", "#0072B2"),
        (attention(aligned), "experts, as interviewed", "#E69F00"),
        (experts, "experts left to themselves", "#999999"),
    )
):
    axes.barh(rows + 0.27 * (shift - 1), values, 0.25, label=name, color=colour)
axes.set_yticks(rows, [quality.replace("_", " ") for quality in QUALITIES])
axes.invert_yaxis()
axes.set_xlabel("weight, or share of attention")
axes.legend(frameon=False)
figure.tight_layout()
plt.show()

for name, values in (("as interviewed", attention(aligned)), ("left to themselves", experts)):
    print(f"experts {name}: attention to what HCPs need adds up to {values.sum():.2f};")
    print(f"  to technology for its own sake goes {1 - values.sum():.2f}")

# %% [markdown]
# **Think.** Where is the gap between the first and the second bar widest? Is that where the *alignment*
# is lowest? Why not?
#
# ## 2. From attention to a tool
#
# Each month a quality grows with effort and attention, towards its ceiling, and **erodes without
# work**. If nothing else changed, it would settle where the two balance:
#
# level = effort × attention × ceiling / (effort × attention + erosion)
#
# So half the attention is not half the quality. By hand, for a tool with experts that understand
# everything, something, or little of clinical work:

# %%
erosion = parameters.development.erosion.usability.default
rate = parameters.development.rate.default
base = parameters.development.fit_base.default


def level(given, knowledge):
    """Return where a quality settles: resources 1, ceiling 1, no funding cut."""
    work = rate * (base + (1 - base) * knowledge) * given
    return work / (work + erosion)


given = np.linspace(0, 0.3, 100)
figure, axes = plt.subplots(figsize=(8, 3.4))
for knowledge, line in ((1.0, "-"), (0.5, "--"), (0.0, ":")):
    axes.plot(given, level(given, knowledge), line, color="#0072B2")
    axes.annotate(
        f" experts' domain knowledge {knowledge:g}",
        (given[-1], level(given[-1], knowledge)),
        va="center",
        annotation_clip=False,
    )
for quality, share in zip(QUALITIES, attention(aligned), strict=True):
    if quality in ("transparency", "usability", "privacy"):
        axes.axvline(share, color="#999999", linewidth=0.8)
        axes.annotate(quality, (share, 1.01), fontsize=8, ha="center", annotation_clip=False)
axes.set_xlabel("attention to the quality (vertical lines: as interviewed)")
axes.set_ylabel("level where it settles, 0 to 1")
axes.set_ylim(0, 1)
figure.tight_layout()
plt.show()

# %% [markdown]
# ### Exercise 1
#
# Check the formula against the model. Switch off what else acts on qualities: experts learn from
# meetings (`process.hcp_cooperation` 0), resources differ (`population.resources_spread` 0), funding
# ends (`development.funding_dependence` 0), members share (`development.member_exchange` 0). Let all
# organisations run the tool for 300 months and withdraw it never (`review.rate` 0). Compare
# `model.organisations[0].quality`.
#
# *Solution: open the next cell.*

# %% jupyter={"source_hidden": true} tags=["solution"]
plain = AdoptionModel(
    {
        parameters.process.hcp_cooperation: 0,
        parameters.population.resources_spread: 0,
        parameters.development.funding_dependence: 0,
        parameters.development.member_exchange: 0,
        parameters.review.rate: 0,
        parameters.deployment.at_start: 1,
        parameters.horizon: 300,
        parameters.population.organisations: 2,
    }
)
plain.run_model()
knowledge = parameters.population.expert_domain_knowledge.default
for quality, share in zip(QUALITIES, attention(aligned), strict=True):
    found = plain.organisations[0].quality[quality]
    print(f"{quality:15} by hand {level(share, knowledge):.3f}   model {found:.3f}")

# %% [markdown]
# ## 3. Attention is finite
#
# Experts have one attention to give. In this model the attention that closes one gap is taken from
# *technology for its own sake*, not from the other qualities. That is a choice. Another model could
# have forced attention to the eight qualities to add up to one (renormalised). Then closing one gap
# **opens the others**. By hand, closing the gap in usability:

# %%
closed = aligned.copy()
closed[QUALITIES.index("usability")] = 1.0
changes = {}
for name, shares in (
    ("from technology for its own sake", lambda v: v),
    ("from the other qualities", lambda v: v / v.sum()),
):
    after, before = (level(shares(attention(a)), knowledge) for a in (closed, aligned))
    changes[name] = after - before

figure, panels = plt.subplots(1, 2, figsize=(8.5, 3.2), sharey=True, sharex=True)
for axes, (name, change) in zip(panels, changes.items(), strict=True):
    axes.barh(rows, change, color=np.where(change < 0, "#D55E00", "#0072B2"))
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_title(f"attention comes\n{name}", fontsize=9)
    axes.set_xlabel("change of the level")
    print(
        f"{name}: qualities that rise: {np.sum(change > 1e-9)}, that fall: {np.sum(change < -1e-9)}"
    )
panels[0].set_yticks(rows, [quality.replace("_", " ") for quality in QUALITIES])
panels[0].invert_yaxis()
figure.tight_layout()
plt.show()

# %% [markdown]
# **Think.** Which of the two is closer to a team that you know? If attention really were taken from
# other qualities, could "listen more to users" make a tool worse?
#
# ## 4. Which gap to close first?
#
# Each alignment in turn goes from where it stands, as interviewed, to 0.8 (gap closed). Everything
# else stays. What is closed already has nothing left to gain; `print(gaps)` tells what opening it
# would cost. Note that these are *pairs of runs with the same luck*. All organisations have the tool
# from the start (`HERE`): how it travels between them is another question.

# %%
gaps = sweep({name: [0.2, 0.8] for name in parameters.alignment}, HERE, kind="one_at_a_time", **FEW)
display(gaps.plot())

# %% [markdown]
# **Look.** Is the order that of the weights? Which intervals include no change? Usability is a gap that
# the paper names, and yet closing it brings little. Why? (Two hints: its weight; and what training does
# for it, `appraisal.training_compensation`.)
#
# ### Exercise 2
#
# Is the whole more than its parts? Close *all* gaps at once, from 0.2 to 0.8, and compare with the sum
# of the single changes.

# %% jupyter={"source_hidden": true} tags=["solution"]
together = compare(
    {
        "all open": {name: 0.2 for name in parameters.alignment},
        "all closed": {name: 0.8 for name in parameters.alignment},
    },
    HERE,
    **FEW,
)
whole = together.difference("sustained_adoption", 1, 0)
single = gaps.runs.groupby("point")["sustained_adoption"].mean()
parts = 0.0
for axis in gaps.axes:
    low, high = (
        gaps.where({**{name: gaps.values[name] for name in parameters.alignment}, axis.name: end})
        for end in (0.2, 0.8)
    )
    parts += single[high] - single[low]
print(f"all at once: {whole.estimate:+.2f} ({whole.low:+.2f} to {whole.high:+.2f})")
print(f"sum of the single changes: {parts:+.2f}")
print("They need not agree. Each single change starts from the world as interviewed; what one gap")
print(
    "has won, another can not win again; and a weak quality drags down the others (appraisal.rho)."
)

# %% [markdown]
# ## 5. Wasted effort
#
# Attention is one thing, understanding another. An expert who does not know clinical work builds the
# wrong thing with the best will: only a part of the effort fits the need. What does not fit is counted:

# %%
waste = sweep(
    {
        parameters.process.hcp_cooperation: [0, 0.05, 0.1, 0.2, 0.35, 0.5],
        parameters.process.shared_understanding: [0, 0.1, 0.5],
    },
    HERE,
    **FEW,
)
print(waste.describe("effort_wasted"))
print(waste.describe("failed_meetings"))
display(
    waste.plot("effort_wasted", "failed_meetings", "domain_knowledge", "alignment_index", "trust",
               "sustained_adoption")
)  # fmt: skip

# %% [markdown]
# **Look.** With more meetings, *more* of them fail, and yet less effort is wasted. Both are called
# waste. Which one would a project report show? Which one would a manager cut? And effort is counted
# only while a tool runs: does a tool that is soon withdrawn look thrifty?
#
# ### Exercise 3
#
# Two offers cost the same, let us assume: more meetings (`process.hcp_cooperation` 0.2 to 0.3), or
# interdisciplinary experts (`process.shared_understanding` 0.1 to 0.5). Compare them, alone and
# together. Which saves more effort? Do the two add up?

# %% jupyter={"source_hidden": true} tags=["solution"]
meet = {parameters.process.hcp_cooperation: 0.3}
know = {parameters.process.shared_understanding: 0.5}
offers = compare(
    {"as it is": {}, "meetings": meet, "experts": know, "both": {**meet, **know}}, HERE, **FEW
)
display(offers.plot("effort_wasted", "sustained_adoption"))
change = offers.comparison.set_index(["policy", "outcome"])
for outcome in ("effort_wasted", "sustained_adoption"):
    print(outcome)
    for name in ("meetings", "experts", "both"):
        row = change.loc[(name, outcome)]
        print(
            f"  {name:9} {row['change']:+8.2f} ({row['change_low_95']:+.2f} to "
            f"{row['change_high_95']:+.2f})"
        )

# %% [markdown]
# ### Exercise 4
#
# Weaken an assumption on which much hangs, what peers do (`docs/validation.md`). Does
# your answer to exercise 3 hold with `decision.peers_adopting` at half its value?

# %% jupyter={"source_hidden": true} tags=["solution"]
half = {**HERE, parameters.decision.peers_adopting: parameters.decision.peers_adopting.default / 2}
weaker = compare(
    {"as it is": {}, "meetings": meet, "experts": know, "both": {**meet, **know}}, half, **FEW
)
for number, name in enumerate(("meetings", "experts", "both"), start=1):
    strong, weak = (r.difference("sustained_adoption", number, 0) for r in (offers, weaker))
    print(
        f"{name:9} default {strong.estimate:+.2f} ({strong.low:+.2f} to {strong.high:+.2f}), "
        f"half {weak.estimate:+.2f} ({weak.low:+.2f} to {weak.high:+.2f})"
    )

# %% [markdown]
# ## Questions for discussion
#
# 1. "We all agree on transparency." Both groups of the paper say so. Does agreement on the *word* close
#    the gap in this model? What else is needed?
# 2. Is technology for its own sake always waste? Where would it pay off that this model does not see?
# 3. Who should move: the experts towards the HCPs, or the HCPs towards the experts? What would the model
#    need, to ask the second question?
#
# ## What the model leaves out
#
# - HCPs' weights never change; in real projects both sides learn what is possible.
# - Experts do not leave, compete, or have a boss who sets their attention.
# - Effort has no price here except in policies. Meetings cost nobody time.
# - The order of the weights leans on the paper and on a review; all numbers are assumptions, and the
#   order of section 4 rests on them.
#
# Next: *The partial-adoption trap* (notebook 4).
