"""The compiled month: loops over arrays, calls the rules, has no formula of its own.

`month` is one month of one run. Organisations are independent of each other within it: they
read what peers and members were at the start of the month and write only their own part.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.compiled import compiled
from sim.model import inputs, levers, rules, state, streams
from sim.model.inputs import (
    DATA_QUALITY,
    N_GROUPS,
    N_QUALITIES,
    NEVER,
    PRIVACY,
    RESPONSIBILITY,
    ROLES,
    SCOPE,
    TRANSPARENCY,
    USABILITY,
    VALUE,
)
from sim.model.rules import ADOPTER, DECOMMISSIONED, LAPSED, NON_ADOPTER, TRIAL


class Start(NamedTuple):
    """What everybody sees of the others at the start of a month."""

    members_running: float  # share f of members that run the tool
    privacy_excess: float  # mean privacy of running organisations less the reference
    member_quality: np.ndarray  # (8,) means over members that run the tool; -1 if none
    peer_units: int  # well_mixed: sum over all HCPs of trust in word units,
    adopters: int  # of adopters,
    lapsed: int  # of the lapsed


@compiled
def is_member(o, p, table, organisations):
    """Membership for steps 1 and 2, with the lever that widens the network."""
    widened = table[o, levers.NETWORK]
    share = p.process_interorganisational_cooperation
    if widened > 0.0 and organisations.membership_draw[o] < share + widened:
        return 1
    return int(organisations.member[o])


@compiled
def look_around(month, p, table, organisations, hcps):
    """Take the means that the month's rules read, in a fixed order."""
    members = 0
    members_running = 0
    running = 0
    privacy = 0.0
    quality = np.zeros(N_QUALITIES)
    for o in range(organisations.status.shape[0]):
        member = is_member(o, p, table, organisations)
        members += member
        if rules.is_running(organisations.status[o]):
            running += 1
            privacy += organisations.quality[o, PRIVACY]
            if member:
                members_running += 1
                for k in range(N_QUALITIES):
                    quality[k] += organisations.quality[o, k]
    for k in range(N_QUALITIES):
        quality[k] = quality[k] / members_running if members_running > 0 else -1.0
    units = np.int64(0)
    adopters = np.int64(0)
    lapsed = np.int64(0)
    if int(p.network_kind) == inputs.WELL_MIXED:
        for i in range(hcps.state.shape[0]):
            seen = hcps.words[(month - 1) & 1, i]
            units += np.int64(seen >> np.uint32(2))
            adopters += (seen & np.uint32(3)) == np.uint32(ADOPTER)
            lapsed += (seen & np.uint32(3)) == np.uint32(LAPSED)
    return Start(
        members_running / members if members > 0 else 0.0,
        privacy / running - p.deployment_privacy_reference if running > 0 else 0.0,
        quality,
        units,
        adopters,
        lapsed,
    )


@compiled
def mean_domain(o, organisations, experts):
    """Mean domain knowledge of an organisation's experts."""
    total = 0.0
    first, last = organisations.first_expert[o], organisations.first_expert[o + 1]
    for j in range(first, last):
        total += experts.domain[j]
    return total / (last - first)


@compiled
def deploy(o, month, key, p, table, start, organisations):
    """Step 1."""
    if organisations.status[o] != rules.NOT_DEPLOYED:
        return
    probability = rules.deployment_probability(
        organisations.readiness[o],
        is_member(o, p, table, organisations),
        start.members_running,
        start.privacy_excess,
        p.deployment_rate,
        p.deployment_intercept,
        p.deployment_readiness_weight,
        p.deployment_member_weight,
        p.deployment_privacy_gate,
    )
    if streams.uniform(key, streams.DEPLOYMENT) < probability + table[o, levers.ROLL_OUT]:
        organisations.status[o] = rules.PROJECT
        organisations.deployed[o] = month


@compiled
def develop(o, month, p, table, start, organisations, experts, failure):
    """Step 2."""
    first, last = organisations.first_expert[o], organisations.first_expert[o + 1]
    fit = rules.fit(mean_domain(o, organisations, experts), p.development_fit_base)
    funded = rules.effort(organisations.resources[o], fit, p.development_rate)
    organisations.wasted[o] = rules.effort(
        organisations.resources[o], 1.0 - fit, p.development_rate
    )
    effort = rules.effort_after_funding(
        funded,
        organisations.status[o],
        month - organisations.deployed[o],
        p.development_funding_months,
        p.development_funding_dependence * (1.0 - table[o, levers.FUNDING]),
    )
    effort = effort * (1.0 - table[o, levers.BUDGET_CUT])
    member = is_member(o, p, table, organisations)
    for k in range(N_QUALITIES):
        attention = 0.0
        for j in range(first, last):
            attention += experts.attention[j, k]
        attention = attention / (last - first)
        work = effort + table[o, levers.QUALITY_WORK + k]
        if work * attention + p.development_erosion[k] > 1.0:
            report(failure, state.TOO_MUCH_EFFORT, o, k, month)
        quality = rules.develop(
            organisations.quality[o, k],
            work,
            attention,
            p.development_ceiling[k],
            p.development_erosion[k],
        )
        if member and start.member_quality[k] >= 0.0:
            quality = rules.learn_from_members(
                quality, start.member_quality[k], p.development_member_exchange
            )
        organisations.quality[o, k] = quality
        if not quality >= 0.0:
            report(failure, state.NOT_A_NUMBER_QUALITY, o, k, month)


@compiled
def report(failure, code, entity, quality, month):
    """Keep the first thing that went wrong."""
    if failure[0] == state.FINE:
        failure[0] = code
        failure[1] = entity
        failure[2] = quality
        failure[3] = month


@compiled
def hold_workshop(o, p, table, organisations, experts):
    """Lever: move the attention of an organisation's experts towards W."""
    for k in range(N_QUALITIES):
        step = table[o, levers.WORKSHOP + k]
        if step > 0.0:
            for j in range(organisations.first_expert[o], organisations.first_expert[o + 1]):
                experts.attention[j, k] = rules.attention_after(
                    experts.attention[j, k], p.population_priority[k], step
                )


@compiled
def learn(o, p, organisations, experts, month, failure):
    """End of step 5: experts learn from the month's successful meetings."""
    for j in range(organisations.first_expert[o], organisations.first_expert[o + 1]):
        n = experts.successes[j]
        if n > 0:
            step = rules.lesson(n, p.cooperation_attention_learning)
            for k in range(N_QUALITIES):
                experts.attention[j, k] = rules.attention_after(
                    experts.attention[j, k], experts.heard[j, k] / n, step
                )
                experts.heard[j, k] = 0.0
            experts.domain[j] = rules.gain(
                experts.domain[j], rules.lesson(n, p.cooperation_domain_learning)
            )
            experts.successes[j] = 0
        if not experts.domain[j] + experts.attention[j, 0] >= 0.0:
            report(failure, state.NOT_A_NUMBER_EXPERT, j, 0, month)


@compiled
def move(i, o, month, p, new, flow, organisations, hcps):
    """Change the state of HCP i, and count it."""
    group = hcps.group[i]
    old = hcps.state[i]
    hcps.state[i] = new
    organisations.census[o, group, old] -= 1
    organisations.census[o, group, new] += 1
    organisations.flows[o, group, flow] += 1
    if new == LAPSED:
        hcps.lapsed[i] = month
    elif flow == state.RETRIALS and month - hcps.lapsed[i] <= p.outcome_return_months:
        organisations.flows[o, group, state.RETURNS] += 1
    elif new == ADOPTER and not hcps.ever[i]:
        hcps.ever[i] = 1
        hcps.adopted[i] = month
        organisations.census[o, group, state.EVER_ADOPTED] += 1
        organisations.flows[o, group, state.FIRST_ADOPTIONS] += 1


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
def replace(i, o, month, key, p, table, organisations, hcps):
    """Step 10: a newcomer takes the seat."""
    group = hcps.group[i]
    old = hcps.state[i]
    organisations.flows[o, group, state.LEFT_NON_ADOPTERS + old] += 1
    organisations.census[o, group, old] -= 1
    organisations.census[o, group, NON_ADOPTER] += 1
    if hcps.ever[i]:
        organisations.flows[o, group, state.LEFT_EVER_ADOPTERS] += 1
        organisations.census[o, group, state.EVER_ADOPTED] -= 1
    hcps.state[i] = NON_ADOPTER
    hcps.ever[i] = 0
    hcps.trained[i] = 0
    hcps.hired[i] = month
    hcps.adopted[i] = NEVER
    hcps.lapsed[i] = NEVER
    hcps.meetings[i] = 0
    state.take_seat(i, group, key, p, hcps)
    onboarding = p.turnover_onboarding + table[o, levers.ONBOARDING + group]
    if streams.uniform(key, streams.ONBOARDING) < onboarding:
        hcps.literacy[i] = rules.gain(hcps.literacy[i], p.training_gain)
        hcps.trained[i] = 1
        organisations.flows[o, group, state.TRAININGS] += 1


@compiled
def review(o, month, key, p, organisations, hcps):
    """Step 11."""
    first, last = organisations.first_hcp[o], organisations.first_hcp[o + 1]
    adopters = 0
    for g in range(N_GROUPS):
        adopters += organisations.census[o, g, ADOPTER]
    adopter_share = adopters / (last - first)
    age = month - organisations.deployed[o]
    if rules.becomes_institutionalised(
        organisations.status[o],
        age,
        adopter_share,
        p.development_funding_months,
        p.review_institutionalise_share,
    ):
        organisations.status[o] = rules.INSTITUTIONALISED
    if organisations.reached[o] == NEVER and adopter_share >= p.outcome_spread_share:
        organisations.reached[o] = month
    probability = rules.decommission_probability(
        adopter_share, age, p.review_rate, p.review_threshold, p.review_width, p.review_grace_months
    )
    if streams.uniform(key, streams.DECOMMISSIONING) < probability:
        organisations.status[o] = DECOMMISSIONED
        organisations.ended[o] = month
        for i in range(first, last):
            hcps.trust[i] = rules.loss(hcps.trust[i], p.review_trust_loss)
            if hcps.state[i] == TRIAL:
                move(i, o, month, p, LAPSED, state.WITHDRAWN_TRIALS, organisations, hcps)
            elif hcps.state[i] == ADOPTER:
                move(i, o, month, p, LAPSED, state.WITHDRAWN_ADOPTERS, organisations, hcps)


@compiled
def organisation_month(
    o, month, run, p, table, start, organisations, hcps, experts, network, failure
):
    """All eleven steps of one organisation."""
    organisations.flows[o] = 0
    organisations.wasted[o] = 0.0
    organisations.incident[o] = 0
    own_key = streams.month_key(run, streams.ORGANISATION, o, month)
    hold_workshop(o, p, table, organisations, experts)
    deploy(o, month, own_key, p, table, start, organisations)
    running = rules.is_running(organisations.status[o])
    quality = organisations.quality[o]
    if running:
        develop(o, month, p, table, start, organisations, experts, failure)
        probability = rules.incident_probability(quality[PRIVACY], p.incident_rate)
        if streams.uniform(own_key, streams.INCIDENT) < probability:
            organisations.incident[o] = 1

    # What is the same for all HCPs of the organisation in this month
    first, last = organisations.first_hcp[o], organisations.first_hcp[o + 1]
    first_expert = organisations.first_expert[o]
    n_experts = organisations.first_expert[o + 1] - first_expert
    adopters = 0
    for g in range(N_GROUPS):
        adopters += organisations.census[o, g, ADOPTER]
    reliable = rules.reliability(
        quality[DATA_QUALITY],
        quality[SCOPE],
        p.trust_reliability_base,
        p.trust_reliability_gain,
        p.trust_scope_floor,
    ) * (1.0 - table[o, levers.MODEL_FAILURE])
    felt = rules.felt_transparency(
        quality[TRANSPARENCY], p.trust_transparency_strength, p.trust_transparency_reference
    )
    learning = rules.learning(felt, p.trust_learning_floor)
    failure_share = rules.failure_share(
        felt,
        quality[RESPONSIBILITY],
        p.trust_failure_loss,
        p.trust_transparency_softening,
        p.trust_responsibility_weight,
        p.trust_loss_cap,
    )
    terms = np.empty(N_QUALITIES)
    if running:
        for k in range(N_QUALITIES):
            terms[k] = rules.power_term(quality[k], p.appraisal_rho, p.appraisal_floor)
        value = rules.systemic_value(
            quality[VALUE],
            adopters / (last - first),
            p.appraisal_systemic,
            p.appraisal_critical_mass,
            p.appraisal_critical_exponent,
        )
        terms[VALUE] = rules.power_term(value, p.appraisal_rho, p.appraisal_floor)
    interdisciplinary_share = p.process_shared_understanding + table[o, levers.INTERDISCIPLINARY]
    well_mixed = int(p.network_kind) == inputs.WELL_MIXED
    everyone = hcps.state.shape[0]
    before = (month - 1) & 1
    now = month & 1
    hcp_key = streams.month_key(run, streams.HCP, o, month)

    for i in range(first, last):
        key = streams.child(hcp_key, i - first)
        group = hcps.group[i]
        trust = hcps.trust[i]
        literacy = hcps.literacy[i]
        if organisations.incident[o]:
            trust = rules.loss(trust, p.incident_trust_loss)

        # 4. influence
        units = np.int64(0)
        peers_adopting = np.int64(0)
        peers_lapsed = np.int64(0)
        if well_mixed:
            peers = everyone - 1
            seen = hcps.words[before, i]
            units = start.peer_units - np.int64(seen >> np.uint32(2))
            own = seen & np.uint32(3)
            peers_adopting = start.adopters - (own == np.uint32(ADOPTER))
            peers_lapsed = start.lapsed - (own == np.uint32(LAPSED))
        else:
            first_peer, last_peer = network.first[i], network.first[i + 1]
            peers = last_peer - first_peer
            for n in range(first_peer, last_peer):
                seen = hcps.words[before, network.peers[n]]
                units += np.int64(seen >> np.uint32(2))
                peers_adopting += (seen & np.uint32(3)) == np.uint32(ADOPTER)
                peers_lapsed += (seen & np.uint32(3)) == np.uint32(LAPSED)
        if peers > 0:
            trust = rules.influenced(trust, units, peers, p.influence_rate)

        # 5. cooperation
        if running:
            engagement = hcps.engagement[i]
            cooperation = p.process_hcp_cooperation + table[o, levers.HCP_COOPERATION + group]
            if streams.uniform(key, streams.MEETING) < rules.meeting_probability(
                engagement, cooperation
            ):
                j = first_expert + streams.uniform_index(key, streams.WHICH_EXPERT, n_experts)
                organisations.flows[o, group, state.MEETINGS] += 1
                hcps.meetings[i] += np.uint16(1)
                if streams.uniform(key, streams.MEETING_SUCCESS) < rules.understanding(
                    experts.domain[j],
                    experts.draw[j] < interdisciplinary_share,
                    literacy,
                    p.cooperation_success_base,
                    p.cooperation_literacy_floor,
                    p.cooperation_interdisciplinary_skill,
                ):
                    trust = rules.gain(trust, p.cooperation_trust_gain * learning)
                    literacy = rules.gain(literacy, p.cooperation_literacy_gain)
                    engagement = rules.gain(engagement, p.cooperation_engagement_gain)
                    experts.successes[j] += 1
                    for k in range(N_QUALITIES):
                        experts.heard[j, k] += hcps.priority[i, k]
                else:
                    engagement = rules.loss(engagement, p.cooperation_engagement_loss)
                    trust = rules.loss(trust, p.cooperation_trust_loss)
                    organisations.flows[o, group, state.FAILED_MEETINGS] += 1
                hcps.engagement[i] = engagement

        # 6. training
        training = p.process_training + table[o, levers.TRAINING + group]
        if streams.uniform(key, streams.TRAINING) < training:
            literacy = rules.gain(literacy, p.training_gain)
            hcps.trained[i] = 1
            organisations.flows[o, group, state.TRAININGS] += 1
        literacy = rules.loss(literacy, p.training_forgetting)

        if running:
            # 7. use
            current = hcps.state[i]
            if current == TRIAL or current == ADOPTER:
                if streams.uniform(key, streams.EXPERIENCE) < rules.experience_probability(
                    reliable, literacy, p.trust_skill_floor
                ):
                    trust = rules.gain(trust, p.trust_success_gain * learning)
                else:
                    trust = rules.loss(trust, failure_share)

            # 8. and 9. appraisal and decision: one draw, appraised only when it matters
            draw = streams.uniform(key, streams.DECISION)
            cap = rules.decision_cap(
                current,
                p.decision_trial_rate,
                p.decision_retrial_rate,
                p.decision_decide_rate,
                p.decision_lapse_rate,
            )
            if draw < cap:
                usability = rules.felt_usability(
                    quality[USABILITY], literacy, p.appraisal_training_compensation
                )
                terms[USABILITY] = rules.power_term(usability, p.appraisal_rho, p.appraisal_floor)
                weighted = 0.0
                for k in range(N_QUALITIES):
                    weighted += hcps.priority[i, k] * terms[k]
                x = rules.propensity(
                    trust,
                    rules.appraisal(weighted, p.appraisal_rho),
                    peers_adopting / peers if peers > 0 else 0.0,
                    peers_lapsed / peers if peers > 0 else 0.0,
                    literacy,
                    p.decision_intercept,
                    p.decision_trust,
                    p.decision_appraisal,
                    p.decision_peers_adopting,
                    p.decision_peers_lapsed,
                    p.decision_literacy,
                )
                new = rules.next_state(current, draw, cap, x, quality[ROLES], p.decision_roles)
                if new != current:
                    move(i, o, month, p, new, flow_of(current, new), organisations, hcps)

        hcps.trust[i] = trust
        hcps.literacy[i] = literacy
        # 10. turnover
        if streams.uniform(key, streams.LEAVING) < p.hazard[group] + table[o, levers.EXODUS]:
            replace(i, o, month, key, p, table, organisations, hcps)
        if not hcps.trust[i] + hcps.literacy[i] + hcps.engagement[i] >= 0.0:
            report(failure, state.NOT_A_NUMBER_HCP, i, 0, month)

    if running:
        learn(o, p, organisations, experts, month, failure)
        review(o, month, own_key, p, organisations, hcps)
    for i in range(first, last):
        hcps.words[now, i] = rules.word(hcps.trust[i], hcps.state[i])


@compiled
def month(number, run, p, schedule, table, organisations, hcps, experts, network, failure):
    """Compute one month of one run in place."""
    levers.fill(table, number, schedule, organisations.member, run)
    start = look_around(number, p, table, organisations, hcps)
    for o in range(organisations.status.shape[0]):
        organisation_month(
            o, number, run, p, table, start, organisations, hcps, experts, network, failure
        )
