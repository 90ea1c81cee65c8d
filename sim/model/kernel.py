"""The compiled month: loops over arrays, calls the rules, has no formula of its own.

A month (`advance`), in this order:

- `levers.fill`: what policies and shocks do this month
- `look_around`: what everybody sees of the others
- `organisations_month`, for each block of organisations:
  - `begin`: workshops; 1 deployment, 2 development, 3 incident; champions
  - `influence`: 4 influence
  - `each_hcp`: 5 cooperation, 6 training; adverse evidence; 7 use, 8 appraisal, 9 decision,
    10 turnover; each of them in one pass over the seats
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
    decide,
    forget,
    listed,
    listen,
    meet,
    peers_states,
    propensity,
    reconsider,
    replace,
    suffer,
    train,
    use,
    who_decides,
    who_meets,
    who_of_group,
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
    report_no_numbers,
    review,
    seed_champions,
    suffer_incident,
    tell_hcps,
)
from sim.model.rules import LAPSED
from sim.tables.compiled import borrowing, compiled, fetch, inlined

TWO = np.uint32(2)
# Organisations are taken together up to so many HCPs: long loops, and all of it stays in the cache
BLOCK_SEATS = 1_000
# Words of more HCPs than these lie beyond the cache: they are asked for so many peers ahead
CACHED_WORDS, AHEAD = 250_000, 128


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


# ------------------------------------------------------------------ the month of organisations
class Scratch(NamedTuple):
    """What the month of a block of organisations writes and nobody keeps."""

    now: np.ndarray  # (organisations,) of dtype NOW
    heard: np.ndarray  # (words of peers + 1,) int64, their running sum
    keys: np.ndarray  # (HCPs,) uint64, of this month's draws
    happens: np.ndarray  # (HCPs,) bool, whether a step concerns them
    visits: np.ndarray  # (HCPs + 1,) int64, seats that it concerns


@compiled
def scratch_for(first, last, s):
    """Make what the largest block of organisations `first` to `last` - 1 needs."""
    organisations, seats, words = 0, 0, 0
    while first < last:
        beyond = end_of_block(first, last, s.organisations)
        a, b = s.organisations[first].first_hcp, s.organisations[beyond - 1].last_hcp
        organisations, seats = max(organisations, beyond - first), max(seats, b - a)
        if s.first_peer.shape[0] > 0:
            words = max(words, s.first_peer[b] - s.first_peer[a])
        first = beyond
    return Scratch(
        np.zeros(organisations, NOW),
        np.empty(words + 1, np.int64),
        np.empty(seats, np.uint64),
        np.empty(seats, np.bool_),
        np.empty(seats + 1, np.int64),
    )


@borrowing
def end_of_block(first, last, organisations):
    """One past the last organisation of the block that begins with `first`."""
    beyond = first + 1
    most = organisations[first].first_hcp + BLOCK_SEATS
    while beyond < last and organisations[beyond].last_hcp <= most:
        beyond += 1
    return beyond


@borrowing
def organisations_month(first, last, month, run, p, start, s, scratch):
    """All steps of organisations `first` to `last` - 1; overwrites `scratch`."""
    organisations, nows = s.organisations, scratch.now
    while first < last:
        beyond = end_of_block(first, last, organisations)
        a, b = organisations[first].first_hcp, organisations[beyond - 1].last_hcp
        for o in range(first, beyond):
            begin(o, organisations[o], month, run, p, start, s, nows[o - first])
            if nows[o - first].incident:
                suffer(s.hcps, organisations[o], p.incident_trust_loss)
        influence(a, b, month, p, start, s, scratch.heard)
        for o in range(first, beyond):
            each_hcp(organisations[o], month, p, start, s, nows[o - first], scratch)
        report_no_numbers(s.hcps[a:b], a, month, s.failure)
        for o in range(first, beyond):
            end(organisations[o], month, p, s, nows[o - first])
        first = beyond


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


@borrowing
def each_hcp(org, month, p, start, s, now, scratch):
    """Steps 5 to 10: draw and compare for all seats at once, then visit those it concerns."""
    first, n = org.first_hcp, org.last_hcp - org.first_hcp
    hcps, priorities = s.hcps[first : first + n], s.priorities[first : first + n]
    keys, happens, visits = scratch.keys[:n], scratch.happens[:n], scratch.visits
    before = s.words[(month - 1) & 1]
    for i in range(n):
        keys[i] = streams.child(now.hcp_key, i)
    # 5. cooperation
    if now.running:
        who_meets(hcps, keys, now.cooperation, happens)
        for v in range(listed(happens, visits)):
            i = visits[v]
            meet(hcps[i], org, keys[i], s.experts, priorities[i], now, p)
    # 6. training
    who_of_group(hcps, keys, streams.TRAINING, now.training, happens)
    for v in range(listed(happens, visits)):
        train(hcps[visits[v]], org, p.training_gain)
    forget(hcps, p.training_forgetting)
    # Shock: adverse evidence, after which every user reconsiders
    if now.evidence > 0.0:
        for i in range(n):
            adopting, lapsed = peers_states(first + i, before, start, s.first_peer, s.peers)
            reconsider(hcps[i], org, month, keys[i], priorities[i], adopting, lapsed, now, p)
    if now.running:
        # 7. use
        success, failure = p.trust_success_gain * now.learning, now.failure_share
        use(hcps, keys, now.reliable, p.trust_skill_floor, success, failure)
        # 8. and 9. appraisal and decision: one draw, appraised only when it matters
        who_decides(hcps, keys, p, happens)
        for v in range(listed(happens, visits)):
            i = visits[v]
            adopting, lapsed = peers_states(first + i, before, start, s.first_peer, s.peers)
            x = propensity(hcps[i], priorities[i], adopting, lapsed, now, p)
            decide(hcps[i], org, month, keys[i], x, now.roles, p)
    # 10. turnover
    who_of_group(hcps, keys, streams.LEAVING, now.leaving, happens)
    for v in range(listed(happens, visits)):
        i = visits[v]
        replace(hcps[i], org, month, keys[i], p, priorities[i])
        if streams.uniform(keys[i], streams.ONBOARDING) < now.onboarding[hcps[i].group]:
            train(hcps[i], org, p.training_gain)


@borrowing
def influence(a, b, month, p, start, s, heard):
    """Step 4, for HCPs `a` to `b` - 1.

    The peers of HCP i stand between places first_peer[i] and first_peer[i + 1] of `peers`; the
    sum of their trust is the difference of `heard` at these places. One long loop without
    branches reads ahead, where a short loop for each HCP would wait for scattered words.
    """
    hcps, before = s.hcps[a:b], s.words[(month - 1) & 1]
    if s.first_peer.shape[0] == 0:  # everyone's peers are everyone
        n_peers = before.shape[0] - 1
        if n_peers > 0:
            for i in range(b - a):
                units = start.peer_units - np.int64(before[a + i] >> TWO)
                trust = hcps[i].trust
                hcps[i].trust = rules.influenced(trust, units, n_peers, p.influence_rate)
        return
    peers = s.peers[s.first_peer[a] : s.first_peer[b]]
    asked = max(0, peers.shape[0] - AHEAD) if before.shape[0] > CACHED_WORDS else 0
    heard[0] = 0
    sums, rest = heard[1:], heard[asked + 1 :]
    total = np.int64(0)
    for n in range(asked):
        fetch(before, np.int64(peers[n + AHEAD]))
        total += np.int64(before[peers[n]] >> TWO)
        sums[n] = total
    for n, j in enumerate(peers[asked:]):
        total += np.int64(before[j] >> TWO)
        rest[n] = total
    listen(hcps, s.first_peer[a : b + 1], heard, p.influence_rate)


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


# ------------------------------------------------------------------ all organisations
@compiled
def one_month(month, run, p, schedule, s, scratch):
    """Compute a month of all organisations; overwrites `scratch`."""
    levers.fill(s.levers, month, schedule, s.organisations, run)
    start = look_around(month, p, s)
    organisations_month(ZERO, s.organisations.shape[0], month, run, p, start, s, scratch)


@compiled
def advance(first_month, last_month, run, p, schedule, s, record, stop, done):
    """Compute and record months first_month..last_month of one run, in place.

    Stops at the first failure, which `s.failure` then names, and when `stop[0]` is set. Counts
    months in `done[0]`. `sim.model.threads` does the same on several threads.
    """
    scratch = scratch_for(ZERO, s.organisations.shape[0], s)
    for month in range(first_month, last_month + 1):
        if stop[0] != 0:
            return
        one_month(month, run, p, schedule, s, scratch)
        records.write(month, p, s, record)
        if s.failure[0] != state.FINE:
            return
        done[0] += 1
