"""`uncertainty=posterior`: runs are spread over worlds that agree with data, rows of a posterior sample."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sim.design.axes import Axis
from sim.design.csv_files import CsvRows
from sim.design.folders import user_path
from sim.tables import plausible
from sim.tables.errors import UserError
from sim.tables.messages import counted, show
from sim.tables.parameters import PARAMETERS
from sim.tables.plausible import FREE
from sim.tables.settings import POSTERIOR, STUDIES, WORLDS

SHIPPED = Path(plausible.__file__).parent / "posterior.csv"
SAMPLE = "sample.csv"  # in the folder of a calibration
# Not read: which rows are in a sample says how near they are
COLUMNS = {"distance": None, **{path: PARAMETERS[path] for path in FREE}}
WHICH = "that agree with the published patterns"
OWN = "of your calibration"


class Worlds(NamedTuple):
    """What each of the worlds that all points are run in changes; one that changes nothing is none."""

    settings: tuple[dict[str, float], ...] = ({},)
    each: int = 1  # runs of each point in each of them
    which: str = ""  # in words

    @property
    def many(self) -> bool:
        """Whether there are several."""
        return len(self.settings) > 1


def sample_of(folder: str | None) -> str | None:
    """Return the file of the sample in the folder of a calibration, absolute; None for no folder."""
    return None if folder is None else str((user_path(POSTERIOR, folder) / SAMPLE).absolute())


def posterior_worlds(
    study: str, settings: Mapping[str, Any], given: Iterable[str], axes: Sequence[Axis]
) -> tuple[Worlds, list[str]]:
    """Return the first rows of a sample as worlds, without what is `given` or varied, and notes.

    Policies are compared in each of the worlds; of another study each run has its own.
    """
    folder, asked, runs = (settings[key] for key in (POSTERIOR, "worlds", "replicates"))
    compares = STUDIES[study].compares
    rows = rows_of(folder)
    if asked is not None and asked > len(rows):
        raise UserError(
            f"worlds={asked}: the posterior sample has {counted(len(rows), 'row')}; allowed are at "
            "most as many"
        )
    rows = rows[: asked or min(runs, WORLDS[POSTERIOR] if compares else runs)]
    which = WHICH if folder is None else OWN
    each = max(1, runs // len(rows)) if compares else 1
    notes = [
        f"uncertainty={POSTERIOR}: {counted(each, 'run')} of each point in each of {len(rows)} "
        f"worlds {which}"
    ]
    fixed = [path for path in FREE if path in set(given)]
    varied = [path for axis in axes for path in axis.paths if path in FREE]
    for paths, what in ((fixed, "is set"), (varied, "is varied")):
        if paths:
            notes.append(
                f"{', '.join(paths)}: {what}, which stands in all worlds; they were found with "
                "other values"
            )
    kept = [path for path in FREE if path not in (*fixed, *varied)]
    return Worlds(tuple({path: row[path] for path in kept} for row in rows), each, which), notes


def rows_of(folder: str | None = None) -> list[dict[str, float]]:
    """Return the worlds of the shipped sample, or of that in the folder of a calibration."""
    file = Path(sample_of(folder) or SHIPPED)
    if not file.is_file():
        reason = f"holds no {SAMPLE}" if file.parent.is_dir() else "is no folder"
        raise UserError(
            f"posterior={show(folder)}: {reason}; allowed is a folder that a calibration has written"
        )
    rows = CsvRows("posterior", str(file), COLUMNS, "column")
    found = [row for _, row in rows.read(FREE)]
    rows.end(found, "has no rows; needed is a line for each world")
    return found
