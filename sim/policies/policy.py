"""A policy or a shock: timed levers, checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Integral
from typing import Any, NamedTuple

from sim.policies.keys import KEYS, LEVER_KEYS
from sim.policies.lever_table import LEVERS, POLICY, SHOCK
from sim.tables.checks import NONE, NotAllowed, check_value
from sim.tables.errors import UserError
from sim.tables.factors import GROUP_NAMES
from sim.tables.messages import show, unknown
from sim.tables.parameters import Parameter, nearest

KINDS = (POLICY, SHOCK)
WHERE = "all, {share: 0.5}, {members: true} or {organisations: [1, 2]}"
PLACES = ("share", "members", "organisations")
LAST_MONTH = 1200
EXAMPLE = "{lever: training, strength: 0.1}"


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
        self.astray: list[str] = []  # keys of a lever that stand beside the levers

    def wrong(self, key: str, value: Any, reason: str) -> None:
        self.problems.append(f"{self.where}: {key}={show(value)}: {reason}")

    def missing(self, key: str, needed: str) -> None:
        self.problems.append(f"{self.where}: {key}: is missing; {needed}")

    def unknown(self, prefix: str, key: Any, known: Iterable[str], noun: str) -> None:
        names = [prefix + name for name in known]
        self.problems.append(f"{self.where}: {unknown(prefix + show(key), names, noun)}")

    def number(self, key: str, value: Any, low: float, high: float) -> float:
        """Return a number, as a parameter of that range would be checked."""
        try:
            return float(check_value(Parameter(key, low, "", low, high, ""), value))  # type: ignore[arg-type]
        except NotAllowed as reason:
            self.wrong(key, value, f"{reason}; allowed is a number from {low:g} to {high:.15g}")
            return low

    def month(self, key: str, value: Any) -> int | None:
        try:
            row = Parameter(key, 1, "", 1, LAST_MONTH, "", kind="integer")
            return int(check_value(row, value))  # type: ignore[arg-type]
        except NotAllowed as reason:
            self.wrong(key, value, f"{reason}; allowed is a month from 1 to {LAST_MONTH}")
            return None

    def text(self, key: str, value: Any) -> str:
        if value is None:
            self.wrong(key, value, "is empty; allowed is a text, or leave it out")
        elif not isinstance(value, str):
            self.wrong(key, value, "is not a text; write it in quotes")
        return " ".join(value.split()) if isinstance(value, str) else ""


def checked(name: str, content: Any, kind: str) -> Policy:
    """Return a policy from plain data, as a file or Python gives it.

    Parameters
    ----------
    name : str
    content : mapping
        The keys of `KEYS`; `levers` is a list of mappings with the keys of `LEVER_KEYS`.
    kind : {"policy", "shock"}

    Raises
    ------
    UserError
        With all mistakes at once, one line each.
    """
    check = _Checker(f"{kind} {show(name)}")
    if not isinstance(content, Mapping):
        raise UserError(
            f"{check.where}={show(content)}: needed is a mapping with levers, such as "
            f"{{levers: [{EXAMPLE}]}}"
        )
    # `lever:` with a list beneath it is a mistyped `levers:`
    astray = check.astray = [
        k
        for k, v in content.items()
        if k in LEVER_KEYS and not (k == "lever" and isinstance(v, list))
    ]
    if astray:
        check.problems.append(
            f"{check.where}: {', '.join(astray)}: belong{'s' if len(astray) == 1 else ''} to a lever; "
            f"write it beneath levers, such as levers: [{EXAMPLE}]"
        )
    for key in content:
        if key not in KEYS and key not in astray:
            check.unknown("", key, KEYS, f"key of a {kind}")
    levers = _levers(check, content, kind) if "levers" in content or not check.problems else []
    texts = {key: check.text(key, content.get(key, "")) for key in ("title", "description")}
    if check.problems:
        raise UserError(check.problems)
    title = texts["title"] or name.replace("_", " ").capitalize()
    return Policy(name, title, texts["description"], tuple(levers), kind)


def _levers(check: _Checker, content: Mapping[Any, Any], kind: str) -> list[TimedLever]:
    needed = f"needed is a list with at least one lever, such as [{EXAMPLE}]"
    given = content.get("levers")
    if "levers" not in content:
        check.missing("levers", needed)
    elif isinstance(given, Mapping) and "lever" in given:
        check.wrong("levers", given, f"write a dash (-) before lever; {needed}")
    elif not isinstance(given, (list, tuple)) or not given:
        check.wrong("levers", given, needed)
    else:
        rows = [_lever(check, f"levers[{n + 1}]", row, kind) for n, row in enumerate(given)]
        return [row for row in rows if row is not None]
    return []


def _lever(check: _Checker, at: str, row: Any, kind: str) -> TimedLever | None:
    if not isinstance(row, Mapping):
        check.wrong(at, row, f"needed are at least lever and strength, such as {EXAMPLE}")
        return None
    for key in row:
        if key not in LEVER_KEYS:
            check.unknown(f"{at}.", key, LEVER_KEYS, "key of a lever")
    name = _name_of_lever(check, f"{at}.lever", row, kind)
    # what can be checked without the lever is checked, so that all mistakes are told at once
    high = max(x.high for x in LEVERS.values()) if name is None else LEVERS[name].high
    strength = 0.0
    if "strength" in row:
        strength = check.number(f"{at}.strength", row["strength"], 0.0, high)
    elif "strength" not in check.astray and not any(
        nearest(str(key), ["strength"]) for key in row if key not in LEVER_KEYS
    ):
        check.missing(f"{at}.strength", f"allowed is a number from 0 to {high:g}")
    first = check.month(f"{at}.from", row.get("from", 1))
    last = check.month(f"{at}.to", row.get("to", LAST_MONTH))
    if first is not None and last is not None and last < first:
        check.wrong(f"{at}.to", last, f"is before from={first}; allowed is that month or later")
    share, members, organisations = _where(check, f"{at}.where", row.get("where", "all"))
    groups = _groups(check, f"{at}.groups", row["groups"]) if "groups" in row else ()
    if groups and name is not None and not LEVERS[name].by_group:
        allowed = ", ".join(x.name for x in LEVERS.values() if x.by_group)
        check.wrong(
            f"{at}.groups", ", ".join(groups),
            f"{name} can not be limited to groups of HCPs; allowed with {allowed}",
        )  # fmt: skip
    cost = check.number(f"{at}.cost", row.get("cost", 0), 0.0, 1e12)
    if name is None:
        return None
    return TimedLever(
        name, strength, first or 1, last or LAST_MONTH, share, members, organisations, groups, cost
    )


def _name_of_lever(check: _Checker, key: str, row: Mapping[Any, Any], kind: str) -> str | None:
    name = row.get("lever")
    known = [lever.name for lever in LEVERS.values() if lever.kind == kind]
    see = "see `python -m sim list levers`"
    if name is None:
        if not any(nearest(str(k), ["lever"]) for k in row if k not in LEVER_KEYS):
            check.missing(key, f"needed is the name of one; {see}")
        return None
    if isinstance(name, str) and name in LEVERS:
        other = LEVERS[name].kind
        if other == kind:
            return name
        check.wrong(key, name, f"is a lever of a {other}, not of a {kind}; "
                    f"write a file of {other}/ with it, or {see}")  # fmt: skip
        return None
    family = [k for k in known if k.startswith(f"{name}.")]
    if family:
        check.wrong(key, name, f"needs a quality behind it; allowed are {', '.join(family)}")
        return None
    near = nearest(name.lower(), known) if isinstance(name, str) else None
    check.wrong(key, name, f"unknown lever; {f'did you mean {near}?' if near else see}")
    return None


def _groups(check: _Checker, key: str, given: Any) -> tuple[str, ...]:
    names = (given,) if isinstance(given, str) else given
    allowed = f"allowed is a list of {', '.join(GROUP_NAMES)}; leave groups out for all"
    if not isinstance(names, (list, tuple)) or not names:
        check.wrong(key, given, allowed)
        return ()
    for name in names:
        if name not in GROUP_NAMES:
            near = nearest(name.lower(), GROUP_NAMES) if isinstance(name, str) else None
            hint = f"; did you mean {near}?" if near and name != "all" else ""
            if isinstance(name, str) and "," in name:
                hint = f"; a list is written [{name}]"
            check.wrong(key, name, f"unknown group; {allowed}{hint}")
            return ()
    if len(set(names)) < len(names):
        check.wrong(key, given, "names a group twice; allowed is each once")
    return tuple(names)


def _where(check: _Checker, key: str, given: Any) -> tuple[float, bool, tuple[str, ...]]:
    share, members = 1.0, False
    named: tuple[str, ...] = ()
    if isinstance(given, str) and given == "all":
        return share, members, named
    if not isinstance(given, Mapping) or not given:
        near = nearest(given.lower(), ["all"]) if isinstance(given, str) else None
        check.wrong(key, given, f"allowed is {WHERE}{f'; did you mean {near}?' if near else ''}")
        return share, members, named
    for name, value in given.items():
        if name == "share":
            share = check.number(f"{key}.share", value, 0.0, 1.0)
        elif name == "members":
            if value is not True:
                check.wrong(f"{key}.members", value, "allowed is true; leave it out for all")
            members = True
        elif name == "organisations":
            named = _organisations(check, f"{key}.organisations", value)
        else:
            check.unknown(f"{key}.", name, PLACES, "place")
    return share, members, named


def _organisations(check: _Checker, key: str, given: Any) -> tuple[str, ...]:
    allowed = "allowed is a list of names, or of numbers from 1, such as [1, 2]"
    names = [given] if isinstance(given, (str, Integral)) else given
    if not isinstance(names, (list, tuple)) or not names:
        check.wrong(key, given, allowed)
        return ()
    for name in names:
        if not isinstance(name, (str, Integral)) or isinstance(name, bool):
            check.wrong(key, name, allowed)
            return ()
    texts = tuple(str(name) for name in names)
    if len(set(texts)) < len(texts):
        check.wrong(key, given, "names an organisation twice; allowed is each once")
    return texts
