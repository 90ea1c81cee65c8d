"""The compiled month: loops over arrays, calls the rules, has no formula of its own.

A month (`advance`), in this order:

- `levers.fill`: what policies and shocks do this month
- `look_around`: what everybody sees of the others
- `organisation_month`, for each organisation:
  - `begin`: workshops; 1 deployment, 2 development, 3 incident; champions
  - `each_hcp`: 3 what an incident costs, 4 influence, 5 cooperation, 6 training; adverse evidence;
    7 use, 8 appraisal, 9 decision, 10 turnover
  - `end`: 5 experts learn, 11 review; what peers will see
- `records.write`: what is kept

Organisations are independent of each other within a month: they read what peers and members
were at its start and write only their own part of the arrays.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.model import inputs, levers, records, rules, state, streams
from sim.model.hcp_steps import (
    ADOPTER_BITS,
    LAPSED_BITS,
    STATE_BITS,
    flow_of,
    meet,
    move,
    peers_states,
    propensity,
    replace,
    train,
)
from sim.model.inputs import N_QUALITIES, PRIVACY
from sim.model.organisation_steps import (
    NOW,
    ZERO,
    appraise_tool,
    deploy,
    develop,
    hold_workshop,
    is_member,
    learn,
    report,
    review,
    seed_champions,
    suffer_incident,
    tell_hcps,
)
from sim.model.rules import ADOPTER, LAPSED
from sim.tables.compiled import compiled, inlined

TWO = np.uint32(2)


class Start(NamedTuple):
    """What everybody sees of the others at the start of a month."""

    running: float  # share of organisations that run the tool
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
        running / s.organisations.shape[0],
        members_running / members if members > 0 else 0.0,
        privacy / running if running > 0 else p.development_start[PRIVACY],
        privacy / running - p.deployment_privacy_reference if running > 0 else 0.0,
        quality,
        units,
        adopters,
        lapsed,
    )


# ------------------------------------------------------------------ the month of an organisation
@compiled
def organisations_month(first, last, month, run, p, start, s, scratch, heard):
    """All steps of organisations `first` to `last` - 1.

    `scratch`, one record of dtype NOW, and `heard` are overwritten.
    """
    now = scratch[0]
    for o in range(first, last):
        org = s.organisations[o]
        begin(o, org, month, run, p, start, s, now)
        each_hcp(org, month, p, start, s, now, heard)
        end(org, month, p, s, now)


@inlined
def begin(o, org, month, run, p, start, s, now):
    """Steps 1 to 3, and the levers that act before HCPs do."""
    lever = s.levers[o]
    org.flows[:] = 0
    org.wasted = 0.0
    org.incident = 0
    now.key = streams.month_key(run, streams.ORGANISATION, o, month)
    now.hcp_key = streams.month_key(run, streams.HCP, o, month)
    hold_workshop(org, lever, s.experts, p)
    member = is_member(org, lever[levers.NETWORK], p)
    deploy(org, month, now.key, member, lever, start, p)
    now.running = rules.is_running(org.status)
    if now.running:
        develop(o, org, month, member, lever, start.member_quality, s.experts, p, s.failure)
        suffer_incident(org, now.key, p)
        appraise_tool(org, p, now)
    now.incident = org.incident
    tell_hcps(org, lever, p, now)
    if now.running and lever[levers.CHAMPIONS] > 0.0 and not org.seeded:
        months = p.outcome_return_months
        seed_champions(org, month, s.hcps, s.first_peer, lever[levers.CHAMPIONS], months)


@inlined
def each_hcp(org, month, p, start, s, now, heard):
    """Steps 4 to 10, and what an incident costs, one HCP of the organisation after the other."""
    first = org.first_hcp
    hcps, experts, priorities = s.hcps, s.experts, s.priorities
    first_peer, peers = s.first_peer, s.peers
    cooperation, training, leaving = now.cooperation, now.training, now.leaving
    before = s.words[(month - 1) & 1]
    listen(org, before, first_peer, peers, heard)
    for i in range(first, org.last_hcp):
        hcp = hcps[i]
        group = hcp.group
        key = streams.child(now.hcp_key, i - first)
        # 3. incident
        if now.incident:
            hcp.trust = rules.loss(hcp.trust, p.incident_trust_loss)
        # 4. influence
        if first_peer.shape[0] == 0:
            n_peers = before.shape[0] - 1
            units = start.peer_units - np.int64(before[i] >> TWO)
        else:
            place = first_peer[i] - first_peer[first]
            n_peers = first_peer[i + 1] - first_peer[i]
            units = heard[place + n_peers] - heard[place]
        if n_peers > 0:
            hcp.trust = rules.influenced(hcp.trust, units, n_peers, p.influence_rate)
        # 5. cooperation
        if now.running:
            probability = rules.meeting_probability(hcp.engagement, cooperation[group])
            if streams.uniform(key, streams.MEETING) < probability:
                meet(hcp, org, key, experts, priorities[i], now, p)
        # 6. training
        if streams.uniform(key, streams.TRAINING) < training[group]:
            train(hcp, org, p.training_gain)
        hcp.literacy = rules.loss(hcp.literacy, p.training_forgetting)
        # Shock: adverse evidence, after which every user reconsiders
        if now.evidence > 0.0:
            hcp.trust = rules.loss(hcp.trust, now.evidence)
            if now.running and rules.is_user(hcp.state):
                adopting, lapsed = peers_states(i, before, start, first_peer, peers)
                x = propensity(hcp, priorities[i], adopting, lapsed, now, p)
                probability = rules.giving_up_probability(x, now.roles, p.decision_roles)
                if streams.uniform(key, streams.EVIDENCE) < probability:
                    flow = state.LAPSES if hcp.state == ADOPTER else state.FAILED_TRIALS
                    move(hcp, org, month, np.int64(LAPSED), flow, p.outcome_return_months)
        if now.running:
            # 7. use
            if rules.is_user(hcp.state):
                floor = p.trust_skill_floor
                probability = rules.experience_probability(now.reliable, hcp.literacy, floor)
                if streams.uniform(key, streams.EXPERIENCE) < probability:
                    hcp.trust = rules.gain(hcp.trust, p.trust_success_gain * now.learning)
                else:
                    hcp.trust = rules.loss(hcp.trust, now.failure_share)
            # 8. and 9. appraisal and decision: one draw, appraised only when it matters
            draw = streams.uniform(key, streams.DECISION)
            cap = rules.decision_cap(
                hcp.state,
                p.decision_trial_rate,
                p.decision_retrial_rate,
                p.decision_decide_rate,
                p.decision_lapse_rate,
            )
            if draw < cap:
                adopting, lapsed = peers_states(i, before, start, first_peer, peers)
                x = propensity(hcp, priorities[i], adopting, lapsed, now, p)
                new = rules.next_state(hcp.state, draw, cap, x, now.roles, p.decision_roles)
                if new != hcp.state:
                    flow = flow_of(hcp.state, new)
                    move(hcp, org, month, new, flow, p.outcome_return_months)
        # 10. turnover
        if streams.uniform(key, streams.LEAVING) < leaving[group]:
            replace(hcp, org, month, key, p, priorities[i])
            if streams.uniform(key, streams.ONBOARDING) < now.onboarding[group]:
                train(hcp, org, p.training_gain)
        if not hcp.trust + hcp.literacy + hcp.engagement >= 0.0:
            report(s.failure, state.NOT_A_NUMBER_HCP, i, ZERO, month)


@inlined
def end(org, month, p, s, now):
    """End of step 5, step 11, what peers will see, and who used the tool once."""
    hcps, words = s.hcps, s.words[month & 1]
    if now.running:
        learn(org, month, s.experts, p, s.failure)
        review(org, month, now.key, hcps, p)
    stopped = 0
    for i in range(org.first_hcp, org.last_hcp):
        stopped += hcps[i].ever == 1 and hcps[i].state == LAPSED
        words[i] = rules.word(hcps[i].trust, hcps[i].state)
    org.stopped = stopped


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


# ------------------------------------------------------------------ all organisations
@compiled
def advance(first_month, last_month, run, p, schedule, s, record, stop, done):
    """Compute and record months first_month..last_month of one run, in place.

    Stops at the first failure, which `s.failure` then names, and when `stop[0]` is set. Counts
    months in `done[0]`. `sim.model.threads` does the same on several threads.
    """
    scratch = np.zeros(1, NOW)
    n = s.organisations.shape[0]
    heard = np.empty(most_heard(ZERO, n, s), np.int64)
    for month in range(first_month, last_month + 1):
        if stop[0] != 0:
            return
        levers.fill(s.levers, month, schedule, s.organisations, run)
        start = look_around(month, p, s)
        organisations_month(ZERO, n, month, run, p, start, s, scratch, heard)
        records.write(month, p, s, record)
        if s.failure[0] != state.FINE:
            return
        done[0] += 1
