"""What to do, in sentences: which policy, from when, at what cost, how sure, and where it fails."""

from __future__ import annotations

import numpy as np

from sim.analysis.intervals import Interval, of_mean, of_share
from sim.outcomes.table import OUTCOMES, SCOPES, label
from sim.policies.policy import NONE
from sim.reports import words
from sim.studies.comparison.budget import (
    budget_sentences,
    means,
    more_than,
    price_told,
)
from sim.studies.comparison.plan import plan, titled, under
from sim.studies.comparison.policies import GOAL, WORTH_MENTIONING, Comparison
from sim.studies.comparison.uncertain import failing_worlds, threshold

MOST_SCOPES = 2
MONTHS_IN_YEAR = 12


def horizon(c: Comparison) -> str:
    """Return the horizon in words."""
    ends = sorted({int(x) for x in values_of(c, "horizon")})
    if len(ends) > 1:
        return f"{ends[0]} to {ends[-1]} months"
    months = ends[0]
    years = f" ({months / MONTHS_IN_YEAR:g} years)" if months % MONTHS_IN_YEAR == 0 else ""
    return f"{months} months{years}"


def span(c: Comparison) -> str:
    """Say what a cost counts."""
    places, months, rates = (
        values_of(c, path) for path in ("population.organisations", "horizon", "cost.discount_rate")
    )
    return (
        f"in total, of all {_ends(places)} organisations over {_ends(months)} months, discounted by "
        f"{_ends([100 * x for x in rates])} % a year"
    )


def values_of(c: Comparison, path: str) -> list[float]:
    """Return the values of a parameter in all that is compared: scenarios may differ in it."""
    points = c.result.ensemble.points
    return [float(points[int(p)].values[path]) for p in c.points.ravel()]


def _ends(values: list[float]) -> str:
    low, high = (f"{f(values):,.15g}" for f in (min, max))
    return low if low == high else f"{low} to {high}"


def probability(c: Comparison, policy: int) -> Interval:
    """Return the share of runs (of worlds, where there are many) that sustain adoption."""
    x = c.sample(GOAL, policy)
    x = x[~np.isnan(x)]
    return of_share(int((x >= threshold(c)).sum()), x.size)


def mean(c: Comparison, policy: int) -> Interval:
    """Return the goal of a policy with its 95 % interval, over runs (over worlds, if many)."""
    return of_mean(c.sample(GOAL, policy), OUTCOMES[GOAL].bounds)


def clearly_best(c: Comparison) -> bool:
    """Whether the policy with the best mean is clearly better than the baseline."""
    best = c.order[0]
    return best != 0 and c.paired(GOAL, best).change.low > 0


def nearly_best(c: Comparison) -> list[int]:
    """Return the policies that are known and not clearly worse than the best one."""
    best = c.order[0]
    return [n for n in c.order[1:] if n and c.against(GOAL, best, n).change.low <= WORTH_MENTIONING]


def recommendation(c: Comparison) -> list[str]:
    """Say which policy, what it is, how much better, and how sure that is."""
    best = c.order[0]
    no_better = f"Recommendation: no {c.singular} is clearly better than {c.baseline}"
    if best == 0:
        return [f"{no_better}, which has the highest mean of all."]
    pair = c.paired(GOAL, best)
    if not clearly_best(c):
        change = words.with_interval(pair.change, sign=True)
        return [
            f"{no_better}. The best mean is that of {titled(c, best)}: a change of sustained adoption by "
            f"{change} {OUTCOMES[GOAL].unit} over {horizon(c)}."
        ]
    equal = nearly_best(c)
    names = ", ".join(titled(c, n) for n in equal)
    # whoever reads the first words only has to know that others do about as much
    also = f", or one that is not clearly worse: {names}" if equal else ""
    limit = f" Clearly worse means: by more than {WORTH_MENTIONING:g}." if equal else ""
    first = f"Recommendation: {titled(c, best)}{also}.{limit} {plan(c, best)}".rstrip()
    return [first, effect_sentence(c, best)]


def effect_sentence(c: Comparison, policy: int) -> str:
    """Say what a policy changes, and how sure that is."""
    runs = "worlds" if c.worlds > 1 else "runs"
    pair = c.paired(GOAL, policy)
    ours, theirs = (mean(c, n).estimate for n in (policy, 0))
    shock = f" with the shock {under(c)}" if under(c) else ""
    return (
        f"Over {horizon(c)}{shock}, {label(GOAL).lower()} ({meaning(c)}) is {words.number(ours)} with "
        f"{c.names[policy]} and {words.number(theirs)} with {nothing(c)}: a change of "
        f"{words.with_interval(pair.change, sign=True)}. It is better in "
        f"{words.percent(pair.better)} of {runs}. Adoption is sustained (at least "
        f"{threshold(c):g}) in {words.percent(probability(c, policy))} of {runs}, against "
        f"{words.percent(probability(c, 0))}."
    )


def meaning(c: Comparison) -> str:
    """Say what sustained adoption is, with its unit."""
    values = c.result.values
    last = min(int(values["outcome.sustained_months"]), int(values["horizon"]))
    return f"{OUTCOMES[GOAL].unit} who are adopters, mean of the last {last} months"


def nothing(c: Comparison) -> str:
    """Return the baseline, and that it is to do nothing where it is."""
    return f"{c.baseline} (no policy)" if c.baseline == NONE else c.baseline


def cost_sentence(c: Comparison) -> str:
    """Say what the best costs, and which is cheaper: one as good, and the cheapest for an adopter."""
    if not c.costs_known:
        return ""
    unit, best = c.currency, c.order[0]
    cost = more_than(c.value(best).cost.estimate, unit, c.baseline)
    text = f"{c.names[best]} costs {cost} {span(c)}"
    text += f".{price_told(c.value(best), unit)}"
    costs, _ = means(c)
    cheap = [n for n in nearly_best(c) if costs[n] < costs[best]]
    if cheap:
        least = min(cheap, key=lambda n: costs[n])
        text += (
            f" {c.names[least]}, not clearly worse, costs "
            f"{more_than(float(costs[least]), unit, c.baseline)}."
        )
    return text


def moved_sentence(c: Comparison, policy: int) -> str:
    """Say who is moved."""
    moved = c.moved(policy)
    if moved is None:
        return ""
    return (
        f"At the horizon {words.percent(moved.gained)} of HCPs' posts are held by an adopter "
        f"under {c.names[policy]} but not under {c.baseline}; the reverse holds for "
        f"{words.percent(moved.lost)}."
    )


def scope_sentence(c: Comparison, policy: int) -> str:
    """Say where the policy does most and least: groups, membership, sizes."""
    changes = {who: c.paired(f"{GOAL}.{scope}", policy).change for scope, who in SCOPES.items()}
    changes |= {name: pair.change for name, pair in c.by_size(policy).items()}
    known = {k: v for k, v in changes.items() if np.isfinite(v.estimate)}
    if len(known) < MOST_SCOPES:
        return ""
    most = max(known, key=lambda k: known[k].estimate)
    least = min(known, key=lambda k: known[k].estimate)
    if not known[most].low > known[least].high:
        return ""  # no clear difference between any of them
    return (
        f"It changes sustained adoption most among {most}, by "
        f"{words.with_interval(known[most], sign=True)}, and least among {least}, by "
        f"{words.with_interval(known[least], sign=True)}."
    )


def summary(c: Comparison) -> list[str]:
    """Return what whoever reads nothing else has to know."""
    told = recommendation(c)
    best = c.order[0]
    if clearly_best(c):
        told += [cost_sentence(c), *budget_sentences(c)]
    if best:
        told += [f"{moved_sentence(c, best)} {scope_sentence(c, best)}".strip()]
    return [text for text in (*told, *failing_worlds(c, best)) if text]
