"""What policies do, in words."""

from __future__ import annotations

from sim.policies.policy import policy_of
from sim.reports.policy_plan import lever_rows, plan

LEVERS = [
    {"lever": "training", "strength": 0.1, "from": 3, "to": 3, "cost": 5},
    {"lever": "onboarding", "strength": 0.1, "to": 9, "where": {"share": 0.5}},
    {"lever": "co_design", "strength": 0.1, "from": 80, "groups": ["nurse"]},
    {"lever": "network", "strength": 0.1, "where": {"members": True}},
    {"lever": "champions", "strength": 0.1, "from": 3, "to": 3, "cost": 2},
]


def test_all_levers_in_a_table():
    head, *rows = lever_rows(
        {("policy", "p"): policy_of("p", {"levers": LEVERS}, "policy")}, 72, "EUR"
    )
    assert "EUR" in head[5] and rows[0][5] == "5"
    assert [row[3] for row in rows] == [
        "in month 3", "from month 1 to month 9", "from month 80, after the end",
        "from month 1 to the end (month 72)", "in month 3",
    ]  # fmt: skip
    assert rows[1][4].endswith(", in 50 % of them") and rows[2][4].endswith(", for nurses")
    assert rows[3][4] == "in all member organisations of the network"


def test_levers_of_one_time_and_place_are_told_together():
    said = plan([policy_of("p", {"levers": LEVERS}, "policy")], 72, "EUR")
    assert "training, champions in month 3 in all organisations, at 7 EUR" in said
    assert plan([], 72, "EUR") == ""
