"""Mirrors of published studies: who was asked, when, and what was counted, in simulated data.

Each is two short functions. The first takes what a study would see of one replicate (`Panel`) to sums
that add up over replicates; the second takes sums to the published quantities. So replicates are pooled,
and an interval comes from drawing replicates anew. Real data can be measured in the same way: a
panel is arrays of persons by month and of organisations by month.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from sim.model.inputs import NEVER
from sim.model.panel import Panel
from sim.model.rules import ADOPTER, DECOMMISSIONED, NOT_DEPLOYED

YEAR = 12
USER_MONTHS = 3  # of a year, for a user of that year
SURVEYED = (12, 24, 36)  # months after the tool's start
PEERS_FROM, PEERS_TO = 24, 36  # months in which the experiment with peers begins and ends
EVIDENCE_MONTH, MONTHS_AFTER = 61, 6
MOST_YEARS = 20
TRUSTS = 0.5
Estimates = Mapping[str, float]


class Mirror(NamedTuple):
    """Which panels of a replicate it takes, their sums, and what follows from sums."""

    setting: str  # see `sim.evidence.pattern_worlds`
    sums: Callable[..., np.ndarray]
    estimates: Callable[[np.ndarray], Estimates]


def share(part: float, whole: float) -> float:
    """0/0 is no number."""
    return part / whole if whole > 0 else np.nan


def running(panel: Panel) -> np.ndarray:
    """Whether each organisation runs the tool, (months + 1, organisations)."""
    return (panel.status != NOT_DEPLOYED) & (panel.status != DECOMMISSIONED)


def first_uses(panel: Panel, months: int) -> tuple[np.ndarray, np.ndarray]:
    """Return month and post of all first adoptions after which so many months were seen."""
    seen = np.arange(len(panel.state))[:, None]
    first, person = np.nonzero((panel.adopted == seen) & (panel.state == ADOPTER))
    known = first + months < len(panel.state)
    return first[known], person[known]


# ------------------------------------------------------------------ users, year after year
def cohort_sums(panel: Panel) -> np.ndarray:
    """Users of a first year seen for two years, lapsed in the second; of these seen for three, back."""
    last = panel.state.shape[0] - 1
    first, person = first_uses(panel, 2 * YEAR - 1)
    runs = running(panel)[:, panel.organisation]

    def uses(year: int) -> np.ndarray:
        span = np.minimum(first[:, None] + np.arange((year - 1) * YEAR, year * YEAR), last)
        return np.asarray(
            (panel.state[span, person[:, None]] == ADOPTER).sum(axis=1) >= USER_MONTHS
        )

    def seen(year: int) -> np.ndarray:
        end = np.minimum(first + year * YEAR - 1, last)
        there = panel.hired[end, person] == panel.hired[first, person]
        return np.asarray(there & runs[end, person] & (first + year * YEAR - 1 <= last))

    users = uses(1) & seen(2)
    lapsed = users & ~uses(2)
    asked = lapsed & seen(3)
    return np.array([users.sum(), lapsed.sum(), asked.sum(), (asked & uses(3)).sum()], float)


def cohort(sums: np.ndarray) -> Estimates:
    """Lapse in the second year, and return in the third."""
    users, lapsed, asked, back = sums
    return {"lapse": share(lapsed, users), "return": share(back, asked)}


# ------------------------------------------------------------------ tools of organisations
def tool_sums(panel: Panel) -> np.ndarray:
    """Months of running tools, and tools withdrawn."""
    ran = running(panel)[:-1]
    ended = ran & (panel.status[1:] == DECOMMISSIONED)
    return np.array([ran.sum(), ended.sum()], float)


def tools(sums: np.ndarray) -> Estimates:
    """Withdrawn tools per organisation-year of running."""
    return {"discontinuation": YEAR * share(sums[1], sums[0])}


def diffusion_sums(panel: Panel) -> np.ndarray:
    """Organisations, then those that have deployed by the end of each month from 0."""
    deployed = (panel.status != NOT_DEPLOYED).sum(axis=1)
    return np.append(panel.status.shape[1], deployed).astype(float)


def bass(t: np.ndarray, p: float, q: float) -> np.ndarray:
    """Cumulative share of Bass 1969, doi 10.1287/mnsc.15.5.215."""
    decay = np.exp(-(p + q) * t)
    curve: np.ndarray = (1 - decay) / (1 + q / p * decay)
    return curve


def bass_slopes(t: np.ndarray, p: float, q: float) -> np.ndarray:
    """Slopes of `bass` along the logarithms of p and q, (times, 2)."""
    decay = np.exp(-(p + q) * t)
    below = (1 + q / p * decay) ** 2
    sooner = (1 + q / p) * t * decay / below
    steeper = q / p * (1 - decay) * decay / below
    return np.stack([p * sooner + steeper, q * sooner - steeper], axis=1)


def diffusion(sums: np.ndarray) -> Estimates:
    """Bass fitted to what has deployed by the end of each year; the year when half have."""
    from scipy.optimize import leastsq

    shares = sums[1:] / sums[0]
    years = np.arange(1, (shares.size - 1) // YEAR + 1)
    # logarithms, since neither may be negative
    logs, *_ = leastsq(
        lambda logs: bass(years, *np.exp(logs)) - shares[YEAR::YEAR],
        np.log((0.02, 0.3)),
        Dfun=lambda logs: bass_slopes(years, *np.exp(logs)),
        full_output=True,  # else it warns where nobody deploys
    )
    p, q = np.exp(logs)
    half = np.flatnonzero(shares >= 0.5)
    median = half[0] / YEAR if half.size else np.inf
    return {"innovation": float(p), "imitation": float(q), "median": float(median)}


# ------------------------------------------------------------------ surveys
ASKED = ("trust", "value", "usability", "adopting", "x")


def answers(panel: Panel) -> tuple[np.ndarray, np.ndarray]:
    """Return months and posts of everybody who is asked in a survey."""
    where = [_asked(panel, months) for months in SURVEYED]
    months, posts = (np.concatenate(part) for part in zip(*where, strict=True))
    return months, posts


def _asked(panel: Panel, after: int) -> tuple[np.ndarray, np.ndarray]:
    month = panel.deployed.astype(np.int64) + after
    there = month < panel.state.shape[0]
    month = np.where(there, month, 0)
    there &= running(panel)[month, np.arange(month.size)]
    posts = np.flatnonzero(there[panel.organisation])
    return month[panel.organisation[posts]], posts


def survey_sums(panel: Panel) -> np.ndarray:
    """Sums of products of 1 and of all that is asked, (6, 6)."""
    months, posts = answers(panel)
    who = {name: panel.organisation[posts] if name == "value" else posts for name in ASKED}
    asked = [getattr(panel, name)[months, who[name]] for name in ASKED]
    table = np.stack([np.ones(posts.size), *asked]).astype(float)
    return table @ table.T


def correlations(sums: np.ndarray) -> np.ndarray:
    """Correlations of sums of products with 1 as the first."""
    with np.errstate(invalid="ignore", divide="ignore"):
        products = sums / sums[0, 0]
        spread = products[1:, 1:] - np.outer(products[0, 1:], products[0, 1:])
        deviations = np.sqrt(np.diag(spread))
        return np.asarray(spread / np.outer(deviations, deviations))


def survey(sums: np.ndarray) -> Estimates:
    """Correlations with the wish to use (x), and what trust adds net of the others."""
    found = correlations(sums)
    told = dict(zip(ASKED[:-1], found[-1, :-1].tolist(), strict=True))
    known = bool(np.isfinite(found).all())
    net = np.linalg.lstsq(found[:-1, :-1], found[-1, :-1])[0][0] if known else np.nan
    return {**told, "trust_net_of_others": float(net)}


def trained_sums(panel: Panel) -> np.ndarray:
    """Trained and not, willing and not: (2, 2)."""
    months, posts = answers(panel)
    willing = (panel.x[months, posts] > 0).astype(np.int64)
    trained = panel.trained[months, posts].astype(np.int64)
    counts = np.bincount(2 * trained + willing, minlength=4)
    return counts.reshape(2, 2).astype(float)


def trained(sums: np.ndarray) -> Estimates:
    """Odds ratio."""
    (no, yes), (trained_no, trained_yes) = sums
    return {"odds": share(trained_yes * no, trained_no * yes)}


# ------------------------------------------------------------------ an experiment with peers
def chosen_peers(
    panel: Panel, first_peer: np.ndarray, peers: np.ndarray, luck: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return who is watched and, for each, the one peer who is made an adopter.

    Watched are people of organisations that run the tool who never adopted; no two of them, with their peers, have
    anybody in common.
    """
    state = panel.state[PEERS_FROM]
    runs = running(panel)[PEERS_FROM][panel.organisation]
    fresh = runs & (panel.adopted[PEERS_FROM] == NEVER)
    free = runs & (state != ADOPTER)
    taken = np.zeros(state.size, bool)
    watched, helped = [], []
    for i in luck.permutation(np.flatnonzero(fresh)):
        around = peers[first_peer[i] : first_peer[i + 1]]
        if taken[i] or taken[around].any():
            continue
        open_to = around[free[around]].astype(np.int64)
        if not open_to.size:
            continue
        taken[around] = taken[i] = True
        watched.append(i)
        helped.append(luck.choice(open_to))
    return np.array(watched, np.int64), np.array(helped, np.int64)


def peers_sums(before: Panel, after: Panel, watched: np.ndarray) -> np.ndarray:
    """People watched to the end, how many more of them adopted, and their peers' change."""
    months = slice(PEERS_FROM + 1, PEERS_TO + 1)
    shares = [p.adopting[months][:, watched].mean(axis=0) for p in (before, after)]
    kept = before.hired[PEERS_TO, watched] == before.hired[PEERS_FROM, watched]
    kept &= np.isfinite(shares).all(axis=0)  # where the tool was withdrawn there is nothing to see
    adopted = [p.adopted[PEERS_TO, watched[kept]] != NEVER for p in (before, after)]
    gained, exposed = adopted[1].sum() - adopted[0].sum(), (shares[1] - shares[0])[kept].sum()
    return np.array([kept.sum(), gained, exposed], float)


def peers(sums: np.ndarray) -> Estimates:
    """Percentage points more who adopt for 10 points more adopting peers."""
    return {"effect": 100 * 0.1 * share(sums[1], sums[2])}


# ------------------------------------------------------------------ organisations
def _products(*columns: np.ndarray) -> np.ndarray:
    known = np.all(np.isfinite(columns), axis=0)
    table = np.stack([np.ones(int(known.sum())), *(c[known] for c in columns)])
    return np.asarray(table @ table.T)


def _by_organisation(panel: Panel, persons: np.ndarray) -> np.ndarray:
    """Means of (months, posts) over the posts of each organisation."""
    sizes = np.diff(panel.first_hcp)
    return np.asarray(np.add.reduceat(persons.astype(float), panel.first_hcp[:-1], axis=1) / sizes)


def _at(panel: Panel, table: np.ndarray, after: int | np.ndarray) -> np.ndarray:
    """Entries of (months, organisations) so long after each one's start; NaN where there is none."""
    month = panel.deployed.astype(np.int64) + after
    there = (month >= 0) & (month < len(table))
    picked = table[np.where(there, month, 0), np.arange(month.size)]
    return np.where(there, picked, np.nan)


def explainability_sums(panel: Panel) -> np.ndarray:
    """Products of transparency and mean trust 24 months after the start."""
    trust = _by_organisation(panel, panel.trust)
    return _products(_at(panel, panel.transparency, 24), _at(panel, trust, 24))


def participation_sums(panel: Panel) -> np.ndarray:
    """Products of meetings per HCP in the first 24 months and the adopter share at month 48."""
    met = np.cumsum(panel.meetings, axis=0) / np.diff(panel.first_hcp)
    adopters = _by_organisation(panel, panel.state == ADOPTER)
    return _products(_at(panel, met, 24) - _at(panel, met, 0), _at(panel, adopters, 48))


def correlation(sums: np.ndarray) -> Estimates:
    """The one correlation of three sums of products."""
    return {"correlation": float(correlations(sums)[0, 1])}


def membership_sums(panel: Panel) -> np.ndarray:
    """Members, members that run the tool, others, others that do, when 65 % of all do."""
    runs = running(panel)
    reached = np.flatnonzero(runs.mean(axis=1) >= 0.65)
    if not reached.size:
        return np.zeros(4)
    member, now = panel.member == 1, runs[reached[0]]
    return np.array([member.sum(), now[member].sum(), (~member).sum(), now[~member].sum()], float)


def membership(sums: np.ndarray) -> Estimates:
    """Percentage points between members and others."""
    return {"difference": 100 * (share(sums[1], sums[0]) - share(sums[3], sums[2]))}


def withdrawn_sums(panel: Panel) -> np.ndarray:
    """For before, 12 and 24 months in, 6 months after: HCPs, and those who trust."""
    gone = panel.status == DECOMMISSIONED
    ended = np.where(gone.any(axis=0), gone.argmax(axis=0), NEVER)
    counted = (panel.deployed > 0) & (ended - panel.deployed > 2 * YEAR)
    counted &= ended + MONTHS_AFTER < len(panel.status)
    size = np.diff(panel.first_hcp)
    trusting = _by_organisation(panel, panel.trust > TRUSTS)
    after = np.where(counted, ended + MONTHS_AFTER - panel.deployed, 0)
    rows = []
    for months in (-1, YEAR, 2 * YEAR, after):
        found = _at(panel, trusting, months)[counted] * size[counted]
        rows.append([size[counted].sum(), found.sum()])
    return np.array(rows, float)


def withdrawn(sums: np.ndarray) -> Estimates:
    """Shares who trust."""
    names = ("before", "in_use", "later", "after")
    return {name: share(row[1], row[0]) for name, row in zip(names, sums, strict=True)}


# ------------------------------------------------------------------ two panels, same luck
def opinion_leader_sums(before: Panel, after: Panel) -> np.ndarray:
    """HCPs, and adopters without and with champions, 12 months after they began."""
    adopters = [(panel.state[YEAR + 1] == ADOPTER).sum() for panel in (before, after)]
    return np.array([before.state.shape[1], *adopters], float)


def opinion_leaders(sums: np.ndarray) -> Estimates:
    """Percentage points more adopters."""
    return {"effect": 100 * share(sums[2] - sums[1], sums[0])}


def evidence_sums(panel: Panel) -> np.ndarray:
    """Adopters in the month before the news, in its month, and six months later."""
    months = [EVIDENCE_MONTH - 1, EVIDENCE_MONTH, EVIDENCE_MONTH + MONTHS_AFTER]
    return np.asarray((panel.state[months] == ADOPTER).sum(axis=1), float)


def evidence(sums: np.ndarray) -> Estimates:
    """Change in percent at once, and in each of the months after."""
    before, then, later = sums
    monthly = share(later, then) ** (1 / MONTHS_AFTER) - 1
    return {"at_once": 100 * (share(then, before) - 1), "monthly": 100 * monthly}


MIRRORS: dict[str, Mirror] = {
    "cohort": Mirror("use", cohort_sums, cohort),
    "tools": Mirror("use", tool_sums, tools),
    "diffusion": Mirror("spread", diffusion_sums, diffusion),
    "peers": Mirror("peers", peers_sums, peers),
    "survey": Mirror("use", survey_sums, survey),
    "explainability": Mirror("use", explainability_sums, correlation),
    "trained": Mirror("use", trained_sums, trained),
    "participation": Mirror("use", participation_sums, correlation),
    "opinion_leaders": Mirror("champions", opinion_leader_sums, opinion_leaders),
    "membership": Mirror("spread", membership_sums, membership),
    "adverse_evidence": Mirror("news", evidence_sums, evidence),
    "withdrawn": Mirror("withdrawal", withdrawn_sums, withdrawn),
}
