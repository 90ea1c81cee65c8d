"""Read a YAML file for what Hydra must not see, before Hydra sees it.

A stranger's file is composed, never run; still it may not hold anything that would reach the
environment, import code, or change where files are looked for. What YAML silently turns into
something else (010 is 8, 12:30 is 750) is a mistake here too. All with file and line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sim.design.folders import GROUP_NAMES, NAME
from sim.tables.checks import GROUPS
from sim.tables.errors import UserError
from sim.tables.messages import one_line, show, unknown
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import SETTINGS, TEXT_KEYS

LARGEST_FILE = 1_000_000  # bytes
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+")
_OTHER_BASE = re.compile(r"[-+]?0[xb][0-9a-fA-F_]+")
_FORBIDDEN_KEYS = ("hydra", "searchpath", "_target_", "_partial_", "_recursive_", "_args_")
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
    *SETTINGS,
    *dict.fromkeys(path.split(".")[0] for path in PARAMETERS),
)

# What a scenario says beside its parameters; sim.design.scenarios checks it.
SCENARIO_WORDS = ("title", "question", "story", "handout")
_KNOWN_KEYS = {
    "experiment": EXPERIMENT_KEYS,
    "scenario": tuple(dict.fromkeys((*EXPERIMENT_KEYS, *SCENARIO_WORDS))),
}


@dataclass
class Scanned:
    """What a file of configuration holds, and which others it builds on.

    Attributes
    ----------
    path : Path
    package : str or None
        The word after `# @package` in the first line.
    bases : list of (group, name)
        From its `defaults:` list.
    content : dict
        The plain data, without `defaults`.
    """

    path: Path
    package: str | None
    bases: list[tuple[str, str]] = field(default_factory=list)
    content: dict[str, Any] = field(default_factory=dict)


class _Scan:
    def __init__(self, path: Path, group: str) -> None:
        self.path, self.group = path, group
        self.problems: list[str] = []
        self.lines: set[int] = set()

    def wrong(self, node: yaml.Node | int, text: str) -> None:
        line = node if isinstance(node, int) else node.start_mark.line + 1
        if line in self.lines:  # one mistake of a line is enough
            return
        self.lines.add(line)
        self.problems.append(f"{one_line(str(self.path))}, line {line}: {text}")

    def scalar(self, node: yaml.ScalarNode) -> None:
        value = node.value
        if "${" in value:
            self.wrong(node, f"{show(value)}: references with ${{...}} are not allowed; "
                       "write the value itself")  # fmt: skip
        if node.style is not None:  # quoted: text as it stands
            return
        if _SEXAGESIMAL.fullmatch(value):
            self.wrong(node, f"{value}: YAML reads this as a number of base 60; "
                       "write a plain number, or quotes around a text")  # fmt: skip
        elif _LEADING_ZERO.fullmatch(value) or _OTHER_BASE.fullmatch(value):
            self.wrong(node, f"{value}: YAML does not read this as a decimal number; "
                       "leave out the leading zero")  # fmt: skip

    def visit(self, node: yaml.Node, trail: tuple[str, ...] = ()) -> None:
        if node.tag.startswith("!") or node.tag.startswith("tag:yaml.org,2002:python"):
            self.wrong(node, f"the tag {show(node.tag)} is not allowed; write plain values")
        if isinstance(node, yaml.ScalarNode):
            self.scalar(node)
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                self.visit(item, trail)
        elif isinstance(node, yaml.MappingNode):
            self.mapping(node, trail)

    def mapping(self, node: yaml.MappingNode, trail: tuple[str, ...]) -> None:
        seen: set[str] = set()
        before = ""
        for key_node, value in node.value:
            # {strength: 0,5} is for YAML a strength of 0 and a key 5 without a value
            if (
                before.isdigit()
                and str(key_node.value).isdigit()
                and node.flow_style
                and not value.value
            ):
                self.wrong(key_node, f"{before},{key_node.value}: a comma separates entries; decimals "
                           f"are written with a point: {before}.{key_node.value}")  # fmt: skip
            before = value.value if isinstance(value, yaml.ScalarNode) else ""
            if not isinstance(key_node, yaml.ScalarNode):
                self.wrong(key_node, "a key must be a plain word")
                continue
            self.scalar(key_node)
            key = key_node.value
            if key in seen:
                self.wrong(key_node, f"{show(key)} is given twice")
            seen.add(key)
            inside = ".".join((*trail, key))
            if key in _FORBIDDEN_KEYS or key.split(".")[0] == "hydra":
                self.wrong(key_node, f"{show(key)} is not allowed in a file of this program; "
                           "leave it out")  # fmt: skip
            elif ":" in key and value.tag == "tag:yaml.org,2002:null":
                name, _, rest = key.partition(":")
                self.wrong(key_node, f"{show(key)}: leave a space behind the colon: "
                           f"{show(name)}: {show(rest)}")  # fmt: skip
            elif "." in key and trail[:2] != ("design", "axes"):
                self.wrong(key_node, f"{show(key)}: write each part on its own line, "
                           "indented beneath the one before, instead of dots")  # fmt: skip
            elif inside in _SECTIONS and value.tag == "tag:yaml.org,2002:null":
                self.wrong(key_node, f"{inside} is empty; leave it out or put values beneath it")
            elif inside in _SECTIONS and not isinstance(value, yaml.MappingNode):
                self.wrong(key_node, f"{inside} is a group, not a value; "
                           "put lines of the form `name: value` beneath it")  # fmt: skip
            if not (not trail and key == "defaults"):
                self.visit(value, (*trail, key))

    def defaults(self, node: yaml.Node) -> list[tuple[str, str]]:
        """Read a `defaults:` list of the few forms that are allowed."""
        bases: list[tuple[str, str]] = []
        if self.group != "experiment":
            self.wrong(node, "defaults: only a file of experiment/ may build on others")
            return bases
        for item in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            if isinstance(item, yaml.ScalarNode):
                if item.value == "_self_":
                    continue
                target, name = self.group, item.value
            elif isinstance(item, yaml.MappingNode) and len(item.value) == 1:
                key, value = item.value[0]
                target = re.sub(r"^(override +)?/?", "", str(key.value))
                name = str(value.value)
            else:
                target, name = "", ""
            if target not in GROUP_NAMES:
                self.wrong(item, unknown(show(target), GROUP_NAMES, "group in defaults"))
            elif not NAME.fullmatch(name):
                self.wrong(item, f"{target}: {show(name)} is not a name; "
                           "a name is made of a-z, 0-9 and _")  # fmt: skip
            else:
                bases.append((target, name))
        return bases

    def header(self, text: str) -> str | None:
        """Return the package that the header names, and check that it is where it belongs."""
        package = None
        wanted = "_global_" if self.group in ("experiment", "scenario") else self.group
        for number, line in enumerate(text.splitlines(), 1):
            match = re.match(r"\s*#\s*@\s*(\w+)\s*(\S*)", line)
            if match and number > 1:
                self.wrong(number, "`# @package` must be the first line of the file")
            elif match:
                package = match[2]
                if match[1] != "package" or package not in ("_global_", wanted):
                    self.wrong(number, f"{show(line)}: allowed is `# @package {wanted}`")
        if wanted == "_global_" and package is None and not self.problems:
            self.wrong(1, "the first line must be `# @package _global_`, so that what the file "
                       "sets is found")  # fmt: skip
        return package


def scan(path: Path, group: str) -> Scanned:
    """Read one file of configuration and refuse what it may not hold.

    Parameters
    ----------
    path : Path
    group : str
        The group it belongs to, such as "experiment".

    Returns
    -------
    Scanned

    Raises
    ------
    UserError
        One line per mistake, each with file and line number.
    """
    shown = one_line(str(path))
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UserError(f"{shown}: is larger than {LARGEST_FILE} bytes")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"{shown}: is not a text file in UTF-8; save it again as UTF-8") from None
    except OSError as error:
        raise UserError(f"{shown}: can not be read ({error.strerror})") from None
    work = _Scan(path, group)
    package = work.header(text)
    try:
        # A stranger's aliases can multiply into gigabytes: refused before anything is built.
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1
                raise UserError(f"{shown}, line {line}: aliases (*name) are not allowed; "
                                "write the values out")  # fmt: skip
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if node is None:
            return Scanned(path, package)
        if not isinstance(node, yaml.MappingNode):
            raise UserError(f"{shown}, line 1: needs lines of the form `key: value`")
        work.visit(node)
        bases: list[tuple[str, str]] = []
        for key, value in node.value:
            if key.value == "defaults":
                bases = work.defaults(value)
            elif group in _KNOWN_KEYS and key.value not in _KNOWN_KEYS[group]:
                noun = f"key of {'an' if group == 'experiment' else 'a'} {group}"
                work.wrong(key, unknown(show(key.value), _KNOWN_KEYS[group], noun))
        if work.problems:
            raise UserError(work.problems)
        content = yaml.load(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = f", line {mark.line + 1}" if mark else ""
        reason = str(getattr(error, "problem", None) or "can not be read")
        hint = next((hint for part, hint in _HINTS.items() if part in reason), "")
        raise UserError(f"{shown}{at}: is not YAML: {one_line(reason)}{hint}") from None
    except RecursionError:
        raise UserError(f"{shown}: is nested too deeply") from None
    except ValueError as error:  # a date that does not exist, for example
        if isinstance(error, UserError):
            raise
        reason = "a number has too many digits" if "digits" in str(error) else str(error)
        raise UserError(f"{shown}: {one_line(reason)}") from None
    content.pop("defaults", None)
    return Scanned(path, package, bases, content)


def scan_with_bases(chosen: list[tuple[str, str, Path]], find: Any) -> list[Scanned]:
    """Scan the chosen files and every file they build on, bases first.

    Parameters
    ----------
    chosen : list of (group, name, path)
    find : callable (group, name) -> Path
        Raises UserError for a name that does not exist.

    Raises
    ------
    UserError
        Of the first file with mistakes; also when files build on each other in a circle.
    """
    done: dict[Path, Scanned] = {}
    order: list[Scanned] = []

    def follow(group: str, path: Path, above: tuple[Path, ...]) -> None:
        if path in above:
            raise UserError(f"{one_line(str(path))}: builds on itself; remove it from defaults")
        if path in done:
            return
        scanned = scan(path, group)
        for base_group, base in scanned.bases:
            follow(base_group, find(base_group, base), (*above, path))
        done[path] = scanned
        order.append(scanned)

    for group, _, path in chosen:
        follow(group, path, ())
    return order
