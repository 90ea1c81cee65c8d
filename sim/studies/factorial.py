"""A factorial design: what each axis changes on average over all others, alone and in pairs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np

from sim.analysis import intervals, pooled, sensitivity
from sim.analysis.intervals import Interval
from sim.design.axes import Axis
from sim.outcomes.table import FIVE, GOAL, HEADLINE, OUTCOMES
from sim.reports import titles, words
from sim.reports.answer import Answer
from sim.reports.figure import Figure, Row, rows_panel
from sim.studies import Rows, sufficient
from sim.studies.effects import ROW, Effect, effects_figure, most_first, numbered, parted
from sim.studies.grid import Grid, between_ends
from sim.studies.headline import over_points
from sim.studies.result import Result
from sim.tables.layout import Table
from sim.tables.messages import counted

ALSO = ("trust", "lapse_rate")
MOST_TOLD = 3
COMPLEMENTS, SUBSTITUTES, CHANCE = "complements", "substitutes", "may be chance"


@dataclass(frozen=True)
class MainEffect(Effect):
    """What an axis changes on average over all combinations of the others."""

    also: list[Interval]  # changes of the outcomes of ALSO
    raises: float  # share of the combinations in which it raises the mean
    lowers: float  # and in which it clearly lowers it; chance alone makes 0.025


class Interaction(NamedTuple):
    """By how much the effect of one axis differs between another's ends."""

    first: Axis
    second: Axis
    change: Interval
    # whether each does more where the other does its part, or less; or may be chance, as all pairs are
    # looked at, or where one of the two changes nothing clearly
    kind: str

    @property
    def told(self) -> str:
        """Both, as they stand within a sentence."""
        return " and ".join(titles.in_sentence(axis.name) for axis in (self.first, self.second))

    @property
    def better(self) -> Interval:
        """How much more use rises with one where the other does its part; its sign is that of the kind."""
        same = (self.kind == COMPLEMENTS) == (self.change.estimate > 0)
        return self.change if same else self.change.negated


class Found(NamedTuple):
    """What was found over all combinations."""

    grid: Grid
    outcome: str  # that effects are of
    effects: list[MainEffect]  # largest first
    pairs: list[Interaction]  # largest first
    shares: list[tuple[Axis, Interval]]  # of the variance of the outcome, most first
    # of each threshold; none where the outcome is not use after five years
    bundles: list[sufficient.TruthTable]

    @property
    def use(self) -> str:
        """The outcome, as it stands within a sentence."""
        return titles.in_sentence(self.outcome)


def found(result: Result) -> Found:
    """Return what each axis changes, alone and together with others."""
    grid, outcome = Grid(result), outcome_of(result)
    bundles = sufficient.truth_tables(grid) if outcome == HEADLINE else []
    effects, pairs = main_effects(grid), interactions(grid)
    return Found(grid, outcome, effects, pairs, shares(grid, outcome), bundles)


def outcome_of(result: Result) -> str:
    """Return what effects are told of: use after five years, where it is seen of everybody in each run.

    Where organisations start later, or the months are too few, it is sustained adoption.
    """
    seen = result.ensemble.outcomes[OUTCOMES[HEADLINE].over]
    seen = seen[~np.isnan(seen)]
    return HEADLINE if seen.size and seen.min() == seen.max() > 0 else GOAL


def _change(grid: Grid, axis: int, outcome: str) -> Interval:
    """Return what an axis changes over all combinations, with the interval over replicates."""
    over = OUTCOMES[outcome].over
    if not over:
        return over_combinations(grid.changes(axis, outcome))
    columns = grid.result.ensemble.outcomes

    def at(end: int) -> tuple[np.ndarray, np.ndarray]:
        points = np.take(grid.points, end, axis=axis).ravel()
        return pooled.rows(columns[outcome][points].T, columns[over][points].T)

    low, high = map(at, grid.axes[axis].ends())
    return pooled.of_difference(*high, *low)


def over_combinations(x: np.ndarray, confidence: float = intervals.CONFIDENCE) -> Interval:
    """Return the mean over combinations with the interval over replicates, which share luck."""
    by_run = intervals.means_of(x.reshape(-1, x.shape[-1]).T)
    return intervals.of_mean(by_run, confidence=confidence)


def main_effects(grid: Grid) -> list[MainEffect]:
    """Return the main effect of every axis with two values or more, largest first."""
    found, outcome = [], outcome_of(grid.result)
    for n in grid.several:
        axis, x = grid.axes[n], grid.changes(n, outcome)
        also = [_change(grid, n, name) for name in ALSO]
        means, _, highs, _ = intervals.of_columns(x.reshape(-1, x.shape[-1]).T)
        shares = float((means > 0).mean()), float((highs < 0).mean())
        start, end = (grid.value(n, at) for at in axis.ends())
        found.append(MainEffect(axis, over_combinations(x), start, end, also, *shares))
    return most_first(found, size=True)


def interactions(grid: Grid) -> list[Interaction]:
    """Return how pairs of axes act together, largest first."""
    found, outcome = [], outcome_of(grid.result)
    pairs = [*combinations(grid.several, 2)]
    main = {n: over_combinations(grid.changes(n, outcome)) for n in grid.several}
    for first, second in pairs:
        x = grid.changes(first, outcome)  # has lost the dimension of `first`, a lower one
        x = between_ends(grid.axes[second], x, second - 1)
        sure = over_combinations(x, intervals.of_many(len(pairs)))
        kind = CHANCE
        if all(map(words.differs, (sure, main[first], main[second]))):
            # of two that lower use, more harm together than apart is no complement
            same = sure.estimate * main[first].estimate * main[second].estimate > 0
            kind = COMPLEMENTS if same else SUBSTITUTES
        change = over_combinations(x)
        found.append(Interaction(grid.axes[first], grid.axes[second], change, kind))
    return sorted(found, key=lambda pair: -abs(np.nan_to_num(pair.change.estimate)))


def main_outcomes(result: Result) -> list[str]:
    """Return the outcomes whose variance is shared out: the main one, the letters of NASSS, and trust."""
    return list(dict.fromkeys([outcome_of(result), *(o.name for o in FIVE), "trust"]))


def shares(grid: Grid, outcome: str) -> list[tuple[Axis, Interval]]:
    """Return what each axis makes of the variance over all combinations, most first; none where nothing varies."""
    x = grid.result.ensemble.outcomes[outcome][grid.points]
    single = [n for n, axis in enumerate(grid.axes) if len(axis) < 2]
    found, variance = sensitivity.shapley(x.squeeze(tuple(single)))
    axes = [grid.axes[n] for n in grid.several]
    return [(axes[n], found[n]) for n in sensitivity.largest(found)] if variance else []


def _percent(share: Interval) -> str:
    """Return a share of the variance in words; one run has no interval."""
    return words.share(share.estimate) if share.runs == 1 else words.percent(share)


def _shares_told(f: Found) -> str:
    if not f.shares:
        return f"The variance of {f.use} is not shared out: it is the same in all combinations, but for chance."
    told = [
        f"{titles.in_sentence(axis.name)} {_percent(share)}" for axis, share in f.shares[:MOST_TOLD]
    ]
    return (
        f"Of the variance of {f.use} over all combinations, most is due to {'; '.join(told)} (Shapley effects: what "
        "factors do together is divided equally)."
    )


def answer(result: Result) -> Answer:
    """Return which factors are enough together, a table of main effects, and pairs, with intervals."""
    f, ensemble = result.found, result.ensemble
    rows = [["", "from", "to", *map(titles.short, (f.outcome, *ALSO)), "raises it in"]]
    for effect in f.effects:
        cells = [words.with_interval(change, sign=True) for change in effect.also]
        share = words.share(effect.raises)
        rows.append(
            [titles.short(effect.axis.name), effect.start, effect.end, effect.told, *cells, share]
        )
    units = ", ".join(f"{OUTCOMES[name].title.lower()} in {OUTCOMES[name].unit}" for name in ALSO)
    several = words.drawn(ensemble.replicates, "In brackets: 95 % intervals over runs.")
    runs = (
        f"{len(ensemble.points):,} combinations x {words.runs(ensemble.replicates)}, seed "
        f"{ensemble.seed}; {result.luck}. Changes are averages over all combinations of the other "
        f"factors: of {f.use}, how many more (+) or fewer (-) of 100 professionals; {units}. {several} "
        f"Last column: in how many combinations the factor raises the mean of {f.use}."
    )
    head = over_points(result, "combinations")
    enough = sufficient.told(f.bundles) if f.bundles else []
    blocks = [*enough, *numbered([*sentences(f), _shares_told(f)]), *head, runs, Table(rows)]
    return Answer(result.title, result.question, blocks)


def sentences(f: Found) -> list[str]:
    """Return what follows from the effects and interactions on use."""
    clear, unclear = parted(f.effects)
    first, one_run = f.effects[0], f.effects[0].change.runs == 1
    chance = " Each combination was run once: what of all this is chance is not known."
    said = [f"No factor changes {f.use} clearly, on average over all else."]
    if clear or one_run:
        said = [
            f"On average over all else, {first.step} changes most: {first.more}."
            f"{chance if one_run else ''}"
        ]
        others = [e for e in clear if e.axis.name.startswith("alignment.") and e is not first]
        if others:
            each = [f"{e.name}, {words.more_of_100(e.change)}" for e in others[:MOST_TOLD]]
            said.append(f"Of alignments, most is changed by {'; '.join(each)}.")
    if clear and unclear:
        names = ", ".join(effect.name for effect in unclear)
        said.append(f"These runs show no clear effect, on average, of {names}.")
    for kind, what in ((COMPLEMENTS, "more"), (SUBSTITUTES, "less")):
        of_kind = [pair for pair in f.pairs if pair.kind == kind]
        each = [f"{pair.told}, {words.more_of_100(pair.better)}" for pair in of_kind[:MOST_TOLD]]
        if of_kind:
            said.append(
                f"{len(of_kind)} of {counted(len(f.pairs), 'pair')} are {kind}: one does {what} where "
                f"the other does its part. Most so {'; '.join(each)}."
            )
    return said


def tables(result: Result) -> Rows:
    """Return the effect of each factor, of each pair, and the bundles that are enough."""
    f: Found = result.found
    effects = [(e.axis.name, e.start, e.end, e.change, e.raises, e.lowers) for e in f.effects]
    pairs = [(p.first.name, p.second.name, p.change, p.kind) for p in f.pairs]
    made: Rows = {"factors": effects, "pairs": pairs}
    rows = [
        (name, OUTCOMES[name].unit, axis.name, share)
        for name in main_outcomes(result)
        for axis, share in shares(f.grid, name)
    ]
    if rows:
        made["shapley"] = rows
    if f.outcome == HEADLINE:
        made["bundles"] = sufficient.rows(f.bundles)
    return made


def figures(result: Result) -> list[Figure]:
    """Return the bundles that are enough, and the main effects."""
    f: Found = result.found
    what = (
        f"Change of {f.use} between the ends of each axis, averaged over all "
        f"{len(result.ensemble.points):,} combinations, largest on top"
    )
    title = "What each factor changes on average"
    drawn = [effects_figure(result, title, what, "over runs", f.effects, f.use)]
    if f.shares:
        drawn.append(_shares_figure(f))
    if any(table.bundles for table in f.bundles):
        order = [effect.axis for effect in f.effects]
        drawn.insert(0, sufficient.figure(f.bundles, order))
    return drawn


def _shares_figure(f: Found) -> Figure:
    rows = []
    for axis, share in f.shares:
        told = _percent(share)
        rows.append(Row(titles.short(axis.name), share, told, value=told))
    several = "Bars: 95 % intervals, by bootstrap over runs."
    caption = (
        f"Shapley effects, {f.use}: what factors do together is divided equally. "
        f"{words.drawn(f.grid.result.ensemble.replicates, several)}"
    )
    panel = rows_panel(rows, "share of the variance", tips=("factor", "share"), right=0.3)
    title = "What of the variance each factor makes"
    return Figure("shapley", title, caption, [panel], height=1.0 + ROW * len(rows))
