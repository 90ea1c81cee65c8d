"""Studies through the front door, and their files, shared by the tests here."""

from __future__ import annotations

import contextlib
import json
import warnings

import pandas as pd

from sim.__main__ import main

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
