"""One YAML file of configuration, read in one pass, with file and line of what it may not hold.

A stranger's file is data: no tag makes an object, no alias multiplies, and `${...}` is a text like
any other. What YAML silently turns into something else (010 is 8, 12:30 is 750) is a mistake.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from sim.design.folders import GROUP_NAMES, NAME
from sim.tables.checks import GROUPS
from sim.tables.errors import UserError
from sim.tables.messages import one_line, show, unknown
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import HELD_KEYS, SETTINGS, TEXT_KEYS

LARGEST_FILE = 1_000_000  # bytes
GLOBAL, SELF = "_global_", "_self_"
_TAG = "tag:yaml.org,2002:"
# What YAML takes for numbers of another base: 12:30, 010, 0x10
_NOT_DECIMAL = re.compile(
    r"[-+]?([0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?|0([0-9_]+|[xb][0-9a-fA-F_]+))"
)
# What people mostly did where YAML says this
_HINTS = {
    "mapping values are not allowed": "; each `key: value` needs a line of its own, and a text "
    "that holds a colon needs quotes around it",
    "found character '\\t'": "; indent with spaces, not with tabs",
    "could not find expected ':'": "; write `key: value`, with a space behind the colon",
}
_SECTIONS = GROUPS | {"design", "design.axes", "options"}
EXPERIMENT_KEYS = (
    *TEXT_KEYS,
    "design",
    "options",
    *HELD_KEYS,
    *SETTINGS,
    *dict.fromkeys(path.split(".")[0] for path in PARAMETERS),
)
# What a scenario says beside its parameters; sim.design.scenarios checks it.
SCENARIO_WORDS = ("title", "question", "story", "handout")
_KNOWN_KEYS = {
    "experiment": EXPERIMENT_KEYS,
    "scenario": tuple(dict.fromkeys((*EXPERIMENT_KEYS, *SCENARIO_WORDS))),
}


class YamlFile(NamedTuple):
    """What a file holds. `bases` is its list `defaults`: (group, name), its own place as `_self_`."""

    path: Path
    group: str
    package: str
    bases: list[tuple[str, str]]
    content: dict[str, Any]

    def placed(self) -> dict[str, Any]:
        """Return the content beneath the group that it belongs to, if it belongs to one."""
        return self.content if self.package == GLOBAL else {self.group: self.content}


class _Reader(yaml.SafeLoader):
    """Builds plain data, and collects mistakes: one of a line is enough."""

    def __init__(self, text: str, shown: str, group: str) -> None:
        super().__init__(text)
        self.shown, self.group = shown, group
        self.problems: dict[int, str] = {}
        self.bases = [(group, SELF)]

    def wrong(self, at: Any, text: str) -> None:
        """Note a mistake at a node, an event, or a line."""
        line = at if isinstance(at, int) else at.start_mark.line + 1
        self.problems.setdefault(line, f"{self.shown}, line {line}: {text}")

    def told(self) -> list[str]:
        """Return all mistakes, from the first line to the last."""
        return [self.problems[line] for line in sorted(self.problems)]

    def package(self, text: str) -> str:
        """Return what the first line names as `# @package`: where the content belongs."""
        match = re.match(r"#\s*@package\s+(\S+)", text)
        found = match[1] if match else self.group
        wanted = GLOBAL if self.group in ("experiment", "scenario") else self.group
        if found not in (GLOBAL, wanted):
            self.wrong(1, f"the first line must be `# @package {wanted}`, so that what the file "
                       "sets is found")  # fmt: skip
        return found

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse aliases before anything is built: they can multiply into gigabytes."""
        if self.check_event(yaml.AliasEvent):
            self.wrong(self.peek_event(), "aliases (*name) are not allowed; write the values out")
            raise UserError(self.told())
        return super().compose_node(parent, index)

    def plain(self, node: yaml.Node, trail: tuple[str, ...] = ()) -> Any:
        """Return the plain data of a node; `trail` are the keys above it."""
        if node.tag.startswith(("!", f"{_TAG}python", f"{_TAG}merge")):
            self.wrong(node, f"the tag {show(node.tag)} is not allowed; write plain values")
            return None
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, trail) for item in node.value]
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, trail)
        value = node.value
        if node.style is None and _NOT_DECIMAL.fullmatch(value):  # else quoted: text as it stands
            self.wrong(node, f"{value}: YAML does not read this as a decimal number; "
                       "write a plain number, or quotes around a text")  # fmt: skip
        try:
            return self.construct_object(node)
        except ValueError as error:  # a date that does not exist, for example
            reason = "a number has too many digits" if "digits" in str(error) else str(error)
            self.wrong(node, one_line(reason))
        except (LookupError, AttributeError):  # !!bool maybe, for example
            self.wrong(node, f"'{show(value)}': is no {node.tag.removeprefix(_TAG)}")
        return None

    def mapping(self, node: yaml.MappingNode, trail: tuple[str, ...]) -> dict[Any, Any]:
        """Return the dict of a node."""
        found: dict[Any, Any] = {}
        known = None if trail else _KNOWN_KEYS.get(self.group)
        seen: set[str] = set()
        before = ""
        for key_node, value in node.value:
            # {strength: 0,5} is for YAML a strength of 0 and a key 5 without a value
            number = str(key_node.value)
            if before.isdigit() and number.isdigit() and node.flow_style and not value.value:
                self.wrong(key_node, f"{before},{number}: a comma separates entries; decimals "
                           f"are written with a point: {before}.{number}")  # fmt: skip
            before = value.value if isinstance(value, yaml.ScalarNode) else ""
            if not isinstance(key_node, yaml.ScalarNode):
                self.wrong(key_node, "a key must be a plain word")
                continue
            key = self.plain(key_node)
            if key_node.value in seen:
                self.wrong(key_node, f"{show(key_node.value)} is given twice")
            seen.add(key_node.value)
            if (mistake := self.misplaced(key_node.value, value, trail)) is not None:
                self.wrong(key_node, mistake)
            if key == "defaults" and not trail:
                self.bases = self.defaults(value)
                continue
            found[key] = self.plain(value, (*trail, key_node.value))
            if known is not None and key_node.value not in known:
                noun = f"key of {'an' if self.group == 'experiment' else 'a'} {self.group}"
                self.wrong(key_node, unknown(show(key_node.value), known, noun))
        return found

    def misplaced(self, key: str, value: yaml.Node, trail: tuple[str, ...]) -> str | None:
        """Say what is wrong with a key where it stands."""
        inside = ".".join((*trail, key))
        if ":" in key and value.tag == f"{_TAG}null":
            name, _, rest = key.partition(":")
            return f"{show(key)}: leave a space behind the colon: {show(name)}: {show(rest)}"
        if "." in key and trail[:2] != ("design", "axes"):
            return (
                f"{show(key)}: write each part on its own line, indented beneath the one before, "
                "instead of dots"
            )
        if inside in _SECTIONS and not isinstance(value, yaml.MappingNode):
            return (
                f"{inside} is a group, not a value; put lines of the form `name: value` beneath it"
            )
        return None

    def defaults(self, node: yaml.Node) -> list[tuple[str, str]]:
        """Read a list `defaults`, of the few forms that are allowed."""
        bases: list[tuple[str, str]] = []
        if self.group not in ("experiment", "config"):
            self.wrong(node, "defaults: only a file of experiment/ may build on others")
            return bases
        for item in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            group, name = "", ""
            if isinstance(item, yaml.ScalarNode):
                group, name = self.group, item.value
            elif isinstance(item, yaml.MappingNode) and len(item.value) == 1:
                key, value = item.value[0]
                group, name = re.sub(r"^(override +)?/?", "", str(key.value)), str(value.value)
            if group not in GROUP_NAMES and group != "config":
                self.wrong(item, unknown(show(group), GROUP_NAMES, "group in defaults"))
            elif not NAME.fullmatch(name):
                self.wrong(item, f"{group}: {show(name)} is not a name; "
                           "a name is made of a-z, 0-9 and _")  # fmt: skip
            else:
                bases.append((group, name))
        own = (self.group, SELF)
        return bases if own in bases else [*bases, own]


def read_yaml(path: Path, group: str) -> YamlFile:
    """Read one file of a group, such as "experiment"; raises UserError, one line per mistake."""
    shown = one_line(str(path))
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UserError(f"{shown}: is larger than {LARGEST_FILE} bytes")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"{shown}: is not a text file in UTF-8; save it again as UTF-8") from None
    except OSError as error:
        raise UserError(f"{shown}: can not be read ({error.strerror})") from None
    try:
        reader = _Reader(text, shown, group)
        package = reader.package(text)
        node = reader.get_single_node()
        if node is not None and not isinstance(node, yaml.MappingNode):
            raise UserError(f"{shown}, line 1: needs lines of the form `key: value`")
        content = {} if node is None else reader.plain(node)
    except UserError:
        raise
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # "\UFFFFFFFF" is no letter
        mark = getattr(error, "problem_mark", None)
        at = f", line {mark.line + 1}" if mark else ""
        reason = str(getattr(error, "problem", None) or "can not be read")
        hint = next((hint for part, hint in _HINTS.items() if part in reason), "")
        raise UserError(f"{shown}{at}: is not YAML: {one_line(reason)}{hint}") from None
    except RecursionError:
        raise UserError(f"{shown}: is nested too deeply") from None
    if reader.problems:
        raise UserError(reader.told())
    return YamlFile(path, group, package, reader.bases, content)
