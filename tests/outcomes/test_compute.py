"""Every outcome worked out by hand, and recounted from the states of real runs."""

import warnings
from itertools import pairwise

import hand_made
import numpy as np
import pytest
from hand_made import record, until, values

from sim import run
from sim.model import inputs, records, rules
from sim.model.model import AdoptionModel
from sim.model.records import Record
from sim.outcomes.columns import PATHS
from sim.outcomes.compute import compute, highest_mean, last_mean, paths_of, ratio
from sim.outcomes.table import OUTCOMES, PLACES, WINDOWED
from sim.tables.factors import GROUP_NAMES, QUALITY_NAMES

# Adopters over all HCPs are 2, 2, 4, 2 of 8; windows of 2 months (sustained) and 2 (peak).
BY_HAND = {
    "sustained_adoption": (4 + 2) / 2 / 8,
    "non_adoption": 3 / 8,
    "abandonment": 1 / 2,
    "scale_up": (2 + 4) / 2 / 6,
    "spread": 3 / 4,
    "sustainability": 0.375 / 0.375,
    "peak_adoption": (2 + 4) / 2 / 8,
    "non_adopting_organisations": 2 / 4,
    "use_after_5_years": (2 + 0 + 1) / (4 + 3 + 2),
    "use_after_5_years.organisations": 3,
    "use_after_5_years.hcps": 9,
    "use_after_5_years.adopters": 3,
    "adopter_months": 2 + 2 + 4 + 1,  # and one champion, who could stop in the month he became one
    "lapse_rate": 12 * 2 / 9,
    "deploying_organisations": 2,
    "deploying_hcps": 6,
    "running_organisations": 1,
    "users": 4,
    "spread_month": 2,
    "lapses": 2,
    "failed_trials": 7,
    "withdrawals": 3,
    "returns": 5,
    "meetings": 11,
    "failed_meetings": 6,
    "trainings": 9,
    "policy_cost": 0,
    "incidents": 3,
    "effort_wasted": 1.25,
    "trust": 4.2 / 8,
    "literacy": 2.0 / 8,
    "engagement": 4.0 / 8,
    "domain_knowledge": 0.9 / 3,
    "alignment_index": 1.5 / 3,
    "trust_gap": 0.1 / 4,
    "over_trust": 0.4 / 4,
    "under_trust": -0.3 / 4,
    **{f"quality.{name}": k / 10 for k, name in enumerate(QUALITY_NAMES)},
    **{f"adopter_share.month_{m}": np.nan for m in (12, 36, 60)},
    **{f"trust.month_{m}": np.nan for m in (12, 36, 60)},
    "adopter_share.horizon": 2 / 8,
    **{f"where.{p.name}.horizon": n / 8 for p, n in zip(PLACES, hand_made.PLACES[-1], strict=True)},
    **{f"where.{p.name}.month_60": np.nan for p in PLACES},
    **{f"{name}.month_60": np.nan for name in WINDOWED},
    # physicians are the members: adopters 0, 0, 1, 0 of 2
    **{f"sustained_adoption.{s}": 0.5 / 2 for s in ("physician", "members")},
    **{f"non_adoption.{s}": 1 / 2 for s in ("physician", "members")},
    **{f"lapse_rate.{s}": 12 * 1 / 2 for s in ("physician", "members")},
    **{f"adopter_months.{s}": 2 for s in ("physician", "members")},
    **{f"hcps.{s}": 2 for s in ("physician", "members")},
    **{f"trust.{s}": 1.0 / 2 for s in ("physician", "members")},
    # nurses: 0, 0, 2, 2 of 4
    "sustained_adoption.nurse": 2 / 4,
    "non_adoption.nurse": 2 / 4,
    "lapse_rate.nurse": 0.0,
    "adopter_months.nurse": 2,
    "hcps.nurse": 4,
    "trust.nurse": 2.0 / 4,
    # allied: 2, 2, 1, 0 of 2
    "sustained_adoption.allied": 0.5 / 2,
    "non_adoption.allied": 0.0,
    "lapse_rate.allied": 12 * 1 / (2 + 2 + 1),
    "adopter_months.allied": 5,
    "hcps.allied": 2,
    "trust.allied": 1.2 / 2,
    # nurses and allied together
    "sustained_adoption.others": (3 + 2) / 2 / 6,
    "non_adoption.others": 2 / 6,
    "lapse_rate.others": 12 * 1 / (2 + 2 + 3),
    "adopter_months.others": 7,
    "hcps.others": 6,
    "trust.others": 3.2 / 6,
}


def check(found, expected):
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-12, abs=1e-15, nan_ok=True), name


def told(made, **windows):
    """Return the outcomes of the first run of a record."""
    return {name: column[0] for name, column in compute(made, values(**windows)).items()}


@pytest.fixture(autouse=True)
def _no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def test_every_outcome_by_hand():
    assert set(BY_HAND) == set(OUTCOMES)
    found = compute(record(runs=3), values(sustained_months=2, peak_months=2))
    assert list(found) == list(OUTCOMES)
    for number in range(3):
        check({name: column[number] for name, column in found.items()}, BY_HAND)


# Windows that are longer than the run are cut, and leave out the start
LONGER = {
    "sustained_adoption": (2 + 4 + 2) / 3 / 8,
    "peak_adoption": (2 + 4 + 2) / 3 / 8,
    "scale_up": (2 + 4 + 2) / 3 / 6,
    "sustainability": 1.0,
    "sustained_adoption.allied": (2 + 1 + 0) / 3 / 2,
}
OF_ONE_MONTH = {"sustained_adoption": 2 / 8, "peak_adoption": 4 / 8, "sustainability": 0.5}
# Horizon 0 is the start, and has no rates
AT_0 = {
    "sustained_adoption": 2 / 8,
    "peak_adoption": 2 / 8,
    "scale_up": 2 / 4,
    "adopter_share.horizon": 2 / 8,
    "non_adoption": 6 / 8,
    "abandonment": 0.0,
    "spread": 0.0,
    "spread_month": np.nan,
    "lapse_rate": np.nan,
    "lapses": 0,
    "adopter_share.month_12": np.nan,
}
AT_1 = {
    "sustained_adoption": 2 / 8,
    "sustained_adoption.physician": 0.0,
    "lapse_rate": 0.0,
    "lapse_rate.nurse": np.nan,  # no nurse was an adopter: 0 / 0
    "sustainability": 1.0,
    "spread": 1 / 4,
}


@pytest.mark.parametrize(
    ("horizon", "months", "expected"),
    [(3, None, LONGER), (3, 1, OF_ONE_MONTH), (0, None, AT_0), (1, None, AT_1)],
)
def test_windows_and_horizons_at_their_ends(horizon, months, expected):
    windows = {} if months is None else {"sustained_months": months, "peak_months": months}
    check(told(until(horizon), **windows), expected)


def test_nothing_divided_by_nothing_is_no_number():
    empty = record()
    for array in (empty.people, empty.levels, empty.views):
        array[:] = 0
    empty.people[:, :, 0, 1, rules.NON_ADOPTER] = 5
    empty.tools[:] = 0.0
    empty.tools[:, :, 0, records.ORGANISATIONS] = 2
    found = told(empty)
    nowhere = ("abandonment", "scale_up", "sustainability", "lapse_rate", "spread_month")
    for name in (*nowhere, "trust_gap", "domain_knowledge", "quality.roles", "trust.members"):
        assert np.isnan(found[name]), name
    check(found, {"sustained_adoption": 0, "non_adoption": 1, "non_adopting_organisations": 1})
    assert np.isnan(ratio(0, 0)) and ratio(1, 2) == 0.5


def test_half_of_the_organisations_spread_at_the_start_is_month_0():
    early = record()
    early.tools[:, 0, 0, records.REACHED] = 2
    assert compute(early, values())["spread_month"][0] == 0


@pytest.mark.parametrize("horizon", [36, 40])
def test_milestones_are_kept_as_far_as_the_horizon(horizon):
    made = records.empty_record(1, horizon)
    made.people[:, :, 0, 1, rules.NON_ADOPTER] = 100 - np.arange(horizon + 1)
    made.people[:, :, 0, 1, rules.ADOPTER] = np.arange(horizon + 1)
    made.levels[:, :, 0, 1, records.TRUST] = [*range(0, horizon, 12), horizon]
    expected = {}
    for name, at_end in (("adopter_share", "adopter_share.horizon"), ("trust", "trust")):
        expected |= {f"{name}.month_12": 0.12, f"{name}.month_36": 0.36, f"{name}.month_60": np.nan}
        expected[at_end] = horizon / 100
    # the last 24 months, and the best 12
    expected["sustained_adoption"] = (horizon - 11.5) / 100
    expected["peak_adoption"] = (horizon - 5.5) / 100
    check(told(made), expected)


@pytest.mark.parametrize("months", [1, 2, 3, 7, 50])
def test_windows_against_a_slow_loop(months):
    share = np.random.default_rng(4).random((3, 11))
    width = min(months, 10)
    for row, low, high in zip(
        share, last_mean(share, months), highest_mean(share, months), strict=True
    ):
        assert low == pytest.approx(np.mean(row[11 - width :]))
        ends = range(width, 11)
        assert high == pytest.approx(max(np.mean(row[e - width + 1 : e + 1]) for e in ends))


def test_months_by_hand():
    found = paths_of(record(runs=2), 3)
    expected = {
        **{
            p.name: (a / 8, b / 8)
            for p, a, b in zip(PLACES, hand_made.PLACES[0], hand_made.PLACES[3], strict=True)
        },
        "lapsed": (0, 2 / 8),
        "running": (1 / 4, 1 / 4),
        "trust": (0, 4.2 / 8),
        "literacy": (0, 2.0 / 8),
        "lapses": (0, 1 / 8),
    }
    assert list(found) == list(expected) == list(PATHS)
    for name, months in expected.items():
        assert found[name] == pytest.approx(np.array([months, months])), name


# ------------------------------------------------------------------ real runs
BUSY = {
    "horizon": 64,
    "population.organisations": 7,
    "population.organisation_size": 12,
    "population.size_spread": 0.5,
    "population.initial_adopters": 0.5,
    "deployment.at_start": 0.5,
    "deployment.rate": 0.05,
    "incident.rate": 0.1,
    "review.grace_months": 6,
    "review.threshold": 0.6,
    "process.hcp_cooperation": 0.3,
    "outcome.sustained_months": 10,
    "outcome.peak_months": 5,
}
STAYING = {f"turnover.{group}": 0.0 for group in GROUP_NAMES}


def walk(parameters, seed):
    """Return the outcomes of a run, and copies of its states in every month."""
    model = AdoptionModel(parameters, seed=seed)
    states = [(model.state.hcps.copy(), model.state.organisations.copy())]
    while model.running:
        model.step()
        states.append((model.state.hcps.copy(), model.state.organisations.copy()))
    whole = Record(*(a if n == "level_row" else a[None] for n, a in model.record._asdict().items()))
    return compute(whole, model.values), states, model


@pytest.mark.parametrize("seed", [2, 3])
def test_what_is_recorded_of_a_run_recounted(seed):
    outcomes, states, model = walk(BUSY, seed)
    hcps, orgs = states[-1]
    owner = np.repeat(np.arange(orgs.size), orgs["last_hcp"] - orgs["first_hcp"])
    member = orgs["member"][owner] == 1
    scopes = {f".{name}": hcps["group"] == g for g, name in enumerate(GROUP_NAMES)}
    scopes |= {"": np.ones(hcps.size, bool), ".members": member, ".others": ~member}
    expected = {}
    for scope, chosen in scopes.items():
        share = [np.mean(month["state"][chosen] == rules.ADOPTER) for month, _ in states]
        expected[f"sustained_adoption{scope}"] = np.mean(share[-10:])
        expected[f"non_adoption{scope}"] = np.mean(hcps["ever"][chosen] == 0)
        expected[f"trust{scope}"] = np.mean(hcps["trust"][chosen])
    deployed = orgs["deployed"] != inputs.NEVER
    running = np.isin(orgs["status"], (rules.PROJECT, rules.INSTITUTIONALISED))
    users = np.isin(hcps["state"], (rules.TRIAL, rules.ADOPTER))
    quality = orgs["quality"][owner]
    scope = 0.5 + 0.5 * quality[:, inputs.SCOPE]
    reliability = 0.65 + 0.35 * quality[:, inputs.DATA_QUALITY] * scope
    gap = (hcps["trust"] - reliability)[users]
    expected |= {
        "abandonment": np.mean(orgs["status"][deployed] == rules.DECOMMISSIONED),
        "non_adopting_organisations": np.mean(~deployed),
        "spread": np.mean(orgs["reached"] != inputs.NEVER),
        "trust.month_36": states[36][0]["trust"].mean(),
        "literacy": hcps["literacy"].mean(),
        "engagement": hcps["engagement"].mean(),
        "trust_gap": gap.mean(),
        "over_trust": np.maximum(gap, 0).mean(),
        "under_trust": np.minimum(gap, 0).mean(),
        "domain_knowledge": model.state.experts["domain"].mean(),
        "alignment_index": np.mean([expert.alignment for expert in model.experts]),
        "incidents": sum(int(o["incident"].sum()) for _, o in states[1:]),
        "effort_wasted": sum(o["wasted"].sum() for _, o in states[1:]),
    }
    levels = orgs["quality"][running].mean(axis=0)
    expected |= dict(zip((f"quality.{name}" for name in QUALITY_NAMES), levels, strict=True))
    for name, value in expected.items():
        assert outcomes[name][0] == pytest.approx(value, rel=1e-9), name
    assert expected["spread"] > 0 and expected["abandonment"] > 0 and users.any()  # it was busy


def test_champions_who_adopt_and_stop_within_a_month_count_their_exposure():
    changes = {"policy": "champions", "population.organisation_size": 4, "horizon": 40}
    changes |= {"population.organisations": 3, "deployment.at_start": 1, "decision.intercept": -20}
    found = run({**changes, "decision.lapse_rate": 1.0}, replicates=4, progress="never").ensemble
    lapses, months = (found.outcomes[name] for name in ("lapses", "adopter_months"))
    # nobody wants it: each champion stops in the month in which he became one
    assert (lapses == months).all() and lapses.sum() > 0
    assert (found.outcomes["lapse_rate"][lapses > 0] == 12).all()
    assert not any(np.isinf(column).any() for column in found.outcomes.values())


def test_sustainability_and_scale_up_do_not_pass_1():
    # 6 months at the end are higher than any 12 months
    late = records.empty_record(1, 24)
    late.people[:, :, 0, 1, rules.NON_ADOPTER] = 3
    late.people[:, 19:, 0, 1, : rules.ADOPTER + 1] = (0, 0, 3)
    late.tools[:, :, 0, records.SEATS_DEPLOYED] = 3
    found = compute(late, values(sustained_months=6))
    check(found, {"sustained_adoption": [1], "peak_adoption": [1], "sustainability": [1]})
    assert found["scale_up"][0] == 0.5
    # thirds, added up from the start, would make 1.0000000000000007 of a year in which all use it
    whole = records.empty_record(1, 100)
    whole.people[:, :, 0, 1, rules.ADOPTER] = 3
    whole.people[:, :10, 0, 1, : rules.ADOPTER + 1] = (2, 0, 1)
    whole.tools[:, :, 0, records.SEATS_DEPLOYED] = 3
    found = compute(whole, values())
    assert found["scale_up"][0] == found["peak_adoption"][0] == 1


@pytest.mark.parametrize("seed", [1, 2])
def test_returns_of_a_run_recounted(seed):
    # nobody leaves, so that each seat's history is one person's; all other moves are held by contracts
    outcomes, states, _ = walk(BUSY | STAYING, seed)
    returns = 0
    for month, ((before, _), (after, _)) in enumerate(pairwise(states), 1):
        again = before["state"] == rules.LAPSED
        # and on trial, perhaps in the month of a withdrawal
        again &= (after["state"] == rules.TRIAL) | (after["lapsed"] == month)
        returns += np.sum(again & (month - before["lapsed"] <= 12))
    assert outcomes["returns"][0] == returns > 0


def test_month_60_tells_what_a_run_of_60_months_tells():
    changes = {"population.organisations": 8, "population.organisation_size": 10}
    short = run({**changes, "horizon": 60}, replicates=3, progress="never").ensemble.outcomes
    long = run({**changes, "horizon": 90}, replicates=3, progress="never").ensemble.outcomes
    for name in WINDOWED:
        assert long[f"{name}.month_60"].tobytes() == short[name].tobytes(), name
        assert short[f"{name}.month_60"].tobytes() == short[name].tobytes(), name
    assert not np.array_equal(long["sustained_adoption"], short["sustained_adoption"])
