"""Studies: what a user asks for. Each runs a design, says the answer, and saves it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from sim.design.request import Request
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
    # the points that it asks for besides, once it has seen others; none when it has seen enough
    more: Callable[[Result], list[dict[str, Any]]] = lambda result: []
    found: Callable[[Result], Any] = lambda result: None  # what the others tell, found once
    # whether all outcomes of each point are told; of a sample of many parameters they would fill gigabytes
    summary: bool = True
    # what has to be searched for before anything is run: with or without files; and as a folder holds it
    search: Callable[[Request, bool], Request] | None = None
    held: Callable[[Request, Path], Request] | None = None


def studies() -> dict[str, Study]:
    """Return name -> study."""
    from sim.studies import (
        alignment,
        compare,
        factorial,
        from_here,
        mechanisms,
        mix_answer,
        optimise,
        sampled,
        sensitivity,
        simulate,
        sweep,
        tipping,
        tipping_answer,
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
        "sensitivity": Study(
            sensitivity.answer,
            sensitivity.figures,
            sensitivity.tables,
            more=sensitivity.more,
            found=sensitivity.found,
            summary=False,
        ),
        "tipping": Study(
            tipping_answer.answer,
            tipping_answer.figures,
            tipping_answer.tables,
            more=tipping.more,
            found=tipping.found,
        ),
        "optimise": Study(
            mix_answer.answer,
            mix_answer.figures,
            mix_answer.tables,
            search=optimise.searched,
            held=optimise.found_in,
        ),
    }
