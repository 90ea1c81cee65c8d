"""Studies: what a user asks for. Each runs a design, says the answer, and saves it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.tables.settings import SAMPLED_KINDS

if TYPE_CHECKING:
    from sim.design.request import Request
    from sim.reports.answer import Answer
    from sim.reports.figure import Figure
    from sim.studies.result import Result


Rows = dict[str, list[tuple[Any, ...]]]


class Study(NamedTuple):
    """What the file of a study has: under these names, as far as it needs more than the first two."""

    answer: Callable[[Result], Answer]
    figures: Callable[[Result], list[Figure]]  # for files and for the report
    # the rows of its frames, each of which is a file; an interval stands for three columns
    tables: Callable[[Result], Rows] = lambda result: {}
    found: Callable[[Result], Any] = lambda result: None  # what the others tell, found once
    # the points that it asks for besides, once it has seen others; none when it has seen enough
    more: Callable[[Result], list[dict[str, Any]]] = lambda result: []
    keeps: tuple[str, ...] = ()  # of every run it needs: paths (every month), organisations
    # whether all outcomes of each point are told; of a sample of many parameters they would fill gigabytes
    summarised: bool = True
    # what has to be searched for before anything is run: with or without files; and as a folder holds it
    search: Callable[[Request, bool], Request] | None = None
    held: Callable[[Request, Path], Request] | None = None


# Of studies, and of the designs of a sweep, whose file has another name
FILES = {
    "mechanisms_over_time": "mechanisms", "tipping": "tipping_answer", "optimise": "mix_answer",
}  # fmt: skip
BY_DESIGN = {"one_at_a_time": "alignment", "pairs": "from_here", "factorial": "factorial"}
BY_DESIGN |= dict.fromkeys(SAMPLED_KINDS, "sampled")


def study_of(asked: Request | Result) -> Study:
    """Return the study that a request asks for, or that a result is of; that of a sweep by its design."""
    name = asked.study
    if name == "sweep":
        name = BY_DESIGN.get(asked.design_kind, name)
    file = import_module(f"{__name__}.{FILES.get(name, name)}")
    return Study(**{name: getattr(file, name) for name in Study._fields if hasattr(file, name)})
