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
# # 1. Will it still be used in five years?
#
# A group of hospitals and health centres introduces an AI tool. Pilots went well. Five years later,
# in many real projects, nobody uses the tool any more. **What decides whether it lasts?**
#
# In this notebook you watch one such world month by month, meet single people in it, and learn to
# read the five letters of NASSS. It takes 30 to 45 minutes.
#
# **You will be able to**
#
# - run a world, look at it, and repeat it under different luck;
# - say what the five letters measure, and which of them a report leaves out;
# - tell how well a mean is known from how different single histories are;
# - find one history among many, and look into it.
#
# The model is a thought made exact, not a forecast: it shows what follows from its assumptions.
# Most of its numbers are assumptions; some were fitted to published studies.

# %%
from IPython.display import display

from sim import HCP, AdoptionModel, compare, parameters, run

REPLICATES = 32  # worlds that differ in their luck only
WORLD = {
    parameters.horizon: 60,
    parameters.deployment.at_start: 1,  # all organisations have the tool from the first month
    parameters.population.organisations: 6,
    parameters.population.organisation_size: 20,
}

# %% [markdown]
# `parameters` knows the names of all parameters: type `parameters.` and press the tab key. A name,
# shown, says what it means. Plain text such as `"horizon"` does the same.

# %%
parameters.population.organisation_size

# %% [markdown]
# ## 1. One world
#
# A few organisations, each with healthcare professionals (HCPs) and AI experts. The tool is there, and
# nobody uses it yet. Each month AI experts work on it, HCPs hear from their peers, meet experts, are
# trained, try the tool, keep it or drop it, and some leave their job. After two years an organisation
# may withdraw a tool that few use.
#
# `AdoptionModel` is one run of this world. Shown, it says where it stands.

# %%
model = AdoptionModel(WORLD, seed=1)
model

# %% [markdown]
# Let it run, and watch. Each disc is an organisation; it is blue while the tool runs there. Each
# mark is a person, each thin line a tie between two who hear from each other. Press play, or step
# with the buttons.

# %%
film = model.animate()
display(film)

# %% [markdown]
# **Look.** Do all organisations go the same way? Do the orange crosses, the people who stopped, lie near
# each other? Which organisations lose the tool, and does it come back to them?
#
# The same run as curves. `model.history` has the numbers, one row per month.

# %%
display(model.plot())
model

# %% [markdown]
# **Look.** Which line moves first: running tools, adopters or trust? Use and trust need not move the
# same way: why not?
#
# ## 2. Single people
#
# The people are agents of the Mesa library. You can group, select and ask them.

# %%
people = model.agents_by_type[HCP]
for state, group in people.groupby("state"):
    trust = group.agg("trust", lambda values: sum(values) / len(values))
    print(f"{state:12} {len(group):4}   mean trust {trust:.2f}")

someone = max(people, key=lambda hcp: hcp.trust)
print(f"\nThe most trusting: a {someone.group} in organisation {someone.organisation.index + 1}")
print(f"  trust {someone.trust:.2f}, {someone.state}, first adopted in month {someone.adopted}")
print(f"  meetings with AI experts: {someone.meetings}; trained: {someone.trained}")
print("  peers:", ", ".join(peer.state for peer in someone.peers))

# %% [markdown]
# ### Exercise 1
#
# Find the HCP with the lowest trust among the lapsed (`hcp.state == "lapsed"`). How many of the
# peers have lapsed as well? Compare with the share of lapsed among all HCPs. Does this prove that
# peers were the cause?
#
# *Solution: open the next cell.*

# %% jupyter={"source_hidden": true} tags=["solution"]
lapsed = [hcp for hcp in people if hcp.state == "lapsed"]
lowest = min(lapsed, key=lambda hcp: hcp.trust)
near = [peer.state == "lapsed" for peer in lowest.peers]
print(f"lowest trust among {len(lapsed)} lapsed HCPs: {lowest.trust:.2f}")
print(f"lapsed among the peers: {sum(near)} of {len(near)}")
print(f"lapsed among all: {len(lapsed)} of {len(people)}")
print("It proves nothing: the peers share the same organisation, and so the same tool.")

# %% [markdown]
# ## 3. The five letters
#
# One history is one throw of the dice. `run` repeats it. What it shows are the outcomes of the NASSS
# framework (Greenhalgh et al. 2017): **n**on-adoption, **a**bandonment, **s**cale-up, **s**pread,
# **s**ustainability.

# %%
baseline = run(WORLD, replicates=REPLICATES, seed=1, progress="never")
baseline

# %% [markdown]
# Each letter is a different failure, or a different success:
#
# | Letter | The question |
# | --- | --- |
# | Non-adoption | Who never became a user? |
# | Abandonment | Which organisations began, and gave up? |
# | Scale-up | How far did use grow within the organisations that began? |
# | Spread | How many organisations did it reach at all? |
# | Sustainability | How much of the highest level was left at the end? |
#
# What exactly is counted, and in which unit, each column says itself:

# %%
for letter in ("non_adoption", "abandonment", "scale_up", "spread", "sustainability"):
    print(baseline.describe(letter), end="\n\n")

# %%
display(
    baseline.plot(
        "non_adoption", "abandonment", "scale_up", "spread", "sustainability", "sustained_adoption"
    )
)

# %% [markdown]
# **Think.** A vendor may report one letter. Which one looks best here? Which one would a patient
# organisation ask for? Why can spread be high while many people never use the tool?
#
# ## 4. Luck
#
# Two different things are both drawn or printed as a range:
#
# - the **interval of the mean**: how well we know the mean. More runs make it narrower.
# - the **range of single runs**: how different histories are under the same conditions. More runs
#   do not make it narrower.

# %%
display(baseline.plot("adoption"))

# %% [markdown]
# **Think.** A hospital manager sees one pilot, that is: one grey line. What can the manager learn
# from it about the mean? And about the next hospital?
#
# ### Exercise 2
#
# Run the world with four times as many replicates. Which of the two becomes narrower?

# %% jupyter={"source_hidden": true} tags=["solution"]
for replicates in (REPLICATES, 4 * REPLICATES):
    result = run(WORLD, replicates=replicates, seed=1, progress="never")
    mean = result.mean("sustained_adoption")
    single = result.runs["sustained_adoption"]
    print(
        f"{replicates:4} runs: interval of the mean {mean.low:.2f} to {mean.high:.2f}, "
        f"single runs {single.min():.2f} to {single.max():.2f}"
    )
print("Four times the runs halve the interval, roughly. The range does not shrink.")

# %% [markdown]
# ### Exercise 3
#
# Find the run that ended worst, and look into it. `baseline.runs` has one row per run; the same
# `seed` and `replicate` give `AdoptionModel` the same history.

# %% jupyter={"source_hidden": true} tags=["solution"]
runs = baseline.runs
worst = int(runs.loc[runs["sustained_adoption"].idxmin(), "replicate"])
history = AdoptionModel(WORLD, seed=1, replicate=worst)
history.run_model()
print(f"replicate {worst}: {runs['sustained_adoption'].min():.2f} in the table,")
last = parameters.outcome.sustained_months.default  # what sustained adoption is averaged over
months = history.history["adopters"][-last:]
print(f"{months.mean():.2f} in its own history")
for organisation in history.organisations:
    print(
        f"organisation {organisation.index + 1}: resources {organisation.resources:.2f}, "
        f"{organisation.status}, adopters {organisation.adopter_share:.2f}"
    )
display(history.plot())

# %% [markdown]
# ### Exercise 4
#
# Project money ends. Compare the world as it is with one where all work on the tool stops when the
# project does (`development.funding_dependence` 1), and one where none is lost (0). Give it ten
# years. Which letters change, and which do not notice?

# %% jupyter={"source_hidden": true} tags=["solution"]
money = compare(
    {
        "as it is": {},
        "work stops": {parameters.development.funding_dependence: 1},
        "work goes on": {parameters.development.funding_dependence: 0},
    },
    {**WORLD, parameters.horizon: 120},
    replicates=REPLICATES,
    seed=1,
    progress="never",
)
display(money)
display(money.plot("spread", "scale_up", "sustainability"))

# %% [markdown]
# ## 5. If there is time: your own professionals
#
# What if people are more cautious than the model says? Here nobody tries the tool before enough of
# their peers are adopters. `decide` returns the next state, as a number; everything else stays as
# it is. `engine="agents"` steps each agent in Python, so that it can call your code.

# %%
NON_ADOPTER, TRIAL, ADOPTER, LAPSED = 0, 1, 2, 3
SMALL = {
    "horizon": 48,
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


def mean_adoption(people):
    """Return the share of adopters at the end, mean over some worlds."""
    shares = []
    for replicate in range(min(4, REPLICATES)):
        one = AdoptionModel(SMALL, engine="agents", seed=1, replicate=replicate, hcp_class=people)
        one.run_model()
        shares.append(one.adopter_share)
    return sum(shares) / len(shares)


print(f"as in the model: {mean_adoption(HCP):.2f}")
print(f"cautious:        {mean_adoption(Cautious):.2f}")

# %% [markdown]
# ### Exercise 5
#
# Write `class Loyal(HCP)`: an adopter never lapses while trust is above 0.3. How much does loyalty
# help?


# %% jupyter={"source_hidden": true} tags=["solution"]
class Loyal(HCP):
    """Stays an adopter while trust is not low."""

    def decide(self):
        wish = super().decide()
        if wish == LAPSED and self.state == "adopter" and self.trust > 0.3:
            return ADOPTER
        return wish


print(f"as in the model: {mean_adoption(HCP):.2f}")
print(f"loyal:           {mean_adoption(Loyal):.2f}")

# %% [markdown]
# ## Questions for discussion
#
# 1. A project you know: which of the five letters was it judged by, and when? Who chose?
# 2. Is non-adoption always bad? Name a tool that should not be adopted, and say which letter would
#    show that it is harmful. (None does: there are no patients in this model.)
# 3. An evaluation after twelve months is called a success. What has it not seen?
#
# ## What the model leaves out
#
# - One tool, no competition, no patients. Use is not benefit.
# - Here the tool is there from the start. Without that (`deployment.at_start` 0) it spreads over years,
#   as health IT did, and most of what you saw happens later.
# - How many stay, and how fast organisations give up, was fitted to published studies. What happens to
#   trust and after bad news was not, and is not met (`docs/validation.md`).
# - Most numbers are assumptions. `result.describe("process.training")` names the source.
#
# Next: *When does transparency lead to trust?* (notebook 2).
