"""Values that limit each other: the checks that look at several of them together."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sim.tables.factors import GROUP_NAMES, QUALITY_NAMES
from sim.tables.messages import show
from sim.tables.parameters import SUM_TOLERANCE, defaults
from sim.tables.settings import SETTINGS, WITH_ADDRESS

Values = Mapping[str, Any]
Limit = Callable[[Values], list[str]]


def _sum_to_one(values: Values, paths: list[str], what: str) -> list[str]:
    total = 0.0
    for path in paths:
        total += values[path]
    if abs(total - 1.0) <= SUM_TOLERANCE:
        return []
    given = ", ".join(f"{p}={values[p]:.6g}" for p in paths)
    return [f"{given}: {what} sum to {total:.6g}; allowed is a sum of 1"]


def _group_shares(values: Values) -> list[str]:
    paths = [f"population.{g}.share" for g in GROUP_NAMES]
    return _sum_to_one(values, paths, "the shares of the HCP groups")


def _hcp_priorities(values: Values) -> list[str]:
    paths = [f"population.priority.{q}" for q in QUALITY_NAMES]
    return _sum_to_one(values, paths, "the priorities of HCPs")


def _expert_priorities(values: Values) -> list[str]:
    lines = []
    for quality in QUALITY_NAMES:
        mine, theirs = f"population.expert_priority.{quality}", f"population.priority.{quality}"
        if values[mine] > values[theirs]:
            lines.append(
                f"{mine}={values[mine]:.6g}: is above what HCPs give it; "
                f"allowed is at most {theirs}={values[theirs]:.6g}"
            )
    return lines


def _readiness(values: Values) -> list[str]:
    low, high = values["population.readiness_low"], values["population.readiness_high"]
    if low <= high:
        return []
    line = (
        f"population.readiness_low={low:.6g}: is above the highest readiness; "
        f"allowed is at most population.readiness_high={high:.6g}"
    )
    return [line]


def _reliability(values: Values) -> list[str]:
    base, gain = values["trust.reliability_base"], values["trust.reliability_gain"]
    if base + gain <= 1.0 + SUM_TOLERANCE:
        return []
    line = (
        f"trust.reliability_base={base:.6g}, trust.reliability_gain={gain:.6g}: "
        f"together {base + gain:.6g}; allowed is a sum of at most 1"
    )
    return [line]


def _network_file(values: Values) -> list[str]:
    kind, file = values["network.kind"], values["network.file"]
    if kind == "file" and file is None:
        return ["network.kind=file: needs a file of ties; set network.file=PATH as well"]
    if kind != "file" and file is not None:
        line = (
            f"network.file={file}: is not used by network.kind={kind}; "
            "set network.kind=file as well, or network.file=null"
        )
        return [line]
    return []


def _initial_adopters(values: Values) -> list[str]:
    share = values["population.initial_adopters"]
    if share == 0 or values["deployment.at_start"] > 0 or values["population.file"] is not None:
        return []
    line = (
        f"population.initial_adopters={share:.6g}: nobody can adopt where no tool runs; "
        "set deployment.at_start above 0 as well, or give a population.file"
    )
    return [line]


def _development(values: Values) -> list[str]:
    rate, spread = values["development.rate"], values["population.resources_spread"]
    effort = rate * math.exp(4.0 * spread)  # organisations with resources beyond 4 sigma: none
    totals = {}
    for quality in QUALITY_NAMES:
        alignment = values[f"alignment.{quality}"]
        attention = (1.0 - alignment) * values[f"population.expert_priority.{quality}"]
        attention += alignment * values[f"population.priority.{quality}"]
        totals[quality] = effort * attention + values[f"development.erosion.{quality}"]
    wrong = [quality for quality, total in totals.items() if total > 1.0]
    if not wrong:
        return []
    worst = max(wrong, key=totals.__getitem__)
    others = f" (and {len(wrong) - 1} other qualities)" if len(wrong) > 1 else ""
    erosion = f"development.erosion.{worst}"
    return [
        f"development.rate={rate:.6g} with population.resources_spread={spread:.6g}, "
        f"alignment.{worst}={values[f'alignment.{worst}']:.6g} and "
        f"{erosion}={values[erosion]:.6g}: work on and erosion of {worst}{others} "
        f"sum to {totals[worst]:.4g} a month; allowed is at most 1: lower development.rate, "
        f"population.resources_spread or {erosion}"
    ]


def _address(settings: Values) -> list[str]:
    if settings["address"] is None or settings["executor"] in WITH_ADDRESS:
        return []
    line = (
        f"address={show(settings['address'])}: is not used by executor={settings['executor']}; "
        f"allowed with executor={' or '.join(WITH_ADDRESS)}, or write address=null"
    )
    return [line]


def _worlds(settings: Values) -> list[str]:
    if settings["uncertainty"] != "none" or settings["worlds"] == SETTINGS["worlds"].default:
        return []
    line = (
        f"worlds={settings['worlds']}: is not used by uncertainty=none; allowed with "
        "uncertainty=assumptions"
    )
    return [line]


LIMITS: tuple[Limit, ...] = (
    _group_shares,
    _hcp_priorities,
    _expert_priorities,
    _readiness,
    _reliability,
    _network_file,
    _initial_adopters,
    _development,
)
SETTING_LIMITS: tuple[Limit, ...] = (_address, _worlds)


def check_together(values: Values, limits: Sequence[Limit] = LIMITS) -> list[str]:
    """Return one line per mistake in values that limit each other.

    A limit whose values are missing (because they are wrong already, and reported) is left out.
    """
    lines: list[str] = []
    for limit in limits:
        try:
            lines += limit(values)
        except KeyError:
            continue
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
