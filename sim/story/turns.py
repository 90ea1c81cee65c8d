"""Which levers come into force at one organisation, and which go, by the kernel's own table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.policies.lever_table import LEVERS, Lever
from sim.reports import titles
from sim.tables.factors import GROUP_NAMES, QUALITIES

NOUNS = {quality.name: quality.noun for quality in QUALITIES}
# What is told of the first month in force, and of the first one that no longer is (empty: nothing).
# Not in the table of levers: that is hashed with the model, which words do not change.
# A lever of one quality, such as workshop.value, is told as its family.
WORDS = {
    "co_design": (
        "co-design begins: professionals and AI experts may meet more often",
        "co-design ends",
    ),
    "interdisciplinary_experts": (
        "more AI experts know clinical work",
        "the additional interdisciplinary experts leave",
    ),
    "training": ("more training is offered", "the additional training ends"),
    "onboarding": ("onboarding begins: newcomers may be trained at once", "onboarding ends"),
    "quality_work.": (
        "a team begins to work on {quality}",
        "the team that worked on {quality} stops",
    ),
    "workshop.": ("workshops on {quality} begin", "the workshops on {quality} end"),
    "workshop": ("alignment workshops begin", "the alignment workshops end"),
    "network": ("the cooperation network is widened", "the cooperation network shrinks again"),
    "sustained_funding": ("sustained funding begins", "sustained funding ends"),
    "phased_roll_out": ("the roll-out is pushed", "the roll-out is no longer pushed"),
    "champions": ("champions are sought, once the tool is in use", "no more champions are sought"),
    "adverse_evidence": ("adverse evidence: news of the tool costs everybody trust", ""),
    "regulation": (
        "regulation: nobody may begin before the tools in use are private enough",
        "the regulation ends",
    ),
    "budget_cut": ("the budget for work on the tool is cut", "the budget cut ends"),
    "model_failure": ("the model begins to fail more often", "the model failure is mended"),
    "staff_exodus": ("a staff exodus begins: more professionals leave", "the staff exodus ends"),
}


class Turn(NamedTuple):
    """A lever that begins, ends, or acts more or less strongly than the month before."""

    month: int
    lever: Lever
    before: float  # of all policies and shocks together; 0 where it is not in force
    after: float


def for_group(group: str) -> set[int]:
    """Return the columns of the table that matter to HCPs of a group."""
    number = GROUP_NAMES.index(group)
    return {
        column
        for lever in LEVERS.values()
        for k, column in enumerate(lever.columns)
        if not lever.by_group or k == number
    }


def of_columns(columns: Sequence[int]) -> list[Lever]:
    """Return the fewest levers that are written to these columns of the kernel's table."""
    left = set(columns)
    found = []
    for lever in sorted(LEVERS.values(), key=lambda lever: -len(lever.columns)):
        own = left & set(lever.columns)
        if own and (lever.by_group or len(own) == len(lever.columns)):
            found.append(lever)
            left -= own
    return sorted(found, key=list(LEVERS.values()).index)


def turns_between(
    month: int, before: np.ndarray, after: np.ndarray, columns: set[int] | None = None
) -> list[Turn]:
    """Return what changes between two months' rows of the table of levers, in some columns or all."""
    by_step: dict[tuple[float, float], list[int]] = {}
    for column in np.flatnonzero(before != after).tolist():
        if columns is None or column in columns:
            step = float(before[column]), float(after[column])
            by_step.setdefault(step, []).append(column)
    return [
        Turn(month, lever, old, new)
        for (old, new), found in by_step.items()
        for lever in of_columns(found)
    ]


def words_of(lever: Lever) -> tuple[str, str]:
    """Return what is told when a lever begins and ends."""
    family, dot, quality = lever.name.partition(".")
    begins, ends = (
        text.format(quality=NOUNS.get(quality, quality)) for text in WORDS[family + dot]
    )
    return begins, ends


def told(turn: Turn) -> str:
    """Return a turn in words; empty where there is nothing to tell."""
    lever, strength = turn.lever, turn.lever.told(turn.after)
    if not turn.after:
        return words_of(lever)[1]
    if not turn.before:
        return f"{words_of(lever)[0]} ({strength})"
    how = "stronger" if turn.after > turn.before else "weaker"
    return f"{titles.within(lever.title)} becomes {how} ({strength})"
