"""From Python: an experiment of the command line run by its name, and a result on disk opened."""

from __future__ import annotations

import os
import shlex

from sim.cli.compose import compose
from sim.cli.resume import made_again
from sim.design.folders import user_path
from sim.ensembles.store.manifest import finished_tables
from sim.ensembles.store.store import Store
from sim.studies.execute import kept_of, result_of
from sim.studies.python import perform
from sim.studies.result import Result
from sim.tables.errors import UserError
from sim.tables.messages import one_line, show


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


def read(folder: str | os.PathLike[str]) -> Result:
    """Open the result of a run of the command line; nothing is computed again.

    Parameters
    ----------
    folder : str or path
        The folder that the command named, such as "outputs/baseline/20261101-120000-1a2b3c4d".

    Returns
    -------
    Result
        As the run had it: the same answer, data frames and figures.

    Raises
    ------
    UserError
        If it holds no finished result of this version.

    Examples
    --------
    >>> read("outputs/trust_sweep/20261101-120000-1a2b3c4d").plot()
    """
    if not isinstance(folder, (str, os.PathLike)):
        raise UserError(f"read {show(folder)}: needed is the path of a folder, a text")
    given = one_line(os.fsdecode(folder))
    path = user_path("read", os.fsdecode(folder)).absolute()
    manifest, request, design = made_again(path, f"read {given}")
    tables = finished_tables(path, manifest)
    if tables is None:
        whole, again = (path.parent, "merge") if manifest.shard else (path, "resume")
        then = shlex.join(["python", "-m", "sim", again, str(whole)])
        raise UserError(f"read {given}: is not finished, or a part; go on with: {then}")
    store = Store(path, manifest, kept_of(request), lambda line: None)
    return result_of(request, design, store.finished(design, tables))
