"""From what a user gave, flat or nested, to one checked value for every parameter.

No files and no Hydra here: the model layer and the Python interface use it as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, partial
from numbers import Real
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationError, create_model

from sim.tables.checks import Value, check_together, check_value
from sim.tables.errors import UserError
from sim.tables.messages import problem, show, unknown
from sim.tables.parameters import PARAMETERS, Parameter, defaults, nested
from sim.tables.settings import SETTINGS, WITH_ADDRESS

# What a setting that is none may have been meant for, beside a parameter
IN_PYTHON = {"policy": "; several policies are compared by compare(['none', 'training'])"}
LIST_PARAMETERS = "`python -m sim list parameters`"


def groups(table: Mapping[str, Parameter]) -> frozenset[str]:
    """Return every dotted prefix of the table's paths, such as `population.physician`."""
    found: set[str] = set()
    for path in table:
        parts = path.split(".")
        found.update(".".join(parts[:i]) for i in range(1, len(parts)))
    return frozenset(found)


GROUPS = groups(PARAMETERS)


def flatten(tree: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (dotted path, value) of flat names and nested dicts, also mixed.

    A dict is entered only where the table has a group, so that a dict in the place of a number
    stays whole and is reported as such.
    """
    for key, value in tree.items():
        path = f"{prefix}{key if isinstance(key, str) else show(key)}"
        if isinstance(value, Mapping) and path in GROUPS:
            yield from flatten(value, path + ".")
        else:
            yield path, value


def once_each(*given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return dotted path -> value of flat names and nested dicts, and one line per contradiction.

    A parameter may be given in both forms, or in two places, if its value is the same.
    """
    values: dict[str, Any] = {}
    problems: list[str] = []
    for path, value in (pair for tree in given for pair in flatten(tree)):
        if path in values and not _same(values[path], value):
            problems.append(
                f"{path}={show(value)}: is also given as {show(values[path])}; allowed is one value"
            )
        values.setdefault(path, value)
    return values, problems


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Real) and isinstance(other, Real):
        return one == other
    return repr(one) == repr(other)  # an array has no single answer to ==


def _model(tree: Mapping[str, Any], name: str) -> type[BaseModel]:
    fields: dict[str, Any] = {}
    for key, node in tree.items():
        if isinstance(node, Parameter):
            validator = PlainValidator(partial(check_value, node))
            fields[key] = (Annotated[Any, validator], node.default)
        else:
            # What is not given keeps the table's default, which needs no check at every call.
            fields[key] = (_model(node, f"{name}_{key}"), None)
    return create_model(name, __config__=ConfigDict(extra="forbid"), **fields)


@cache
def schema() -> type[BaseModel]:
    """Return the pydantic model of all parameters, nested, built from the table."""
    return _model(nested(dict(PARAMETERS)), "Parameters")


@cache
def _settings_schema() -> type[BaseModel]:
    return _model(SETTINGS, "Settings")


def _place(tree: dict[str, Any], path: str, value: Any) -> None:
    """Put a value into the tree; an unknown path goes beneath its last known group."""
    node, parts, depth = tree, path.split("."), 0
    while depth < len(parts) - 1 and ".".join(parts[: depth + 1]) in GROUPS:
        node = node.setdefault(parts[depth], {})
        depth += 1
    node[".".join(parts[depth:])] = value


def _line(path: str, value: Any, error: Mapping[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        return unknown(path, PARAMETERS, "parameter", LIST_PARAMETERS, show(value))
    reason = str(error.get("ctx", {}).get("error", error["msg"]))
    return problem(PARAMETERS[path], value, reason)


def checked(overrides: Mapping[str, Any]) -> tuple[dict[str, Value], list[str]]:
    """Check every value by itself.

    Parameters
    ----------
    overrides : mapping
        Flat dotted names, nested dicts, or both.

    Returns
    -------
    values : dict of path to value
        All parameters whose value is good, in the order of the table.
    problems : list of str
        One line per mistake.
    """
    if not isinstance(overrides, Mapping):
        raise UserError(f"parameters={show(overrides)}: needed are names with their values")
    given, problems = once_each(overrides)
    for path in [path for path in given if path in GROUPS]:
        inside = next(p for p in PARAMETERS if p.startswith(path + "."))
        problems.append(
            f"{path}={show(given.pop(path))}: is a group of parameters, not a number; "
            f"set its parameters, such as {inside}"
        )
    tree: dict[str, Any] = {}
    for path, value in given.items():
        _place(tree, path, value)
    wrong: set[str] = set()
    try:
        schema().model_validate(tree)
    except ValidationError as failure:
        for error in failure.errors(include_url=False):
            path = ".".join(str(part) for part in error["loc"])
            wrong.add(path)
            problems.append(_line(path, given[path], error))
    values: dict[str, Value] = defaults()
    for path, value in given.items():
        if path in wrong:
            values.pop(path, None)
        else:
            values[path] = check_value(PARAMETERS[path], value)
    return values, problems


def resolve(overrides: Mapping[str, Any] | None = None) -> dict[str, Value]:
    """Return every parameter with its checked value.

    Parameters
    ----------
    overrides : mapping, optional
        What differs from the defaults: flat dotted names (`{"alignment.usability": 0.5}`),
        nested dicts (`{"alignment": {"usability": 0.5}}`), or both.

    Returns
    -------
    dict of str to float, int, str or None
        One entry per row of the parameter table, in its order; int for kind integer, float for
        numbers, text for names and files, None for null.

    Raises
    ------
    UserError
        With all mistakes at once, one line each.
    """
    values, problems = checked(overrides or {})
    problems += check_together(values)
    if problems:
        raise UserError(problems)
    return values


def resolve_both(
    settings: Mapping[str, Any], overrides: Mapping[str, Any]
) -> tuple[dict[str, Value], dict[str, Value]]:
    """Return every setting and every parameter; the mistakes in both are told at once."""
    found, problems = [], []
    for function, given in ((resolve_settings, settings), (resolve, overrides)):
        try:
            found.append(function(given))
        except UserError as error:
            problems += error.problems
    if problems:
        raise UserError(problems)
    return found[0], found[1]


def _unused(values: Mapping[str, Any]) -> list[str]:
    """Return one line for each setting that another one leaves without effect."""
    lines = []
    if values["address"] is not None and values["executor"] not in WITH_ADDRESS:
        lines.append(
            f"address={show(values['address'])}: is not used by executor={values['executor']}; "
            f"allowed with executor={' or '.join(WITH_ADDRESS)}, or write address=null"
        )
    if values["worlds"] != SETTINGS["worlds"].default and values["uncertainty"] == "none":
        lines.append(
            f"worlds={values['worlds']}: is not used by uncertainty=none; allowed with "
            "uncertainty=assumptions"
        )
    return lines


def resolve_settings(given: Mapping[str, Any] | None = None) -> dict[str, Value]:
    """Return every setting (seed, replicates, engine, ...) with its checked value.

    Raises
    ------
    UserError
        With all mistakes at once, one line each.
    """
    given = dict(given or {})
    problems = []
    try:
        _settings_schema().model_validate(given)
    except ValidationError as failure:
        for error in failure.errors(include_url=False):
            name = str(error["loc"][0])
            if name in PARAMETERS:
                problems.append(
                    f"{name}={show(given[name])}: is a parameter, not a setting; give it among "
                    f"the parameters, as {{'{name}': {given[name]!r}}}{IN_PYTHON.get(name, '')}"
                )
            elif error["type"] == "extra_forbidden":
                problems.append(unknown(name, SETTINGS, "setting", value=show(given[name])))
            else:
                reason = str(error.get("ctx", {}).get("error", error["msg"]))
                problems.append(problem(SETTINGS[name], given[name], reason))
        raise UserError(problems) from None
    values = {s.path: check_value(s, given.get(s.path, s.default)) for s in SETTINGS.values()}
    unused = _unused(values)
    if unused:
        raise UserError(unused)
    return values
