"""What the tests of studies share."""

import pytest

from sim.studies.session import Session


@pytest.fixture
def without_figures(monkeypatch):
    """Save time where a test looks at numbers only."""
    monkeypatch.setattr(Session, "_save_figures", lambda session, result: None)
    monkeypatch.setattr(Session, "_save_report", lambda session, result, made: None)
