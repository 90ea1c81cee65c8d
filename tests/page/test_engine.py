"""The page's module gives the bits of Python, and its scripts say and pack what Python does."""

from __future__ import annotations

import base64
import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import baseline
import numpy as np
import pytest

import sim
from sim.analysis import loops, paired, pooled
from sim.analysis.intervals import beyond_chance, of_columns
from sim.analysis.split import split
from sim.design.rating import values_of
from sim.ensembles.chunk import Chunk, How, Keep, Task, run_chunk
from sim.model import engine, inputs, networks, population, records
from sim.model.panel import panel_of
from sim.outcomes import compute
from sim.outcomes.table import OUTCOMES
from sim.page import bundle
from sim.page.exports import EXPORTS
from sim.page.tables import module_version, tables
from sim.policies import cost
from sim.policies.cost import costs_of
from sim.policies.lever_table import LEVERS
from sim.policies.policy import Policy, policy_of
from sim.policies.schedule import luck_of, schedule_of
from sim.tables.checks import check_each
from sim.tables.limits import check_together
from sim.tables.nasss import MAPPED, RATINGS
from sim.tables.parameters import NETWORK_KINDS, PARAMETERS, defaults
from website import known_answers as known
from website import page as making

NODE = shutil.which("node")
TINY = {"population.organisations": 4, "population.organisation_size": 12, "horizon": 30}
RUNS = 2


@pytest.fixture(scope="module")
def told():
    """The tables, as the page reads them."""
    return json.loads(json.dumps(tables()))


def ask_node(path: Path, told: dict[str, Any], questions: Any) -> subprocess.CompletedProcess[str]:
    """Ask the committed module in a process of node, with these tables, which are written to a path."""
    if NODE is None:
        pytest.skip("node, which runs the page's module, is not there")
    path.write_text(json.dumps(told), encoding="utf-8")
    return subprocess.run(
        [str(NODE), str(Path(__file__).with_name("ask.js")), str(bundle.HERE), str(path)],
        input=json.dumps(questions), capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def asked(tmp_path_factory, told):
    """Return a function that asks the committed module; in one process, for they take time."""
    path = tmp_path_factory.mktemp("page") / "tables.json"

    def ask(*questions: Any) -> list[Any]:
        done = ask_node(path, told, questions)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask


def one(lever: str, strength: float, kind: str = "policy", **more: Any) -> dict[str, Any]:
    return {
        "name": f"my_{kind}", "kind": kind, "levers": [{"lever": lever, "strength": strength, **more}],
    }  # fmt: skip


def point_of(question: dict[str, Any]) -> engine.Point:
    """Return the point of a question to the page."""
    values = defaults() | question.get("settings", {})
    given = question.get("policies", [])
    policies = [policy_of(p["name"], {"levers": p["levers"]}, p["kind"]) for p in given]
    n = values["population.organisations"]
    schedule, costs = schedule_of(policies, n, ()), costs_of(policies, n, ())
    return engine.prepare(values, schedule, costs=costs)


def of_python(point: engine.Point, seed: int, runs: int) -> Chunk:
    nothing = np.zeros(1, np.int64)
    how = How(seed, "kernel", Keep(paths=True))
    return run_chunk(point, Task(0, 0, runs), how, nothing, nothing.copy(), 1)


def numbers(found: Any) -> np.ndarray:
    return np.array(found, float)  # null is no number


def agree(asked: Any, questions: list[dict[str, Any]], *more: Any) -> list[Any]:
    """Assert that outcomes and months are those of Python, to the bit; return the replies, those to `more` last."""
    replies = asked(*(["ask", question] for question in questions), *more)
    for question, reply in zip(questions, replies, strict=False):
        assert reply["error"] is None
        chunk = of_python(point_of(question), question.get("seed", 0), question["replicates"])
        for name, column in chunk.outcomes.items():
            np.testing.assert_array_equal(numbers(reply["runs"][name]), column, name)
        for name, path in chunk.paths.items():
            np.testing.assert_array_equal(numbers(reply["paths"][name]), path, name)
    return replies


WORLDS: dict[str, dict[str, Any]] = {
    "as it stands": {},
    "one of each": {**TINY, "population.organisations": 1, "population.organisation_size": 1},
    "no month": {**TINY, "horizon": 0},
    "a year": {**TINY, "horizon": 12},
    **{f"{kind} network": {**TINY, "network.kind": kind} for kind in NETWORK_KINDS[:-1]},
    **{f"baseline, {name}": settings for name, settings in baseline.CONFIGURATIONS.items()},
    **{
        f"known answers, {name.lower()}": {**known.STILL, **getattr(known, name), **TINY}
        for name in ("USERS", "DEVELOPED", "MEETINGS", "DECISIONS", "TRAP")
    },
    "sizes differ": {**TINY, "population.size_spread": 1.5, "population.resources_spread": 1.0},
    "in use from the start": {
        **TINY, "deployment.at_start": 0.7, "population.initial_adopters": 0.4,
        "turnover.onboarding": 0.5,
    },
}  # fmt: skip
FROM_THE_START = {
    **TINY, "horizon": 70, "deployment.at_start": 0.4, "deployment.rate": 0.02, "cost.discount_rate": 0.05,
}  # fmt: skip
WHERE = ({"share": 0.4}, {"members": True}, {"organisations": [1, 3]}, "all")
SEEDS = (0, 7, 2**53 - 1)


def acting() -> list[list[dict[str, Any]]]:
    """Return each lever alone, with a place, months and a cost; then several at once."""
    alone = [
        [one(lever.name, min(0.3, lever.high), lever.kind, **{"from": 3, "to": 40, "cost": 7.5},
             where=WHERE[n % 4], **({"groups": ["nurse", "allied"]} if lever.by_group else {}))]
        for n, lever in enumerate(LEVERS.values())
    ]  # fmt: skip
    return [*alone, [policies[0] for policies in alone[-1:] + alone[:1]], [one("training", 0.0)]]


def test_every_world_and_seed_gives_the_bits_of_python(asked):
    settings = enumerate(WORLDS.values())
    agree(asked, [{"settings": s, "replicates": RUNS, "seed": SEEDS[n % 3]} for n, s in settings])


def test_every_lever_and_its_cost_gives_the_bits_of_python(asked):
    asks = [{"settings": FROM_THE_START, "policies": p, "replicates": RUNS} for p in acting()]
    costs = [reply["runs"]["policy_cost"] for reply in agree(asked, asks)]
    assert sum(min(cost) > 0 for cost in costs) > 18  # some reach nobody, or act too late


def test_whom_a_policy_reaches_is_drawn_as_in_python(asked):
    """For any name and any share, however Python writes it."""
    names = ("training", "training_for_nurses", "a" * 47, "b" * 48, "c" * 200)
    shares = (0.0, 1.0, 0.5, 1 / 3, 0.1 + 0.2, 1e-4, 9.99e-5, 1e-5, 2.5e-7, 1e-12, 1e-300)
    pairs = [(name, share) for name in names for share in shares]
    wanted = [luck_of(Policy(name, "", "", ()), share) for name, share in pairs]
    for_some = one("training", 0.3, where={"share": 0.217}) | {"name": "for_some"}
    question = {"settings": FROM_THE_START, "policies": [for_some], "replicates": 4}
    assert agree(asked, [question], *(["luck", *pair] for pair in pairs))[1:] == wanted


def test_shipped_policies_are_packed_as_python_packs_them(asked, told):
    shipped = [
        {"name": name, "kind": kind, **policy}
        for kind, policies in told["shipped"].items()
        for name, policy in policies.items()
    ]
    agree(asked, [{"settings": FROM_THE_START, "replicates": 1, "policies": [p]} for p in shipped])


def test_worlds_are_those_of_the_posterior_and_each_has_its_luck(asked, told):
    settings = {**TINY, "deployment.at_start": 1.0, "decision.trust": 4.5}
    (reply,) = asked(["ask", {"settings": settings, "worlds": 3}])
    result = sim.run(settings, uncertainty="posterior", worlds=3, replicates=3, progress="never")
    for name, wanted in result.ensemble.outcomes.items():
        np.testing.assert_array_equal(numbers(reply["runs"][name]), wanted.ravel(), name)


def test_intervals_and_comparisons_are_those_of_python(asked):
    settings = {**TINY, "horizon": 80}
    asks = [
        ["ask", {"settings": settings, "replicates": 12}],
        ["ask", {"settings": settings, "replicates": 12, "policies": [one("champions", 0.5, cost=3)]}],
        ["compare", 0, 1],
    ]  # fmt: skip
    first, second, changes = asked(*asks)
    result = sim.run(settings, replicates=12, progress="never")
    for name, row in OUTCOMES.items():
        close(first["summary"][name], result.mean(name), name)
        ours, theirs = (numbers(reply["runs"][name]) for reply in (second, first))
        over = None
        if row.over:
            over = tuple(numbers(reply["runs"][row.over]) for reply in (second, first))
        found = paired.compared(ours, theirs, row.better, over)
        close(changes[name]["change"], found.change, name)
        close(changes[name]["better"], found.better, name)
    close(first["sustained"], result.probability_sustained(), "sustained")
    for name, path in of_python(point_of(asks[0][1]), 0, 12).paths.items():
        mean, low, high, _ = of_columns(path, (0, 1))
        np.testing.assert_allclose(numbers(first["mean"][name]), mean, rtol=1e-12, atol=1e-15)
        band = [numbers(first["band"][name][end]) for end in ("low", "high")]
        np.testing.assert_allclose(band, [low, high], atol=1e-14)


def test_what_helps_beyond_chance_is_what_python_finds(asked, told):
    tried = told["tried"]
    luck = np.random.default_rng(3)
    apart = (0.0, 0.6, 0.8, 1.0, 2.0)
    samples = [luck.normal(mean, 1, (len(tried["quantiles"]), tried["runs"])) for mean in apart]
    for x in samples:
        x[1] = 0.0
        x[2, 5:] = np.nan  # not seen in those runs
        x[3] *= -1
    given = [[row[~np.isnan(row)].tolist() for row in x] for x in samples]
    found = asked(*(["beyondChance", x] for x in given))
    assert found == [beyond_chance(x) for x in samples]
    assert [any(x) for x in found] == [False, *[True] * 4] and not any(map(all, found))


def close(found: dict[str, Any], wanted: Any, name: str) -> None:
    given = numbers([found[key] for key in ("estimate", "low", "high", "runs")])
    np.testing.assert_allclose(given, np.array(wanted, float), rtol=1e-12, atol=1e-12, err_msg=name)


def test_resamples_are_those_of_numpy():
    for runs in (1, 2, 7, 40):
        with np.errstate(over="ignore"):
            np.testing.assert_array_equal(loops.times_drawn(runs), pooled.times_of(runs))


@pytest.mark.parametrize(
    "runs", [[0.1] * 9 + [0.8] * 9, [0.1] * 9 + [0.5] * 9 + [0.8], [0.4, 0.5], [0.3]]
)
def test_histories_that_split_are_those_of_python(runs):
    found, out = split(np.array(runs)), np.zeros(6)
    loops.split_of(np.array(runs), out)
    if found is None:
        assert np.isnan(out).all()
    else:
        np.testing.assert_allclose(out, [found.low, found.high, *found.lower], rtol=1e-12)


def test_more_runs_of_a_question_and_old_questions_are_not_made_again(asked):
    questions = [{"settings": {**TINY, "process.training": x}, "replicates": n}
                 for x, n in ((0.1, 2), (0.1, 4), (0.2, 4), (0.1, 3))]  # fmt: skip
    assert agree(asked, questions, ["counted"])[-1] == 8


def test_memory_stays_flat_over_many_moves(asked):
    """The last of many questions takes no more than the first few did."""
    some, many = asked(*(["moves", {"settings": TINY}, moves] for moves in (30, 100)))
    assert some == many and many["jobs"] == 0 and many["kept"] <= 24


def test_memory_that_is_not_there_is_told_in_words(asked):
    said = "The browser gives this page no more memory. Choose fewer professionals or months."
    found = asked(["too much", 300_000_000], ["too much", 600_000_000])
    assert found == [[said, True]] * 2


def test_a_film_shows_the_run_of_python(asked):
    settings = {**TINY, "deployment.at_start": 0.6}
    policies = [one("champions", 0.2)]
    question = {"settings": settings, "policies": policies, "seed": 4, "replicate": 1}
    (film,) = asked(["watch", question])
    panel, state = panel_of(point_of(question), 4, 1, TINY["horizon"])
    for name in ("state", "trained", "hired", "status", "first_hcp"):
        np.testing.assert_array_equal(film[name], getattr(panel, name).ravel(), name)
    np.testing.assert_array_equal(numbers(film["trust"]).astype(np.float32), panel.trust.ravel())
    np.testing.assert_array_equal(film["group"], state.hcps["group"])
    counted = [np.bincount(month, minlength=7) for month in np.reshape(film["place"], (31, -1))]
    kept = records.of_run(records.empty_record(1, TINY["horizon"]), 0)
    engine.simulate(point_of(question), 4, 1, kept)
    np.testing.assert_array_equal(counted, kept.places)


def test_ratings_mean_what_they_mean_in_python(asked):
    sheets = [{name: RATINGS[(n + k) % 3] for n, name in enumerate(MAPPED)} for k in range(3)]
    assert asked(*(["rate", sheet] for sheet in sheets)) == [values_of(sheet) for sheet in sheets]


def test_a_price_is_what_is_paid_where_the_tool_stays_everywhere(asked):
    policies = [
        one("training", 0.1, cost=10, **{"from": 5}),
        one("budget_cut", 0.1, "shock", cost=1),
    ]
    settings = {**TINY, "deployment.at_start": 1.0, "review.rate": 0.0}
    (found,) = asked(["price", policies, settings])
    paid = of_python(point_of({"settings": settings, "policies": policies}), 0, 1)
    assert found == paid.outcomes["policy_cost"][0] > 0


WRONG = [
    {"process.training": 2}, {"process.training": -0.1}, {"horizon": 1.5}, {"horizon": "ten"},
    {"network.kind": "modularr"}, {"trust.skill_floor": None},
]  # fmt: skip


def test_mistakes_are_told_in_the_words_of_python(asked):
    found = asked(*(["check", {"settings": settings}] for settings in WRONG))
    for settings, lines in zip(WRONG, found, strict=True):
        ((key, _),) = settings.items()
        check_each(PARAMETERS, settings, wrong := [])
        (wanted,) = wrong
        assert lines[0]["key"] == key and wanted.startswith(lines[0]["message"])


TOGETHER = [
    {"population.physician.share": 0.9}, {"population.priority.value": 0.0},
    {"trust.reliability_base": 0.975}, {"population.readiness_low": 0.7, "population.readiness_high": 0.1},
    {"population.expert_priority.privacy": 0.123456789}, {"population.initial_adopters": 0.9}, {},
]  # fmt: skip


def test_values_that_limit_each_other_are_told_as_in_python(asked):
    found = asked(*(["check", {"settings": settings}] for settings in TOGETHER))
    for settings, lines in zip(TOGETHER, found, strict=True):
        wanted = check_together(defaults() | settings)
        assert [line["message"] for line in lines] == wanted and bool(wanted) == bool(settings)


REFUSED = [
    ({"settings": {"no.such": 1}}, "no.such: unknown parameter"),
    ({"settings": {"engine": "agents"}}, "runs the compiled engine alone"),
    ({"settings": {"population.file": "mine.csv"}}, "reads no files"),
    ({"settings": {"network.kind": "file"}}, "reads no files"),
    ({"settings": {"population.organisations": 1000}}, "50000 professionals are more than"),
    ({"replicates": 0}, "allowed is a whole number from 1"),
    ({"policies": [one("trainings", 0.1)]}, "unknown lever"),
    ({"policies": [one("training", 1.1)]}, "allowed is a number from 0 to 1"),
    ({"policies": [one("training", 0.1, **{"from": 9, "to": 8})]}, "allowed is a month from 9"),
    ({"policies": [one("training", 0.1, where={"share": 1.2})]}, "allowed is a number from 0 to 1"),
    # found by the run itself
    ({"settings": {**TINY, "development.rate": 1.0, "population.resources_spread": 1.5,
                   "population.organisations": 40, "deployment.at_start": 1.0,
                   **{f"development.erosion.{q}": 0.95 for q in ("value", "scope")}}}, "Month 1"),
]  # fmt: skip


def test_what_the_page_cannot_do_is_refused_in_words(asked):
    found = asked(*(["ask", question] for question, _ in REFUSED))
    for reply, (_, words) in zip(found, REFUSED, strict=True):
        assert words in reply["error"], reply["error"]


def test_the_command_of_a_question_gives_its_numbers(asked, told):
    question = {
        "settings": {**TINY, "process.training": 0.1, "network.kind": "random"},
        "policies": [{"name": "training", "kind": "policy", **told["shipped"]["policy"]["training"]}],
        "replicates": 3, "seed": 5,
    }  # fmt: skip
    (command,) = asked(["command", question])
    assert command.startswith("python -m sim ") and set(command.split()[3:]) == set(
        "policy=training population.organisations=4 population.organisation_size=12 horizon=30 "
        "process.training=0.1 network.kind=random seed=5 replicates=3".split()
    )


def test_python_compiles_nothing_of_what_is_for_the_page():
    once = (population.draw, networks.build, inputs.derive, compute.outcomes_of, cost.cost_of_rows)
    exported = [export.function for export in EXPORTS.values()]
    assert not [f.__name__ for f in (*once, *exported) if hasattr(f, "signatures")]
    assert hasattr(population.draw_organisations, "signatures")


def test_the_module_is_of_this_model():
    assert module_version().encode() in bundle.MODULE.read_bytes(), (
        "the model changed, and the page's module did not: run `make page`, and commit sim/page"
    )


def test_a_module_of_another_model_is_refused(told, tmp_path):
    done = ask_node(tmp_path / "tables.json", told | {"model": "another"}, [])
    assert "is of another model" in done.stderr and "make page" in done.stderr


def test_parameters_stand_where_the_record_has_them(told):
    values = {p.path: float(n) for n, p in enumerate(PARAMETERS.values()) if p.numeric}
    record = inputs.pack(defaults() | values | {"turnover.onboarding": 1.0})
    content = record.tobytes()
    for path, place in told["layout"]["parameters"].items():
        if path in values and path != "turnover.onboarding":
            assert np.frombuffer(content, float, 1, place)[0] == values[path], path


def test_the_page_is_that_of_its_sources():
    held = re.compile(r'(?<=<script id="module" type="text/plain">)[^<]*')
    made, shipped = bundle.page(), bundle.PAGE.read_text(encoding="utf-8")
    # how it is packed depends on the library that packs
    same = held.sub("", shipped) == held.sub("", made)
    assert same, "run `python -m website.page --bundle`, and commit sim/page/page.html"
    packed = held.search(shipped)
    assert gzip.decompress(base64.b64decode(packed[0])) == bundle.MODULE.read_bytes()
    assert len(shipped) < 1_500_000
    assert "'wasm-unsafe-eval'; " in shipped and "worker-src blob:;" in shipped
    assert "unsafe-inline" not in shipped and "unsafe-eval'" not in shipped.replace(
        "wasm-unsafe", ""
    )


@pytest.mark.slow
def test_a_module_made_anew_is_the_committed_one():
    pytest.importorskip("ziglang")
    if making.versions() != making.PINNED:
        pytest.skip(f"other versions than the pinned ones: {making.versions()}")
    assert making.made_anew() == bundle.MODULE.read_bytes()
