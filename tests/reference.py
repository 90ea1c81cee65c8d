"""The model a second time, in plain Python: an independent reading of its equations.

Nothing here imports `sim`. Equations, their order and the limits of what is read when follow the
model description; only the draws (hash, keys, numbers of decisions, how populations and ties are
drawn) follow the simulator, because the same luck is what makes the two comparable number by
number. It is slow and short on purpose: lists, dicts and one function per equation, with the
letters of the equations.

    T trust, L AI literacy, E engagement, w priorities      of an HCP
    D domain knowledge, v attention                         of an AI expert
    Q qualities of the tool, A adopter share                of an organisation
    a, b shares of peers who are adopters, lapsed; f share of members that run the tool;
    s mean attention of the experts; e effort; R reliability; t transparency as it is felt;
    X speed of learning from success; U appraisal; x propensity to use

Tests replace single functions of this module to show that a broken rule is noticed.
"""

import math
from statistics import NormalDist
from types import SimpleNamespace

QUALITIES = (
    "transparency", "usability", "value", "scope", "responsibility", "roles", "data_quality",
    "privacy",
)  # fmt: skip
GROUPS = ("physician", "nurse", "allied")
NON_ADOPTER, TRIAL, ADOPTER, LAPSED = 0, 1, 2, 3
NOT_DEPLOYED, PROJECT, INSTITUTIONALISED, DECOMMISSIONED = 0, 1, 2, 3
RUNNING = (PROJECT, INSTITUTIONALISED)
STEPS_OF_SEEN_TRUST = 2**30 - 1

# ------------------------------------------------------------------ randomness
BITS_64 = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15
ORGANISATION, HCP, EXPERT, TIES = 1, 2, 3, 4
# an organisation, at the start and in each month
SIZE, READINESS, RESOURCES, MEMBERSHIP, AT_START = 1, 2, 3, 4, 5
DEPLOYMENT, INCIDENT, DECOMMISSIONING = 11, 12, 13
SHARE_REACHED = 1000
# an expert, at the start
INTERDISCIPLINARY = 1
# an HCP, at the start, in each month, and on taking the seat
GROUP, INITIAL_STATE = 1, 2
MEETING, WHICH_EXPERT, MEETING_SUCCESS, TRAINING, EXPERIENCE, DECISION, LEAVING, EVIDENCE = range(
    11, 19
)
FRESH_TRUST, FRESH_LITERACY, FRESH_ENGAGEMENT, ONBOARDING = 21, 22, 23, 24
FRESH_PRIORITY = 100
# a tie-maker
PARTNER = 2**20


def mix(z):
    """Scramble 64 bits."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & BITS_64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & BITS_64
    return z ^ (z >> 31)


def child(key, number):
    """Return the key of the numbered child of a key."""
    return mix((key + (number + 1) * GOLDEN) & BITS_64)


def run_key(seed, replicate):
    """Return the key of a run."""
    return child(mix((seed + GOLDEN) & BITS_64), replicate)


def month_key(run, kind, organisation, month):
    """Return the key that all entities of a kind in an organisation share in a month."""
    return child(child(child(run, kind), organisation), month)


def seat_key(run, kind, organisation, month, seat):
    """Return the key of one HCP, expert or tie-maker of an organisation in a month."""
    return child(month_key(run, kind, organisation, month), seat)


def uniform(key, decision):
    """Return the number in [0, 1) that decides."""
    return (child(key, decision) >> 11) / 2**53


def pick(key, decision, n):
    """Return one of 0 to n - 1."""
    return int(uniform(key, decision) * n)


def normal(key, decision):
    """Draw from the standard normal distribution."""
    return NormalDist().inv_cdf(uniform(key, decision) + 0.5 / 2**53)


# ------------------------------------------------------------------ starting state
def round_half_up(number):
    """Round to a whole number."""
    return int(number + 0.5)


def draw_organisation(p, number, given, run):
    """Draw an organisation; what a user's world gives (not None) replaces what is drawn."""
    key = month_key(run, ORGANISATION, number, 0)
    spread = p["population.size_spread"]
    size = p["population.organisation_size"]
    size = size * math.exp(spread * normal(key, SIZE) - spread**2 / 2)
    low, high = p["population.readiness_low"], p["population.readiness_high"]
    at_start = uniform(key, AT_START) < p["deployment.at_start"]
    membership_draw = uniform(key, MEMBERSHIP)
    o = {
        "size": max(1, round_half_up(size)),
        "readiness": low + (high - low) * uniform(key, READINESS),
        "resources": math.exp(p["population.resources_spread"] * normal(key, RESOURCES)),
        "member": membership_draw < p["process.interorganisational_cooperation"],
        "deployed": 0 if at_start else None,
        "shares": [p[f"population.{group}.share"] for group in GROUPS],
    }
    o |= {name: value for name, value in given.items() if value is not None}
    return SimpleNamespace(
        seeded=False,
        **o,
        number=number,
        membership_draw=membership_draw,
        status=NOT_DEPLOYED if o["deployed"] is None else PROJECT,
        Q={k: p[f"development.start.{k}"] for k in QUALITIES},
    )


def draw_hcp(p, o, seat, run):
    """Draw an HCP."""
    key = seat_key(run, HCP, o.number, 0, seat)
    draw, group = uniform(key, GROUP), 0
    while group < 2 and draw >= sum(o.shares[: group + 1]):
        group += 1
    hcp = SimpleNamespace(seat=seat, group=GROUPS[group], ever=False, state=NON_ADOPTER)
    take_seat(p, hcp, key)
    if o.status in RUNNING and uniform(key, INITIAL_STATE) < p["population.initial_adopters"]:
        hcp.state, hcp.ever = ADOPTER, True
    return hcp


def take_seat(p, hcp, key):
    """Draw what a person brings: T, L, E and priorities w."""

    def level(name, decision):
        deviation = 2 * uniform(key, decision) - 1
        mean = p[f"population.{hcp.group}.{name}"]
        return clip(mean + p[f"population.{name}_spread"] * deviation)

    hcp.T = level("trust", FRESH_TRUST)
    hcp.L = level("literacy", FRESH_LITERACY)
    hcp.E = level("engagement", FRESH_ENGAGEMENT)
    shape = p["population.priority_shape"]
    w = {}
    for number, k in enumerate(QUALITIES):
        first = FRESH_PRIORITY + shape * number
        draws = [1 - uniform(key, first + stage) for stage in range(shape)]
        gamma = -sum(math.log(u) for u in draws) / shape
        emphasis = p[f"population.{hcp.group}.emphasis.{k}"]
        w[k] = p[f"population.priority.{k}"] * emphasis * gamma
    hcp.w = {k: w[k] / sum(w.values()) for k in QUALITIES}


def draw_expert(p, o, number, run):
    """Draw an AI expert."""
    v = {}
    for k in QUALITIES:
        alignment = p[f"alignment.{k}"]
        V, W = p[f"population.expert_priority.{k}"], p[f"population.priority.{k}"]
        v[k] = (1 - alignment) * V + alignment * W
    draw = uniform(seat_key(run, EXPERT, o.number, 0, number), INTERDISCIPLINARY)
    return SimpleNamespace(D=p["population.expert_domain_knowledge"], v=v, draw=draw, heard=[])


def draw_ties(p, organisations, run):
    """Return the set of peers of each HCP (by number over all organisations)."""
    places = [(o, seat) for o in organisations for seat in range(o.size)]
    n = len(places)
    keys = [seat_key(run, TIES, o.number, 0, seat) for o, seat in places]
    ties = min(p["network.ties"], n - 1)
    peers = [set() for _ in range(n)]
    kind = p["network.kind"]

    def tie(i, j):
        peers[i].add(j)
        peers[j].add(i)

    def draw_partner(i, attempt, choose):
        """Draw until somebody is found to whom i is not tied; return also the next draw."""
        while True:
            j = choose(attempt)
            attempt += 1
            if j != i and j not in peers[i]:
                return j, attempt

    if kind in ("modular", "random"):
        for i, (o, seat) in enumerate(places):
            first, last = i - seat, i - seat + o.size
            key, attempt = keys[i], PARTNER
            outside_probability = p["network.outside"] + p["network.outside_member"] * o.member
            for t in range(ties):
                inside = sum(first <= j < last for j in peers[i])
                if kind == "random":
                    free = n - 1 - len(peers[i])
                    low, count, gap = 0, n, 0
                elif uniform(key, t) < outside_probability and len(peers[i]) - inside < n - o.size:
                    free = n - o.size - (len(peers[i]) - inside)
                    low, count, gap = 0, n - o.size, o.size
                else:
                    free = o.size - 1 - inside
                    low, count, gap = first, o.size, 0
                if free == 0:
                    continue

                # the own organisation is skipped where a tie leaves it
                def choose(decision, key=key, low=low, count=count, gap=gap, first=first):
                    j = low + pick(key, decision, count)
                    return j + gap if j >= first else j

                j, attempt = draw_partner(i, attempt, choose)
                tie(i, j)
    elif kind == "small_world":
        started = [[None] * ties for _ in range(n)]
        for i in range(n):
            for t in range(ties):
                j = (i + t + 1) % n
                if j != i and j not in peers[i]:
                    started[i][t] = j
                    tie(i, j)
        for i in range(n):
            attempt = PARTNER
            for t in range(ties):
                rewired = uniform(keys[i], t) < p["network.rewiring"]
                old = started[i][t]
                if rewired and old is not None and len(peers[i]) < n - 1:
                    j, attempt = draw_partner(i, attempt, lambda d, i=i: pick(keys[i], d, n))
                    peers[i].remove(old)
                    peers[old].remove(i)
                    tie(i, j)
    elif kind == "scale_free":
        ends = []
        for i in range(n):
            attempt = PARTNER
            known = list(ends)
            for t in range(min(ties, i)):
                if i <= ties:
                    j = t
                else:
                    j, attempt = draw_partner(
                        i, attempt, lambda d, i=i, known=known: known[pick(keys[i], d, len(known))]
                    )
                tie(i, j)
                ends += [i, j]
    elif kind == "well_mixed":
        everybody = set(range(n))
        peers = [everybody - {i} for i in range(n)]
    return peers


# ------------------------------------------------------------------ equations
def clip(x):
    """Keep a level in [0, 1]."""
    return min(1.0, max(0.0, x))


def sig(x):
    """Logistic function."""
    return 1 / (1 + math.exp(-x))


def deployment_probability(p, readiness, f_all, member, f, mean_privacy):
    """Step 1; mean_privacy is None where no organisation runs the tool."""
    x = p["deployment.intercept"] + p["deployment.readiness_weight"] * readiness
    x += p["deployment.imitation"] * f_all + p["deployment.member_weight"] * member * f
    if mean_privacy is not None:
        excess = mean_privacy - p["deployment.privacy_reference"]
        x += p["deployment.privacy_gate"] * excess
    return p["deployment.rate"] * sig(x)


def fit(p, mean_D):
    """Step 2: share of work that meets the needs."""
    return p["development.fit_base"] + (1 - p["development.fit_base"]) * mean_D


def effort(p, resources, mean_D, unfunded, funding_lever):
    """Step 2: e."""
    e = p["development.rate"] * resources * fit(p, mean_D)
    if unfunded:
        e *= 1 - p["development.funding_dependence"] * (1 - funding_lever)
    return e


def developed(p, k, Q, e, s):
    """Step 2: a quality after a month of work and erosion."""
    erosion = p[f"development.erosion.{k}"]
    if e * s + erosion > 1:
        raise ValueError(f"effort and erosion of {k} exceed what a month can hold")
    return clip(Q + e * s * max(0, p[f"development.ceiling.{k}"] - Q) - erosion * Q)


def exchanged(p, Q, member_mean):
    """Step 2: a quality of a member after looking at the other members."""
    return clip(Q + p["development.member_exchange"] * max(0, member_mean - Q))


def incident_probability(p, Q):
    """Step 3."""
    return p["incident.rate"] * (1 - Q["privacy"])


def after_incident(p, T):
    """Step 3."""
    return clip(T - p["incident.trust_loss"] * T)


def influenced(p, T, mean_T):
    """Step 4."""
    return clip(T + p["influence.rate"] * (mean_T - T))


def felt_transparency(p, Q):
    """Steps 5 and 7: t."""
    reference = p["trust.transparency_reference"]
    return reference + p["trust.transparency_strength"] * (Q["transparency"] - reference)


def learning_speed(p, t):
    """Steps 5 and 7: X."""
    return p["trust.learning_floor"] + (1 - p["trust.learning_floor"]) * t


def meeting_success(p, D, L, interdisciplinary):
    """Step 5: m."""
    understanding = D * (
        p["cooperation.literacy_floor"] + (1 - p["cooperation.literacy_floor"]) * L
    )
    if interdisciplinary:
        understanding = max(understanding, p["cooperation.interdisciplinary_skill"])
    return p["cooperation.success_base"] + (1 - p["cooperation.success_base"]) * understanding


def after_good_meeting(p, T, L, E, X):
    """Step 5."""
    T += p["cooperation.trust_gain"] * X * (1 - T)
    L += p["cooperation.literacy_gain"] * (1 - L)
    E += p["cooperation.engagement_gain"] * (1 - E)
    return clip(T), clip(L), clip(E)


def after_bad_meeting(p, T, E):
    """Step 5."""
    T -= p["cooperation.trust_loss"] * T
    E -= p["cooperation.engagement_loss"] * E
    return clip(T), clip(E)


def learned_attention(p, v, mean_w, c):
    """Step 5: attention to a quality after c successful meetings."""
    return v + (1 - (1 - p["cooperation.attention_learning"]) ** c) * (mean_w - v)


def learned_domain(p, D, c):
    """Step 5: domain knowledge after c successful meetings."""
    return clip(D + (1 - (1 - p["cooperation.domain_learning"]) ** c) * (1 - D))


def trained(p, L):
    """Steps 6 and 10."""
    return clip(L + p["training.gain"] * (1 - L))


def forgotten(p, L):
    """Step 6."""
    return clip(L - p["training.forgetting"] * L)


def reliability(p, Q):
    """Step 7: R."""
    usable = p["trust.scope_floor"] + (1 - p["trust.scope_floor"]) * Q["scope"]
    return p["trust.reliability_base"] + p["trust.reliability_gain"] * Q["data_quality"] * usable


def experience_success(p, R, L):
    """Step 7: p."""
    return R * (p["trust.skill_floor"] + (1 - p["trust.skill_floor"]) * L)


def after_success(p, T, X):
    """Step 7."""
    return clip(T + p["trust.success_gain"] * X * (1 - T))


def after_failure(p, T, t, Q):
    """Step 7."""
    loss = p["trust.failure_loss"] * (1 - p["trust.transparency_softening"] * t)
    loss *= 1 + p["trust.responsibility_weight"] * (1 - Q["responsibility"])
    return clip(T - min(p["trust.loss_cap"], loss) * T)


def appraisal(p, w, Q, L, A):
    """Step 8: U."""
    q = dict(Q)
    q["usability"] += (1 - Q["usability"]) * p["appraisal.training_compensation"] * L
    n, half = p["appraisal.critical_exponent"], p["appraisal.critical_mass"]
    systemic = p["appraisal.systemic"]
    q["value"] = (1 - systemic) * Q["value"] + systemic * A**n / (A**n + half**n)
    q = {k: max(p["appraisal.floor"], q[k]) for k in QUALITIES}
    rho = p["appraisal.rho"]
    if rho == 0:
        return math.exp(sum(w[k] * math.log(q[k]) for k in QUALITIES))
    return sum(w[k] * q[k] ** rho for k in QUALITIES) ** (1 / rho)


def propensity(p, T, L, U, a, b):
    """Step 9: x."""
    x = p["decision.intercept"] + p["decision.trust"] * T + p["decision.appraisal"] * U
    x += p["decision.peers_adopting"] * a - p["decision.peers_lapsed"] * b
    return x + p["decision.literacy"] * L


def decision(p, state, x, Q, draw):
    """Step 9: the state after the month's decision."""
    if state == NON_ADOPTER:
        return TRIAL if draw < p["decision.trial_rate"] * sig(x) else state
    if state == LAPSED:
        return TRIAL if draw < p["decision.retrial_rate"] * sig(x) else state
    if state == TRIAL:
        if draw >= p["decision.decide_rate"]:
            return state
        return ADOPTER if draw < p["decision.decide_rate"] * sig(x) else LAPSED
    leaves = p["decision.lapse_rate"] * sig(-(x + p["decision.roles"] * Q["roles"]))
    return LAPSED if draw < leaves else state


def leaving_probability(p, group):
    """Step 10: h."""
    return 1 - (1 - p[f"turnover.{group}"]) ** (1 / 12)


def onboarding_probability(p):
    """Step 10."""
    if p["turnover.onboarding"] is not None:
        return p["turnover.onboarding"]
    return min(1, p["turnover.onboarding_factor"] * p["process.training"])


def is_institutionalised(p, age, A):
    """Step 11: whether a project becomes permanent."""
    enough = A >= p["review.institutionalise_share"]
    return age >= p["development.funding_months"] and enough


def decommissioning_probability(p, age, A):
    """Step 11."""
    if age <= p["review.grace_months"]:
        return 0
    return p["review.rate"] * sig((p["review.threshold"] - A) / p["review.width"])


def after_withdrawal(p, T):
    """Step 11."""
    return clip(T - p["review.trust_loss"] * T)


# ------------------------------------------------------------------ levers
def levers_of(o, month, schedule, run):
    """Return what the schedule adds up to in an organisation: {(lever, part): strength}.

    `part` is the HCP group or the quality that a lever moves, None where it has no parts.
    """
    sums = {}
    for row in schedule:
        if not row["first_month"] <= month <= row["last_month"]:
            continue
        if row.get("members_only") and not o.member:
            continue
        if row.get("named") and o.number not in row["named"]:
            continue
        draw = uniform(
            month_key(run, ORGANISATION, o.number, 0), SHARE_REACHED + row.get("luck", 0)
        )
        if draw < row.get("share", 1):
            name = row["lever"], row.get("part")
            sums[name] = sums.get(name, 0) + row["strength"]
    # no more than everything can be closed or taken away
    shares = ("workshop", "funding", "budget_cut", "model_failure")
    return {name: min(1, sums[name]) if name[0] in shares else sums[name] for name in sums}


# ------------------------------------------------------------------ a month
def mean(numbers):
    """Return the mean, or None of nothing."""
    numbers = list(numbers)
    return sum(numbers) / len(numbers) if numbers else None


def adopter_share(o):
    """Return A."""
    return sum(hcp.state == ADOPTER for hcp in o.hcps) / len(o.hcps)


def look_around(p, model, month, schedule):
    """Keep what is read as it was at the start of the month, and set the levers."""
    organisations = model.organisations
    for o in organisations:
        o.levers = levers_of(o, month, schedule, model.run)
        # the lever opens the network further, for steps 1 and 2 only
        share = p["process.interorganisational_cooperation"]
        opened = o.levers.get(("network", None), 0)
        o.connected = o.member or (opened > 0 and o.membership_draw < share + opened)
        o.A = adopter_share(o)
        for expert in o.experts:
            for k in QUALITIES:
                W = p[f"population.priority.{k}"]
                expert.v[k] += o.levers.get(("workshop", k), 0) * (W - expert.v[k])
        for hcp in o.hcps:
            hcp.seen_T = round_half_up(hcp.T * STEPS_OF_SEEN_TRUST) / STEPS_OF_SEEN_TRUST
            hcp.seen_state = hcp.state
    running = [o for o in organisations if o.status in RUNNING]
    members = [o for o in organisations if o.connected]
    running_members = [o for o in members if o.status in RUNNING]
    model.f_all = len(running) / len(organisations)
    model.f = len(running_members) / len(members) if members else 0
    model.mean_privacy = mean(o.Q["privacy"] for o in running)
    model.member_mean = {k: mean(o.Q[k] for o in running_members) for k in QUALITIES}


def organisation_month(p, model, o, month):
    """Take an organisation and its HCPs through the eleven steps."""
    key = month_key(model.run, ORGANISATION, o.number, month)
    lever = o.levers.get

    # 1. Deployment
    if o.status == NOT_DEPLOYED:
        probability = deployment_probability(
            p, o.readiness, model.f_all, o.connected, model.f, model.mean_privacy
        )
        private = model.mean_privacy
        if private is None:  # nobody runs it: as private as a new tool
            private = p["development.start.privacy"]
        allowed = private >= lever(("regulation", None), 0)
        if allowed and uniform(key, DEPLOYMENT) < probability + lever(("roll_out", None), 0):
            o.status, o.deployed = PROJECT, month
    running = o.status in RUNNING
    age = month - o.deployed if running else None

    # 2. Development
    if running:
        unfunded = o.status == PROJECT and age > p["development.funding_months"]
        mean_D = mean(expert.D for expert in o.experts)
        e = effort(p, o.resources, mean_D, unfunded, lever(("funding", None), 0))
        for k in QUALITIES:
            s = mean(expert.v[k] for expert in o.experts)
            # what a policy pays for does not come out of the budget that is cut
            paid = lever(("quality_work", k), 0) * fit(p, mean_D)
            e_k = e * (1 - lever(("budget_cut", None), 0)) + paid
            o.Q[k] = developed(p, k, o.Q[k], e_k, s)
            if o.connected and model.member_mean[k] is not None:
                o.Q[k] = exchanged(p, o.Q[k], model.member_mean[k])

    # 3. Incident
    if running and uniform(key, INCIDENT) < incident_probability(p, o.Q):
        for hcp in o.hcps:
            hcp.T = after_incident(p, hcp.T)

    # Lever: champions, once, the best connected of those who have not tried the tool
    champions = lever(("champions", None), 0)
    if running and champions > 0 and not o.seeded:
        o.seeded = True
        free = [hcp for hcp in o.hcps if hcp.state == NON_ADOPTER]
        free.sort(key=lambda hcp: -len(hcp.peers))  # keeps the order of seats among equals
        for hcp in free[: max(1, round_half_up(champions * o.size))]:
            hcp.state, hcp.ever = ADOPTER, True

    for hcp in o.hcps:
        hcp_month(p, model, o, hcp, month, running)

    # 11. Review
    if running:
        A = adopter_share(o)
        if is_institutionalised(p, age, A):
            o.status = INSTITUTIONALISED
        if uniform(key, DECOMMISSIONING) < decommissioning_probability(p, age, A):
            o.status = DECOMMISSIONED
            for hcp in o.hcps:
                hcp.T = after_withdrawal(p, hcp.T)
                if hcp.state in (TRIAL, ADOPTER):
                    hcp.state = LAPSED

    # 5. Cooperation, at the end of the month: what the experts learned
    for expert in o.experts:
        c = len(expert.heard)
        if c:
            for k in QUALITIES:
                mean_w = mean(w[k] for w in expert.heard)
                expert.v[k] = learned_attention(p, expert.v[k], mean_w, c)
            expert.D = learned_domain(p, expert.D, c)
            expert.heard = []


def hcp_month(p, model, o, hcp, month, running):
    """Take an HCP through steps 4 to 10."""
    key = seat_key(model.run, HCP, o.number, month, hcp.seat)
    lever = o.levers.get
    t = felt_transparency(p, o.Q)
    X = learning_speed(p, t)

    # 4. Influence
    a = b = 0
    if hcp.peers:
        hcp.T = influenced(p, hcp.T, mean(peer.seen_T for peer in hcp.peers))
        a = mean(peer.seen_state == ADOPTER for peer in hcp.peers)
        b = mean(peer.seen_state == LAPSED for peer in hcp.peers)

    # 5. Cooperation
    cooperation = p["process.hcp_cooperation"] + lever(("hcp_cooperation", hcp.group), 0)
    if running and uniform(key, MEETING) < cooperation * hcp.E:
        expert = o.experts[pick(key, WHICH_EXPERT, len(o.experts))]
        share = p["process.shared_understanding"] + lever(("interdisciplinary", None), 0)
        m = meeting_success(p, expert.D, hcp.L, expert.draw < share)
        if uniform(key, MEETING_SUCCESS) < m:
            hcp.T, hcp.L, hcp.E = after_good_meeting(p, hcp.T, hcp.L, hcp.E, X)
            expert.heard.append(dict(hcp.w))
        else:
            hcp.T, hcp.E = after_bad_meeting(p, hcp.T, hcp.E)

    # 6. Training
    training = p["process.training"] + lever(("training", hcp.group), 0)
    if uniform(key, TRAINING) < training:
        hcp.L = trained(p, hcp.L)
    hcp.L = forgotten(p, hcp.L)

    # Shock: adverse evidence
    evidence = lever(("adverse_evidence", None), 0)
    if evidence > 0:
        hcp.T = clip(hcp.T - evidence * hcp.T)
        if running and hcp.state in (TRIAL, ADOPTER):
            U = appraisal(p, hcp.w, o.Q, hcp.L, o.A)
            x = propensity(p, hcp.T, hcp.L, U, a, b)
            stays = x + p["decision.roles"] * o.Q["roles"]
            if uniform(key, EVIDENCE) < sig(-stays):
                hcp.state = LAPSED

    # 7. Use
    if running and hcp.state in (TRIAL, ADOPTER):
        R = reliability(p, o.Q) * (1 - lever(("model_failure", None), 0))
        if uniform(key, EXPERIENCE) < experience_success(p, R, hcp.L):
            hcp.T = after_success(p, hcp.T, X)
        else:
            hcp.T = after_failure(p, hcp.T, t, o.Q)

    # 8. Appraisal and 9. Decision
    if running:
        U = appraisal(p, hcp.w, o.Q, hcp.L, o.A)
        x = propensity(p, hcp.T, hcp.L, U, a, b)
        hcp.state = decision(p, hcp.state, x, o.Q, uniform(key, DECISION))
        hcp.ever = hcp.ever or hcp.state == ADOPTER

    # 10. Turnover
    leaving = leaving_probability(p, hcp.group) + lever(("exodus", None), 0)
    if uniform(key, LEAVING) < leaving:
        take_seat(p, hcp, key)
        hcp.state, hcp.ever = NON_ADOPTER, False
        onboarding = onboarding_probability(p) + lever(("onboarding", hcp.group), 0)
        if uniform(key, ONBOARDING) < onboarding:
            hcp.L = trained(p, hcp.L)


# ------------------------------------------------------------------ a run
def start(p, seed, replicate, world=None):
    """Draw the starting state of a run."""
    run = run_key(seed, replicate)
    given = world["organisations"] if world else [{}] * p["population.organisations"]
    organisations = [draw_organisation(p, o, given[o], run) for o in range(len(given))]
    for o in organisations:
        n_experts = max(1, round_half_up(p["population.experts_per_hcp"] * o.size))
        o.experts = [draw_expert(p, o, number, run) for number in range(n_experts)]
        o.hcps = [draw_hcp(p, o, seat, run) for seat in range(o.size)]
    everybody = [hcp for o in organisations for hcp in o.hcps]
    if p["network.kind"] == "file":
        peers = [set() for _ in everybody]
        for i, j in world["ties"]:
            peers[i].add(j)
            peers[j].add(i)
    else:
        peers = draw_ties(p, organisations, run)
    for hcp, numbers in zip(everybody, peers, strict=True):
        hcp.peers = [everybody[number] for number in sorted(numbers)]
    return SimpleNamespace(run=run, organisations=organisations, month=0)


def places(model):
    """Count HCPs: use, try, stopped, tried and left, never tried; withdrawn; never came."""
    found = [0] * 7
    for o in model.organisations:
        for hcp in o.hcps:
            if o.status == NOT_DEPLOYED:
                place = 6
            elif o.status == DECOMMISSIONED:
                place = 5
            elif hcp.state == LAPSED:
                place = 2 if hcp.ever else 3
            else:
                place = {ADOPTER: 0, TRIAL: 1, NON_ADOPTER: 4}[hcp.state]
            found[place] += 1
    return found


def after_5_years(model):
    """Count organisations that deployed 60 months ago, in a month of the run; HCPs, adopters."""
    if model.month == 0:
        return [0, 0, 0]
    aged = [o for o in model.organisations if o.deployed == model.month - 60]
    hcps = [hcp for o in aged for hcp in o.hcps]
    return [len(aged), len(hcps), sum(hcp.state == ADOPTER for hcp in hcps)]


def snapshot(model):
    """Return every quantity as lists: of HCPs, of organisations, of experts."""
    hcps = [hcp for o in model.organisations for hcp in o.hcps]
    experts = [expert for o in model.organisations for expert in o.experts]
    return {
        "trust": [hcp.T for hcp in hcps],
        "literacy": [hcp.L for hcp in hcps],
        "engagement": [hcp.E for hcp in hcps],
        "priorities": [list(hcp.w.values()) for hcp in hcps],
        "group": [GROUPS.index(hcp.group) for hcp in hcps],
        "state": [hcp.state for hcp in hcps],
        "ever": [int(hcp.ever) for hcp in hcps],
        "readiness": [o.readiness for o in model.organisations],
        "resources": [o.resources for o in model.organisations],
        "member": [int(o.member) for o in model.organisations],
        "status": [o.status for o in model.organisations],
        "deployed": [o.deployed for o in model.organisations],
        "quality": [list(o.Q.values()) for o in model.organisations],
        "domain": [expert.D for expert in experts],
        "attention": [list(expert.v.values()) for expert in experts],
        "places": places(model),
        "after_5_years": after_5_years(model),
    }


def simulate(p, seed, replicate, months, world=None, schedule=()):
    """Return the snapshots of a run: the start, then the end of each month.

    Parameters
    ----------
    p : dict
        Dotted name -> value of every parameter.
    seed, replicate, months : int
    world : dict, optional
        A user's own world. "organisations": a list of dicts with any of size, readiness,
        resources, member, deployed, shares (size is needed); "ties": pairs of HCPs, numbered
        over all organisations.
    schedule : list of dict
        Timed levers: lever, part (a group or a quality, where the lever has parts), first_month,
        last_month, strength, and any of share, luck (number of the draws that choose
        the share), members_only, named.
    """
    model = start(p, seed, replicate, world)
    history = [snapshot(model)]
    for month in range(1, months + 1):
        look_around(p, model, month, schedule)
        for o in model.organisations:
            organisation_month(p, model, o, month)
        model.month = month
        history.append(snapshot(model))
    return history
