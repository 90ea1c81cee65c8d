/* The month of docs/ODD.md in C, for generated networks, no levers, appraisal.rho = -1.
 *
 * benchmarks/c_month.py writes layout.h (the records of sim/model/state.py and inputs.py, and the
 * numbers of decisions, states and counts) and checks that the state after some months equals the
 * kernel's to the bit.
 */
#include "arithmetic.h"
#include "layout.h"

static inline double clip(double x) { return x < 0.0 ? 0.0 : x > 1.0 ? 1.0 : x; }
static inline double gain(double level, double share) { return clip(level + share * (1.0 - level)); }
static inline double loss(double level, double share) { return clip(level - share * level); }
static inline double sigmoid(double x) { return 1.0 / (1.0 + exp_sum(-x, 0.0)); }
static inline double inverse(double q, double floor) { return 1.0 / (q < floor ? floor : q); }
static inline int is_running(int s) { return s == PROJECT || s == INSTITUTIONALISED; }

static inline uint64_t month_key(uint64_t run, uint64_t kind, int64_t o, int64_t month)
{
    return child(child(child(run, kind), o), month);
}

static int adopters_of(const Organisation *org)
{
    return org->census[0][ADOPTER] + org->census[1][ADOPTER] + org->census[2][ADOPTER];
}

static void move(Hcp *hcp, Organisation *org, int month, int new, int flow, double return_months)
{
    int g = hcp->group;
    org->census[g][hcp->state]--;
    org->census[g][new]++;
    org->flows[g][flow]++;
    hcp->state = new;
    if (new == LAPSED) {
        hcp->lapsed = month;
    } else if (flow == RETRIALS && month - hcp->lapsed <= return_months) {
        org->flows[g][RETURNS]++;
    } else if (new == ADOPTER && !hcp->ever) {
        hcp->ever = 1;
        hcp->adopted = month;
        org->census[g][EVER_ADOPTED]++;
        org->flows[g][FIRST_ADOPTIONS]++;
    }
}

static void train(Hcp *hcp, Organisation *org, double share)
{
    hcp->literacy = gain(hcp->literacy, share);
    hcp->trained = 1;
    org->flows[hcp->group][TRAININGS]++;
}

static double fresh_level(double mean, double spread, double draw)
{
    return clip(mean + spread * (2.0 * draw - 1.0));
}

static double standard_gamma(uint64_t key, int shape, int first)
{
    double total = 0.0, product = 1.0;
    for (int stage = 0; stage < shape; stage++) {
        product *= 1.0 - uniform(key, FRESH_PRIORITY + first + stage);
        if (stage % 4 == 3 || stage == shape - 1) {
            total -= log_of(product);
            product = 1.0;
        }
    }
    return total;
}

static void replace(Hcp *hcp, Organisation *org, int month, uint64_t key, const Parameters *p,
                    double *w)
{
    int g = hcp->group, shape = (int)p->population_priority_shape;
    double total = 0.0;
    org->flows[g][LEFT_NON_ADOPTERS + hcp->state]++;
    org->census[g][hcp->state]--;
    org->census[g][NON_ADOPTER]++;
    if (hcp->ever) {
        org->flows[g][LEFT_EVER_ADOPTERS]++;
        org->census[g][EVER_ADOPTED]--;
    }
    hcp->state = NON_ADOPTER;
    hcp->ever = hcp->trained = 0;
    hcp->meetings = 0;
    hcp->hired = month;
    hcp->adopted = hcp->lapsed = NEVER;
    hcp->trust = fresh_level(p->population_trust[g], p->population_trust_spread,
                             uniform(key, FRESH_TRUST));
    hcp->literacy = fresh_level(p->population_literacy[g], p->population_literacy_spread,
                                uniform(key, FRESH_LITERACY));
    hcp->engagement = fresh_level(p->population_engagement[g], p->population_engagement_spread,
                                  uniform(key, FRESH_ENGAGEMENT));
    for (int k = 0; k < 8; k++) {
        double gamma = standard_gamma(key, shape, shape * k) / shape;
        w[k] = p->population_priority[k] * p->population_emphasis[g][k] * gamma;
        total += w[k];
    }
    for (int k = 0; k < 8; k++)
        w[k] /= total;
    if (uniform(key, ONBOARDING) < p->turnover_onboarding)
        train(hcp, org, p->training_gain);
}

static void develop(Organisation *org, int month, const double *member_quality,
                    const Expert *experts, const Parameters *p)
{
    int n = org->last_expert - org->first_expert;
    double total = 0.0, fit, effort;
    for (int j = 0; j < n; j++)
        total += experts[j].domain;
    fit = p->development_fit_base + (1.0 - p->development_fit_base) * (total / n);
    org->wasted = p->development_rate * org->resources * (1.0 - fit);
    effort = p->development_rate * org->resources * fit;
    if (org->status == PROJECT && month - org->deployed > p->development_funding_months)
        effort *= 1.0 - p->development_funding_dependence;
    for (int k = 0; k < 8; k++) {
        double attention = 0.0, q = org->quality[k], missing = p->development_ceiling[k] - q;
        for (int j = 0; j < n; j++)
            attention += experts[j].attention[k];
        attention /= n;
        q = clip(q + effort * attention * (missing < 0.0 ? 0.0 : missing)
                 - p->development_erosion[k] * q);
        if (org->member && member_quality[k] > q)
            q = clip(q + p->development_member_exchange * (member_quality[k] - q));
        org->quality[k] = q;
    }
}

static void learn(Expert *e, const Parameters *p)
{
    int64_t n = e->successes;
    double step;
    if (n == 0)
        return;
    step = 1.0 - power(1.0 - p->cooperation_attention_learning, (double)n);
    for (int k = 0; k < 8; k++) {
        e->attention[k] = e->attention[k] + step * (e->heard[k] / n - e->attention[k]);
        e->heard[k] = 0.0;
    }
    step = 1.0 - power(1.0 - p->cooperation_domain_learning, (double)n);
    e->domain = gain(e->domain, step);
    e->successes = 0;
}

static void review(Organisation *org, int month, uint64_t key, Hcp *hcps, const Parameters *p)
{
    int n = org->last_hcp - org->first_hcp, age = month - org->deployed;
    double share = (double)adopters_of(org) / n, probability;
    if (org->status == PROJECT && age >= p->development_funding_months
        && share >= p->review_institutionalise_share)
        org->status = INSTITUTIONALISED;
    if (org->reached == NEVER && share >= p->outcome_spread_share)
        org->reached = month;
    if (!(age > p->review_grace_months))
        return;
    probability = p->review_rate * sigmoid((p->review_threshold - share) / p->review_width);
    if (!(uniform(key, DECOMMISSIONING) < probability))
        return;
    org->status = DECOMMISSIONED;
    org->ended = month;
    for (int i = 0; i < n; i++) {
        hcps[i].trust = loss(hcps[i].trust, p->review_trust_loss);
        if (hcps[i].state == TRIAL)
            move(hcps + i, org, month, LAPSED, WITHDRAWN_TRIALS, p->outcome_return_months);
        else if (hcps[i].state == ADOPTER)
            move(hcps + i, org, month, LAPSED, WITHDRAWN_ADOPTERS, p->outcome_return_months);
    }
}

static int flow_of(int old, int new)
{
    return old == NON_ADOPTER ? TRIALS : old == LAPSED ? RETRIALS : old == ADOPTER ? LAPSES
        : new == ADOPTER ? ADOPTIONS : FAILED_TRIALS;
}

static void meet(Hcp *hcp, Organisation *org, uint64_t key, Expert *experts, const double *w,
                 double learning, const Parameters *p)
{
    int n_experts = org->last_expert - org->first_expert;
    double floor = p->cooperation_literacy_floor, skill, probability;
    Expert *e = experts + (int64_t)(uniform(key, WHICH_EXPERT) * n_experts);
    org->flows[hcp->group][MEETINGS]++;
    hcp->meetings++;
    skill = e->domain * (floor + (1.0 - floor) * hcp->literacy);
    if (e->draw < p->process_shared_understanding
        && p->cooperation_interdisciplinary_skill > skill)
        skill = p->cooperation_interdisciplinary_skill;
    probability = p->cooperation_success_base + (1.0 - p->cooperation_success_base) * skill;
    if (uniform(key, MEETING_SUCCESS) < probability) {
        hcp->trust = gain(hcp->trust, p->cooperation_trust_gain * learning);
        hcp->literacy = gain(hcp->literacy, p->cooperation_literacy_gain);
        hcp->engagement = gain(hcp->engagement, p->cooperation_engagement_gain);
        e->successes++;
        for (int k = 0; k < 8; k++)
            e->heard[k] += w[k];
    } else {
        hcp->engagement = loss(hcp->engagement, p->cooperation_engagement_loss);
        hcp->trust = loss(hcp->trust, p->cooperation_trust_loss);
        org->flows[hcp->group][FAILED_MEETINGS]++;
    }
}

static void decide(Hcp *hcp, Organisation *org, int month, double draw, double cap,
                   const double *w, const uint32_t *before, const uint32_t *peers,
                   int64_t n_peers, double *terms, const Parameters *p)
{
    const double *q = org->quality;
    double weighted = 0.0, x, n = n_peers ? n_peers : 1;
    int64_t adopting = 0, lapsed = 0;
    int current = hcp->state, new = current;
    for (int64_t j = 0; j < n_peers; j++) {
        adopting += (before[peers[j]] & 3) == ADOPTER;
        lapsed += (before[peers[j]] & 3) == LAPSED;
    }
    terms[USABILITY] = inverse(q[USABILITY] + (1.0 - q[USABILITY])
        * p->appraisal_training_compensation * hcp->literacy, p->appraisal_floor);
    for (int k = 0; k < 8; k++)
        weighted += w[k] * terms[k];
    x = p->decision_intercept + p->decision_trust * hcp->trust
        + p->decision_appraisal * (1.0 / weighted);
    x = x + p->decision_peers_adopting * (adopting / n) - p->decision_peers_lapsed * (lapsed / n)
        + p->decision_literacy * hcp->literacy;
    if (current == ADOPTER)
        new = draw < cap * sigmoid(-(x + p->decision_roles * q[ROLES])) ? LAPSED : ADOPTER;
    else if (draw < cap * sigmoid(x))
        new = current == TRIAL ? ADOPTER : TRIAL;
    else if (current == TRIAL)
        new = LAPSED;
    if (new != current)
        move(hcp, org, month, new, flow_of(current, new), p->outcome_return_months);
}

/* Seats to which something happens, in their order */
static int64_t listed(const uint8_t *happens, int64_t n, int64_t *visits)
{
    int64_t many = 0;
    for (int64_t i = 0; i < n; i++) {
        visits[many] = i;
        many += happens[i];
    }
    return many;
}

void months(int64_t first_month, int64_t last_month, uint64_t run, const Parameters *p,
            int64_t n_organisations, Organisation *organisations, int64_t n_hcps, Hcp *all_hcps,
            double (*priorities)[8], uint32_t *words, Expert *all_experts,
            const int64_t *first_peer, const uint32_t *peers, int64_t *heard,
            uint64_t *keys, uint8_t *happens, int64_t *visits)
{
    const double hazard[3] = {p->hazard[0], p->hazard[1], p->hazard[2]};
    const double caps[4] = {p->decision_trial_rate, p->decision_decide_rate,
                            p->decision_lapse_rate, p->decision_retrial_rate};
    const int64_t asked = n_hcps > CACHED_WORDS ? first_peer[n_hcps] - AHEAD : 0;
    for (int64_t month = first_month; month <= last_month; month++) {
        const uint32_t *before = words + ((month - 1) & 1) * n_hcps;
        uint32_t *now = words + (month & 1) * n_hcps;
        int members = 0, members_running = 0, running_now = 0;
        double privacy = 0.0, member_quality[8] = {0}, f, privacy_excess;
        for (int64_t o = 0; o < n_organisations; o++) {
            const Organisation *org = organisations + o;
            members += org->member;
            if (!is_running(org->status))
                continue;
            running_now++;
            privacy += org->quality[PRIVACY];
            if (org->member) {
                members_running++;
                for (int k = 0; k < 8; k++)
                    member_quality[k] += org->quality[k];
            }
        }
        for (int k = 0; k < 8; k++)
            member_quality[k] = members_running ? member_quality[k] / members_running : -1.0;
        f = members ? (double)members_running / members : 0.0;
        privacy_excess = running_now ? privacy / running_now - p->deployment_privacy_reference : 0.0;

        for (int64_t o = 0; o < n_organisations; o++) {
            Organisation *org = organisations + o;
            Expert *experts = all_experts + org->first_expert;
            const double *q = org->quality;
            uint64_t own_key = month_key(run, ORGANISATION, o, month);
            uint64_t hcp_key = month_key(run, HCP, o, month);
            int n_experts = org->last_expert - org->first_expert, running, incident = 0;
            double reliable, felt, learning, failure_share, terms[8];
            memset(org->flows, 0, sizeof org->flows);
            org->wasted = 0.0;
            if (org->status == NOT_DEPLOYED) {                                  /* 1 */
                double x = p->deployment_intercept
                    + p->deployment_readiness_weight * org->readiness
                    + p->deployment_imitation * ((double)running_now / n_organisations)
                    + p->deployment_member_weight * org->member * f;
                x += p->deployment_privacy_gate * privacy_excess;
                if (uniform(own_key, DEPLOYMENT) < p->deployment_rate * sigmoid(x)) {
                    org->status = PROJECT;
                    org->deployed = month;
                }
            }
            running = is_running(org->status);
            if (running) {                                                      /* 2, 3 */
                develop(org, month, member_quality, experts, p);
                incident = uniform(own_key, INCIDENT) < p->incident_rate * (1.0 - q[PRIVACY]);
            }
            org->incident = incident;
            reliable = p->trust_reliability_base + p->trust_reliability_gain * q[DATA_QUALITY]
                * (p->trust_scope_floor + (1.0 - p->trust_scope_floor) * q[SCOPE]);
            felt = p->trust_transparency_reference + p->trust_transparency_strength
                * (q[TRANSPARENCY] - p->trust_transparency_reference);
            learning = p->trust_learning_floor + (1.0 - p->trust_learning_floor) * felt;
            failure_share = p->trust_failure_loss * (1.0 - p->trust_transparency_softening * felt);
            failure_share *= 1.0 + p->trust_responsibility_weight * (1.0 - q[RESPONSIBILITY]);
            if (failure_share > p->trust_loss_cap)
                failure_share = p->trust_loss_cap;
            if (running) {
                double share = (double)adopters_of(org) / (org->last_hcp - org->first_hcp);
                double many = power(share, p->appraisal_critical_exponent);
                double few = power(p->appraisal_critical_mass, p->appraisal_critical_exponent);
                for (int k = 0; k < 8; k++)
                    terms[k] = inverse(q[k], p->appraisal_floor);
                terms[VALUE] = inverse((1.0 - p->appraisal_systemic) * q[VALUE]
                    + p->appraisal_systemic * many / (many + few), p->appraisal_floor);
            }

            int64_t base = first_peer[org->first_hcp], sum = 0;
            heard[0] = 0;
            for (int64_t n = base; n < first_peer[org->last_hcp]; n++) {
                if (n < asked)
                    __builtin_prefetch(before + peers[n + AHEAD]);
                sum += before[peers[n]] >> 2;
                heard[n - base + 1] = sum;
            }
            Hcp *hcps = all_hcps + org->first_hcp;
            const int64_t *ties = first_peer + org->first_hcp;
            int64_t n = org->last_hcp - org->first_hcp, many;
            for (int64_t i = 0; i < n; i++)
                keys[i] = child(hcp_key, i);
            if (incident)                                                       /* 3 */
                for (int64_t i = 0; i < n; i++)
                    hcps[i].trust = loss(hcps[i].trust, p->incident_trust_loss);
            for (int64_t i = 0; i < n; i++) {                                   /* 4 */
                int64_t n_peers = ties[i + 1] - ties[i];
                int64_t units = heard[ties[i + 1] - base] - heard[ties[i] - base];
                double trust = hcps[i].trust, pulled = clip(trust + p->influence_rate
                    * (units / (n_peers * WORD_UNITS) - trust));
                hcps[i].trust = n_peers ? pulled : trust;
            }
            if (running) {                                                      /* 5 */
                for (int64_t i = 0; i < n; i++)
                    happens[i] = uniform(keys[i], MEETING)
                        < p->process_hcp_cooperation * hcps[i].engagement;
                many = listed(happens, n, visits);
                for (int64_t v = 0; v < many; v++)
                    meet(hcps + visits[v], org, keys[visits[v]], experts,
                         priorities[org->first_hcp + visits[v]], learning, p);
            }
            for (int64_t i = 0; i < n; i++)                                     /* 6 */
                happens[i] = uniform(keys[i], TRAINING) < p->process_training;
            many = listed(happens, n, visits);
            for (int64_t v = 0; v < many; v++)
                train(hcps + visits[v], org, p->training_gain);
            for (int64_t i = 0; i < n; i++)
                hcps[i].literacy = loss(hcps[i].literacy, p->training_forgetting);
            if (running) {
                for (int64_t i = 0; i < n; i++) {                               /* 7 */
                    double trust = hcps[i].trust, probability = reliable
                        * (p->trust_skill_floor
                           + (1.0 - p->trust_skill_floor) * hcps[i].literacy);
                    double gained = gain(trust, p->trust_success_gain * learning);
                    double lost = loss(trust, failure_share);
                    double after = uniform(keys[i], EXPERIENCE) < probability ? gained : lost;
                    int user = hcps[i].state == TRIAL || hcps[i].state == ADOPTER;
                    hcps[i].trust = user ? after : trust;
                }
                for (int64_t i = 0; i < n; i++)                                 /* 8, 9 */
                    happens[i] = uniform(keys[i], DECISION) < caps[hcps[i].state];
                many = listed(happens, n, visits);
                for (int64_t v = 0; v < many; v++) {
                    int64_t i = visits[v];
                    decide(hcps + i, org, month, uniform(keys[i], DECISION),
                           caps[hcps[i].state], priorities[org->first_hcp + i], before,
                           peers + ties[i], ties[i + 1] - ties[i], terms, p);
                }
            }
            for (int64_t i = 0; i < n; i++)                                     /* 10 */
                happens[i] = uniform(keys[i], LEAVING) < hazard[hcps[i].group];
            many = listed(happens, n, visits);
            for (int64_t v = 0; v < many; v++)
                replace(hcps + visits[v], org, month, keys[visits[v]], p,
                        priorities[org->first_hcp + visits[v]]);
            if (running) {                                                      /* 5, 11 */
                for (int j = 0; j < n_experts; j++)
                    learn(experts + j, p);
                review(org, month, own_key, all_hcps + org->first_hcp, p);
            }
            org->stopped = 0;
            for (int64_t i = org->first_hcp; i < org->last_hcp; i++) {
                org->stopped += all_hcps[i].ever && all_hcps[i].state == LAPSED;
                now[i] = (uint32_t)(all_hcps[i].trust * WORD_UNITS + 0.5) << 2 | all_hcps[i].state;
            }
        }
    }
}
