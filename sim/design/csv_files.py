"""A user's data files: where they are, and the rows of a CSV file with every cell checked."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.design.folders import user_path
from sim.tables.checks import NotAllowed, check_value
from sim.tables.errors import UserError
from sim.tables.messages import DECIMAL_COMMA, counted, listed, one_line, problem, show, unknown
from sim.tables.parameters import Parameter

if TYPE_CHECKING:
    from sim.design.axes import Axis

MOST_PROBLEMS = 10
NOT_UTF8 = "not a text file in UTF-8; save it again as CSV, in UTF-8"
SEPARATORS = {";": "semicolons", "\t": "tabs"}
LONGEST_WHOLE = 30  # Python refuses to read very long whole numbers
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")

Row = dict[str, Any]


def resolve_file(key: str, given: str, folders: Sequence[Path] = ()) -> str:
    """Return the absolute path of a data file that `key` names; `~` is the user's home.

    A relative path is looked up in the folders, in this order, before the working directory: the
    folder of configuration files that it was written in.
    """
    path = user_path(key, given)
    for folder in (*folders, Path.cwd()):
        candidate = folder / path  # an absolute path stays itself
        if candidate.is_file():
            return str(candidate.resolve())
    reason = "is a folder" if path.is_dir() else "no such file"
    where = "" if path.is_absolute() else f" in {', '.join(map(str, (*folders, Path.cwd())))}"
    raise UserError(f"{key}={show(given)}: {reason}{where}; allowed is the path of a CSV file")


def file_hash(path: Path) -> str:
    """Return the hash of a file's content, read in pieces."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def data_files(values: Mapping[str, Any], axes: Sequence[Axis]) -> dict[str, str]:
    """Return the hash of the content of each data file that points of a design name.

    `values` are those of the parameters of files, at the base point.
    """
    points = [values, *(setting for axis in axes for setting in axis.settings)]
    named = {point[path] for point in points for path in values if isinstance(point.get(path), str)}
    return {name: file_hash(Path(name)) for name in sorted(named) if Path(name).is_file()}


def changed_files(held: Any, files: Mapping[str, str]) -> list[str]:
    """Return notes of what has changed since a file of results listed it under `data_files`."""
    try:
        before = {one["file"]: one["sha256"] for one in held or []}
    except (TypeError, KeyError):
        form = "needed is a list of {file: PATH, sha256: HASH}"
        raise UserError(f"data_files={show(held)}: {form}") from None
    return [
        f"{one_line(str(file))}: its content has changed since this experiment was run, so its "
        "numbers will be others"
        for file, digest in before.items()
        if files.get(file, digest) != digest
    ]


def cell(column: Parameter, text: str) -> Any:
    """Return the checked value of a cell, null where it is empty."""
    value: Any = text
    if text == "" or (text == "null" and column.default is None):
        value = None
    elif column.numeric and text.isdigit() and text.isascii() and len(text) <= LONGEST_WHOLE:
        value = int(text)
    elif column.numeric and _NUMBER.fullmatch(text):
        value = float(text)
    try:
        return check_value(column, value)
    except NotAllowed as reason:
        raise UserError(problem(column, text, str(reason))) from None


class CsvRows:
    """The rows of a CSV file, checked cell by cell; mistakes are collected with their lines.

    `columns` says what each may hold, as a row of a table; None for any text. `lenient` reads what
    spreadsheets of much of Europe write, and headings in capitals; `told` says so.
    """

    def __init__(
        self, key: str, path: str, columns: Mapping[str, Parameter | None], noun: str, see: str = "",
        lenient: bool = False,
    ) -> None:  # fmt: skip
        self.columns, self.noun, self.see, self.lenient = columns, noun, see, lenient
        self.heading: list[str] = []
        self.read_as: dict[str, None] = {}  # in the order in which it was met
        self._path = path
        self._where = f"{key}={show(path)}"
        self._problems: list[str] = []
        # most cells of a long file say what others say
        self._checks = {name: column for name, column in columns.items() if column is not None}
        self._cell = lru_cache(10_000)(lambda name, text: cell(self._checks[name], text))

    def told(self) -> list[str]:
        """Say what was read though it is not how a CSV file is usually written."""
        return [f"Read as well: {listed([*self.read_as])}."] if self.read_as else []

    def wrong(self, line: int, text: str) -> None:
        """Take down a mistake; raises all of them when a person has enough to read."""
        self._problems.append(f"{self._where}, line {line}: {one_line(text)}")
        if len(self._problems) >= MOST_PROBLEMS:
            raise UserError(self._problems)

    def end(self, something: object, needed: str) -> None:
        """Raise all mistakes, or that nothing is there."""
        if self._problems:
            raise UserError(self._problems)
        if not something:
            raise UserError(f"{self._where}: {needed}")

    def read(self, needed: Sequence[str] = ()) -> Iterator[tuple[int, Row]]:
        """Yield (line, column -> value) of every row, without the cells that are wrong."""
        try:
            with open(self._path, encoding="utf-8-sig", newline="") as file:
                lines = csv.reader(file, strict=True, delimiter=self._separator(file.readline()))
                file.seek(0)
                self._read_heading(next(lines, []), needed)
                for cells in lines:
                    if any(text.strip() for text in cells):
                        row = self._checked(lines.line_num, [text.strip() for text in cells])
                        if row is not None:
                            yield lines.line_num, row
        except (UnicodeDecodeError, csv.Error) as error:
            reason = NOT_UTF8 if isinstance(error, UnicodeDecodeError) else one_line(str(error))
        except OSError as error:
            reason = str(error.strerror)
        else:
            return
        raise UserError(f"{self._where}: {reason}; allowed is a CSV file")

    def _separator(self, first: str) -> str:
        """Return what separates the cells of a file, by its first line."""
        for separator, name in SEPARATORS.items():
            if self.lenient and separator in first and "," not in first:
                self.read_as[f"{name} between cells"] = None
                return separator
        return ","

    def _plain(self, name: str, text: str) -> str:
        """Return a cell without a decimal comma or a percent sign, where that is allowed."""
        if not self.lenient or name not in self._checks or not self._checks[name].numeric:
            return text
        if text.endswith("%"):
            text, self.read_as["percent signs"] = text[:-1].rstrip(), None
        if DECIMAL_COMMA.fullmatch(text):
            text, self.read_as["decimal commas"] = text.replace(",", "."), None
        return text

    def _read_heading(self, cells: Sequence[str], needed: Sequence[str]) -> None:
        self.heading = [text.strip().lower() if self.lenient else text.strip() for text in cells]
        separators = [s for s in SEPARATORS if len(cells) == 1 and s in cells[0]]
        missing = [name for name in needed if name not in self.heading]
        if missing and not any(self.heading):
            self.wrong(1, f"is empty; needed is a line of headings: {','.join(needed)}")
        elif separators:
            # Spreadsheets of much of Europe write semicolons between cells and commas into
            # numbers. 0,5 and 1.000 mean different things to different people: nothing is guessed.
            self.wrong(
                1,
                f"{SEPARATORS[separators[0]]} separate the cells; allowed are commas, and a point "
                "in decimals: save it again as CSV with commas, or set the spreadsheet's language "
                "to English first",
            )
        elif strangers := [name for name in self.heading if name not in self.columns]:
            for name in strangers:
                self.wrong(1, unknown(name, self.columns, self.noun, self.see))
        elif len(set(self.heading)) < len(self.heading):
            self.wrong(1, f"a {self.noun} stands there twice")
        elif missing:
            self.wrong(1, f"column {missing[0]} is missing; needed are {', '.join(needed)}")
        self.end(True, "")

    def _checked(self, line: int, cells: Sequence[str]) -> Row | None:
        if len(cells) != len(self.heading):
            hint = ""
            many = len(cells) > len(self.heading)
            if many and all(text.replace(".", "").isdigit() for text in cells[-2:]):
                hint = "; decimals are written with a point, as 0.5"
            number = counted(len(cells), "cell")
            self.wrong(line, f"{number}, but the heading has {len(self.heading)}{hint}")
            return None
        row: Row = {}
        for name, text in zip(self.heading, cells, strict=True):
            try:
                plain = self._plain(name, text)
                row[name] = self._cell(name, plain) if name in self._checks else text
            except UserError as error:
                self.wrong(line, str(error))
        return row
