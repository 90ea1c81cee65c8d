"""What a panel holds is what the run did, and looking changes nothing."""

import numpy as np
import pytest
import reference
from model_runs import run, same_bits

from sim.model import panel, records, rules
from sim.tables.factors import QUALITY_NAMES
from website.known_answers import point_of

SMALL = {
    "population.organisations": 4,
    "population.organisation_size": 15,
    "deployment.at_start": 0.5,
    "review.grace_months": 5,
    "review.rate": 0.06,
    "horizon": 40,
}


@pytest.fixture(scope="module")
def seen():
    point = point_of(SMALL)
    return point, *panel.panel_of(point, 3, 1, 40)


def test_looking_changes_no_bit(seen):
    point, _, last = seen
    assert same_bits(run(point, 3, 1)[1], last)


def test_counts_are_those_of_the_record(seen):
    point, kept, _ = seen
    record, _ = run(point, 3, 1)
    people = record.people.sum(axis=(1, 2))
    for state in range(4):
        assert np.array_equal((kept.state == state).sum(axis=1), people[:, state])
    runs = (kept.status == rules.PROJECT) | (kept.status == rules.INSTITUTIONALISED)
    assert np.array_equal(runs.sum(axis=1), record.tools[:, :, records.RUNNING].sum(axis=1))
    meetings = people[:, records.PEOPLE_NAMES.index("meetings")]
    assert np.array_equal(kept.meetings.sum(axis=1), meetings)
    assert (kept.status == rules.DECOMMISSIONED).any() and runs[-1].any()


def test_the_wish_to_use_is_what_the_rules_say_of_the_state(seen):
    point, kept, last = seen
    p = point.values
    for i in range(0, last.hcps.size, 7):
        o, hcp = kept.organisation[i], last.hcps[i]
        org = last.organisations[o]
        if not rules.is_running(org["status"]):
            assert np.isnan(kept.x[-1, i]) and np.isnan(kept.usability[-1, i])
            continue
        near = last.peers[last.first_peer[i] : last.first_peer[i + 1]]
        states = last.hcps["state"][near]
        adopting, lapsed = (states == rules.ADOPTER).mean(), (states == rules.LAPSED).mean()
        own = last.hcps[org["first_hcp"] : org["last_hcp"]]
        share = (own["state"] == rules.ADOPTER).mean()
        q, w = (
            dict(zip(QUALITY_NAMES, x.tolist(), strict=True))
            for x in (org["quality"], last.priorities[i])
        )
        useful = reference.appraisal(p, w, q, hcp["literacy"], share)
        x = reference.propensity(p, hcp["trust"], hcp["literacy"], useful, adopting, lapsed)
        assert kept.x[-1, i] == pytest.approx(x, abs=1e-5)
        assert kept.adopting[-1, i] == pytest.approx(adopting)
        few, many = p["appraisal.critical_mass"] ** 4, share**4
        value = (1 - p["appraisal.systemic"]) * q["value"]
        value += p["appraisal.systemic"] * many / (many + few)
        assert kept.value[-1, o] == pytest.approx(value, abs=1e-6)
        missing = 1 - p["appraisal.training_compensation"] * hcp["literacy"]
        usability = 1 - (1 - q["usability"]) * missing
        assert kept.usability[-1, i] == pytest.approx(usability, abs=1e-6)


def test_who_is_held_is_an_adopter_whom_peers_see_and_the_past_is_as_it_was():
    point = point_of({**SMALL, "deployment.at_start": 1.0, "review.rate": 0.0})
    plain, _ = panel.panel_of(point, 3, 1, 30)
    held = np.flatnonzero(plain.state[20] != rules.ADOPTER)[::4]
    kept, last = panel.panel_of(point, 3, 1, 30, held, 21, 30)
    assert all(same_bits(a[:21], b[:21]) for a, b in zip(plain[:12], kept[:12], strict=True))
    # some lapse within a month, and are adopters again at the start of the next
    assert (kept.state[21:, held] == rules.ADOPTER).mean() > 0.9
    assert np.nanmean(kept.adopting[25]) > np.nanmean(plain.adopting[25]) + 0.1
    own = last.organisations["census"].sum(axis=(0, 1))[:4]
    assert np.array_equal(own, np.bincount(last.hcps["state"], minlength=4))
