"""A policy or a shock: timed levers, checked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from sim.config.checks import NONE
from sim.errors import UserError
from sim.factors import GROUP_NAMES
from sim.parameters import nearest
from sim.policies.table import LEVERS, POLICY, SHOCK

KINDS = (POLICY, SHOCK)
KEYS = ("title", "description", "levers")
LEVER_KEYS = ("lever", "strength", "from", "to", "where", "groups", "cost")
WHERE = "all, {share: 0.5}, {members: true} or {organisations: [1, 2]}"
LAST_MONTH = 1200


class TimedLever(NamedTuple):
    """One lever of a policy.

    Attributes
    ----------
    lever : str
        A name of the lever table.
    strength : float
    first, last : int
        Months, both included.
    share : float
        Of organisations, by a draw of each.
    members_only : bool
    organisations : tuple of str
        Names or numbers (from 1); empty for all.
    groups : tuple of str
        Of HCPs; empty for all.
    cost : float
        Per organisation and month, in the currency of `cost.currency`.
    """

    lever: str
    strength: float
    first: int = 1
    last: int = LAST_MONTH
    share: float = 1.0
    members_only: bool = False
    organisations: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    cost: float = 0.0


class Policy(NamedTuple):
    """A named list of timed levers; `kind` is policy or shock."""

    name: str
    title: str
    description: str
    levers: tuple[TimedLever, ...]
    kind: str = "policy"


def names_in(value: Any) -> list[str]:
    """Return the names in a value such as `co_design+training`; none of them in `none`."""
    return [name for name in str(value).split("+") if name != NONE]


class _Checker:
    """Collects what is wrong with a policy, one line each."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.problems: list[str] = []

    def wrong(self, key: str, value: Any, reason: str) -> None:
        text = value if isinstance(value, str) else repr(value)
        self.problems.append(f"{self.where}: {key}={text[:80]}: {reason}")

    def unknown(self, key: str, known: tuple[str, ...], noun: str) -> None:
        near = nearest(str(key), list(known))
        hint = f"; did you mean {near}?" if near else f"; allowed are {', '.join(known)}"
        self.problems.append(f"{self.where}: {key}: unknown {noun}{hint}")

    def number(self, key: str, value: Any, low: float, high: float) -> float:
        good = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not (good and math.isfinite(value) and low <= value <= high):
            self.wrong(key, value, f"allowed is a number from {low:g} to {high:g}")
            return low
        return float(value)

    def month(self, key: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LAST_MONTH:
            self.wrong(key, value, f"allowed is a month from 1 to {LAST_MONTH}")
            return 1
        return value


def checked(name: str, content: Any, kind: str) -> Policy:
    """Return a policy from plain data, as a file or Python gives it.

    Parameters
    ----------
    name : str
    content : mapping
        `levers`, a list of mappings with `lever` and `strength`, and optionally `from`, `to`,
        `where`, `groups`, `cost`; `title` and `description`.
    kind : {"policy", "shock"}

    Raises
    ------
    UserError
        With all mistakes at once, one line each.
    """
    check = _Checker(f"{kind} {name}")
    if not isinstance(content, Mapping):
        raise UserError(f"{check.where}: is no mapping; needed is `levers:` with a list")
    for key in content:
        if key not in KEYS:
            check.unknown(str(key), KEYS, f"key of a {kind}")
    given = content.get("levers")
    if not isinstance(given, (list, tuple)) or not given:
        check.wrong("levers", given, "needed is a list with at least one lever")
        given = []
    levers = [_lever(check, n + 1, row, kind) for n, row in enumerate(given)]
    texts = {}
    for key in ("title", "description"):
        text = content.get(key, "")
        if not isinstance(text, str):
            check.wrong(key, text, "is not a text")
            text = ""
        texts[key] = " ".join(text.split())
    if check.problems:
        raise UserError(check.problems)
    title = texts["title"] or name.replace("_", " ").capitalize()
    return Policy(
        name, title, texts["description"], tuple(x for x in levers if x is not None), kind
    )


def _lever(check: _Checker, number: int, row: Any, kind: str) -> TimedLever | None:
    at = f"levers[{number}]"
    if not isinstance(row, Mapping):
        check.wrong(at, row, "is no mapping; needed are at least lever and strength")
        return None
    for key in row:
        if key not in LEVER_KEYS:
            check.unknown(f"{at}.{key}", tuple(f"{at}.{k}" for k in LEVER_KEYS), "key of a lever")
    name = row.get("lever")
    known = tuple(lever.name for lever in LEVERS.values() if lever.kind == kind)
    if name not in known:
        if isinstance(name, str) and name in LEVERS:
            check.wrong(
                f"{at}.lever", name, f"is a lever of a {LEVERS[name].kind}, not of a {kind}"
            )
        else:
            near = nearest(str(name), list(known))
            hint = f"did you mean {near}?" if near else f"allowed are {', '.join(known)}"
            check.wrong(f"{at}.lever", name, f"unknown lever; {hint}")
        return None
    lever = LEVERS[name]
    if "strength" not in row:
        check.wrong(f"{at}.strength", None, f"is missing; allowed is 0 to {lever.high:g}")
    strength = check.number(f"{at}.strength", row.get("strength", 0), 0.0, lever.high)
    first = check.month(f"{at}.from", row.get("from", 1))
    last = check.month(f"{at}.to", row.get("to", LAST_MONTH))
    if last < first:
        check.wrong(f"{at}.to", last, f"is before from={first}")
    share, members, organisations = _where(check, f"{at}.where", row.get("where", "all"))
    groups = row.get("groups", ())
    groups = (groups,) if isinstance(groups, str) else groups
    if not isinstance(groups, (list, tuple)) or any(g not in GROUP_NAMES for g in groups):
        check.wrong(f"{at}.groups", groups, f"allowed is a list of {', '.join(GROUP_NAMES)}")
        groups = ()
    if groups and not lever.by_group:
        check.wrong(f"{at}.groups", list(groups), f"{name} can not be limited to groups of HCPs")
    cost = check.number(f"{at}.cost", row.get("cost", 0), 0.0, 1e12)
    return TimedLever(
        name, strength, first, last, share, members, organisations, tuple(groups), cost
    )


def _where(check: _Checker, key: str, given: Any) -> tuple[float, bool, tuple[str, ...]]:
    if given == "all":
        return 1.0, False, ()
    if not isinstance(given, Mapping) or not given:
        check.wrong(key, given, f"allowed is {WHERE}")
        return 1.0, False, ()
    share, members = 1.0, False
    named: tuple[str, ...] = ()
    for name, value in given.items():
        if name == "share":
            share = check.number(f"{key}.share", value, 0.0, 1.0)
        elif name == "members":
            if value is not True:
                check.wrong(f"{key}.members", value, "allowed is true")
            members = True
        elif name == "organisations":
            good = isinstance(value, (list, tuple)) and value
            if not good or any(not isinstance(v, (str, int)) or isinstance(v, bool) for v in value):
                check.wrong(f"{key}.organisations", value, "allowed is a list of names or numbers")
                continue
            named = tuple(str(v) for v in value)
        else:
            check.unknown(f"{key}.{name}", ("share", "members", "organisations"), "place")
    return share, members, named
