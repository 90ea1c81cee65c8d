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
# Files that hold the program's own part of the composition; nobody else's may replace them.
RESERVED = ("config", "parameters", "settings")


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


def user_folder(given: str) -> Path:
    """Return a user's folder of configuration files, which may not replace the program's own."""
    folder = user_path("--config-dir", given)
    if not given or not folder.is_dir():
        raise UserError(f"--config-dir {show(given)}: is not a folder; allowed is a folder with "
                        "experiment/NAME.yaml, policy/NAME.yaml or the like inside")  # fmt: skip
    folder = folder.resolve()
    for name in RESERVED:
        for ending in (".yaml", ".yml"):
            if (folder / (name + ending)).exists():
                raise UserError(
                    f"--config-dir {show(given)}: {name}{ending} is a name of the program's own; "
                    "put your file into experiment/NAME.yaml instead"
                )
    return folder


def folders_of(user: str | None) -> list[Path]:
    """Return the folders of configuration files, a user's first."""
    return [shipped_folder()] if user is None else [user_folder(user), shipped_folder()]


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


def _near_misses(group: str, name: str, folders: Sequence[Path]) -> str:
    """Say which file was probably meant, and why it is not found; nothing where there is none."""
    for folder in folders:
        for place, right in ((folder / group, True), (folder, False)):
            files = [p for p in sorted(place.glob("*.y*ml")) if p.suffix in (".yaml", ".yml")]
            for path in files:
                plain = NAME.fullmatch(path.stem) and path.suffix == ".yaml"
                if path.stem == name or nearest(name, [path.stem]) and not plain:
                    what = one_line(str(path), 200)
                    if not right:
                        return f"; {what} does not lie in {group}/, where such files belong"
                    if not plain:
                        return f"; {what} needs a name of a-z, 0-9 and _, and the ending .yaml"
    return ""


def find(group: str, name: str, folders: Sequence[Path], more: Iterable[str] = ()) -> Path:
    """Return the file of one choice, such as experiment=trust_sweep, from the first folder with it.

    `more` are names that need no file, which may have been meant.
    """
    names = available(group, folders)
    if name in names:
        return names[name]
    line = unknown(
        name, [*more, *names], f"name of {group}", f"`python -m sim list {plural(group)}`"
    )
    astray = _near_misses(group, name, folders)
    line = f"{group}={one_line(line)}{astray}"
    if not NAME.fullmatch(name) and not astray:
        line += "; a name is made of a-z, 0-9 and _"
    raise UserError(line)
