"""Small worlds, computed by the simulator and by the reference, and the distance between them.

Each world changes some parameters, so that all of them together use every rule often enough for
a wrong one to show within a year.
"""

import functools
import math

import numpy as np
import reference

from sim.model import engine, inputs, levers, networks, records
from sim.tables.factors import GROUP_NAMES, QUALITY_NAMES
from sim.tables.parameters import defaults
from website.known_answers import Walk

MONTHS = 12
SEED, REPLICATE = 20260731, 3
TOLERANCE = 1e-12
WHOLE = (
    "group", "state", "ever", "member", "status", "deployed", "places", "after_5_years",
)  # fmt: skip
LEVELS = ("trust", "literacy", "engagement")

# A year in which much happens: people decide, tools get permanent or are withdrawn.
BUSY = {
    "deployment.at_start": 0.5,
    "deployment.rate": 0.6,
    "population.initial_adopters": 0.4,
    "process.hcp_cooperation": 0.9,
    "process.training": 0.1,
    "decision.intercept": -2.5,
    "decision.trial_rate": 0.5,
    "decision.retrial_rate": 0.5,
    "decision.decide_rate": 0.6,
    "decision.lapse_rate": 0.5,
    "development.funding_months": 3,
    "review.grace_months": 2,
    "review.rate": 0.4,
    "incident.rate": 0.3,
    "turnover.physician": 0.3,
    "turnover.nurse": 0.5,
    "turnover.allied": 0.6,
    "population.experts_per_hcp": 0.15,
}
SMALL = {"population.organisations": 5, "population.organisation_size": 12}


def row(lever, part, first_month, last_month, strength, **reach):
    """Return a timed lever as the reference reads it."""
    timed = {"first_month": first_month, "last_month": last_month, "strength": strength}
    return {"lever": lever, "part": part, **timed, **reach}


def ring_with_chords(n):
    """Return distinct pairs of HCPs; the last HCP knows nobody."""
    pairs = {tuple(sorted((i, (i + step) % (n - 1)))) for i in range(n - 1) for step in (1, 5)}
    return sorted(pairs)


GIVEN = {
    "organisations": [
        {"size": 9, "deployed": 0, "member": 1, "readiness": 0.9},
        {"size": 6, "deployed": -53, "member": 0, "resources": 1.7},
        {"size": 14, "shares": [0.6, 0.1, 0.3], "member": 1},
        {"size": 5, "readiness": 0.2},
    ],
    "ties": ring_with_chords(34),
}

POLICIES = [
    row("champions", None, 3, 9, 0.25),
    row("champions", None, 5, 6, 0.3, share=0.5),
    row("hcp_cooperation", "nurse", 2, 9, 0.1),
    row("hcp_cooperation", "physician", 1, 12, 0.1, share=0.6, luck=1),
    row("training", "allied", 3, 12, 0.3, members_only=1),
    row("onboarding", "nurse", 1, 12, 0.5, named=[0, 1, 3]),
    row("quality_work", "privacy", 2, 12, 0.4),
    row("quality_work", "transparency", 1, 6, 0.3, named=[1]),
    row("workshop", "usability", 4, 5, 0.5, share=0.5),
    row("workshop", "data_quality", 2, 2, 0.9),
    row("interdisciplinary", None, 2, 8, 0.5, share=0.7),
    row("network", None, 3, 12, 0.6),
    row("network", None, 5, 7, 0.2),
    row("funding", None, 1, 12, 0.5, named=[0, 2]),
    row("funding", None, 6, 9, 0.4, share=0.5, luck=7),
    row("roll_out", None, 2, 6, 0.3, named=[2, 3, 4]),
]
SHOCKS = [
    row("budget_cut", None, 2, 7, 0.6, share=0.7),
    row("quality_work", "value", 1, 12, 0.5),
    row("model_failure", None, 3, 6, 0.5),
    row("exodus", None, 5, 6, 0.2, members_only=1),
    row("exodus", None, 6, 6, 0.2, share=0.4),
    row("adverse_evidence", None, 8, 8, 0.4),
    row("adverse_evidence", None, 11, 11, 0.2, share=0.6),
    row("regulation", None, 2, 5, 0.12),
    row("regulation", None, 6, 7, 0.5, members_only=1),
]

# Every part of a lever that has parts
PARTED = [
    row(lever, part, 2, 9, 0.5)
    for lever, parts in (
        *((lever, GROUP_NAMES) for lever in ("hcp_cooperation", "training", "onboarding")),
        *((lever, QUALITY_NAMES) for lever in ("quality_work", "workshop")),
    )
    for part in parts
]

# Levers that are shares, adding up to more than everything.
TOO_MANY = [
    row("funding", None, 1, 12, 0.8),
    row("funding", None, 4, 9, 0.8, share=0.6),
    row("budget_cut", None, 5, 8, 0.7),
    row("budget_cut", None, 7, 10, 0.6, share=0.6),
    row("model_failure", None, 2, 5, 0.8),
    row("model_failure", None, 4, 8, 0.8),
    row("workshop", "roles", 3, 4, 0.7),
    row("workshop", "roles", 4, 4, 0.7, share=0.6),
]


def without_strength(rows):
    """Return levers that are there and move nothing."""
    return [row | {"strength": 0.0} for row in rows]


def emphasis():
    """Return parameters by which the three groups differ in everything."""
    changes = {}
    for g, group in enumerate(GROUP_NAMES):
        changes[f"population.{group}.trust"] = 0.3 + 0.2 * g
        changes[f"population.{group}.literacy"] = 0.6 - 0.2 * g
        changes[f"population.{group}.engagement"] = 0.4 + 0.25 * g
        for k, quality in enumerate(QUALITY_NAMES):
            changes[f"population.{group}.emphasis.{quality}"] = 0.25 + 0.5 * ((g + k) % 4)
    return changes


BUSY_SMALL = {**SMALL, **BUSY}
NO_LEVERS = (None, [])
# name -> changes of parameters, a user's world, a schedule
WORLDS = {
    "compensatory": (BUSY_SMALL | {"appraisal.rho": 1.0, "network.kind": "random"}, *NO_LEVERS),
    "geometric": (BUSY_SMALL | {"appraisal.rho": 0.0, "network.kind": "small_world"}, *NO_LEVERS),
    "half": (BUSY_SMALL | {"appraisal.rho": 0.5, "network.kind": "scale_free"}, *NO_LEVERS),
    "weak links": (BUSY_SMALL | {"appraisal.rho": -3.0, "network.kind": "well_mixed"}, *NO_LEVERS),
    "systemic": (
        {
            **BUSY_SMALL,
            "appraisal.systemic": 0.9,
            "appraisal.critical_mass": 0.3,
            "appraisal.floor": 0.2,
            "deployment.at_start": 1.0,
            "trust.loss_cap": 0.12,
            "trust.transparency_strength": 0.5,
            "review.rate": 0.1,
        },
        *NO_LEVERS,
    ),
    "gated": (
        {
            # many small organisations, so that deployments are many
            **BUSY,
            "population.organisations": 30,
            "population.organisation_size": 4,
            "deployment.at_start": 0.2,
            "deployment.intercept": -2.0,
            "deployment.member_weight": 3.0,
            "deployment.imitation": 3.0,
            "deployment.privacy_gate": 12.0,
            "deployment.privacy_reference": 0.2,
            "deployment.rate": 0.3,
            "process.interorganisational_cooperation": 0.8,
            "process.shared_understanding": 0.5,
            "development.ceiling.transparency": 0.18,
            "development.ceiling.data_quality": 0.2,  # less than it starts with
        },
        *NO_LEVERS,
    ),
    "uneven": (
        {
            **BUSY_SMALL,
            **emphasis(),
            "population.size_spread": 0.6,
            "population.priority_shape": 7,
            "population.physician.share": 0.4,
            "population.nurse.share": 0.25,
            "population.allied.share": 0.35,
            "turnover.onboarding": 0.3,
            "network.ties": 7,
            "network.outside": 0.3,
        },
        *NO_LEVERS,
    ),
    "crowded": (
        # more ties than colleagues, one expert each, priorities at their most varied
        {
            **BUSY,
            "population.organisations": 3,
            "population.organisation_size": 5,
            "population.priority_shape": 1,
            "population.experts_per_hcp": 0.0,
            "network.ties": 9,
            "network.outside": 0.0,
            "network.outside_member": 1.0,
        },
        *NO_LEVERS,
    ),
    "alone": (
        BUSY_SMALL | {"network.ties": 0, "process.interorganisational_cooperation": 0.0},
        *NO_LEVERS,
    ),
    "withdrawn": (
        # few like the tool, so that projects end, some of them permanent ones
        {
            **BUSY_SMALL,
            "decision.intercept": -4.5,
            "deployment.at_start": 0.9,
            "review.institutionalise_share": 0.2,
            "review.threshold": 0.3,
            "review.grace_months": 4,
            "review.rate": 0.6,
            "review.width": 0.1,
        },
        *NO_LEVERS,
    ),
    "policies": (BUSY_SMALL, None, POLICIES + without_strength(SHOCKS)),
    "policies, nearly": (
        {**SMALL, "deployment.rate": 0.3, "development.funding_months": 2}, None, POLICIES,
    ),
    "parts": (
        {
            # many newcomers, whom nothing else trains at once, and few meetings otherwise
            **BUSY_SMALL,
            **{f"turnover.{group}": 0.9 for group in GROUP_NAMES},
            "turnover.onboarding": 0.0,
            "process.hcp_cooperation": 0.1,
        },
        None,
        PARTED,
    ),
    "shocks": (BUSY_SMALL, None, SHOCKS + without_strength(POLICIES)),
    "too many": (BUSY_SMALL | {"development.funding_months": 1}, None, TOO_MANY),
    "given, policies": ({**BUSY, "network.kind": "file"}, GIVEN, POLICIES),
}  # fmt: skip


def values_of(name):
    """Return all parameter values of a world."""
    return {**defaults(), **WORLDS[name][0]}


def world_of(given):
    """Return a user's world as the simulator reads it."""
    if given is None:
        return None
    rows = given["organisations"]
    sizes = np.array([o["size"] for o in rows], np.int64)
    first_peer, peers = networks.from_pairs(sizes.sum(), np.array(given["ties"], np.int64))
    unknown = [math.nan] * len(GROUP_NAMES)
    return inputs.World(
        sizes=sizes,
        readiness=np.array([o.get("readiness", math.nan) for o in rows]),
        resources=np.array([o.get("resources", math.nan) for o in rows]),
        member=np.array([o.get("member", -1) for o in rows], np.int8),
        deployed=np.array([o.get("deployed", inputs.NEVER) for o in rows], np.int64),
        shares=np.array([o.get("shares", unknown) for o in rows]),
        first_peer=first_peer,
        peers=peers,
    )


def schedule_of(rows):
    """Return timed levers as the simulator reads them."""
    table = np.zeros(len(rows), levers.ROW)
    named = []
    for number, lever in enumerate(rows):
        column, part = getattr(levers, lever["lever"].upper()), lever["part"]
        for parts in (GROUP_NAMES, QUALITY_NAMES):
            column += parts.index(part) if part in parts else 0
        first, names = len(named), lever.get("named", [])
        named += names
        own = (lever[name] for name in ("first_month", "last_month", "strength"))
        reach = lever.get("share", 1.0), lever.get("luck", 0), lever.get("members_only", 0)
        table[number] = (column, *own, *reach, first, len(named))
    return levers.Schedule(table, np.array(named, np.int64))


def snapshot(s, record, month):
    """Return the simulator's state, and what it counts, as the reference's snapshot names it."""
    columns = {name: s.hcps[name].copy() for name in (*LEVELS, "group", "state", "ever")}
    for name in ("readiness", "resources", "member", "status", "quality"):
        columns[name] = s.organisations[name].copy()
    deployed = s.organisations["deployed"]
    columns["deployed"] = [None if month == inputs.NEVER else int(month) for month in deployed]
    columns["priorities"] = s.priorities.copy()
    columns["domain"] = s.experts["domain"].copy()
    columns["attention"] = s.experts["attention"].copy()
    columns["places"] = record.places[month].copy()
    tools = record.tools[month].sum(axis=0)
    columns["after_5_years"] = tools[[records.AGED, records.SEATS_AGED, records.USERS_AGED]]
    return columns


@functools.lru_cache
def simulated(name):
    """Return the simulator's snapshots of a world: the start, then the end of each month."""
    _, given, rows = WORLDS[name]
    point = engine.prepare(values_of(name), schedule_of(rows), world_of(given))
    walk = Walk(point, SEED, REPLICATE)
    return [snapshot(walk.s, walk.record, 0)] + [
        snapshot(walk.on(1).s, walk.record, month) for month in range(1, MONTHS + 1)
    ]


def referred(name, values=None, rows=None):
    """Return the reference's snapshots of a world, or of a changed one."""
    _, given, own_rows = WORLDS[name]
    values = values_of(name) if values is None else values
    rows = own_rows if rows is None else rows
    return reference.simulate(values, SEED, REPLICATE, MONTHS, given, rows)


def distance(quantity, ours, theirs):
    """Return the largest difference of a quantity, infinite where it must be equal and is not."""
    if quantity in WHOLE:
        return 0.0 if list(ours) == list(theirs) else math.inf
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    if ours.shape != theirs.shape:
        return math.inf
    worst = float(np.max(np.abs(ours - theirs)))
    return math.inf if math.isnan(worst) else worst


def differences(name, values=None, rows=None):
    """Return month, quantity and distance of every quantity after every month, in order.

    With other `values` or `rows` of a schedule, only the reference reads them.
    """
    pairs = zip(simulated(name), referred(name, values, rows), strict=True)
    return [
        (month, quantity, distance(quantity, ours[quantity], theirs[quantity]))
        for month, (ours, theirs) in enumerate(pairs)
        for quantity in ours
    ]


def agrees(name, values=None, rows=None):
    """Whether the two agree on a world in everything."""
    return all(far <= TOLERANCE for _, _, far in differences(name, values, rows))
