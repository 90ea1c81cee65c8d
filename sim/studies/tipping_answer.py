"""What tipping points are told as: sentences, tables and figures."""

from __future__ import annotations

import numpy as np

from sim.analysis.boundaries import fewest
from sim.analysis.intervals import NOTHING, Interval, of_share
from sim.analysis.split import APART
from sim.design.posterior import WHICH
from sim.reports import titles, words
from sim.reports.answer import Answer
from sim.reports.figure import Curve, Dots, Faint, Figure, Mark, Panel, Rule, Scale, scale_of
from sim.studies import Rows
from sim.studies.headline import time_told
from sim.studies.result import Result
from sim.studies.tipping import FEWEST, WINDOW, Line, Tipping, starts_of
from sim.studies.tipping import found as found  # what this study is of
from sim.studies.tipping import more as more
from sim.tables.layout import Table
from sim.tables.messages import counted, listed


def answer(result: Result) -> Answer:
    """Return where use tips, whether the start decides, and what announces a withdrawal."""
    tipping: Tipping = result.found
    levels = sum(line.levels.size for line in tipping.lines)
    runs = (
        f"{counted(levels, 'level')} on the way, {words.runs(result.ensemble.replicates)} of each, seed "
        f"{result.ensemble.seed}; {result.luck}. Levels halve what holds a boundary until it is known to "
        f"{words.share(result.options['resolution'])} of the range. In brackets: 95 % intervals."
    )
    blocks: list[str | Table] = [*_told(tipping), _table(tipping), _warning(tipping), runs]
    return Answer(result.title, result.question, [block for block in blocks if block])


def _goal(result: Result) -> tuple[str, str]:
    """Return when use is looked at, and how much of it counts as kept."""
    values = result.values
    threshold = words.value(100 * values["outcome.sustained_threshold"])
    return time_told(values["horizon"]), f"at least {threshold} of 100 professionals use it"


def _told(tipping: Tipping) -> list[str]:
    result = tipping.result
    years, kept = _goal(result)
    crossing = [line for line in tipping.lines if line.clear]
    unclear = [line for line in tipping.lines if not (line.clear or line.none)]
    axes = list(dict.fromkeys(line.axis.name for line in tipping.lines))
    if crossing:
        first, *others = crossing
        said = [
            f"With {_boundary_told(first)}{_where(first) or ','} {kept} {years} from now in half of the "
            "histories or more.",
            *(f"It is the same{_where(line)} with {_boundary_told(line)}." for line in others),
        ]
    elif unclear:
        said = ["No tipping point is clear within these ranges."]
    else:
        said = [
            f"There is no tipping point within these ranges: nowhere along "
            f"{listed([titles.in_sentence(name) for name in axes], 'or')} does the share of histories in which {kept} "
            f"{years} from now pass through half."
        ]
    if unclear:
        each = (f"{titles.in_sentence(x.axis.name)}{_where(x).rstrip(',')}" for x in unclear)
        of_these = "anywhere" if unclear == tipping.lines else "at a level of these"
        told = "" if unclear == tipping.lines else f": {'; '.join(each)}"
        said.append(f"Whether half of the histories turn {of_these} may be chance{told}.")
        if (runs := result.ensemble.replicates) < (least := fewest(tipping.confidence)):
            said.append(
                f"{words.runs(runs)} of each level cannot tell it; needed are {least} or more."
            )
    for start in starts_of(result):
        of_start = (line for line in tipping.lines if line.start == start)
        without = [line for line in of_start if line.none]
        if without:
            shares = np.concatenate([np.nanmean(line.kept, axis=1) for line in without])
            ends = dict.fromkeys(
                words.number(100 * float(x), 0) for x in (shares.min(), shares.max())
            )
            said.append(
                f"Where {_begin(start)}, no tipping point lies within the range of "
                f"{listed([titles.in_sentence(line.axis.name) for line in without], 'or')}: so many use it in the end in "
                f"{' to '.join(ends)} % of histories, whatever the level."
            )
    if tipping.here is not None:
        few, many, difference, _ = tipping.here
        decides = (
            f"the start alone makes {words.more_of_100(difference, 'professionals')}"
            if words.differs(difference)
            else "one run does not tell what the start makes of it"
            if np.isnan(difference.low)
            else "the start makes no clear difference"
        )
        said.append(
            f"Where we stand, {words.of_100(few)} use it {years} from now if {_begin(starts_of(result)[0])}, and "
            f"{words.of_100(many)} if {_begin(starts_of(result)[-1])}: {decides}."
        )
    if tipping.basins:
        said.append(_basins_told(tipping))
    return said


def _basins_told(tipping: Tipping) -> str:
    basins, kept = tipping.basins, tipping.kept_basins
    # one run decides nothing
    known = [sum(not np.isnan(b.difference.low) for b in x) for x in (basins, kept)]
    decides = [sum(b.depends for b in x) for x in (basins, kept)]
    shares = list(map(of_share, decides, known))
    if not min(share.runs for share in shares):
        return f"In how many of {len(basins)} worlds {WHICH} the start decides, one run of each does not tell."
    few, many = (
        words.number(100 * float(np.nanmean([getattr(b, name).estimate for b in basins])), 0)
        for name in ("few", "many")
    )
    threshold = tipping.result.values["outcome.sustained_threshold"]
    trapped = sum(b.depends and b.few.high < threshold <= b.many.low for b in basins)
    return (
        f"Of {len(basins)} worlds {WHICH}, the start decides in {decides[0]} "
        f"({words.percent(shares[0])}): from many users at least {words.number(100 * APART, 0)} more of 100 use it "
        f"in the end than from few, beyond chance. In {trapped} of them fewer than "
        f"{words.value(100 * threshold)} of 100 do from few, and more from many: few users are a trap. On average "
        f"over worlds {few} of 100 do from few, and {many} from many. Where "
        f"no tool is ever withdrawn, the start decides in {decides[1]} "
        f"({words.percent(shares[1])})."
    )


def _from(start: float) -> str:
    return f"{words.number(100 * start, 0)} of 100" if start else "nobody"


def _where(line: Line) -> str:
    """Return with how many users the histories of a line begin; nothing where that is what varies."""
    return "" if line.varies_start else f", where {_begin(line.start)},"


def _begin(start: float) -> str:
    return f"{_from(start)} use{'' if start else 's'} it at the start"


def _level(line: Line, value: float) -> str:
    if np.isinf(value):
        end = min(line.axis.values) if value < 0 else max(line.axis.values)
        return f"{'below' if value < 0 else 'above'} {titles.value_short(line.axis.paths[0], end)}"
    rounded = float(f"{value:.2g}")
    return titles.value_short(line.axis.paths[0], rounded)


def _at(line: Line) -> str:
    """Return the level of the boundary with its interval."""
    at = line.boundary.at
    interval = "" if np.isnan(at.low) else f" ({_level(line, at.low)} to {_level(line, at.high)})"
    return f"{_level(line, at.estimate)}{interval}"


def _boundary_told(line: Line) -> str:
    side = "more" if line.boundary.rising else "less"
    return f"{titles.in_sentence(line.axis.name)} at {_at(line)} or {side}"


def _table(tipping: Tipping) -> Table:
    rows = [["", "users at the start", "half of histories keep it", "use changes most", "by"]]
    for line in tipping.lines:
        low, high, step = line.steepest
        told = "no tipping point" if line.none else "none seen, may be chance"
        if line.crosses:
            side = "from" if line.boundary.rising else "up to"
            told = f"{side} {_at(line)}{'' if line.clear else ', may be chance'}"
        most = f"{_level(line, low)} to {_level(line, high)}", words.per_100(step, sign=True)
        start = "-" if line.varies_start else _from(line.start)
        rows.append([titles.short(line.axis.name), start, told, *most])
    years, kept = _goal(tipping.result)
    note = (
        f"Half keep it: {years} from now, {kept} in half of the histories. By: how many more or fewer of 100 "
        "professionals use it in the end, between two neighbouring levels that the design began with."
    )
    return Table(rows, note=note)


def _warning(tipping: Tipping) -> str:
    """Say whether the months before a withdrawal differ, other than by fewer users."""
    found = tipping.warned
    if found is None:
        return ""
    told = (
        f"Early warning, in {found.ended + found.went_on} organisations by themselves of which {found.ended} "
        "lose the tool"
    )
    if min(found.ended, found.went_on) < FEWEST:
        return f"{told}: too few lose it, or keep it, to be compared."
    signs = [
        name
        for name, x in (("more variance", found.variance), ("slower change", found.autocorrelation))
        if x.low > 0.5
    ]
    verdict = f"Of the two signs that theory names, {listed(signs or ['none'])} announces it"
    level = found.level
    lower = Interval(1 - level.estimate, 1 - level.high, 1 - level.low, level.runs)
    return (
        f"{told}: in the {WINDOW} months before, the variance of use around its trend is higher than in the same "
        f"months where the tool stays in {words.percent(found.variance)} of pairs, the correlation of one month "
        f"with the next in {words.percent(found.autocorrelation)}, and the level of use is lower in "
        f"{words.percent(lower)}; 50 % would tell nothing. {verdict}; the level of use "
        f"{'does' if level.high < 0.5 else 'does not'}."
    )


def tables(result: Result) -> Rows:
    """Return the boundaries, and where each world leads."""
    tipping: Tipping = result.found
    lines = []
    for line in tipping.lines:
        at = line.boundary.at if line.crosses else NOTHING
        lines.append((line.axis.name, line.start, at, *line.steepest))
    worlds = [
        (n, *basin, *kept[2:])
        for n, (basin, kept) in enumerate(zip(tipping.basins, tipping.kept_basins, strict=True))
    ]
    return {"tipping": lines, **({"basins": worlds} if worlds else {})}


def figures(result: Result) -> list[Figure]:
    """Return how many histories keep use along each axis, and where worlds lead."""
    tipping: Tipping = result.found
    starts = starts_of(result)
    panels = []
    for name in dict.fromkeys(line.axis.name for line in tipping.lines):
        marks: list[Mark] = [Rule(0.5, "y", "dotted")]
        for line in (line for line in tipping.lines if line.axis.name == name):
            look = starts.index(line.start)
            shares = [of_share(float(np.nansum(x)), int((~np.isnan(x)).sum())) for x in line.kept]
            label = "" if line.varies_start else _from(line.start)
            told = f"{label} at the start" if label else titles.short(name)
            marks.append(Curve(line.levels, shares, look, told, label))
            if line.clear:
                marks.append(Rule(line.boundary.at.estimate, dash="dashed"))
        one = len(line.axis.paths) == 1
        path = line.axis.paths[0]
        scale = titles.of_scale(path, each=titles.short(path)) if one else Scale("all together")
        panels.append(
            Panel(titles.short(name), marks, scale, scale_of("share of histories", (0, 1)))
        )
    years, kept = _goal(result)
    caption = (
        f"Histories in which {kept} {years} from now, {words.runs(result.ensemble.replicates)} at each level. Bands: "
        "95 % intervals. Dashed: where half of them do."
    )
    title = "How many histories keep use"
    key = tuple((f"{_from(start)} at the start", n) for n, start in enumerate(starts))
    drawn = [Figure("tipping", title, caption, panels, 2, 2.4, "y", key)]
    return [*drawn, *([_basins_figure(tipping)] if tipping.basins else [])]


def _basins_figure(tipping: Tipping) -> Figure:
    panels = []
    for title, basins in (
        ("As it is", tipping.basins),
        ("No tool is ever withdrawn", tipping.kept_basins),
    ):
        dots = []
        for look, chosen in enumerate((True, False)):
            here = [(n, b) for n, b in enumerate(basins) if b.depends == chosen]
            told = [words.more_of_100(b.difference) for _, b in here]
            tips = [("world", [str(n) for n, _ in here]), ("from many", told)]
            few, many = [b.few for _, b in here], [b.many for _, b in here]
            dots += [Dots(few, many, [look] * len(here), tips, small=True)] if here else []
        same = Faint([([0, 1], [0, 1])], 0.8, "dashed")
        start, begun = (_from(s) for s in starts_of(tipping.result))
        ends = (f"of 100 in the end, {who} at the start" for who in (start, begun))
        x, y = (Scale(label, (0, 1), hundred=True) for label in ends)
        panels.append(Panel(title, [same, *dots], x, y))
    caption = (
        f"{len(tipping.basins)} worlds {WHICH}, {words.runs(tipping.result.ensemble.replicates)} of each from "
        "either start. On the dashed line the start makes no difference. Bars: 95 % intervals."
    )
    key = (("the start decides", 0), ("it does not", 1))
    title = "Where worlds lead from few users and from many"
    return Figure("basins", title, caption, panels, 2, 3.0, "y", key)
