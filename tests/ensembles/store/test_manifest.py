"""More points and replicates extend a store; anything else is refused by name."""

from __future__ import annotations

import json

import pytest

from sim.__main__ import main
from sim.cli.compose import compose
from sim.design.runs import design_of
from sim.ensembles.store import MANIFEST
from sim.ensembles.store.extension import difference
from sim.ensembles.store.manifest import manifest_of, read_manifest, write_manifest
from tests.ensembles.store_runs import AXIS, run, sweep, table


def content(folder):
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def manifest(*more, **design):
    request = compose(sweep(None, *more, **design))
    return manifest_of(request, design_of(request), [])


def test_it_is_read_as_it_was_written(tmp_path):
    made = manifest()
    write_manifest(tmp_path, made)
    assert read_manifest(tmp_path) == made
    for broken in ("", "{}", "[]", json.dumps({"identity": "x"})):
        (tmp_path / MANIFEST).write_text(broken)
        assert read_manifest(tmp_path) is None


@pytest.mark.parametrize(
    ("more", "design", "said"),
    [
        (["seed=3"], {}, "seed: 0 there, 3 asked for"),
        (["months=all"], {}, "months: none there, all asked for"),
        (["organisations=all"], {}, "organisations: none there, all asked for"),
        (["engine=agents"], {}, "engine: kernel there, agents asked for"),
        (["process.training=0.3"], {}, "process.training: 0.02 there, 0.3 asked for"),
        (["network.kind=random"], {}, "network.kind: modular there, random asked for"),
        ([], {"points": (0.2, 0.6)}, f"{AXIS}: 0.5 there, 0.6 asked for"),
        ([], {"points": (0.2,)}, f"1 of its 2 points is not asked for ({AXIS}=0.5)"),
        ([], {"replicates": 5}, "replicates: 6 there, 5 asked for"),
        (["process.training=0.3", "decision.roles=1"], {}, "(and 1 more keys)"),
    ],
)
def test_what_changed_is_named_with_both_values(more, design, said):
    told = difference(manifest(), manifest(*more, **design), {})
    assert told is not None and said in told and "\n" not in told


@pytest.mark.parametrize(
    ("old_new", "said"),
    [
        (("strength: 0.1", "strength: 0.2"), "strength: 0.1 there, 0.2 asked for"),
        (("cost: 8", "cost: 9"), "cost: 8.0 there, 9.0 asked for"),
        (("cost: 8", "where: {share: 0.5}, cost: 8"), "where.share: null there, 0.5 asked for"),
    ],
)
def test_a_policy_that_changed_is_named_with_the_lever(tmp_path, old_new, said):
    file = tmp_path / "policy" / "mine.yaml"
    file.parent.mkdir()
    text = "title: Mine\nlevers:\n  - {lever: training, strength: 0.1, cost: 8}\n"
    manifests = []
    for content in (text, text.replace(*old_new)):
        file.write_text(content)
        manifests.append(manifest("--config-dir", str(tmp_path), "policy=mine"))
    assert difference(*manifests, {}) == f"policy mine: levers[1].{said}"


def test_a_design_too_large_to_describe_is_compared_all_the_same(monkeypatch):
    monkeypatch.setattr("sim.ensembles.store.manifest.MOST_DESCRIBED", 1)
    assert difference(manifest(), manifest(points=(0.2, 0.5, 0.7)), {}) is None
    assert "1 of its 2 points" in difference(manifest(), manifest(points=(0.2, 0.6)), {})


@pytest.mark.parametrize("finished", [True, False])
def test_the_folder_refuses_in_one_line_and_stays_as_it_is(
    tmp_path, capsys, calls, monkeypatch, finished
):
    out = tmp_path / "r"
    if finished:
        assert run(out) == 0
    else:
        with monkeypatch.context() as patch:
            patch.setattr("sim.studies.session.Session.save", lambda *_: None)
            assert run(out) == 0
        for lock in out.glob("lock*"):
            lock.unlink()
    before = content(out)
    made = len(calls.made)
    capsys.readouterr()
    for more, said in (
        ("seed=1", "seed: 0 there, 1 asked for"),
        ("horizon=25", "horizon: 24 there"),
    ):
        assert run(out, more) == 2
        (line,) = [x for x in capsys.readouterr().err.splitlines() if x.startswith("error")]
        assert said in line
    assert len(calls.made) == made
    assert content(out) == before


def test_overwrite_begins_anew_and_leaves_nothing_of_the_old_result(tmp_path, calls):
    out, fresh = tmp_path / "r", tmp_path / "fresh"
    assert run(out, "hcps=all", "organisations=all", "months=quantiles") == 0
    figure = out / "figures" / "story_organisation_1.png"
    figure.parent.mkdir()
    figure.touch()
    assert run(out, "hcps=all", "organisations=all", "months=quantiles", replicates=7) == 0
    assert figure.exists()  # an extension leaves all
    calls.made.clear()
    assert run(out, "seed=1", "overwrite=true") == 0
    assert len(calls.made) == 12 and set(table(out)["seed"].to_pylist()) == {1}
    assert run(fresh, "seed=1") == 0
    assert {p.name for p in content(out)} == {p.name for p in content(fresh)}


@pytest.mark.parametrize("finished", [True, False])
def test_a_store_of_version_0_1_is_refused_in_one_line(tmp_path, capsys, finished):
    out = tmp_path / "r"
    assert run(out) == 0
    (out / MANIFEST).write_text((out / MANIFEST).read_text().replace('"format": 2', '"format": 1'))
    if not finished:
        (out / "provenance.json").unlink()
        (out / "chunks").mkdir()
    before = content(out)
    for command in (
        sweep(out),
        ["resume", str(out)],
        ["merge", str(tmp_path)],
        ["story", str(out), "--hcp", "1"],
    ):
        capsys.readouterr()
        assert main(command) == 2
        (line,) = [x for x in capsys.readouterr().err.splitlines() if x.startswith("error")]
        assert "holds a store in the format of version 0.1" in line
    assert content(out) == before
    main(sweep(out))
    assert ("or overwrite=true" in capsys.readouterr().err) is finished  # what is said, works
    assert run(out, "overwrite=true") == (0 if finished else 2)
