"""What the tests of studies share."""

import pytest
from study_runs import leave_out_figures


@pytest.fixture
def without_figures(monkeypatch):
    leave_out_figures(monkeypatch)
