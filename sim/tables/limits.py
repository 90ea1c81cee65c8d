"""Values that limit each other: the checks that look at several of them together."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from typing import Any

from sim.tables.factors import GROUP_NAMES, QUALITY_NAMES
from sim.tables.messages import show
from sim.tables.parameters import SUM_TOLERANCE, defaults
from sim.tables.settings import ASSUMPTIONS, POSTERIOR, WITH_ADDRESS, WORLDS

Values = Mapping[str, Any]
Limit = Callable[[Values], Iterator[str]]


def _sum_to_one(values: Values, paths: list[str], what: str) -> Iterator[str]:
    total = 0.0
    for path in paths:
        total += values[path]
    if abs(total - 1.0) > SUM_TOLERANCE:
        given = ", ".join(f"{p}={values[p]:.6g}" for p in paths)
        yield f"{given}: {what} sum to {total:.6g}; allowed is a sum of 1"


def _at_most(values: Values, others: Mapping[str, str], what: str) -> Iterator[str]:
    for path, highest in others.items():
        if values[path] > values[highest]:
            yield (
                f"{path}={values[path]:.6g}: is above {what}; "
                f"allowed is at most {highest}={values[highest]:.6g}"
            )


def _reliability(values: Values) -> Iterator[str]:
    base, gain = (values[path] for path in RELIABILITY)
    if base + gain > 1.0 + SUM_TOLERANCE:
        yield (
            f"trust.reliability_base={base:.6g}, trust.reliability_gain={gain:.6g}: "
            f"together {base + gain:.6g}; allowed is a sum of at most 1"
        )


def _network_file(values: Values) -> Iterator[str]:
    kind, file = values["network.kind"], values["network.file"]
    if kind == "file" and file is None:
        yield "network.kind=file: needs a file of ties; set network.file=PATH as well"
    elif kind != "file" and file is not None:
        yield (
            f"network.file={file}: is not used by network.kind={kind}; "
            "set network.kind=file as well, or network.file=null"
        )


def _initial_adopters(values: Values) -> Iterator[str]:
    share, at_start = values["population.initial_adopters"], values["deployment.at_start"]
    if share > 0 and at_start == 0 and values["population.file"] is None:
        yield (
            f"population.initial_adopters={share:.6g}: nobody can adopt where no tool runs; "
            "set deployment.at_start above 0 as well, or give a population.file"
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


SHARES = [f"population.{g}.share" for g in GROUP_NAMES]
PRIORITIES = [f"population.priority.{q}" for q in QUALITY_NAMES]
OF_EXPERTS = {f"population.expert_priority.{q}": f"population.priority.{q}" for q in QUALITY_NAMES}
RELIABILITY = ("trust.reliability_base", "trust.reliability_gain")
READINESS = {"population.readiness_low": "population.readiness_high"}
LIMITS: tuple[Limit, ...] = (
    partial(_sum_to_one, paths=SHARES, what="the shares of the HCP groups"),
    partial(_sum_to_one, paths=PRIORITIES, what="the priorities of HCPs"),
    partial(_at_most, others=OF_EXPERTS, what="what HCPs give it"),
    partial(_at_most, others=READINESS, what="the highest readiness"),
    _reliability, _network_file, _initial_adopters, _development,
)  # fmt: skip
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
