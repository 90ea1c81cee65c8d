"""Studies: what a user asks for. Each runs a design, says the answer, and saves it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from sim.reports.answer import Answer
    from sim.reports.figure import Figure
    from sim.studies.result import Result


class Study(NamedTuple):
    """What a study makes of a result, and what has to be kept of its runs."""

    answer: Callable[[Result], Answer]
    figures: Callable[[Result], list[Figure]]  # for files and for the report
    tables: Callable[[Result], dict[str, dict[str, Any]]] = lambda result: {}  # file -> columns
    keep_paths: bool = False  # it needs every month
    keep_organisations: bool = False


def studies() -> dict[str, Study]:
    """Return name -> study."""
    from sim.studies import alignment, compare, simulate, sweep

    return {
        "simulate": Study(simulate.answer, simulate.figures, keep_paths=True),
        "sweep": Study(sweep.answer, sweep.figures),
        "alignment": Study(alignment.answer, alignment.figures),
        "compare": Study(compare.answer, compare.figures, compare.tables, True, True),
    }
