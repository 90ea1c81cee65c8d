"""What the tests of ensembles share."""

from __future__ import annotations

import pytest

from tests.ensembles.store_runs import Calls, run


@pytest.fixture
def calls(monkeypatch):
    return Calls(monkeypatch)


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """Return a folder of the tiny sweep, never interrupted."""
    folder = tmp_path_factory.mktemp("whole") / "r"
    assert run(folder) == 0
    return folder
