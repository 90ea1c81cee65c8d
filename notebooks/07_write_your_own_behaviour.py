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
# # 7. Write your own behaviour
#
# The model has one idea of how a healthcare professional (HCP) decides. You may have another. Here
# you write it in a few lines of Python, prove that nothing else has changed, and see what follows.
#
# **You will be able to**
#
# - write a subclass of `HCP` that overrides `decide`;
# - prove that an unchanged subclass gives the results of the model, **to the bit**;
# - tell what your behaviour changes, with paired intervals;
# - test it: limits, what must never happen, and what must stay as it was.
#
# It takes about 45 minutes. You need functions and classes of Python. The behaviours are thought
# experiments: that people decide so is an **assumption**.

# %%
# %matplotlib inline
import matplotlib.pyplot as plt
import numpy as np

from sim import HCP, AdoptionModel, UserError, catalogue, run

REPLICATES = 12  # worlds that differ in their luck only
WORLD = {
    "horizon": 48,
    "population.organisations": 3,
    "population.organisation_size": 15,
    "population.initial_adopters": 0.2,
    "deployment.at_start": 1,
}
LUCK = {"seed": 1, "replicates": REPLICATES, "progress": "never"}
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#777777"

# %% [markdown]
# ## 1. How an HCP decides
#
# In each month an HCP sees the peers (`influence`), perhaps meets an expert (`cooperate`), is perhaps
# trained (`train`), uses the tool (`use`), and then decides. `decide` returns the next state:
#
# - a `NON_ADOPTER` may stay or begin a `TRIAL`;
# - after a `TRIAL` one becomes `ADOPTER` or `LAPSED`;
# - an `ADOPTER` may stay or become `LAPSED`;
# - who has `LAPSED` may begin a new `TRIAL`.
#
# What an HCP knows when it decides:

# %%
model = AdoptionModel(WORLD, engine="agents", seed=1)
for _ in range(24):
    model.step()
someone = model.hcps[0]
print(f"after {model.month} months, a {someone.group}, {someone.state}")
print(f"  trust {someone.trust:.2f}, AI literacy {someone.literacy:.2f}")
print(
    f"  share of peers who are adopters {someone.adopting:.2f}, lapsed {someone.lapsed_peers:.2f}"
)
print(f"  appraisal of the tool {someone.appraise(someone.organisation.now):.2f}")
print(f"  log odds of wanting to use it {someone.propensity(someone.organisation.now):+.2f}")

# %% [markdown]
# ## 2. First prove that nothing has changed
#
# Studies run a compiled kernel. It can not call your Python. `engine="agents"` steps each HCP in
# Python, by the same rules with the same draws. So a subclass that changes nothing must give the same
# numbers: not nearly, but to the last bit.
#
# This is the most important step. If it fails later, your behaviour is not the only thing that
# differs, and your comparison is worth nothing.


# %%
class Unchanged(HCP):
    """Decides as the model does."""

    def decide(self):
        return super().decide()


as_the_model = run(WORLD, **LUCK)
unchanged = run(WORLD, engine="agents", hcp_class=Unchanged, **LUCK)

assert unchanged.runs.equals(as_the_model.runs)
assert unchanged.months.equals(as_the_model.months)
numbers = as_the_model.runs.select_dtypes("number").size
print(f"{numbers:,} numbers of {REPLICATES} runs are equal to the bit")

# %% [markdown]
# Asked to run your class, the kernel refuses, instead of ignoring it:

# %%
try:
    run(WORLD, hcp_class=Unchanged, **LUCK)
except UserError as error:
    print(error)

# %% [markdown]
# ## 3. Change it: who waits for others
#
# In the model more adopting peers make it more likely that somebody tries the tool. Theories of
# thresholds (Granovetter 1978, doi 10.1086/226707) say something stronger: people do **nothing**
# before enough others have done it. Here nobody begins before a share of the peers has adopted.


# %%
class Cautious(HCP):
    """Begins only if enough peers are adopters."""

    enough = 0.3

    def decide(self):
        wish = super().decide()
        now = self.row["state"]
        if now == self.NON_ADOPTER and wish == self.TRIAL and self.adopting < self.enough:
            return now
        return wish


cautious = run(WORLD, engine="agents", hcp_class=Cautious, **LUCK)


def told(result, outcome="sustained_adoption"):
    """Print the paired change of an outcome from the model, and return it."""
    change = result.difference(outcome, other=as_the_model)
    print(
        f"{outcome:20} {result.mean(outcome).estimate:.3f}, in the model "
        f"{as_the_model.mean(outcome).estimate:.3f}; change {change.estimate:+.3f} "
        f"({change.low:+.3f} to {change.high:+.3f})"
    )
    return change


for outcome in ("sustained_adoption", "non_adoption", "abandonment", "trust"):
    told(cautious, outcome)


# %%
def draw(results, title):
    """Draw adopters month by month: means, their 95 % intervals, and single runs."""
    figure, panels = plt.subplots(
        1, len(results), figsize=(4 * len(results), 3.2), sharey=True, layout="constrained"
    )
    for axes, (name, result), colour in zip(
        panels, results.items(), (GREY, ORANGE, GREEN), strict=False
    ):
        shares = result.months.pivot(index="month", columns="replicate", values="adopters")
        mean, half = shares.mean(axis=1), 1.96 * shares.sem(axis=1)
        axes.plot(shares, color=colour, linewidth=0.6, alpha=0.35)
        axes.fill_between(mean.index, mean - half, mean + half, color=colour, alpha=0.35)
        axes.plot(mean, color=colour, linewidth=2)
        axes.set_title(name, fontsize=10)
        axes.set_xlabel("months since the start")
        axes.set_ylim(0, 1)
    panels[0].set_ylabel("adopters, share of HCPs")
    figure.suptitle(f"{title} Band: 95 % interval of the mean. Thin: single runs", fontsize=9)
    plt.show()


draw({"as the model": as_the_model, "cautious": cautious}, "The same luck, two behaviours.")

# %% [markdown]
# **Discuss.** Look at the single runs, not only at the mean. Does caution make all worlds a little
# slower, or does it split them into worlds that start and worlds that do not? Which of the two could
# you see in a mean?
#
# ### How much caution does it take?
#
# A threshold invites the question where it bites. Each value of `enough` is a class of its own.

# %%
values = [0, 0.15, 0.3, 0.45, 0.6]
steps = []
for value in values:
    kind = type("Cautious", (Cautious,), {"enough": value})
    result = run(WORLD, engine="agents", hcp_class=kind, **LUCK)
    steps.append(result.difference("sustained_adoption", other=as_the_model))

figure, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
middle = np.array([step.estimate for step in steps])
bars = [middle - [step.low for step in steps], [step.high for step in steps] - middle]
axes.errorbar(values, middle, yerr=bars, fmt="o-", color=ORANGE, capsize=4)
axes.axhline(0, color=GREY, linewidth=1)
axes.set_xlabel("share of peers who must be adopters first (enough)")
axes.set_ylabel("change of sustained adoption,\nshare of HCPs")
axes.set_title(f"{REPLICATES} paired runs each; bars: 95 % intervals of the mean", fontsize=10)
plt.show()
for value, step in zip(values, steps, strict=True):
    print(f"enough = {value:.2f}: {step.estimate:+.3f} ({step.low:+.3f} to {step.high:+.3f})")

# %% [markdown]
# At `enough = 0` the change must be exactly 0: the rule then never acts. That is a test.
#
# **Discuss.** The world starts with some adopters (`population.initial_adopters`). How does the place
# where the curve bends depend on them? Try it.

# %% [markdown]
# ## 4. Test it
#
# A behaviour that runs is not yet a behaviour that is right. Three kinds of tests find most mistakes:
#
# 1. **a limit** in which you know the answer: no caution is the model itself; full caution is nobody
#    who begins;
# 2. **what must never happen**, looked at in each month and each HCP;
# 3. **what must stay**: results that have nothing to do with the change.


# %%
def cautious_people(value):
    """Return a class of people who wait for this share of their peers."""
    return type("Cautious", (Cautious,), {"enough": value})


def test_no_caution_is_the_model():
    none = run(WORLD, engine="agents", hcp_class=cautious_people(0), **LUCK)
    assert none.runs.equals(as_the_model.runs)


def test_full_caution_lets_nobody_begin():
    # newcomers fill the seats of leavers as non-adopters, so adopters can only become fewer
    model = AdoptionModel(WORLD, engine="agents", seed=1, hcp_class=cautious_people(1.01))
    begun = 0
    while model.running:
        before = [hcp.state for hcp in model.hcps]
        model.step()
        begun += sum(
            old == "non-adopter" and hcp.state == "trial"
            for old, hcp in zip(before, model.hcps, strict=True)
        )
    assert begun == 0


def test_nobody_begins_with_too_few_adopting_peers():
    model = AdoptionModel(WORLD, engine="agents", seed=1, hcp_class=Cautious)
    looked = 0
    while model.running:
        before = [hcp.state for hcp in model.hcps]
        model.step()
        for old, hcp in zip(before, model.hcps, strict=True):
            if old == "non-adopter" and hcp.state == "trial":
                assert hcp.adopting >= Cautious.enough
                looked += 1
    assert looked > 0, "the test has seen nobody begin, so it has tested nothing"


def test_who_leaves_stays_the_same():
    # turnover is drawn for the seat, whatever its holder decides
    ends = []
    for people in (HCP, Cautious):
        model = AdoptionModel(WORLD, engine="agents", seed=1, hcp_class=people)
        model.run_model()
        ends.append([hcp.hired for hcp in model.hcps])
    assert ends[0] == ends[1]


TESTS = [test_no_caution_is_the_model, test_full_caution_lets_nobody_begin,
         test_nobody_begins_with_too_few_adopting_peers, test_who_leaves_stays_the_same]  # fmt: skip
for test in TESTS:
    test()
    print("passed:", test.__name__.removeprefix("test_").replace("_", " "))

# %% [markdown]
# A test that can not fail is worth nothing. Break the rule on purpose, and see the test fail:


# %%
class Broken(Cautious):
    """A typical mistake: the comparison is the wrong way round."""

    def decide(self):
        wish = HCP.decide(self)
        now = self.row["state"]
        if now == self.NON_ADOPTER and wish == self.TRIAL and self.adopting > self.enough:
            return now
        return wish


right, Cautious = Cautious, Broken
try:
    test_nobody_begins_with_too_few_adopting_peers()
    print("the test has not noticed")
except AssertionError:
    print("the test has noticed the broken rule")
Cautious = right

# %% [markdown]
# In a project of your own these functions go into a file `test_cautious.py`, and `pytest` runs them.
#
# ### Exercise 1: once and never again
#
# Write `OnceOnly`: whoever has lapsed never tries again. First say what you expect: does it matter
# much? Then compare it with the model, and write two tests: one that looks at single HCPs, and one
# that looks at the outcome `returns` (new trials soon after a lapse).


# %% tags=["solution"] jupyter={"source_hidden": true}
# Solution
class OnceOnly(HCP):
    """Never returns to a tool after a lapse."""

    def decide(self):
        wish = super().decide()
        return self.LAPSED if self.row["state"] == self.LAPSED else wish


once = run(WORLD, engine="agents", hcp_class=OnceOnly, **LUCK)
for outcome in ("sustained_adoption", "scale_up", "non_adoption", "returns"):
    told(once, outcome)
draw({"as the model": as_the_model, "once only": once}, "The same luck, two behaviours.")


def test_nobody_returns():
    assert (once.outcome("returns") == 0).all()
    assert as_the_model.outcome("returns").sum() > 0, "nobody returns in the model either"
    model = AdoptionModel(WORLD, engine="agents", seed=1, hcp_class=OnceOnly)
    while model.running:
        before = [(hcp.state, hcp.hired) for hcp in model.hcps]
        model.step()
        for (state, hired), hcp in zip(before, model.hcps, strict=True):
            if state == "lapsed" and hcp.hired == hired:  # the same person as last month
                assert hcp.state == "lapsed"


test_nobody_returns()
print("passed: nobody returns")

# %% [markdown]
# ## 5. Behaviour with a memory, and a trap
#
# An agent is a **seat**. When its holder leaves, a newcomer takes the same seat: trust, literacy and
# state are drawn anew, and `hired` is the month of arrival. What *you* keep on `self` is not cleared,
# because the model does not know of it. A newcomer would inherit the memory of somebody else.
#
# ### Exercise 2: patience
#
# Write `Patient`: an adopter lapses only when the wish to lapse (`super().decide()` returns
# `self.LAPSED`) has come up `patience = 3` times since the adoption. Keep the count on `self`, and
# clear it when the seat has a new holder. How would you test that newcomers start with a clean slate?


# %% tags=["solution"] jupyter={"source_hidden": true}
# Solution
class Patient(HCP):
    """Lapses only at the third wish to lapse."""

    patience = 3

    def decide(self):
        if getattr(self, "holder", None) != self.hired:
            self.holder, self.wishes = self.hired, 0  # somebody new, or the first month
        wish = super().decide()
        if self.row["state"] != self.ADOPTER:
            self.wishes = 0
        elif wish == self.LAPSED:
            self.wishes += 1
            if self.wishes < self.patience:
                return self.ADOPTER
        return wish


patient = run(WORLD, engine="agents", hcp_class=Patient, **LUCK)
for outcome in ("sustained_adoption", "lapse_rate", "trust"):
    told(patient, outcome)


def test_newcomers_have_a_clean_slate():
    model = AdoptionModel(WORLD, engine="agents", seed=1, hcp_class=Patient)
    newcomers = 0
    while model.running:
        hired = [hcp.hired for hcp in model.hcps]
        model.step()
        for before, hcp in zip(hired, model.hcps, strict=True):
            if hcp.hired != before:  # arrived at the end of this month
                newcomers += 1
                hcp.decide()  # looks at the holder; what it returns is not acted upon
                assert hcp.wishes == 0
    assert newcomers > 0


def test_one_wish_is_the_model():
    hasty = type("Hasty", (Patient,), {"patience": 1})
    assert run(WORLD, engine="agents", hcp_class=hasty, **LUCK).runs.equals(as_the_model.runs)


for test in (test_newcomers_have_a_clean_slate, test_one_wish_is_the_model):
    test()
    print("passed:", test.__name__.removeprefix("test_").replace("_", " "))

# %% [markdown]
# ### Exercise 3: does it matter for what you would do?
#
# A behaviour is interesting if it changes a **decision**. Take the policies `training` and
# `champions` (the best connected HCPs begin as adopters). Which of the two gains more in the model, and
# which among cautious people? Use `run({**WORLD, "policy": "champions"}, ...)`, and pair each policy
# with the same people without it.

# %% tags=["solution"] jupyter={"source_hidden": true}
# Solution
gains = {}
for people, engine in ((HCP, "kernel"), (Cautious, "agents")):
    options = {**LUCK, "engine": engine, "hcp_class": people}
    nothing = as_the_model if people is HCP else cautious
    for policy in ("training", "champions"):
        gain = run({**WORLD, "policy": policy}, **options).difference(
            "sustained_adoption", other=nothing
        )
        gains[people.__name__, policy] = gain
        print(
            f"{people.__name__:9} {policy:10} {gain.estimate:+.3f} "
            f"({gain.low:+.3f} to {gain.high:+.3f})"
        )

figure, axes = plt.subplots(figsize=(7, 2.6), layout="constrained")
for height, ((_, policy), gain) in enumerate(reversed(gains.items())):
    bar = [[gain.estimate - gain.low], [gain.high - gain.estimate]]
    colour, marker = (BLUE, "o") if policy == "training" else (ORANGE, "D")
    axes.errorbar([gain.estimate], [height], xerr=bar, fmt=marker, color=colour, capsize=4)
axes.set_yticks(
    range(len(gains)),
    [f"{catalogue('policy')[name]['title']}, {people}" for people, name in reversed(gains)],
)  # fmt: skip
axes.axvline(0, color=GREY, linewidth=1)
axes.set_xlabel("gain of sustained adoption by the policy, share of professionals")
axes.margins(y=0.2)
axes.set_title("The same policies among two kinds of people; 95 % intervals", fontsize=10)
plt.show()

# %% [markdown]
# ## Questions for discussion
#
# 1. You can write any behaviour. Which **evidence** would make you prefer yours to that of the model?
#    Name one observation that only one of the two can explain.
# 2. Both behaviours can be fitted to the same adoption curve. What data beyond the curve would tell
#    them apart?
# 3. A rule that acts on a wish of the model (`super().decide()`) keeps the draws of the model. Why
#    does this make the intervals narrow? What would happen if you drew your own random numbers?
#    (Hint: `self.uniform` gives the draws of this month, seat and decision; `random` does not.)
#
# ## What the model leaves out
#
# - Worlds here are small, because Python is slow. Small worlds vary more. Check your conclusion in a
#   larger one before you believe it.
# - Only `decide` was changed. `influence`, `cooperate`, `train`, `use` and `leave` can be overridden
#   in the same way. Prove the unchanged case first, each time.
# - Experts and organisations behave as in the model.
# - That a behaviour gives plausible curves does not make it true.
