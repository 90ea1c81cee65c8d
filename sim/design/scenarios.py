"""Scenarios: parameters, and the words about them that stand in the same file.

A scenario's file holds parameters. It may also hold a title, the question it teaches, a story and
a handout: questions for a class. The words are checked and taken out here, before parameters are.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.design.folders import available, find, shipped_folder
from sim.design.yaml_scan import SCENARIO_WORDS, scan
from sim.tables.checks import flatten
from sim.tables.errors import UserError
from sim.tables.messages import show, unknown

HANDOUT_KEYS = ("reading", "what_if")
WHAT_IF_KEYS = ("question", "change")
READING_QUESTIONS = 2
# A handout has two pages, and a list one line.
LONGEST = {"title": 60, "question": 100, "story": 760, "reading": 220, "what_if": 200}
# A number in a story would be a second place for a parameter.
_NUMBER = re.compile(r"[0-9]")


@dataclass(frozen=True)
class WhatIf:
    """A question that the program answers.

    Attributes
    ----------
    question : str
    change : str
        What is added to the scenario's command, such as `process.training=0.1`.
    """

    question: str
    change: str


@dataclass(frozen=True)
class Words:
    """What a scenario's file says beside its parameters; empty where it says nothing."""

    title: str = ""
    question: str = ""
    story: str = ""
    reading: tuple[str, ...] = ()
    what_if: WhatIf | None = None


@dataclass(frozen=True)
class Scenario:
    """One scenario.

    Attributes
    ----------
    name : str
    words : Words
    parameters : dict
        path -> value of what the file sets; not yet checked against the parameter table.
    folder : str or None
        The user's folder of configuration that has to be named to find it.
    """

    name: str
    words: Words
    parameters: dict[str, Any] = field(default_factory=dict)
    folder: str | None = None

    @property
    def command(self) -> str:
        """The command that runs it."""
        own = [] if self.folder is None else ["--config-dir", self.folder]
        return shlex.join(["python", "-m", "sim", *own, f"scenario={self.name}"])

    @property
    def what_if_command(self) -> str:
        """The command that answers its what-if question; empty if it has none."""
        return f"{self.command} {self.words.what_if.change}" if self.words.what_if else ""


def take_words(name: str, content: dict[str, Any]) -> Words:
    """Take title, question, story and handout out of a scenario's content, checked.

    Raises
    ------
    UserError
        With all mistakes at once, one line each.
    """
    where = f"scenario {name}"
    problems: list[str] = []
    found = {key: content.pop(key, None) for key in SCENARIO_WORDS}
    handout = found.pop("handout")
    texts = {key: _text(where, key, value, problems) for key, value in found.items()}
    if _NUMBER.search(texts["story"]):
        problems.append(
            f"{where}: story={show(texts['story'])}: holds a number; allowed are words, the numbers "
            "are those of the parameters"
        )
    reading: tuple[str, ...] = ()
    what_if = None
    if handout is not None:
        for key in ("title", "question", "story"):
            if not texts[key]:
                problems.append(f"{where}: {key} is missing; a scenario with a handout needs it")
            problems += _too_long(where, key, texts[key])
        reading, what_if = _handout(where, handout, problems)
    if problems:
        raise UserError(problems)
    return Words(texts["title"], texts["question"], texts["story"], reading, what_if)


def _text(where: str, key: str, value: Any, problems: list[str]) -> str:
    """Return a text with single spaces; empty for None."""
    if value is None:
        return ""
    if not isinstance(value, str) or not value.strip():
        problems.append(f"{where}: {key}={show(value)}: is not a text")
        return ""
    return " ".join(value.split())


def _too_long(where: str, key: str, text: str) -> list[str]:
    """Return the line for a text that would push a handout beyond its two pages."""
    longest = LONGEST[key.removeprefix("handout.").split(".")[0]]
    if len(text) <= longest:
        return []
    return [
        f"{where}: {key}={show(text)}: has {len(text)} characters; allowed are {longest}, so that "
        "a handout keeps to its two pages"
    ]


def _keys(where: str, key: str, value: Any, known: Sequence[str], problems: list[str]) -> bool:
    """Whether a value is a mapping of exactly these keys."""
    if not isinstance(value, Mapping):
        problems.append(
            f"{where}: {key}={show(value)}: needed are {' and '.join(known)} beneath it"
        )
        return False
    for name in value:
        if name not in known:
            problems.append(
                f"{where}: {unknown(f'{key}.{name}', [f'{key}.{k}' for k in known], 'key')}"
            )
    missing = [name for name in known if name not in value]
    problems += [f"{where}: {key}.{name} is missing" for name in missing]
    return not missing


def _handout(
    where: str, handout: Any, problems: list[str]
) -> tuple[tuple[str, ...], WhatIf | None]:
    if not _keys(where, "handout", handout, HANDOUT_KEYS, problems):
        return (), None
    given, what_if = handout["reading"], handout["what_if"]
    if not isinstance(given, list) or len(given) != READING_QUESTIONS:
        problems.append(
            f"{where}: handout.reading={show(given)}: allowed is a list of {READING_QUESTIONS} "
            "questions"
        )
        given = []
    reading = tuple(_text(where, "handout.reading", text, problems) for text in given)
    for text in reading:
        problems += _too_long(where, "handout.reading", text)
    if not _keys(where, "handout.what_if", what_if, WHAT_IF_KEYS, problems):
        return reading, None
    question, change = (
        _text(where, f"handout.what_if.{key}", what_if[key], problems) for key in WHAT_IF_KEYS
    )
    problems += _too_long(where, "handout.what_if.question", question)
    return reading, WhatIf(question, change)


def read_scenario(name: str, folders: Sequence[Path] | None = None) -> Scenario:
    """Return the scenario of a name, from the first folder that has it.

    Parameters
    ----------
    name : str
    folders : sequence of Path, optional
        Configuration folders, a user's first; the shipped one if None.

    Raises
    ------
    UserError
        For a name that does not exist, and for every mistake in its words.
    """
    path = find("scenario", show(name), list(folders or [shipped_folder()]))
    content = scan(path, "scenario").content
    words = take_words(name, content)
    return Scenario(name, words, dict(flatten(content)))


def teaching_scenarios(folders: Sequence[Path] | None = None) -> list[Scenario]:
    """Return the scenarios that have a handout, by name."""
    folders = list(folders or [shipped_folder()])
    found = [read_scenario(name, folders) for name in sorted(available("scenario", folders))]
    return [scenario for scenario in found if scenario.words.what_if]
