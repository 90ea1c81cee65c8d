"""What the tests of ensembles share."""

from __future__ import annotations

import pytest

from tests.ensembles.store_runs import Calls, run


@pytest.fixture(autouse=True)
def numbers_only(no_figures_here):
    """What is drawn is no matter of the tests here."""


@pytest.fixture
def calls(monkeypatch):
    return Calls(monkeypatch)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return a folder of the tiny sweep, never interrupted."""
    folder = tmp_path_factory.mktemp("whole") / "r"
    assert run(folder) == 0
    return folder
