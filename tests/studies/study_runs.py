"""Studies through the front door, and their files, shared by the tests here."""

from __future__ import annotations

import contextlib
import json
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd

from sim.__main__ import main
from sim.cli.compose import compose
from sim.outcomes.table import OUTCOMES
from sim.studies.python import perform
from sim.tables.layout import Table

SHORT = ["replicates=2", "horizon=12", "threads=2", "progress=never"]


class Done:
    """A finished study: what it said, and where its files are."""

    def __init__(self, folder, out, err):
        self.folder, self.out, self.err = folder, out, err
        self.runs = pd.read_parquet(folder / "runs.parquet")
        self.provenance = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
        self.text = " ".join(out.split())  # sentences without their line ends


@contextlib.contextmanager
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        yield


def do(folder, capsys, *arguments):
    capsys.readouterr()
    with no_warnings():
        assert main([*arguments, f"out={folder}"]) == 0
    said = capsys.readouterr()
    return Done(folder, said.out, said.err)


def ran(*words):
    """Return the result of a command, without files."""
    return perform(compose([*words, "progress=never"]))


# ------------------------------------------------------------------ comparisons of a small world
SMALL = [
    "population.organisations=5", "population.organisation_size=8", "horizon=60",
    "deployment.at_start=1", "progress=never",
]  # fmt: skip


def result_of(*words):
    return ran(*SMALL, "study=compare", *words)


def table_of(result, title):
    """Return the first table of an answer whose title starts so."""
    tables = [block for block in result.told.blocks if isinstance(block, Table)]
    return next(table for table in tables if table.title.startswith(title))


def with_outcomes(result, changed):
    """Return a result in which some outcomes of the points are others."""
    outcomes = {**result.ensemble.outcomes, **{k: np.array(v) for k, v in changed.items()}}
    return replace(result, ensemble=replace(result.ensemble, outcomes=outcomes))


def mean_of(runs, name):
    """Return the mean of an outcome over a data frame of runs, pooled where its table says so."""
    if not OUTCOMES[name].over:
        return runs[name].mean()
    over = runs[OUTCOMES[name].over]
    return (runs[name] * over).sum() / over.sum() if over.sum() else np.nan
