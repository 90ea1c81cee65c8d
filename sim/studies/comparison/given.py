"""What to do where conditions were listed: each is told by itself, over them there are counts."""

from __future__ import annotations

from sim.reports import words
from sim.studies.comparison.findings import Findings
from sim.studies.comparison.summary import (
    MOST_TOLD,
    MOST_WORLDS,
    baseline,
    fails,
    moved,
    no_better,
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


def over_given_worlds(f: Findings) -> list[str]:
    """Say which policy does well under all given conditions, and where it does not."""
    c, best, total = f.of, f.best, len(f.worlds)
    listed = (
        f"The {total} conditions were listed, not drawn: how likely each is, is not known. So each "
        "is told by itself, and there is no mean and no interval over them."
    )
    often = {n: times for n in f.order if (times := f.times_better(n))}
    if not often:
        least = "falls least behind the best under the conditions that are worst for it"
        reason = f", which {least}."
        if best:
            reason = f". {c.titles[best]} {least}, but is clearly better under none of them."
        return [f"{no_better(f)}{reason}", *baseline(f), listed]
    falls = "; it is the best under each of them"
    regret, where = f.largest_regret[best]
    if regret.estimate > 0:
        falls = f": at most {words.of_100(regret, PEOPLE)} fewer use the tool than with the best "
        falls += f"({where})"
    first = (
        f"Recommendation: {c.titles[best]}. Of all, it falls least behind the best under the "
        f"conditions that are worst for it{falls}. {what_to_do(c, best)}".rstrip()
    )
    if best not in often:
        also = ", ".join(f"{c.titles[n]} in {times} of the {total}" for n, times in often.items())
        nor = f" {c.titles[best]} is in none of them." if best else ""
        return [f"{first} Clearly better than {c.baseline}: {also}.{nor}", *baseline(f), listed]
    place = f"Where {f.worlds[0].told}: "
    who = moved(f)
    return [
        first,
        *baseline(f),
        _effects(f, often[best]),
        _reached(f),
        _costs(f),
        place + who[0].lower() + who[1:] if who else "",
        *(fails(f, failure) for failure in f.failures[:MOST_WORLDS]),
        listed,
    ]


def _effects(f: Findings, better: int) -> str:
    """Say what the best policy changes at least and at most."""
    c, found = f.of, list(zip(f.recommended, f.worlds, strict=True))
    (low, low_world), (high, high_world) = (
        end(found, key=lambda pair: pair[0].against.change.estimate) for end in (min, max)
    )
    return (
        f"Over {horizon(c)} it is clearly better than {c.baseline} under {better} of the "
        f"{len(found)} conditions: from {more_users(low.against.change)} ({low_world.told}) to "
        f"{more_users(high.against.change)} ({high_world.told})."
    )


def _reached(f: Findings) -> str:
    """Say under which given conditions the mean of the best policy counts as sustained."""
    missed = [world.told for world in f.worlds if not world.reached(f.best)]
    total = len(f.worlds)
    failing = f" It fails where {'; or where '.join(missed[:MOST_WORLDS])}." if missed else ""
    return (
        f"With it at least {100 * f.worlds[0].threshold:g} of 100 use the tool at the end, on "
        f"average, under {total - len(missed)} of the {total} conditions.{failing}"
    )


def _costs(f: Findings) -> str:
    """Say what the best policy costs under the given conditions."""
    c, unit = f.of, f.of.currency
    if not c.costs_known:
        return ""
    at = [policy.value.cost.estimate for policy in f.recommended]
    amount = money(max(at), unit)
    if money(min(at)) != money(max(at)):
        amount = f"{money(min(at))} to {amount}, by conditions,"
    each = "; ".join(
        f"{price(policy.value)} where {world.told}"
        for policy, world in list(zip(f.recommended, f.worlds, strict=True))[:MOST_TOLD]
    )
    each += "; the others stand in costs.csv" if len(at) > MOST_TOLD else ""
    more = "" if c.names[0] == NONE else f" more than {c.baseline}"
    return f"It costs {amount}{more} {span(c)}. {unit} for each further user: {each}."
