"""What to do where conditions were listed: each is told by itself, over them there are counts."""

from __future__ import annotations

from sim.reports import titles, words
from sim.studies.comparison.policy_effects import failure
from sim.studies.comparison.policy_runs import Comparison
from sim.studies.comparison.summary import (
    MOST_TOLD,
    MOST_WORLDS,
    baseline,
    fails,
    no_better,
    who_is_moved,
)
from sim.studies.comparison.terms import (
    PEOPLE,
    horizon,
    money,
    more_users,
    price,
    span,
    what_to_do,
)
from sim.tables.checks import NONE


def over_given_worlds(c: Comparison) -> list[str]:
    """Say which policy does well under all given conditions, and where it does not."""
    best, total, first_part = c.best, len(c.parts), c.parts[0]
    listed = (
        f"The {total} conditions were listed, not drawn: how likely each is, is not known. So each "
        "is told by itself, and there is no mean and no interval over them."
    )
    often = {n: times for n in c.order if (times := c.times_better(n))}
    least = "falls least behind the best under the conditions that are worst for it"
    falls = "; it is the best under each of them"
    regret, where = c.largest_regret(best)
    if regret.estimate > 0:
        falls = f": at most {words.of_100(regret, PEOPLE)} fewer use the tool than with the best "
        falls += f"({titles.placed(where)})"
    if best in often:
        who = who_is_moved(first_part, best)
        first = f"Recommendation: {c.titles[best]}. {_effects(c, often[best])} Of all, it {least}{falls}."
        return [
            f"{first} {what_to_do(c, best)}".rstrip(),
            _reached(c),
            *baseline(c),
            _costs(c),
            f"Under {first_part.there}: {who[0].lower()}{who[1:]}" if who else "",
            *(fails(p, best, failure(p, best)) for p in c.parts[:MOST_WORLDS] if p.worlds > 1),
            listed,
        ]
    if often:
        also = ", ".join(f"{c.titles[n]} in {times} of the {total}" for n, times in often.items())
        none = f", and clearly better than {c.baseline} in none of them" if best else ""
        first = (
            f"Recommendation: none for all conditions. Clearly better than {c.baseline}: {also}. "
            f"Safest is {titles.placed(c.titles[best])}{none}: it {least}{falls}."
        )
    elif best:
        first = (
            f"{no_better(c)}. {c.titles[best]} {least}, but is clearly better under none of them."
        )
    else:
        first = f"{no_better(c)}, which {least}."
    return [first, *baseline(c), listed]


def _effects(c: Comparison, better: int) -> str:
    """Say what the best policy changes at least and at most."""
    low, high = (end(c.parts, key=lambda part: part.change(c.best).estimate) for end in (min, max))
    return (
        f"After {horizon(c)} it is clearly better than {c.baseline} under {better} of the "
        f"{len(c.parts)} conditions: from {more_users(low.change(c.best))} ({low.there}) to "
        f"{more_users(high.change(c.best))} ({high.there})."
    )


def _reached(c: Comparison) -> str:
    """Say under which given conditions the mean of the best policy counts as sustained."""
    missed = [part.there for part in c.parts if not part.reached(c.best)]
    total = len(c.parts)
    failing = f" It fails under {'; or under '.join(missed[:MOST_WORLDS])}." if missed else ""
    return (
        f"With it at least {100 * c.threshold:g} of 100 use the tool at the end, on "
        f"average, under {total - len(missed)} of the {total} conditions.{failing}"
    )


def _costs(c: Comparison) -> str:
    """Say what the best policy costs under the given conditions."""
    if not c.costs_known:
        return ""
    unit, values = c.currency, [(part.value(c.best), part.there) for part in c.parts]
    at = [value.cost.estimate for value, _ in values]
    amount = money(max(at), unit)
    if money(min(at)) != money(max(at)):
        amount = f"{money(min(at))} to {amount}, by conditions,"
    each = "; ".join(f"{price(value)} under {told}" for value, told in values[:MOST_TOLD])
    each += "; the others stand in costs.csv" if len(at) > MOST_TOLD else ""
    more = "" if c.names[0] == NONE else f" more than {c.baseline}"
    return f"It costs {amount}{more} {span(c)}. {unit} for each further user: {each}."
