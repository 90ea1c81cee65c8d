"""`python -m website.first_screen`: what the README says was found, from the tables of the studies. Part of `make studies`."""

from __future__ import annotations

import csv
import math
import sys
import textwrap
from collections.abc import Iterator

from sim.analysis.intervals import Interval
from sim.cli.compose import compose
from sim.reports import titles, words
from sim.studies.comparison.terms import money
from sim.studies.headline import NUMERALS
from sim.tables.factors import FACTORS
from sim.tables.messages import as_words, listed
from sim.tables.settings import POSTERIOR, WORLDS
from website.document_blocks import rewritten
from website.studies import BY, ROOT

README = ROOT / "README.md"
PART = "found"
FIVE = "use_after_5_years"
TOGETHER = "all_of_these"  # mechanisms, beside each by itself
WIDTH = 120
MOST_ALIGNMENTS = 3  # told by name

Row = dict[str, str]


def rows_of(study: str, table: str, **wanted: str) -> list[Row]:
    """Return the rows of a study's table that hold what is wanted."""
    path = ROOT / "experiments" / study / f"{table}.csv"
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if wanted.items() <= row.items()]


def interval(row: Row, name: str = "change") -> Interval:
    """Return an estimate of a row with its ends."""
    return Interval(*(float(row[f"{name}{end}"]) for end in ("", "_low_95", "_high_95")), 0)


def change(row: Row, of: str = "") -> str:
    """Return how many more or fewer of 100."""
    return words.more_of_100(interval(row), of)


def _alignments() -> str:
    of_use = rows_of("all_factors", "factors")  # the largest change first
    names = {factor.path: factor.noun for factor in FACTORS if factor.kind == "quality"}
    chosen = [row for row in of_use if row["factor"] in names]
    first, *others = chosen[:MOST_ALIGNMENTS]
    more = listed([f"{change(row)} where they do to {names[row['factor']]}" for row in others])
    rest = max(interval(row).high for row in chosen[MOST_ALIGNMENTS:])
    return (
        f"**Which alignments sustain adoption?** Five years after a tool starts, {change(first, of='professionals')} use it "
        f"where AI experts attend much to {names[first['factor']]} rather than little (on average over all else), {more}; the "
        f"other {NUMERALS[len(chosen) - MOST_ALIGNMENTS]} bring less than {math.ceil(100 * rest)} of 100 each."
    )


def _bundles() -> str:
    rows = rows_of("all_factors", "bundles")  # of each threshold the smallest and best first
    processes = {factor.noun for factor in FACTORS if factor.kind == "process"}
    alone = any(not processes & {*row["bundle"].split(" + ")} for row in rows)
    lowest = 100 * min(float(row["threshold"]) for row in rows)
    smallest = {row["threshold"]: row for row in reversed(rows)}.values()
    told = {row["bundle"]: words.of_100(interval(row, FIVE)) for row in smallest}
    enough = [f"{listed(bundle.split(' + '))} keep {use}" for bundle, use in reversed(told.items())]
    none = "" if alone else f"; no alignments alone keep {lowest:.0f} of 100"
    return (
        f"**Which bundles are enough?** Even with all else at its worse end, {listed(enough)}{none} "
        "([all factors](experiments/all_factors/README.md))."
    )


def _next_step() -> str:
    steps = rows_of("from_here", "steps", month="60")
    closed = sorted(
        (row for row in steps if row["step"] == "gap closed"), key=lambda row: -float(row["change"])
    )
    lost = min(steps, key=lambda row: float(row["change"]))
    worlds = WORLDS[POSTERIOR]
    best = round(worlds * float(closed[0]["best_in"]))
    return (
        f"**From where the interviews left us**, {titles.in_sentence(closed[0]['factor'])} would bring most, from "
        f"{closed[0]['from']} to {closed[0]['to']}: {change(closed[0])}, the best single step in {best} of {worlds} worlds; "
        f"then {titles.in_sentence(closed[1]['factor'])}, {change(closed[1])}. Letting go of {titles.in_sentence(lost['factor'])} would cost most, "
        f"{change(lost)} ([from where we stand](experiments/from_here/README.md))."
    )


def _mechanism() -> str:
    rows = rows_of("mechanisms_over_time", "held_back", month="60", place="adopters")
    row = max(
        (row for row in rows if row["mechanism"] != TOGETHER), key=lambda row: float(row["change"])
    )
    return (
        f"**{as_words(row['mechanism'])} holds use back most**: without it {change(row)} would use the tool after five years "
        "([mechanisms over time](experiments/mechanisms_over_time/README.md))."
    )


def _first_years() -> str:
    early, late = (
        rows_of("when_to_act", "comparison", policy=policy, outcome="sustained_adoption")[0]
        for policy in ("pilot_and_stop", "strong_later")
    )
    return (
        f"**The first two years decide.** The same collaboration brings {change(early)} if it begins with the tool, and "
        f"{change(late)} two years later ([when to act](experiments/when_to_act/README.md))."
    )


def _budget() -> str:
    (best,) = rows_of("optimise", "frontier", best_for_budget="1")
    asked = compose(["+experiment=optimise"])
    budget = money(asked.options["budget"], asked.values["cost.currency"])
    return (
        f"**For up to {budget} per organisation and year** the best mix found brings {change(best)}; what it does stands in "
        "[the best mix under a budget](experiments/optimise/README.md). Prices are assumptions."
    )


def _start() -> str:
    worlds = rows_of("tipping_points", "basins")
    decides = sum(row["depends_on_start"] == "1" for row in worlds)
    return (
        f"**How many use it at the start decides** in {decides} of {len(worlds)} worlds that agree with published patterns "
        "([tipping points](experiments/tipping_points/README.md))."
    )


def _unsure() -> str:
    rows = [
        row for row in rows_of("global_sensitivity", "sensitivity", outcome=FIVE) if row["total"]
    ]
    most = max(rows, key=lambda row: float(row["total"]))
    return (
        f"**Least sure is what nobody has measured**: over all that is plausible, {words.percent(interval(most, 'total'))} of "
        f"the variance of use comes from one number, {titles.in_sentence(most['parameter'])} "
        "([global sensitivity](experiments/global_sensitivity/README.md)). What the paper says, and where the model disagrees: "
        "[statement by statement](experiments/what_the_paper_says/README.md)."
    )


SENTENCES = (_alignments, _bundles, _next_step, _mechanism, _first_years, _budget, _start, _unsure)


def found() -> Iterator[str]:
    """Yield the lines of what was found."""
    for sentence in SENTENCES:
        yield from textwrap.wrap(
            f"- {sentence()}",
            WIDTH,
            subsequent_indent="  ",
            break_on_hyphens=False,
            break_long_words=False,
        )


def main() -> int:
    """Write the part of the README anew."""
    rewritten(README, {PART: lambda: list(found())}, BY)
    return 0


if __name__ == "__main__":
    sys.exit(main())
