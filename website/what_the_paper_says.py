"""`python -m website.what_the_paper_says`: the statements of the paper's abstract beside the model. Part of `make studies`.

A statement says that one setting does more than another, all else as interviewed. Both are run in each world that
agrees with published patterns, under the same luck; a world is what its runs are on average.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

import sim
from sim.analysis.intervals import Interval, bootstrap, of_share
from sim.outcomes.table import GOAL, HEADLINE
from sim.reports import words
from sim.tables.factors import FACTORS, Factor
from website.document_blocks import table
from website.studies import ROOT, publish_table

FOLDER = ROOT / "experiments" / "what_the_paper_says"
SEED, WORLDS, RUNS = 0, 64, 512  # runs of each setting, over all worlds
INTERVIEWED, COLLABORATION = "as interviewed", "the paper's collaboration"
TRUST, ADOPTION, LATE = "trust.month_60", HEADLINE, GOAL
COUNTED = {
    ADOPTION: "of 100 use it after five years",
    LATE: "of 100 use it after ten years",
    TRUST: "of trust after five years",
}
AGREES, CHANCE, DISAGREES = "agrees", "may be chance", "disagrees"
COLUMNS = (
    "said statement counted what more less beside verdict change low_95 high_95 worlds holds_in holds_low_95 holds_high_95"
).split()


def levels(factor: Factor) -> tuple[str, str]:
    """Return the names of the open and the closed level; where nobody has to change anything, as interviewed."""
    named = ((factor.low, "open"), (factor.high, "closed"))
    low, high = (
        INTERVIEWED if x == factor.baseline else f"{factor.noun} {told}" for x, told in named
    )
    return low, high


SETTINGS: dict[str, dict[str, Any]] = {
    INTERVIEWED: {},
    COLLABORATION: {"policy": "paper_collaboration"},
}
for factor in FACTORS:
    ends = zip(levels(factor), (factor.low, factor.high), strict=True)
    SETTINGS |= {name: {factor.path: x} for name, x in ends if name != INTERVIEWED}


class Statement(NamedTuple):
    """More of what is counted under `more` than under `less`; by more than what closing any of `than` changes."""

    said: str  # as the abstract says it
    claim: str
    what: str  # is changed
    more: str
    less: str
    counted: str = ADOPTION
    than: Sequence[Factor] = ()  # nothing: it is asked whether there is a change at all


def _of(said: str, claim: str, factor: Factor, *more: Any) -> Statement:
    """Return a statement on a factor: a gap is closed from where the interviews left it, else from its open level."""
    low, high = levels(factor)
    return Statement(said, claim, factor.noun, high, INTERVIEWED if said == GAP else low, *more)


GAP, ALIGNMENT, FRAMEWORK = "gap", "alignment", "collaboration framework"
LEADS, FIRST = "transparency leading to trust", "transparency most emphasised"
TRANSPARENCY, *OTHERS = FACTORS
STATEMENTS = (
    _of(LEADS, "Attention to transparency raises trust.", TRANSPARENCY, TRUST),
    _of(FIRST, "It does more for use than any other alignment of the experts' attention.", TRANSPARENCY, ADOPTION,
        [f for f in OTHERS if f.kind == "quality"]),
    _of(FIRST, "It does more for use than any other factor.", TRANSPARENCY, ADOPTION, OTHERS),
    *(_of(ALIGNMENT, f"Use hangs on {f.noun}.", f) for f in FACTORS if ALIGNMENT in f.in_the_paper),
    *(_of(GAP, f"Closing the gap in {f.noun} raises use.", f) for f in FACTORS if GAP in f.in_the_paper),
    Statement(FRAMEWORK, "It makes adoption effective.", COLLABORATION, COLLABORATION, INTERVIEWED),
    Statement(FRAMEWORK, "It makes adoption sustainable.", COLLABORATION, COLLABORATION, INTERVIEWED, LATE),
)  # fmt: skip


def measure(statements: Sequence[Statement] = STATEMENTS, **how: Any) -> pd.DataFrame:
    """Return a row for each statement; `how` is given to `sim.compare`."""
    names = [name for s in statements for name in (s.more, s.less)]
    names += [name for s in statements for f in s.than for name in levels(f)]
    chosen = dict.fromkeys([INTERVIEWED, *names])
    settings = {"worlds": WORLDS, "replicates": RUNS, "seed": SEED, "progress": "never"} | how
    parameters = {"deployment.at_start": 1, **settings.pop("parameters", {})}
    made = sim.compare(
        {name: SETTINGS[name] for name in chosen}, parameters, uncertainty="posterior", **settings
    ).compared
    samples = {
        counted: dict(zip(made.names, made.samples(counted), strict=True)) for counted in COUNTED
    }
    rows = []
    for s in statements:
        of = samples[s.counted]
        ours = of[s.more] - of[s.less]
        theirs = {f.noun: of[levels(f)[1]] - of[levels(f)[0]] for f in s.than}
        # told beside the one that does most on average; to hold in a world, it has to do more than all of them
        beside = max(theirs, key=lambda noun: theirs[noun].mean(), default="")
        found = bootstrap(ours - theirs[beside] if beside else ours)
        holds = (ours > np.max([np.zeros_like(ours), *theirs.values()], axis=0)).sum()
        verdict = AGREES if found.low > 0 else DISAGREES if found.high < 0 else CHANCE
        share = of_share(int(holds), ours.size)
        rows.append(
            (*s[:2], s.counted, s.what, s.more, s.less, beside, verdict, *found, holds, *share[1:3])
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def _told(row: Any) -> str:
    """Return a change in people."""
    found = Interval(row.change, row.low_95, row.high_95, row.worlds)
    if row.counted == TRUST:  # a mean on a scale, and no share of people
        return words.with_interval(found, 3, sign=True)
    return words.per_100(found, True)


def lines(rows: pd.DataFrame) -> list[str]:
    """Return what is told of the rows."""
    rows = rows.fillna({"beside": ""})
    away, chance = (rows[rows.verdict == verdict] for verdict in (DISAGREES, CHANCE))
    effects = rows[rows.said.isin((ALIGNMENT, GAP))].sort_values("change")
    least, most = effects.iloc[0], effects.iloc[-1]
    doubt = f", and {len(chance)} may be chance" if len(chance) else ""
    out = [
        f"**Of {len(rows)} statements of the paper's abstract the model agrees with {(rows.verdict == AGREES).sum()} and "
        f"disagrees with {len(away) or 'none'}{doubt}.** Of the factors, {most.what} changes most: {_told(most)} of 100 "
        f"professionals use the tool five years after the start, from {most.less} to {most.more}; {least.what} changes "
        f"least: {_told(least)}. Who emphasises a theme says nothing of that size.",
        "",
    ]
    for told, some in (("Disagrees", away), ("May be chance", chance)):
        for row in some.itertuples():
            than = f", beside {row.beside}" if row.beside else ""
            out.append(
                f"- *{told}.* {row.what.capitalize()}: {row.statement} {_told(row)} {COUNTED[row.counted]}{than}; it holds "
                f"in {row.holds_in} of {row.worlds} worlds."
            )
    cells = (
        (row.said, row.what, row.statement, row.verdict,
         f"{_told(row)} {COUNTED[row.counted]}{f', beside {row.beside}' if row.beside else ''}",
         f"{row.holds_in} of {row.worlds} ({100 * row.holds_low_95:.0f} to {100 * row.holds_high_95:.0f} %)",
         f"{row.less} to {row.more}")
        for row in rows.itertuples()
    )  # fmt: skip
    head = (
        "The paper",
        "What",
        "In the model",
        "Verdict",
        "Change",
        "Holds in worlds",
        "From what to what",
    )
    return [*out, "", *table(head, cells)]


def main() -> int:
    """Run everything, and write table and page."""
    return publish_table(FOLDER / "statements.csv", measure(), lines)


if __name__ == "__main__":
    sys.exit(main())
