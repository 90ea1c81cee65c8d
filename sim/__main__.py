"""`python -m sim`: reads the command line, hands a checked request to a study, nothing else."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

from sim.cli.arguments import COMMANDS, FLAGS
from sim.ensembles import interrupt, output
from sim.ensembles.machine import check_surroundings
from sim.tables.errors import SimulationError, StoppedError, UserError
from sim.tables.messages import one_line, reason

SOME_FAILED, USERS_MISTAKE, STOPPED = 1, 2, 130


def answer(arguments: Sequence[str]) -> int:
    """Do what a command line asks for, and return its exit code."""
    check_surroundings()
    for flags, place in FLAGS.items():
        if any(argument in flags for argument in arguments):
            return _call(place, arguments)
    if arguments and arguments[0] in COMMANDS:
        return _call(COMMANDS[arguments[0]], arguments[1:])
    from sim.cli.compose import compose

    request = compose(arguments)  # mistakes are told before studies are imported
    from sim.studies.session import perform

    return perform(request)


def _call(place: str, arguments: Sequence[str]) -> int:
    module, _, function = place.partition(":")
    answered: int | str = getattr(import_module(module), function)(arguments)
    if isinstance(answered, int):
        return answered
    print(answered)
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        What stands after `python -m sim`; taken from the process when None.

    Returns
    -------
    int
        Exit code: 0 all runs good, 1 some runs failed or could not be kept, 2 the user's mistake, 130 stopped.
    """
    os.environ["MPLBACKEND"] = "agg"  # figures go into files, whatever a notebook has asked for
    arguments = list(sys.argv[1:] if argv is None else argv)
    with output.steady():
        try:
            with interrupt.heard():
                code = answer(arguments)
                output.check()
            return code
        except (Exception, KeyboardInterrupt) as error:
            code, lines = _ended(error)
            print("\n".join(lines), file=sys.stderr)
            return code


def _ended(error: BaseException) -> tuple[int, list[str]]:
    """Return the exit code, and what is told, of whatever ended the program.

    Whoever has kept something adds a note to the error that passes, so that it is told as well.
    """
    notes = getattr(error, "__notes__", [])
    if isinstance(error, UserError):
        *lines, last = error.problems
        return USERS_MISTAKE, [f"error: {line}" for line in (*lines, "; ".join([last, *notes]))]
    if isinstance(error, ModuleNotFoundError) and (error.name or "sim").split(".")[0] != "sim":
        # whoever has just cloned the project types `python -m sim` outside of its environment
        return USERS_MISTAKE, [
            f"error: this Python ({sys.executable}) lacks the package {error.name}: run `make setup`"
            " once (it needs Python 3.11, 3.12 or 3.13), then `.venv/bin/python -m sim`"
        ]
    if isinstance(error, KeyboardInterrupt):
        return STOPPED, ["; ".join(["stopped", *notes])]
    if isinstance(error, (StoppedError, SimulationError)):
        told = str(error)
    elif isinstance(error, MemoryError):
        told = "not enough memory"
    elif isinstance(error, OSError):
        told = reason(error)
    elif sys.flags.dev_mode:
        raise error
    else:
        place = traceback.extract_tb(error.__traceback__)[-1]
        told = (
            f"{type(error).__name__}: {one_line(str(error))} (line {place.lineno} of "
            f"{place.filename}); this is a fault of the program: python -X dev -m sim tells more"
        )
    return SOME_FAILED, [f"error: {'; '.join([told, *notes])}"]


if __name__ == "__main__":
    sys.exit(main())
