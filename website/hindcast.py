"""The hindcast made anew: experiments/hindcast, and its part of docs/validation.md.

python -m website.hindcast
"""

from __future__ import annotations

import sys
from textwrap import wrap

from sim.ensembles.machine import available_cores
from sim.ensembles.model_version import model_version
from sim.reports.answer import Answer
from sim.studies.hindcast import Hindcast, hindcast
from sim.studies.hindcast_answer import findings
from sim.tables.checks import resolve
from website.document import FOLDER
from website.document_blocks import rewritten, table
from website.first_screen import rows_of
from website.studies import BY, KEPT

EXPERIMENT = FOLDER.parent / "experiments" / "hindcast"
SEED = 0  # that of `python -m sim hindcast`


def lines(told: Answer) -> list[str]:
    """Return an answer in Markdown."""
    made: list[str] = []
    for block in told.blocks:
        if isinstance(block, str):
            made += [*wrap(block, 100), ""]
        else:
            made += [
                *table(block.rows[0], block.rows[1:]),
                "",
                *([block.note, ""] if block.note else []),
            ]
    return made[:-1]


def fits() -> list[str]:
    """Return how near worlds came to the part that was shown, in Markdown."""
    rows = (
        [
            row["series"],
            f"{int(row['worlds']):,}",
            row["as_near_as_a_reading"],
            f"{float(row['nearest']):.1f}",
        ]
        for row in rows_of("hindcast", "fits")
    )
    head = "Worlds tried", "As near as a reading is sure", "The nearest, in errors of a reading"
    return table(["Series", *head], rows)


def write(found: Hindcast) -> None:
    """Write data and figure, and fill in the pages that tell them."""
    of_it = findings(found)
    of_it.save(EXPERIMENT)
    (EXPERIMENT / "hindcast.svg").unlink()
    told = {"hindcast": lambda: lines(of_it.answer)}
    rewritten(FOLDER / "validation.md", told, BY)
    rewritten(EXPERIMENT / "README.md", told | {"fits": fits}, BY)


def main() -> int:
    """Fit, forecast and write."""
    tried = KEPT / "hindcast" / model_version()  # so that what was interrupted goes on
    write(hindcast(resolve({}), SEED, available_cores(), tried))
    return 0


if __name__ == "__main__":
    sys.exit(main())
