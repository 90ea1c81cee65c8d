"""Folders of results never cost a user a file."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from sim.ensembles.store.atomic import write_atomic
from sim.reports import folder as module
from sim.reports.folder import FIGURES, RESULT_FILES, open_folder
from sim.tables.errors import UserError

HASH, OTHER = "0123456789abcdef", "fedcba9876543210"


def finished(folder, identity=HASH):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "provenance.json").write_text(json.dumps({"identity": identity}))
    (folder / "runs.parquet").write_bytes(b"x")
    (folder / FIGURES).mkdir(exist_ok=True)
    (folder / FIGURES / "a.svg").write_text("x")
    return folder


def refused(out, words, identity=HASH, overwrite=False):
    before = contents(out)
    with pytest.raises(UserError) as caught:
        open_folder(str(out), "baseline", identity, overwrite)
    (line,) = caught.value.problems
    assert line.startswith(f"out={str(out)[:20]}") and words in line
    assert contents(out) == before


def contents(folder):
    if not folder.is_dir():
        return None
    return {p: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_default_folder_is_named_by_experiment_time_and_identity(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = open_folder(None, "trust_sweep", HASH)
    assert made.is_absolute() and made.is_dir() and not any(made.iterdir())
    relative = made.relative_to(tmp_path / "outputs" / "trust_sweep").as_posix()
    assert re.fullmatch(r"\d{8}-\d{6}-01234567", relative)


def test_launches_in_the_same_second_get_own_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module.time, "strftime", lambda _: "20260101-000000")
    with ThreadPoolExecutor(8) as pool:
        made = pool.map(lambda _: open_folder(None, "baseline", HASH).name, range(8))
    stem = "20260101-000000-01234567"
    assert set(made) == {stem, *(f"{stem}-{i}" for i in range(2, 9))}


def test_a_new_an_empty_and_a_folder_with_the_same_result_are_accepted(tmp_path):
    new = tmp_path / "a" / "b"
    for _ in range(2):
        assert open_folder(str(new), "baseline", HASH) == new and not any(new.iterdir())
    finished(new)
    assert open_folder(str(new), "baseline", HASH) == new


def test_another_result_needs_overwrite(tmp_path):
    folder = finished(tmp_path / "r", OTHER)
    refused(folder, "overwrite=true")
    before = contents(folder)
    assert open_folder(str(folder), "baseline", HASH, overwrite=True) == folder
    assert contents(folder) == before  # opening replaces nothing


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize(
    "name",
    ["thesis.docx", "figures/mine.ods", ".hidden", "figures/sub/x.png", "sub/x.csv", "lock-x.json"],
)
def test_a_users_file_is_never_touched(tmp_path, name, overwrite):
    folder = finished(tmp_path / "r")
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("mine")
    refused(folder, "no result of this program", overwrite=overwrite)


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_of_known_names_without_our_mark_is_refused(tmp_path, overwrite):
    folder = tmp_path / "r"
    folder.mkdir()
    for file, text in (
        ("summary.csv", "mine"),
        ("provenance.json", "[1]"),
        ("provenance.json", "{"),
    ):
        (folder / file).write_text(text)
        refused(folder, "no finished result", overwrite=overwrite)


def test_links_are_not_followed(tmp_path):
    folder = finished(tmp_path / "r")
    (tmp_path / "target.csv").write_text("mine")
    try:
        (folder / "summary.csv").symlink_to(tmp_path / "target.csv")
    except OSError:
        pytest.skip("no links here")
    refused(folder, "summary.csv", overwrite=True)


def test_a_file_in_the_place_of_the_folder_or_of_its_parent(tmp_path, monkeypatch):
    (tmp_path / "outputs").write_text("mine")
    refused(tmp_path / "outputs", "allowed is a folder")
    refused(tmp_path / "outputs" / "deeper", "allowed is a folder")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="allowed is a folder"):
        open_folder(None, "baseline", HASH)
    assert (tmp_path / "outputs").read_text() == "mine"


def test_a_folder_that_can_not_be_written_to(tmp_path, monkeypatch):
    def denied(path, *_, **__):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(module, "open", denied, raising=False)
    refused(tmp_path, "Permission denied")


def test_what_we_write_is_what_we_accept_again(tmp_path):
    for name in RESULT_FILES:
        write_atomic(tmp_path / name, json.dumps({"identity": HASH}))
    assert open_folder(str(tmp_path), "baseline", HASH)
