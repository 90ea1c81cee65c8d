"""Paths of a user's data files, made absolute."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.config.messages import show
from sim.errors import UserError


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
