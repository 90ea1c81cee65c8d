"""The steps of an HCP's month, and the counts that go with them; `sim.model.kernel` orders them.

They call the rules; no formula stands here. What happens to everybody, or may, is a pass: one loop
over the seats of an organisation, short and without branches, which the compiler turns into vector
instructions. What happens to few is done for one HCP. The agents engine calls those that only
count (`move`, `train`, `replace`), and has the others again in Python, to be overridden.
"""

from __future__ import annotations

import numpy as np

from sim.model import population, rules, state, streams
from sim.model.inputs import N_QUALITIES, NEVER, USABILITY
from sim.model.rules import ADOPTER, LAPSED, NON_ADOPTER
from sim.tables.compiled import borrowing, inlined

# The lowest two bits of a word that peers read: the state of the HCP
STATE_BITS = np.uint32(3)
ADOPTER_BITS = np.uint32(ADOPTER)
LAPSED_BITS = np.uint32(LAPSED)
# Both are counted at once: adopters in the lower half of 64 bits, the lapsed in the upper half
COUNTED_SHIFT = 32
COUNTED_ADOPTERS = 2**32 - 1
COUNTED = np.zeros(4, np.int64)
COUNTED[ADOPTER], COUNTED[LAPSED] = 1, 2**32


# ------------------------------------------------------------------ passes over seats
@borrowing
def suffer(hcps, org, share):
    """Step 3: what an incident costs everybody in the organisation."""
    for i in range(org.first_hcp, org.last_hcp):
        hcps[i].trust = rules.loss(hcps[i].trust, share)


@borrowing
def listen(hcps, first_peer, heard, rate):
    """Step 4: trust follows what peers say; whoever has none keeps it."""
    base = first_peer[0]
    for i in range(hcps.shape[0]):
        trust = hcps[i].trust
        # unsigned, so that no place is counted from the end
        at, beyond = np.uint64(first_peer[i] - base), np.uint64(first_peer[i + 1] - base)
        n_peers = np.int64(beyond - at)
        pulled = rules.influenced(trust, heard[beyond] - heard[at], n_peers, rate)
        hcps[i].trust = pulled if n_peers > 0 else trust


@borrowing
def of_group(values, group):
    """The value of one of the three groups: chosen, where looking it up would wait."""
    return values[0] if group == 0 else (values[1] if group == 1 else values[2])


@borrowing
def who_meets(hcps, keys, cooperation, happens):
    """Step 5: who meets an expert; `cooperation` by group."""
    by_group = cooperation[0], cooperation[1], cooperation[2]
    for i in range(hcps.shape[0]):
        own = of_group(by_group, hcps[i].group)
        probability = rules.meeting_probability(hcps[i].engagement, own)
        happens[i] = streams.uniform(keys[i], streams.MEETING) < probability


@borrowing
def who_of_group(hcps, keys, decision, probability, happens):
    """Steps 6 and 10: whose draw is below the probability of the group."""
    by_group = probability[0], probability[1], probability[2]
    for i in range(hcps.shape[0]):
        happens[i] = streams.uniform(keys[i], decision) < of_group(by_group, hcps[i].group)


@borrowing
def forget(hcps, share):
    """Step 6, for the trained as well."""
    for i in range(hcps.shape[0]):
        hcps[i].literacy = rules.loss(hcps[i].literacy, share)


@borrowing
def use(hcps, keys, reliable, skill_floor, success, failure):
    """Step 7: the trust of users follows the month's experience."""
    for i in range(hcps.shape[0]):
        trust = hcps[i].trust
        probability = rules.experience_probability(reliable, hcps[i].literacy, skill_floor)
        good = streams.uniform(keys[i], streams.EXPERIENCE) < probability
        gained, lost = rules.gain(trust, success), rules.loss(trust, failure)
        felt = gained if good else lost
        hcps[i].trust = felt if rules.is_user(hcps[i].state) else trust


@borrowing
def cap_of(state, p):
    """Highest probability that the state changes this month."""
    return rules.decision_cap(
        state,
        p.decision_trial_rate,
        p.decision_retrial_rate,
        p.decision_decide_rate,
        p.decision_lapse_rate,
    )


@borrowing
def who_decides(hcps, keys, p, happens):
    """Step 9: whose draw is below the cap, so that it matters what they think of the tool."""
    for i in range(hcps.shape[0]):
        happens[i] = streams.uniform(keys[i], streams.DECISION) < cap_of(hcps[i].state, p)


@borrowing
def listed(happens, visits):
    """List the seats to which something happens, in their order; return how many they are."""
    n = np.int64(0)
    for i in range(happens.shape[0]):
        visits[n] = i
        n += happens[i]
    return n


# ------------------------------------------------------------------ one HCP
@borrowing
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


@borrowing
def train(hcp, org, training_gain):
    """Steps 6 and 10: train an HCP, and count it."""
    hcp.literacy = rules.gain(hcp.literacy, training_gain)
    hcp.trained = 1
    org.flows[hcp.group, state.TRAININGS] += 1


@inlined
def peers_states(i, before, start, first_peer, peers):
    """Shares of HCP i's peers that were adopters, and lapsed, at the start of the month."""
    if first_peer.shape[0] == 0:  # everyone's peers are everyone
        n_peers = before.shape[0] - 1
        seen = before[i] & STATE_BITS
        adopters = start.adopters - (seen == ADOPTER_BITS)
        lapsed = start.lapsed - (seen == LAPSED_BITS)
    else:
        n_peers = first_peer[i + 1] - first_peer[i]
        both = np.int64(0)
        for n in range(first_peer[i], first_peer[i + 1]):
            both += COUNTED[before[peers[n]] & STATE_BITS]
        adopters = both & COUNTED_ADOPTERS
        lapsed = both >> COUNTED_SHIFT
    if n_peers == 0:
        return 0.0, 0.0
    return adopters / n_peers, lapsed / n_peers


@inlined
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


@borrowing
def reconsider(hcp, org, month, key, priority, adopting, lapsed, now, p):
    """Shock: adverse evidence costs trust, and whoever uses the tool may give it up."""
    hcp.trust = rules.loss(hcp.trust, now.evidence)
    if now.running and rules.is_user(hcp.state):
        x = propensity(hcp, priority, adopting, lapsed, now, p)
        probability = rules.giving_up_probability(x, now.roles, p.decision_roles)
        if streams.uniform(key, streams.EVIDENCE) < probability:
            flow = state.LAPSES if hcp.state == ADOPTER else state.FAILED_TRIALS
            move(hcp, org, month, np.int64(LAPSED), flow, p.outcome_return_months)


@borrowing
def decide(hcp, org, month, key, x, roles, p):
    """Step 9, for whoever drew below the cap; `x` is the propensity."""
    draw, cap = streams.uniform(key, streams.DECISION), cap_of(hcp.state, p)
    new = rules.next_state(hcp.state, draw, cap, x, roles, p.decision_roles)
    if new != hcp.state:
        move(hcp, org, month, new, flow_of(hcp.state, new), p.outcome_return_months)


@borrowing
def flow_of(old, new):
    """Return the column that counts a decision's change of state."""
    if old == NON_ADOPTER:
        return state.TRIALS
    if old == LAPSED:
        return state.RETRIALS
    if old == ADOPTER:
        return state.LAPSES
    return state.ADOPTIONS if new == ADOPTER else state.FAILED_TRIALS


@borrowing
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


@borrowing
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
