"""What the tests of studies share."""

import pytest

from sim.studies import result_files


@pytest.fixture
def without_figures(monkeypatch):
    """Save time where a test looks at numbers only."""
    monkeypatch.setattr(result_files, "save_figures", lambda *_: None)
    monkeypatch.setattr(result_files, "save_report", lambda *_: None)
