"""Run one replicate again while looking at one HCP or one organisation.

The kernel runs the world. Before each month the HCP of the agents engine lives through the
same month on a copy of the state and tells what happens to it; afterwards it must stand where the
kernel put it, to the bit, so that the story is that of the run and not one like it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.model import engine, inputs, kernel, levers, records, rules, state, streams
from sim.model.agents.hcp import HCP
from sim.model.agents.society import Society
from sim.model.engine import Point
from sim.model.state import State
from sim.story.turns import Turn, for_group, told, turns_between
from sim.tables.errors import SimulationError, UserError

STATES = {"adopters": rules.ADOPTER, "lapsed": rules.LAPSED}
WATCHED = ("trust", "literacy", "engagement", "state")


class Event(NamedTuple):
    """What happened to somebody in a month, with the numbers that belong to it."""

    month: int
    kind: str
    detail: dict[str, Any]


class Life(NamedTuple):
    """What there is to tell of one HCP; HCPs and organisations are counted from 0."""

    hcp: int
    organisation: int
    group: str
    peers: int
    events: list[Event]
    levels: dict[str, np.ndarray]  # each of WATCHED at the end of each month; 0 is the start
    there: bool = True  # whether the organisation runs the tool at the start


class Replay:
    """A replicate that the kernel runs again, month by month."""

    def __init__(self, point: Point, seed: int, replicate: int) -> None:
        self.point, self.replicate = point, replicate
        self.run, self.state = engine.start(point, seed, replicate)
        self.horizon = int(point.packed["horizon"])
        self._record = records.of_run(records.empty_record(1, self.horizon), 0)
        self._counters = np.zeros(1, np.int64), np.zeros(1, np.int64)

    def advance(self, month: int) -> None:
        """Run one month."""
        packed, schedule = self.point.packed, self.point.schedule
        kernel.advance(
            month, month, self.run, packed, schedule, self.state, self._record, *self._counters
        )
        try:
            engine.raise_failure(self.state)
        except SimulationError as error:
            raise UserError(
                f"replicate {self.replicate}: the run failed, so there is no story of it: {error}"
            ) from None


class Watched(HCP):
    """An HCP that tells what happens to it."""

    tells: list[Event]
    reconsidering: bool

    def tell(self, kind: str, **detail: Any) -> None:
        """Note something."""
        self.tells.append(Event(self.model.month, kind, detail))

    def step(self) -> None:
        if self.organisation.now["incident"]:
            self.tell("incident")
        super().step()

    def influence(self) -> None:
        super().influence()
        s = self.model.state
        everybody = s.first_peer.size == 0
        peers = s.hcps.size - 1 if everybody else len(self.peers)
        self.tell("peers", peers=peers, adopting=round(self.adopting * peers))

    def cooperate(self, now: Any) -> None:
        meetings = int(self.row["meetings"])
        understood = sum(int(e.row["successes"]) for e in self.organisation.experts)
        super().cooperate(now)
        if int(self.row["meetings"]) != meetings:
            after = sum(int(e.row["successes"]) for e in self.organisation.experts)
            self.tell("meeting", understood=after > understood)

    def be_trained(self) -> None:
        super().be_trained()
        self.tell("training")

    def use(self, now: Any) -> None:
        using = self.row["state"] in (rules.TRIAL, rules.ADOPTER)
        super().use(now)
        if using:  # by the draw: where trust formation is 0, a good month leaves trust as it was
            floor = self.model.packed["trust_skill_floor"]
            likely = rules.experience_probability(now["reliable"], self.row["literacy"], floor)
            self.tell("experience", good=bool(self.uniform(streams.EXPERIENCE) < likely))

    def reconsider(self, now: Any) -> None:
        self.reconsidering = True
        super().reconsider(now)
        self.reconsidering = False

    def count_move(self, new: int, flow: int) -> None:
        old = int(self.row["state"])
        super().count_move(new, flow)
        self.tell("move", old=old, new=new, news=self.reconsidering)

    def leave(self, now: Any) -> None:
        hired, before = int(self.row["hired"]), len(self.tells)
        super().leave(now)
        if int(self.row["hired"]) != hired:  # whoever is trained now is the newcomer
            at_once = len(self.tells) > before
            del self.tells[before:]
            self.tell("newcomer", trained=at_once)


def watch_hcp(point: Point, seed: int, replicate: int, hcp: int) -> Life:
    """Run a replicate again and note the life of one HCP, counted from 0.

    Raises SimulationError if the watched agent and the kernel disagree: a fault of the program.
    """
    shadow = Society(point, seed, replicate, hcp_class=Watched)
    replay = Replay(point, seed, replicate)
    s = replay.state
    me: Any = shadow.hcps[hcp]
    me.tells, me.reconsidering = [], False
    organisation = me.organisation
    row = s.hcps[hcp : hcp + 1][0]
    levels = {name: np.zeros(replay.horizon + 1) for name in WATCHED}
    for name in WATCHED:
        levels[name][0] = row[name]
    mine, there = for_group(me.group), bool(organisation.running)
    in_force = np.zeros(levers.N_LEVERS)
    for month in range(1, replay.horizon + 1):
        for name in State._fields:
            getattr(shadow.state, name)[...] = getattr(s, name)
        shadow.month = month
        levers.fill(
            shadow.state.levers, month, point.schedule, shadow.state.organisations, replay.run
        )
        now_in_force = shadow.state.levers[organisation.index].copy()
        for turn in turns_between(month, in_force, now_in_force, mine):
            if told(turn):
                me.tell("lever", turn=turn)
        in_force = now_in_force
        shadow.start = kernel.look_around(month, point.packed, shadow.state)
        running = organisation.running
        state = int(me.row["state"])
        organisation.begin()
        if organisation.running and not running:
            me.tell("deployed")
        if me.row["state"] != state:  # a champion
            me.tell("move", old=state, new=int(me.row["state"]), news=False)
        me.step()
        replay.advance(month)
        if int(s.organisations["ended"][organisation.index]) == month:
            me.tell("withdrawn", using=me.row["state"] in (rules.TRIAL, rules.ADOPTER))
        elif any(me.row[name] != row[name] for name in WATCHED):
            raise SimulationError(
                f"month {month}: the story of HCP {hcp + 1} and the run disagree; "
                "this is a fault of the program"
            )
        for name in WATCHED:
            levels[name][month] = row[name]
    peers = next((e.detail["peers"] for e in me.tells if e.kind == "peers"), 0)
    return Life(hcp, organisation.index, me.group, peers, me.tells, levels, there)


class History(NamedTuple):
    """What there is to tell of one organisation; arrays have one entry per month, 0 the start."""

    organisation: int  # from 0
    hcps: int
    member: bool
    deployed: int | None  # months
    institutionalised: int | None
    ended: int | None
    shares: dict[str, np.ndarray]  # adopters and lapsed of its HCPs; their mean trust and literacy
    quality: np.ndarray  # (months + 1, 8)
    incidents: list[int]
    meetings: np.ndarray
    failed_meetings: np.ndarray
    turns: list[Turn]  # what policies and shocks begin and end there


def watch_organisation(point: Point, seed: int, replicate: int, organisation: int) -> History:
    """Run a replicate again and note the history of one organisation, counted from 0."""
    replay = Replay(point, seed, replicate)
    s, months = replay.state, replay.horizon + 1
    org = s.organisations[organisation : organisation + 1][0]
    hcps = s.hcps[int(org["first_hcp"]) : int(org["last_hcp"])]
    shares = {name: np.zeros(months) for name in (*STATES, "trust", "literacy")}
    quality = np.zeros((months, inputs.N_QUALITIES))
    meetings, failed_meetings = np.zeros((2, months))
    incidents: list[int] = []
    turns: list[Turn] = []
    institutionalised = None
    for month in range(months):
        if month:
            in_force = s.levers[organisation].copy()  # those of the month before; 0 at the start
            replay.advance(month)
            turns += turns_between(month, in_force, s.levers[organisation])
            flows = org["flows"].sum(axis=0)
            meetings[month] = flows[state.MEETINGS]
            failed_meetings[month] = flows[state.FAILED_MEETINGS]
            if org["incident"]:
                incidents.append(month)
            if org["status"] == rules.INSTITUTIONALISED and institutionalised is None:
                institutionalised = month
        for name, share in shares.items():
            values = hcps["state"] == STATES[name] if name in STATES else hcps[name]
            share[month] = values.mean()
        quality[month] = org["quality"]

    def known(name: str) -> int | None:
        return None if int(org[name]) == inputs.NEVER else int(org[name])

    return History(
        organisation, hcps.size, bool(org["member"]), known("deployed"), institutionalised,
        known("ended"), shares, quality, incidents, meetings, failed_meetings, turns,
    )  # fmt: skip
