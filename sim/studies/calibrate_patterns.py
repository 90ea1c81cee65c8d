"""Which parameters agree with the published patterns, and what the worlds that do give of each number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.evidence.measure import Row
from sim.evidence.summaries import QUANTITIES, summaries
from sim.reports.answer import Answer
from sim.studies import calibrate, validate
from sim.studies.calibrate import Calibration, Findings, middle


def run_again(found: Calibration, values: Mapping[str, Any], seed: int, threads: int) -> list[Row]:
    """Return the published numbers beside what the sample gives of them, run anew with luck of its own.

    The luck of the search will not do: what was accepted was lucky as well as near.
    """
    given = summaries(values, found.last.points, seed, threads)
    return [
        Row(pattern, quantity, middle(column))
        for (pattern, quantity), column in zip(QUANTITIES, given.T, strict=True)
    ]


def findings(found: Calibration, rows: Sequence[Row], title: str, question: str) -> Findings:
    """Say how near the sample is to the published patterns, what these told, and what they could not tell."""
    last, near = found.last, found.last.distances.min()
    tolerance = "any" if np.isinf(last.tolerance) else f"at most {last.tolerance:.2f}"
    first = (
        f"{len(last.points)} sets of parameters lie nearest to the published patterns, of {last.tried:,} tried: their "
        f"distance is {tolerance}, the nearest {near:.2f} (0: all as published; 1: at the ends of what is accepted). "
        f"{last.distinct} of them differ."
    )
    met, missed = validate.parted(rows)
    again = f"Run anew, with other luck, the middle of them meets {len(met)} of {len(met) + len(missed)} patterns."
    again += f" Not met: {'; '.join(missed)}." if missed else ""
    table = validate.table_of(rows, "the sets (middle 95 %)")
    blocks = [first, again, table, *calibrate.learnt(found, "the patterns")]
    answer = Answer(title, question, blocks, numbers=calibrate.numbers(found))
    said = f"{len(last.points)} sets of parameters, one run of each. Dots: median. Bars: the middle 95 %."
    predictive = validate.figure_of(
        "predictive", "Published patterns and what agrees with them", said, rows
    )
    tables = {**calibrate.tables(found), "predictive": validate.columns_of(rows)}
    return Findings(answer, tables, [predictive, calibrate.figure(found, "the patterns")])
