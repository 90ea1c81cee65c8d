"""Where the configuration files are, what they are called, and where paths lead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from sim.tables.errors import UserError
from sim.tables.messages import nearest, one_line, show, unknown

NAME = re.compile(r"[a-z0-9_]+")
# Groups that a user chooses by name; experiment is last, so that it wins over the others.
GROUP_NAMES = ("population", "network", "scenario", "experiment")


def shipped_folder() -> Path:
    """Return `conf/`: inside the package when installed from a wheel, beside it in a clone."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "conf", package.parent / "conf"):
        if (folder / "config.yaml").is_file():
            return folder
    raise UserError("the shipped configuration files (conf/) are missing; install nasss-sim again")


def user_path(key: str, given: str) -> Path:
    """Return a path as a user gives it; `~` is a home."""
    try:
        return Path(given).expanduser()
    except RuntimeError:
        raise UserError(f"{key}={show(given)}: no user of that name is known") from None


def folders_of(user: str | None) -> list[Path]:
    """Return the folders of configuration files, a user's first."""
    if user is None:
        return [shipped_folder()]
    folder = user_path("--config-dir", user)
    if not user or not folder.is_dir():
        raise UserError(f"--config-dir {show(user)}: is not a folder; allowed is a folder with "
                        "experiment/NAME.yaml, policy/NAME.yaml or the like inside")  # fmt: skip
    if (own := folder / "config.yaml").exists():  # it would be passed over without a word
        raise UserError(f"--config-dir {show(user)}: {own.name} is the program's own; put your file "
                        "into experiment/NAME.yaml instead")  # fmt: skip
    return [folder.resolve(), shipped_folder()]


def available(group: str, folders: Sequence[Path]) -> dict[str, Path]:
    """Return the files of one group: name -> path, first folder first.

    Files whose name is not made of a-z, 0-9 and _ are left out: they can not be chosen.
    """
    found: dict[str, Path] = {}
    for folder in folders:
        inside = folder / group
        if inside.is_dir():
            for path in sorted(inside.glob("*.yaml")):
                if NAME.fullmatch(path.stem) and path.is_file():
                    found.setdefault(path.stem, path)
    return found


def plural(group: str) -> str:
    """Return the name of a group as `python -m sim list` takes it."""
    return f"{group[:-1]}ies" if group.endswith("y") else f"{group}s"


def find(group: str, name: str, folders: Sequence[Path], more: Iterable[str] = ()) -> Path:
    """Return the file of one choice, such as experiment=trust_sweep, from the first folder with it.

    `more` are names that need no file, which may have been meant.
    """
    names = available(group, folders)
    if name in names:
        return names[name]
    see = f"`python -m sim list {plural(group)}`"
    line = f"{group}={one_line(unknown(name, [*more, *names], f'name of {group}', see))}"
    places = (place for folder in folders for place in (folder / group, folder))
    files = (path for place in places for path in sorted(place.glob("*.y*ml")))
    astray = next((f for f in files if f.stem not in names and nearest(name, [f.stem])), None)
    if astray is not None:
        line += (f"; {one_line(str(astray), 200)} is not found: needed is {group}/NAME.yaml, with "
                 "a name of a-z, 0-9 and _")  # fmt: skip
    elif not NAME.fullmatch(name):
        line += "; a name is made of a-z, 0-9 and _"
    raise UserError(line)
