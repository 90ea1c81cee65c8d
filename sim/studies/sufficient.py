"""Which factors together are enough for use after five years: the truth table of a factorial design."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.analysis import intervals, pooled
from sim.analysis.bundles import CONSISTENT, HIGH, LOW, Bundle, bundles, needed, worse_end
from sim.analysis.intervals import Interval
from sim.design.axes import Axis
from sim.outcomes.table import HEADLINE, OUTCOMES
from sim.reports import titles, words
from sim.reports.figure import Dots, Figure, Panel, Rule, Scale, exact, professionals, rows_of
from sim.studies.alignment import FACTOR
from sim.studies.grid import Grid
from sim.studies.headline import PEOPLE, in_words
from sim.tables.layout import Table
from sim.tables.messages import counted, listed

BY_CHANCE = 0.025  # of intervals that hold nothing lie on a given side of it
MOST_ROWS, MOST_DRAWN = 5, 8  # bundles of a threshold in a table, in a figure
ROW = 0.21  # inches
NOTHING, EVERY = "no factor at its better end", "every factor at its better end"


class Enough(NamedTuple):
    """A bundle that is enough, the number of its factors, and what they are, in words."""

    bundle: Bundle
    use: Interval  # where all that it leaves open is at its worse end
    names: list[str]

    @property
    def size(self) -> int:
        """How many factors it asks for."""
        return len(self.names)


class TruthTable(NamedTuple):
    """Which combinations are enough for one threshold, and which bundles."""

    threshold: float  # share of HCPs
    rows: int  # combinations of which the lower end of the interval passes
    of: int
    bundles: list[Enough]  # smallest first
    # what all, or nearly all, that is enough has, and which share of it
    needs: list[tuple[str, float]]
    axes: list[Axis]  # those with two ends, as the terms number them
    # of these, that raise use in some combinations, and clearly lower it in others
    mixed: list[Axis]
    # of the others, in which share of combinations they seem to move use against their average
    against: list[tuple[Axis, float]]
    by_kind: dict[str, Interval]  # use where only these factors are at their better end

    @property
    def told(self) -> str:
        """The threshold in people."""
        return f"at least {words.number(100 * self.threshold, 0)} of 100"

    @property
    def best(self) -> Interval:
        """Use where every factor is at its better end."""
        return self.by_kind[EVERY]


def truth_tables(grid: Grid) -> list[TruthTable]:
    """Return what is enough, for each threshold of the experiment."""
    result, axes = grid.result, [grid.axes[n] for n in grid.several]
    columns = result.ensemble.outcomes
    numbers = grid.points.squeeze()  # (2,) * axes: of each its ends, LOW first
    _, lows, *_ = pooled.of_columns(columns[HEADLINE].T, columns[OUTCOMES[HEADLINE].over].T)

    def use(row: tuple[int, ...]) -> Interval:
        return result.mean(HEADLINE, int(numbers[row]))

    may, shares_against = zip(*(_in_combinations(grid, n) for n in grid.several), strict=True)
    mixed = [axis for axis, ends in zip(axes, may, strict=True) if len(ends) > 1]
    against = [
        (axis, share)
        for axis, share in zip(axes, shares_against, strict=True)
        if axis not in mixed and share > 2 * BY_CHANCE
    ]
    by_kind = {
        name: use(tuple(worse_end(e) ^ (a in chosen) for a, e in zip(axes, may, strict=True)))
        for name, chosen in _kinds(axes).items()
    }
    made = []
    for threshold in grid.result.options["thresholds"]:
        enough = lows[numbers] >= threshold
        found = [
            Enough(b, use(b.row), [asked(axes[n], end) for n, end in b.asked])
            for b in bundles(enough, may)
        ]
        # of as many factors, those that bring most come first
        found.sort(key=lambda e: (e.size, -e.use.estimate, e.bundle.term))
        shares = np.nan_to_num(needed(enough))
        needs = [
            (asked(axes[n], end), float(shares[n, end]))
            for n, end in np.argwhere(shares >= CONSISTENT).tolist()
        ]
        rows = int(enough.sum())
        made.append(
            TruthTable(threshold, rows, enough.size, found, needs, axes, mixed, against, by_kind)
        )
    return made


def _kinds(axes: list[Axis]) -> dict[str, list[Axis]]:
    """Return which factors are at their better end together: none, those of each kind, all."""
    made: dict[str, list[Axis]] = {NOTHING: []}
    for group, kind in (("alignment.", "alignments"), ("process.", "processes")):
        chosen = [axis for axis in axes if axis.name.startswith(group)]
        if 0 < len(chosen) < len(axes):
            made[f"the {kind} alone"] = chosen
    return made | {EVERY: axes}


def _in_combinations(grid: Grid, axis: int) -> tuple[tuple[int, ...], float]:
    """Return which ends of an axis raise use: on average, or clearly in any combination of the others.

    Of thousands of combinations some seem to be an exception; those that chance makes are none. Beside
    it in which share of the combinations the interval lies against the average.
    """
    x = grid.changes(axis, HEADLINE)
    x = x.reshape(-1, x.shape[-1]).T
    on_average = intervals.of_mean(intervals.means_of(x))
    every = intervals.of_many(x.shape[1] * len(grid.several))
    _, lows, highs, _ = intervals.of_columns(x, confidence=every)
    rises = on_average.low > 0 or bool((lows > 0).any())
    falls = on_average.high < 0 or bool((highs < 0).any())
    _, lows, highs, _ = intervals.of_columns(x)
    against = highs < 0 if intervals.means_of(x.ravel()) > 0 else lows > 0
    ends = tuple(end for end, helps in ((LOW, falls), (HIGH, rises)) if helps)
    return ends, float(against.mean())


# --- in words ------------------------------------------------------------------------------------


def asked(axis: Axis, end: int) -> str:
    """Return what a bundle asks for, as it stands within a sentence."""
    if end == HIGH and axis.name in FACTOR:
        return FACTOR[axis.name].noun
    value = titles.placed(titles.value_short(axis.name, axis.values[end]))
    return f"{titles.short_in_sentence(axis.name)} {value}"


def told(tables: Sequence[TruthTable]) -> list[str | Table]:
    """Return what is enough, a paragraph for each threshold, and a table of the smallest bundles."""
    if np.isnan(tables[0].best.low):
        return ["Each combination was run once: so none is known to be enough for anything."]
    said: list[str | Table] = []
    for table in tables:  # the first says who and when
        who, when = ("", "") if said else (f" {PEOPLE}", "five years after a tool starts, ")
        text = when + (_some(table, who) if table.bundles else _none(table, who))
        said.append(text[0].upper() + text[1:])
    each = [f"{words.per_100(use)} with {name}" for name, use in tables[0].by_kind.items()]
    said.append(f"Of 100 professionals, so many use it: {'; '.join(each)}.")
    if mixed := tables[0].mixed:
        names = listed([titles.short_in_sentence(axis.name) for axis in mixed])
        said.append(f"Use does not only rise or only fall with {names}: it hangs on the others.")
    else:
        of = f"{tables[0].of // 2:,} combinations of the others"
        seem = [
            f"{titles.short_in_sentence(axis.name)} in {words.share(share)} of them"
            for axis, share in tables[0].against
        ]
        said.append(
            f"In none of {of} by itself a factor moves use the other way beyond chance; but it seems so of "
            f"{listed(seem)}, where chance alone makes {100 * BY_CHANCE:g} %."
            if seem
            else f"Each factor moves use one way, whatever the others are: of {of} no exception is beyond chance."
        )
    rows = [["enough for", "factors", "of 100 use it", "consistency", "coverage", "bundle"]]
    for table in tables:
        for e in table.bundles[:MOST_ROWS]:
            shares = map(words.share, (e.bundle.consistency, e.bundle.coverage))
            cells = [str(e.size), words.per_100(e.use), *shares]
            rows.append([table.told, *cells, " + ".join(e.names) or "nothing"])
    note = (
        "The smallest bundles; all stand in bundles.csv. Of 100: where all that a bundle leaves open is "
        "at its worse end. A combination is enough if the lower end of its 95 % interval reaches the "
        "threshold. Consistency: how many of the combinations with the bundle are enough (at least "
        f"{words.share(CONSISTENT)}); coverage: how many of all that are enough have it."
    )
    return [*said, Table(rows, note=note, text_last=1)] if len(rows) > 1 else said


def _none(table: TruthTable, who: str) -> str:
    said = (
        f"no bundle of factors is enough for {table.told}{who} to use it: "
        f"{words.of_100(table.best)} do where every factor is at its better end."
    )
    if table.rows:
        some = f"{table.rows:,} of {counted(table.of, 'combination')}"
        said += f" In {some} enough use it, but nothing that these share is enough by itself."
    return said


def _some(table: TruthTable, who: str) -> str:
    smallest = table.bundles[0]
    size = smallest.size
    rest = len(table.axes) - size
    together = "" if not size else " alone" if size == 1 else " together"
    others = f"other {in_words(rest, 'factor')} are" if rest > 1 else "other factor is"
    whatever = f", whatever the {others}" if rest else ""
    said = f"{table.told}{who} use it thanks to {listed(smallest.names)}{together}{whatever}"
    if not size:
        said = f"{table.told}{who} use it whatever the factors are"
    said += f": {words.of_100(smallest.use)}"
    said += " where all else is at its worse end." if rest else "."
    same = sum(other.size == size for other in table.bundles)
    if len(table.bundles) > 1:
        number = f"{same} of them of" if same < len(table.bundles) else "each of"
        said += f" {len(table.bundles):,} bundles are enough, {number} {in_words(size, 'factor')}."
    elif size:
        said += " No other bundle is enough."
    always = [name for name, share in table.needs if share == 1]
    nearly = [f"{name} ({words.share(share)})" for name, share in table.needs if share < 1]
    said += f" Every combination that is enough has {listed(always)}." if always else ""
    return said + (f" Nearly every one that is enough has {listed(nearly)}." if nearly else "")


def rows(tables: Sequence[TruthTable]) -> list[tuple[Any, ...]]:
    """Return one row for each bundle of each threshold: what it asks for, how well it does."""
    return [
        (table.threshold, e.size, " + ".join(e.names), e.bundle.consistency, e.bundle.coverage, e.use)
        for table in tables
        for e in table.bundles
    ]  # fmt: skip


# --- as a figure ---------------------------------------------------------------------------------


def figure(tables: Sequence[TruthTable], order: Sequence[Axis]) -> Figure:
    """Return the smallest bundles for each threshold, and what they bring; factors in this order."""
    above = [_use(table) for table in tables]
    below = [_asks(table, order[::-1]) for table in tables]
    caption = (
        "Each column is a bundle that is enough: dots show what it asks for. Above: how many use the "
        "tool where all else is at its worse end, with 95 % intervals; dotted: the threshold."
    )
    drawn = [e.bundle for table in tables for e in table.bundles[:MOST_DRAWN]]
    low = any(end == LOW for bundle in drawn for _, end in bundle.asked)
    return Figure(
        "bundles", "Which factors together are enough", caption, [*above, *below], len(tables),
        1.2 + ROW * len(order), "xy", (("high", 0), ("low", 1)) if low else (),
    )  # fmt: skip


def _use(table: TruthTable) -> Panel:
    """Return what each bundle brings."""
    drawn = table.bundles[:MOST_DRAWN]
    tips = [
        ("bundle", [listed(e.names or ["nothing"]) for e in drawn]),
        ("of 100", [words.per_100(e.use) for e in drawn]),
    ]
    dots = Dots(list(map(exact, range(len(drawn)))), [e.use for e in drawn], [0] * len(drawn), tips)
    more = counted(len(table.bundles), "bundle") if table.bundles else "no bundle is enough"
    if len(table.bundles) > MOST_DRAWN:
        more += f", the {MOST_DRAWN} smallest"
    title = f"{table.told[0].upper()}{table.told[1:]}: {more}"
    top = max([table.threshold, *(e.use.high for e in drawn)])
    share = professionals(min(1.0, 1.1 * top))
    return Panel(title, [Rule(table.threshold, "y", "dotted"), dots], _across(table), share)


def _asks(table: TruthTable, order: Sequence[Axis]) -> Panel:
    """Return what each bundle asks for."""
    names = [titles.short(axis.name) for axis in order]
    asks = [
        (n, order.index(table.axes[factor]), end)
        for n, e in enumerate(table.bundles[:MOST_DRAWN])
        for factor, end in e.bundle.asked
    ]
    tips = [("asks for", [names[row] for _, row, _ in asks])]
    dots = Dots(
        [exact(n) for n, *_ in asks], [exact(row) for _, row, _ in asks],
        [0 if end == HIGH else 1 for *_, end in asks], tips,
    )  # fmt: skip
    return Panel("", [dots], _across(table), rows_of(names))


def _across(table: TruthTable) -> Scale:
    drawn = range(1, len(table.bundles[:MOST_DRAWN]) + 1)
    return Scale("bundle", (-0.6, MOST_DRAWN - 0.4), list(map(str, drawn)))
