"""A user's data files: their paths made absolute, and what is wrong with a CSV file as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.tables.errors import UserError
from sim.tables.messages import counted, show
from sim.tables.reasons import DECIMAL_COMMA

NOT_UTF8 = "not a text file in UTF-8; save it again as CSV, in UTF-8"
SEPARATORS = {";": "semicolons", "\t": "tabs"}


def european(heading: Sequence[str]) -> str | None:
    """Return what is wrong with a heading whose cells no comma separates; None if nothing is.

    Spreadsheets of much of Europe write semicolons between cells and commas into numbers. Such a
    file is refused rather than guessed at: 0,5 and 1.000 mean different things to different people.
    """
    if len(heading) == 1:
        for separator, words in SEPARATORS.items():
            if separator in heading[0]:
                return (
                    f"{words} separate the cells; allowed are commas, and a point in decimals: save "
                    "it again as CSV with commas, or set the spreadsheet's language to English first"
                )
    return None


def too_many(cells: Sequence[str], heading: Sequence[str]) -> str:
    """Say that a line has another number of cells than the heading, and what may be the reason."""
    hint = ""
    if len(cells) > len(heading) and all(c.strip().replace(".", "").isdigit() for c in cells[-2:]):
        hint = "; decimals are written with a point, as 0.5"
    return f"{counted(len(cells), 'cell')}, but the heading has {len(heading)}{hint}"


def with_point(text: str) -> str:
    """Return a hint for a number with a decimal comma; nothing for all else."""
    return f"; write {text.replace(',', '.')}" if DECIMAL_COMMA.fullmatch(text) else ""


def resolve_file(key: str, given: str, folders: Sequence[Path] = ()) -> str:
    """Return the absolute path of a data file.

    Parameters
    ----------
    key : str
        The parameter that names the file, for the message.
    given : str
        The path as written. `~` is the user's home.
    folders : sequence of Path
        Folders that a relative path is looked up in, in this order, before the working
        directory: the folder of configuration files that the path was written in.

    Raises
    ------
    UserError
        If there is no such file.
    """
    path = Path(given).expanduser()
    for folder in (*folders, Path.cwd()):
        candidate = folder / path  # an absolute path stays itself
        if candidate.is_file():
            return str(candidate.resolve())
    reason = "is a folder" if path.is_dir() else "no such file"
    where = "" if path.is_absolute() else f" in {', '.join(map(str, (*folders, Path.cwd())))}"
    raise UserError(f"{key}={show(given)}: {reason}{where}; allowed is the path of a CSV file")
