"""The state of one run, a struct of arrays, and how a population is drawn.

Organisations are the blocks: the HCPs (and the experts) of an organisation lie together in
memory, and within a month one organisation is computed from last month's state alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.compiled import compiled
from sim.model import inputs, numerics, rules, streams

# What happens to HCPs, counted each month by organisation and group
(
    TRIALS, RETRIALS, RETURNS, ADOPTIONS, FIRST_ADOPTIONS, FAILED_TRIALS, LAPSES,
    WITHDRAWN_TRIALS, WITHDRAWN_ADOPTERS, LEFT_NON_ADOPTERS, LEFT_TRIALS, LEFT_ADOPTERS,
    LEFT_LAPSED, LEFT_EVER_ADOPTERS, MEETINGS, FAILED_MEETINGS, TRAININGS,
) = range(17)  # fmt: skip
FLOW_NAMES = (
    "trials", "retrials", "returns", "adoptions", "first_adoptions", "failed_trials", "lapses",
    "withdrawn_trials", "withdrawn_adopters", "left_non_adopters", "left_trials",
    "left_adopters", "left_lapsed", "left_ever_adopters", "meetings", "failed_meetings",
    "trainings",
)  # fmt: skip
# Census columns: the four states, and those who ever adopted
EVER_ADOPTED = 4
CENSUS_NAMES = ("non_adopters", "trials_running", "adopters", "lapsed", "ever_adopters")

# What can go wrong in a run: entries of `failure` are code, entity, quality, month
FINE, NOT_A_NUMBER_HCP, NOT_A_NUMBER_QUALITY, NOT_A_NUMBER_EXPERT, TOO_MUCH_EFFORT = range(5)


class Organisations(NamedTuple):
    """Arrays over organisations. `deployed`, `ended`, `reached` are months, NEVER if not."""

    first_hcp: np.ndarray  # (organisations + 1,) int64
    first_expert: np.ndarray  # (organisations + 1,) int64
    readiness: np.ndarray  # [0, 1]
    resources: np.ndarray  # > 0, median 1
    member: np.ndarray  # int8
    membership_draw: np.ndarray  # [0, 1), decides membership
    status: np.ndarray  # int8, see rules.STATUS_NAMES
    deployed: np.ndarray  # int32
    ended: np.ndarray  # int32, month of decommissioning
    reached: np.ndarray  # int32, first month with the adopter share that counts as spread
    quality: np.ndarray  # (organisations, 8)
    census: np.ndarray  # (organisations, 3, 5) int32
    flows: np.ndarray  # (organisations, 3, 17) int32, of the current month
    wasted: np.ndarray  # effort wasted in the current month
    incident: np.ndarray  # int8, in the current month
    shares: np.ndarray  # (organisations, 3) cumulative shares of groups


class Hcps(NamedTuple):
    """Arrays over HCPs (seats). Months are NEVER where it did not happen."""

    trust: np.ndarray
    literacy: np.ndarray
    engagement: np.ndarray
    priority: np.ndarray  # (HCPs, 8), rows sum to 1
    state: np.ndarray  # int8, see rules.STATE_NAMES
    group: np.ndarray  # int8
    ever: np.ndarray  # int8, ever adopted
    trained: np.ndarray  # int8, ever trained
    hired: np.ndarray  # int32, month in which the person took the seat
    adopted: np.ndarray  # int32, month of the first adoption
    lapsed: np.ndarray  # int32, month of the last lapse
    meetings: np.ndarray  # uint16
    words: np.ndarray  # (2, HCPs) uint32: what peers see, of the last and of the current month


class Experts(NamedTuple):
    """Arrays over AI experts."""

    domain: np.ndarray  # domain knowledge D
    draw: np.ndarray  # [0, 1): interdisciplinary if below shared understanding
    attention: np.ndarray  # (experts, 8)
    successes: np.ndarray  # int32, in the current month
    heard: np.ndarray  # (experts, 8), sum of priorities of the HCPs met with success


class Network(NamedTuple):
    """Peers of HCP i: peers[first[i]:first[i + 1]]; both empty if everyone's peer is everyone."""

    first: np.ndarray
    peers: np.ndarray


@compiled
def take_seat(i, group, key, p, hcps):
    """Draw trust, AI literacy, engagement and priorities of whoever takes seat i."""
    hcps.trust[i] = rules.fresh_level(
        p.population_trust[group],
        p.population_trust_spread,
        streams.uniform(key, streams.FRESH_TRUST),
    )
    hcps.literacy[i] = rules.fresh_level(
        p.population_literacy[group],
        p.population_literacy_spread,
        streams.uniform(key, streams.FRESH_LITERACY),
    )
    hcps.engagement[i] = rules.fresh_level(
        p.population_engagement[group],
        p.population_engagement_spread,
        streams.uniform(key, streams.FRESH_ENGAGEMENT),
    )
    shape = int(p.population_priority_shape)
    total = 0.0
    for k in range(inputs.N_QUALITIES):
        # a gamma variable of whole-number shape is a sum of exponential ones
        gamma = 0.0
        product = 1.0
        for stage in range(shape):
            decision = streams.FRESH_PRIORITY + np.uint64(shape * k + stage)
            product *= 1.0 - streams.uniform(key, decision)
            if stage % 4 == 3 or stage == shape - 1:
                gamma -= numerics.log(product)
                product = 1.0
        weight = p.population_priority[k] * p.population_emphasis[group, k] * gamma / shape
        hcps.priority[i, k] = weight
        total += weight
    for k in range(inputs.N_QUALITIES):
        hcps.priority[i, k] /= total


@compiled
def _sizes(p, world, run):
    """Number of HCPs of each organisation."""
    if world.sizes.shape[0] > 0:
        return world.sizes.copy()
    sizes = np.empty(int(p.population_organisations), np.int64)
    spread = p.population_size_spread
    for o in range(sizes.shape[0]):
        size = p.population_organisation_size
        if spread > 0.0:
            key = streams.month_key(run, streams.ORGANISATION, o, 0)
            draw = streams.uniform(key, streams.SIZE) + 0.5 * streams.TO_UNIT
            size *= numerics.exp(spread * numerics.normal_quantile(draw) - 0.5 * spread * spread)
        sizes[o] = max(1, int(size + 0.5))
    return sizes


@compiled
def draw_organisations(p, world, run):
    """Draw the organisations of a run, or take them from the user's world."""
    sizes = _sizes(p, world, run)
    n = sizes.shape[0]
    given = world.sizes.shape[0] > 0
    organisations = Organisations(
        np.zeros(n + 1, np.int64),
        np.zeros(n + 1, np.int64),
        np.empty(n),
        np.empty(n),
        np.zeros(n, np.int8),
        np.empty(n),
        np.zeros(n, np.int8),
        np.full(n, inputs.NEVER, np.int32),
        np.full(n, inputs.NEVER, np.int32),
        np.full(n, inputs.NEVER, np.int32),
        np.empty((n, inputs.N_QUALITIES)),
        np.zeros((n, inputs.N_GROUPS, 5), np.int32),
        np.zeros((n, inputs.N_GROUPS, 17), np.int32),
        np.zeros(n),
        np.zeros(n, np.int8),
        np.empty((n, inputs.N_GROUPS)),
    )
    for o in range(n):
        key = streams.month_key(run, streams.ORGANISATION, o, 0)
        organisations.first_hcp[o + 1] = organisations.first_hcp[o] + sizes[o]
        experts = max(1, int(p.population_experts_per_hcp * sizes[o] + 0.5))
        organisations.first_expert[o + 1] = organisations.first_expert[o] + experts

        low, high = p.population_readiness_low, p.population_readiness_high
        organisations.readiness[o] = low + (high - low) * streams.uniform(key, streams.READINESS)
        # half a step away from 0, where the quantile is infinite
        draw = streams.uniform(key, streams.RESOURCES) + 0.5 * streams.TO_UNIT
        organisations.resources[o] = numerics.exp(
            p.population_resources_spread * numerics.normal_quantile(draw)
        )
        draw = streams.uniform(key, streams.MEMBERSHIP)
        organisations.membership_draw[o] = draw
        organisations.member[o] = draw < p.process_interorganisational_cooperation
        deployed = streams.uniform(key, streams.AT_START) < p.deployment_at_start
        month = 0 if deployed else inputs.NEVER
        for g in range(inputs.N_GROUPS):
            organisations.shares[o, g] = p.population_share[g]
        if given:
            if world.readiness[o] == world.readiness[o]:
                organisations.readiness[o] = world.readiness[o]
            if world.resources[o] == world.resources[o]:
                organisations.resources[o] = world.resources[o]
            if world.member[o] >= 0:
                organisations.member[o] = world.member[o]
            if world.deployed[o] != inputs.NEVER:
                month = world.deployed[o]
            if world.shares[o, 0] == world.shares[o, 0]:
                for g in range(inputs.N_GROUPS):
                    organisations.shares[o, g] = world.shares[o, g]
        organisations.deployed[o] = month
        organisations.status[o] = (
            rules.PROJECT if month != inputs.NEVER else rules.NOT_DEPLOYED
        )
        for g in range(1, inputs.N_GROUPS):
            organisations.shares[o, g] += organisations.shares[o, g - 1]
        for k in range(inputs.N_QUALITIES):
            organisations.quality[o, k] = p.development_start[k]
    return organisations


@compiled
def draw_hcps(p, organisations, run):
    """Draw the HCPs of a run, and count them."""
    n = organisations.first_hcp[-1]
    hcps = Hcps(
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty((n, inputs.N_QUALITIES)),
        np.zeros(n, np.int8),
        np.zeros(n, np.int8),
        np.zeros(n, np.int8),
        np.zeros(n, np.int8),
        np.zeros(n, np.int32),
        np.full(n, inputs.NEVER, np.int32),
        np.full(n, inputs.NEVER, np.int32),
        np.zeros(n, np.uint16),
        np.zeros((2, n), np.uint32),
    )
    for o in range(organisations.status.shape[0]):
        running = rules.is_running(organisations.status[o])
        shared = streams.month_key(run, streams.HCP, o, 0)
        first = organisations.first_hcp[o]
        adopters = 0
        for i in range(first, organisations.first_hcp[o + 1]):
            key = streams.child(shared, i - first)
            draw = streams.uniform(key, streams.GROUP)
            group = 0
            while group < inputs.N_GROUPS - 1 and draw >= organisations.shares[o, group]:
                group += 1
            hcps.group[i] = group
            take_seat(i, group, key, p, hcps)
            draw = streams.uniform(key, streams.INITIAL_STATE)
            if running and draw < p.population_initial_adopters:
                hcps.state[i] = rules.ADOPTER
                hcps.ever[i] = 1
                hcps.adopted[i] = 0
                organisations.census[o, group, EVER_ADOPTED] += 1
                adopters += 1
            organisations.census[o, group, hcps.state[i]] += 1
            hcps.words[0, i] = rules.word(hcps.trust[i], hcps.state[i])
        size = organisations.first_hcp[o + 1] - first
        if adopters >= p.outcome_spread_share * size:
            organisations.reached[o] = 0
    return hcps


@compiled
def draw_experts(p, organisations, run):
    """Draw the AI experts of a run."""
    n = organisations.first_expert[-1]
    experts = Experts(
        np.full(n, p.population_expert_domain_knowledge),
        np.empty(n),
        np.empty((n, inputs.N_QUALITIES)),
        np.zeros(n, np.int32),
        np.zeros((n, inputs.N_QUALITIES)),
    )
    for o in range(organisations.status.shape[0]):
        shared = streams.month_key(run, streams.EXPERT, o, 0)
        first = organisations.first_expert[o]
        for j in range(first, organisations.first_expert[o + 1]):
            key = streams.child(shared, j - first)
            experts.draw[j] = streams.uniform(key, streams.INTERDISCIPLINARY)
            for k in range(inputs.N_QUALITIES):
                experts.attention[j, k] = p.attention[k]
    return experts
