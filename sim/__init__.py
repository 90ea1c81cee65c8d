"""nasss-sim: will this healthcare AI still be used in five years, and what would change that?

>>> from sim import run, sweep, compare
>>> run({"process.training": 0.1})                        # one world, 64 runs
>>> sweep({"alignment.usability": [0.2, 0.5, 0.8]})       # values of one parameter or several
>>> compare({"baseline": {}, "more training": {"process.training": 0.1}})

Each returns a `Result` with `.runs`, `.months`, `.summary` as data frames and `.plot()`; printed, it
is the answer. `.describe("lapse_rate")` says what a column means. `AdoptionModel` is one run as a
Mesa model, `HCP` one of its people; `load("trust_sweep")` runs an experiment of the command line,
`read(FOLDER)` opens a result of it. `parameters.process.training` is the name of a parameter, found
by tab completion; `catalogue("policy")` holds the shipped policies. What can not be done is a
`UserError`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sim.tables.version import __version__

__all__ = [
    "AdoptionModel", "HCP", "Result", "UserError", "__version__", "animate", "catalogue", "compare",
    "load", "parameters", "rate", "read", "run", "sweep", "validate",
]  # fmt: skip

if TYPE_CHECKING:
    from sim.cli.load import load, read
    from sim.model.agents import HCP
    from sim.studies.catalogue import catalogue
    from sim.studies.film import animate
    from sim.studies.one_run import AdoptionModel
    from sim.studies.python import compare, run, sweep
    from sim.studies.rate import rate
    from sim.studies.result import Result
    from sim.studies.validate import validate
    from sim.tables import parameters
    from sim.tables.errors import UserError

_PLACES = {
    "AdoptionModel": "sim.studies.one_run",
    "HCP": "sim.model.agents",
    "Result": "sim.studies.result",
    "UserError": "sim.tables.errors",
    "animate": "sim.studies.film",
    "catalogue": "sim.studies.catalogue",
    "load": "sim.cli.load",
    "rate": "sim.studies.rate",
    "read": "sim.cli.load",
    "validate": "sim.studies.validate",
    **dict.fromkeys(("compare", "run", "sweep"), "sim.studies.python"),
}


def __getattr__(name: str) -> Any:
    # numba, mesa and pandas are slow to import: only what is used is loaded
    if name == "parameters":
        return import_module("sim.tables.names").everything()
    if name in _PLACES:
        if name != "UserError":
            import_module("sim.ensembles.machine").check_surroundings()
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
