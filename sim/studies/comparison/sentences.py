"""What a comparison says: a table, who gains, what it costs, and what to do."""

from __future__ import annotations

import numpy as np

from sim.config.settings import SAMPLED_KINDS
from sim.outcomes.intervals import Interval, means_of, of_share
from sim.outcomes.paired import dominated
from sim.outcomes.table import COST, MIDWAY, SCOPES, TOLD_MIDWAY, label
from sim.reports import words
from sim.reports.answer import Answer, Table
from sim.studies.comparison.policies import GOAL, WORTH_MENTIONING, Comparison
from sim.studies.comparison.uncertain import failing_worlds, robust, threshold

OUTCOMES_TOLD = (*TOLD_MIDWAY, "trust")
MOST_SCOPES = 2
MOST_COLUMNS = 3  # the best, told in full; all stand in comparison.csv
MOST_OUTCOMES = 8  # told in the terminal; all stand in comparison.csv


def money(x: float, currency: str) -> str:
    """Return an amount in words, rounded to three digits."""
    if not np.isfinite(x):
        return words.NO_NUMBER
    rounded = float(f"{x:.3g}")
    return f"{rounded:,.0f} {currency}"


def heading(c: Comparison) -> str:
    """Say what the runs are."""
    ensemble = c.result.ensemble
    drawn = "uncertain " if c.result.design_kind in SAMPLED_KINDS else ""
    worlds = f"{c.worlds:,} {drawn}worlds, " if c.worlds > 1 else ""
    return (
        f"{len(c.names)} {c.plural}, {worlds}{words.runs(ensemble.replicates)} of each, seed "
        f"{ensemble.seed}, under the same luck. In brackets: 95 % intervals of the mean "
        f"difference (bootstrap), or of a share."
    )


def ranking_rows(c: Comparison) -> list[list[str]]:
    """Return a table of the policies, best first."""
    rows = [["", "sustained adoption", f"change from {c.baseline}", "better in", "P(sustained)"]]
    if c.costs_known:
        rows[0].append("cost")
    for n in c.order:
        sustained = probability(c, n)
        if n == 0:
            change, better = "-", "-"
        else:
            pair = c.paired(GOAL, n)
            change = words.with_interval(pair.change, sign=True)
            better = words.percent(pair.better)
        mean = float(means_of(c.runs(GOAL, n)))
        row = [c.names[n], words.number(mean), change, better, words.percent(sustained)]
        if c.costs_known:
            row.append(money(float(means_of(c.runs(COST, n))), currency(c)))
        rows.append(row)
    return rows


def probability(c: Comparison, policy: int) -> Interval:
    """Return the share of runs (of worlds, where there are many) that sustain adoption."""
    x = c.runs(GOAL, policy) if c.worlds == 1 else c.by_world(GOAL)[policy]
    x = x[~np.isnan(x)]
    return of_share(int((x >= threshold(c)).sum()), x.size)


def currency(c: Comparison) -> str:
    """Return the name of the currency."""
    return str(c.result.values["cost.currency"])


def outcome_rows(c: Comparison, outcomes: tuple[str, ...]) -> list[list[str]]:
    """Return a table of paired differences: an outcome a row, a policy a column."""
    shown = [n for n in c.order if n][:MOST_COLUMNS]
    rows = [["", *(c.names[n] for n in shown)]]
    for outcome in outcomes:
        cells = [words.with_interval(c.paired(outcome, n).change, sign=True) for n in shown]
        rows.append([label(outcome), *cells])
    return rows


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
        f"It changes sustained adoption most among {most} "
        f"({words.with_interval(known[most], sign=True)}) and least among {least} "
        f"({words.with_interval(known[least], sign=True)})."
    )


def cost_sentences(c: Comparison) -> list[str]:
    """Say what an additional sustained adopter costs, and which policies are dominated."""
    if not c.costs_known:
        return []
    unit = currency(c)
    lines = []
    for n in c.order:
        if n == 0:
            continue
        value = c.value(n)
        if np.isfinite(value.per_adopter) and value.per_adopter > 0:
            high = money(value.high, unit) if np.isfinite(value.high) else "no upper limit"
            lines.append(
                f"{c.names[n]}: {money(value.per_adopter, unit)} for each additional sustained "
                f"adopter ({money(value.low, unit)} to {high})."
            )
        elif value.cost.estimate > 0:
            lines.append(f"{c.names[n]}: costs, and brings no adopters beyond chance.")
    costs, effects = means(c)
    for n, by in enumerate(dominated(costs, effects)):
        if by >= 0 and n:
            lines.append(
                f"{c.names[n]} is dominated by {c.names[by]}, which costs no more and sustains "
                "at least as many adopters."
            )
    return lines


def means(c: Comparison) -> tuple[np.ndarray, np.ndarray]:
    """Return mean additional cost and mean additional sustained adopters of every policy."""
    pairs = [c.money(n) for n in range(len(c.names))]
    return tuple(np.array([float(means_of(x[k])) for x in pairs]) for k in (0, 1))  # type: ignore[return-value]


def recommendation(c: Comparison) -> list[str]:
    """Say which policy, how much better, how sure, at what cost, and where it fails."""
    best = c.order[0]
    if best == 0:
        return [
            f"Recommendation: no {c.singular} is clearly better than {c.baseline}, which has the "
            "highest mean of all."
        ]
    pair = c.paired(GOAL, best)
    if not pair.change.low > 0:
        return [
            f"Recommendation: no {c.singular} is clearly better than {c.baseline}. The best mean is "
            f"that of {c.names[best]}: {words.with_interval(pair.change, sign=True)}."
        ]
    runs = "worlds" if c.worlds > 1 else "runs"
    equal = [
        n for n in c.order[1:] if n and not c.against(GOAL, best, n).change.low > WORTH_MENTIONING
    ]
    names = ", ".join(c.names[n] for n in equal)
    # whoever reads the first words only has to know that others do about as much
    also = f", or one that is not clearly worse ({names})" if equal else ""
    lines = [
        f"Recommendation: {c.names[best]}{also}. {c.names[best]} changes sustained adoption by "
        f"{words.with_interval(pair.change, sign=True)} against {c.baseline}, and is better in "
        f"{words.percent(pair.better)} of {runs}; P(sustained) is "
        f"{words.percent(probability(c, best))} against {words.percent(probability(c, 0))}."
    ]
    if equal:
        lines.append(f"Clearly worse means: by more than {WORTH_MENTIONING:g}.")
    if c.costs_known:
        lines.append(_cheaper(c, best, equal))
    return lines


def _cheaper(c: Comparison, best: int, equal: list[int]) -> str:
    unit = currency(c)
    value = c.value(best)
    text = f"{c.names[best]} costs {money(value.cost.estimate, unit)} more"
    if np.isfinite(value.per_adopter):
        text += f", {money(value.per_adopter, unit)} for each additional sustained adopter"
    costs, _ = means(c)
    cheap = [n for n in equal if costs[n] < costs[best]]
    if cheap:
        least = min(cheap, key=lambda n: costs[n])
        text += (
            f"; {c.names[least]}, not clearly worse, costs {money(float(costs[least]), unit)} more"
        )
    return text + "."


def answer(c: Comparison) -> Answer:
    """Return tables and sentences; the recommendation stands last."""
    told = (*OUTCOMES_TOLD, *(f"{name}.month_{MIDWAY}" for name in TOLD_MIDWAY))
    known = tuple(o for o in told if np.isfinite(c.runs(o, 0)).any())
    title = f"Change from {c.baseline}, paired {c.by}:"
    blocks: list[str | Table] = [
        heading(c),
        Table(ranking_rows(c)),
        Table(outcome_rows(c, known[:MOST_OUTCOMES]), title),
    ]
    if c.worlds > 1:
        blocks.append(Table(robust(c)))
    best = c.order[0]
    paragraphs = [*recommendation(c)]
    if best:
        paragraphs += [moved_sentence(c, best), scope_sentence(c, best), *failing_worlds(c, best)]
    blocks += [*cost_sentences(c), " ".join(p for p in paragraphs if p)]
    return Answer(c.result.title, c.result.question, blocks)
