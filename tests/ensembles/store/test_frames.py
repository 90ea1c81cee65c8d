"""Runs that are damaged or foreign are noticed and made again; the others are not."""

from __future__ import annotations

import io
import shutil

import numpy as np
import pytest

from sim.__main__ import main
from sim.ensembles import run as ensemble_run
from sim.ensembles.store.run_file import FrameFile, decoded, packed, unpacked
from tests.ensembles.store_runs import frames, marks, run, same, stop_at_write, unfinished

FULL = OSError(28, "No space left on device")


@pytest.fixture
def path(tmp_path):
    """Return a file of five frames that hold the numbers 0 to 4."""
    file = FrameFile(tmp_path / "f", "key")
    for number in range(5):
        file.append([{"n": np.full(50, number)}])
    return file.path


def numbers(path, key="key"):
    """Return what frames hold; None for each stretch that holds none."""
    return [found and int(found[1]["n"][0]) for found in FrameFile(path, key).scan()]


def test_arrays_keep_their_bits():
    arrays = {
        "a/b": np.array([np.nan, -0.0, np.inf, 5e-324]),
        "texts": np.array(["", "ä", 'a "longer" one'], object),
        "none": np.array([], object),
        "two": np.arange(6)[::2].reshape(3, 1),
    }
    read = unpacked(packed(arrays))
    assert read["a/b"].tobytes() == arrays["a/b"].tobytes()
    assert decoded(read["texts"]).tolist() == arrays["texts"].tolist()
    assert decoded(read["none"]).size == 0 and decoded(read["none"]).dtype == object
    assert read["two"].tolist() == [[0], [2], [4]]


def test_nothing_that_was_pickled_is_read():
    sink = io.BytesIO()
    np.savez(sink, a=np.array([{}], object))
    with pytest.raises(ValueError, match="pickle"):
        unpacked(sink.getvalue())["a"]


def test_what_fails_half_way_leaves_what_was_there(path, monkeypatch):
    before = path.read_bytes()
    file = FrameFile(path, "key")
    assert len(list(file.scan())) == 5
    with monkeypatch.context() as patch:
        stop_at_write(patch, 1, FULL)
        with pytest.raises(OSError, match="space"):
            file.append([{"n": np.full(50, 5)}])
    assert path.read_bytes() == before
    file.append([{"n": np.full(50, 6)}, {"n": np.full(50, 7)}])
    assert numbers(path) == [0, 1, 2, 3, 4, 6, 7]


def overwrite(path, first, content):
    with open(path, "r+b") as file:
        file.seek(first)
        file.write(content)


@pytest.mark.parametrize("place", [0, 17, 30, 60, 300])  # mark, length, checksum, content
@pytest.mark.parametrize("number", [0, 2, 4])
def test_an_altered_byte_costs_one_frame(path, number, place):
    at = marks(path)[number] + place
    overwrite(path, at, bytes([path.read_bytes()[at] ^ 0x41]))
    assert numbers(path) == [None if n == number else n for n in range(5)]


@pytest.mark.parametrize("left", [0, 5, 16, 40, 56, 100, -1])
def test_a_frame_that_is_cut_short_is_left_out_and_written_over(path, left):
    last = marks(path)[-1]
    with open(path, "r+b") as file:
        file.truncate(last + left if left >= 0 else path.stat().st_size - 1)
    file = FrameFile(path, "key")
    assert len(list(file.scan())) == 4 + (left != 0)
    file.append([{"n": np.full(50, 9)}])
    assert numbers(path) == [0, 1, 2, 3, 9]


def test_four_kilobytes_that_are_overwritten_cost_what_they_hit(tmp_path):
    file = FrameFile(tmp_path / "f", "key")
    for number in range(20):
        file.append([{"n": np.full(250, number)}])
    overwrite(file.path, file.path.stat().st_size // 2, b"\xff" * 4096)
    found = numbers(file.path)
    assert 17 <= sum(n is not None for n in found) <= 19


def test_frames_of_another_store_are_not_read(path):
    assert numbers(path, "other") == [None] * 5


def test_an_empty_file_and_one_of_something_else(tmp_path):
    (tmp_path / "f").write_bytes(b"")
    assert numbers(tmp_path / "f") == []
    (tmp_path / "f").write_bytes(b"mine" * 5000)
    assert numbers(tmp_path / "f") == [None]
    assert numbers(tmp_path / "nothing") == []


# ------------------------------------------------------------------ in a sweep
@pytest.fixture
def begun(tmp_path, monkeypatch):
    """Return the folder of a sweep that was stopped by a full disk after some writes."""
    out = tmp_path / "begun"
    with monkeypatch.context() as patch:
        patch.setattr(ensemble_run, "SECONDS_PER_CHUNK", 0.0)
        patch.setattr("sim.ensembles.pilot.SECONDS", 1e-9)
        stop_at_write(patch, 6, FULL)
        assert run(out) == 1
    assert len(frames(out)) == 5
    return out


def altered(content):
    middle = len(content) // 2
    return content[:middle] + b"\xff" * 64 + content[middle + 64 :]


@pytest.mark.parametrize(
    ("harm", "kept"),
    [(lambda content: content[:-100], 4), (altered, 4), (lambda _: b"", 0), (lambda _: b"mine", 0)],
    ids=["cut", "altered", "empty", "something else"],
)
def test_damage_is_told_and_costs_only_what_it_hits(begun, whole, calls, capsys, harm, kept):
    path = unfinished(begun)
    path.write_bytes(harm(path.read_bytes()))
    is_empty = not path.read_bytes()
    capsys.readouterr()
    assert run(begun) == 0
    told = [x for x in capsys.readouterr().err.splitlines() if "runs.unfinished" in x]
    assert len(told) == (not is_empty)
    assert all("is damaged" in x and "made again" in x for x in told)
    assert len(calls.made) == len(set(calls.made)) == 12 - kept
    same(begun, whole)


def test_damage_to_one_kind_of_rows_costs_those_runs(tmp_path, monkeypatch, calls):
    out, fresh = tmp_path / "r", tmp_path / "fresh"
    with monkeypatch.context() as patch:
        patch.setattr(ensemble_run, "SECONDS_PER_CHUNK", 0.0)
        stop_at_write(patch, 6, FULL)
        assert run(out, "months=all", "organisations=all") == 1
    places = frames(out)
    assert len(places) == 15  # runs, months, organisations of each of five writes
    overwrite(unfinished(out), places[4] + 100, b"\xff")  # months of the second one
    made = set(calls.made)
    calls.made.clear()
    assert main(["resume", str(out)]) == 0
    assert 0 < len(made & set(calls.made)) < 12
    assert run(fresh, "months=all", "organisations=all") == 0
    for name in ("runs.parquet", "months.parquet", "organisations.parquet"):
        same(out, fresh, name)


def test_runs_of_another_store_are_not_used(begun, whole, tmp_path, monkeypatch, capsys):
    other = tmp_path / "other"
    with monkeypatch.context() as patch:
        stop_at_write(patch, 2, FULL)
        assert run(other, "seed=9") == 1
    shutil.copy(unfinished(other), unfinished(begun))
    assert run(begun) == 0
    assert "of another store in 1 place;" in capsys.readouterr().err
    same(begun, whole)


def test_runs_of_points_that_are_not_asked_for_are_not_used(
    begun, whole, tmp_path, monkeypatch, capsys
):
    other = tmp_path / "other"
    with monkeypatch.context() as patch:
        patch.setattr("sim.studies.session.Session.save", lambda *_: None)
        assert run(other, points=(0.3,)) == 0
    with open(unfinished(begun), "ab") as file:
        file.write(unfinished(other).read_bytes())
    assert run(begun) == 0
    assert "not asked for" in capsys.readouterr().err
    same(begun, whole)
