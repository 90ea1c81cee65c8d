"""Saving figures as PNG and SVG that say what made them."""

from __future__ import annotations

import io
import json
from pathlib import Path

from matplotlib.figure import Figure

from sim.ensembles.store.atomic import write_atomic
from sim.tables.version import __version__

DOTS_PER_INCH = 150


def save_figure(figure: Figure, stem: Path, title: str, stamp: dict[str, str]) -> None:
    """Write `stem.png` and `stem.svg`.

    Parameters
    ----------
    figure : Figure
    stem : Path
        Without ending.
    title : str
    stamp : dict
        Identity, seed, model version: kept in the files' metadata.
    """
    description = json.dumps({"nasss_sim": __version__, **stamp})
    png = {"Title": title, "Description": description, "Software": f"nasss-sim {__version__}"}
    svg = {"Title": title, "Description": description, "Creator": png["Software"], "Date": None}
    for ending, metadata in (("png", png), ("svg", svg)):
        sink = io.BytesIO()
        if ending == "svg":  # room for labels was made for the first
            figure.set_layout_engine("none")
        figure.savefig(sink, format=ending, dpi=DOTS_PER_INCH, metadata=metadata)
        write_atomic(stem.with_suffix(f".{ending}"), sink.getvalue())
