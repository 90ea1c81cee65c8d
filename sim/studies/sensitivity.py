"""What use hangs on most: all parameters along trajectories, then the important ones drawn together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.analysis import sensitivity as analysis
from sim.analysis.intervals import NOTHING, Interval, means_of, middle
from sim.analysis.sensitivity import Indices, Screened
from sim.design.points import drawn_of, scaled
from sim.outcomes.table import HEADLINE, OUTCOMES
from sim.reports import titles, words
from sim.reports.answer import Answer
from sim.reports.figure import Figure, Row, around, of_100, rows_panel
from sim.studies.effects import ROW
from sim.studies.factorial import main_outcomes, outcome_of
from sim.tables.factors import FACTORS
from sim.tables.layout import Table
from sim.tables.messages import counted, listed

if TYPE_CHECKING:
    from sim.design.axes import Axis
    from sim.studies import Rows
    from sim.studies.result import Result

summarised = False
FACTOR_PATHS = {factor.path for factor in FACTORS}
MOST_TOLD = 3
MOST_DRAWN = 30  # rows of the figure of the screening


class Share(NamedTuple):
    """What an important axis makes of the variance of an outcome, and how far it moves it."""

    axis: Axis
    moved: Interval  # from one end of its range to the other
    first: Interval
    total: Interval


@dataclass(frozen=True)
class Sensitivity:
    """What an outcome hangs on."""

    outcome: str
    axes: tuple[Axis, ...]
    screened: list[Screened]  # of each axis
    important: list[int]  # axes that move most use, which were drawn together
    indices: Indices  # of these; without variance before they were drawn
    spread: Interval  # of the means of points that were drawn together: the middle nine tenths

    @property
    def shares(self) -> list[Share]:
        """Of the important axes, the largest first; none before they were drawn."""
        first, total, important = self.indices.first, self.indices.total, self.important
        return [
            Share(self.axes[important[n]], self.screened[important[n]].mean, first[n], total[n])
            for n in analysis.largest(total)
        ]


def found(result: Result) -> list[Sensitivity]:
    """Return what each outcome hangs on; without indices while the important axes are not yet drawn."""
    axes, columns = drawn_of(result.axes), result.ensemble.outcomes
    unit = analysis.trajectories(len(axes), result.samples or 1, result.ensemble.seed)
    points = result.points(scaled(axes, unit))
    moved = {
        name: analysis.screened(analysis.elementary_effects(unit, columns[name][points]))
        for name in main_outcomes(result)
    }
    sizes = [one.size for one in moved[outcome_of(result)]]
    order = [n for n in analysis.largest(sizes) if sizes[n].estimate > 0]
    important = sorted(order[: result.options["important"]])
    together = result.numbers(_together(result, axes, important))
    drawn = bool(together) and None not in together
    width = len(important) + 2
    made = []
    for name, screened in moved.items():
        indices, spread = Indices([], [], NOTHING, 0.0, 0), NOTHING
        if drawn:
            y = columns[name][np.array(together, int)]
            indices = analysis.indices(y, len(important))
            means = means_of(y.reshape(-1, width, y.shape[1])[:, [0, -1]])
            spread = middle(means.ravel().round(2))
        made.append(Sensitivity(name, axes, screened, important, indices, spread))
    return made


def _together(result: Result, axes: tuple[Axis, ...], important: list[int]) -> list[dict[str, Any]]:
    """Return the points in which the important axes are drawn together; none where they are too few."""
    if len(important) < 2:
        return []
    rows, seed = result.options["rows"], result.ensemble.seed
    unit = analysis.saltelli(len(important), rows, seed)
    return scaled(tuple(axes[n] for n in important), unit)


def more(result: Result) -> list[dict[str, Any]]:
    """Return the points that tell of what is important, once that is known."""
    main = result.found[0]
    return _together(result, main.axes, main.important)


def answer(result: Result) -> Answer:
    """Return what use hangs on, in how far each parameter does so alone, and what hardly matters."""
    main, *others = result.found
    blocks: list[str | Table] = [*sentences(result, main)]
    if main.indices.variance:
        blocks += [_table(main), _of_others(others)]
    return Answer(result.title, result.question, blocks)


def sentences(result: Result, main: Sensitivity) -> list[str]:
    """Return what the main outcome hangs on, in words."""
    use, indices = titles.in_sentence(main.outcome), main.indices
    runs = words.runs(result.ensemble.replicates)
    drawn = f"{result.samples} trajectories" if result.samples != 1 else "1 trajectory"
    asked = (
        f"{len(main.axes)} parameters, each over what is plausible of it or over its axis, moved one after "
        f"another along {drawn}; {runs} of each point, seed {result.ensemble.seed}; {result.luck}."
    )
    if not main.important:
        return [f"{use[0].upper()}{use[1:]} is the same whatever these parameters are.", asked]
    if len(main.important) == 1:
        only = titles.in_sentence(main.axes[main.important[0]].name)
        return [f"Nothing but one parameter changes {use}. Only {only} changes it.", asked]
    if not indices.variance:
        why = (
            "no row of the second sample has a number at each of its points"
            if indices.rows < 2
            else "it may differ by chance alone"
        )
        return [f"Nothing is known of what {use} hangs on: {why}.", asked]
    shares = [
        f"{titles.in_sentence(share.axis.name)} ({_percent(share.total)})"
        for share in main.shares[:MOST_TOLD]
    ]
    one_run = result.ensemble.replicates == 1
    who = "In the one run of each point how" if one_run else "How"
    when = "after five years" if main.outcome == HEADLINE else "in the end"
    chance = " One run does not tell what of this is chance." if one_run else ""
    said = [
        f"{who} many professionals use it {when} hangs most on {listed(shares)}: in brackets, the share of "
        f"the variance that is made with it, alone or together with others.{chance}",
        f"All {len(main.important)} parameters of the table alone, one by one, make "
        f"{_percent(indices.alone)} of the variance; the rest they make together. Over what is "
        f"plausible of them, {words.of_100(main.spread, 'professionals')} use it (in brackets: nine of "
        "ten points).",
    ]
    if rest := [n for n in range(len(main.axes)) if n not in main.important]:
        largest = max(main.screened[n].size.estimate for n in rest)
        said.append(
            f"What else was moved, {counted(len(rest), 'parameter')}, matters less: from one end of its range to "
            f"the other none changes {use} by more than {words.number(100 * largest, 1)} of 100 professionals "
            "on average, up or down."
        )
    if factors := [n for n, axis in enumerate(main.axes) if set(axis.paths) <= FACTOR_PATHS]:
        best = factors[analysis.largest([main.screened[n].size for n in factors])[0]]
        said.append(
            f"Of what people can change, the {counted(len(factors), 'factor')} of the paper that vary, most is "
            f"moved by {titles.in_sentence(main.axes[best].name)}: "
            f"{words.more_of_100(main.screened[best].mean, 'professionals')}, from one end to the other."
        )
    rows = result.options["rows"]
    left_out = rows - indices.rows
    lacking = f" Left out for lack of a number: {counted(left_out, 'row')}." if left_out else ""
    luck = "" if one_run else " Shares are of means over luck: chance adds nothing to them."
    return [
        *said,
        f"{asked} The {len(main.important)} that move {use} most were then drawn together, in {rows:,} "
        f"rows of {len(main.important) + 2} points, all others as at the base.{lacking}{luck}",
    ]


def _percent(share: Interval) -> str:
    """Return a share in words: of few rows estimates may lie beyond what is possible."""
    estimate, low, high = np.clip(share[:3], 0, 1).tolist()
    return words.percent(Interval(estimate, low, high, share.runs))


def _table(main: Sensitivity) -> Table:
    rows = [["", "from", "to", "alone", "in all", "up or down"]]
    for axis, moved, first, total in main.shares:
        ends = (titles.value_short(axis.name, end) for end in axis.values[:: len(axis) - 1])
        cells = [*ends, _percent(first), _percent(total), words.per_100(moved, sign=True)]
        rows.append([titles.short(axis.name), *cells])
    note = (
        "Alone, in all: share of the variance, by itself and with all that it does together with others "
        "(first and total Sobol index). Up or down: how many more or fewer of 100 professionals, from one "
        "end to the other, on average along the trajectories. In brackets: 95 % intervals, over rows and over "
        "trajectories."
    )
    return Table(rows, note=note)


def _of_others(others: list[Sensitivity]) -> Table:
    """Return which parameters other outcomes hang on; those are told that are constant."""
    rows = [["", "hangs most on (share of its variance, in all)"]]
    for one in others:
        told = "; ".join(
            f"{titles.short_in_sentence(share.axis.name)} {_percent(share.total)}"
            for share in one.shares[: MOST_TOLD if one.indices.variance else 0]
        )
        few = one.indices.rows < 2
        nothing = (
            "no number at enough points"
            if few
            else "the same at all points, or different by what may be chance"
        )
        rows.append([OUTCOMES[one.outcome].title, told or nothing])
    return Table(rows, text_last=1)


def tables(result: Result) -> Rows:
    """Return what each outcome hangs on: all parameters, and shares of the important ones."""
    rows = []
    for one in result.found:
        shares = {share.axis.name: (share.first, share.total) for share in one.shares}
        for axis, screened in zip(one.axes, one.screened, strict=True):
            ends = (words.value(end) for end in (min(axis.values), max(axis.values)))
            parts = (*screened, *shares.get(axis.name, (NOTHING, NOTHING)))
            rows.append((one.outcome, OUTCOMES[one.outcome].unit, axis.name, *ends, *parts))
    return {"sensitivity": rows}


def figures(result: Result) -> list[Figure]:
    """Return the shares of the variance of use, and what each parameter moves."""
    main = result.found[0]
    return [*([_shares(result, main)] if main.indices.variance else []), _moved(result, main)]


def _shares(result: Result, main: Sensitivity) -> Figure:
    limits = around([share for _, _, *both in main.shares for share in both])
    panels = []
    for look, what in enumerate(("alone", "in all")):
        rows = []
        for axis, _, *both in main.shares:
            told, apart = _percent(both[look]), 0.15 - 0.3 * look
            rows.append(Row(titles.short(axis.name), both[look], told, look, apart=apart))
        tips = ("parameter", what)
        panels.append(rows_panel(rows, "share of the variance", tips=tips, limits=limits))
    alone, total = panels
    panel = replace(alone, marks=[*alone.marks, *total.marks[1:]])
    caption = (
        f"Of {titles.in_sentence(main.outcome)}, over what is plausible of {len(main.shares)} parameters; "
        f"{result.options['rows']:,} rows, {words.runs(result.ensemble.replicates)} of each point. Bars: 95 % intervals, "
        "over rows."
    )
    key = (("alone (first Sobol index)", 0), ("in all (total Sobol index)", 1))
    height, title = 1.0 + ROW * len(main.shares), "What of the variance each parameter makes"
    return Figure("sensitivity", title, caption, [panel], height=height, key=key)


def _moved(result: Result, main: Sensitivity) -> Figure:
    rows = []
    for n in analysis.largest([one.size for one in main.screened])[:MOST_DRAWN]:
        name, moved = titles.short(main.axes[n].name), main.screened[n].mean
        told = words.per_100(moved, sign=True)
        rows.append(Row(name, of_100(moved), told, int(n not in main.important)))
    use = titles.in_sentence(main.outcome)
    caption = (
        f"Mean change of {use} from one end of each parameter's range to the other, those that move it "
        f"most on top; {result.samples} trajectories over {len(main.axes)} parameters. Bars: 95 % intervals, over "
        "trajectories."
    )
    across = f"change of {use}, of 100 professionals"
    panel = rows_panel(rows, across, tips=("parameter", "change"))
    key = (("drawn together after that", 0), ("others", 1))
    height, title = 1.0 + 0.22 * len(rows), "What each parameter moves"
    return Figure("screening", title, caption, [panel], height=height, key=key)
