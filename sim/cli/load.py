"""An experiment of the command line, run from Python."""

from __future__ import annotations

from sim.cli.compose import compose
from sim.studies.python import perform
from sim.studies.result import Result
from sim.tables.errors import UserError
from sim.tables.messages import show


def load(experiment: str, *overrides: str) -> Result:
    """Run an experiment of the command line by its name, without writing files.

    Parameters
    ----------
    experiment : str
        As in `python -m sim +experiment=NAME`.
    *overrides : str
        As on the command line, such as "replicates=8".

    Returns
    -------
    Result
        Printed: the answer, with intervals.

    Raises
    ------
    UserError
        One line per mistake.
    """
    for text in overrides:
        if not isinstance(text, str):
            raise UserError(f"{show(text)}: needed is a text, such as 'replicates=8'")
    return perform(compose([f"+experiment={experiment}", *overrides]))
