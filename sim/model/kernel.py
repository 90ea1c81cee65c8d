"""The compiled month: loops over arrays, calls the rules, has no formula of its own.

Organisations are independent of each other within a month: they read what peers and members
were at its start and write only their own part of the arrays.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.model import inputs, levers, records, rules, state, streams
from sim.model.inputs import (
    DATA_QUALITY,
    N_QUALITIES,
    PRIVACY,
    RESPONSIBILITY,
    ROLES,
    SCOPE,
    TRANSPARENCY,
    USABILITY,
    VALUE,
)
from sim.model.rules import ADOPTER, LAPSED, TRIAL
from sim.model.steps import (
    ADOPTER_BITS,
    LAPSED_BITS,
    STATE_BITS,
    ZERO,
    count_adopters,
    deploy,
    develop,
    flow_of,
    hold_workshop,
    is_member,
    learn,
    move,
    replace,
    report,
    review,
    seed_champions,
    train,
    wish,
)  # fmt: skip
from sim.tables.compiled import compiled

TWO = np.uint32(2)


class Start(NamedTuple):
    """What everybody sees of the others at the start of a month."""

    members_running: float  # share f of members that run the tool
    privacy: float  # mean privacy of running organisations; where none runs, that of a new tool
    privacy_excess: float  # mean privacy of running organisations less the reference
    member_quality: np.ndarray  # (8,) means over members that run the tool; -1 if none
    peer_units: Any  # int; well_mixed: sums over all HCPs of trust in word units,
    adopters: Any  # of adopters,
    lapsed: Any  # and of the lapsed


@compiled
def look_around(month, p, s):
    """Take the means that the month's rules read, in a fixed order."""
    members = 0
    members_running = 0
    running = 0
    privacy = 0.0
    quality = np.zeros(N_QUALITIES)
    for o in range(s.organisations.shape[0]):
        org = s.organisations[o]
        member = is_member(org, s.levers[o, levers.NETWORK], p)
        members += member
        if rules.is_running(org.status):
            running += 1
            privacy += org.quality[PRIVACY]
            if member:
                members_running += 1
                for k in range(N_QUALITIES):
                    quality[k] += org.quality[k]
    for k in range(N_QUALITIES):
        quality[k] = quality[k] / members_running if members_running > 0 else -1.0
    units = np.int64(0)
    adopters = np.int64(0)
    lapsed = np.int64(0)
    if int(p.network_kind) == inputs.WELL_MIXED:
        for seen in s.words[(month - 1) & 1]:
            units += np.int64(seen >> TWO)
            adopters += (seen & STATE_BITS) == ADOPTER_BITS
            lapsed += (seen & STATE_BITS) == LAPSED_BITS
    return Start(
        members_running / members if members > 0 else 0.0,
        privacy / running if running > 0 else p.development_start[PRIVACY],
        privacy / running - p.deployment_privacy_reference if running > 0 else 0.0,
        quality,
        units,
        adopters,
        lapsed,
    )


@compiled
def listen(org, before, first_peer, peers, heard):
    """Add up what the HCPs of an organisation hear, for step 4, word after word.

    The peers of the HCP in seat n stand between places first_peer[n] and first_peer[n + 1] of
    `peers`; the sum of their trust is the difference of `heard` at these places. One long loop
    without branches reads ahead, where a short loop for each HCP would wait for scattered words.
    """
    if first_peer.shape[0] == 0:
        return
    heard[0] = 0
    total = np.int64(0)
    for n, j in enumerate(peers[first_peer[org.first_hcp] : first_peer[org.last_hcp]]):
        total += np.int64(before[j] >> TWO)
        heard[n + 1] = total


@compiled
def most_heard(first, last, s):
    """Places that `listen` needs for organisations `first` to `last` - 1."""
    most = 0
    if s.first_peer.shape[0] > 0:
        for o in range(first, last):
            org = s.organisations[o]
            most = max(most, s.first_peer[org.last_hcp] - s.first_peer[org.first_hcp])
    return most + 1


@compiled
def organisation_month(o, month, run, p, start, s, terms, heard):
    """All eleven steps of one organisation; `terms` and `heard` are scratch space."""
    org = s.organisations[o]
    lever = s.levers[o]
    words, first_peer, peers = s.words, s.first_peer, s.peers
    first = org.first_hcp
    hcps = s.hcps[first : org.last_hcp]
    priorities = s.priorities[first : org.last_hcp]
    experts = s.experts[org.first_expert : org.last_expert]
    flows, hazard, failure = org.flows, p.hazard, s.failure  # looked up once, not for each HCP
    everybody = s.hcps.shape[0]
    flows[:] = 0
    org.wasted = 0.0
    org.incident = 0
    own_key = streams.month_key(run, streams.ORGANISATION, o, month)
    member = is_member(org, lever[levers.NETWORK], p)
    hold_workshop(lever, experts, p)
    deploy(org, month, own_key, member, lever, start, p)
    running = rules.is_running(org.status)
    quality = org.quality
    if running:
        develop(o, org, month, member, lever, start.member_quality, experts, p, failure)
        probability = rules.incident_probability(quality[PRIVACY], p.incident_rate)
        org.incident = streams.uniform(own_key, streams.INCIDENT) < probability

    # What is the same for all HCPs of the organisation in this month
    reliable = rules.reliability(
        quality[DATA_QUALITY],
        quality[SCOPE],
        p.trust_reliability_base,
        p.trust_reliability_gain,
        p.trust_scope_floor,
    ) * (1.0 - lever[levers.MODEL_FAILURE])
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
    if running:
        for k in range(N_QUALITIES):
            terms[k] = rules.power_term(quality[k], p.appraisal_rho, p.appraisal_floor)
        value = rules.systemic_value(
            quality[VALUE],
            count_adopters(org) / (org.last_hcp - org.first_hcp),
            p.appraisal_systemic,
            p.appraisal_critical_mass,
            p.appraisal_critical_exponent,
        )
        terms[VALUE] = rules.power_term(value, p.appraisal_rho, p.appraisal_floor)
        if lever[levers.CHAMPIONS] > 0.0 and not org.seeded:
            months = p.outcome_return_months
            seed_champions(org, month, hcps, first_peer, lever[levers.CHAMPIONS], months)
    evidence = lever[levers.ADVERSE_EVIDENCE]
    interdisciplinary_share = p.process_shared_understanding + lever[levers.INTERDISCIPLINARY]
    well_mixed = int(p.network_kind) == inputs.WELL_MIXED
    before = words[(month - 1) & 1]
    listen(org, before, first_peer, peers, heard)
    hcp_key = streams.month_key(run, streams.HCP, o, month)

    for seat in range(hcps.shape[0]):
        i = first + seat
        hcp = hcps[seat]
        key = streams.child(hcp_key, seat)
        group = hcp.group
        current = hcp.state
        trust = hcp.trust
        literacy = hcp.literacy

        # 3. incident
        if org.incident:
            trust = rules.loss(trust, p.incident_trust_loss)

        # 4. influence
        if well_mixed:
            n_peers = everybody - 1
            units = start.peer_units - np.int64(before[i] >> TWO)
        else:
            begin = first_peer[i] - first_peer[first]
            end = first_peer[i + 1] - first_peer[first]
            n_peers = end - begin
            units = heard[end] - heard[begin]
        if n_peers > 0:
            trust = rules.influenced(trust, units, n_peers, p.influence_rate)

        # 5. cooperation
        if running:
            engagement = hcp.engagement
            cooperation = p.process_hcp_cooperation + lever[levers.HCP_COOPERATION + group]
            probability = rules.meeting_probability(engagement, cooperation)
            if streams.uniform(key, streams.MEETING) < probability:
                chosen = streams.uniform_index(key, streams.WHICH_EXPERT, experts.shape[0])
                expert = experts[chosen]
                flows[group, state.MEETINGS] += 1
                hcp.meetings += np.uint16(1)
                probability = rules.understanding(
                    expert.domain,
                    expert.draw < interdisciplinary_share,
                    literacy,
                    p.cooperation_success_base,
                    p.cooperation_literacy_floor,
                    p.cooperation_interdisciplinary_skill,
                )
                if streams.uniform(key, streams.MEETING_SUCCESS) < probability:
                    trust = rules.gain(trust, p.cooperation_trust_gain * learning)
                    literacy = rules.gain(literacy, p.cooperation_literacy_gain)
                    engagement = rules.gain(engagement, p.cooperation_engagement_gain)
                    expert.successes += 1
                    for k in range(N_QUALITIES):
                        expert.heard[k] += priorities[seat, k]
                else:
                    engagement = rules.loss(engagement, p.cooperation_engagement_loss)
                    trust = rules.loss(trust, p.cooperation_trust_loss)
                    flows[group, state.FAILED_MEETINGS] += 1
                hcp.engagement = engagement

        # 6. training
        hcp.literacy = literacy
        training = p.process_training + lever[levers.TRAINING + group]
        if streams.uniform(key, streams.TRAINING) < training:
            train(hcp, org, p.training_gain)
        literacy = rules.loss(hcp.literacy, p.training_forgetting)
        hcp.literacy = literacy

        # Shock: adverse evidence, after which every user reconsiders
        if evidence > 0.0:
            trust = rules.loss(trust, evidence)
            if running and (current == TRIAL or current == ADOPTER):
                x = wish(
                    i, seat, trust, literacy, priorities, terms, quality[USABILITY],
                    n_peers, before, start, first_peer, peers, p,
                )  # fmt: skip
                probability = rules.giving_up_probability(x, quality[ROLES], p.decision_roles)
                if streams.uniform(key, streams.EVIDENCE) < probability:
                    flow = state.LAPSES if current == ADOPTER else state.FAILED_TRIALS
                    move(hcp, org, month, np.int64(LAPSED), flow, p.outcome_return_months)
                    current = hcp.state

        if running:
            # 7. use
            if current == TRIAL or current == ADOPTER:
                probability = rules.experience_probability(reliable, literacy, p.trust_skill_floor)
                if streams.uniform(key, streams.EXPERIENCE) < probability:
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
                x = wish(
                    i, seat, trust, literacy, priorities, terms, quality[USABILITY],
                    n_peers, before, start, first_peer, peers, p,
                )  # fmt: skip
                new = rules.next_state(current, draw, cap, x, quality[ROLES], p.decision_roles)
                if new != current:
                    flow = flow_of(current, new)
                    move(hcp, org, month, new, flow, p.outcome_return_months)
        hcp.trust = trust

        # 10. turnover
        if streams.uniform(key, streams.LEAVING) < hazard[group] + lever[levers.EXODUS]:
            onboarding = p.turnover_onboarding + lever[levers.ONBOARDING + group]
            replace(hcp, org, month, key, onboarding, p, priorities[seat])
        if not hcp.trust + hcp.literacy + hcp.engagement >= 0.0:
            report(failure, state.NOT_A_NUMBER_HCP, i, ZERO, month)

    if running:
        learn(org, month, experts, p, failure)
        review(org, month, own_key, hcps, p)
    now = words[month & 1, first : org.last_hcp]
    for seat in range(hcps.shape[0]):
        now[seat] = rules.word(hcps[seat].trust, hcps[seat].state)


@compiled
def advance(first_month, last_month, run, p, schedule, s, record, stop, done):
    """Compute and record months first_month..last_month of one run, in place.

    Stops at the first failure, which `s.failure` then names, and when `stop[0]` is set. Counts
    months in `done[0]`. `sim.model.threads` does the same on several threads.
    """
    terms = np.empty(N_QUALITIES)
    n = s.organisations.shape[0]
    heard = np.empty(most_heard(ZERO, n, s), np.int64)
    for month in range(first_month, last_month + 1):
        if stop[0] != 0:
            return
        levers.fill(s.levers, month, schedule, s.organisations, run)
        start = look_around(month, p, s)
        for o in range(n):
            organisation_month(o, month, run, p, start, s, terms, heard)
        records.write(month, p, s, record)
        if s.failure[0] != state.FINE:
            return
        done[0] += 1


@compiled
def organisations_month(first, last, month, run, p, start, s, terms, heard):
    """One month of organisations `first` to `last` - 1, for threads.

    `advance` does not call it, so that it is compiled only where a run is that big.
    """
    for o in range(first, last):
        organisation_month(o, month, run, p, start, s, terms, heard)
