"""A study from a checked request to files: everything that can go wrong is found first."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from sim.config.request import Request
from sim.ensembles import memory
from sim.ensembles.design import identity, model_version
from sim.ensembles.progress import NEVER
from sim.ensembles.run import hcps_of
from sim.errors import UserError
from sim.reports import files, tables
from sim.reports.folder import FIGURES, PROVENANCE, open_folder
from sim.studies.execute import compile_for, design_of, execute, hcp_months
from sim.studies.result import Result

MOST_FAILURES_SHOWN = 3
BIG_RUN = 100_000  # HCPs from which on their memory outweighs that of the program


class Session:
    """One study of the command line.

    Parameters
    ----------
    request : Request

    Raises
    ------
    UserError
        If an option, a user's file or the folder cannot be used.
    """

    def __init__(self, request: Request) -> None:
        from sim.studies import studies

        self.request = request
        self.study = studies()[request.study]
        if request.options:
            name = next(iter(request.options))
            raise UserError(
                f"options.{name}={request.options[name]}: study {request.study} has no options"
            )
        self.design = design_of(request)
        settings = request.settings
        extra = {key: settings[key] for key in ("engine", "months", "organisations")} | {
            "study": request.study
        }
        self.identity = identity(self.design, settings["seed"], settings["replicates"], extra)
        self.folder: Path = open_folder(
            settings["out"], request.experiment, self.identity, settings["overwrite"]
        )

    def run(self) -> Result:
        """Run the design, with a progress bar."""
        request = self.request
        for note in request.notes:
            say(f"note: {note}")
        try:
            compile_for(self.design, say)  # so that the runs are timed, not the compiler
            started = time.perf_counter()
            before = memory.peak_bytes()
            result = execute(request, self.design, say)
        except BaseException:
            self._drop_empty_folder()
            raise
        if request.settings["progress"] != NEVER:
            seconds = time.perf_counter() - started
            rate = hcp_months(request, self.design) / seconds / 1e6
            runs = result.ensemble.errors.size
            count = f"{runs:,} run{'s' if runs > 1 else ''}"
            speed = f"{rate:.1f} million HCP-months a second{self._memory(before)}"
            say(f"{count} in {seconds:.1f} s ({speed})")
        return result

    def _memory(self, before: int | None) -> str:
        """Say what an HCP costs in memory, where one big run makes that plain."""
        hcps = hcps_of(self.design.points[0])
        after = memory.peak_bytes()
        single = len(self.design.points) * self.request.settings["replicates"] == 1
        if not single or hcps < BIG_RUN or before is None or after is None:
            return ""
        return f", {(after - before) / hcps:.0f} bytes per HCP"

    def _drop_empty_folder(self) -> None:
        try:
            self.folder.rmdir()
        except OSError:
            pass  # it is not empty: it was there before

    def tell(self, result: Result) -> None:
        """Print the answer, at once, before anything slow is imported."""
        print("\n".join(result.answer()), flush=True)
        failed = result.ensemble.failed
        if failed:
            say(f"{failed} of {result.ensemble.errors.size} runs failed; the first:")
            for point, replicate in np.argwhere(result.ensemble.errors != "")[:MOST_FAILURES_SHOWN]:
                changed = result.ensemble.settings[point]
                where = ", ".join(f"{k}={v}" for k, v in changed.items()) or "base point"
                error = result.ensemble.errors[point, replicate]
                say(f"  {where}, seed {result.ensemble.seed}, replicate {replicate}: {error}")

    def save(self, result: Result) -> None:
        """Write tables, configuration, figures, and last the provenance that marks them whole."""
        folder, ensemble = self.folder, result.ensemble
        files.write_parquet(folder / "runs.parquet", tables.run_columns(ensemble))
        files.write_csv(folder / "summary.csv", tables.summary_columns(ensemble))
        if self.request.settings["months"] == "all":
            files.write_parquet(folder / "months.parquet", tables.month_columns(ensemble))
        if self.request.settings["organisations"] == "all":
            columns = tables.organisation_columns(ensemble, self.design.names)
            files.write_parquet(folder / "organisations.parquet", columns)
        files.write_config(folder / "config.yaml", self.request)
        self._save_figures(result)
        made = files.provenance(
            self.request, self.identity, model_version(), ensemble.errors.size, ensemble.failed
        )
        files.write_json(folder / PROVENANCE, made)
        print(f"\nFiles: {_shown(folder)}", flush=True)

    def _save_figures(self, result: Result) -> None:
        from sim.reports.figures.save import save_figure

        (self.folder / FIGURES).mkdir(exist_ok=True)
        stamp = {
            "identity": self.identity,
            "seed": str(result.ensemble.seed),
            "model": model_version(),
        }
        for name, figure in self.study.figures(result).items():
            save_figure(figure, self.folder / FIGURES / name, result.title, stamp)


def say(line: str) -> None:
    """Tell the user something beside the answer."""
    print(line, file=sys.stderr, flush=True)


def _shown(folder: Path) -> str:
    try:
        return str(folder.relative_to(Path.cwd()))
    except ValueError:
        return str(folder)
