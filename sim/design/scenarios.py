"""Scenarios: parameters, and the words about them that stand in the same file.

A scenario's file holds parameters. It may also hold a title, the question it teaches, a story and
a handout: questions for a class. The words are checked and taken out here, before parameters are.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field, PlainValidator, ValidationInfo, field_validator

from sim.design.folders import available, find, shipped_folder
from sim.design.yaml_file import SCENARIO_WORDS, read_yaml
from sim.outcomes.table import OUTCOMES
from sim.tables.checks import NotAllowed, flatten
from sim.tables.file_models import FileModel, Missing, PartNotAllowed, checked_content, number
from sim.tables.messages import printable, show, unknown

READING_QUESTIONS, MOST_AIMS = 2, 3
# A handout has two pages and its key one, and a list one line.
LONGEST = {
    "title": 60, "question": 100, "story": 760, "reading": 220, "what_if": 200, "aims": 110,
    "answers": 420,
}  # fmt: skip
# What an answer may hold in place of a number, which is then that of the runs
FOUND = re.compile(r"\{(mean|interval|range) of ([a-z0-9_.]+)\}")


def _text(value: Any) -> str:
    """Return a text with single spaces; empty for None."""
    if value is None:
        return ""
    if not isinstance(value, str) or not value.strip():
        raise PartNotAllowed("is not a text", value)
    return printable(" ".join(value.split()))


def _short(key: str, value: Any) -> str:
    """Return a text that keeps a handout to its two pages."""
    text = _text(value)
    if len(text) > LONGEST[key]:
        reason = f"has {len(text)} characters; allowed are {LONGEST[key]}"
        raise PartNotAllowed(f"{reason}, so that a handout keeps to its two pages", text)
    return text


def _texts(key: str, numbers: Container[int], allowed: str, given: Any) -> tuple[str, ...]:
    """Return short texts, of which there may be so many."""
    if not isinstance(given, list) or len(given) not in numbers:
        raise NotAllowed(f"allowed is a list of {allowed}")
    return tuple(_short(key, text) for text in given)


_reading = partial(_texts, "reading", (READING_QUESTIONS,), f"{READING_QUESTIONS} questions")
_aims = partial(_texts, "aims", range(1, MOST_AIMS + 1), f"1 to {MOST_AIMS} aims")


def _answers(given: Any) -> tuple[str, ...]:
    """Return answers to the questions, in their order; a number in one is that of the runs."""
    many = READING_QUESTIONS + 1
    answers = _texts("answers", (many,), f"{many} answers, the last to what_if", given)
    for text in answers:
        for _, name in FOUND.findall(text):
            if name not in OUTCOMES:
                raise NotAllowed(unknown(name, OUTCOMES, "outcome"))
        if re.search(r"[0-9{}]", FOUND.sub("", text)):
            raise PartNotAllowed(
                "holds a number or a bracket; allowed are words, and {mean of NAME}, {interval of "
                "NAME} or {range of NAME} of an outcome",
                text,
            )
    return answers


class WhatIf(FileModel):
    """A question that the program answers; `change` is what is added to the scenario's command."""

    needed: ClassVar[str] = "needed are question and change beneath it"
    question: Annotated[str, PlainValidator(partial(_short, "what_if"))]
    change: Annotated[str, PlainValidator(_text)]


class Handout(FileModel):
    """Questions for a class."""

    needed: ClassVar[str] = "needed are reading and what_if beneath it"
    reading: Annotated[tuple[str, ...], PlainValidator(_reading)]
    what_if: WhatIf
    minutes: Annotated[
        int | None, PlainValidator(number(1, 1000, whole="whole number of minutes"))
    ] = None
    aims: Annotated[tuple[str, ...], PlainValidator(_aims)] = ()
    answers: Annotated[tuple[str, ...], PlainValidator(_answers)] = ()


class Words(FileModel):
    """What a scenario's file says beside its parameters; empty where it says nothing."""

    handout: Handout | None = None  # first, for it decides how the others are checked
    title: str = Field(default="", validate_default=True)
    question: str = Field(default="", validate_default=True)
    story: str = Field(default="", validate_default=True)

    @field_validator("title", "question", "story", mode="plain")
    @classmethod
    def _words(cls, value: Any, info: ValidationInfo) -> str:
        name = str(info.field_name)
        text = "" if value == "" else _text(value)
        # a number in a story would be a second place for a parameter
        if name == "story" and re.search(r"[0-9]", text):
            reason = "holds a number; allowed are words, the numbers are those of the parameters"
            raise NotAllowed(reason)
        if info.data.get("handout", True) is None:
            return text
        if not text:
            raise Missing("a scenario with a handout needs it")
        return _short(name, text)


@dataclass(frozen=True)
class Scenario:
    """One scenario."""

    name: str
    words: Words
    # path -> value that the file sets, not yet checked
    parameters: dict[str, Any] = field(default_factory=dict)
    folder: str | None = None  # a user's, that has to be named to find it

    @property
    def command(self) -> str:
        """The command that runs it."""
        own = [] if self.folder is None else ["--config-dir", self.folder]
        return shlex.join(["python", "-m", "sim", *own, f"scenario={self.name}"])

    @property
    def what_if_command(self) -> str:
        """The command that answers its what-if question; empty if it has none."""
        handout = self.words.handout
        return f"{self.command} {handout.what_if.change}" if handout else ""


def take_words(name: str, content: dict[str, Any]) -> Words:
    """Take title, question, story and handout out of a scenario's content, checked."""
    said = {key: content.pop(key) for key in SCENARIO_WORDS if key in content}
    return checked_content(f"scenario {name}", Words, said)


def read_scenario(name: str, folders: Sequence[Path] | None = None) -> Scenario:
    """Return the scenario of a name, from the first folder that has it; the shipped one if None."""
    path = find("scenario", show(name), list(folders or [shipped_folder()]))
    content = read_yaml(path, "scenario").content
    words = take_words(name, content)
    return Scenario(name, words, dict(flatten(content)))


def teaching_scenarios(folders: Sequence[Path] | None = None) -> list[Scenario]:
    """Return the scenarios that have a handout, by name."""
    folders = list(folders or [shipped_folder()])
    found = [read_scenario(name, folders) for name in sorted(available("scenario", folders))]
    return [scenario for scenario in found if scenario.words.handout]
