"""A policy or a shock: timed levers, as a file or Python gives them, checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from numbers import Integral
from typing import Annotated, Any, ClassVar, NamedTuple

from pydantic import (
    BeforeValidator,
    Field,
    PlainValidator,
    ValidationInfo,
    field_validator,
    model_validator,
)

from sim.policies.kinds import POLICY
from sim.policies.lever_table import LEVERS
from sim.tables.checks import NotAllowed
from sim.tables.errors import UserError
from sim.tables.factors import GROUP_NAMES
from sim.tables.file_models import FileModel, PartNotAllowed, checked_content, number
from sim.tables.messages import did_you_mean, printable, show

WHERE = "all, {share: 0.5}, {members: true} or {organisations: [1, 2]}"
LAST_MONTH = 1200
EXAMPLE = "{lever: training, strength: 0.1}"
NEEDED = f"needed is a list with at least one lever, such as [{EXAMPLE}]"
HIGHEST = max(lever.high for lever in LEVERS.values())
SEE = "see `python -m sim list levers`"

Month = Annotated[int, PlainValidator(number(1, LAST_MONTH, whole="month"))]


def _did_you_mean(name: Any, known: Iterable[str], otherwise: str = "") -> str:
    return (isinstance(name, str) and did_you_mean(name.lower(), known)) or otherwise


def _text(value: Any) -> str:
    if value is None:
        raise NotAllowed("is empty; allowed is a text, or leave it out")
    if not isinstance(value, str):
        raise NotAllowed("is not a text; write it in quotes")
    return printable(" ".join(value.split()))


def _true(value: Any) -> bool:
    if value is not True:
        raise NotAllowed("allowed is true; leave it out for all")
    return True


def _organisations(given: Any) -> tuple[str, ...]:
    allowed = "allowed is a list of names, or of numbers from 1, such as [1, 2]"
    names = [given] if isinstance(given, (str, Integral)) else given
    if not isinstance(names, (list, tuple)) or not names:
        raise NotAllowed(allowed)
    for name in names:
        if not isinstance(name, (str, Integral)) or isinstance(name, bool):
            raise PartNotAllowed(allowed, name)
    texts = tuple(str(name) for name in names)
    if len(set(texts)) < len(texts):
        raise NotAllowed("names an organisation twice; allowed is each once")
    return texts


class Where(FileModel):
    """Which organisations a lever reaches: `share` of them by a draw of each."""

    noun: ClassVar[str] = "place"
    share: Annotated[float, PlainValidator(number(0, 1))] = 1.0
    members: Annotated[bool, PlainValidator(_true)] = False
    organisations: Annotated[tuple[str, ...], PlainValidator(_organisations)] = ()

    @model_validator(mode="before")
    @classmethod
    def _all_or_some(cls, value: Any) -> Any:
        if isinstance(value, str) and value == "all":
            return {}
        if not isinstance(value, Mapping) or not value:
            raise NotAllowed(f"allowed is {WHERE}{_did_you_mean(value, ['all'])}")
        return value


class TimedLever(FileModel):
    """One lever of a policy; `first` and `last` are months, both included."""

    noun: ClassVar[str] = "key of a lever"
    needed: ClassVar[str] = f"needed are at least lever and strength, such as {EXAMPLE}"
    without: ClassVar[Mapping[str, str]] = {
        "lever": f"needed is the name of one; {SEE}",
        "strength": f"allowed is a number from 0 to {HIGHEST:g}",
    }
    lever: str = Field(description="its name in the table of levers; needed")
    strength: float = Field(
        description="how strong it is, in the unit of the table of levers; 0 changes nothing; needed"
    )
    first: Month = Field(
        1, alias="from", description="first month in which it is in force; 1 where it is left out"
    )
    last: Month = Field(
        LAST_MONTH,
        alias="to",
        description="last month in which it is in force; the end of the run where it is left out",
    )
    where: Where = Field(
        Where.model_construct(),  # all; no mapping of a file
        description="organisations that it reaches: `all`, or one or more of `{share: 0.5}` (drawn "
        "by luck), `{members: true}` and `{organisations: [1, 2]}` (numbers, or names where they "
        "have names; one alone needs no brackets), which must then all hold; all where it is left "
        "out",
    )
    groups: tuple[str, ...] = Field(
        (),
        description=f"HCPs that it reaches: a list of {', '.join(GROUP_NAMES)}, or one of them; all "
        "where it is left out",
    )
    cost: Annotated[float, PlainValidator(number(0, 1e12))] = Field(
        0.0,
        description="in the currency of `cost.currency`, per organisation reached and month in "
        "force, until the tool is withdrawn there; 0 where it is left out",
    )

    @field_validator("lever", mode="plain")
    @classmethod
    def _a_lever(cls, name: Any, info: ValidationInfo) -> str:
        kind = (info.context or {})["kind"]
        if isinstance(name, str) and name in LEVERS:
            other = LEVERS[name].kind
            if other != kind:
                raise NotAllowed(
                    f"is a lever of a {other}, not of a {kind}; write a file of {other}/ with it, or "
                    f"{SEE}"
                )
            return name
        known = [lever.name for lever in LEVERS.values() if lever.kind == kind]
        family = [k for k in known if k.startswith(f"{name}.")]
        if family:
            raise NotAllowed(f"needs a quality behind it; allowed are {', '.join(family)}")
        raise NotAllowed(f"unknown lever{_did_you_mean(name, known, f'; {SEE}')}")

    @field_validator("strength", mode="plain")
    @classmethod
    def _strong_enough(cls, value: Any, info: ValidationInfo) -> float:
        # also without a lever, so that all mistakes are told at once
        high = LEVERS[info.data["lever"]].high if "lever" in info.data else HIGHEST
        return float(number(0, high)(value))

    @field_validator("last")
    @classmethod
    def _not_before(cls, last: int, info: ValidationInfo) -> int:
        if last < info.data.get("first", 1):
            first = info.data["first"]
            raise NotAllowed(f"is before from={first}; allowed is that month or later")
        return last

    @field_validator("groups", mode="plain")
    @classmethod
    def _of_hcps(cls, given: Any, info: ValidationInfo) -> tuple[str, ...]:
        names = (given,) if isinstance(given, str) else given
        allowed = f"allowed is a list of {', '.join(GROUP_NAMES)}; leave groups out for all"
        if not isinstance(names, (list, tuple)) or not names:
            raise NotAllowed(allowed)
        for name in names:
            if name not in GROUP_NAMES:
                hint = _did_you_mean(name, GROUP_NAMES) if name != "all" else ""
                if isinstance(name, str) and "," in name:
                    hint = f"; a list is written [{name}]"
                raise PartNotAllowed(f"unknown group; {allowed}{hint}", name)
        if len(set(names)) < len(names):
            raise NotAllowed("names a group twice; allowed is each once")
        lever = info.data.get("lever")
        if lever is not None and not LEVERS[lever].by_group:
            able = ", ".join(x.name for x in LEVERS.values() if x.by_group)
            reason = f"{lever} can not be limited to groups of HCPs; allowed with {able}"
            raise PartNotAllowed(reason, ", ".join(names))
        return tuple(names)


def _a_list(given: Any) -> Any:
    if isinstance(given, Mapping) and "lever" in given:
        raise NotAllowed(f"write a dash (-) before lever; {NEEDED}")
    if not isinstance(given, (list, tuple)) or not given:
        raise NotAllowed(NEEDED)
    return given


class PolicyFile(FileModel):
    """A file of policy/ or shock/."""

    noun: ClassVar[str] = "key of a {kind}"
    needed: ClassVar[str] = f"needed is a mapping with levers, such as {{levers: [{EXAMPLE}]}}"
    without: ClassVar[Mapping[str, str]] = {"levers": NEEDED}
    title: Annotated[str, PlainValidator(_text)] = Field(
        "",
        description="its name in words, for lists and handouts; the file's name where it is left out",
    )
    description: Annotated[str, PlainValidator(_text)] = Field(
        "", description="a sentence or two, for handouts and for whoever reads the file"
    )
    levers: Annotated[tuple[TimedLever, ...], BeforeValidator(_a_list)] = Field(
        description="a list of levers, at least one, each with the keys below"
    )


class Policy(NamedTuple):
    """A named list of timed levers; `kind` is policy or shock."""

    name: str
    title: str
    description: str
    levers: tuple[TimedLever, ...]
    kind: str = POLICY


def content_of(policy: Policy) -> dict[str, Any]:
    """Return what a file of this policy holds, whole: what is left out is as everywhere."""
    levers = [
        lever.model_dump(mode="json", by_alias=True, exclude_defaults=True, warnings=False)
        for lever in policy.levers
    ]
    return {"title": policy.title, "description": policy.description, "levers": levers}


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return key -> both values, of what two contents of a policy's file do otherwise.

    Words about it do nothing.
    """
    return changes(*(dict(_parts(x.get("levers"), "levers")) for x in (old, new)))


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return key -> both values, where they differ; None stands where one of them has no such key."""
    keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    return {key: (old.get(key), new.get(key)) for key in keys}


def _parts(content: Any, key: str) -> Iterator[tuple[str, Any]]:
    """Yield (key, value) of nested content, such as levers[1].where.share."""
    if isinstance(content, Mapping):
        for name, part in content.items():
            yield from _parts(part, f"{key}.{name}")
    elif isinstance(content, (list, tuple)) and any(isinstance(x, Mapping) for x in content):
        for n, part in enumerate(content, 1):
            yield from _parts(part, f"{key}[{n}]")
    else:
        yield key, content


def policy_of(name: str, content: Any, kind: str) -> Policy:
    """Return the policy that a file of this content holds; raises UserError, a line per mistake."""
    where = f"{kind} {show(name)}"
    of_a_lever = TimedLever.keys()
    # `lever:` with a list beneath it is a mistyped `levers:`
    astray = [
        key
        for key, part in (content.items() if isinstance(content, Mapping) else ())
        if key in of_a_lever and not (key == "lever" and isinstance(part, list))
    ]
    if astray:
        raise UserError(
            f"{where}: {', '.join(astray)}: belong{'s' if len(astray) == 1 else ''} to a lever; "
            f"write it beneath levers, such as levers: [{EXAMPLE}]"
        )
    file = checked_content(where, PolicyFile, content, kind=kind)
    title = file.title or name.replace("_", " ").capitalize()
    return Policy(name, title, file.description, file.levers, kind)
