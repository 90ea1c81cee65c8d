"""Studies: what a user asks for. Each runs a design, says the answer, and saves it."""

from __future__ import annotations

from typing import Any

from sim.design.request import Request

GOOD, SOME_FAILED = 0, 1


def studies() -> dict[str, Any]:
    """Return name -> module of every study.

    A module has `answer(result) -> Answer`, `figures(result) -> list of Figure` for files
    and for the report, `tables(result) -> {file name: columns}`, and `KEEP_PATHS` and `KEEP_ORGANISATIONS`: whether
    it needs every month, and every organisation.
    """
    from sim.studies import alignment, compare, simulate, sweep

    return {"simulate": simulate, "sweep": sweep, "alignment": alignment, "compare": compare}


def perform(request: Request, directory: str | None = None) -> int:
    """Run a study and print its answer; return the exit code: 1 if some runs failed.

    Relative paths of its command start in `directory`, the working directory if None.
    """
    from sim.studies.session import Session

    session = Session(request, directory)
    result = session.run()
    gone = None
    try:
        session.tell(result)
    except BrokenPipeError as error:  # head or less has left: no reason to lose the files
        gone = error
    session.save(result)
    if gone is not None:
        raise gone
    return SOME_FAILED if result.ensemble.failed else GOOD
