"""How a population is drawn: organisations, HCPs, AI experts, and whoever takes a seat later."""

import numpy as np

from sim.model import levers, networks, numerics, rules, streams
from sim.model.inputs import N_GROUPS, N_QUALITIES, NEVER
from sim.model.state import EVER_ADOPTED, EXPERT, HCP, ORGANISATION, State
from sim.tables.compiled import borrowing, compiled, shared


@shared
def draw(p, world, run):
    """Draw the starting state of a run: parameters, world, and the key of `streams.run_key`."""
    organisations = draw_organisations(p, world, run)
    n = int(organisations["last_hcp"][-1])
    hcps = np.zeros(n, HCP)
    priorities = np.empty((n, N_QUALITIES))
    words = np.zeros((2, n), np.uint32)
    draw_hcps(p, organisations, hcps, priorities, words[0], run)
    first_peer, peers = networks.build(p, world, organisations, run)
    return State(
        organisations=organisations,
        hcps=hcps,
        priorities=priorities,
        words=words,
        experts=draw_experts(p, organisations, run),
        first_peer=first_peer,
        peers=peers,
        levers=np.zeros((organisations.size, levers.N_LEVERS)),
        failure=np.zeros(4, np.int64),
    )


@borrowing
def draw_size(o, p, run):
    """Draw the number of HCPs of an organisation, at least 1."""
    size = p.population_organisation_size
    spread = p.population_size_spread
    if spread > 0.0:
        key = streams.month_key(run, streams.ORGANISATION, o, streams.START)
        draw = standard_normal(key, streams.SIZE)
        size *= numerics.exp(spread * draw - 0.5 * spread * spread)
    return max(1, int(size + 0.5))


@compiled
def standard_normal(key, decision):
    """Draw from the standard normal distribution, half a step away from the infinite ends."""
    return numerics.normal_quantile(streams.uniform(key, decision) + 0.5 * streams.TO_UNIT)


@compiled
def draw_organisations(p, world, run):
    """Draw the organisations of a run, or take them from the user's world."""
    given = world.sizes.shape[0] > 0
    n = world.sizes.shape[0] if given else int(p.population_organisations)
    organisations = np.zeros(n, ORGANISATION)
    n_hcps = 0
    n_experts = 0
    for o in range(n):
        org = organisations[o]
        size = world.sizes[o] if given else draw_size(o, p, run)
        org.first_hcp = n_hcps
        n_hcps += size
        org.last_hcp = n_hcps
        org.first_expert = n_experts
        n_experts += max(1, int(p.population_experts_per_hcp * size + 0.5))
        org.last_expert = n_experts

        key = streams.month_key(run, streams.ORGANISATION, o, streams.START)
        low, high = p.population_readiness_low, p.population_readiness_high
        org.readiness = low + (high - low) * streams.uniform(key, streams.READINESS)
        deviation = standard_normal(key, streams.RESOURCES)
        org.resources = numerics.exp(p.population_resources_spread * deviation)
        org.membership_draw = streams.uniform(key, streams.MEMBERSHIP)
        org.member = org.membership_draw < p.process_interorganisational_cooperation
        runs = streams.uniform(key, streams.AT_START) < p.deployment_at_start
        org.deployed = 0 if runs else NEVER
        for g in range(N_GROUPS):
            org.shares[g] = p.population_share[g]
        if given:
            take_given(o, org, world)
        org.status = rules.NOT_DEPLOYED if org.deployed == NEVER else rules.PROJECT
        org.ended = NEVER
        org.reached = NEVER
        for g in range(1, N_GROUPS):
            org.shares[g] += org.shares[g - 1]
        for k in range(N_QUALITIES):
            org.quality[k] = p.development_start[k]
    return organisations


@borrowing
def take_given(o, org, world):
    """Replace what was drawn by what the user's file states."""
    if world.readiness[o] == world.readiness[o]:
        org.readiness = world.readiness[o]
    if world.resources[o] == world.resources[o]:
        org.resources = world.resources[o]
    if world.member[o] >= 0:
        org.member = world.member[o]
    if world.deployed[o] != NEVER:
        org.deployed = world.deployed[o]
    if world.shares[o, 0] == world.shares[o, 0]:
        for g in range(N_GROUPS):
            org.shares[g] = world.shares[o, g]


@borrowing
def draw_hcps(p, organisations, hcps, priorities, words, run):
    """Draw the HCPs, and count them."""
    for o in range(organisations.shape[0]):
        org = organisations[o]
        running = rules.is_running(org.status)
        shared = streams.month_key(run, streams.HCP, o, streams.START)
        adopters = 0
        for i in range(org.first_hcp, org.last_hcp):
            hcp = hcps[i]
            key = streams.child(shared, i - org.first_hcp)
            draw = streams.uniform(key, streams.GROUP)
            group = 0
            while group < N_GROUPS - 1 and draw >= org.shares[group]:
                group += 1
            hcp.group = group
            take_seat(key, p, hcp, priorities[i])
            hcp.adopted = NEVER
            hcp.lapsed = NEVER
            draw = streams.uniform(key, streams.INITIAL_STATE)
            if running and draw < p.population_initial_adopters:
                hcp.state = rules.ADOPTER
                hcp.ever = 1
                hcp.adopted = 0
                org.census[group, EVER_ADOPTED] += 1
                adopters += 1
            org.census[group, hcp.state] += 1
            words[i] = rules.word(hcp.trust, hcp.state)
        if adopters >= p.outcome_spread_share * (org.last_hcp - org.first_hcp):
            org.reached = 0


@borrowing
def take_seat(key, p, hcp, priority):
    """Draw trust, AI literacy, engagement and priorities of whoever takes a seat.

    `key` is that of the HCP in the month in which the seat is taken.
    """
    group = hcp.group
    hcp.trust = rules.fresh_level(
        p.population_trust[group],
        p.population_trust_spread,
        streams.uniform(key, streams.FRESH_TRUST),
    )
    hcp.literacy = rules.fresh_level(
        p.population_literacy[group],
        p.population_literacy_spread,
        streams.uniform(key, streams.FRESH_LITERACY),
    )
    hcp.engagement = rules.fresh_level(
        p.population_engagement[group],
        p.population_engagement_spread,
        streams.uniform(key, streams.FRESH_ENGAGEMENT),
    )
    shape = int(p.population_priority_shape)
    total = 0.0
    for k in range(N_QUALITIES):
        gamma = standard_gamma(key, shape, shape * k) / shape
        priority[k] = p.population_priority[k] * p.population_emphasis[group, k] * gamma
        total += priority[k]
    for k in range(N_QUALITIES):
        priority[k] /= total


@borrowing
def standard_gamma(key, shape, first):
    """Draw a gamma variable of whole-number shape: a sum of exponential variables."""
    total = 0.0
    product = 1.0
    for stage in range(shape):
        decision = streams.FRESH_PRIORITY + np.uint64(first + stage)
        product *= 1.0 - streams.uniform(key, decision)
        # one logarithm for four factors; more of them might vanish to 0
        if stage % 4 == 3 or stage == shape - 1:
            total -= numerics.log(product)
            product = 1.0
    return total


@compiled
def draw_experts(p, organisations, run):
    """Draw the AI experts of a run."""
    n = organisations[organisations.shape[0] - 1].last_expert
    experts = np.zeros(n, EXPERT)
    for o in range(organisations.shape[0]):
        org = organisations[o]
        shared = streams.month_key(run, streams.EXPERT, o, streams.START)
        for j in range(org.first_expert, org.last_expert):
            key = streams.child(shared, j - org.first_expert)
            experts[j].draw = streams.uniform(key, streams.INTERDISCIPLINARY)
            experts[j].domain = p.population_expert_domain_knowledge
            for k in range(N_QUALITIES):
                experts[j].attention[k] = p.attention[k]
    return experts
