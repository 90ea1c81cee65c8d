"""The steps of a month that an organisation takes as a whole; `sim.model.kernel` orders them.

They call the rules and keep the counts; no formula stands here.
"""

from __future__ import annotations

import numpy as np

from sim.model import levers, rules, state, streams
from sim.model.hcp_steps import move
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
from sim.tables.compiled import borrowing

# A plain 0 as an argument is a type of its own for numba, and would be compiled for apart
ZERO = np.int64(0)
# What all HCPs of an organisation have in common in a month, once it has begun
NOW = np.dtype(
    [
        ("running", np.int8),
        ("incident", np.int8),
        ("key", np.uint64),  # of the organisation's draws
        ("hcp_key", np.uint64),  # the draws of the HCP in a seat start from its child
        ("cooperation", np.float64, (N_GROUPS,)),  # probabilities, before engagement
        ("training", np.float64, (N_GROUPS,)),
        ("leaving", np.float64, (N_GROUPS,)),
        ("onboarding", np.float64, (N_GROUPS,)),
        ("evidence", np.float64),  # share of trust that adverse evidence costs
        ("interdisciplinary", np.float64),  # share of experts
        ("reliable", np.float64),  # R
        ("learning", np.float64),  # X
        ("failure_share", np.float64),  # of trust, what a failure costs
        ("usability", np.float64),  # of the tool; felt according to one's literacy
        ("roles", np.float64),
        ("terms", np.float64, (N_QUALITIES,)),  # of U; that of usability is each HCP's own
    ],
    align=True,
)


@borrowing
def is_member(org, widened, p):
    """Membership for steps 1 and 2; `widened` is the lever that widens the network."""
    if widened > 0.0:
        share = p.process_interorganisational_cooperation + widened
        return org.member == 1 or org.membership_draw < share
    return org.member == 1


@borrowing
def report(failure, code, entity, quality, month):
    """Keep the first thing that went wrong."""
    if failure[0] == state.FINE:
        failure[0] = code
        failure[1] = entity
        failure[2] = quality
        failure[3] = month


@borrowing
def report_no_numbers(hcps, first, month, failure):
    """Report the first HCP with a level that is not a number; `first` is the number of hcps[0]."""
    numbers = np.int64(0)
    for i in range(hcps.shape[0]):
        numbers += hcps[i].trust + hcps[i].literacy + hcps[i].engagement >= 0.0
    if numbers == hcps.shape[0]:
        return
    for i in range(hcps.shape[0]):
        if not hcps[i].trust + hcps[i].literacy + hcps[i].engagement >= 0.0:
            report(failure, state.NOT_A_NUMBER_HCP, first + i, ZERO, month)


@borrowing
def count_adopters(org):
    """Adopters of an organisation now."""
    total = 0
    for g in range(N_GROUPS):
        total += org.census[g, ADOPTER]
    return total


@borrowing
def hold_workshop(org, lever, experts, p):
    """Lever: move the attention of an organisation's experts towards W."""
    for k in range(N_QUALITIES):
        step = lever[levers.WORKSHOP + k]
        if step > 0.0:
            for j in range(org.first_expert, org.last_expert):
                expert = experts[j]
                expert.attention[k] = rules.attention_after(
                    expert.attention[k], p.population_priority[k], step
                )


@borrowing
def deploy(org, month, key, member, lever, start, p):
    """Step 1."""
    if org.status != rules.NOT_DEPLOYED or start.privacy < lever[levers.REGULATION]:
        return
    probability = rules.deployment_probability(
        org.readiness,
        start.running,
        member,
        start.members_running,
        start.privacy_excess,
        p.deployment_rate,
        p.deployment_intercept,
        p.deployment_readiness_weight,
        p.deployment_imitation,
        p.deployment_member_weight,
        p.deployment_privacy_gate,
    )
    if streams.uniform(key, streams.DEPLOYMENT) < probability + lever[levers.ROLL_OUT]:
        org.status = rules.PROJECT
        org.deployed = month


@borrowing
def mean_domain(org, experts):
    """Mean domain knowledge of an organisation's experts."""
    total = 0.0
    for j in range(org.first_expert, org.last_expert):
        total += experts[j].domain
    return total / (org.last_expert - org.first_expert)


@borrowing
def mean_attention(org, experts, k):
    """Mean attention of an organisation's experts to a quality."""
    total = 0.0
    for j in range(org.first_expert, org.last_expert):
        total += experts[j].attention[k]
    return total / (org.last_expert - org.first_expert)


@borrowing
def develop(o, org, month, member, lever, member_quality, experts, p, failure):
    """Step 2."""
    fit = rules.fit(mean_domain(org, experts), p.development_fit_base)
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
        attention = mean_attention(org, experts, k)
        work = effort + lever[levers.QUALITY_WORK + k] * fit
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


@borrowing
def suffer_incident(org, key, p):
    """Step 3: whether there is an incident; what it costs each HCP comes with their steps."""
    probability = rules.incident_probability(org.quality[PRIVACY], p.incident_rate)
    org.incident = streams.uniform(key, streams.INCIDENT) < probability


@borrowing
def tell_hcps(org, lever, p, now):
    """Compute once what is the same for all HCPs: parameters with this month's levers, the tool."""
    cooperation, training = now.cooperation, now.training
    leaving, onboarding, hazard = now.leaving, now.onboarding, p.hazard
    for g in range(N_GROUPS):
        cooperation[g] = p.process_hcp_cooperation + lever[levers.HCP_COOPERATION + g]
        training[g] = p.process_training + lever[levers.TRAINING + g]
        leaving[g] = hazard[g] + lever[levers.EXODUS]
        onboarding[g] = p.turnover_onboarding + lever[levers.ONBOARDING + g]
    now.evidence = lever[levers.ADVERSE_EVIDENCE]
    now.interdisciplinary = p.process_shared_understanding + lever[levers.INTERDISCIPLINARY]
    quality = org.quality
    now.reliable = rules.reliability(
        quality[DATA_QUALITY],
        quality[SCOPE],
        p.trust_reliability_base,
        p.trust_reliability_gain,
        p.trust_scope_floor,
    ) * (1.0 - lever[levers.MODEL_FAILURE])
    felt = rules.felt_transparency(
        quality[TRANSPARENCY], p.trust_transparency_strength, p.trust_transparency_reference
    )
    now.learning = rules.learning(felt, p.trust_learning_floor)
    now.failure_share = rules.failure_share(
        felt,
        quality[RESPONSIBILITY],
        p.trust_failure_loss,
        p.trust_transparency_softening,
        p.trust_responsibility_weight,
        p.trust_loss_cap,
    )
    now.usability = quality[USABILITY]
    now.roles = quality[ROLES]


@borrowing
def felt_value(org, p):
    """Step 8: what the tool is worth to everybody in the organisation."""
    return rules.systemic_value(
        org.quality[VALUE],
        count_adopters(org) / (org.last_hcp - org.first_hcp),
        p.appraisal_systemic,
        p.appraisal_critical_mass,
        p.appraisal_critical_exponent,
    )


@borrowing
def appraise_tool(org, p, now):
    """Step 8, what is the same for all HCPs: what each quality adds to the power mean U."""
    terms = now.terms
    for k in range(N_QUALITIES):
        terms[k] = rules.power_term(org.quality[k], p.appraisal_rho, p.appraisal_floor)
    terms[VALUE] = rules.power_term(felt_value(org, p), p.appraisal_rho, p.appraisal_floor)


@borrowing
def seed_champions(org, month, hcps, first_peer, share, return_months):
    """Lever: the best connected who have not tried the tool become adopters, once."""
    org.seeded = 1
    for _ in range(rules.champions(share, org.last_hcp - org.first_hcp)):
        best = -1
        most = np.int64(-1)
        for i in range(org.first_hcp, org.last_hcp):
            ties = first_peer[i + 1] - first_peer[i] if first_peer.shape[0] > 0 else np.int64(0)
            if hcps[i].state == NON_ADOPTER and ties > most:
                best, most = i, ties
        if best < 0:
            return
        move(hcps[best], org, month, np.int64(ADOPTER), state.SEEDED, return_months)


@borrowing
def learn(org, month, experts, p, failure):
    """End of step 5: experts learn from the month's successful meetings."""
    for j in range(org.first_expert, org.last_expert):
        expert = experts[j]
        n = expert.successes
        if n > 0:
            step = rules.lesson(n, p.cooperation_attention_learning)
            for k in range(N_QUALITIES):
                expert.attention[k] = rules.attention_after(
                    expert.attention[k], expert.heard[k] / n, step
                )
                expert.heard[k] = 0.0
            if p.cooperation_domain_learning != p.cooperation_attention_learning:
                step = rules.lesson(n, p.cooperation_domain_learning)
            expert.domain = rules.gain(expert.domain, step)
            expert.successes = 0
        if not expert.domain + expert.attention[0] >= 0.0:
            report(failure, state.NOT_A_NUMBER_EXPERT, j, ZERO, month)


@borrowing
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


@borrowing
def withdraw(org, month, hcps, p):
    """The tool is decommissioned: users lapse, and everybody loses trust."""
    org.status = DECOMMISSIONED
    org.ended = month
    for i in range(org.first_hcp, org.last_hcp):
        hcp = hcps[i]
        hcp.trust = rules.loss(hcp.trust, p.review_trust_loss)
        if rules.is_user(hcp.state):
            flow = state.WITHDRAWN_TRIALS if hcp.state == TRIAL else state.WITHDRAWN_ADOPTERS
            move(hcp, org, month, np.int64(LAPSED), flow, p.outcome_return_months)
