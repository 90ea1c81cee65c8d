"""Values that limit each other: the checks that look at several of them together."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

from sim.tables.factors import GROUP_NAMES, QUALITY_NAMES
from sim.tables.messages import show
from sim.tables.parameters import SUM_TOLERANCE, defaults
from sim.tables.settings import ASSUMPTIONS, POSTERIOR, WITH_ADDRESS, WORLDS

Values = Mapping[str, Any]
Limit = Callable[[Values], Iterator[str]]


@dataclass(frozen=True)
class Sum:
    """Values that sum to 1, or to no more."""

    paths: tuple[str, ...]
    what: str
    allowed: str = "a sum of 1"
    less: bool = False  # whether less is allowed

    def __call__(self, values: Values) -> Iterator[str]:
        """Yield the mistake, if any."""
        total = 0.0
        for path in self.paths:
            total += values[path]
        if total > 1.0 + SUM_TOLERANCE or (total < 1.0 - SUM_TOLERANCE and not self.less):
            given = ", ".join(f"{p}={values[p]:.6g}" for p in self.paths)
            yield f"{given}: {self.what} {total:.6g}; allowed is {self.allowed}"


@dataclass(frozen=True)
class Most:
    """A value that may not be above another."""

    path: str
    highest: str
    what: str

    def __call__(self, values: Values) -> Iterator[str]:
        """Yield the mistake, if any."""
        given, most = values[self.path], values[self.highest]
        if given > most:
            allowed = f"allowed is at most {self.highest}={most:.6g}"
            yield f"{self.path}={given:.6g}: is above {self.what}; {allowed}"


@dataclass(frozen=True)
class Needs:
    """A value that is above 0 only where another is, or where there is a file."""

    path: str
    needed: str
    file: str
    what: str

    def __call__(self, values: Values) -> Iterator[str]:
        """Yield the mistake, if any."""
        given, needed = values[self.path], values[self.needed]
        if given > 0 and needed == 0 and values[self.file] is None:
            yield f"{self.path}={given:.6g}: {self.what}"


# The page's scripts read these tables as well, and say the same
SUMS = (
    Sum(tuple(f"population.{g}.share" for g in GROUP_NAMES), "the shares of the HCP groups sum to"),
    Sum(tuple(f"population.priority.{q}" for q in QUALITY_NAMES), "the priorities of HCPs sum to"),
    Sum(("trust.reliability_base", "trust.reliability_gain"), "together", "a sum of at most 1", True),
)  # fmt: skip
MOST = (
    *(
        Most(f"population.expert_priority.{q}", f"population.priority.{q}", "what HCPs give it")
        for q in QUALITY_NAMES
    ),
    Most("population.readiness_low", "population.readiness_high", "the highest readiness"),
)
BEGINNERS = Needs(
    "population.initial_adopters", "deployment.at_start", "population.file",
    "nobody can adopt where no tool runs; set deployment.at_start above 0 as well, or give a "
    "population.file",
)  # fmt: skip


def _network_file(values: Values) -> Iterator[str]:
    kind, file = values["network.kind"], values["network.file"]
    if kind == "file" and file is None:
        yield "network.kind=file: needs a file of ties; set network.file=PATH as well"
    elif kind != "file" and file is not None:
        yield (
            f"network.file={file}: is not used by network.kind={kind}; "
            "set network.kind=file as well, or network.file=null"
        )


def _development(values: Values) -> Iterator[str]:
    rate, spread = values["development.rate"], values["population.resources_spread"]
    effort = rate * math.exp(4.0 * spread)  # organisations with resources beyond 4 sigma: none
    totals = {}
    for quality in QUALITY_NAMES:
        alignment = values[f"alignment.{quality}"]
        attention = (1.0 - alignment) * values[f"population.expert_priority.{quality}"]
        attention += alignment * values[f"population.priority.{quality}"]
        totals[quality] = effort * attention + values[f"development.erosion.{quality}"]
    wrong = [quality for quality, total in totals.items() if total > 1.0]
    if wrong:
        worst = max(wrong, key=totals.__getitem__)
        others = f" (and {len(wrong) - 1} other qualities)" if len(wrong) > 1 else ""
        erosion = f"development.erosion.{worst}"
        yield (
            f"development.rate={rate:.6g} with population.resources_spread={spread:.6g}, "
            f"alignment.{worst}={values[f'alignment.{worst}']:.6g} and "
            f"{erosion}={values[erosion]:.6g}: work on and erosion of {worst}{others} "
            f"sum to {totals[worst]:.4g} a month; allowed is at most 1: lower development.rate, "
            f"population.resources_spread or {erosion}"
        )


def _address(settings: Values) -> Iterator[str]:
    address, executor = settings["address"], settings["executor"]
    if address is not None and executor not in WITH_ADDRESS:
        yield (
            f"address={show(address)}: is not used by executor={executor}; "
            f"allowed with executor={' or '.join(WITH_ADDRESS)}, or write address=null"
        )


def _worlds(settings: Values) -> Iterator[str]:
    worlds, folder, kind = (settings[key] for key in ("worlds", "posterior", "uncertainty"))
    if worlds is not None and kind == "none" and folder is None:
        yield (
            f"worlds={worlds}: is not used by uncertainty=none; allowed with "
            f"uncertainty={' or '.join(WORLDS)}"
        )
    if folder is not None and kind == ASSUMPTIONS:
        yield (
            f"posterior={show(folder)}: is not used by uncertainty={kind}; allowed with "
            f"uncertainty={POSTERIOR}"
        )


LIMITS: tuple[Limit, ...] = (*SUMS, *MOST, _network_file, BEGINNERS, _development)
SETTING_LIMITS: tuple[Limit, ...] = (_address, _worlds)


def check_together(values: Values, limits: Sequence[Limit] = LIMITS) -> list[str]:
    """Return one line per mistake in values that limit each other.

    A limit whose values are missing (because they are wrong already, and reported) is left out.
    """
    lines: list[str] = []
    for limit in limits:
        with suppress(KeyError):
            lines.extend(limit(values))
    return lines


@cache
def limited_paths() -> frozenset[str]:
    """Return the parameters that `LIMITS` look at: found by watching what they read."""
    seen: set[str] = set()

    class Watched(dict[str, Any]):
        def __getitem__(self, key: str) -> Any:
            seen.add(key)
            return super().__getitem__(key)

    # somebody has adopted, so that no limit ends before it has read everything
    check_together(Watched(defaults() | {"population.initial_adopters": 0.5}))
    return frozenset(seen)
