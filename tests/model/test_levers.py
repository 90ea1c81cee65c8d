"""Levers: nothing at strength 0, nothing before their month, nothing where they do not reach.

What each does where it reaches, and for how long, is the reference's to say.
"""

import numpy as np
import pytest
from model_runs import run, same_bits

from sim.model import levers
from sim.model.inputs import NEVER
from website.known_answers import Walk, point_of, turnover

EVERY_LEVER = pytest.mark.parametrize("lever", range(levers.N_LEVERS))
# New projects all along, so that the network and the roll-out have something left to move
SLOW_SPREAD = {"deployment.rate": 0.04, "population.organisation_size": 25}


def schedule(*rows, named=()):
    """Return a schedule of (lever, strength) or (lever, strength, more) rows."""
    table = np.zeros(len(rows), levers.ROW)
    for row, (lever, strength, *more) in zip(table, rows, strict=True):
        row["lever"], row["strength"] = lever, strength
        row["first_month"], row["last_month"], row["share"] = 1, NEVER, 1.0
        for name, value in (more[0] if more else {}).items():
            row[name] = value
    return levers.Schedule(table, np.array(named, np.int64))


# ------------------------------------------------------------------ where nothing may change
@pytest.fixture(scope="module")
def without():
    return run(point_of({**SLOW_SPREAD, "horizon": 80}), 4, single=20)


@EVERY_LEVER
def test_a_lever_of_strength_0_changes_nothing(lever, without):
    point = point_of({**SLOW_SPREAD, "horizon": 80}, schedule=schedule((lever, 0.0)))
    record, s = run(point, 4, single=20)
    assert same_bits(record, without[0])
    assert same_bits(s, without[1])


@EVERY_LEVER
def test_a_lever_changes_nothing_before_its_month(lever, without):
    late = schedule((lever, 0.5, {"first_month": 50}))
    record, _ = run(point_of({**SLOW_SPREAD, "horizon": 80}, schedule=late), 4, single=20)
    for kept, known in zip(record, without[0], strict=True):
        assert same_bits(kept[:50], known[:50])
    assert not same_bits(record, without[0])


def own_part(s, o):
    """Everything that belongs to an organisation."""
    org = s.organisations[o : o + 1]
    hcps = slice(org["first_hcp"][0], org["last_hcp"][0])
    experts = slice(org["first_expert"][0], org["last_expert"][0])
    return org, s.hcps[hcps], s.priorities[hcps], s.experts[experts]


@EVERY_LEVER
def test_a_lever_reaches_only_the_organisation_it_names(lever):
    # From one common state after 40 months, in which projects have lost their funding
    changes = {"development.funding_months": 10, "population.initial_adopters": 0.3}
    changes |= {"deployment.at_start": 0.7, "process.interorganisational_cooperation": 0.4}
    changes |= turnover(0.9)
    changed_here = False
    for seed in range(6):
        rows = (lever, 0.9, {"first_month": 41, "last_named": 1})
        walks = [
            Walk(point_of(changes, schedule=plan), seed).on(41)
            for plan in (schedule(), schedule(rows, named=(0,)))
        ]
        member = walks[0].s.organisations["member"]
        for o in range(1, 20):
            # a new member counts at once in the means that the other members read
            if lever != levers.NETWORK or not member[o]:
                assert same_bits(own_part(walks[0].s, o), own_part(walks[1].s, o))
        changed_here |= not same_bits(own_part(walks[0].s, 0), own_part(walks[1].s, 0))
    # that an organisation would have deployed in just this month is rare: see below
    assert changed_here or lever == levers.REGULATION


# ------------------------------------------------------------------ whom a row reaches
def test_a_share_of_organisations_is_reached_and_grows():
    before = np.zeros(1000, bool)
    many = {"population.organisations": 1000, "population.organisation_size": 1, "network.ties": 0}
    for share in (0.0, 0.2, 0.5, 0.9, 1.0):
        plan = schedule((levers.EXODUS, 0.1, {"share": share}))
        reached = Walk(point_of(many, schedule=plan)).on(1).s.levers[:, levers.EXODUS] > 0
        assert abs(reached.sum() - 1000 * share) <= 4 * np.sqrt(1000 * share * (1 - share))
        assert np.all(reached | ~before)  # a larger share only adds organisations
        before = reached
