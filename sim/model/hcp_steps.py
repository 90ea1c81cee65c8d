"""The rarer steps of an HCP's month, and the counts that go with them; `sim.model.kernel` loops.

They call the rules; no formula stands here. The agents engine calls those that only count
(`move`, `train`, `replace`), and has the others again in Python, to be overridden.
"""

from __future__ import annotations

import numpy as np

from sim.model import population, rules, state, streams
from sim.model.inputs import N_QUALITIES, NEVER, USABILITY
from sim.model.rules import ADOPTER, LAPSED, NON_ADOPTER
from sim.tables.compiled import compiled

# The lowest two bits of a word that peers read: the state of the HCP
STATE_BITS = np.uint32(3)
ADOPTER_BITS = np.uint32(ADOPTER)
LAPSED_BITS = np.uint32(LAPSED)


@compiled
def meet(hcp, org, key, experts, priority, now, p):
    """Step 5, for whoever meets an expert: they understand each other or not."""
    flows = org.flows[hcp.group]
    n_experts = org.last_expert - org.first_expert
    chosen = streams.uniform_index(key, streams.WHICH_EXPERT, n_experts)
    expert = experts[org.first_expert + chosen]
    flows[state.MEETINGS] += 1
    hcp.meetings += np.uint16(1)
    probability = rules.understanding(
        expert.domain,
        expert.draw < now.interdisciplinary,
        hcp.literacy,
        p.cooperation_success_base,
        p.cooperation_literacy_floor,
        p.cooperation_interdisciplinary_skill,
    )
    if streams.uniform(key, streams.MEETING_SUCCESS) < probability:
        hcp.trust = rules.gain(hcp.trust, p.cooperation_trust_gain * now.learning)
        hcp.literacy = rules.gain(hcp.literacy, p.cooperation_literacy_gain)
        hcp.engagement = rules.gain(hcp.engagement, p.cooperation_engagement_gain)
        expert.successes += 1
        for k in range(N_QUALITIES):
            expert.heard[k] += priority[k]
    else:
        hcp.engagement = rules.loss(hcp.engagement, p.cooperation_engagement_loss)
        hcp.trust = rules.loss(hcp.trust, p.cooperation_trust_loss)
        flows[state.FAILED_MEETINGS] += 1


@compiled
def train(hcp, org, training_gain):
    """Steps 6 and 10: train an HCP, and count it."""
    hcp.literacy = rules.gain(hcp.literacy, training_gain)
    hcp.trained = 1
    org.flows[hcp.group, state.TRAININGS] += 1


@compiled
def peers_states(i, before, start, first_peer, peers):
    """Shares of HCP i's peers that were adopters, and lapsed, at the start of the month."""
    adopters = np.int64(0)
    lapsed = np.int64(0)
    if first_peer.shape[0] == 0:  # everyone's peers are everyone
        n_peers = before.shape[0] - 1
        seen = before[i] & STATE_BITS
        adopters = start.adopters - (seen == ADOPTER_BITS)
        lapsed = start.lapsed - (seen == LAPSED_BITS)
    else:
        n_peers = first_peer[i + 1] - first_peer[i]
        for n in range(first_peer[i], first_peer[i + 1]):
            seen = before[peers[n]] & STATE_BITS
            adopters += seen == ADOPTER_BITS
            lapsed += seen == LAPSED_BITS
    if n_peers == 0:
        return 0.0, 0.0
    return adopters / n_peers, lapsed / n_peers


@compiled
def propensity(hcp, priority, adopting, lapsed, now, p):
    """Steps 8 and 9: how much an HCP wants the tool, x."""
    felt = rules.felt_usability(now.usability, hcp.literacy, p.appraisal_training_compensation)
    now.terms[USABILITY] = rules.power_term(felt, p.appraisal_rho, p.appraisal_floor)
    weighted = 0.0
    for k in range(N_QUALITIES):
        weighted += priority[k] * now.terms[k]
    return rules.propensity(
        hcp.trust,
        rules.appraisal(weighted, p.appraisal_rho),
        adopting,
        lapsed,
        hcp.literacy,
        p.decision_intercept,
        p.decision_trust,
        p.decision_appraisal,
        p.decision_peers_adopting,
        p.decision_peers_lapsed,
        p.decision_literacy,
    )


@compiled
def flow_of(old, new):
    """Return the column that counts a decision's change of state."""
    if old == NON_ADOPTER:
        return state.TRIALS
    if old == LAPSED:
        return state.RETRIALS
    if old == ADOPTER:
        return state.LAPSES
    return state.ADOPTIONS if new == ADOPTER else state.FAILED_TRIALS


@compiled
def move(hcp, org, month, new, flow, return_months):
    """Change the state of an HCP, and count it."""
    group = hcp.group
    org.census[group, hcp.state] -= 1
    org.census[group, new] += 1
    org.flows[group, flow] += 1
    hcp.state = new
    if new == LAPSED:
        hcp.lapsed = month
    elif flow == state.RETRIALS and month - hcp.lapsed <= return_months:
        org.flows[group, state.RETURNS] += 1
    elif new == ADOPTER and hcp.ever == 0:
        hcp.ever = 1
        hcp.adopted = month
        org.census[group, state.EVER_ADOPTED] += 1
        org.flows[group, state.FIRST_ADOPTIONS] += 1


@compiled
def replace(hcp, org, month, key, p, priority):
    """Step 10: a newcomer takes the seat."""
    group = hcp.group
    org.flows[group, state.LEFT_NON_ADOPTERS + hcp.state] += 1
    org.census[group, hcp.state] -= 1
    org.census[group, NON_ADOPTER] += 1
    if hcp.ever == 1:
        org.flows[group, state.LEFT_EVER_ADOPTERS] += 1
        org.census[group, state.EVER_ADOPTED] -= 1
    hcp.state = NON_ADOPTER
    hcp.ever = 0
    hcp.trained = 0
    hcp.hired = month
    hcp.adopted = NEVER
    hcp.lapsed = NEVER
    hcp.meetings = 0
    population.take_seat(key, p, hcp, priority)
