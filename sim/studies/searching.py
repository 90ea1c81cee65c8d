"""A search from a checked request to files: what is asked, the answer, and what comes next."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
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
from sim.studies.calibrate import PATTERNS_EFFORT, Calibration, Effort
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
        self.request = request
        self.seed = request.settings["seed"]
        self.threads = request.settings["threads"] or available_cores()
        self.series = series_of(request.options)
        usual = SERIES_EFFORT if self.series else PATTERNS_EFFORT
        particles, proposals = (request.options[k] for k in ("particles", "proposals"))
        self.effort = Effort(
            particles or usual.particles, proposals or usual.proposals, usual.tolerance
        )
        if self.effort.particles > self.effort.proposals:
            raise UserError(
                f"proposals={self.effort.proposals}: fewer than particles={self.effort.particles}; "
                "allowed are as many, and better 20 times as many"
            )
        values = request.values
        # what is proposed hangs on how many particles there are, and on what is near enough
        seen: list[Any] = [self.effort.particles, self.effort.tolerance]
        if self.series is None:
            seen += PATTERNS
            self.search = Search(values, self.seed, self.threads, from_patterns(self.seed), seen)
        else:
            seen += [self.series.identity, sorted(request.policies.items())]
            measured = from_series(self.series, self.seed, request.policies)
            self.search = Search(values, self.seed, self.threads, measured, seen)

    @property
    def folder(self) -> Path:
        """The folder asked for, or one that the same command finds again."""
        request = self.request
        name = request.study if request.experiment == "baseline" else request.experiment
        return user_path("out", request.settings["out"] or f"outputs/{name}/{self.search.identity}")

    def findings(self, found: Calibration) -> Findings:
        """Return what is told of a sample."""
        told = self.request.title, self.request.question, self.seed
        if self.series is None:
            again = calibrate_patterns.run_again(
                found, self.request.values, self.seed, self.threads
            )
            return calibrate_patterns.findings(found, again, *told)
        fit = calibrate_series.run_again(
            found, self.series, self.request.values, self.seed, self.threads, self.request.policies
        )
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
                found = calibrate.fitted(asked.search, asked.effort, asked.seed, tell)
                assert found is not None  # there are proposals for a first sample
                asked.findings(found).deliver(folder)
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
    kept = []
    for before, word in zip(["", *given], given, strict=False):
        key = word.partition("=")[0].lstrip("+")
        of_world = (key in PARAMETERS or key in GROUP_NAMES) and key not in (
            *FREE,
            "policy",
            "experiment",
        )
        if of_world or key in CONFIG_DIR or before in CONFIG_DIR:
            kept.append(word)
    return shlex.join(
        ["python", "-m", "sim", "+experiment=policy_whatif", f"posterior={folder}", *kept]
    )
