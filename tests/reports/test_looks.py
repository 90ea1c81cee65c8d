"""The same policy has the same look, whatever it is compared with."""

from __future__ import annotations

from pathlib import Path

from sim.reports.draw_marks import MARKERS
from sim.reports.looks import COLOURS, SHIPPED, looks

POLICIES = Path(__file__).resolve().parents[2] / "conf" / "policy"


def test_all_shipped_policies_have_a_look():
    assert sorted(SHIPPED) == sorted(["none", *(file.stem for file in POLICIES.glob("*.yaml"))])
    assert len(set(SHIPPED)) == len(SHIPPED)


def test_a_shipped_policy_looks_the_same_in_all_studies():
    first = dict(zip(names := ["none", "co_design", "training"], looks(names), strict=True))
    names = ["training", "mine", "co_design"]
    second = dict(zip(names, looks(names), strict=True))
    assert all(first[name] == second[name] for name in ("co_design", "training"))
    assert len(set(second.values())) == 3


def test_names_that_are_not_shipped_get_the_first_colours():
    assert looks(["a", "b", "c"]) == [0, 1, 2] and looks(["none", "a", "b"]) == [0, 1, 2]
    assert len(set(looks(["none", *map(str, range(40))]))) == 41


def test_what_policy_whatif_compares_differs_in_colour_or_mark():
    from sim.cli.compose import compose

    (axis,) = compose(["+experiment=policy_whatif"]).axes
    numbers = looks(axis.values)
    assert len({(n % len(COLOURS), n % len(MARKERS)) for n in numbers}) == len(axis)
