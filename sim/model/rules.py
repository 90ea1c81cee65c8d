"""The rules of a month, one short scalar function each, in the order in which they are applied.

Both engines and the views of agents call these and hold no formula of their own: change a rule
here and it changes everywhere. All arguments are numbers (levels in [0, 1] unless said
otherwise); parameter names are those of `sim/tables/parameters.py`. See docs/ODD.md for the reasoning.
"""

import numpy as np

from sim.model import numerics
from sim.tables.compiled import compiled

# States of an HCP
NON_ADOPTER, TRIAL, ADOPTER, LAPSED = 0, 1, 2, 3
STATE_NAMES = ("non-adopter", "trial", "adopter", "lapsed")
# Status of an organisation's tool
NOT_DEPLOYED, PROJECT, INSTITUTIONALISED, DECOMMISSIONED = 0, 1, 2, 3
STATUS_NAMES = ("not deployed", "project", "institutionalised", "decommissioned")
# Units of trust in a peer's word
WORD_UNITS = 1073741823.0  # 2^30 - 1


# ------------------------------------------------------------------ general shapes
@compiled
def clip(x):
    """Limit to [0, 1]. NaN stays NaN, so that it becomes an error and not a number."""
    if x < 0.0:
        return 0.0
    if x > 1.0:
        return 1.0
    return x


@compiled
def sigmoid(x):
    """1 / (1 + e^-x)."""
    return 1.0 / (1.0 + numerics.exp(-x))


@compiled
def gain(level, share):
    """Move a level towards 1 by a share of what is missing."""
    return clip(level + share * (1.0 - level))


@compiled
def loss(level, share):
    """Take a share of a level away."""
    return clip(level - share * level)


@compiled
def is_user(state):
    """Whether an HCP uses the tool, on trial or for good."""
    return state == TRIAL or state == ADOPTER


@compiled
def is_running(status):
    """Whether the organisation runs the tool."""
    return status == PROJECT or status == INSTITUTIONALISED


# ------------------------------------------------------------------ 1. deployment
@compiled
def deployment_probability(
    readiness, running, member, members_running, privacy_excess,
    rate, intercept, readiness_weight, imitation, member_weight, privacy_gate,
):  # fmt: skip
    """Monthly probability that an organisation deploys: everybody sees others, members see more.

    `privacy_excess` is the mean privacy of running organisations less the reference, 0 while
    nobody runs the tool.
    """
    x = intercept + readiness_weight * readiness + imitation * running
    x = x + member_weight * member * members_running
    return rate * sigmoid(x + privacy_gate * privacy_excess)


# ------------------------------------------------------------------ 2. development
@compiled
def fit(mean_domain_knowledge, fit_base):
    """Share of effort that meets the needs: misunderstood needs waste work."""
    return fit_base + (1.0 - fit_base) * mean_domain_knowledge


@compiled
def effort(resources, fit, rate):
    """Effort e of an organisation while it is funded."""
    return rate * resources * fit


@compiled
def effort_after_funding(effort, status, age, funding_months, funding_dependence):
    """Effort once project funding may have ended; an institutionalised tool keeps all of it."""
    if status == PROJECT and age > funding_months:
        return effort * (1.0 - funding_dependence)
    return effort


@compiled
def develop(quality, effort, attention, ceiling, erosion):
    """Build a quality towards its ceiling, and let neglect erode it."""
    missing = ceiling - quality
    if missing < 0.0:
        missing = 0.0
    return clip(quality + effort * attention * missing - erosion * quality)


@compiled
def learn_from_members(quality, member_mean, member_exchange):
    """Catch up with the mean quality of the member organisations that run the tool."""
    if member_mean > quality:
        return clip(quality + member_exchange * (member_mean - quality))
    return quality


# ------------------------------------------------------------------ 3. incident
@compiled
def incident_probability(privacy, rate):
    """Monthly probability of a privacy or safety incident."""
    return rate * (1.0 - privacy)


# ------------------------------------------------------------------ 4. influence
@compiled
def word(trust, state):
    """Pack what peers see into 32 bits: trust in steps of 2^-30, two bits of state."""
    return (np.uint32(trust * WORD_UNITS + 0.5) << np.uint32(2)) | np.uint32(state)


@compiled
def influenced(trust, peers_trust_units, peers, rate):
    """Trust pulled towards the mean trust of `peers` peers (> 0), given in word units."""
    return clip(trust + rate * (peers_trust_units / (peers * WORD_UNITS) - trust))


# ------------------------------------------------------------------ 5. cooperation
@compiled
def meeting_probability(engagement, hcp_cooperation):
    """Monthly probability of meeting an expert of the organisation."""
    return hcp_cooperation * engagement


@compiled
def understanding(
    domain_knowledge, interdisciplinary, literacy, success_base, literacy_floor,
    interdisciplinary_skill,
):  # fmt: skip
    """Probability m that the two understand each other."""
    skill = domain_knowledge * (literacy_floor + (1.0 - literacy_floor) * literacy)
    if interdisciplinary and interdisciplinary_skill > skill:
        skill = interdisciplinary_skill
    return success_base + (1.0 - success_base) * skill


@compiled
def lesson(successes, learning):
    """Share of the way that several successful meetings move an expert."""
    return 1.0 - numerics.power(1.0 - learning, np.float64(successes))


@compiled
def attention_after(attention, mean_priority, lesson):
    """Attention moved towards the priorities of the HCPs met."""
    return attention + lesson * (mean_priority - attention)


# ------------------------------------------------------------------ 7. use and trust
@compiled
def reliability(data_quality, scope, reliability_base, reliability_gain, scope_floor):
    """Reliability R of the tool."""
    return reliability_base + reliability_gain * data_quality * (
        scope_floor + (1.0 - scope_floor) * scope
    )


@compiled
def experience_probability(reliability, literacy, skill_floor):
    """Probability that the month's salient experience is a success."""
    return reliability * (skill_floor + (1.0 - skill_floor) * literacy)


@compiled
def felt_transparency(transparency, transparency_strength, transparency_reference):
    """Transparency t as far as trust formation hangs on it."""
    return transparency_reference + transparency_strength * (transparency - transparency_reference)


@compiled
def learning(felt_transparency, learning_floor):
    """Speed X at which success builds trust."""
    return learning_floor + (1.0 - learning_floor) * felt_transparency


@compiled
def failure_share(
    felt_transparency, responsibility, failure_loss, transparency_softening,
    responsibility_weight, loss_cap,
):  # fmt: skip
    """Share of trust that a failure costs."""
    share = failure_loss * (1.0 - transparency_softening * felt_transparency)
    share = share * (1.0 + responsibility_weight * (1.0 - responsibility))
    return loss_cap if share > loss_cap else share


# ------------------------------------------------------------------ 8. appraisal
@compiled
def systemic_value(value, adopter_share, systemic, critical_mass, critical_exponent):
    """Value of which a part appears only once many use the tool."""
    many = numerics.power(adopter_share, critical_exponent)
    few = numerics.power(critical_mass, critical_exponent)
    return (1.0 - systemic) * value + systemic * many / (many + few)


@compiled
def felt_usability(usability, literacy, training_compensation):
    """Usability for this user: training makes up for a part of what is missing."""
    return usability + (1.0 - usability) * training_compensation * literacy


@compiled
def power_term(quality, rho, floor):
    """What a quality adds to the power mean, before its weight."""
    if quality < floor:
        quality = floor
    if rho == -1.0:  # the same as below, sooner
        return 1.0 / quality
    if rho == 0.0:
        return numerics.log(quality)
    return numerics.power(quality, rho)


@compiled
def appraisal(weighted_terms, rho):
    """Usefulness U: the weighted power mean, from the weighted sum of its terms."""
    if rho == -1.0:  # the same as below, sooner
        return 1.0 / weighted_terms
    if rho == 0.0:
        return numerics.exp(weighted_terms)
    return numerics.power(weighted_terms, 1.0 / rho)


# ------------------------------------------------------------------ 9. decision
@compiled
def propensity(
    trust, appraisal, adopting, lapsed, literacy,
    intercept, trust_weight, appraisal_weight, peers_adopting, peers_lapsed, literacy_weight,
):  # fmt: skip
    """Propensity x to use the tool (log odds); `adopting`, `lapsed` are shares of peers."""
    x = intercept + trust_weight * trust + appraisal_weight * appraisal
    return x + peers_adopting * adopting - peers_lapsed * lapsed + literacy_weight * literacy


@compiled
def decision_cap(state, trial_rate, retrial_rate, decide_rate, lapse_rate):
    """Highest probability that the state changes: a draw above it needs no appraisal."""
    if state == NON_ADOPTER:
        return trial_rate
    if state == TRIAL:
        return decide_rate
    if state == ADOPTER:
        return lapse_rate
    return retrial_rate


@compiled
def next_state(state, draw, cap, propensity, roles, roles_weight):
    """State after the decision, for one draw below its cap.

    non-adopter, lapsed -> trial; trial -> adopter or back to lapsed; adopter -> lapsed.
    """
    if state == ADOPTER:
        leaves = draw < cap * sigmoid(-(propensity + roles_weight * roles))
        return LAPSED if leaves else ADOPTER
    accepts = draw < cap * sigmoid(propensity)
    if state == TRIAL:
        return ADOPTER if accepts else LAPSED
    return TRIAL if accepts else state


@compiled
def giving_up_probability(propensity, roles, roles_weight):
    """Probability that a user gives up who reconsiders after adverse evidence."""
    return sigmoid(-(propensity + roles_weight * roles))


@compiled
def champions(share, hcps):
    """Champions of an organisation: a share of its HCPs, rounded half up, at least one."""
    return max(1, int(share * hcps + 0.5))


# ------------------------------------------------------------------ 10. turnover
@compiled
def monthly_hazard(annual):
    """Monthly probability of leaving that gives this share within a year."""
    return 1.0 - numerics.power(1.0 - annual, 1.0 / 12.0)


@compiled
def fresh_level(mean, spread, draw):
    """Trust, AI literacy or engagement of somebody who takes a seat."""
    return clip(mean + spread * (2.0 * draw - 1.0))


# ------------------------------------------------------------------ 11. review
@compiled
def becomes_institutionalised(status, age, adopter_share, funding_months, institutionalise_share):
    """Whether the project is made permanent."""
    return status == PROJECT and age >= funding_months and adopter_share >= institutionalise_share


@compiled
def decommission_probability(adopter_share, age, rate, threshold, width, grace_months):
    """Monthly probability that the tool is withdrawn for good."""
    if not age > grace_months:
        return 0.0
    return rate * sigmoid((threshold - adopter_share) / width)


# ------------------------------------------------------------------ what the record states
@compiled
def alignment_index(distance, attention_sum):
    """Index 1 - (sum of |W - v| + attention to technology for its own sake) / 2."""
    return 1.0 - 0.5 * (distance + (1.0 - attention_sum))
