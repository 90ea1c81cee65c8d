"""What to do, in sentences: which policy, from when, at what cost, how sure, and where it fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.analysis.intervals import Interval
from sim.analysis.prim import Box
from sim.outcomes.table import GOAL, label
from sim.policies.kinds import POLICY
from sim.reports import words
from sim.studies.comparison.findings import WORTH_MENTIONING, Failure, Findings
from sim.studies.comparison.terms import (
    UNIT,
    horizon,
    meaning,
    money,
    more_than,
    nothing,
    price,
    price_told,
    span,
    titled,
    under,
    what_to_do,
)
from sim.tables.parameters import PARAMETERS

MOST_WORLDS = 12  # told; all stand in comparison.csv
MOST_TOLD = 4  # of them in a sentence
FEWEST_SCOPES = 2
NOT_KNOWN = (
    "Where it fails is not known: all this is for one set of assumptions. The same command "
    "with uncertainty=assumptions replicates=4 tells in which worlds it fails."
)


def summary(f: Findings) -> list[str]:
    """Return what whoever reads nothing else has to know."""
    told = over_given_worlds(f) if f.several else in_one_world(f)
    return [text for text in told if text]


def in_one_world(f: Findings) -> list[str]:
    """Say which policy is best, and all that is known of it."""
    told = recommendation(f)
    if f.recommended[0].clearly_better:
        told += [effect(f), cost(f), *on_a_budget(f)]
    if f.best:
        told.append(f"{moved(f)} {scopes(f)}".strip())
    if f.failures:
        told += [fails(f, failure) for failure in f.failures]
    elif f.of.singular == POLICY:
        told.append(NOT_KNOWN)
    return told


def _no_better(f: Findings) -> str:
    return f"Recommendation: no {f.of.singular} is clearly better than {f.of.baseline}"


def _change(x: Interval) -> str:
    return words.with_interval(x, sign=True)


def recommendation(f: Findings) -> list[str]:
    """Say which policy, and what it is."""
    c, best = f.of, f.best
    if best == 0:
        return [f"{_no_better(f)}, which has the highest mean of all."]
    (found,) = f.recommended
    if not found.clearly_better:
        return [
            f"{_no_better(f)}. The best mean is that of {titled(c, best)}: a change of sustained "
            f"adoption by {_change(found.against.change)} {UNIT} over {horizon(c)}."
        ]
    equal = f.worlds[0].nearly_best
    names = ", ".join(titled(c, n) for n in equal)
    # whoever reads the first words only has to know that others do about as much
    also = f", or one that is not clearly worse: {names}" if equal else ""
    limit = f" Clearly worse means: by more than {WORTH_MENTIONING:g}." if equal else ""
    return [f"Recommendation: {titled(c, best)}{also}.{limit} {what_to_do(c, best)}".rstrip()]


def effect(f: Findings) -> str:
    """Say what the best policy changes, and how sure that is."""
    c, (world,), (ours,) = f.of, f.worlds, f.recommended
    theirs = world.policies[0]
    runs = "worlds" if world.drawn > 1 else "runs"
    shock = f" with the shock {under(c)}" if under(c) else ""
    return (
        f"Over {horizon(c)}{shock}, {label(GOAL).lower()} ({meaning(c)}) is "
        f"{words.number(ours.sustained.estimate)} with {c.names[f.best]} and "
        f"{words.number(theirs.sustained.estimate)} with {nothing(c)}: a change of "
        f"{_change(ours.against.change)}. It is better in "
        f"{words.percent(ours.against.better, runs)}. Adoption is sustained (at least {world.threshold:g}) in "
        f"{words.percent(ours.reaches, runs)}, against {words.percent(theirs.reaches)}."
    )


def cost(f: Findings) -> str:
    """Say what the best costs, and which is as good and cheaper."""
    c, unit = f.of, f.of.currency
    if not c.costs_known:
        return ""
    policies = f.worlds[0].policies
    value = policies[f.best].value
    text = (
        f"{c.names[f.best]} costs {more_than(value.cost.estimate, unit, c.baseline)} {span(c)}."
        f"{price_told(value, unit)}"
    )
    costs = {n: policies[n].value.cost.estimate for n in (*f.worlds[0].nearly_best, f.best)}
    least = min(costs, key=lambda n: costs[n])
    if costs[least] < costs[f.best]:
        least_cost = more_than(costs[least], unit, c.baseline)
        text += f" {c.names[least]}, not clearly worse, costs {least_cost}."
    return text


def on_a_budget(f: Findings) -> list[str]:
    """Say what little money buys, and what more of it buys, if the best is not the cheapest."""
    c, unit, policies = f.of, f.of.currency, f.worlds[0].policies
    if not f.cheap or f.cheap[0].policy == f.best:
        return []
    cheapest, *dearer = f.cheap
    found = policies[cheapest.policy]
    told = [
        f"If money is short: {titled(c, cheapest.policy)} brings an additional sustained adopter "
        f"for the least. It changes sustained adoption by {_change(found.against.change)} {UNIT} and "
        f"costs {more_than(found.value.cost.estimate, unit, c.baseline)}."
        f"{price_told(found.value, unit)} {what_to_do(c, cheapest.policy)}".rstrip()
    ]
    if dearer:
        more = "; ".join(
            f"{c.names[step.policy]}, {money(policies[step.policy].value.cost.estimate, unit)} in "
            f"total: {price(step.further, unit)} for each"
            for step in dearer
        )
        told.append(f"With more money, what further sustained adopters cost: {more}.")
    return told


def moved(f: Findings) -> str:
    """Say who is moved by the best policy."""
    if f.moved is None:
        return ""
    return (
        f"At the horizon {words.percent(f.moved.gained)} of HCPs' posts are held by an adopter "
        f"under {f.of.names[f.best]} but not under {f.of.baseline}; the reverse holds for "
        f"{words.percent(f.moved.lost)}."
    )


def scopes(f: Findings) -> str:
    """Say where the best policy does most and least: groups, membership, sizes."""
    known = {who: x for who, x in f.by_scope.items() if np.isfinite(x.estimate)}
    if len(known) < FEWEST_SCOPES:
        return ""
    most = max(known, key=lambda who: known[who].estimate)
    least = min(known, key=lambda who: known[who].estimate)
    if not known[most].low > known[least].high:
        return ""  # no clear difference between any of them
    return (
        f"It changes sustained adoption most among {most}, by {_change(known[most])}, and least "
        f"among {least}, by {_change(known[least])}."
    )


def fails(f: Findings, failure: Failure) -> str:
    """Say in how many drawn worlds the best policy misses the goal, and where."""
    place = f" ({failure.where})" if failure.where else ""
    text = (
        f"Where it fails{place}: {f.of.names[f.best]} stays below {f.worlds[0].threshold:g} in "
        f"{words.percent(failure.missed, 'worlds')}"
    )
    if not failure.missed.estimate > 0:
        return f"{text}."
    if failure.box is None:
        more = f"More worlds may: worlds={2 * failure.worlds}."
        return f"{text}; no short list of conditions tells which. {more}"
    box = failure.box
    return (
        f"{text}. It does so above all where {box_words(failure.names, box, f.of.result.values)}. "
        f"There it fails in {100 * box.density:.0f} % of worlds; these are "
        f"{100 * box.coverage:.0f} % of all its failures."
    )


def box_words(names: list[str], box: Box, values: Mapping[str, Any] | None = None) -> str:
    """Return the limits of a box in words, with what each parameter means."""
    parts = []
    for k in box.restricted:
        low, high = box.limits[k]
        if np.isfinite(low) and np.isfinite(high):
            limits = f"is between {low:.3g} and {high:.3g}"
        else:
            limits = f"is {low:.3g} or more" if np.isfinite(low) else f"is {high:.3g} or less"
        parts.append(f"{_parameter(names[k], values or {})} {limits}")
    return "; and ".join(parts)


def _parameter(name: str, values: Mapping[str, Any]) -> str:
    """Return what a parameter means, with its unit and its name; the name where it is none."""
    parameter = PARAMETERS.get(name)
    if parameter is None:
        return name
    unit = f", {parameter.unit}" if parameter.unit else ""
    base = f"; as configured: {words.value(values[name])}" if name in values else ""
    return f"\u201c{parameter.meaning}\u201d ({name}{unit}{base})"


def over_given_worlds(f: Findings) -> list[str]:
    """Say which policy does well in all given worlds, and where it does not."""
    c, best, total = f.of, f.best, len(f.worlds)
    listed = (
        f"The {total} worlds were listed, not drawn: how likely each is, is not known. So each is "
        "told by itself, and there is no mean and no interval over them."
    )
    often = {n: times for n in f.order if (times := f.times_better(n))}
    if not often:
        least = "falls least behind in the worst of the given worlds"
        reason = f", which {least}."
        if best:
            reason = f". {titled(c, best)} {least}, but is clearly better in none of them."
        return [f"{_no_better(f)}{reason}", listed]
    falls = "; it is the best in each of them"
    regret, where = f.largest_regret[best]
    if regret.estimate > 0:
        falls = f": at most {words.with_interval(regret)} {UNIT} below the best of a given world "
        falls += f"({where})"
    first = (
        f"Recommendation: {titled(c, best) if best else nothing(c)}. Of all, it falls least behind "
        f"in the worst of the given worlds{falls}. {what_to_do(c, best)}".rstrip()
    )
    if best not in often:
        also = ", ".join(f"{c.names[n]} in {times} of the {total}" for n, times in often.items())
        nor = f" {c.names[best]} is in none of them." if best else ""
        return [f"{first} Clearly better than {c.baseline}: {also}.{nor}", listed]
    place = f"Where {f.worlds[0].where}: "
    who = moved(f)
    return [
        first,
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
        f"Over {horizon(c)} it is clearly better than {c.baseline} in {better} of the {len(found)} "
        f"given worlds: it changes sustained adoption by {_change(low.against.change)} {UNIT} "
        f"({low_world.where}) to {_change(high.against.change)} ({high_world.where})."
    )


def _reached(f: Findings) -> str:
    """Say in which given worlds the mean of the best policy counts as sustained."""
    missed = [world.where for world in f.worlds if not world.reached(f.best)]
    total = len(f.worlds)
    failing = f" It fails where {'; or where '.join(missed[:MOST_WORLDS])}." if missed else ""
    return (
        f"Its mean reaches {f.worlds[0].threshold:g}, which counts as sustained, in "
        f"{total - len(missed)} of the {total} given worlds.{failing}"
    )


def _costs(f: Findings) -> str:
    """Say what the best policy costs in the given worlds."""
    c, unit = f.of, f.of.currency
    if not c.costs_known:
        return ""
    at = [policy.value.cost.estimate for policy in f.recommended]
    amount = money(max(at), unit)
    if money(min(at)) != money(max(at)):
        amount = f"{money(min(at))} to {amount}, by world,"
    each = "; ".join(
        f"{price(policy.value)} where {world.where}"
        for policy, world in list(zip(f.recommended, f.worlds, strict=True))[:MOST_TOLD]
    )
    each += "; the others stand in costs.csv" if len(at) > MOST_TOLD else ""
    return (
        f"It costs {amount} more than {c.baseline} {span(c)}. {unit} per additional sustained "
        f"adopter: {each}."
    )
