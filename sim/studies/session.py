"""A study from a checked request to files: everything that can go wrong is found first."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from sim.design.folders import user_path
from sim.design.points import number_of_points
from sim.design.request import Request
from sim.design.runs import design_of
from sim.ensembles import interrupt, machine, output, pilot
from sim.ensembles.pilot import Estimate
from sim.ensembles.progress import NEVER
from sim.ensembles.run import hcps_of, months_left, of_huge_runs, run_words
from sim.ensembles.shards import parse_shard
from sim.ensembles.store import MANIFEST, PROVENANCE
from sim.ensembles.store.extension import difference
from sim.ensembles.store.lock import Lock
from sim.ensembles.store.manifest import finished_tables, manifest_of, read_manifest
from sim.ensembles.store.store import Store, remove_unfinished
from sim.reports.folder import open_folder, unfinished_folder
from sim.studies import study_of
from sim.studies.execute import compile_for, execute, forecast, grown_request, kept_of
from sim.studies.result import Result
from sim.studies.result_files import remove_figures, save_result
from sim.tables.errors import StoppedError, UserError
from sim.tables.messages import counted, one_line
from sim.tables.settings import STUDIES

GOOD, SOME_FAILED = 0, 1
MOST_FAILURES_SHOWN = 3
MANY = 10_000  # points: more than so many take seconds to be made, and much memory
MANY_RUNS = 500_000  # so many take much memory before the first is run
BIG_RUN = 100_000  # HCPs from which on their memory outweighs that of the program


class Session:
    """One study of the command line; relative paths of its command start in `directory`.

    A UserError says that an option, a user's file or the folder cannot be used, a StoppedError
    that the disk has failed.
    """

    def __init__(self, request: Request, directory: str | None = None) -> None:
        self.request = request
        self.wanted = False  # said on a terminal
        self.shard = parse_shard(request.settings["shard"])
        number = number_of_points(request.axes, request.design_kind, request.samples)
        number *= len(request.worlds.settings)
        out, threads = request.settings["out"], request.settings["threads"]
        begun = out is not None and read_manifest(Path(out)) is not None
        if (number > MANY or number * request.replicates > MANY_RUNS) and not begun:
            self._confirmed(forecast(request, number, say))
        self.design = design_of(request)
        huge = of_huge_runs(self.design.points, request.replicates, threads)
        if huge is not None and not begun:
            self._confirmed(huge)
            if not self.wanted:  # else it was in the question
                self._told(huge)
        arguments = shlex.split(request.command)[3:]
        self.manifest = manifest_of(request, self.design, arguments, directory)
        if request.settings["out"] is not None:
            self._as_grown(user_path("out", request.settings["out"]))
        with interrupt.put_off() as raise_if_pressed:
            self.folder, self.lock = self._open_folder()
            self._as_grown(self.folder)
            self.store = Store(self.folder, self.manifest, kept_of(request), say)
        with self.keeping(release=False):
            raise_if_pressed()
            self._open_store()

    def _open_folder(self) -> tuple[Path, Lock]:
        """Return the folder, locked: an unfinished one of the same runs, if none is asked for."""
        experiment, settings = self.request.experiment, self.request.settings
        identity = self.manifest.identity
        begun = unfinished_folder(experiment, identity) if settings["out"] is None else None
        if begun is not None:
            lock = Lock(begun)
            with suppress(UserError, OSError):  # taken meanwhile: a new one, then
                lock.acquire()
                say(f"going on with {_shown(begun)}")
                return begun, lock
        ending = "" if self.shard is None else f"-{self.shard.folder}"
        folder = open_folder(
            self._out(), experiment, identity, settings["overwrite"], self._refusal, ending
        )
        lock = Lock(folder)
        try:
            lock.acquire()
        except OSError as error:
            said = one_line(error.strerror or str(error))
            raise StoppedError(f"{_shown(folder)}: {said}; nothing was begun") from None
        return folder, lock

    def _as_grown(self, folder: Path) -> None:
        """Ask for what the same command asked for in this folder, once it had seen its first runs."""
        found, mine = read_manifest(folder), self.manifest
        more = () if found is None else tuple(found.more)[len(self.request.more) :]
        if found is None or not more or found.head != mine.head:
            return
        first = len(found.points) - len(found.more) * len(self.request.worlds.settings)
        if set(found.points[:first]) <= set(mine.points):
            self._ask(replace(self.request, more=(*self.request.more, *more)))

    def _ask(self, request: Request) -> None:
        """Take another request of the same command."""
        before = self.manifest
        self.request, self.design = request, design_of(request)
        self.manifest = manifest_of(request, self.design, before.arguments, before.directory)

    def _out(self) -> str | None:
        """Return the folder asked for; a shard has one of its own inside."""
        out: str | None = self.request.settings["out"]
        if out is None or self.shard is None or Path(out).name.endswith(self.shard.folder):
            return out
        return str(Path(out) / self.shard.folder)

    def _refusal(self, folder: Path) -> str | None:
        """Say what keeps these runs from extending the store of a folder."""
        found = read_manifest(folder)
        return "" if found is None else difference(found, self.manifest, self.request.data_files)

    def _open_store(self) -> None:
        found = read_manifest(self.folder)
        if found is not None and self._refusal(self.folder) is None:
            tables = finished_tables(self.folder, found)
            if tables is not None:
                self.store.adopt(found, tables)
        else:  # new, or overwrite=true: nothing of what is there belongs to these runs
            (self.folder / PROVENANCE).unlink(missing_ok=True)
            remove_unfinished(self.folder)
            remove_figures(self.folder)
        self.store.open()

    def run(self) -> Result:
        """Run the design, with a progress bar."""
        for note in self.request.notes:
            say(f"note: {note}")
        result = self._made()
        while (grown := grown_request(self.request, result)) is not None:
            self.store.flush()
            self._ask(grown)
            self.store = Store(self.folder, self.manifest, kept_of(grown), say)
            self.store.open()
            result = self._made()
        return result

    def _made(self) -> Result:
        """Run what the store does not know, and say how long it took."""
        known = self.store.known.copy()
        compile_for(self.design, say)  # so that the runs are timed, not the compiler
        started = time.perf_counter()
        before = machine.peak_bytes()
        result = execute(self.request, self.design, say, self.store, self._before)
        self.store.flush()
        if self.request.settings["progress"] != NEVER:
            seconds = time.perf_counter() - started
            rate = months_left(self.design.points, known) / seconds / 1e6
            there = int(known.sum()) - self.store.elsewhere
            say(
                f"{counted(int((~known).sum()), 'run')}{f' ({there:,} were there)' if there else ''} "
                f"in {seconds:.1f} s ({rate:.1f} million HCP-months a second{self._memory(before)})"
            )
        return result

    def _memory(self, before: int | None) -> str:
        """Say what an HCP costs in memory, where one big run makes that plain."""
        hcps = hcps_of(self.design.points[0])
        after = machine.peak_bytes()
        single = len(self.design.points) * self.request.replicates == 1
        if not single or hcps < BIG_RUN or before is None or after is None:
            return ""
        return f", {(after - before) / hcps:.0f} bytes per HCP"

    def _confirmed(self, estimate: Estimate) -> None:
        """Ask on a terminal whether what takes long is wanted; elsewhere refuse it, unless told so."""
        settings = self.request.settings
        refused = estimate.too_long(settings["most_minutes"])
        if refused and not (settings["confirm"] or self.wanted):
            if sys.stdin and sys.stdin.isatty() and sys.stderr.isatty():
                print(f"{estimate.words()}. Begin? [y/N] ", end="", file=sys.stderr, flush=True)
                self.wanted = sys.stdin.readline().strip().lower() in ("y", "yes")
            if self.wanted:
                return
            raise UserError(refused)

    def _before(self, estimate: Estimate) -> None:
        """Say what the runs will take; ask, if that is much."""
        self._confirmed(estimate)
        if estimate.seconds:  # something is left after the runs that were tried
            self._told(estimate)
        free = machine.free_bytes(self.folder)
        # Runs and the tables that are made of them lie side by side for a moment.
        if free is not None and free < 2 * estimate.bytes:
            say(f"note: only {pilot.size(free)} are left on the disk")

    def _told(self, estimate: Estimate) -> None:
        if self.request.settings["progress"] != NEVER:
            say(estimate.words())

    @contextmanager
    def keeping(self, release: bool = True) -> Iterator[None]:
        """Whatever happens inside: what is done is kept, and the user told how to go on."""
        try:
            yield
        except BaseException as error:
            kept = self._leave()
            if isinstance(error, OSError):
                said = one_line(error.strerror or str(error))
                error = StoppedError(f"{_shown(self.folder)}: {said}")
            if kept or not isinstance(error, UserError):
                error.add_note(kept or "no run is kept")
            raise error from None
        if release:
            self.lock.release()

    def _leave(self) -> str:
        """Write what can be written, give the folder back; return what is kept, in words, if anything."""
        with suppress(OSError, MemoryError):
            self.store.flush()
        kept, total = self.store.kept, self.store.total
        found = read_manifest(self.folder)
        if kept == 0 and finished_tables(self.folder, found) is None:
            with suppress(OSError):
                remove_unfinished(self.folder)
                if found is None or found.identity == self.manifest.identity:
                    (self.folder / MANIFEST).unlink(missing_ok=True)
        self.lock.release()
        with suppress(OSError):
            self.folder.rmdir()  # it goes only if it is empty
        if kept == 0:
            return ""
        again = shlex.join(["python", "-m", "sim", "resume", _shown(self.folder)])
        return f"{kept:,} of {total:,} runs are kept; go on with: {again}"

    def tell(self, result: Result) -> None:
        """Print the answer, at once, before anything slow is imported."""
        ensemble = result.ensemble
        if self.shard is None:
            print("\n".join(result.answer()), flush=True)
        else:
            print(self._part(), flush=True)
        failed = ensemble.failed
        if failed:
            say(f"{failed} of {counted(self.store.total, 'run')} failed; the first:")
            for point, replicate in np.argwhere(ensemble.errors != "")[:MOST_FAILURES_SHOWN]:
                where = run_words(ensemble.settings[point], ensemble.seed, replicate)
                say(f"  {where}: {ensemble.errors[point, replicate]}")

    def _part(self) -> str:
        """Say that this is a part, and how the parts become one result."""
        assert self.shard is not None
        merge = shlex.join(["python", "-m", "sim", "merge", _shown(self.folder.parent)])
        whole = counted(self.store.known.size, "run")
        return (
            f"Shard {self.shard.words}: {self.store.total:,} of {whole}, in {_shown(self.folder)}.\n"
            f"The answer comes when all shards are done: {merge}"
        )

    def save(self, result: Result) -> None:
        """Write tables, configuration, figures, and last the provenance that marks them whole."""
        if self.shard is None:
            save_result(self.folder, self.request, self.store, result)
        else:
            self.store.flush()
        print(f"\nFiles: {_shown(self.folder)}", flush=True)
        output.kept_in(_shown(self.folder))


def perform(request: Request, directory: str | None = None) -> int:
    """Run a study, print its answer, write its files; return 0 if all runs are good, 1 if some failed.

    Relative paths of the command start in `directory`, or in the working directory.
    """
    if STUDIES[request.study].searches:
        from sim.studies.searching import perform as search

        return search(request)
    if look := study_of(request).search:
        request = look(request, True)
    session = Session(request, directory)
    with session.keeping():
        result = session.run()
        session.tell(result)
        session.save(result)
    return SOME_FAILED if result.ensemble.failed else GOOD


def say(line: str) -> None:
    """Tell the user something beside the answer."""
    print(line, file=sys.stderr, flush=True)


def _shown(folder: Path) -> str:
    try:
        return str(folder.relative_to(Path.cwd()))
    except ValueError:
        return str(folder)
