"""Whether the comparison with the reference has teeth.

Rules, constants and levers are broken one at a time in the reference. A break in the simulator
would make the same difference, so that each break that is noticed here stands for one there.
"""

import pytest
import reference
import reference_worlds
from reference_worlds import WORLDS

from sim.model import levers
from sim.tables.parameters import PARAMETERS

# What no rule of a month reads: outcomes, lengths, files, names and costs of policies, and the last share of the groups, which
# is what the others leave.
UNREAD = (
    "outcome.", "horizon", "population.file", "network.file", "population.allied.share",
    "policy", "shock", "cost.",
)  # fmt: skip


def noticed(values=lambda name: None):
    """Whether at least one world tells the (broken) reference from the simulator."""
    return any(not reference_worlds.agrees(name, values(name)) for name in WORLDS)


def scaled(factor):
    """Break a rule by a factor on its result."""
    return lambda rule: lambda *given: rule(*given) * factor


def instead(broken):
    """Replace a rule."""
    return lambda rule: broken


def mirrored(rule):
    """Turn the change that a rule makes to T (its second argument) into its opposite."""
    return lambda p, T, *rest: reference.clip(2 * T - rule(p, T, *rest))


def opposite_meeting(rule):
    """Turn gains of T, L, E, or losses of T, E, into their opposites."""

    def broken(p, *levels):
        after = rule(p, *levels)
        return tuple(reference.clip(2 * b - a) for b, a in zip(levels, after, strict=False))

    return broken


def unchanged_state(state):
    """Keep everybody who is in a state in it."""
    return lambda rule: (
        lambda p, before, *rest: before if before == state else rule(p, before, *rest)
    )


# step, what is broken, function of the reference, how
# fmt: off
BREAKS = [
    (1, "the rate of deployment", "deployment_probability", scaled(0.3)),
    (1, "readiness hinders", "deployment_probability", lambda rule: lambda p, readiness, *rest: rule(p, -readiness, *rest)),
    (1, "non-members look at members", "deployment_probability", lambda rule: lambda p, readiness, f_all, member, *rest: rule(p, readiness, f_all, True, *rest)),
    (1, "members alone see others", "deployment_probability", lambda rule: lambda p, readiness, f_all, *rest: rule(p, readiness, 0.0, *rest)),
    (1, "the gate is not there", "deployment_probability", lambda rule: lambda p, *seen: rule(p, *seen[:-1], None)),
    (2, "effort", "effort", scaled(1.0001)),
    (2, "funding never ends", "effort", lambda rule: lambda p, resources, D, _, lever: rule(p, resources, D, False, lever)),
    (2, "erosion adds", "developed", lambda rule: lambda p, k, Q, e, s: rule(p | {f"development.erosion.{k}": -0.03}, k, Q, e, s)),
    (2, "above its ceiling a quality is undone", "developed", instead(lambda p, k, Q, e, s: Q + e * s * (p[f"development.ceiling.{k}"] - Q) - p[f"development.erosion.{k}"] * Q)),
    (2, "no exchange", "exchanged", instead(lambda p, Q, member_mean: Q)),
    (2, "members are drawn down too", "exchanged", instead(lambda p, Q, member_mean: Q + 0.05 * (member_mean - Q))),
    (3, "privacy makes incidents", "incident_probability", instead(lambda p, Q: p["incident.rate"] * Q["privacy"])),
    (3, "incidents build trust", "after_incident", mirrored),
    (4, "peers repel", "influenced", mirrored),
    (4, "peers are seen exactly", "round_half_up", lambda rule: lambda number: number if number > 10**4 else rule(number)),
    (5, "success of meetings", "meeting_success", scaled(0.7)),
    (5, "interdisciplinary experts are not better", "meeting_success", lambda rule: lambda p, D, L, _: rule(p, D, L, False)),
    (5, "good meetings harm", "after_good_meeting", opposite_meeting),
    (5, "bad meetings help", "after_bad_meeting", opposite_meeting),
    (5, "attention moves away", "learned_attention", lambda rule: lambda p, v, mean_w, c: 2 * v - rule(p, v, mean_w, c)),
    (5, "many meetings teach as one", "learned_attention", lambda rule: lambda p, v, mean_w, c: rule(p, v, mean_w, 1)),
    (5, "domain knowledge falls", "learned_domain", lambda rule: lambda p, D, c: 2 * D - rule(p, D, c)),
    (6, "training unlearns", "trained", mirrored),
    (6, "nothing is forgotten", "forgotten", instead(lambda p, L: L)),
    (7, "reliability", "reliability", scaled(0.8)),
    (7, "literacy does not help in use", "experience_success", instead(lambda p, R, L: R * p["trust.skill_floor"])),
    (7, "success costs trust", "after_success", mirrored),
    (7, "failure builds trust", "after_failure", mirrored),
    (7, "transparency hardens failure", "after_failure", lambda rule: lambda p, T, t, Q: rule(p, T, -t, Q)),
    (7, "losses have no cap", "after_failure", lambda rule: lambda p, *rest: rule(p | {"trust.loss_cap": 1}, *rest)),
    (7, "clear responsibility makes failure worse", "after_failure", lambda rule: lambda p, T, t, Q: rule(p, T, t, Q | {"responsibility": 1 - Q["responsibility"]})),
    (7, "an opaque tool teaches as a transparent one", "learning_speed", instead(lambda p, t: 1)),
    (7, "transparency is felt in full", "felt_transparency", instead(lambda p, Q: Q["transparency"])),
    (8, "the appraisal", "appraisal", scaled(0.7)),
    (8, "substitution turned round", "appraisal", lambda rule: lambda p, *rest: rule(p | {"appraisal.rho": -p["appraisal.rho"]}, *rest)),
    (8, "no training compensates", "appraisal", lambda rule: lambda p, w, Q, L, A: rule(p, w, Q, 0, A)),
    (8, "everybody is thought to use it", "appraisal", lambda rule: lambda p, w, Q, L, A: rule(p, w, Q, L, 1)),
    (9, "lapsed peers attract", "propensity", lambda rule: lambda p, T, L, U, a, b: rule(p, T, L, U, a, -b)),
    (9, "trust repels", "propensity", lambda rule: lambda p, T, *rest: rule(p, -T, *rest)),
    (9, "nobody tries", "decision", unchanged_state(reference.NON_ADOPTER)),
    (9, "trials last", "decision", unchanged_state(reference.TRIAL)),
    (9, "nobody lapses", "decision", unchanged_state(reference.ADOPTER)),
    (9, "nobody returns", "decision", unchanged_state(reference.LAPSED)),
    (9, "clear roles drive users out", "decision", lambda rule: lambda p, state, x, Q, draw: rule(p, state, x, {"roles": -Q["roles"]}, draw)),
    (10, "turnover", "leaving_probability", scaled(0.5)),
    (10, "a year's turnover every month", "leaving_probability", instead(lambda p, group: p[f"turnover.{group}"])),
    (10, "onboarding", "onboarding_probability", scaled(0)),
    (11, "permanent from the start", "is_institutionalised", instead(lambda p, age, A: A >= p["review.institutionalise_share"])),
    (11, "permanent whatever the share", "is_institutionalised", instead(lambda p, age, A: age >= p["development.funding_months"])),
    (11, "use is a reason to withdraw", "decommissioning_probability", lambda rule: lambda p, age, A: rule(p, age, 2 * p["review.threshold"] - A)),
    (11, "no grace", "decommissioning_probability", lambda rule: lambda p, age, A: rule(p | {"review.grace_months": -1}, age, A)),
    (11, "withdrawal builds trust", "after_withdrawal", mirrored),
]
# fmt: on


def test_there_is_a_break_for_every_step_and_a_row_for_every_lever():
    assert {step for step, *_ in BREAKS} == set(range(1, 12))
    assert len(LEVERS) == levers.N_LEVERS


@pytest.mark.parametrize(
    "function, broken", [b[2:] for b in BREAKS], ids=[f"{b[0]}. {b[1]}" for b in BREAKS]
)
def test_a_broken_rule_is_noticed(monkeypatch, function, broken):
    monkeypatch.setattr(reference, function, broken(getattr(reference, function)))
    assert noticed()


def other(parameter, value):
    """Return another allowed value, far enough from `value` to move some event."""
    if parameter.kind == "choice":
        return "random" if value != "random" else "modular"
    if value is None:
        return 0.9
    if parameter.kind == "integer":
        return value // 2 if value > 1 else 3
    return 0.5 * value if abs(value) > 0.02 else value + 0.2


@pytest.mark.parametrize("path", [p for p in PARAMETERS if not p.startswith(UNREAD)])
def test_another_value_of_any_parameter_is_noticed(path):
    def values(name):
        changed = reference_worlds.values_of(name)
        if path == "network.kind" and changed[path] == "file":
            return changed
        changed[path] = other(PARAMETERS[path], changed[path])
        return changed

    assert noticed(values)


def noticed_schedule(changed):
    """Whether at least one world notices that rows of its schedule were changed."""
    return any(
        not reference_worlds.agrees(name, rows=[changed(row) for row in rows])
        for name, (_, _, rows) in WORLDS.items()
        if rows
    )


LEVERS = {(row["lever"], row["part"]) for *_, rows in WORLDS.values() for row in rows}


@pytest.mark.parametrize("lever, part", sorted(LEVERS, key=str))
def test_a_lever_left_out_is_noticed(lever, part):
    # strength 0 instead of no row, as rows draw by their number whom they reach
    assert noticed_schedule(
        lambda row: row | {"strength": 0} if (row["lever"], row["part"]) == (lever, part) else row
    )


@pytest.mark.parametrize(
    "change", [{"share": 1}, {"members_only": 0}, {"named": []}], ids=["share", "members", "named"]
)
def test_a_lever_that_reaches_all_is_noticed(change):
    assert noticed_schedule(lambda row: row | change)


@pytest.mark.parametrize("end, step", [("first_month", 1), ("last_month", -1)])
def test_a_lever_a_month_too_short_is_noticed(end, step):
    assert noticed_schedule(lambda row: row | {end: row[end] + step})
