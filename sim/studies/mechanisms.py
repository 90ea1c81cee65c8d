"""What holds use back month by month: each mechanism switched off, under the same luck."""

from __future__ import annotations

from sim.analysis import intervals
from sim.outcomes.compute import MONTHS_IN_YEAR
from sim.outcomes.table import PLACES
from sim.reports import words
from sim.reports.answer import Answer
from sim.reports.figure import Curve, Figure, Mark, Panel, Rule, Scale, mean_of_runs, of_100
from sim.reports.month_figures import LONG, months_axis, where_figure
from sim.studies import Rows
from sim.studies.from_here import over_what, runs_told
from sim.studies.headline import WHERE, listed, places_told, time_told
from sim.studies.held_back import USE, Found, Mechanism
from sim.studies.held_back import found as found
from sim.studies.result import Result
from sim.tables.layout import Table
from sim.tables.messages import listed as and_of
from sim.tables.messages import within

keeps = ("paths",)
PEOPLE = "professionals"
YEARS = (1, 2, 3, 5, 7, 10, 20)  # columns of the table, as far as the runs go
MOST_TOLD = 3  # of mechanisms, and of where people are instead


def answer(result: Result) -> Answer:
    """Return what costs most use after five years and at the end, when, and where people are instead."""
    f: Found = result.found
    runs = (
        f"{places_told(result.ensemble.points[0], result.ensemble.seed)}; {runs_told(result)}, seed "
        f"{result.ensemble.seed}; {result.luck}, so that what differs without a mechanism is its "
        f"effect. In brackets: 95 % intervals of the mean over {over_what(result)}, of each month by "
        "itself."
    )
    blocks: list[str | Table] = [*sentences(result, f), table(f), runs]
    return Answer(result.title, result.question, blocks)


def sentences(result: Result, f: Found) -> list[str]:
    """Return what costs most use by when, in which months, and where people are because of it."""
    paths = result.over_worlds.paths
    if any(m.change(f.times[0]).runs == 1 for m in f.mechanisms):
        return [_one_run(f)]
    said = [_first(f), *_then(f)]
    for month in f.times:
        places = {
            f"where.{place.name}": intervals.of_mean(paths[place.name][0][:, month], (0, 1))
            for place in PLACES
        }
        said.append(f"As it is, of 100 professionals after {time_told(month)}: {listed(places)}.")
    if f.spans:
        spans = "; ".join(f"{m.told} from month {first} to {last}" for m, first, last in f.spans)
        said.append(f"Month by month, most use is held back by {spans}.")
    for month in f.times:
        if (most := f.most(month)) is not None:
            said.append(_instead(most, month))
    if f.together is not None:
        said += [_together(f, f.together, month) for month in f.times]
    end, changes = time_told(f.times[-1]), [(m, m.change(f.times[-1])) for m in f.mechanisms]
    said += [
        f"Without {m.told} fewer would use it after {end}: {words.more_of_100(change, PEOPLE)}."
        for m, change in changes
        if change.high < 0
    ]
    if unclear := ", ".join(m.told for m, change in changes if not words.differs(change)):
        said.append(f"What these cost after {end} may be chance: {unclear}.")
    if idle := ", ".join(map(within, f.idle)):
        said.append(f"Not at work here, so nothing changes without: {idle}.")
    return said


def _one_run(f: Found) -> str:
    first, month = f.mechanisms[0], f.times[0]
    more = words.more_of_100(first.change(month), PEOPLE)
    return (
        f"In the one run of each point most use is held back by {first.told} after {time_told(month)}: without "
        f"it {more} would use the tool. One run does not tell what of this is chance."
    )


def _first(f: Found) -> str:
    costs = [f.most(month) for month in f.times]
    if not any(costs):
        return f"Nothing that was switched off clearly costs use by {time_told(f.times[-1])}."
    told: list[str] = []
    for month, most, before in zip(f.times, costs, [None, *costs], strict=False):
        by = f"by {time_told(month)}"
        more = words.more_of_100(most.change(month), "" if told else PEOPLE) if most else ""
        if most is None:
            told.append(f"{by} nothing clearly costs use")
        elif most is before:
            told.append(f"and so it does {by}, {more}")
        else:
            told.append(f"{by} {most.told} costs most use: without it {more} would use the tool")
    text = "; ".join(told)
    return f"{text[0].upper()}{text[1:]}."


def _then(f: Found) -> list[str]:
    """Return what costs use as well, at the end."""
    month, most = f.times[-1], f.most(f.times[-1])
    others = [m for m in f.mechanisms if m is not most and m.change(month).low > 0]
    others.sort(key=lambda m: -m.change(month).estimate)
    told = "; ".join(f"{m.told}, {words.more_of_100(m.change(month))}" for m in others[:MOST_TOLD])
    return [f"Then follow, after {time_told(month)}, {told}."] if told else []


def _instead(most: Mechanism, month: int) -> str:
    """Say where those are whom a mechanism holds back."""
    changes = {place.name: most.change(month, place.name) for place in PLACES if place.name != USE}
    fewer = sorted((n for n in changes if changes[n].high < 0), key=lambda n: changes[n].estimate)
    if not fewer:
        return (
            f"Where those are whom {most.told} holds back after {time_told(month)}, is not clear."
        )
    told = "; ".join(
        f"{words.more_of_100(changes[name].negated)} {WHERE[name]}" for name in fewer[:MOST_TOLD]
    )
    return f"After {time_told(month)}, because of {most.told}: {told}."


def _together(f: Found, together: Mechanism, month: int) -> str:
    more, beyond = words.more_of_100(together.change(month), PEOPLE), f.beyond[month]
    whole = len(f.parts) == len(f.mechanisms)
    what_is_off = together.told if whole else and_of([m.told for m in f.parts])
    size = "as many as they cost one by one, within chance"
    if words.differs(beyond):
        what = "more" if beyond.estimate > 0 else "fewer"
        size = f"{words.of_100(beyond if what == 'more' else beyond.negated)} {what} than they cost one by one"
    return f"Without {what_is_off} together, {more} would use it after {time_told(month)}: {size}."


def table(f: Found) -> Table:
    """Return how many more would use it without each mechanism, in some years."""
    years = (MONTHS_IN_YEAR * year for year in YEARS)
    months = sorted({*(month for month in years if month < f.times[-1]), *f.times})
    rows = [["without", "felt from", *(f"after {time_told(month)}" for month in months)]]
    for m in f.shown:
        felt = m.felt_from(f.times[-1])
        from_month = "-" if felt is None else f"month {felt}"
        rows.append(
            [m.title, from_month, *(words.per_100(m.change(month), True) for month in months)]
        )
    note = f"Felt from: the first of {LONG} months in a row in which its cost is beyond chance."
    title = "How many more (+) or fewer (-) of 100 professionals would use it:"
    return Table(rows, title, note, left=2)


def tables(result: Result) -> Rows:
    """Return how many more would be where: users in every month, other places once a year."""
    f: Found = result.found
    rows = [
        (m.name, month, place.name, m.change(month, place.name))
        for m in f.shown
        for place in PLACES
        for month in range(0, f.times[-1] + 1, 1 if place.name == USE else MONTHS_IN_YEAR)
    ]
    return {"held_back": rows}


def figures(result: Result) -> list[Figure]:
    """Return use with and without, what each mechanism holds back, and where everybody is."""
    f, paths = result.found, result.over_worlds.paths
    months = range(f.times[-1] + 1)

    def curve(point: int, look: int, told: str) -> Curve:
        users = mean_of_runs(paths[USE][point][:, : len(months)])
        return Curve(months, list(map(of_100, users)), look, told, told)

    use: list[Mark] = [curve(0, 6, "as it is")]
    held: list[Mark] = [Rule(0, "y")]
    for look, m in enumerate(f.shown):
        use.append(curve(m.point, look, f"without {m.told}"))
        if m is not f.together:
            changes = [of_100(m.change(month)) for month in months]
            held.append(Curve(months, changes, look, m.title, m.title))
    events = _events(result)
    begins = "; ".join(f"month {month}, {what}" for month, what in events.items())
    when = [Rule(month, dash="dotted") for month in events if month < f.times[-1]]
    axis = months_axis(f.times[-1])
    panels = [
        Panel("Use, with and without", [*when, *use], axis, Scale("of 100 professionals use it")),
        Panel("What each holds back", [*when, *held], axis, Scale("of 100 professionals")),
    ]
    bands = words.drawn(
        result.over_worlds.replicates,
        f"Bands: 95 % intervals of the mean over {over_what(result)}.",
    )
    caption = (
        f"Above: how many use it. Below: how many more would without each, month by month, same luck. "
        f"{runs_told(result)}. {bands} Dotted: {begins}."
    )
    where = where_figure({p.name: paths[p.name][0] for p in PLACES}, f"{runs_told(result)}.")
    return [Figure("held_back", "What holds use back", caption, panels, 1, 3.4, "x"), where]


def _events(result: Result) -> dict[int, str]:
    """Return months in which something begins, with what that is."""
    funding = int(result.values["development.funding_months"])
    begins = {funding: "project funding ends"}
    for policy in result.policies.values():
        begins[min(lever.first for lever in policy.levers)] = within(policy.title)
    return dict(sorted(begins.items()))
