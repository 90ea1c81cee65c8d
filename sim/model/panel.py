"""What a study of real people would see: everybody and every organisation, month after month.

The mirrors of published studies (`sim.evidence`) are measured on it. Row 0 is the start, row m the
end of month m. Nothing here changes a run, but for `hold`, by which an experiment makes adopters.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.model import engine, kernel, rules, state
from sim.model.engine import Point
from sim.model.hcp_steps import move, peers_states, propensity
from sim.model.inputs import TRANSPARENCY, USABILITY
from sim.model.organisation_steps import NOW, ZERO, appraise_tool, felt_value
from sim.model.state import State
from sim.tables.compiled import compiled

NOBODY = np.zeros(0, np.int64)


class Panel(NamedTuple):
    """Persons (months + 1, posts) and organisations (months + 1, organisations) of one run."""

    state: np.ndarray  # int8, what the person does with the tool, see `rules.STATE_NAMES`
    trained: np.ndarray  # int8, 1 if ever trained
    hired: np.ndarray  # int32, month in which the person took the post
    adopted: np.ndarray  # int32, month of the first adoption, `inputs.NEVER` without
    trust: np.ndarray  # float32
    # float32, NaN where the organisation does not run the tool
    usability: np.ndarray  # as it is felt
    adopting: np.ndarray  # share of peers who are adopters
    x: np.ndarray  # propensity to use the tool (log odds)
    # Of organisations
    status: np.ndarray  # int8, see `rules.STATUS_NAMES`
    value: np.ndarray  # float32, as it is felt; NaN where the tool does not run
    transparency: np.ndarray  # float32; NaN where the tool does not run
    meetings: np.ndarray  # int32, with AI experts in the month
    first_hcp: np.ndarray  # (organisations + 1,), of each the first post
    deployed: np.ndarray  # (organisations,) int32, month, `inputs.NEVER` without
    member: np.ndarray  # (organisations,) int8

    @property
    def organisation(self) -> np.ndarray:
        """The organisation of each post, (posts,) int64."""
        return np.repeat(np.arange(self.deployed.size), np.diff(self.first_hcp))


def empty_panel(months: int, s: State, people: bool = True) -> Panel:
    """Return a panel of that many months, to be filled; of organisations alone without people."""
    persons = (months + 1, s.hcps.size if people else 0)
    organisations = (months + 1, s.organisations.size)
    return Panel(
        state=np.zeros(persons, np.int8),
        trained=np.zeros(persons, np.int8),
        hired=np.zeros(persons, np.int32),
        adopted=np.zeros(persons, np.int32),
        trust=np.zeros(persons, np.float32),
        usability=np.zeros(persons, np.float32),
        adopting=np.zeros(persons, np.float32),
        x=np.zeros(persons, np.float32),
        status=np.zeros(organisations, np.int8),
        value=np.zeros(organisations, np.float32),
        transparency=np.zeros(organisations, np.float32),
        meetings=np.zeros(organisations, np.int32),
        first_hcp=np.append(s.organisations["first_hcp"], s.hcps.size),
        deployed=s.organisations["deployed"].copy(),
        member=s.organisations["member"].copy(),
    )


def panel_of(
    point: Point,
    seed: int,
    replicate: int,
    months: int,
    held: np.ndarray = NOBODY,
    held_from: int = 0,
    held_to: int = 0,
    people: bool = True,
) -> tuple[Panel, State]:
    """Run a replicate and return what a study of it would see, and the state at the end.

    The posts `held` are made adopters at the start of each of the months `held_from` to `held_to`. Without
    `people` only organisations are looked at, which takes less time.
    """
    run, s = engine.start(point, seed, replicate)
    panel = empty_panel(months, s, people)
    follow(months, run, point.packed, point.schedule, s, panel, held, held_from, held_to)
    engine.raise_failure(s)
    panel.deployed[:] = s.organisations["deployed"]
    return panel, s


@compiled
def follow(months, run, p, schedule, s, panel, held, held_from, held_to):
    """Run one replicate from its start, and observe every month, up to the first failure."""
    scratch = kernel.scratch_for(ZERO, s.organisations.shape[0], s)
    observe(0, p, s, panel)
    for month in range(1, months + 1):
        if held_from <= month and month <= held_to:
            hold(held, month, p, s)
        kernel.one_month(month, run, p, schedule, s, scratch)
        if s.failure[0] != state.FINE:
            return
        observe(month, p, s, panel)


@compiled
def hold(held, month, p, s):
    """Make adopters of some posts, as everybody sees them at the start of a month."""
    o = 0
    for i in held:
        while s.organisations[o].last_hcp <= i:
            o += 1
        hcp = s.hcps[i]
        if hcp.state != rules.ADOPTER:
            org = s.organisations[o]
            move(hcp, org, month, np.int64(rules.ADOPTER), state.SEEDED, p.outcome_return_months)
        s.words[(month - 1) & 1][i] = rules.word(hcp.trust, hcp.state)


@compiled
def observe(month, p, s, panel):
    """Note what organisations are at the end of a month, and people where the panel has any."""
    for o in range(s.organisations.shape[0]):
        org = s.organisations[o]
        running = rules.is_running(org.status)
        panel.status[month, o] = org.status
        panel.meetings[month, o] = org.flows[:, state.MEETINGS].sum()
        panel.value[month, o] = felt_value(org, p) if running else np.nan
        panel.transparency[month, o] = org.quality[TRANSPARENCY] if running else np.nan
    if panel.state.shape[1] > 0:
        observe_people(month, p, s, panel)


@compiled
def observe_people(month, p, s, panel):
    """Note what everybody is at the end of a month, and how much they want the tool."""
    now = np.zeros(1, NOW)[0]
    start = kernel.look_around(month + 1, p, s)
    seen = s.words[month & 1]
    for o in range(s.organisations.shape[0]):
        org = s.organisations[o]
        running = rules.is_running(org.status)
        if running:
            appraise_tool(org, p, now)
            now.usability = org.quality[USABILITY]
        for i in range(org.first_hcp, org.last_hcp):
            hcp = s.hcps[i]
            panel.state[month, i] = hcp.state
            panel.trained[month, i] = hcp.trained
            panel.hired[month, i] = hcp.hired
            panel.adopted[month, i] = hcp.adopted
            panel.trust[month, i] = hcp.trust
            usability, adopting, x = np.nan, np.nan, np.nan
            if running:
                adopting, lapsed = peers_states(i, seen, start, s.first_peer, s.peers)
                usability = rules.felt_usability(
                    now.usability, hcp.literacy, p.appraisal_training_compensation
                )
                x = propensity(hcp, s.priorities[i], adopting, lapsed, now, p)
            panel.usability[month, i] = usability
            panel.adopting[month, i] = adopting
            panel.x[month, i] = x
