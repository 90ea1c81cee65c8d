"""`python -m sim handouts`: two printable pages for each teaching scenario, and one of answers."""

from __future__ import annotations

import hashlib
import shlex
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sim.cli.arguments import Arguments, parse, take_config_dir
from sim.cli.compose import compose
from sim.design.folders import NAME, folders_of, user_path
from sim.design.request import Request
from sim.design.scenarios import Scenario, read_scenario, teaching_scenarios
from sim.ensembles import output
from sim.ensembles.store.manifest import identity_in
from sim.tables.errors import UserError
from sim.tables.messages import reason, show, unknown

USAGE = "handouts, or handouts NAME; also out=FOLDER, replicates=64, seed=0, --config-dir FOLDER"
FOLDER = "handouts"
SETTINGS = {"replicates": 64, "seed": 0}
SEAL = "<!-- as it was made: "
ALLOWED = ("out", "threads", "progress", *SETTINGS)


def handouts(arguments: Sequence[str]) -> int:
    """Run the scenarios named, or all that have a handout, and write a page for each."""
    scenarios, parsed = _asked(arguments)
    folder = user_path("out", str(parsed.values.pop("out", None) or FOLDER))
    if identity_in(folder):
        raise UserError(
            f"out={show(folder)}: holds a result, which stays alone; give another folder"
        )
    paths = [_free(folder / f"{scenario.name}.html") for scenario in scenarios]
    settings = [f"{key}={value}" for key, value in {**SETTINGS, **parsed.values}.items()]
    own = [] if parsed.config_dir is None else ["--config-dir", parsed.config_dir]
    made = [(s, p, *_composed(s, settings, own)) for s, p in zip(scenarios, paths, strict=True)]

    from sim.ensembles.store.atomic import write_atomic
    from sim.reports.findings import on_disk
    from sim.studies.handout_page import handout
    from sim.studies.python import perform

    try:  # before any run
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        told = f"out={show(folder)}: {reason(error)}; allowed is the path of a folder"
        raise UserError(told) from None
    again = [s for s in settings if s.partition("=")[0] in SETTINGS]
    for scenario, path, request, what_if in made:
        print(f"{scenario.name}: {scenario.words.title}", file=sys.stderr, flush=True)
        command = " ".join([scenario.command, *again])
        content = handout(scenario, request, perform(request), command, perform(what_if))
        with on_disk(folder):
            write_atomic(path, _sealed(content))
        output.kept_in(str(folder))
        print(path, flush=True)
    print("Print from a browser, on A4: two pages each, and one of answers.", file=sys.stderr)
    return 0


def _asked(arguments: Sequence[str]) -> tuple[list[Scenario], Arguments]:
    """Return the scenarios asked for, each with a handout, and the other arguments, checked."""
    words, own = take_config_dir(arguments)
    names = [word for word in words if NAME.fullmatch(word)]
    parsed = parse([word for word in words if word not in names])
    if others := [key for key in (*parsed.choices, *parsed.values) if key not in ALLOWED]:
        wrong = [unknown(key, ALLOWED, "setting") for key in others]
        raise UserError([f"handouts: {line}; usage: python -m sim {USAGE}" for line in wrong])
    folders = folders_of(own)
    scenarios = [read_scenario(name, folders) for name in dict.fromkeys(names)]
    if without := [s.name for s in scenarios if s.words.handout is None]:
        told = "has no handout; write one into its file, as docs/scenarios.md says"
        raise UserError([f"scenario {name}: {told}" for name in without])
    parsed.config_dir = own
    return [replace(s, folder=own) for s in scenarios or teaching_scenarios(folders)], parsed


def _free(path: Path) -> Path:
    """Return a path that may be written: a file there has to be a handout as it was made."""
    text = ""
    with suppress(OSError, ValueError):
        text = path.read_text(encoding="utf-8")
    if path.exists() and text != _sealed(text.rpartition(SEAL)[0]):
        raise UserError(
            f"out={show(path.parent)}: holds {path.name}, which is no handout of this program, or "
            "was changed since it was made; move it away, or give another folder"
        )
    return path


def _sealed(content: str) -> str:
    """Return a page that tells whether it was edited."""
    return f"{content}{SEAL}{hashlib.sha256(content.encode()).hexdigest()} -->\n"


def _composed(
    scenario: Scenario, settings: Sequence[str], own: Sequence[str]
) -> tuple[Request, Request]:
    """Return the request of a scenario, and that of its what-if question, as it tells to type it."""
    request = compose([*own, f"scenario={scenario.name}", *settings])
    try:
        told = shlex.split(scenario.what_if_command)[3:]
        said = {word.partition("=")[0] for word in told}
        what_if = compose([*told, *(s for s in settings if s.partition("=")[0] not in said)])
    except (UserError, ValueError) as error:
        problems = error.problems if isinstance(error, UserError) else [str(error)]
        where = f"scenario {scenario.name}: handout.what_if.change"
        raise UserError([f"{where}: {line}" for line in problems]) from None
    return request, what_if
