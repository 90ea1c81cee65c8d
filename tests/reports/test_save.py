"""Figures say what made them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree

from PIL import Image

from sim.reports.draw_figures import save_figure
from sim.reports.figure_style import new_figure
from sim.studies import result_files
from sim.tables.version import __version__

STAMP = {"identity": "0123abcd", "seed": "7", "model": "0.1.0+ff"}
TITLE = 'A <b>&amp; "title" ä'


def test_png_and_svg_hold_version_seed_and_configuration_hash(tmp_path):
    figure, _ = new_figure(1, 1, (2, 2))
    save_figure(figure, tmp_path / "a", TITLE, STAMP)
    png = Image.open(tmp_path / "a.png").info
    assert json.loads(png["Description"]) == {"nasss_sim": __version__, **STAMP}
    assert png["Title"] == TITLE and png["Software"] == f"nasss-sim {__version__}"
    texts = [(e.text or "").strip() for e in ElementTree.parse(tmp_path / "a.svg").iter()]
    assert TITLE in texts and json.dumps({"nasss_sim": __version__, **STAMP}) in texts
    assert f"nasss-sim {__version__}" in "".join(texts)


def test_a_study_stamps_its_figures_with_its_own_seed_and_identity(tmp_path, monkeypatch):
    from sim.cli.compose import compose
    from sim.studies.session import perform

    monkeypatch.setattr(result_files, "save_report", lambda *_: None)
    request = compose(["replicates=2", "horizon=3", "seed=11", "progress=never", f"out={tmp_path}"])
    assert perform(request) == 0
    provenance = json.loads((tmp_path / "provenance.json").read_text(encoding="utf-8"))
    found = json.loads(Image.open(tmp_path / "figures" / "adoption.png").info["Description"])
    assert found["seed"] == "11" and found["identity"] == provenance["identity"]
    assert found["model"] == provenance["model"] and found["nasss_sim"] == __version__
