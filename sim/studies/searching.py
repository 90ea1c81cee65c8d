"""A search from a checked request to files: what is asked, the answer, and what comes next."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from sim.analysis.abc import Stage
from sim.design.csv_files import resolve_file
from sim.design.folders import GROUP_NAMES, user_path
from sim.design.request import Request
from sim.ensembles.machine import available_cores
from sim.ensembles.progress import NEVER
from sim.ensembles.store.lock import Lock
from sim.ensembles.store.tried import kept
from sim.ensembles.warm import warm_up
from sim.evidence.patterns import PATTERNS
from sim.evidence.search import FREE, Search, from_patterns, from_series
from sim.evidence.series import Series
from sim.evidence.series_files import read
from sim.reports.findings import Findings, on_disk
from sim.studies import calibrate, calibrate_patterns, calibrate_series
from sim.studies.calibrate import PATTERNS_EFFORT
from sim.studies.calibrate_series import SERIES_EFFORT
from sim.studies.session import say
from sim.tables.errors import UserError
from sim.tables.messages import show
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import OF_SERIES

CONFIG_DIR = ("--config-dir", "-cd")


class Asked:
    """One search of the command line."""

    def __init__(self, request: Request) -> None:
        self.request, settings, options = request, request.settings, request.options
        self.series = series = series_of(options)
        usual = SERIES_EFFORT if series else PATTERNS_EFFORT
        wanted = {name: options[name] for name in ("particles", "proposals") if options[name]}
        self.effort = usual._replace(**wanted)
        particles, proposals, tolerance = self.effort
        if particles > proposals:
            raise UserError(
                f"proposals={proposals}: fewer than particles={particles}; "
                "allowed are as many, and better 20 times as many"
            )
        seed, threads = settings["seed"], settings["threads"] or available_cores()
        # what is proposed hangs on how many particles there are, and on what is near enough
        if series is None:
            far = from_patterns(seed)
            seen = [particles, tolerance, *PATTERNS]
        else:
            far = from_series(series, seed, request.policies)
            seen = [particles, tolerance, series.identity, sorted(request.policies.items())]
        self.search = Search(request.values, seed, threads, far, seen)

    @property
    def folder(self) -> Path:
        """The folder asked for, or one that the same command finds again."""
        request = self.request
        name = request.study if request.experiment == "baseline" else request.experiment
        return user_path("out", request.settings["out"] or f"outputs/{name}/{self.search.identity}")

    def findings(self, stages: Sequence[Stage]) -> Findings:
        """Return what is told of what a search found."""
        request, search = self.request, self.search
        told = request.title, request.question, search.seed
        if self.series is None:
            return calibrate_patterns.findings(
                calibrate_patterns.run_again(stages[-1], search), *told
            )
        fit = calibrate_series.run_again(stages, self.series, search, request.policies)
        return calibrate_series.findings(fit, *told)


def series_of(options: Mapping[str, Any]) -> Series | None:
    """Return the series that is to be fitted; None: published patterns."""
    data, target = options["data"], options["target"]
    if data is None and target != "series":
        for name in OF_SERIES:
            if options[name] is not None:
                raise UserError(
                    f"{name}={show(options[name])}: is about a series; needed is data=FILE as well"
                )
        return None
    if target == "patterns":
        raise UserError(f"data={show(data)}: is not used by target=patterns; leave one of them out")
    if data is None:
        raise UserError(
            "data=null: needed is your series, a CSV file with columns time and percent, such as data=mine.csv; "
            "`python -m sim data check mine.csv` says what is understood of it"
        )
    measured, name, unit, start = (options[key] for key in OF_SERIES)
    return read(resolve_file("data", data), measured, name, unit, start)


def perform(request: Request) -> int:
    """Search, print the answer, write the sample, tables and figures.

    What was tried is kept: the same command goes on where it was interrupted.
    """
    asked = Asked(request)
    of_series = asked.series.notes if asked.series else ()
    for note in (*request.notes, *_set_in_vain(request), *of_series):
        say(f"note: {note}")
    folder, quiet = asked.folder, request.settings["progress"] == NEVER
    with on_disk(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with Lock(folder):
            asked.search.open(folder)
            with kept(asked.search.known, "proposals"):
                warm_up(say=say)
                tell = None if quiet else _tell
                stages = calibrate.fitted(asked.search, asked.effort, tell)
                asked.findings(stages).deliver(folder)
    print(f"Next: {what_next(request, folder)}", flush=True)
    return 0


def _tell(stage: Stage) -> None:
    say(f"tolerance {stage.tolerance:.2f}: {stage.tried:,} proposals tried")


def _set_in_vain(request: Request) -> list[str]:
    return [
        f"{path}={show(request.values[path])}: is searched for, so this value is not used"
        for path in FREE
        if request.values[path] != PARAMETERS[path].default
    ]


def what_next(request: Request, folder: Path) -> str:
    """Return the command that compares policies in the worlds that were found."""
    given = shlex.split(request.command)[3:]
    of_world = {*PARAMETERS, *GROUP_NAMES, *CONFIG_DIR} - {*FREE, "policy", "experiment"}
    kept = [
        word
        for before, word in pairwise(["", *given])
        if before in CONFIG_DIR or word.partition("=")[0].lstrip("+") in of_world
    ]
    return shlex.join(
        ["python", "-m", "sim", "+experiment=policy_whatif", f"posterior={folder}", *kept]
    )
