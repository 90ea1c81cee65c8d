"""A chunk that is damaged or foreign is noticed, named, and its runs are made again."""

from __future__ import annotations

import hashlib
import shutil

import numpy as np
import pytest

from sim.ensembles.chunk import Chunk, Keep, Task
from sim.ensembles.store import chunks as module
from sim.ensembles.store.chunks import (
    BadChunk,
    columns_of,
    read_chunk,
    table_of_tasks,
    write_chunk,
)
from sim.outcomes.columns import COLUMNS, ENTITIES, PATHS
from sim.outcomes.table import OUTCOMES
from tests.ensembles.store_runs import chunks, run, same, stop_at_chunk

POINTS = [bytes([n]) * 16 for n in range(3)]
ALL = columns_of(Keep(True, True, True))


def chunk(task, months=5):
    n = task.last - task.first
    random = np.random.default_rng(task.point)
    outcomes = {name: random.random(n) for name in OUTCOMES}
    outcomes["trust"][0] = np.nan
    rows = n * 2
    entities = {}
    for kind in ENTITIES:
        entities[kind] = {
            name: np.full(rows, "word", object)
            if column.dtype is object
            else np.arange(rows).astype(column.dtype)
            for name, column in COLUMNS[kind].items()
        }
        entities[kind]["replicate"] = np.repeat(np.arange(task.first, task.last), 2)
    paths = {name: random.random((n, months)) for name in PATHS}
    return Chunk(outcomes, ["", *["broken"] * (n - 1)], paths, entities)


def test_what_is_read_is_what_was_written(tmp_path):
    done = [(t, chunk(t)) for t in (Task(2, 0, 3), Task(0, 4, 6))]
    path, size = write_chunk(tmp_path, [table_of_tasks(done, POINTS)], "head")
    assert size == path.stat().st_size and len(list(tmp_path.iterdir())) == 1
    table = read_chunk(path, "head", ALL)
    assert table["point"].to_pylist() == [POINTS[2]] * 3 + [POINTS[0]] * 2
    assert table["replicate"].to_pylist() == [0, 1, 2, 4, 5]
    assert table["error"].to_pylist() == ["", "broken", "broken", "", "broken"]
    for name in OUTCOMES:
        both = np.concatenate([c.outcomes[name] for _, c in done])
        found = table["outcome/" + name].to_numpy()
        assert (found.view(np.int64) == both.view(np.int64)).all()
    for name in PATHS:
        both = np.concatenate([c.paths[name] for _, c in done])
        assert table["months/" + name].to_pylist() == both.tolist()
    assert table["organisations/hcps"].to_pylist()[1] == [2, 3]


def test_a_chunk_is_read_in_pieces_of_bounded_size(tmp_path, monkeypatch):
    import pyarrow as pa

    monkeypatch.setattr(module, "BATCH_BYTES", 4000)
    task = Task(0, 0, 50)
    path, _ = write_chunk(tmp_path, [table_of_tasks([(task, chunk(task))], POINTS)], "head")
    with pa.OSFile(str(path)) as file:
        assert pa.ipc.open_file(file).num_record_batches > 5


def test_nothing_is_pickled():
    import sim.ensembles.store as package

    for path in sorted(__import__("pathlib").Path(package.__file__).parent.glob("*.py")):
        assert "import pickle" not in path.read_text(encoding="utf-8")


def cut(path):
    path.write_bytes(path.read_bytes()[:-100])


def empty(path):
    path.write_bytes(b"")


def altered(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def no_arrow(path):
    content = b"not arrow"
    (path.parent / f"{hashlib.sha256(content).hexdigest()}.arrow").write_bytes(content)
    path.unlink()


@pytest.mark.parametrize("harm", [cut, empty, altered, no_arrow])
def test_harm_is_noticed(tmp_path, harm):
    task = Task(0, 0, 4)
    path, _ = write_chunk(tmp_path, [table_of_tasks([(task, chunk(task))], POINTS)], "head")
    harm(path)
    (path,) = tmp_path.iterdir()
    with pytest.raises(BadChunk, match="damaged|no chunk"):
        read_chunk(path, "head", ALL)


def test_a_chunk_of_another_store_or_of_other_columns_is_noticed(tmp_path):
    task = Task(0, 0, 4)
    path, _ = write_chunk(tmp_path, [table_of_tasks([(task, chunk(task))], POINTS)], "head")
    with pytest.raises(BadChunk, match="another store"):
        read_chunk(path, "other", ALL)
    with pytest.raises(BadChunk, match="other columns"):
        read_chunk(path, "head", columns_of(Keep(False, True, True)))


@pytest.fixture
def begun(tmp_path, monkeypatch):
    """Return the folder of a sweep that was stopped by a full disk after some chunks."""
    out = tmp_path / "begun"
    with monkeypatch.context() as patch:
        stop_at_chunk(patch, 4, OSError(28, "No space left on device"))
        assert run(out) == 1
    assert len(chunks(out)) == 3
    return out


@pytest.mark.parametrize("harm", [cut, empty, altered, no_arrow])
def test_a_damaged_chunk_is_named_and_redone(begun, whole, calls, capsys, harm):
    harm(chunks(begun)[0])
    assert run(begun) == 0
    told = [x for x in capsys.readouterr().err.splitlines() if "chunks/" in x]
    assert len(told) == 1 and "its runs are made again" in told[0]
    kept = 12 - len(set(calls.made))
    assert 0 < kept < 12 and len(calls.made) == len(set(calls.made))
    same(begun, whole)


def test_a_foreign_chunk_is_named_and_not_used(begun, whole, tmp_path, monkeypatch, capsys):
    other = tmp_path / "other"
    with monkeypatch.context() as patch:
        stop_at_chunk(patch, 2, OSError(28, "No space left on device"))
        assert run(other, "seed=9") == 1
    shutil.copy(chunks(other)[0], begun / "chunks")
    assert run(begun) == 0
    assert "is of another store" in capsys.readouterr().err
    same(begun, whole)


def test_runs_of_points_that_are_not_asked_for_are_not_used(
    begun, whole, tmp_path, monkeypatch, capsys
):
    other = tmp_path / "other"
    with monkeypatch.context() as patch:
        stop_at_chunk(patch, 2, OSError(28, "No space left on device"), seconds=60)
        patch.setattr("sim.studies.session.Session.save", lambda *_: None)
        assert run(other, points=(0.3,)) == 0
    shutil.copy(chunks(other)[0], begun / "chunks")
    assert run(begun) == 0
    assert "not asked for" in capsys.readouterr().err
    same(begun, whole)
