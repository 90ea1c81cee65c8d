"""Files are whole or not there."""

from __future__ import annotations

import os

import pytest

from sim.ensembles.store.atomic import remove_leftovers, replacing, write_atomic

HEX = "0123456789abcdef" * 2


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


def test_only_our_leftovers_are_removed(tmp_path):
    ours = [tmp_path / f".runs.parquet.{HEX}.part", tmp_path / f".writable-{HEX}"]
    others = [tmp_path / ".hidden", tmp_path / "x.part", tmp_path / f"runs.{HEX}.part"]
    lock = tmp_path / f".lock-1-01234567.json.{HEX}.part"  # somebody may be writing it just now
    for path in (*ours, *others, lock):
        path.write_text("x")
    remove_leftovers(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([*others, lock])
