"""Read the command line: `key=value`, choices of a group, sweeps, flags."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sim.design.axes import LARGEST_AXIS
from sim.design.folders import GROUP_NAMES, NAME, available, shipped_folder
from sim.tables.checks import NotAllowed, check_value
from sim.tables.errors import UserError, all_at_once, collected
from sim.tables.messages import DECIMAL_COMMA, one_line, show, unknown
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import OPTIONS, STUDIES, TEXT_KEYS

# What may stand first, and the function that answers it: imported only when asked for, since help,
# lists and mistakes must answer at once. Each returns an exit code, or a text to be printed.
COMMANDS = {
    "list": "sim.cli.listing:listing",
    "resume": "sim.cli.resume:resume",
    "merge": "sim.cli.merge:merge",
    "story": "sim.cli.story:story",
    "diff": "sim.studies.diff:diff",
    "handouts": "sim.cli.handouts:handouts",
    "validate": "sim.cli.one_world:validate",
    "data": "sim.cli.one_world:data",
    "rate": "sim.cli.one_world:rate",
    "page": "sim.cli.page:page",
    "hindcast": "sim.cli.one_world:hindcast",
}
MULTIRUN = ("--multirun", "-m")
CONFIG_DIR = ("--config-dir", "-cd")
# Of these, the first that stands anywhere
FLAGS = {
    ("--help", "-h", "help"): "sim.cli.help_text:help_text",
    ("--version", "-V"): "sim.cli.help_text:version_text",
    MULTIRUN: "sim.cli.multirun:multirun",
}
LONG_FLAGS = (CONFIG_DIR[0], *(flags[0] for flags in FLAGS))


@dataclass
class Arguments:
    """The command line, taken apart but not yet checked against the tables."""

    choices: dict[str, str] = field(default_factory=dict)  # group -> name
    values: dict[str, Any] = field(default_factory=dict)  # key -> value, list or mapping
    notes: list[str] = field(default_factory=list)
    config_dir: str | None = None
    # key -> a line for the user, where one number with a decimal comma may have been meant
    commas: dict[str, str] = field(default_factory=dict)


_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?")
# Taken as typed, paths and words: not by Hydra's grammar
_TABLES = {**PARAMETERS, **OPTIONS}
_TEXT = {"out", *TEXT_KEYS, *(p.path for p in _TABLES.values() if p.kind == "file")}


def _as_typed(key: str, text: str) -> str | None:
    if key in TEXT_KEYS:
        try:  # Python keeps bytes that its locale can not read, as of a file's name
            text = text.encode("utf-8", "surrogateescape").decode("utf-8")
        except UnicodeError:
            told = f"{key}={show(text)}: can not be read; allowed is text in UTF-8"
            raise UserError(told) from None
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return None if text == "null" else text


def _swept(key: str, override: Any, notes: list[str]) -> list[Any]:
    from hydra.core.override_parser.types import ChoiceSweep, RangeSweep

    sweep = override._value
    plain = not getattr(sweep, "shuffle", False)
    if isinstance(sweep, ChoiceSweep) and plain:
        return [override._convert_value(item) for item in sweep.list]
    if isinstance(sweep, RangeSweep) and plain and sweep.stop is not None and sweep.step != 0:
        values = list(islice(sweep.range(), LARGEST_AXIS + 1))
        if not values:
            raise UserError(f"{key}: the range is empty; write for example {key}=range(0,1,0.1)")
        notes.append(
            f"{key}=range(...) leaves out its end, as in Python; "
            "{from:0,to:1,steps:11} includes it"
        )
        return values
    raise UserError(
        f"{key}: this kind of sweep is not understood; "
        f"write {key}=[0.1,0.2], {key}={{from:0,to:1,steps:11}} or {key}=range(0,1,0.1)"
    )


def _value(key: str, text: str, notes: list[str]) -> Any:
    """Return the value of one argument, by Hydra's own grammar."""
    if key in _TEXT and not text.startswith(("[", "{")):
        return _as_typed(key, text)
    # The commonest values mean the same without the grammar, whose import takes a while.
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    try:
        # The key is checked by our tables; Hydra's grammar reads the value alone.
        override = OverridesParser.create().parse_override(f"key={text}")
        if override.is_sweep_override():
            return _swept(key, override, notes)
        return override.value()
    except HydraException:
        if key in PARAMETERS and PARAMETERS[key].kind == "names":  # says what is wrong with which
            return text.strip("[]").split(",") if "," in text else text
        raise UserError(
            f"{show(key)}={show(text)}: the value can not be read; write a number, a word, "
            "[a,b] or {from:0,to:1,steps:11}, and quote it for the shell: "
            f"'{show(key)}=[0.1,0.2]'"
        ) from None


def _comma(key: str, text: str) -> str | None:
    """Return a line for the user where one number with a decimal comma may have been meant."""
    row = PARAMETERS.get(key)
    if row is None or row.kind not in ("float", "optional") or not DECIMAL_COMMA.fullmatch(text):
        return None
    meant = text.replace(",", ".")
    try:
        check_value(row, float(meant))
    except NotAllowed:  # so nobody meant it
        return None
    return (
        f"{key}={text}: two values, since a comma separates those of a sweep; one number with "
        f"decimals is written with a point: {key}={meant}"
    )


def _key_value(argument: str, arguments: Arguments) -> None:
    key, equals, text = argument.partition("=")
    key = key.strip().lstrip("+")
    if not equals and key in available("experiment", [shipped_folder()]):
        raise UserError(f"{show(argument)}: did you mean +experiment={key}?")
    if not equals or not key:
        raise UserError(f"{show(argument)}: not understood; write key=value, "
                        "or see `python -m sim --help`")  # fmt: skip
    if (option := key.removeprefix("options.")) in OPTIONS:
        key = option
    if key in GROUP_NAMES:
        if text.startswith(("[", "{")) or "," in text:
            raise UserError(f"{show(argument)}: {key} takes the name of one file; "
                            f"see `python -m sim list {key}s`")  # fmt: skip
        given, value = arguments.choices, text
    else:
        given, value = arguments.values, _value(key, text, arguments.notes)
    arguments.commas.pop(key, None)
    if comma := _comma(key, text):
        arguments.commas[key] = comma
    if given.pop(key, value) != value:
        arguments.notes.append(f"{one_line(key)} is given twice; the last counts: {show(value)}")
    given[key] = value


def take_config_dir(arguments: Sequence[str]) -> tuple[list[str], str | None]:
    """Return the arguments without `--config-dir FOLDER`, and that folder."""
    others: list[str] = []
    folder = None
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name not in CONFIG_DIR:
            others.append(argument)
            continue
        if folder is not None:
            raise UserError(f"{name}: is given twice; allowed is one folder, with all your files")
        if equals:
            folder = value
        elif (folder := next(rest, None)) is None:
            raise UserError(f"{name}: needs a folder after it")
    return others, folder


def parse(argv: Sequence[str]) -> Arguments:
    """Take the command line apart; raises UserError, one line per mistake."""
    rest, folder = take_config_dir(argv)
    first = rest[0] if rest and NAME.fullmatch(rest[0]) else ""
    if first in COMMANDS:  # after a flag: else it had been called
        raise UserError(f"{first}: stands before all else: python -m sim {first} ...")
    if first in STUDIES:
        raise UserError(f"{first}: did you mean study={first}?")
    if first and first not in available("experiment", [shipped_folder()]):  # the rest is for it
        raise UserError(
            f"{unknown(first, COMMANDS, 'command')}; for a parameter write key=value, "
            "see `python -m sim --help`"
        )
    arguments = Arguments(config_dir=folder)
    with all_at_once() as problems:
        for argument in rest:
            with collected(problems):
                if argument.startswith("-"):
                    raise UserError(unknown(argument, LONG_FLAGS, "flag", "`python -m sim --help`"))
                _key_value(argument, arguments)
    return arguments
