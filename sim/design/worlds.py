"""A user's own world: organisations and ties from CSV files, checked line by line."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from sim.design.csv_files import CsvRows, cell
from sim.model.inputs import NEVER, World, generated_world
from sim.model.levers import Schedule
from sim.model.networks import from_pairs
from sim.tables.errors import UserError
from sim.tables.factors import GROUP_NAMES
from sim.tables.messages import did_you_mean, show
from sim.tables.parameters import SUM_TOLERANCE, Parameter
from sim.tables.settings import Setting

LARGEST = 10_000_000
LONGEST_NAME = 200
MEMBER = {
    word: value
    for plain, value in (("1", 1), ("true", 1), ("yes", 1), ("0", 0), ("false", 0), ("no", 0))
    for word in (plain, plain.capitalize(), plain.upper())
}


@lru_cache(10_000)  # asked for every HCP that a tie names
def _whole(name: str, low: int, high: int, default: int | None = None) -> Parameter:
    return Parameter(name, default, "", low, high, "", kind="integer")


# A default of None: the cell may be empty, and is then drawn
POPULATION_COLUMNS: dict[str, Parameter | None] = {
    "organisation": None,
    "hcps": _whole("hcps", 1, LARGEST, 1),
    "readiness": Parameter("readiness", None, "", 0, 1, ""),
    "resources": Setting("resources", None, "", 1e-300, LARGEST, "", words=f"a number above 0, up to {LARGEST}"),
    "member": Setting(
        "member", None, "", 0, 0, "", kind="choice", choices=tuple(MEMBER),
        words="1 or 0, true or false, yes or no",
    ),
    "deployed_since": _whole("deployed_since", 0, 1200),
    **{group: Parameter(group, None, "", 0, 1, "") for group in GROUP_NAMES},
}  # fmt: skip
NETWORK_COLUMNS = dict.fromkeys(("organisation_1", "hcp_1", "organisation_2", "hcp_2"))


# Array of a World -> parameters that nothing is drawn with where a file gives every cell of it
DRAWN_WITH = {
    "readiness": ("population.readiness_low", "population.readiness_high"),
    "resources": ("population.resources_spread",),
    "deployed": ("deployment.at_start",),
    "shares": tuple(f"population.{group}.share" for group in GROUP_NAMES),
    "member": ("process.interorganisational_cooperation",),
}


def not_drawn(world: World, schedule: Schedule) -> set[str]:
    """Return the parameters without effect, for a population file says it of each organisation."""
    empty = {"deployed": NEVER, "member": -1}
    full = {
        name
        for name in DRAWN_WITH
        if (column := getattr(world, name)).size
        and not (np.isnan(column) if name not in empty else column == empty[name]).any()
    }
    if schedule.rows.size:  # a lever widens the network to whoever would be drawn next
        full.discard("member")
    return {path for name in full for path in DRAWN_WITH[name]}


class Organisations(NamedTuple):
    """The content of a population file: names, and a World without ties."""

    names: list[str]
    world: World


def read_population(path: str) -> Organisations:
    """Read organisations from a CSV file; empty cells and missing columns are drawn."""
    rows = CsvRows("population.file", path, POPULATION_COLUMNS, "column")
    columns: dict[str, list[Any]] = {name: [] for name in POPULATION_COLUMNS}
    first_line: dict[str, int] = {}
    for line, row in rows.read(needed=("organisation", "hcps")):
        for name, column in columns.items():
            column.append(row.get(name))
        shares = [row.get(group) for group in GROUP_NAMES]
        given = [share for share in shares if share is not None]
        if given and (len(given) < len(shares) or abs(sum(given) - 1) > SUM_TOLERANCE):
            rows.wrong(
                line,
                f"shares of {', '.join(GROUP_NAMES)} are {', '.join(map(show, shares))}: all of "
                "them are needed, and they must sum to 1",
            )
        name = row["organisation"]
        if not name or not name.isprintable() or len(name) > LONGEST_NAME:
            allowed = f"a name of at most {LONGEST_NAME} printable characters"
            rows.wrong(line, f"organisation={show(name)}: allowed is {allowed}")
        elif first_line.setdefault(name, line) != line:
            rows.wrong(line, f"organisation={show(name)}: also on line {first_line[name]}")
    rows.end(first_line, "has no rows; needed is one line per organisation")
    few = sum(columns["hcps"]) <= LARGEST
    rows.end(few, f"more than {LARGEST} HCPs; allowed is at most that")
    return _organisations(columns)


def _organisations(columns: Mapping[str, list[Any]]) -> Organisations:
    """Return the world of the columns of a population file; None is left to the draw."""
    since = np.array(columns["deployed_since"], float)  # None becomes nan
    world = generated_world()._replace(
        sizes=np.array(columns["hcps"], np.int64),
        readiness=np.array(columns["readiness"], float),
        resources=np.array(columns["resources"], float),
        member=np.array([MEMBER.get(word, -1) for word in columns["member"]], np.int8),
        deployed=np.where(np.isnan(since), NEVER, -since).astype(np.int64),
        shares=np.array([columns[group] for group in GROUP_NAMES], float).T.copy(),
    )
    return Organisations(columns["organisation"], world)


def read_network(path: str, names: list[str], sizes: np.ndarray) -> tuple[Any, Any]:
    """Return `first_peer` and `peers` of a World, from a CSV list of ties.

    Its columns are `organisation_1`, `hcp_1`, `organisation_2`, `hcp_2`; HCPs of an organisation
    are numbered from 1. `names` and `sizes` are those of the organisations.
    """
    rows = CsvRows("network.file", path, NETWORK_COLUMNS, "column")
    starts = dict(zip(names, np.cumsum(sizes) - sizes, strict=True))
    size_of = dict(zip(names, sizes, strict=True))

    @lru_cache(100_000)
    def number(side: str, name: str, seat: str) -> int:
        """Return the number of an HCP among all."""
        if name not in starts:
            hint = did_you_mean(name, names)
            raise UserError(f"organisation_{side}={show(name)}: unknown{hint}")
        try:
            own = cell(_whole(f"hcp_{side}", 1, int(size_of[name]), 1), seat)
        except UserError as error:
            raise UserError(f"{error} in {show(name)}") from None
        return int(starts[name]) + own - 1

    seen: dict[tuple[int, int], int] = {}
    for line, row in rows.read(needed=tuple(NETWORK_COLUMNS)):
        ends = []
        for side in ("1", "2"):
            try:
                ends.append(number(side, row[f"organisation_{side}"], row[f"hcp_{side}"]))
            except UserError as error:
                rows.wrong(line, str(error))
        if len(ends) < 2:
            continue
        tie = (min(ends), max(ends))
        if ends[0] == ends[1]:
            rows.wrong(line, "ties an HCP to itself")
        elif seen.setdefault(tie, line) != line:
            rows.wrong(line, f"the same tie is on line {seen[tie]}")
    rows.end(seen, "has no rows; needed is one line per tie")
    return from_pairs(int(sizes.sum()), np.array(list(seen), np.int64))


def load_world(values: Mapping[str, Any]) -> Organisations:
    """Return the world that resolved parameter values name, generated where they name none."""
    own_ties = values["network.kind"] == "file"
    if values["population.file"] is not None:
        organisations = read_population(values["population.file"])
    elif own_ties:
        n = int(values["population.organisations"])
        if values["population.size_spread"] > 0:
            raise UserError(
                "network.file: needs organisations of known size; give population.file, or "
                "population.size_spread=0"
            )
        # sizes are fixed so that the file's ties can be checked against them
        columns: dict[str, list[Any]] = dict.fromkeys(POPULATION_COLUMNS, [None] * n)
        columns["organisation"] = [str(o + 1) for o in range(n)]
        columns["hcps"] = [int(values["population.organisation_size"])] * n
        organisations = _organisations(columns)
    else:
        return Organisations([], generated_world())
    if not own_ties:
        return organisations
    names, world = organisations
    first, peers = read_network(values["network.file"], names, world.sizes)
    return Organisations(names, world._replace(first_peer=first, peers=peers))
