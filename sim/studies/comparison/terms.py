"""The terms in which a comparison is told: names, times, amounts of money."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.analysis.intervals import Interval
from sim.analysis.value import Value
from sim.ensembles.run import organisations_of
from sim.policies.kinds import POLICY, SHOCK, names_in
from sim.reports import titles, words
from sim.reports.policy_plan import plan
from sim.studies.comparison.policy_runs import Comparison
from sim.studies.headline import time_told
from sim.tables.checks import NONE

PEOPLE = "professionals"


def what_to_do(c: Comparison, policy: int) -> str:
    """Say what a policy is, from when, for how long and at what price."""
    named = names_in(c.names[policy]) if c.axis.name == POLICY else []
    found = [c.result.policies[POLICY, name] for name in named]
    return plan(found, int(c.result.values["horizon"]), c.currency)


def under(c: Comparison) -> str:
    """Return the shocks that all runs have, by their titles; empty for none."""
    shock = c.result.values[SHOCK]
    varied = any(axis.name == SHOCK for axis in c.result.axes)
    return "" if varied or shock == NONE else titles.named(SHOCK, shock, c.result.policies)


def horizon(c: Comparison) -> str:
    """Return how long the runs are, in words."""
    low, high = (f(c.values_of("horizon")) for f in (min, max))
    return time_told(int(low)) if low == high else f"{int(low)} to {int(high)} months"


def span(c: Comparison) -> str:
    """Say what a cost counts."""
    ensemble, rates = c.result.ensemble, c.values_of("cost.discount_rate")
    places = [organisations_of(ensemble.points[n]) for n in c.points.ravel()]
    all_of_them = f"all {_ends(places)} organisations" if max(places) > 1 else "one organisation"
    return (
        f"in {all_of_them} over {horizon(c)} together, discounted by "
        f"{_ends([100 * x for x in rates])} % a year"
    )


def _ends(values: Sequence[float]) -> str:
    low, high = (f"{f(values):,.15g}" for f in (min, max))
    return low if low == high else f"{low} to {high}"


def meaning(c: Comparison) -> str:
    """Say what is counted as use at the end."""
    values = c.result.values
    last = min(int(values["outcome.sustained_months"]), int(values["horizon"]))
    return f"{PEOPLE} who use the tool, mean of the last {last} months"


def more_users(change: Interval, of: str = PEOPLE) -> str:
    """Return a change of a share of professionals as a count of a hundred."""
    return words.more_of_100(change, of)


def users(x: Interval) -> str:
    """Return how many more people use the tool, with the interval."""

    def number(part: float) -> str:
        return f"{part:+,.{0 if abs(x.estimate) >= 10 else 1}f}"

    if not np.isfinite(x.estimate):
        return words.NO_NUMBER
    end = "" if np.isnan(x.low) else f" ({number(x.low)} to {number(x.high)})"
    return number(x.estimate) + end


def money(x: float, unit: str = "") -> str:
    """Return an amount in words, rounded to three digits."""
    if not np.isfinite(x):
        return words.NO_NUMBER
    rounded = float(f"{x:.3g}")
    return f"{rounded:,.0f} {unit}".rstrip()


def more_than(cost: float, unit: str, than: str) -> str:
    """Return what something costs beyond another in words; what saves money costs less."""
    return f"{money(abs(cost), unit)} {'less' if cost < 0 else 'more'} than {than}"


def at_cost(c: Comparison, policy: int) -> str:
    """Return what a policy costs beyond the baseline, which no policy does not."""
    cost = c.value(policy).cost.estimate
    bare = c.names[0] == NONE and cost >= 0
    return money(cost, c.currency) if bare else more_than(cost, c.currency, c.baseline)


def price(value: Value, unit: str = "") -> str:
    """Return what one more user costs, with its interval."""
    if np.isnan(value.effect.low):  # one run, or none: nothing is known of chance
        return words.NO_NUMBER
    if np.isfinite(value.per_adopter) and value.per_adopter > 0:
        high = money(value.high, unit) if np.isfinite(value.high) else "no upper limit"
        return f"{money(value.per_adopter, unit)} ({money(value.low)} to {high})"
    return "no users beyond chance" if value.cost.estimate > 0 else "-"
