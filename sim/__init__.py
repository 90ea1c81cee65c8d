"""nasss-sim: will this healthcare AI still be used in five years, and what would change that?

>>> from sim import run, sweep, compare
>>> run({"process.training": 0.1})                        # one world, 64 runs
>>> sweep({"alignment.usability": [0.2, 0.5, 0.8]})       # values of one parameter or several
>>> compare({"baseline": {}, "more training": {"process.training": 0.1}})

Each returns a result (`sim.studies.result.Result`) with `.runs`, `.months`, `.summary` as data
frames and `.plot()`; printed, it is the answer. `AdoptionModel` is one run as a Mesa model, and
`load("trust_sweep")` reads an experiment of the command line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.version import __version__

__all__ = ["AdoptionModel", "__version__", "compare", "load", "run", "sweep"]

if TYPE_CHECKING:
    from sim.model.model import AdoptionModel
    from sim.studies.python import compare, load, run, sweep


def __getattr__(name: str) -> Any:
    # numba, mesa and pandas are slow to import: only what is used is loaded
    if name == "AdoptionModel":
        from sim.model.model import AdoptionModel

        return AdoptionModel
    if name in __all__:
        from sim.studies import python

        return getattr(python, name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")
