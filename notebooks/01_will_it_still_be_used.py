# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Will it still be used in five years?
#
# A group of hospitals and health centres introduces an AI tool. Pilots went well. Five years later,
# in many real projects, nobody uses the tool any more. **What decides whether it lasts?**
#
# In this notebook you watch one such world month by month, meet single professionals in it, repeat
# it under different luck, and change what people do. It takes about 20 minutes.
#
# The model is a thought made exact, not a forecast: it shows what follows from its assumptions.
# Almost all of its numbers are assumptions.

# %%
# %matplotlib inline
import matplotlib.pyplot as plt
from IPython.display import display

from sim import AdoptionModel, compare, run, sweep
from sim.model.agents import HCP

MONTHS = 60
REPLICATES = 16  # worlds that differ in their luck only
WORLD = {"horizon": MONTHS, "population.organisations": 8, "population.organisation_size": 30}

# %% [markdown]
# ## 1. One world
#
# Eight organisations of thirty healthcare professionals (HCPs). Nobody uses the tool at the start.
# Each month organisations may deploy the tool, AI experts work on it, HCPs hear from their peers,
# meet experts, are trained, try the tool, keep it or drop it, and some leave their job.
#
# `AdoptionModel` is one run of this world, as a model of the Mesa library.

# %%
model = AdoptionModel(WORLD, seed=1)
model.run_model()
history = model.datacollector.get_model_vars_dataframe()

figure, axes = plt.subplots(figsize=(7, 3))
axes.plot(history["adopter_share"], label="adopters, share of HCPs")
axes.plot(history["organisations_running"] / 8, label="organisations that run the tool, share")
axes.plot(history["mean_trust"], label="mean trust, 0 to 1")
axes.set_xlabel("months since the start")
axes.set_ylim(0, 1)
axes.legend(frameon=False, fontsize=8)
plt.show()

# %% [markdown]
# **Look.** Which of the three lines moves first? Does trust lead adoption, or follow it?

# %% [markdown]
# ## 2. Single people
#
# The professionals are Mesa agents. You can group, select and ask them.

# %%
people = model.agents_by_type[HCP]
for state, group in people.groupby("state"):
    trust = group.agg("trust", lambda values: sum(values) / len(values))
    literacy = group.agg("literacy", lambda values: sum(values) / len(values))
    print(f"{state:12} {len(group):4}   mean trust {trust:.2f}   mean AI literacy {literacy:.2f}")

# %%
someone = max(people, key=lambda hcp: hcp.trust)
print(f"The most trusting: a {someone.group} in organisation {someone.organisation.index + 1}")
print(f"  trust {someone.trust:.2f}, {someone.state}, first adopted in month {someone.adopted}")
print(f"  meetings with AI experts: {someone.meetings}; trained: {someone.trained}")
print("  peers:", ", ".join(peer.state for peer in someone.peers))
print("  what matters to this person:")
for quality, weight in sorted(
    zip(someone.organisation.quality, someone.priority, strict=True), key=lambda x: -x[1]
)[:3]:
    level = someone.organisation.quality[quality]
    print(f"    {quality}: weight {weight:.2f}, and the tool's level is {level:.2f}")

# %% [markdown]
# **Try.** Find the HCP with the lowest trust among the lapsed (`hcp.state == "lapsed"`). How many
# of the peers have lapsed as well? Does this prove that peers were the cause?

# %% [markdown]
# ## 3. Luck
#
# One world is one throw of the dice. `run` repeats it. Look at two different things:
#
# - the **interval of the mean**: how well we know the mean. More runs make it narrower.
# - the **range of single runs**: how different histories are under the same conditions. More runs
#   do not make it narrower.

# %%
baseline = run(WORLD, replicates=REPLICATES, seed=1, progress="never")
print(baseline)
display(baseline.plot())

# %% [markdown]
# **Think.** A hospital manager sees one pilot, that is: one grey line. What can the manager learn
# from it about the mean? And about the next hospital?

# %% [markdown]
# ## 4. What if experts attended to what professionals need?
#
# Professionals want to understand how the tool reaches its answer: transparency. Experts may care
# about other things. `alignment.transparency` says how far experts attend to transparency as the
# professionals weigh it: 0 is not at all, 1 is fully.
#
# All points of a sweep share their luck, so that a difference between them is an effect.

# %%
swept = sweep(
    {"alignment.transparency": [0, 0.25, 0.5, 0.75, 1]},
    WORLD,
    replicates=REPLICATES,
    seed=1,
    progress="never",
)
print(swept)
display(swept.plot())

# %% [markdown]
# **Think.** Is the effect on trust as large as the effect on adoption? Which ways other than trust
# lead from transparency to use? (Hint: how is the tool's usefulness appraised?)

# %% [markdown]
# ## 5. Two plans, one budget
#
# The group can afford one of two: train all professionals more often, or let them meet the
# experts more often. Guess first. Then run.

# %%
plans = compare(
    {
        "as it is": {},
        "more training": {"process.training": 0.06},
        "more meetings": {"process.hcp_cooperation": 0.4},
    },
    WORLD,
    replicates=REPLICATES,
    seed=1,
    progress="never",
)
print(plans)
display(plans.plot())

# %% [markdown]
# **Think.** The intervals are of *paired* differences: the same luck with and without the plan. Why
# are they narrower than those in section 3? And what does this comparison leave out? (Cost, for
# one: is a training worth as many hours as a meeting?)

# %% [markdown]
# ## 6. Exercise: your own professionals
#
# What if people are more cautious than the model says? Here nobody tries the tool before half of
# their peers are adopters. `decide` returns the next state, as a number; everything else stays as
# it is. `engine="agents"` steps each agent in Python, so that it can call your code.

# %%
NON_ADOPTER, TRIAL, ADOPTER, LAPSED = 0, 1, 2, 3
SMALL = {
    "horizon": MONTHS,
    "population.organisations": 3,
    "population.organisation_size": 15,
    "population.initial_adopters": 0.3,
    "deployment.at_start": 1,
}


class Cautious(HCP):
    """Waits until enough peers are adopters."""

    enough = 0.5

    def decide(self):
        wish = super().decide()
        if wish == TRIAL and self.adopting < self.enough:
            return int(self.row["state"])
        return wish


def mean_adoption(people, worlds=4):
    """Return the share of adopters at the end, mean over some worlds."""
    shares = []
    for replicate in range(worlds):
        one = AdoptionModel(SMALL, engine="agents", seed=1, replicate=replicate, hcp_class=people)
        one.run_model()
        shares.append(one.adopter_share)
    return sum(shares) / worlds


print(f"as in the model: {mean_adoption(HCP):.2f}")
print(f"cautious:        {mean_adoption(Cautious):.2f}")

# %% [markdown]
# **Your turn.**
#
# 1. Change `enough` to 0.3 and to 0.1. Is there a threshold below which caution does no harm?
# 2. Write `class Loyal(HCP)`: an adopter never lapses (`LAPSED`) while trust is above 0.3. How
#    much does loyalty help, compared with a tool that deserves trust (section 4)?
# 3. Which of your results depend on the 30 % who use the tool at the start
#    (`population.initial_adopters`)?

# %% [markdown]
# ## What to take home
#
# - A tool can be adopted widely and still be lost: watch the lapsed, not only the adopters.
# - One history says little. Ask for intervals, and ask whose: of the mean, or of single runs.
# - An effect in a model is an argument: *if* people are like this, *then* that follows. The next
#   step is to look at real people.
#
# More: `python -m sim --help`, the experiments in `experiments/`, and the model in `docs/`.
