"""Results without figures and reports, where a test looks at numbers only: half of its time."""

from __future__ import annotations

import contextlib

import pytest

from sim.studies import result_files

PICTURES = {name: getattr(result_files, name) for name in ("save_figures", "save_report")}


@contextlib.contextmanager
def no_pictures():
    with pytest.MonkeyPatch.context() as patch:
        for name in PICTURES:
            patch.setattr(result_files, name, lambda *_: None)
        yield
