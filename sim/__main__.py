"""`python -m sim`: reads the command line, hands a checked request to a study, nothing else."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from sim.cli.commands import COMMANDS, FLAGS
from sim.ensembles import interrupt
from sim.tables.errors import StoppedError, UserError

GOOD, SOME_FAILED, USERS_MISTAKE, STOPPED = 0, 1, 2, 130


def _safe_streams() -> None:
    """Never fail because a terminal (ascii, cp1252) lacks a character."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError, OSError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]


def answer(arguments: Sequence[str]) -> int:
    """Do what a command line asks for, and return its exit code."""
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
    _safe_streams()
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        with interrupt.heard():
            code = answer(arguments)
            sys.stdout.flush()
        return code
    except UserError as error:
        with contextlib.suppress(BrokenPipeError):
            for line in error.problems:
                print(f"error: {line}", file=sys.stderr)
        return USERS_MISTAKE
    except ModuleNotFoundError as missing:
        if (missing.name or "sim").split(".")[0] == "sim":
            raise
        # whoever has just cloned the project types `python -m sim` outside of its environment
        print(
            f"error: this Python ({sys.executable}) lacks the package {missing.name}: run `make setup`"
            " once (it needs Python 3.11, 3.12 or 3.13), then `.venv/bin/python -m sim`",
            file=sys.stderr,
        )
        return USERS_MISTAKE
    except StoppedError as error:
        with contextlib.suppress(BrokenPipeError):
            print(f"error: {error}", file=sys.stderr)
        return SOME_FAILED
    except KeyboardInterrupt as stopped:
        with contextlib.suppress(BrokenPipeError):
            print(str(stopped) or "stopped", file=sys.stderr)
        return STOPPED
    except BrokenPipeError:
        # The reader (head, less) has gone; Python would complain again when it closes stdout.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return GOOD


if __name__ == "__main__":
    sys.exit(main())
