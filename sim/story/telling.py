"""A life, or the history of an organisation, in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.model import rules
from sim.reports import words
from sim.story.turns import told
from sim.story.watch import Event, History, Life
from sim.tables.factors import QUALITIES
from sim.tables.layout import WIDTH, beside, broken, paragraph

NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split()
RECENT = 6  # months looked back on when somebody stops
COLUMN = 46
GROUPS = {"physician": "a physician", "nurse": "a nurse", "allied": "an allied professional"}
ASIDE = ("peers", "experience")  # told where they matter, not by themselves


def count(n: int, noun: str = "") -> str:
    """Return a number in words, with its noun."""
    number = NUMBERS[n] if n < len(NUMBERS) else str(n)
    return f"{number} {noun}{'s' if n != 1 else ''}" if noun else number


def of_peers(event: Event | None) -> str:
    """Say how many peers were adopters."""
    if event is None or not event.detail["peers"]:
        return "without any peer"
    peers, adopting = event.detail["peers"], event.detail["adopting"]
    if peers == 1:
        return f"when the only peer was {'an' if adopting else 'no'} adopter"
    verb = "was an adopter" if adopting == 1 else "were adopters"
    return f"when {count(adopting) if adopting else 'none'} of {count(peers, 'peer')} {verb}"


def of_use(experiences: list[Event]) -> str:
    """Say how often somebody used the tool lately, and how often it failed."""
    bad = sum(not e.detail["good"] for e in experiences)
    if not experiences:
        return "without having used it lately"
    if len(experiences) == 1:
        good = "after one month of use, without failure"
        return "after a failure in its only month of use" if bad else good
    failures = count(bad, "failure") if bad else "no failure"
    return f"after {failures} in {count(len(experiences), 'month')} of use"


def _year_of_use(used: list[Event]) -> str:
    good = sum(e.detail["good"] for e in used)
    if len(used) == 1:
        return f"Uses it for one month, which {'went well' if good else 'did not go well'}."
    well = "all" if good == len(used) else count(good) if good else "none"
    return f"Uses it for {count(len(used), 'month')}; {well} of them went well."


def sentences(life: Life) -> dict[int, list[str]]:
    """Return year -> what happened."""
    years: dict[int, list[str]] = {}
    experiences: list[Event] = []
    peers: Event | None = None
    for event in life.events:
        if event.kind == "peers":
            peers = event
        elif event.kind == "experience":
            experiences.append(event)
        else:
            if event.kind == "newcomer":
                experiences = []
            text = _sentence(event, peers, experiences)
            year = (event.month - 1) // 12 + 1
            years.setdefault(year, []).append(f"Month {event.month}: {text}.")
    return years


def _sentence(event: Event, peers: Event | None, experiences: list[Event]) -> str:
    if event.kind == "lever":
        return told(event.detail["turn"])
    if event.kind == "meeting":
        understood = event.detail["understood"]
        return "meets an AI expert and is " + ("understood" if understood else "misunderstood")
    if event.kind == "training":
        return "is trained"
    if event.kind == "incident":
        return "a privacy or safety incident costs trust"
    if event.kind == "deployed":
        return "the organisation starts to use the tool"
    if event.kind == "withdrawn":
        lost = ", although still in use" if event.detail["using"] else ""
        return f"the organisation withdraws the tool{lost}; trust falls"
    if event.kind == "newcomer":
        at_once = ", and is trained at once" if event.detail.get("trained") else ""
        return f"leaves; somebody new takes the post{at_once}"
    return _move(event, peers, experiences)


def _move(event: Event, peers: Event | None, experiences: list[Event]) -> str:
    old, new = event.detail["old"], event.detail["new"]
    went = of_use([e for e in experiences if e.month > event.month - RECENT])
    if event.detail.get("news"):
        given_up = "gives up the trial" if old == rules.TRIAL else "stops using it"
        return f"reconsiders because of the news, and {given_up}"
    if new == rules.TRIAL:
        again = "tries the tool again" if old == rules.LAPSED else "tries the tool"
        return f"{again}, {of_peers(peers)}"
    if new == rules.ADOPTER:
        if old != rules.TRIAL:
            return "becomes an adopter as a champion"
        return f"adopts it, {went}"
    if old == rules.TRIAL:
        return f"gives up the trial, {went}"
    return f"stops using it, {went}, {of_peers(peers)}"


def state_at(life: Life, month: int) -> str:
    """Say where somebody stands at the end of a month."""
    trust, literacy = life.levels["trust"][month], life.levels["literacy"][month]
    state = rules.STATE_NAMES[int(life.levels["state"][month])]
    return f"{state}; trust {trust:.2f}, AI literacy {literacy:.2f}"


def year_of(life: Life, year: int) -> list[str]:
    """Return the lines of one year."""
    last = min(12 * year, life.levels["trust"].size - 1)
    used = [e for e in life.events if e.kind == "experience" and 12 * (year - 1) < e.month <= last]
    lines = list(sentences(life).get(year, []))
    if used:
        lines.append(_year_of_use(used))
    end = f"End of year {year}" if last == 12 * year else f"At the end, month {last}"
    return [*lines, f"{end}: {state_at(life, last)}."]


def heading(life: Life, seed: int, replicate: int, name: str, under: str = "") -> list[str]:
    """Say who this is, and under what, where there is a choice."""
    return paragraph(
        f"Professional {life.hcp + 1}: {GROUPS[life.group]} in organisation {name}, with "
        f"{count(life.peers, 'peer')}. Seed {seed}, replicate {replicate}. At the start: "
        f"{state_at(life, 0)}{'' if life.there else '; no tool in the organisation yet'}."
        f"{f' Under {under}.' if under else ''}"
    )


def one_life(life: Life) -> list[str]:
    """Tell a life, year by year."""
    lines = []
    for year in range(1, _years(life) + 1):
        lines += ["", f"Year {year}"]
        for text in year_of(life, year):
            lines += broken(text, WIDTH, "  ", "    ")
    return lines


def _years(life: Life) -> int:
    return (life.levels["trust"].size - 1 + 11) // 12


def two_lives(first: Life, second: Life, names: tuple[str, str]) -> list[str]:
    """Tell two lives side by side, and where they part."""

    def wrapped(life: Life, year: int) -> list[str]:
        lines = (broken(t, COLUMN, other="  ") for t in year_of(life, year))
        return [line for wrapped in lines for line in wrapped]

    lines = ["", *beside(names[:1], names[1:], COLUMN)]
    for year in range(1, max(_years(first), _years(second)) + 1):
        told_of = beside(wrapped(first, year), wrapped(second, year), COLUMN)
        lines += ["", f"Year {year}", *told_of]
    return [*lines, "", *paragraph(parting(first, second, names))]


def parting(first: Life, second: Life, names: tuple[str, str]) -> str:
    """Say in which month two lives part, and how."""
    differ = np.zeros(min(first.levels["trust"].size, second.levels["trust"].size), bool)
    for name in first.levels:
        differ |= first.levels[name][: differ.size] != second.levels[name][: differ.size]
    if not differ.any():
        return "The two lives are the same, to the bit."
    month = int(np.argmax(differ))
    told = [
        {
            e.month: _sentence(e, None, [])
            for e in life.events
            if e.kind not in (*ASIDE, "lever", "move")
        }
        | {e.month: rules.STATE_NAMES[e.detail["new"]] for e in life.events if e.kind == "move"}
        for life in (first, second)
    ]
    text = f"The two lives part in month {month}, when trust or literacy first differ"
    apart = [m for m in sorted({*told[0], *told[1]}) if told[0].get(m) != told[1].get(m)]
    if not apart:
        return text + "; nothing else that happened differs."
    what = [told[k].get(apart[0], "nothing of note") for k in (0, 1)]
    return (
        f"{text}; the first event that differs is in month {apart[0]}: {what[0]} "
        f"({names[0]}), {what[1]} ({names[1]})."
    )


def _turns(h: History) -> str:
    """Say what policies and shocks begin and end at an organisation, month by month."""
    months: dict[int, list[str]] = {}
    for turn in h.turns:
        if told(turn):
            months.setdefault(turn.month, []).append(told(turn))
    return " ".join(f"Month {month}: {'; '.join(said)}." for month, said in months.items())


def _use(h: History) -> Iterator[str]:
    """Say what became of the tool at an organisation, sentence by sentence."""
    adopters = h.shares["adopters"]
    peak = int(np.argmax(adopters))
    start = f"It starts to use the tool in month {h.deployed}."
    yield start if h.deployed else "It uses the tool from the start."
    yield f"At most {words.share(adopters[peak])} of its professionals are adopters, in month {peak}."
    if h.institutionalised is not None:
        yield f"In month {h.institutionalised} the tool is made permanent."
    failed, meetings = h.failed_meetings.sum(), h.meetings.sum()
    if meetings:
        yield (
            f"{words.share(failed / meetings)} of {meetings:.0f} meetings of its professionals with AI "
            "experts end in misunderstanding."
        )
    if h.incidents:
        yield f"It has {count(len(h.incidents), 'incident')}."
    level = {q.noun: x for q, x in zip(QUALITIES, h.quality[-1], strict=True)}
    best, worst = max(level, key=lambda q: level[q]), min(level, key=lambda q: level[q])
    yield (
        f"At the end {best} is its best quality ({level[best]:.2f}), {worst} its weakest "
        f"({level[worst]:.2f})."
    )
    if h.ended is None:
        yield f"At the horizon {words.share(adopters[-1])} are adopters."
    else:
        before = f"{words.share(adopters[h.ended - 1])} were adopters the month before"
        yield f"In month {h.ended} it withdraws the tool: {before}."


def organisation_story(h: History, name: str, seed: int, replicate: int) -> list[str]:
    """Tell the history of an organisation."""
    member = "a member" if h.member else "not a member"
    lines = paragraph(
        f"Organisation {name}: {h.hcps} professionals, {member} of the cooperation network. Seed {seed}, "
        f"replicate {replicate}."
    )
    if h.deployed is None:
        told_of = [f"It never starts to use the tool. {_turns(h)}"]
    else:
        told_of = [" ".join(_use(h)), _turns(h)]
    for text in filter(None, told_of):
        lines += ["", *paragraph(text)]
    return lines
