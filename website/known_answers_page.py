"""`python -m website.known_answers_page`: single mechanisms simulated beside their known answers.

The kernel computes each world of `website.known_answers`; the page's table and its figures come from that.
Answers are written from the description of the model, not from its code. Tests hold the kernel to them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from sim.analysis.intervals import Interval, of_mean, of_share
from sim.model import rules
from sim.model.inputs import NEVER, USABILITY, VALUE
from sim.model.state import FAILED_MEETINGS
from sim.reports.figure import Curve, Dots, Figure, Mark, Panel, Rule, Scale, exact
from sim.tables.factors import QUALITY_NAMES
from website import known_answers as known
from website.document import FOLDER
from website.document_blocks import publish, table
from website.known_answers import STILL, V, W, Walk, point_of

PAGE = FOLDER / "known_answers.md"
FIGURES = {"people": "What people do", "organisations": "What organisations do"}
GROUPS = {"physician": 0.076, "nurse": 0.18, "allied": 0.14}


@dataclass(frozen=True)
class Line:
    """A known answer over x (NaN where nothing is known), and what was simulated at places of it."""

    label: str
    x: np.ndarray
    answer: np.ndarray
    at: np.ndarray  # places among x
    found: Sequence[Interval]

    @property
    def drawn(self) -> bool:
        """Whether chance has a part in what was simulated."""
        return bool(np.isfinite(self.found[0].low))

    @property
    def off(self) -> float:
        """Largest difference from the answer."""
        return float(np.abs([i.estimate for i in self.found] - self.answer[self.at]).max())

    @property
    def held(self) -> np.ndarray:
        """Whether each interval holds the answer, where there is one."""
        pairs = zip(self.found, self.answer[self.at], strict=True)
        return np.array([i.low <= x <= i.high for i, x in pairs if np.isfinite(x)])


@dataclass(frozen=True)
class Case:
    """A world of one mechanism; `law` is what is known of it."""

    figure: str
    title: str
    law: str
    x: str
    y: str
    lines: Sequence[Line]
    rule: float = np.nan  # a place along x that theory names

    @property
    def agreement(self) -> str:
        """How far simulation and theory agree, in words."""
        drawn = [line.held for line in self.lines if line.drawn]
        if drawn:
            held = np.concatenate(drawn)
            return f"{held.sum()} of {held.size} intervals hold the line"
        return f"largest difference {max(line.off for line in self.lines):.0e}"


def waiting(label: str, first: np.ndarray, p: float, until: int, after: int = 0) -> Line:
    """Return the share for whom something of monthly probability p, from a month on, has happened.

    Each dot is of others, so that dots err independently.
    """
    months, at = np.arange(after, until + 1), np.arange(4, until - after + 1, 4)
    own = [first[n :: at.size] <= month for n, month in enumerate(months[at])]
    found = [of_share(int(happened.sum()), happened.size) for happened in own]
    return Line(label, months, 1 - (1 - p) ** (months - after), at, found)


def degroot() -> Case:
    changes = {**STILL, "deployment.at_start": 0.0, "influence.rate": 0.2, "network.ties": 3}
    walk = Walk(point_of({**changes, "population.organisations": 3, "horizon": 60}))
    walk.s.hcps["trust"] = np.repeat((0.2, 0.5, 0.8), 50)
    walk.tell_peers()
    trust, first, peers = walk.s.hcps["trust"].copy(), walk.s.first_peer, walk.s.peers
    step = 0.8 * np.eye(trust.size)
    for i in range(trust.size):
        own = peers[first[i] : first[i + 1]]
        step[i, own] += 0.2 / own.size
    months, at = np.arange(61), np.arange(0, 61, 6)
    answers, found = [], []
    for month in months:
        answers.append(trust.reshape(3, 50).mean(axis=1))
        if month in at:
            found.append(walk.on(month - walk.month).s.hcps["trust"].reshape(3, 50).mean(axis=1))
        trust = step @ trust
    lines = [
        Line(f"organisation {n + 1}", months, np.array(answers)[:, n], at, list(map(exact, column)))
        for n, column in enumerate(np.array(found).T)
    ]
    law = "without use and meetings, trust is averaged over peers: T(t) = (1 - r + r P)^t T(0) (DeGroot)"
    return Case("people", "Trust follows peers", law, "month", "mean trust", lines)


def users() -> Case:
    months, at, lines = np.arange(101), np.arange(5, 101, 10), []
    for n, transparency in enumerate((0.15, 0.5, 0.9)):
        q = dict.fromkeys(QUALITY_NAMES, 0.5) | {"transparency": transparency}
        changes = {f"development.start.{name}": level for name, level in q.items()}
        walk = Walk(point_of({**known.USERS, **changes, "population.organisation_size": 6000}), n)
        success = (0.65 + 0.35 * 0.5 * (0.5 + 0.5 * 0.5)) * (0.9 + 0.1 * 0.25)
        loss = 0.17 * (1 - 0.6 * transparency) * (1 + 0.8 * (1 - 0.5))
        g, fall = success * 0.08 * (0.25 + 0.75 * transparency), (1 - success) * loss
        limit = g / (g + fall)
        answer = limit + (0.5 - limit) * (1 - g - fall) ** months
        found = [of_mean(walk.on(10 if k else 5).s.hcps["trust"][k::10]) for k in range(10)]
        lines.append(Line(f"transparency {transparency:g}", months, answer, at, found))
    law = "with fixed qualities, trust of users settles where gains meet losses: g / (g + l)"
    return Case("people", "Trust of users", law, "month", "mean trust", lines)


def newcomers() -> Case:
    yearly = {f"turnover.{group}": share for group, share in GROUPS.items()}
    walk = Walk(point_of({**STILL, **known.CROWD, **yearly, "horizon": 60}))
    first = np.full(walk.s.hcps.size, NEVER)
    for month in range(1, 61):
        new = walk.on().s.hcps["hired"] == month
        first[new & (first == NEVER)] = month
    lines = [
        waiting(group, first[walk.s.hcps["group"] == n], 1 - (1 - annual) ** (1 / 12), 60)
        for n, (group, annual) in enumerate(GROUPS.items())
    ]
    law = "with turnover alone, newcomers hold a share 1 - (1 - h)^t of the seats"
    return Case("people", "Newcomers", law, "month", "share of seats", lines)


def power_mean(q: np.ndarray, rho: float) -> float:
    """Return the mean of qualities by the weights that they have to HCPs."""
    q = np.maximum(q, 0.02)
    return float(np.exp(W @ np.log(q)) if rho == 0 else (W @ q**rho) ** (1 / rho))


def appraisal() -> Case:
    q = np.array([0.3, 0.1, 0.6, 0.2, 0.7, 0.5, 0.3, 0.95])
    rho = np.round(np.linspace(-6, 1, 71), 1)
    at = np.arange(0, 71, 10)
    terms = [
        sum(w * rules.power_term(x, r, 0.02) for w, x in zip(W, q, strict=True)) for r in rho[at]
    ]
    found = [exact(rules.appraisal(term, r)) for term, r in zip(terms, rho[at], strict=True)]
    answer = np.array([power_mean(q, r) for r in rho])
    law = "usefulness is the weighted power mean: rho = 1 the plain mean, rho = 0 the geometric, lower: weak links count"
    line = Line("", rho, answer, at, found)
    return Case("people", "Usefulness of one tool", law, "rho", "usefulness", [line])


def after_a_month(
    never: float, trial: float, use: float, left: float, level: float, trust: float, literacy: float
) -> np.ndarray:
    """Return the shares of people after a month of decisions, where all qualities have one level."""
    felt = np.full(8, level)
    felt[USABILITY] += (1 - level) * 0.5 * literacy
    felt[VALUE] = 0.7 * level + 0.3 * use**4 / (use**4 + 0.5**4)
    x = -3.85 + 4 * trust + 5 * power_mean(felt, -1.0) + 2.5 * use - 2 * left + literacy
    tries, returns = 0.12 * expit(x) * never, 0.06 * expit(x) * left
    decided, accepted = 0.25 * trial, 0.25 * expit(x) * trial
    leaves = 0.06 * expit(-(x + 2 * level)) * use
    return np.array(
        [
            never - tries,
            trial + tries + returns - decided,
            use + accepted - leaves,
            left + decided - accepted + leaves - returns,
        ]
    )


def decisions() -> Case:
    initial, n = 0.1, 8000
    changes = {**known.DECISIONS, **known.qualities("start", 0.4)}
    point, at = point_of(changes), np.arange(12, 73, 12)
    found = np.empty((at.size, 10, 4))
    for (row, replicate), _ in np.ndenumerate(found[:, :, 0]):
        walk = Walk(point, row, replicate)
        walk.s.priorities[:] = W
        walk.give(np.where(np.arange(n) < initial * n, rules.ADOPTER, 0)).on(int(at[row]))
        found[row, replicate] = np.bincount(walk.s.hcps["state"], minlength=4) / n
    answer = [np.array([1 - initial, 0.0, initial, 0.0])]
    for _ in range(72):
        answer.append(after_a_month(*answer[-1], level=0.4, trust=0.5, literacy=0.25))
    shares = zip(
        ("never tried", "try it", "use it", "left"), np.array(answer).T, found.T, strict=True
    )
    lines = [
        Line(name, np.arange(73), curve, at, [of_mean(x) for x in own.T])
        for name, curve, own in shares
    ]
    law = "in a large mixed world, shares follow the map of the decision rules"
    return Case("people", "Decisions", law, "month", "share of professionals", lines)


def trap() -> Case:
    fine = np.linspace(0, 0.9, 19)
    at = np.array([0, 2, 4, 6, 10, 14, 18])
    ends = {s: np.array([_trapped(s, start) for start in fine[at]]) for s in (0.9, 0.3)}
    answers = {
        0.9: np.where(fine < 0.05, 0.05, np.where(fine > 0.45, 0.76, np.nan)),
        0.3: np.full(fine.size, ends[0.3].mean()),
    }
    lines = [
        Line(f"systemic {s:g}", fine, answers[s], at, [of_mean(x, (0.0, 1.0)) for x in ends[s]])
        for s in answers
    ]
    law = (
        "where most of the value needs many users, few stay few (.05) and many stay many (.76; both from a second "
        "implementation), with a boundary near 20 %; where little does, all starts end alike (line: their mean)"
    )
    return Case(
        "people", "The trap", law, "share of users at the start", "after 240 months", lines, 0.2
    )


def _trapped(systemic: float, initial: float) -> np.ndarray:
    changes = {"appraisal.systemic": systemic, "population.initial_adopters": initial}
    point = point_of({**known.TRAP, **changes})
    walks = (Walk(point, replicate=replicate).on(240) for replicate in range(8))
    return np.array([np.mean(walk.s.hcps["state"] == rules.ADOPTER) for walk in walks])


def deployments() -> Case:
    changes = {"population.readiness_low": 0.5, "population.readiness_high": 0.5, "horizon": 36}
    changes |= {"deployment.rate": 0.2, "deployment.at_start": 0.0}
    lines = []
    for n, f in enumerate((0.0, 0.3, 0.6)):
        walk = Walk(point_of({**STILL, **known.MANY, **changes}), seed=n)
        org = walk.s.organisations
        org["member"] = 1
        examples, first = np.arange(4000) % 10 < round(10 * f), np.full(4000, NEVER)
        for month in range(1, 37):
            # the examples alone run it, always: who deployed is set back, so that what is seen stays
            org["status"] = np.where(examples, rules.PROJECT, rules.NOT_DEPLOYED)
            org["deployed"] = np.where(examples, 0, NEVER)
            new = walk.on().s.organisations["deployed"] == month
            first[new & (first == NEVER)] = month
        p = float(0.2 * expit(-2 + 2 * 0.5 + 3 * f))
        lines.append(waiting(f"{100 * f:.0f} % run it", first[~examples], p, 36))
    law = (
        "while the share of members that run the tool stays, organisations deploy as 1 - (1 - p)^t"
    )
    return Case("organisations", "Deployment", law, "month", "share deployed", lines)


def development() -> Case:
    months, at, lines = np.arange(121), np.arange(0, 121, 8), []
    one = {"population.organisations": 1, "population.resources_spread": 0.0}
    attention = 0.2 * V[0] + 0.8 * W[0]  # where aligned to .8
    build, erosion = 0.5 * (0.3 + 0.7 * 0.2) * attention, 0.03

    def level(start: float, build: float, months: int) -> float:
        """Return Q after some months of Q += build (1 - Q) - erosion Q."""
        settled = build / (build + erosion)
        return float(settled + (start - settled) * (1 - build - erosion) ** months)

    for label, funded in (("funded on", 1200), ("funding ends", 30)):
        walk = Walk(point_of({**known.DEVELOPED, **one, "development.funding_months": funded}))
        answer = [
            level(level(0.15, build, min(t, funded)), 0.3 * build, max(0, t - funded))
            for t in months.tolist()
        ]
        found = [
            exact(walk.on(t - walk.month).s.organisations["quality"][0, 0]) for t in at.tolist()
        ]
        lines.append(Line(label, months, np.array(answer), at, found))
    law = "with constant attention a quality settles at e s c / (e s + erosion); when funding ends, at a lower level"
    return Case("organisations", "Transparency", law, "month", "level", lines)


def incidents() -> Case:
    lines = []
    for n, privacy in enumerate((0.0, 0.5, 0.9)):
        changes = {"incident.rate": 0.1, "development.start.privacy": privacy, "horizon": 60}
        walk = Walk(point_of({**STILL, **known.MANY, **changes}), seed=n)
        first = np.full(4000, NEVER)
        for month in range(1, 61):
            incident = walk.on().s.organisations["incident"] == 1
            first[incident & (first == NEVER)] = month
        lines.append(waiting(f"privacy {privacy:g}", first, 0.1 * (1 - privacy), 60))
    law = "waiting times for the first incident are geometric"
    return Case("organisations", "First incident", law, "month", "share that had one", lines)


def withdrawals() -> Case:
    size = {"population.organisations": 4000, "population.organisation_size": 10}
    point, lines = point_of({**STILL, **size, "review.rate": 0.08, "horizon": 84}), []
    for n in range(3):
        walk = Walk(point, seed=n)
        walk.give(np.where(np.arange(40_000) % 10 < n, rules.ADOPTER, 0)).on(84)
        ended = walk.s.organisations["ended"].astype(np.int64)
        p = float(0.08 * expit((0.10 - n / 10) / 0.04))
        lines.append(waiting(f"{n} of 10 use it", ended, p, 84, 24))
    law = "waiting times for a withdrawal, after the 24 months of grace, are geometric"
    return Case("organisations", "Withdrawal", law, "month", "share withdrawn", lines)


def meetings() -> Case:
    domain, at, lines = np.linspace(0, 1, 51), np.arange(0, 51, 10), []
    for label, shared in (("others", 0.0), ("interdisciplinary", 1.0)):
        found = []
        for n, d in enumerate(domain[at].tolist()):
            changes = {
                "process.shared_understanding": shared,
                "population.expert_domain_knowledge": d,
            }
            walk = Walk(point_of({**known.MEETINGS, **changes}), n, int(shared)).on(12)
            met = int(walk.s.hcps["meetings"].sum())
            found.append(of_share(met - int(walk.flows[FAILED_MEETINGS]), met))
        skill = np.maximum(domain * (0.5 + 0.5 * 0.25), 0.85 * shared)
        answer = 0.3 + 0.7 * skill
        lines.append(Line(label, domain, answer, at, found))
    law = "meetings succeed as often as people understand each other: m = .3 + .7 skill"
    return Case(
        "organisations", "Meetings", law, "experts' domain knowledge", "share that succeed", lines
    )


def lessons() -> Case:
    one = {"population.organisation_size": 12, "population.organisations": 3}
    walk = Walk(point_of({**STILL, **one, "process.hcp_cooperation": 1.0, "horizon": 120}))
    successes, at, found = np.zeros(3, int), [], []
    for month in range(1, 121):
        before = walk.s.hcps["engagement"].copy()
        after = walk.on(1).s.hcps["engagement"]
        successes += (after > before).reshape(3, 12).sum(axis=1)  # only what succeeds engages
        if month % 20 == 0:
            at += successes.tolist()
            found += [exact(d) for d in walk.s.experts["domain"]]
    x = np.arange(max(at) + 1)
    line = Line("", x, 1 - (1 - 0.2) * 0.99**x, np.array(at), found)
    law = "after n meetings that succeeded an expert's domain knowledge is 1 - (1 - D) 0.99^n"
    return Case(
        "organisations",
        "Lessons of an expert",
        law,
        "successful meetings",
        "domain knowledge",
        [line],
    )


CASES = (degroot, users, newcomers, appraisal, decisions, trap,
         deployments, development, incidents, withdrawals, meetings, lessons)  # fmt: skip


def panel(case: Case) -> Panel:
    """Return a case with its answers as lines and what was simulated as dots."""
    marks: list[Mark] = [Rule(case.rule, dash="dotted")] if np.isfinite(case.rule) else []
    for look, line in enumerate(case.lines):
        marks.append(Curve(line.x, list(map(exact, line.answer)), look, line.label, line.label))
        places = list(map(exact, line.x[line.at]))
        marks.append(Dots(places, line.found, [look] * len(places), []))
    return Panel(case.title, marks, Scale(case.x), Scale(case.y))


def figure(name: str, cases: Sequence[Case]) -> Figure:
    """Return the panels of one figure."""
    caption = (
        "Lines: what theory says. Dots: simulated, with 95 % intervals where chance has a part."
    )
    own = [panel(case) for case in cases if case.figure == name]
    return Figure(f"known_answers_{name}", FIGURES[name], caption, own, columns=2, height=2.0)


def lines(cases: Sequence[Case]) -> list[str]:
    """Return what the page says of the numbers."""
    held = np.concatenate([line.held for case in cases for line in case.lines if line.drawn])
    off = max(line.off for case in cases for line in case.lines if not line.drawn)
    first = (
        f"In {len(cases)} worlds of one mechanism each, where chance has a part, "
        f"{held.sum()} of {held.size} intervals hold the known answer ({100 * held.mean():.0f} %; 95 % are expected); "
        f"where it has none, no number is farther from its answer than {off:.0e}."
    )
    rows = ([case.title, case.law, case.agreement] for case in cases)
    return [first, "", *table(("", "What is known", "The simulation"), rows)]


def main() -> int:
    """Write page and figures, if the numbers have changed."""
    cases = [make() for make in CASES]
    made = [figure(name, cases) for name in FIGURES]
    figures = {FOLDER / "images" / content.name: content for content in made}
    return publish(PAGE, "known answers", lines(cases), figures, seed=1)


if __name__ == "__main__":
    sys.exit(main())
