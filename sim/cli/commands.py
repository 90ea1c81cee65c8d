"""What may stand first on the command line, and the function that answers it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from sim.tables.errors import UserError

# Imported only when asked for: help, lists and mistakes must answer at once.
COMMANDS = {
    "list": "sim.cli.listing:print_listing",
    "resume": "sim.cli.resume:resume",
    "merge": "sim.cli.merge:merge",
    "story": "sim.cli.story:story",
    "diff": "sim.studies.diff:diff",
    "handouts": "sim.cli.handouts:handouts",
    "validate": "sim.cli.validate:validate",
}
MULTIRUN = ("--multirun", "-m")
CONFIG_DIR = ("--config-dir", "-cd")
# Of these, the first that stands anywhere
FLAGS = {
    ("--help", "-h", "help"): "sim.cli.help_text:print_help",
    ("--version", "-V"): "sim.cli.help_text:print_version",
    MULTIRUN: "sim.cli.multirun:multirun",
}


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
    return int(getattr(import_module(module), function)(arguments))


def take_config_dir(arguments: Sequence[str]) -> tuple[list[str], str | None]:
    """Return the arguments without `--config-dir FOLDER`, and that folder; the last one counts."""
    others: list[str] = []
    folder = None
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name not in CONFIG_DIR:
            others.append(argument)
        elif equals:
            folder = value
        elif (folder := next(rest, None)) is None:
            raise UserError(f"{name}: needs a folder after it")
    return others, folder
