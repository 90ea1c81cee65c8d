"""Mirrors of published studies, on made data whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from sim.evidence import mirrors
from sim.evidence.mirrors import MIRRORS, YEAR
from sim.evidence.patterns import FITTED, PATTERNS, Quantity, mirrors_of
from sim.model.inputs import NEVER
from sim.model.panel import Panel
from sim.model.rules import ADOPTER, DECOMMISSIONED, LAPSED, NON_ADOPTER, NOT_DEPLOYED, PROJECT


def made(months, sizes, **given):
    """Return a panel of organisations that run the tool from the start, where nobody uses it."""
    posts, organisations = sum(sizes), len(sizes)
    persons, tools = (months + 1, posts), (months + 1, organisations)
    parts = {
        "state": np.full(persons, NON_ADOPTER, np.int8),
        "trained": np.zeros(persons, np.int8),
        "hired": np.zeros(persons, np.int32),
        "adopted": np.full(persons, NEVER, np.int32),
        **{name: np.zeros(persons, np.float32) for name in ("trust", "usability", "adopting", "x")},
        "status": np.full(tools, PROJECT, np.int8),
        "value": np.zeros(tools, np.float32),
        "transparency": np.zeros(tools, np.float32),
        "meetings": np.zeros(tools, np.int32),
        "first_hcp": np.append(0, np.cumsum(sizes)),
        "deployed": np.zeros(organisations, np.int32),
        "member": np.zeros(organisations, np.int8),
    }
    return Panel(**{**parts, **given})


def found(name, *panels):
    mirror = MIRRORS[name]
    return mirror.estimates(mirror.sums(*panels))


# ------------------------------------------------------------------ users, year after year
def cohort_of(*used):
    """Return a panel of a post for each list of months in which its holder is an adopter."""
    panel = made(5 * YEAR, [len(used)])
    for i, months in enumerate(used):
        panel.state[months, i] = ADOPTER
        panel.adopted[min(months) :, i] = min(months)
    return panel


def span(first, last):
    return list(range(first, last + 1))


def test_a_user_of_a_year_uses_in_three_of_its_months():
    stays, stops = span(5, 50), span(5, 16)
    two_months = [*span(5, 16), 17, 18]  # of the second year: no user of it
    three_months = [*span(5, 16), 17, 18, 19]
    panel = cohort_of(stays, stops, two_months, three_months)
    assert found("cohort", panel)["lapse"] == pytest.approx(2 / 4)


def test_who_comes_back_in_the_third_year_is_counted_among_those_who_stopped():
    back, away = [*span(5, 16), *span(38, 40)], span(5, 16)
    late = [*span(5, 16), *span(39, 40)]  # two months of the third year are not enough
    told = found("cohort", cohort_of(back, away, late, span(0, 60)))
    assert told["lapse"] == pytest.approx(3 / 4) and told["return"] == pytest.approx(1 / 3)


def test_who_leaves_or_loses_the_tool_is_left_out():
    panel = cohort_of(span(5, 16), span(5, 16), span(5, 50))
    panel.hired[20:, 0] = 20  # somebody else holds the post from month 20
    assert found("cohort", panel)["lapse"] == pytest.approx(1 / 2)
    panel.status[25:] = DECOMMISSIONED
    assert np.isnan(found("cohort", panel)["lapse"])


def test_a_second_year_that_is_not_over_is_not_asked():
    assert MIRRORS["cohort"].sums(cohort_of(span(40, 60)))[0] == 0


# ------------------------------------------------------------------ tools
def test_tools_are_given_up_per_year_of_running():
    panel = made(24, [1, 1])
    panel.status[13:, 0] = DECOMMISSIONED  # ran in 13 of 24 months, the other in 24
    assert found("tools", panel)["discontinuation"] == pytest.approx(12 / (13 + 24))


def test_slopes_of_bass_are_those_of_its_curve():
    t, logs, step = np.arange(1.0, 21.0), np.log((0.02, 0.4)), 1e-6
    found = mirrors.bass_slopes(t, *np.exp(logs))
    for n, aside in enumerate(step * np.eye(2)):
        up, down = (mirrors.bass(t, *np.exp(logs + sign * aside)) for sign in (1, -1))
        assert found[:, n] == pytest.approx((up - down) / (2 * step), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("p", "q"), [(0.008, 0.55), (0.2, 0.05), (0.02, 0.3)])
def test_bass_is_found_in_data_made_by_it(p, q):
    months = np.arange(20 * YEAR + 1)
    deployed = np.round(200 * mirrors.bass(months / YEAR, p, q)).astype(int)
    panel = made(20 * YEAR, [1] * 200)
    for month, n in enumerate(deployed):
        panel.status[month, n:] = NOT_DEPLOYED
    told = found("diffusion", panel)
    assert told["innovation"] == pytest.approx(p, rel=0.15, abs=0.002)
    assert told["imitation"] == pytest.approx(q, rel=0.1, abs=0.01)
    half = np.log(2 + q / p) / (p + q)
    assert told["median"] == pytest.approx(half, abs=0.1)


def test_where_few_deploy_there_is_no_median():
    panel = made(20 * YEAR, [1] * 10)
    panel.status[:, 3:] = NOT_DEPLOYED
    assert found("diffusion", panel)["median"] == np.inf


def test_members_and_others_when_65_of_100_run_it():
    panel = made(20, [1] * 20, member=np.repeat([1, 0], 10).astype(np.int8))
    panel.status[:] = NOT_DEPLOYED
    for month in range(21):
        panel.status[month, : month // 2] = PROJECT  # members first: one organisation in two months
        panel.status[month, 10 : 10 + month - month // 2] = PROJECT
    # 13 of 20 run it in month 13: 6 of 10 members, 7 of 10 others
    assert found("membership", panel)["difference"] == pytest.approx(-10)


# ------------------------------------------------------------------ surveys
def surveyed(x, **columns):
    """Return a panel of one organisation, whose survey finds these columns in months 12, 24, 36."""
    panel = made(40, [len(x)])
    for name, column in {"x": x, **columns}.items():
        getattr(panel, name)[:] = column
    return panel


def test_correlations_are_those_of_numpy():
    draw = np.random.default_rng(1)
    trust, usability, adopting = draw.normal(size=(3, 400))
    x = trust + 0.5 * usability + draw.normal(size=400)
    told = found("survey", surveyed(x, trust=trust, usability=usability, adopting=adopting))
    for name, column in (("trust", trust), ("usability", usability), ("adopting", adopting)):
        assert told[name] == pytest.approx(np.corrcoef(column, x)[0, 1], abs=1e-6)


def test_only_organisations_that_run_it_are_asked_and_after_their_own_start():
    panel = made(40, [2, 2, 2], deployed=np.array([0, 3, NEVER], np.int32))
    panel.status[:3, 1] = panel.status[:, 2] = NOT_DEPLOYED
    panel.status[20:, 0] = DECOMMISSIONED
    months, posts = mirrors.answers(panel)
    asked = sorted(zip(months.tolist(), posts.tolist(), strict=True))
    assert asked == [(12, 0), (12, 1), (15, 2), (15, 3), (27, 2), (27, 3), (39, 2), (39, 3)]


def test_odds_of_the_trained():
    trained = np.repeat([1, 1, 0, 0], [30, 10, 20, 40])
    willing = np.repeat([1.0, -1.0, 1.0, -1.0], [30, 10, 20, 40])
    told = found("trained", surveyed(willing, trained=trained))
    assert told["odds"] == pytest.approx(30 * 40 / (10 * 20))


def test_organisations_are_correlated_at_their_own_month():
    transparency = np.linspace(0.1, 0.9, 9)
    panel = made(60, [3] * 9, deployed=np.arange(9, dtype=np.int32))
    for o in range(9):
        panel.transparency[o + 24, o] = transparency[o]
        panel.trust[o + 24, 3 * o : 3 * o + 3] = [0.0, transparency[o], 2 * transparency[o]]
        panel.meetings[o + 1 : o + 25, o] = o
        panel.state[o + 48, 3 * o : 3 * o + 3] = LAPSED
        panel.state[o + 48, 3 * o : 3 * o + o // 3] = ADOPTER
    assert found("explainability", panel)["correlation"] == pytest.approx(1)
    shares = np.arange(9) // 3 / 3
    expected = np.corrcoef(24 * np.arange(9), shares)[0, 1]
    assert found("participation", panel)["correlation"] == pytest.approx(expected)


# ------------------------------------------------------------------ experiments
def ring(n):
    """Return peers of a ring in which everybody knows the next on both sides."""
    peers = np.array([[(i - 1) % n, (i + 1) % n] for i in range(n)], np.uint32)
    return 2 * np.arange(n + 1), peers.ravel()


def test_the_watched_share_nobody_and_have_one_helped_peer_each():
    panel = made(40, [60])
    panel.state[:, ::7] = ADOPTER
    panel.adopted[:, ::7] = 1
    first, peers = ring(60)
    watched, helped = mirrors.chosen_peers(panel, first, peers, np.random.default_rng(0))
    assert watched.size > 5 and not np.isin(watched, np.arange(0, 60, 7)).any()
    assert np.all(panel.state[24, helped] != ADOPTER)
    around = [{int(i), *map(int, peers[first[i] : first[i + 1]])} for i in watched]
    assert sum(map(len, around)) == len(set.union(*around))
    assert all(int(h) in near for h, near in zip(helped, around, strict=True))


def test_what_a_peer_does_is_per_ten_points_of_the_change_that_happened():
    before, after = made(36, [10]), made(36, [10])
    after.adopting[25:37] = 0.25  # a quarter more adopting peers
    after.adopted[30:, :2] = 30  # two of ten adopt who would not have
    watched = np.arange(10)
    told = MIRRORS["peers"].estimates(mirrors.peers_sums(before, after, watched))
    assert told["effect"] == pytest.approx(100 * 0.2 * 0.1 / 0.25)
    before.hired[30:, 0] = after.hired[30:, 0] = 30  # who left is left out
    told = MIRRORS["peers"].estimates(mirrors.peers_sums(before, after, watched))
    assert told["effect"] == pytest.approx(100 * (1 / 9) * 0.1 / 0.25)


def test_champions_are_compared_a_year_after_they_began():
    before, after = made(13, [20]), made(13, [20])
    before.state[13, :2] = after.state[13, :5] = ADOPTER
    assert found("opinion_leaders", before, after)["effect"] == pytest.approx(15)


def test_news_is_told_at_once_and_by_the_month():
    panel = made(67, [200])
    panel.state[60, :100] = panel.state[61, :64] = panel.state[67, :32] = ADOPTER
    told = found("adverse_evidence", panel)
    assert told["at_once"] == pytest.approx(-36)
    assert told["monthly"] == pytest.approx(100 * (0.5 ** (1 / 6) - 1))


def test_trust_before_with_and_after_a_withdrawn_tool():
    panel = made(80, [4, 4], deployed=np.array([10, 0], np.int32))
    panel.status[:10, 0] = NOT_DEPLOYED
    panel.status[50:, 0] = DECOMMISSIONED
    for month, trusting in ((9, 1), (22, 2), (34, 3), (56, 0)):
        panel.trust[month, :trusting] = 0.6
    told = found("withdrawn", panel)
    assert told == {"before": 0.25, "in_use": 0.5, "later": 0.75, "after": 0.0}


# ------------------------------------------------------------------ the table
def test_every_published_number_is_one_that_its_mirror_gives():
    for pattern in PATTERNS:
        for quantity in pattern.quantities:
            assert quantity.low <= quantity.target <= quantity.high, quantity.title
            assert quantity.distance(quantity.target) == 0
            assert quantity.distance(quantity.high) == pytest.approx(1)
            assert quantity.met(quantity.low) and not quantity.met(quantity.high + 1e-9)
            assert quantity.distance(np.nan) == np.inf and not quantity.met(np.nan)


LOPSIDED = Quantity("x", "", "", "", target=5.0, low=4.0, high=9.0)
AT_THE_EDGE = Quantity("x", "", "", "", target=0.0, low=0.0, high=0.03)


@pytest.mark.parametrize(
    ("quantity", "simulated", "scaled"),
    [(LOPSIDED, 5, 0), (LOPSIDED, 4, -1), (LOPSIDED, 9, 1), (LOPSIDED, 13, 2),
     (AT_THE_EDGE, 0, 0), (AT_THE_EDGE, 0.06, 2), (AT_THE_EDGE, -1, -np.inf), (LOPSIDED, np.inf, np.inf)],
)  # fmt: skip
def test_the_ends_of_what_is_accepted_are_one_away(quantity, simulated, scaled):
    assert quantity.scaled(simulated) == pytest.approx(scaled)
    assert quantity.distance(simulated) == pytest.approx(abs(scaled))


def test_each_mirror_is_needed_once():
    names = mirrors_of(FITTED)
    assert len(names) == len(set(names)) < sum(len(p.quantities) for p in FITTED)


def test_sums_add_up_over_replicates():
    one, two = cohort_of(span(5, 50), span(5, 16)), cohort_of(span(3, 14), span(5, 16))
    sums = sum(MIRRORS["cohort"].sums(panel) for panel in (one, two))
    assert MIRRORS["cohort"].estimates(sums)["lapse"] == pytest.approx(3 / 4)
