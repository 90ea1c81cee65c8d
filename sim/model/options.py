"""What may be given to a model beside parameters, and what is said of anything else."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral
from typing import Any

import numpy as np

from sim.model import inputs, records
from sim.model.collecting import HOW_TO_SEED
from sim.model.levers import Schedule
from sim.tables.checks import GROUPS
from sim.tables.errors import UserError
from sim.tables.messages import problem, show
from sim.tables.settings import LARGEST_SEED, SETTINGS

NAMES = (Mapping, "are names with their values")
LUCK = ("seed", "rng")  # two names of one number
OPTIONS: dict[str, tuple[Any, str]] = {
    "parameters": NAMES,
    "engine": (str, f"is {SETTINGS['engine'].allowed()}"),
    "replicate": (object, "is a whole number"),
    "hcp_class": (object, "is a subclass of HCP"),
    "policies": NAMES,
    "shocks": NAMES,
    "schedule": (Schedule, "is a Schedule of sim.model.levers"),
    "world": (inputs.World, "is a World of sim.model.inputs"),
    "model_reporters": NAMES,
    "agent_reporters": NAMES,
    "agenttype_reporters": NAMES,
    "record": (records.Record, "is a Record of sim.model.records"),
    "luck": (Integral, "is a whole number"),
    "contracts": ((bool, np.bool_), "is True or False"),
}
NEVER_NONE = ("engine", "luck", "contracts")
APART = "; mesa.batch_run tries the keys of a mapping one by one: write it in a list, [{...}]"


def check_options(given: Mapping[str, Any], in_a_batch: bool) -> None:
    """Check kinds of options; in a batch, also those of groups, of which batch_run gives the keys."""
    kinds = OPTIONS | dict.fromkeys(GROUPS if in_a_batch else (), NAMES)
    problems = [
        f"{name}={show(given[name])}: needed {words}{APART if in_a_batch and kind is Mapping else ''}"
        for name, (kind, words) in kinds.items()
        if name in given and not isinstance(given[name], kind)
        if given[name] is not None or name in NEVER_NONE
    ]
    engine, kinds_of_agents = given.get("engine"), given.get("agenttype_reporters") or ()
    if isinstance(engine, str) and engine not in SETTINGS["engine"].choices:
        problems.append(problem(SETTINGS["engine"], engine, "is not a valid name"))
    for kind in kinds_of_agents if isinstance(kinds_of_agents, Mapping) else ():
        if not isinstance(kind, type):
            problems.append(
                f"agenttype_reporters: {show(kind)}: needed is a class, as in {{HCP: {{...}}}}"
            )
    if problems:
        raise UserError(problems)


def luck_of(given: dict[str, Any], replicate: Any, iteration: int | None) -> tuple[int, int]:
    """Return seed and replicate, checked: of an iteration that has no `rng` of its own, its number."""
    if given.get("rng", 0) is None:
        del given["rng"]  # batch_run of Mesa 3.5 gives it always
    if len(given) > 1:
        told = ", ".join(f"{name}={show(value)}" for name, value in given.items())
        raise UserError(f"{told}: are two names of one number; allowed is one of them")
    if iteration and "rng" not in given:
        if replicate is not None:
            raise UserError(
                f"replicate={show(replicate)}: all iterations of mesa.batch_run would be the same "
                "run; leave out replicate, or iterations"
            )
        replicate = iteration
    name, seed = next(iter(given.items()), ("seed", 0))
    numbers = {name: seed, "replicate": 0 if replicate is None else replicate}
    for name, number in numbers.items():
        whole = isinstance(number, Integral) and not isinstance(number, bool)
        if not whole or not 0 <= number <= LARGEST_SEED:
            hint = f"; in mesa.batch_run, give {HOW_TO_SEED}" if number is None else ""
            raise UserError(
                f"{name}={show(number)}: allowed is a whole number from 0 to {LARGEST_SEED}{hint}"
            )
    seed, replicate = map(int, numbers.values())
    return seed, replicate
