"""From where we stand: what each step would bring, which is the best, and which two go together."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sim.analysis.intervals import NOTHING, Interval
from sim.reports import titles, words
from sim.reports.answer import Answer
from sim.reports.figure import Figure, Row, around, of_100, rows_panel
from sim.studies import Rows, alignment
from sim.studies.alignment import CLOSED, END, MOST_TOLD, OPEN, OTHER_END, SingleEffect, Step
from sim.studies.effects import numbered
from sim.studies.factorial import COMPLEMENTS, SUBSTITUTES
from sim.studies.headline import places_told, time_told
from sim.studies.result import Result
from sim.studies.steps import Found
from sim.studies.steps import found as found
from sim.tables.layout import Table
from sim.tables.messages import counted, listed

PEOPLE = "professionals"
MOST_PAIRS = 6  # rows of the table; all stand in steps_of_two.csv
# What a level is called in the figure, and its look
KEY = {OPEN: ("lost", 1), OTHER_END: ("the other end", 4), CLOSED: ("gap closed", 5),
       END: ("as far as it goes", 0)}  # fmt: skip
ROW = 0.42  # inches
APART = 0.14  # of a row, from its middle, where two dots lie ahead


def answer(result: Result) -> Answer:
    """Return what each step would bring, in how many worlds it is the best, and which two go together."""
    times: list[Found] = result.found
    first = times[0]
    runs = (
        f"{places_told(result.ensemble.points[0], result.ensemble.seed)}; "
        f"{counted(len(result.over_worlds.points), 'point')}, {runs_told(result)}, seed "
        f"{result.ensemble.seed}; {result.luck}. All else stays as it is. In brackets: 95 % "
        f"intervals of the mean over {over_what(result)}. Best in: {over_what(result)} in which no other step "
        f"as far as it goes brings more after {time_told(first.month)}."
    )
    blocks: list[str | Table] = [
        *sentences(result, times), table(times), *pairs_table(first), runs,
        *alignment.scales(first.effects),
    ]  # fmt: skip
    return Answer(result.title, result.question, blocks)


def over_what(result: Result) -> str:
    """Return what intervals are over."""
    return "worlds" if result.worlds.many else "runs"


def runs_told(result: Result) -> str:
    """Return how many worlds or runs there are of each point, and which."""
    runs = words.runs(result.ensemble.replicates)
    if not result.worlds.many:
        return runs
    each = "" if result.of_worlds else f", {runs} in each"
    return f"{len(result.worlds.settings)} worlds {result.worlds.which}{each}"


def sentences(result: Result, times: list[Found]) -> list[str]:
    """Return what follows: the first step, what else can be gained, what may be lost, which two."""
    now, last = times[0], times[-1]
    after = time_told(now.month)
    stand = " and ".join(
        f"{words.of_100(t.now, PEOPLE if t is now else '')} after {time_told(t.month)}"
        for t in times
    )
    stand = f"Where we stand, {stand} use it."
    if now.now.runs == 1:
        head = (
            f"In the one run of each point most is brought by {now.effects[0].step}: "
            f"{now.effects[0].more} use it after {after}. One run does not tell what of this is chance."
        )
        return [head, stand]
    clear, unclear = now.parted()
    gains = [effect for effect in clear if effect.change.estimate > 0]
    said = [f"From where we stand, no single step clearly brings more use after {after}.", stand]
    if gains:
        best, share = gains[0], now.best[gains[0].axis.name]
        of = f"{share.runs} {over_what(result)} {result.worlds.which}".rstrip()
        said = [
            f"From where we stand, {best.step} would bring most: {best.more} use it after {after}, "
            f"and it is the best single step in {_count(share)} of {of}.",
            stand,
            *_others(gains),
        ]
    if now.lost:
        told = "; ".join(
            f"{titles.in_sentence(x.axis.name)} down to {titles.placed(x.value)}, {words.more_of_100(x.change)}"
            for x in now.lost[:MOST_TOLD]
        )
        said.append(f"Most would be lost by letting go of what there is: {told}.")
    if unclear:
        names = listed([effect.name for effect in unclear])
        said.append(f"What these bring, moved as far as they go, may be chance: {names}.")
    if gains and last is not now:
        order = [e for e in last.parted()[0] if e.change.estimate > 0]
        if order and order[0].axis.name != gains[0].axis.name:
            said.append(
                f"After {time_told(last.month)} another step is first: {order[0].step}, "
                f"{order[0].more}."
            )
    return [*said[:2], *numbered([*said[2:], *_pairs_told(now)])]


def _others(gains: list[SingleEffect]) -> Iterable[str]:
    """Yield which steps come next, and what the gaps bring that are open."""
    if len(gains) > 1:
        then = "; ".join(f"{e.step}, {e.more}" for e in gains[1:MOST_TOLD])
        yield f"Then follow {then}."
    small = [e for e in gains if CLOSED in e.to and e.to[CLOSED].at != e.to[END].at]
    if small:
        told = "; ".join(
            f"{e.name} to {e.to[CLOSED].value}, {words.more_of_100(e.to[CLOSED].change)}"
            for e in small[:MOST_TOLD]
        )
        yield f"Of alignments that are open, closing the gap and no more brings: {told}."


def _pairs_told(now: Found) -> Iterable[str]:
    """Yield which two bring most, and which bring more or less than their sum beyond chance."""
    if not now.forward:
        return
    best = next((two for two in now.forward if two.clear), None)
    yield (
        "No two together bring more use beyond chance."
        if best is None
        else (
            f"Of two together, most is brought by {best.name}: "
            f"{words.more_of_100(best.change, PEOPLE)}; what they bring one by one adds up to "
            f"{words.number(100 * best.apart, 0)}."
        )
    )
    for kind, what in ((COMPLEMENTS, "more"), (SUBSTITUTES, "less")):
        of_kind = [two for two in now.forward if two.kind == kind]
        of_kind.sort(key=lambda two: -abs(two.beyond.estimate))
        each = "; ".join(
            f"{two.name}, {words.per_100(two.beyond, True)}" for two in of_kind[:MOST_TOLD]
        )
        total = counted(len(now.forward), "pair")
        if of_kind:
            bring = "brings {} than its" if len(of_kind) == 1 else "bring {} than their"
            yield (
                f"{len(of_kind)} of {total}, each moved as far as it goes, {bring.format(what)} sum "
                f"({kind}). Most so, of 100 professionals beyond the sum: {each}."
            )
        else:
            yield f"None of {total} brings {what} than its sum beyond chance."


def _count(share: Interval) -> str:
    return f"{share.estimate * share.runs:.0f}" if share.runs else words.NO_NUMBER


def _to(step: Step) -> str:
    """Return what moves, and where to, in few words."""
    return f"{titles.short(step.axis.name)} {step.value.partition(' a ')[0]}"


def table(times: list[Found]) -> Table:
    """Return what one thing moved changes: to where its gap is closed or open, and as far as it goes."""
    now, last = times[0], times[-1]
    more: list[tuple[str, Callable[[SingleEffect], str]]] = []
    if last is not now:
        later = {effect.axis.name: effect for effect in last.effects}
        head = f"the end, after {time_told(last.month)}"
        more.append((head, lambda e: words.per_100(later[e.axis.name].to[END].change, True)))
    more.append(("best in", lambda e: _count(now.best[e.axis.name])))
    return alignment.table(now.effects, f"after {time_told(now.month)}", more)


def pairs_table(now: Found) -> list[Table]:
    """Return the two together that bring most; nothing where there are none."""
    if not now.forward:
        return []
    rows = [["", "together", "beyond the sum", "which"]]
    rows += [
        [", ".join(map(_to, two[:2])), words.per_100(two.change, True),
         words.per_100(two.beyond, True), two.kind]
        for two in now.forward[:MOST_PAIRS]
    ]  # fmt: skip
    title = f"The same, of two things moved as far as they go, after {time_told(now.month)}:"
    return [Table(rows, title, text_last=1)]


def tables(result: Result) -> Rows:
    """Return every step and every two steps, after five years and at the end."""
    alone, twos = [], []
    for t in result.found:
        start = {effect.axis.name: effect.start for effect in t.effects}
        for step in t.steps:
            name, share = step.axis.name, t.best[step.axis.name] if step.far else NOTHING
            alone.append((t.month, name, step.level, start[name], step.value, step.change, share))
        for two in t.twos:
            both = (x for step in two[:2] for x in (step.axis.name, step.value))
            twos.append((t.month, *both, two.change, two.beyond, two.kind))
    return {"steps": alone, "steps_of_two": twos}


def figures(result: Result) -> list[Figure]:
    """Return what each step brings after five years, where the runs are longer, and at their end."""
    times: list[Found] = result.found
    names = {}  # of the lines, from the top
    for effect in times[0].effects:
        stand = titles.placed(effect.start.partition(" a ")[0])
        names[effect.axis.name] = f"{titles.short(effect.axis.name)}, now {stand}"
    order = list(names)
    limits = around([of_100(step.change) for t in times for step in t.steps])
    panels = []
    for t in times:
        ahead = [step.axis.name for step in t.steps if step.level in (CLOSED, END)]
        rows = []
        for step in sorted(t.steps, key=lambda step: order.index(step.axis.name)):
            name, told = step.axis.name, words.more_of_100(step.change, PEOPLE)
            apart = {CLOSED: -APART, END: APART}.get(step.level, 0) if ahead.count(name) > 1 else 0
            look, what = KEY[step.level][1], _to(step)
            rows.append(Row(names[name], of_100(step.change), told, look, apart=apart, what=what))
        after = f"After {time_told(t.month)}"
        panels.append(rows_panel(rows, "more or fewer of 100", title=after, limits=limits))
    bars = words.drawn(
        result.over_worlds.replicates, f"Bars: 95 % intervals of the mean over {over_what(result)}."
    )
    caption = (
        "How many more of 100 professionals use it, if one thing moves from where we stand; what can "
        "still be gained most on top. What is closed as far as it goes is drawn as closed. "
        f"{runs_told(result)}. {bars}"
    )
    title, height = "What each step would bring", 1.0 + ROW * len(names)
    return [Figure("steps", title, caption, panels, 2, height, "xy", list(KEY.values()))]
