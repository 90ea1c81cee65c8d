"""A user's own world: organisations and ties from CSV files, checked line by line."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from sim.design.csv_files import NOT_UTF8, european, too_many, with_point
from sim.model.inputs import NEVER, World, generated_world
from sim.model.networks import from_pairs
from sim.tables.errors import UserError
from sim.tables.factors import GROUP_NAMES
from sim.tables.messages import one_line, show
from sim.tables.parameters import SUM_TOLERANCE, nearest

MOST_PROBLEMS = 10
LARGEST = 10_000_000
MOST_DIGITS = 20  # Python refuses to read very long numbers
YES_NO = {"1": 1, "true": 1, "yes": 1, "0": 0, "false": 0, "no": 0}
NETWORK_COLUMNS = ("organisation_1", "hcp_1", "organisation_2", "hcp_2")


class _Bad(Exception):
    """What is wrong with one cell, in words."""


def _number(low: float, high: float, above: bool = False) -> Callable[[str], float]:
    words = f"a number {'above' if above else 'from'} {low:g}" + (
        f" to {high:g}" if high < LARGEST else ""
    )

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise _Bad(words) from None
        if not low <= value <= high or (above and value == low):
            raise _Bad(words)
        return value

    return read


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        digits = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
        if not digits or not low <= int(text) <= high:
            raise _Bad(f"a whole number from {low} to {high}")
        return int(text)

    return read


def _yes_no(text: str) -> int:
    try:
        return YES_NO[text.lower()]
    except KeyError:
        raise _Bad("1 or 0, true or false, yes or no") from None


def _name(text: str) -> str:
    if not text.isprintable() or len(text) > 200:
        raise _Bad("a name of at most 200 printable characters")
    return text


# column -> how a cell is read, and what an empty cell means (None: it must be filled)
POPULATION_COLUMNS: dict[str, tuple[Callable[[str], Any], Any]] = {
    "organisation": (_name, None),
    "hcps": (_whole(1, LARGEST), None),
    "readiness": (_number(0, 1), np.nan),
    "resources": (_number(0, LARGEST, above=True), np.nan),
    "member": (_yes_no, -1),
    "deployed_since": (_whole(0, 1200), -1),
    **{group: (_number(0, 1), np.nan) for group in GROUP_NAMES},
}


class Organisations(NamedTuple):
    """The content of a population file: names, and a World without ties."""

    names: list[str]
    world: World


def _rows(key: str, path: str, needed: tuple[str, ...], known: tuple[str, ...]) -> Iterator[Any]:
    """Yield (line number, row as dict) of a CSV file with a heading."""
    where = f"{key}={show(path)}"
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, strict=True)
            heading = [cell.strip() for cell in next(lines, [])]
            wrong = european(heading)
            if wrong:
                raise UserError(f"{where}, line 1: {wrong}")
            for column in heading:
                if column not in known:
                    near = nearest(column, known)
                    hint = f"; did you mean {near}?" if near else ""
                    raise UserError(
                        f"{where}, line 1: unknown column {show(column)}{hint}; "
                        f"allowed are {', '.join(known)}"
                    )
            if len(set(heading)) < len(heading):
                raise UserError(f"{where}, line 1: a column stands there twice")
            missing = [column for column in needed if column not in heading]
            if missing:
                raise UserError(
                    f"{where}, line 1: column {missing[0]} is missing; needed are "
                    f"{', '.join(needed)}"
                )
            for cells in lines:
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) != len(heading):
                    raise UserError(f"{where}, line {lines.line_num}: {too_many(cells, heading)}")
                yield (
                    lines.line_num,
                    dict(zip(heading, (c.strip() for c in cells), strict=True)),
                )
    except (UnicodeDecodeError, csv.Error) as error:
        reason = NOT_UTF8 if isinstance(error, UnicodeDecodeError) else error
        raise UserError(f"{where}: {one_line(str(reason))}; allowed is a CSV file") from None
    except OSError as error:
        raise UserError(f"{where}: {error.strerror}; allowed is a CSV file") from None


class _Problems:
    """Collects mistakes, one line each, up to a number that a person can read."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.lines: list[str] = []

    def add(self, line: int, text: str) -> None:
        self.lines.append(f"{self.where}, line {line}: {text}")
        if len(self.lines) >= MOST_PROBLEMS:
            self.stop()

    def stop(self) -> None:
        if self.lines:
            raise UserError(self.lines)


def read_population(path: str) -> Organisations:
    """Read organisations from a CSV file.

    Parameters
    ----------
    path : str
        Columns `organisation`, `hcps`, and optionally `readiness` [0, 1], `resources` (> 0,
        median 1), `member`, `deployed_since` (months before the start) and one share per HCP
        group. Empty cells are drawn.

    Raises
    ------
    UserError
        With file and line of each mistake.
    """
    problems = _Problems(f"population.file={show(path)}")
    columns: dict[str, list[Any]] = {name: [] for name in POPULATION_COLUMNS}
    first_line: dict[str, int] = {}
    known = tuple(POPULATION_COLUMNS)
    for line, row in _rows("population.file", path, known[:2], known):
        for column, (read, empty) in POPULATION_COLUMNS.items():
            text = row.get(column, "")
            value = empty
            try:
                if text:
                    value = read(text)
                elif empty is None:
                    raise _Bad("something; the cell is empty")
            except _Bad as bad:
                problems.add(line, f"{column}={show(text)}: allowed is {bad}{with_point(text)}")
                value = empty
            columns[column].append(value)
        shares = [columns[group][-1] for group in GROUP_NAMES]
        given = [share for share in shares if share == share]
        if given and (len(given) < len(shares) or abs(sum(given) - 1) > SUM_TOLERANCE):
            problems.add(
                line,
                f"shares of {', '.join(GROUP_NAMES)} are {show(shares)}: all of them are "
                "needed, and they must sum to 1",
            )
        name = row["organisation"]
        if name and first_line.setdefault(name, line) != line:
            problems.add(line, f"organisation={show(name)}: also on line {first_line[name]}")
    problems.stop()
    if not columns["organisation"]:
        raise UserError(f"{problems.where}: has no rows; needed is one line per organisation")
    if sum(columns["hcps"]) > LARGEST:
        raise UserError(f"{problems.where}: more than {LARGEST} HCPs; allowed is at most that")
    since = np.array(columns["deployed_since"], np.int64)
    world = generated_world()._replace(
        sizes=np.array(columns["hcps"], np.int64),
        readiness=np.array(columns["readiness"], float),
        resources=np.array(columns["resources"], float),
        member=np.array(columns["member"], np.int8),
        deployed=np.where(since < 0, NEVER, -since),
        shares=np.array([columns[group] for group in GROUP_NAMES], float).T.copy(),
    )
    return Organisations(columns["organisation"], world)


def read_network(path: str, names: list[str], sizes: np.ndarray) -> tuple[Any, Any]:
    """Read ties between HCPs from a CSV edge list.

    Parameters
    ----------
    path : str
        Columns `organisation_1`, `hcp_1`, `organisation_2`, `hcp_2`; HCPs of an organisation
        are numbered from 1.
    names : list of str
        Names of the organisations.
    sizes : (organisations,) int
        Their numbers of HCPs.

    Returns
    -------
    first_peer, peers : see inputs.World

    Raises
    ------
    UserError
        With file and line of each mistake.
    """
    problems = _Problems(f"network.file={show(path)}")
    number = {name: o for o, name in enumerate(names)}
    first = np.concatenate([[0], np.cumsum(sizes)])
    seen: dict[tuple[int, int], int] = {}
    for line, row in _rows("network.file", path, NETWORK_COLUMNS, NETWORK_COLUMNS):
        ends = []
        for side in ("1", "2"):
            name, seat = row[f"organisation_{side}"], row[f"hcp_{side}"]
            if name not in number:
                near = nearest(name, names)
                hint = f"; did you mean {show(near)}?" if near else ""
                problems.add(line, f"organisation_{side}={show(name)}: unknown{hint}")
                continue
            size = int(sizes[number[name]])
            try:
                ends.append(int(first[number[name]]) + _whole(1, size)(seat) - 1)
            except _Bad as bad:
                problems.add(line, f"hcp_{side}={show(seat)}: allowed is {bad} in {show(name)}")
        if len(ends) < 2:
            continue
        if ends[0] == ends[1]:
            problems.add(line, "ties an HCP to itself")
            continue
        tie = (min(ends), max(ends))
        if seen.setdefault(tie, line) != line:
            problems.add(line, f"the same tie is on line {seen[tie]}")
    problems.stop()
    if not seen:
        raise UserError(f"{problems.where}: has no rows; needed is one line per tie")
    return from_pairs(int(first[-1]), np.array(list(seen), np.int64))


def load_world(values: Mapping[str, Any]) -> Organisations:
    """Return the world that resolved parameter values name, generated where they name none."""
    if values["population.file"] is not None:
        organisations = read_population(values["population.file"])
    elif values["network.kind"] == "file":
        n = int(values["population.organisations"])
        if values["population.size_spread"] > 0:
            raise UserError(
                "network.file: needs organisations of known size; give population.file, or "
                "population.size_spread=0"
            )
        # sizes are fixed so that the file's ties can be checked against them
        names = [str(o + 1) for o in range(n)]
        sizes = np.full(n, int(values["population.organisation_size"]), np.int64)
        empty = generated_world()._replace(
            sizes=sizes,
            readiness=np.full(n, np.nan),
            resources=np.full(n, np.nan),
            member=np.full(n, -1, np.int8),
            deployed=np.full(n, NEVER, np.int64),
            shares=np.full((n, len(GROUP_NAMES)), np.nan),
        )
        organisations = Organisations(names, empty)
    else:
        return Organisations([], generated_world())
    if values["network.kind"] == "file":
        first, peers = read_network(
            values["network.file"], organisations.names, organisations.world.sizes
        )
        world = organisations.world._replace(first_peer=first, peers=peers)
        organisations = Organisations(organisations.names, world)
    return organisations
