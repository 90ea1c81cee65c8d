"""What use hangs on most: all parameters along trajectories, then the important ones drawn together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis import sensitivity as analysis
from sim.analysis.intervals import Interval, means_of, middle
from sim.analysis.sensitivity import Indices, Screened
from sim.design.points import drawn_of, scaled
from sim.outcomes.table import HEADLINE, OUTCOMES
from sim.reports import titles, words
from sim.reports.answer import Answer, Number
from sim.reports.figure import Dots, Figure, Panel, Rule, Scale, around, exact, rows_of
from sim.reports.meanings import SENSITIVITY
from sim.reports.result_tables import of_frame
from sim.studies.effects import ROW
from sim.studies.factorial import main_outcomes, outcome_of
from sim.tables.factors import FACTORS
from sim.tables.layout import Table
from sim.tables.messages import counted, listed

if TYPE_CHECKING:
    from sim.design.axes import Axis
    from sim.studies.result import Result

summary = False
FACTOR_PATHS = {factor.path for factor in FACTORS}
MOST_TOLD = 3
MOST_DRAWN = 30  # rows of the figure of the screening
NOTHING = Interval(np.nan, np.nan, np.nan, 0)
TITLE_OF_SHARES = "What of the variance each parameter makes"


@dataclass(frozen=True)
class Sensitivity:
    """What an outcome hangs on."""

    outcome: str
    axes: tuple[Axis, ...]
    screened: list[Screened]  # of each axis
    important: list[int]  # axes that move most use, which were drawn together
    indices: Indices | None  # of these; None before they were drawn
    spread: Interval  # of the means of points that were drawn together: the middle nine tenths
    rows: int  # that were drawn together

    @property
    def ordered(self) -> list[int]:
        """Places of the important axes within `important`, the largest share of the variance first."""
        return [] if self.indices is None else analysis.largest(self.indices.total)


def _rows(result: Result, axes: tuple[Axis, ...], unit: np.ndarray) -> np.ndarray | None:
    """Return the numbers of the points of a sample; None if some have not been run."""
    numbers = result.numbers(scaled(axes, unit))
    return None if None in numbers else np.array(numbers, int)


def found(result: Result) -> list[Sensitivity]:
    """Return what each outcome hangs on; without indices while the important axes are not yet drawn."""
    axes, columns = drawn_of(result.axes), result.ensemble.outcomes
    unit = analysis.trajectories(len(axes), result.samples or 1, result.ensemble.seed)
    points = _rows(result, axes, unit)
    assert points is not None  # the design holds them
    moved = {
        name: analysis.screened(analysis.elementary_effects(unit, columns[name][points]))
        for name in main_outcomes(result)
    }
    sizes = [one.size for one in moved[outcome_of(result)]]
    order = [n for n in analysis.largest(sizes) if sizes[n].estimate > 0]
    important = sorted(order[: result.options["important"]])
    together = None
    if len(important) > 1:
        together = _rows(result, *_together(result, axes, important))
    width = len(important) + 2
    made = []
    for name, screened in moved.items():
        indices, spread = None, NOTHING
        if together is not None:
            y = columns[name][together]
            indices = analysis.indices(y, len(important))
            means = means_of(y.reshape(-1, width, y.shape[1])[:, [0, -1]])
            spread = middle(means.ravel().round(2))
        rows = result.options["rows"]
        made.append(Sensitivity(name, axes, screened, important, indices, spread, rows))
    return made


def _together(
    result: Result, axes: tuple[Axis, ...], important: list[int]
) -> tuple[tuple[Axis, ...], np.ndarray]:
    """Return the important axes, and the rows in which they are drawn together."""
    rows, seed = result.options["rows"], result.ensemble.seed
    return tuple(axes[n] for n in important), analysis.saltelli(len(important), rows, seed)


def more(result: Result) -> list[dict[str, Any]]:
    """Return the points in which the important axes are drawn together; none where they are too few."""
    main = result.found[0]
    few = len(main.important) < 2
    return [] if few else scaled(*_together(result, main.axes, main.important))


def answer(result: Result) -> Answer:
    """Return what use hangs on, in how far each parameter does so alone, and what hardly matters."""
    main, *others = result.found
    numbers, unit = {}, "share of variance"
    for one in (main, *others) if main.indices else ():
        assert one.indices is not None
        for place, n in enumerate(one.important):
            of = f"{one.outcome}, {one.axes[n].name}"
            numbers[f"{of}, alone"] = Number(one.indices.first[place], unit)
            numbers[f"{of}, in all"] = Number(one.indices.total[place], unit)
    for n, axis in enumerate(main.axes):
        numbers[axis.name] = Number(main.screened[n].mean, OUTCOMES[main.outcome].unit)
    blocks: list[str | Table] = [*sentences(result, main)]
    if main.indices is not None and main.indices.variance:
        blocks.append(_table(main))
        blocks.append(_of_others([main, *others]))
    return Answer(result.title, result.question, blocks, numbers=numbers)


def sentences(result: Result, main: Sensitivity) -> list[str]:
    """Return what the main outcome hangs on, in words."""
    use, indices = titles.in_sentence(main.outcome), main.indices
    runs = words.runs(result.ensemble.replicates)
    drawn = f"{result.samples} trajectories" if result.samples != 1 else "1 trajectory"
    asked = (
        f"{len(main.axes)} parameters, each over what is plausible of it or over its axis, moved one after "
        f"another along {drawn}; {runs} of each point, seed {result.ensemble.seed}; {result.luck}."
    )
    if indices is None:
        none = all(not s.size.estimate > 0 for s in main.screened)
        only = "" if none else f" Only {_name(main.axes[main.important[0]])} changes it."
        return [
            f"{use[0].upper()}{use[1:]} is the same whatever these parameters are."
            if none
            else f"Nothing but one parameter changes {use}.{only}",
            asked,
        ]
    if not indices.variance:
        why = (
            "no row of the second sample has a number at each of its points"
            if indices.rows < 2
            else "it may differ by chance alone"
        )
        return [f"Nothing is known of what {use} hangs on: {why}.", asked]
    order = main.ordered[:MOST_TOLD]
    shares = [
        f"{_name(main.axes[main.important[n]])} ({_percent(indices.total[n])})" for n in order
    ]
    who = (
        "How many professionals use it after five years"
        if main.outcome == HEADLINE
        else "How many professionals use it in the end"
    )
    rest = [n for n in range(len(main.axes)) if n not in main.important]
    largest = max((main.screened[n].size.estimate for n in rest), default=np.nan)
    one_run = result.ensemble.replicates == 1
    if one_run:
        who = f"In the one run of each point {who[0].lower()}{who[1:]}"
    chance = " One run does not tell what of this is chance." if one_run else ""
    said = [
        f"{who} hangs most on {listed(shares)}: in brackets, the share of the variance that is made with "
        f"it, alone or together with others.{chance}",
        f"All {len(main.important)} parameters of the table alone, one by one, make "
        f"{_percent(indices.alone)} of the variance; the rest they make together. Over what is "
        f"plausible of them, {words.of_100(main.spread, 'professionals')} use it (in brackets: nine of "
        "ten points).",
    ]
    if rest:
        said.append(
            f"What else was moved, {counted(len(rest), 'parameter')}, matters less: from one end of its range to "
            f"the other none changes {use} by more than {words.number(100 * largest, 1)} of 100 professionals "
            "on average, up or down."
        )
    if factors := [n for n, axis in enumerate(main.axes) if set(axis.paths) <= FACTOR_PATHS]:
        best = factors[analysis.largest([main.screened[n].size for n in factors])[0]]
        said.append(
            f"Of what people can change, the {counted(len(factors), 'factor')} of the paper that vary, most is "
            f"moved by {_name(main.axes[best])}: "
            f"{words.more_of_100(main.screened[best].mean, 'professionals')}, from one end to the other."
        )
    left_out = main.rows - indices.rows
    lacking = f" Left out for lack of a number: {counted(left_out, 'row')}." if left_out else ""
    luck = "" if one_run else " Shares are of means over luck: chance adds nothing to them."
    return [
        *said,
        f"{asked} The {len(main.important)} that move {use} most were then drawn together, in {main.rows:,} "
        f"rows of {len(main.important) + 2} points, all others as at the base.{lacking}{luck}",
    ]


def _percent(share: Interval) -> str:
    """Return a share in words: of few rows estimates may lie beyond what is possible."""
    estimate, low, high = np.clip(share[:3], 0, 1).tolist()
    return words.percent(Interval(estimate, low, high, share.runs))


def _name(axis: Axis) -> str:
    return titles.in_sentence(axis.name)


def _table(main: Sensitivity) -> Table:
    assert main.indices is not None
    rows = [["", "from", "to", "alone", "in all", "up or down"]]
    for place in main.ordered:
        axis = main.axes[main.important[place]]
        moved = main.screened[main.important[place]].mean
        rows.append(
            [
                titles.short(axis.name),
                *(titles.value_short(axis.name, end) for end in axis.values[:: len(axis) - 1]),
                _percent(main.indices.first[place]),
                _percent(main.indices.total[place]),
                words.per_100(moved, sign=True),
            ]
        )
    note = (
        "Alone, in all: share of the variance, by itself and with all that it does together with others "
        "(first and total Sobol index). Up or down: how many more or fewer of 100 professionals, from one "
        "end to the other, on average along the trajectories. In brackets: 95 % intervals, over rows and over "
        "trajectories."
    )
    return Table(rows, note=note)


def _of_others(all_of_them: list[Sensitivity]) -> Table:
    """Return which parameters other outcomes hang on; those are told that are constant."""
    rows = [["", "hangs most on (share of its variance, in all)"]]
    for one in all_of_them[1:]:
        assert one.indices is not None
        told = "the same at all points, or different by what may be chance"
        if one.indices.variance:
            told = "; ".join(
                f"{titles.short_in_sentence(one.axes[one.important[n]].name)} "
                f"{_percent(one.indices.total[n])}"
                for n in one.ordered[:MOST_TOLD]
            )
        elif one.indices.rows < 2:
            told = "no number at enough points"
        rows.append([OUTCOMES[one.outcome].title, told])
    return Table(rows, text_last=1)


def tables(result: Result) -> dict[str, dict[str, Any]]:
    """Return what each outcome hangs on: all parameters, and shares of the important ones."""
    rows = []
    for one in result.found:
        for n, axis in enumerate(one.axes):
            first = total = NOTHING
            if one.indices is not None and n in one.important:
                place = one.important.index(n)
                first, total = one.indices.first[place], one.indices.total[place]
            ends = (words.value(end) for end in (min(axis.values), max(axis.values)))
            parts = (*one.screened[n], first, total)
            rows.append(
                (one.outcome, OUTCOMES[one.outcome].unit, axis.name, *ends,
                 *(x for part in parts for x in part[:3]))
            )  # fmt: skip
    return {SENSITIVITY: of_frame("sensitivity", rows)}


def figures(result: Result) -> list[Figure]:
    """Return the shares of the variance of use, and what each parameter moves."""
    main = result.found[0]
    drawn = [] if main.indices is None or not main.indices.variance else [_shares(result, main)]
    return [*drawn, _moved(result, main)]


def _shares(result: Result, main: Sensitivity) -> Figure:
    assert main.indices is not None
    order = main.ordered[::-1]
    names = [titles.short(main.axes[main.important[n]].name) for n in order]
    dots = []
    for look, (what, parts) in enumerate(
        (("alone", main.indices.first), ("in all", main.indices.total))
    ):
        x = [parts[n] for n in order]
        y = [exact(n + (0.15 if look == 0 else -0.15)) for n in range(len(order))]
        told = [_percent(i) for i in x]
        dots.append(Dots(x, y, [look] * len(x), [("parameter", names), (what, told)]))
    use = titles.in_sentence(main.outcome)
    caption = (
        f"Of {use}, over what is plausible of {len(names)} parameters; {main.rows:,} rows, "
        f"{words.runs(result.ensemble.replicates)} of each point. Bars: 95 % intervals, over rows."
    )
    across = Scale("share of the variance", around([i for d in dots for i in d.x]))
    panel = Panel("", [Rule(0), *dots], across, rows_of(names))
    key = (("alone (first Sobol index)", 0), ("in all (total Sobol index)", 1))
    height = 1.0 + ROW * len(names)
    return Figure("sensitivity", TITLE_OF_SHARES, caption, [panel], height=height, key=key)


def _moved(result: Result, main: Sensitivity) -> Figure:
    sizes = [one.size for one in main.screened]
    order = analysis.largest(sizes)[:MOST_DRAWN][::-1]
    names = [titles.short(main.axes[n].name) for n in order]
    x = [main.screened[n].mean for n in order]
    looks = [0 if n in main.important else 1 for n in order]
    told = [words.per_100(i, sign=True) for i in x]
    dots = Dots(
        x, [exact(n) for n in range(len(x))], looks, [("parameter", names), ("change", told)]
    )
    use = titles.in_sentence(main.outcome)
    caption = (
        f"Mean change of {use} from one end of each parameter's range to the other, those that move it "
        f"most on top; {result.samples} trajectories over {len(main.axes)} parameters. Bars: 95 % intervals, over "
        "trajectories."
    )
    across = Scale(f"change of {use}, share of professionals", around(x))
    panel = Panel("", [Rule(0), dots], across, rows_of(names))
    key = (("drawn together after that", 0), ("others", 1))
    height = 1.0 + 0.22 * len(names)
    title = "What each parameter moves"
    return Figure("screening", title, caption, [panel], height=height, key=key)
