"""The steps of a month for one organisation, one expert or one HCP; `sim.model.kernel` loops.

They call the rules and keep the counts; no formula stands here.
"""

from __future__ import annotations

import numpy as np

from sim.model import inputs, levers, population, rules, state, streams
from sim.model.inputs import N_GROUPS, N_QUALITIES, NEVER, USABILITY
from sim.model.rules import ADOPTER, DECOMMISSIONED, LAPSED, NON_ADOPTER, TRIAL
from sim.tables.compiled import compiled

# The lowest two bits of a word that peers read: the state of the HCP
STATE_BITS = np.uint32(3)
ADOPTER_BITS = np.uint32(ADOPTER)
LAPSED_BITS = np.uint32(LAPSED)
# A plain 0 as an argument is a type of its own for numba, and would be compiled for apart
ZERO = np.int64(0)


@compiled
def is_member(org, widened, p):
    """Membership for steps 1 and 2; `widened` is the lever that widens the network."""
    if widened > 0.0:
        share = p.process_interorganisational_cooperation + widened
        return org.member == 1 or org.membership_draw < share
    return org.member == 1


@compiled
def report(failure, code, entity, quality, month):
    """Keep the first thing that went wrong."""
    if failure[0] == state.FINE:
        failure[0] = code
        failure[1] = entity
        failure[2] = quality
        failure[3] = month


@compiled
def deploy(org, month, key, member, lever, start, p):
    """Step 1."""
    if org.status != rules.NOT_DEPLOYED or start.privacy < lever[levers.REGULATION]:
        return
    probability = rules.deployment_probability(
        org.readiness,
        member,
        start.members_running,
        start.privacy_excess,
        p.deployment_rate,
        p.deployment_intercept,
        p.deployment_readiness_weight,
        p.deployment_member_weight,
        p.deployment_privacy_gate,
    )
    if streams.uniform(key, streams.DEPLOYMENT) < probability + lever[levers.ROLL_OUT]:
        org.status = rules.PROJECT
        org.deployed = month


@compiled
def mean_domain(experts):
    """Mean domain knowledge of an organisation's experts."""
    total = 0.0
    for j in range(experts.shape[0]):
        total += experts[j].domain
    return total / experts.shape[0]


@compiled
def mean_attention(experts, k):
    """Mean attention of an organisation's experts to a quality."""
    total = 0.0
    for j in range(experts.shape[0]):
        total += experts[j].attention[k]
    return total / experts.shape[0]


@compiled
def develop(o, org, month, member, lever, member_quality, experts, p, failure):
    """Step 2."""
    fit = rules.fit(mean_domain(experts), p.development_fit_base)
    org.wasted = rules.effort(org.resources, 1.0 - fit, p.development_rate)
    effort = rules.effort_after_funding(
        rules.effort(org.resources, fit, p.development_rate),
        org.status,
        month - org.deployed,
        p.development_funding_months,
        p.development_funding_dependence * (1.0 - lever[levers.FUNDING]),
    )
    effort = effort * (1.0 - lever[levers.BUDGET_CUT])
    for k in range(N_QUALITIES):
        attention = mean_attention(experts, k)
        work = effort + lever[levers.QUALITY_WORK + k]
        if work * attention + p.development_erosion[k] > 1.0:
            report(failure, state.TOO_MUCH_EFFORT, o, k, month)
        quality = rules.develop(
            org.quality[k], work, attention, p.development_ceiling[k], p.development_erosion[k]
        )
        if member and member_quality[k] >= 0.0:
            quality = rules.learn_from_members(
                quality, member_quality[k], p.development_member_exchange
            )
        org.quality[k] = quality
        if not quality >= 0.0:
            report(failure, state.NOT_A_NUMBER_QUALITY, o, k, month)


@compiled
def hold_workshop(lever, experts, p):
    """Lever: move the attention of an organisation's experts towards W."""
    for k in range(N_QUALITIES):
        step = lever[levers.WORKSHOP + k]
        if step > 0.0:
            for j in range(experts.shape[0]):
                expert = experts[j]
                expert.attention[k] = rules.attention_after(
                    expert.attention[k], p.population_priority[k], step
                )


@compiled
def learn(org, month, experts, p, failure):
    """End of step 5: experts learn from the month's successful meetings."""
    for j in range(experts.shape[0]):
        expert = experts[j]
        n = expert.successes
        if n > 0:
            step = rules.lesson(n, p.cooperation_attention_learning)
            for k in range(N_QUALITIES):
                expert.attention[k] = rules.attention_after(
                    expert.attention[k], expert.heard[k] / n, step
                )
                expert.heard[k] = 0.0
            step = rules.lesson(n, p.cooperation_domain_learning)
            expert.domain = rules.gain(expert.domain, step)
            expert.successes = 0
        if not expert.domain + expert.attention[0] >= 0.0:
            report(failure, state.NOT_A_NUMBER_EXPERT, org.first_expert + j, ZERO, month)


@compiled
def seed_champions(org, month, hcps, first_peer, share, return_months):
    """Lever: the best connected who have not tried the tool become adopters, once."""
    org.seeded = 1
    for _ in range(rules.champions(share, hcps.shape[0])):
        best = -1
        most = np.int64(-1)
        for seat in range(hcps.shape[0]):
            i = org.first_hcp + seat
            ties = first_peer[i + 1] - first_peer[i] if first_peer.shape[0] > 0 else np.int64(0)
            if hcps[seat].state == NON_ADOPTER and ties > most:
                best, most = seat, ties
        if best < 0:
            return
        move(hcps[best], org, month, np.int64(ADOPTER), state.SEEDED, return_months)


@compiled
def wish(
    i, seat, trust, literacy, priorities, terms, usability, n_peers, before, start, first_peer,
    peers, p,
):  # fmt: skip
    """Steps 8 and 9: the propensity x of HCP i; `terms` are those of the organisation's tool.

    Takes arrays, not the whole state: handing that over costs a tenth of the month.
    """
    felt = rules.felt_usability(usability, literacy, p.appraisal_training_compensation)
    terms[USABILITY] = rules.power_term(felt, p.appraisal_rho, p.appraisal_floor)
    weighted = 0.0
    for k in range(N_QUALITIES):
        weighted += priorities[seat, k] * terms[k]
    adopting = np.int64(0)
    lapsed = np.int64(0)
    if int(p.network_kind) == inputs.WELL_MIXED:
        seen = before[i] & STATE_BITS
        adopting = start.adopters - (seen == ADOPTER_BITS)
        lapsed = start.lapsed - (seen == LAPSED_BITS)
    else:
        for n in range(first_peer[i], first_peer[i + 1]):
            seen = before[peers[n]] & STATE_BITS
            adopting += seen == ADOPTER_BITS
            lapsed += seen == LAPSED_BITS
    return rules.propensity(
        trust,
        rules.appraisal(weighted, p.appraisal_rho),
        adopting / n_peers if n_peers > 0 else 0.0,
        lapsed / n_peers if n_peers > 0 else 0.0,
        literacy,
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
def replace(hcp, org, month, key, onboarding, p, priority):
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
    if streams.uniform(key, streams.ONBOARDING) < onboarding:
        train(hcp, org, p.training_gain)


@compiled
def train(hcp, org, training_gain):
    """Train an HCP, and count it."""
    hcp.literacy = rules.gain(hcp.literacy, training_gain)
    hcp.trained = 1
    org.flows[hcp.group, state.TRAININGS] += 1


@compiled
def count_adopters(org):
    """Adopters of an organisation now."""
    total = 0
    for g in range(N_GROUPS):
        total += org.census[g, ADOPTER]
    return total


@compiled
def withdraw(org, month, hcps, p):
    """The tool is decommissioned: users lapse, and everybody loses trust."""
    org.status = DECOMMISSIONED
    org.ended = month
    for i in range(hcps.shape[0]):
        hcp = hcps[i]
        hcp.trust = rules.loss(hcp.trust, p.review_trust_loss)
        if hcp.state == TRIAL or hcp.state == ADOPTER:
            flow = state.WITHDRAWN_TRIALS if hcp.state == TRIAL else state.WITHDRAWN_ADOPTERS
            move(hcp, org, month, np.int64(LAPSED), flow, p.outcome_return_months)


@compiled
def review(org, month, key, hcps, p):
    """Step 11."""
    adopter_share = count_adopters(org) / (org.last_hcp - org.first_hcp)
    age = month - org.deployed
    if rules.becomes_institutionalised(
        org.status,
        age,
        adopter_share,
        p.development_funding_months,
        p.review_institutionalise_share,
    ):
        org.status = rules.INSTITUTIONALISED
    if org.reached == NEVER and adopter_share >= p.outcome_spread_share:
        org.reached = month
    probability = rules.decommission_probability(
        adopter_share, age, p.review_rate, p.review_threshold, p.review_width, p.review_grace_months
    )
    if streams.uniform(key, streams.DECOMMISSIONING) < probability:
        withdraw(org, month, hcps, p)
