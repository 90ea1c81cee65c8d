"""The files of a finished result: tables, configuration, figures, report, and last the provenance."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.design.csv_files import file_hash
from sim.design.request import Request
from sim.ensembles.chunk import Keep
from sim.ensembles.model_version import model_version
from sim.ensembles.store import MONTHS, PROVENANCE, RUNS, SEARCHED, SINGLE_MONTHS
from sim.ensembles.store.atomic import write_atomic
from sim.ensembles.store.store import Store, remove_unfinished
from sim.reports import files, months, result_tables, what_if
from sim.reports.figure import Figure
from sim.reports.folder import FIGURES
from sim.reports.meanings import CONFIG, FILES, REPORT, SUMMARY, WHAT_IF
from sim.reports.result_tables import Columns
from sim.studies import study_of
from sim.studies.execute import kept_of
from sim.studies.result import Result

if TYPE_CHECKING:
    from sim.reports.on_page import OnPage


def save_result(folder: Path, request: Request, store: Store, result: Result) -> None:
    """Write all files of a result; its provenance comes last and marks them whole."""
    ensemble, study = result.single, study_of(request)
    of_study = {f"{name}.csv": columns for name, columns in result.study_tables.items()}
    if study.summarised:
        of_study[SUMMARY] = result_tables.summary(result.over_worlds)
    for name, columns in of_study.items():
        files.write_csv(folder / name, columns)
    kept = kept_of(request)
    written = {RUNS: iter([result_tables.runs(ensemble, result.axes)])}
    if kept.paths:
        written |= _months(store, result, kept)
    for kind in kept.kinds:
        written[f"{kind}.parquet"] = result_tables.entities(
            ensemble, store.entities(kind), result.names, result.axes, result.drawn
        )
    for name, blocks in written.items():
        files.write_parquet(folder / name, blocks)
    page = what_if.beside(request)
    if page:
        write_atomic(folder / WHAT_IF, page)
    for name in FILES.keys() - {*written, *of_study, SEARCHED, *([WHAT_IF] if page else [])}:
        if name.endswith((".csv", ".parquet")) or name == WHAT_IF:
            (folder / name).unlink(missing_ok=True)  # of another result that is overwritten
    files.write_config(folder / CONFIG, request)
    identity = store.manifest.identity
    shown = save_figures(folder, study.figures(result), result, identity)
    made = files.provenance(
        request,
        identity,
        model_version(),
        ensemble.errors.size,
        ensemble.failed,
        {name: file_hash(folder / name) for name in written},
    )
    save_report(folder, shown, result, made, WHAT_IF if page else "")
    files.write_json(folder / PROVENANCE, made)
    remove_unfinished(folder)  # the tables hold all runs now


def _months(store: Store, result: Result, kept: Keep) -> dict[str, Iterator[Columns]]:
    """Return the tables of the months that are asked for, and of those that are needed later.

    Months of single runs are kept also where only quantiles are asked for, or figures need
    them: an extended store has to show those of the runs that it does not make again.
    """
    asked = result.kept_months
    whole = asked == "all" or (asked == "yearly" and kept.every > 1)
    kinds = {MONTHS if whole else SINGLE_MONTHS: "all"}
    if not whole and asked != "none":
        kinds[MONTHS] = asked
    rows = max(int(p.values["horizon"]) for p in result.single.points) // kept.every + 1
    read = partial(store.months, rows)
    return {
        name: months.blocks(result.ensemble if kind == "quantiles" else result.single, kind, read)
        for name, kind in kinds.items()
    }


def save_figures(
    folder: Path, figures: list[Figure], result: Result, identity: str
) -> list[OnPage]:
    """Write the figures of a study; return each as a page shows it."""
    from sim.reports.draw_figures import draw, save_figure
    from sim.reports.on_page import on_page

    (folder / FIGURES).mkdir(exist_ok=True)
    stamp = {"identity": identity, "seed": str(result.ensemble.seed), "model": model_version()}
    shown = []
    for figure in figures:
        drawn, stem = draw(figure, result.title), folder / FIGURES / figure.name
        save_figure(drawn, stem, result.title, stamp)
        shown.append(on_page(figure, drawn, stem.with_suffix(".png")))
    return shown


def remove_figures(folder: Path) -> None:
    """Remove the figures of a result that is overwritten; other files stay."""
    for ending in ("png", "svg"):
        for path in (folder / FIGURES).glob(f"*.{ending}"):
            path.unlink()


def save_report(
    folder: Path, figures: list[OnPage], result: Result, made: Any, page: str = ""
) -> None:
    """Write `report.html`, with a link to the page beside it where there is one."""
    from sim.reports.html.render import report
    from sim.studies.report_sections import sections

    text = report(result.told, figures, sections(result), made, page)
    write_atomic(folder / REPORT, text)
