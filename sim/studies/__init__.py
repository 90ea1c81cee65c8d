"""Studies: what a user asks for. Each runs a design, says the answer, and saves it."""

from __future__ import annotations

from typing import Any


def studies() -> dict[str, Any]:
    """Return name -> module of every study.

    A module has `answer(result) -> Answer`, `figures(result) -> list of Figure` for files
    and for the report, `tables(result) -> {file name: columns}`, and `KEEP_PATHS` and `KEEP_ORGANISATIONS`: whether
    it needs every month, and every organisation.
    """
    from sim.studies import alignment, compare, simulate, sweep

    return {"simulate": simulate, "sweep": sweep, "alignment": alignment, "compare": compare}
