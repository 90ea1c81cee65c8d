"""The points of each kind of design, lists of points from a file, and checks at every point."""

import numpy as np
import pytest

from sim.cli.compose import compose
from sim.design.axes import parse_axes
from sim.design.points import check_points, number_of_points, points, sample, spread_points
from sim.tables.parameters import defaults
from sim.tables.settings import DESIGN_KINDS
from tests.mistakes import only_problem, problems

TRAINING, ROLES = "process.training", "alignment.roles"


def axes_of(specs):
    return parse_axes(specs, sampled=True)[0]


BOTH = {TRAINING: {"from": 0, "to": 0.1}, ROLES: {"low": 0.2, "high": 0.8}}


def test_points_of_a_grid_and_of_designs_around_the_base_point():
    axes, _ = parse_axes({TRAINING: [0.1, 0.2], ROLES: [0.3, 0.4]}, sampled=False)
    combined = [{TRAINING: t, ROLES: r} for t in (0.1, 0.2) for r in (0.3, 0.4)]
    assert list(points(axes, "grid")) == combined
    alone = [{}, {TRAINING: 0.1}, {TRAINING: 0.2}, {ROLES: 0.3}, {ROLES: 0.4}]
    assert list(points(axes, "one_at_a_time")) == alone
    three, _ = parse_axes({TRAINING: [0.1, 0.2], ROLES: [0.3], "horizon": [6]}, sampled=False)
    together = [
        {TRAINING: t, other: x} for other, x in ((ROLES, 0.3), ("horizon", 6)) for t in (0.1, 0.2)
    ]
    assert list(points(three, "pairs"))[1 + 4 :] == [*together, {ROLES: 0.3, "horizon": 6}]


@pytest.mark.parametrize("kind", DESIGN_KINDS)
def test_points_are_counted_without_being_made(kind):
    axes, _ = parse_axes(
        {"policy": ["none", "training"], TRAINING: [0.1, 0.2], ROLES: [0.3, 0.4]}, sampled=False
    )
    assert number_of_points(axes, kind, 5) == len(list(points(axes, kind, 5)))
    first, middle, last = spread_points(axes, 3)
    assert first == {"policy": "none", TRAINING: 0.1, ROLES: 0.3}
    assert last == {"policy": "training", TRAINING: 0.2, ROLES: 0.4} and set(middle) == set(last)


def test_values_that_limit_each_other_are_checked_at_every_point():
    axes, _ = parse_axes(
        {"development.rate": [0.5, 1], "alignment.transparency": [0, 1]}, sampled=False
    )
    (line,) = check_points(defaults(), axes, "grid")
    assert "development.rate=1" in line and "alignment.transparency=1" in line
    assert check_points(defaults(), axes, "one_at_a_time") == []
    many, _ = parse_axes({"trust.loss_cap": {"from": 0, "to": 1, "steps": 100_000}}, sampled=False)
    assert check_points(defaults(), many, "grid") == []
    axes, _ = parse_axes({"population.nurse.share": [0.1, 0.2, 0.5, 0.7]}, sampled=False)
    (line,) = check_points(defaults(), axes, "grid")
    assert "nurse.share=0.1" in line and line.endswith("; and 2 more points are wrong")


@pytest.mark.parametrize("kind", ["lhs", "sobol"])
def test_samples_fill_every_axis_between_its_ends_a_logarithmic_one_in_its_logarithm(kind):
    logarithmic = {"incident.rate": {"from": 0.001, "to": 0.1, "log": True}}
    found = sample(axes_of(BOTH | logarithmic), kind, 64, 3)
    for path, low, high in ((TRAINING, 0, 0.1), (ROLES, 0.2, 0.8), ("incident.rate", -3, -1)):
        x = np.array([point[path] for point in found])
        x = np.log10(x) if path in logarithmic else x
        assert low <= x.min() and x.max() <= high
        counts, _ = np.histogram(x, 8, (low, high))
        assert (counts == 8).all()  # both kinds are balanced over eighths, not only random


def test_a_sobol_design_can_be_extended_and_a_latin_hypercube_not():
    axes = axes_of(BOTH)
    assert sample(axes, "sobol", 24, 3)[:16] == sample(axes, "sobol", 16, 3)
    assert sample(axes, "lhs", 24, 3)[:16] != sample(axes, "lhs", 16, 3)
    assert sample(axes, "sobol", 16, 3) != sample(axes, "sobol", 16, 4)
    request = compose(["design.kind=lhs", "design.samples=8", f"{TRAINING}={{from:0,to:0.1}}"])
    assert any("cannot be extended" in note for note in request.notes)


def test_whole_numbers_are_sampled_equally():
    path = "network.ties"
    found = [p[path] for p in sample(axes_of({path: {"low": 1, "high": 4}}), "sobol", 64, 0)]
    assert sorted(set(found)) == [1, 2, 3, 4]
    assert all(isinstance(n, int) and found.count(n) == 16 for n in set(found))


def test_linked_parameters_are_sampled_together():
    linked = {"all": {"parameters": ["alignment.*"], "values": {"from": 0, "to": 1}}}
    for point in sample(axes_of(linked), "lhs", 5, 0):
        assert len(point) == 8 and len(set(point.values())) == 1


def test_a_factorial_has_the_ends_of_every_axis():
    request = compose(
        ["design.kind=factorial", f"{TRAINING}=low_high", f"{ROLES}={{from:0,to:1,steps:5}}"]
    )
    found = list(points(request.axes, request.design_kind))
    assert found == [{TRAINING: t, ROLES: r} for t in (0.0, 0.1) for r in (0.0, 1.0)]


def test_points_of_a_file(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text(f"{TRAINING},network.kind\n0.1,random\n0,modular\n0.1,random\n")
    request = compose(["design.kind=list", f"design.file={path}"])
    assert list(points(request.axes, request.design_kind)) == [
        {TRAINING: 0.1, "network.kind": "random"},
        {TRAINING: 0.0, "network.kind": "modular"},
    ]
    assert any("repeated" in note for note in request.notes)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        # what a CSV file may hold is tried with those of a population
        ("network.ties\n\n\n", "has no points"),
        ("process.trainig\n0.1\n", "line 1: process.trainig: unknown parameter; did you mean"),
        ("process.training\n2\n", "line 2: process.training=2"),
        ("process.training,process.training\n0,1\n", "line 1: a parameter stands there twice"),
    ],
)
def test_mistakes_in_a_file_of_points_name_the_line(tmp_path, content, words):
    path = tmp_path / "points.csv"
    path.write_text(content)
    assert words in problems(compose, ["design.kind=list", f"design.file={path}"])[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["design.kind=sobol", f"{TRAINING}={{from:0,to:0.1}}"],
            "design.samples=null: design.kind=sobol needs it",
        ),
        (["design.kind=sobol", "design.samples=0", f"{TRAINING}=low_high"], "design.samples=0"),
        (["design.kind=sobol", "design.samples=4"], "needs design.axes"),
        (["design.samples=4", f"{TRAINING}=low_high"], "takes no samples"),
        (["design.kind=lhs", "design.samples=4", "network.kind=[random,modular]"], "two numbers"),
        (["design.kind=list"], "design.file=null"),
        (["design.kind=list", "design.file=none.csv"], "no such file"),
        (["design.kind=sobl"], "did you mean sobol"),
        (["design.seeds=own"], "design.seeds=own"),
        (["design.sample=4"], "did you mean design.samples"),
    ],
)
def test_mistakes_in_a_design_are_one_line(arguments, words):
    assert words in only_problem(compose, arguments)
