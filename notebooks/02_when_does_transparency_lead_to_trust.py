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
# # 2. When does transparency lead to trust?
#
# "Transparency leading to trust" is what both groups of the interview study emphasised most. It
# sounds like a law. Published studies are less sure: between organisations the correlation of
# explainability and trust is small, and among clinicians the evidence is mixed (`docs/validation.md`
# names the studies). **Under which conditions does more transparency give more trust, and when does
# it not?**
#
# 30 to 45 minutes. **You will be able to**
#
# - say by which two ways transparency acts in this model, and switch one of them off;
# - name three conditions under which trust does not follow transparency;
# - tell an effect inside a model from a correlation that somebody could observe.

# %%
# %matplotlib inline
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display

from sim import AdoptionModel, parameters, run, sweep

plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False})
REPLICATES = 16  # worlds that differ in their luck only
FEW = {"replicates": REPLICATES, "seed": 1, "progress": "never"}
# Five years with the tool everywhere, and nobody withdraws it: trust is not lost for other reasons.
HERE = {
    parameters.deployment.at_start: 1,
    parameters.review.rate: 0,
    parameters.horizon: 60,
}

# %% [markdown]
# ## 1. One user, one tool
#
# A user meets success or failure every month. Trust grows with a success and falls with a failure.
# Transparency does two things: it makes **success teach more** (one sees why it worked), and it makes
# **failure cost less** (one sees why it failed). Losses are larger than gains.
#
# `parameters.trust` shows the numbers. Nearly all are assumptions.

# %%
parameters.trust

# %% [markdown]
# If nothing else happened, the mean trust of a user would settle where gains and losses balance. We
# work it out by hand, with the numbers of the table, for tools that succeed more or less often.

# %%
p = parameters.trust


def settled(transparency, success, responsibility=0.15):
    """Return where mean trust settles if transparency and reliability never change."""
    learning = p.learning_floor.default + (1 - p.learning_floor.default) * transparency
    unclear = 1 + p.responsibility_weight.default * (1 - responsibility)
    softened = 1 - p.transparency_softening.default * transparency
    loss = np.minimum(p.loss_cap.default, p.failure_loss.default * softened * unclear)
    gains = p.success_gain.default * learning * success
    losses = loss * (1 - success)
    return gains / (gains + losses)


transparency = np.linspace(0, 1, 101)
figure, axes = plt.subplots(figsize=(6, 3.4))
for success, line in ((0.95, "-"), (0.8, "--"), (0.65, "-."), (0.4, ":")):
    trust = settled(transparency, success)
    axes.plot(transparency, trust, line, color="#0072B2")
    axes.annotate(f" {success:.0%} succeed", (1, trust[-1]), va="center", annotation_clip=False)
    print(f"success {success:.0%}: trust from {trust[0]:.2f} (opaque) to {trust[-1]:.2f}")
axes.set_xlabel("transparency of the tool, 0 to 1")
axes.set_ylabel("trust where it settles, 0 to 1")
axes.set_ylim(0, 1)
axes.set_title("A single user, by hand")
figure.tight_layout()
plt.show()

# %% [markdown]
# **Think.** On which line does transparency do most? A tool that fails often, and shows it openly:
# should trust in it rise at all? In this model it does. Do you agree?
#
# ## 2. Many people: two ways
#
# In the model, transparency leads to use by **two ways**:
#
# 1. by *trust*, as above. `trust.transparency_strength` says how far trust formation hangs on
#    transparency: 1 fully, 0 not at all;
# 2. by *appraisal*: people weigh transparency among the qualities that make a tool useful, whatever
#    it does to their trust.
#
# `development.ceiling.transparency` is the highest transparency that the technology can give: low for
# a black box, 1 for rules that one can read. What happens if we change the ceiling, with and
# without the first way?

# %%
ceilings = sweep(
    {
        parameters.development.ceiling.transparency: {"from": 0.1, "to": 1, "steps": 7},
        parameters.trust.transparency_strength: [0, 1],
    },
    HERE,
    **FEW,
)
display(ceilings.plot("quality.transparency", "trust", "sustained_adoption"))

# %% [markdown]
# **Look.** The left panel: the technology sets the level, the strength of trust formation hardly
# touches it. The middle: with strength 0 trust is flat. The right: use rises on *both* lines. So a
# study that finds "more transparent tools are used more" has not shown that **trust** is the reason.
# Where trust hangs on transparency, an opaque tool is used *less* than where it does not: this way has
# two signs. At which transparency do the lines meet (`trust.transparency_reference`)?
#
# ### Exercise 1
#
# How much of the effect of the ceiling on use goes by way of trust? Take the change of sustained
# adoption from the lowest to the highest ceiling with strength 1 and with strength 0. Use
# `ceilings.where({...})` for the number of a point, and `ceilings.difference(outcome, point, other)`,
# which compares run by run under the same luck.
#
# *Solution: open the next cell.*

# %% jupyter={"source_hidden": true} tags=["solution"]
ends = [min(ceilings.axes[0].values), max(ceilings.axes[0].values)]
for outcome in ("trust", "sustained_adoption"):
    for strength in (1, 0):
        low, high = (
            ceilings.where(
                {
                    "development.ceiling.transparency": end,
                    "trust.transparency_strength": strength,
                }
            )
            for end in ends
        )
        change = ceilings.difference(outcome, high, low)
        print(
            f"{outcome:18} strength {strength}: {change.estimate:+.2f} "
            f"({change.low:+.2f} to {change.high:+.2f})"
        )
print("What is left with strength 0 does not come from trust. It comes from appraisal, and from")
print("peers who use the tool.")

# %% [markdown]
# ## 3. First condition: the technology must be able to
#
# An expert who attends to transparency (`alignment.transparency`) can only raise it as far as the
# ceiling allows. We let the experts attend less or more, with a black box, something between, and a
# tool that can be read.

# %%
attention = sweep(
    {
        parameters.alignment.transparency: [0, 0.25, 0.5, 0.75, 1],
        parameters.development.ceiling.transparency: [0.2, 0.6, 1],
    },
    HERE,
    **FEW,
)
display(attention.plot("quality.transparency", "trust", "sustained_adoption"))

# %% [markdown]
# **Look.** On the lowest line hardly anybody stays with the tool, whatever the experts attend to.
# Everybody began with a trust of about one half; on which lines is there less of it now? Trust in the
# model is learned **in use**, and what is learned from a tool that fails now and then is section 1.
#
# **Think.** What would you tell a team that wants to train its engineers in transparency, for a
# black box?
#
# ## 4. Second condition: the tool must work
#
# Transparency of a tool that fails often shows people that it fails often. How often a tool succeeds
# hangs on `trust.reliability_base` and on the quality of the data.

# %%
parameters.trust.reliability_base

# %%
reliability = sweep(
    {
        parameters.development.ceiling.transparency: [0.2, 0.4, 0.6, 0.8, 1],
        parameters.trust.reliability_base: [0.3, 0.5, 0.65],
    },
    HERE,
    **FEW,
)
display(reliability.plot("trust", "sustained_adoption", "trust_gap"))

# %%
print(reliability.describe("trust_gap"))
lowest, highest = (f(reliability.axes[0].values) for f in (min, max))
for base in reliability.axes[1].values:
    points = [
        reliability.where({"development.ceiling.transparency": end, "trust.reliability_base": base})
        for end in (highest, lowest)
    ]
    trust = reliability.difference("trust", *points)
    print(
        f"reliability base {base}: transparency changes trust by {trust.estimate:+.2f} "
        f"({trust.low:+.2f} to {trust.high:+.2f})"
    )

# %% [markdown]
# **Look.** The lower the reliability, the less trust there is to win by transparency. It also draws
# people into use, and those who use a tool that fails learn that it fails. Use rises even there: people
# value being able to see, also where they do not come to trust. And the gap between trust and
# reliability (right) says whether trust is *deserved*: below 0, people trust less than the tool
# merits. On which line does trust fit best? More trust is not always better; trust that fits is.
#
# ### Exercise 2
#
# Data quality is a gap in the paper: experts attend to it little. Compare closing the gap in
# transparency (`alignment.transparency` 0.2 to 0.8) with closing that in data quality
# (`alignment.data_quality`, the same), one at a time. Which moves trust more?
#
# Hint: `sweep({...}, kind="one_at_a_time")`.

# %% jupyter={"source_hidden": true} tags=["solution"]
gaps = sweep(
    {
        parameters.alignment.transparency: [0.2, 0.8],
        parameters.alignment.data_quality: [0.2, 0.8],
    },
    HERE,
    kind="one_at_a_time",
    **FEW,
)
for path in ("alignment.transparency", "alignment.data_quality"):
    base = {p: gaps.values[p] for p in ("alignment.transparency", "alignment.data_quality")}
    low, high = (gaps.where({**base, path: level}) for level in (0.2, 0.8))
    trust = gaps.difference("trust", high, low)
    quality = gaps.difference(f"quality.{path.split('.')[1]}", high, low)
    print(
        f"{path}: trust {trust.estimate:+.3f} ({trust.low:+.3f} to {trust.high:+.3f}), "
        f"its quality {quality.estimate:+.2f}"
    )
display(gaps.plot("trust"))

# %% [markdown]
# ## 5. A guess to test: do peers pass trust on, past transparency?
#
# Trust also comes from peers: a colleague's word does not hang on transparency. So one may guess that
# transparency matters less where trust is passed on strongly (`influence.rate`). Guess first, then run.

# %%
parameters.influence.rate

# %%
peers = sweep(
    {
        parameters.development.ceiling.transparency: [0.2, 0.4, 0.6, 0.8, 1],
        parameters.influence.rate: [0, 0.05, 0.3],
    },
    HERE,
    **FEW,
)
display(peers.plot("trust", "sustained_adoption"))

# %% [markdown]
# **Think.** Was the guess right? How far are the lines apart, compared with their intervals? If peers
# only average the trust that is already there, what could they change? (Not every mechanism that sounds
# important is; this is what a model is good for. Peers' *use* is another matter: `decision.peers_adopting`.)
#
# ## 6. What would a survey have found?
#
# A survey asks many organisations how explainable their tool is, and how much people trust it, and
# reports a correlation. We do the same in the model: every organisation that runs the tool is a dot.
# Organisations differ in luck, resources and partners only; nobody changed transparency on purpose.


# %%
def survey(world, worlds):
    """Return transparency and mean trust of every organisation that runs the tool."""
    dots = []
    for replicate in range(worlds):
        model = AdoptionModel(world, seed=1, replicate=replicate)
        model.run_model()
        for organisation in model.organisations:
            if organisation.running:
                trust = np.mean([hcp.trust for hcp in organisation.hcps])
                dots.append((organisation.quality["transparency"], trust))
    return np.array(dots).T


figure, panels = plt.subplots(1, 2, figsize=(8, 3.4), sharex=True, sharey=True)
for axes, strength in zip(panels, (1, 0), strict=True):
    world = {**HERE, parameters.trust.transparency_strength: strength}
    seen, trust = survey(world, min(5, REPLICATES))
    correlation = np.corrcoef(seen, trust)[0, 1]
    axes.plot(seen, trust, "o", markersize=3, alpha=0.6, color="#0072B2")
    axes.set_title(f"strength {strength}: correlation {correlation:.2f}")
    axes.set_xlabel("transparency of the tool, 0 to 1")
    print(f"strength {strength}: {seen.size} organisations, correlation {correlation:.2f}")
panels[0].set_ylabel("mean trust of HCPs, 0 to 1")
figure.tight_layout()
plt.show()

# %% [markdown]
# **Look.** On the right, trust formation does not hang on transparency at all. Is the correlation
# therefore 0? Organisations with more resources and better-informed experts have *both* a more
# transparent tool and more trust for other reasons: a common cause. Published correlations are much
# smaller than the model's (`docs/validation.md`): people have more reasons to trust or not than these.
#
# ### Exercise 3
#
# Take the common cause away: give all organisations equal resources
# (`population.resources_spread` 0) and let experts learn nothing from meetings
# (`cooperation.attention_learning` and `cooperation.domain_learning` 0). What is left of the
# correlation, with strength 1 and with strength 0?

# %% jupyter={"source_hidden": true} tags=["solution"]
alike = {
    **HERE,
    parameters.population.resources_spread: 0,
    parameters.cooperation.attention_learning: 0,
    parameters.cooperation.domain_learning: 0,
}
for strength in (1, 0):
    seen, trust = survey(
        {**alike, parameters.trust.transparency_strength: strength}, min(5, REPLICATES)
    )
    print(
        f"strength {strength}: transparency spreads over {seen.min():.2f} to {seen.max():.2f}, "
        f"correlation {np.corrcoef(seen, trust)[0, 1]:.2f}"
    )
print("With strength 0 only chance is left: all of the correlation had come from common causes.")
print("With strength 1 a part is left: the way by trust.")

# %% [markdown]
# ### Exercise 4
#
# Over-trust: find a world in which people trust the tool *more* than it deserves (`over_trust`).
# Hint: trust at the start is `population.physician.trust` (and nurse, allied).

# %% jupyter={"source_hidden": true} tags=["solution"]
enthusiasts = {f"population.{group}.trust": 0.9 for group in ("physician", "nurse", "allied")}
poor = {parameters.trust.reliability_base: 0.3}
for name, world in {
    "enthusiasts": enthusiasts,
    "enthusiasts, poor tool": enthusiasts | poor,
}.items():
    early = run({**HERE, **world, parameters.horizon: 6}, **FEW)
    late = run({**HERE, **world}, **FEW)
    for words, result in (("month 6", early), ("at the end", late)):
        over = result.mean("over_trust")
        print(
            f"{name}, {words}: over-trust {over.estimate:.2f} ({over.low:.2f} to {over.high:.2f})"
        )

# %% [markdown]
# ## Questions for discussion
#
# 1. "Explain the model and people will trust it." Which conditions does this leave out?
# 2. Should a hospital want *more* trust in a tool, or trust that fits? How would it measure the gap?
# 3. The paper reports what people *said*. What kind of study could tell the way by trust from the
#    way by appraisal?
#
# ## What the model leaves out
#
# - Transparency is one number. Explanations that mislead, overload or reassure wrongly do not exist
#   here; they are a reason why published evidence is mixed.
# - People do not differ in what an explanation gives them, except by AI literacy.
# - Trust is learned from own experience, peers and meetings; no news, no law, no blame.
# - All strengths are assumptions, some fitted to published patterns. The directions lean on the paper;
#   the sizes do not, and how trust moved in surveys is not met (`docs/validation.md`).
#
# Next: *Two stakeholders, one tool* (notebook 3).
