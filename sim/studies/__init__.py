"""Studies: what a user asks for. Each runs a design, says the answer, and saves it."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
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
    from sim.studies import (
        alignment,
        compare,
        factorial,
        from_here,
        mechanisms,
        sampled,
        simulate,
        sweep,
    )
    from sim.tables.settings import SAMPLED_KINDS

    by_design = {kind: sampled for kind in SAMPLED_KINDS}
    by_design |= {"factorial": factorial, "one_at_a_time": alignment, "pairs": from_here}

    def of_design(result: Result) -> ModuleType:
        return by_design.get(result.design_kind, sweep)

    return {
        "simulate": Study(simulate.answer, simulate.figures, keep_paths=True),
        "sweep": Study(
            lambda result: of_design(result).answer(result),
            lambda result: of_design(result).figures(result),
            lambda result: getattr(of_design(result), "tables", lambda _: {})(result),
        ),
        "alignment": Study(alignment.answer, alignment.figures),
        "from_here": Study(from_here.answer, from_here.figures, from_here.tables),
        "mechanisms_over_time": Study(
            mechanisms.answer, mechanisms.figures, mechanisms.tables, keep_paths=True
        ),
        "compare": Study(compare.answer, compare.figures, compare.tables, True, True),
    }
