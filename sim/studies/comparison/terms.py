"""The terms in which a comparison is told: names, horizons, amounts of money."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.value import Value
from sim.outcomes.compute import MONTHS_IN_YEAR
from sim.outcomes.table import GOAL, OUTCOMES
from sim.policies.kinds import POLICY, SHOCK, names_in
from sim.policies.policy import Policy
from sim.reports import words
from sim.reports.policy_plan import plan
from sim.tables.checks import NONE

if TYPE_CHECKING:
    from sim.studies.comparison.policy_runs import Comparison

UNIT = OUTCOMES[GOAL].unit


def _policies(c: Comparison, policy: int) -> list[Policy]:
    """Return the policies that the name of a choice joins; none where it names no policy."""
    named = names_in(c.names[policy]) if c.axis.name == POLICY else []
    known = [c.result.policies.get((POLICY, name)) for name in named]
    return [found for found in known if found is not None]


def titled(c: Comparison, policy: int) -> str:
    """Return the title of a policy with the name that commands take; the name alone without one."""
    known = _policies(c, policy)
    if not known:
        return c.names[policy]
    return f"{' with '.join(one.title for one in known)} ({c.names[policy]})"


def what_to_do(c: Comparison, policy: int) -> str:
    """Say what a policy is, from when, for how long and at what price."""
    return plan(_policies(c, policy), int(c.result.values["horizon"]), c.currency)


def under(c: Comparison) -> str:
    """Return the shocks that all runs have, as titles with names; empty for none."""
    names = names_in(c.result.values[SHOCK])
    shocks = [c.result.policies.get((SHOCK, name)) for name in names]
    return " and ".join(f"{one.title} ({one.name})" for one in shocks if one is not None)


def nothing(c: Comparison) -> str:
    """Return the baseline, and that it is to do nothing where it is."""
    return f"{c.baseline} (no policy)" if c.baseline == NONE else c.baseline


def horizon(c: Comparison) -> str:
    """Return the horizon in words."""
    ends = sorted({int(x) for x in c.values_of("horizon")})
    if len(ends) > 1:
        return f"{ends[0]} to {ends[-1]} months"
    months = ends[0]
    years = f" ({months / MONTHS_IN_YEAR:g} years)" if months % MONTHS_IN_YEAR == 0 else ""
    return f"{months} months{years}"


def span(c: Comparison) -> str:
    """Say what a cost counts."""
    places, months, rates = (
        c.values_of(path) for path in ("population.organisations", "horizon", "cost.discount_rate")
    )
    return (
        f"in total, of all {_ends(places)} organisations over {_ends(months)} months, discounted "
        f"by {_ends([100 * x for x in rates])} % a year"
    )


def _ends(values: list[float]) -> str:
    low, high = (f"{f(values):,.15g}" for f in (min, max))
    return low if low == high else f"{low} to {high}"


def meaning(c: Comparison) -> str:
    """Say what sustained adoption is, with its unit."""
    values = c.result.values
    last = min(int(values["outcome.sustained_months"]), int(values["horizon"]))
    return f"{UNIT} who are adopters, mean of the last {last} months"


def money(x: float, unit: str = "") -> str:
    """Return an amount in words, rounded to three digits."""
    if not np.isfinite(x):
        return words.NO_NUMBER
    rounded = float(f"{x:.3g}")
    return f"{rounded:,.0f} {unit}".rstrip()


def more_than(cost: float, unit: str, than: str) -> str:
    """Return what something costs beyond another in words; what saves money costs less."""
    return f"{money(abs(cost), unit)} {'less' if cost < 0 else 'more'} than {than}"


def price(value: Value, unit: str = "") -> str:
    """Return the cost of an additional sustained adopter with its interval."""
    if np.isnan(value.effect.low):  # one run, or none: nothing is known of chance
        return words.NO_NUMBER
    if np.isfinite(value.per_adopter) and value.per_adopter > 0:
        high = money(value.high, unit) if np.isfinite(value.high) else "no upper limit"
        return f"{money(value.per_adopter, unit)} ({money(value.low)} to {high})"
    return "no adopters beyond chance" if value.cost.estimate > 0 else "-"


def price_told(value: Value, unit: str) -> str:
    """Return a sentence with that cost; empty where there is none."""
    if not value.per_adopter > 0:
        return ""
    each, interval = price(value, unit).split(" (")
    return f" That is {each} for each additional sustained adopter ({interval}."
