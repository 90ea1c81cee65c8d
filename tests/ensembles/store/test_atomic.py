"""Files are whole or not there."""

from __future__ import annotations

import os

import pytest

from sim.ensembles.store.atomic import replacing, write_atomic


def test_what_fails_half_way_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    write_atomic(path, "ä")
    with pytest.raises(ZeroDivisionError), replacing(path) as temporary:
        temporary.write_text("new")
        raise ZeroDivisionError
    assert path.read_bytes() == "ä".encode() and len(list(tmp_path.iterdir())) == 1


def test_content_reaches_the_disk_before_its_name(tmp_path, monkeypatch):
    order = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda n: (order.append("fsync"), fsync(n)))
    monkeypatch.setattr(os, "replace", lambda a, b: (order.append("rename"), replace(a, b)))
    with replacing(tmp_path / "a.txt") as temporary:
        temporary.write_text("new")
    assert order[:2] == ["fsync", "rename"]
