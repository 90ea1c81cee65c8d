"""What the tests of ensembles share."""

from __future__ import annotations

import pytest

from sim.studies import result_files
from tests.ensembles.store_runs import Calls, run

PICTURES = {name: getattr(result_files, name) for name in ("save_figures", "save_report")}


@pytest.fixture(scope="module", autouse=True)
def without_figures():
    """Save time: what is drawn is no matter of the tests here."""
    with pytest.MonkeyPatch.context() as patch:
        for name in PICTURES:
            patch.setattr(result_files, name, lambda *_: None)
        yield


@pytest.fixture
def with_figures(monkeypatch):
    """Draw them nevertheless."""
    for name, function in PICTURES.items():
        monkeypatch.setattr(result_files, name, function)


@pytest.fixture
def calls(monkeypatch):
    return Calls(monkeypatch)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return a folder of the tiny sweep, never interrupted."""
    folder = tmp_path_factory.mktemp("whole") / "r"
    assert run(folder) == 0
    return folder
