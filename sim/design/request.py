"""What is asked, checked: the one place where command line, Python and notebooks become a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from sim.design.axes import Axis, what_changes
from sim.design.block import Block, read_block
from sim.design.csv_files import changed_files, data_files, resolve_file
from sim.design.folders import plural, shipped_folder
from sim.design.points import check_points, without_effect
from sim.design.policy_files import Policies, named_policies, own_policies, remarks
from sim.design.posterior import Worlds, posterior_worlds, sample_of
from sim.design.uncertain import KIND, every_axis, in_many_worlds
from sim.policies.kinds import KINDS, POLICY, SHOCK
from sim.tables.checks import NONE, check_each, check_settings, name_of, once_each
from sim.tables.errors import UserError, collected
from sim.tables.limits import check_together, limited_paths
from sim.tables.messages import listed, printable, show
from sim.tables.only_with import ONLY_WITH
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import (
    ASSUMPTIONS,
    CROSSED_AXES,
    DESIGN_KINDS,
    POSTERIOR,
    SAMPLED_KINDS,
    SEARCH_SETTINGS,
    SETTINGS,
    STUDIES,
    TEXT_KEYS,
    WORLDS,
)

PYTHON = "python"  # what is asked for without a command
# What is compared, where nothing says what to do with values that vary: title, question
COMPARED = {
    "policy": ("Policies", "Which policy sustains adoption?"),
    "shock": ("Shocks", "What does each shock change?"),
}
FILE_PARAMETERS = tuple(p.path for p in PARAMETERS.values() if p.kind == "file")


@dataclass(frozen=True)
class Request:
    """What a study is handed: everything checked, nothing left to guess."""

    experiment: str  # name of its file, "baseline", or PYTHON
    study: str  # one of STUDIES
    title: str  # untrusted text, like the question: escape it in HTML
    question: str
    settings: dict[str, Any]  # one entry per row of SETTINGS
    values: dict[str, Any]  # one entry per row of the parameter table, at the base point
    axes: tuple[Axis, ...] = ()  # what varies; empty for a single point
    design_kind: str = "grid"  # how axes make points, one of DESIGN_KINDS
    notes: list[str] = field(default_factory=list)  # what the user should be told
    command: str = "python -m sim"  # makes this request again
    samples: int | None = None  # number of points of a sampled design
    seeds: str = "common"  # whether points share their luck: one of SEEDS
    policies: Policies = field(default_factory=dict)  # what `policy` and `shock` name
    data_files: dict[str, str] = field(default_factory=dict)  # path -> hash of its content
    # one entry per row of the options that the study, or the design, has
    options: dict[str, Any] = field(default_factory=dict)
    worlds: Worlds = Worlds()  # that all points are run in
    # points beside those of the design, which a study asked for once it had seen others
    more: tuple[Mapping[str, Any], ...] = ()
    asked: Request | None = None  # what was asked for, where a search has added to it

    @property
    def replicates(self) -> int:
        """Runs of each point, of many worlds in each."""
        return self.worlds.each if self.worlds.many else int(self.settings["replicates"])


def build_request(
    content: Mapping[str, Any],
    *,
    name: str = PYTHON,
    command: str = "python -m sim",
    single: Mapping[str, Any] | None = None,
    axes: Mapping[str, Any] | None = None,
    start: str | None = None,
    folders: Sequence[Path] = (),
    written_in: Mapping[str, Sequence[Path]] | None = None,
    notes: Iterable[str] = (),
) -> Request:
    """Check what is asked for, all of it, and return it as a request.

    `content` holds, under `title`, `question`, `study`, `design`, `options`, `settings`,
    `parameters`, and HELD_KEYS, what files or Python ask for; all but `study` may be left out. `single` and
    `axes` (parameter -> value, or form of an axis) come from the command line and win over it.
    Where values vary though nobody has said what to do with them, policies and shocks are compared,
    and all else is swept; `start` is the title of the scenario, or empty, if nothing has another
    title: then the study's own stands there, with its question. A relative path is looked up in
    the folders that `written_in` has for its parameter, then where the program runs.
    All mistakes are raised at once, one line each.
    """
    single, notes, folders = single or {}, list(notes), folders or [shipped_folder()]
    problems: list[str] = []
    title, question = (_text(key, content.get(key, ""), problems) for key in ("title", "question"))
    study = name_of("study", content.get("study", "simulate"), STUDIES, problems)
    options = content.get("options") or {}
    if not isinstance(options, dict):
        problems.append(f"options={show(options)}: is not a mapping of names to values")
        options = {}
    settings = check_settings(content.get("settings", {}), problems)
    given = once_each(content.get("parameters", {}), problems=problems)
    values = check_each(PARAMETERS, {**given, **single}, problems)
    for key in FILE_PARAMETERS:
        if isinstance(path := values.get(key), str):
            near = () if key in single else (written_in or {}).get(key, ())
            with collected(problems):
                values[key] = resolve_file(key, path, near)
    of_study = STUDIES.get(study, STUDIES["sweep"])
    design, block = content.get("design", {}), Block(of_study.designs[0])
    wrong: list[str] = []
    drawn = block.kind in SAMPLED_KINDS
    if axes or drawn or design not in ({}, {"axes": {}}):  # else nothing varies
        block = read_block(design, axes or {}, single, folders, block.kind, wrong)
    problems += wrong
    if not wrong:
        limited = {path: values[path] for path in limited_paths() if path in values}
        problems += check_points(limited, block.axes, block.kind)
    asked = [path for path in (*given, *single) if path in ONLY_WITH]
    if not problems and (asked or block.axes):
        problems, idle = without_effect(values, block.axes, block.kind, asked)
        notes += idle
    notes += block.notes
    made, kind, samples = block.axes, block.kind, block.samples
    if of_study.screens and not made and not problems:
        made = every_axis(values, single)
        notes.append(f"{len(made)} parameters vary, each over what is plausible of it")
    if made and study == "simulate":
        # at the same values of all else, and under the same luck
        paired = block.seeds == "common" and kind in ("grid", *SAMPLED_KINDS)
        varied = {axis.name for axis in made if paired and len(axis) > 1}
        study = "compare" if varied & COMPARED.keys() else "sweep"
        if "study" in content and name != PYTHON:  # somebody has typed or written it
            notes.append(f"values vary, so the study is {study} instead of simulate")
    if study != "simulate" and (start is not None or "question" not in content):
        what, question = _asks(study, made)
        title = title if start is None else f"{start}, {what.lower()}" if start else what
    own, policies, last = _acting(content, values, made, folders, problems)
    if not problems:
        problems += islice(_unanswered(study, settings, kind, block.seeds, made), 1)
    known = of_study.options or (DESIGN_KINDS[kind].options if kind else {})
    if options and not known:
        option, value = next(iter(options.items()))
        if not problems:
            problems.append(f"options.{option}={show(value)}: study {study} has no options")
    else:
        options = check_each(known, options, problems)
        if "many" in options and not problems:  # nobody can begin with a tool that is not there
            problems += check_together({**values, "population.initial_adopters": options["many"]})
    named = {key: values.get(key) for key in FILE_PARAMETERS}
    sample = sample_of(settings.get("posterior"))
    files = data_files({**named, "posterior": sample}, made)
    with collected(problems):
        notes += changed_files(content.get("data_files"), files)
    if problems:
        raise UserError(list(dict.fromkeys(problems)))
    notes += remarks(policies, own, folders, last)
    worlds = Worlds()
    if sample is not None or settings["uncertainty"] == POSTERIOR:
        worlds, more = posterior_worlds(study, settings, (*given, *single), made)
        settings |= {"uncertainty": POSTERIOR, "worlds": len(worlds.settings)}
        settings["posterior"] = sample and str(Path(sample).parent)
        notes += more
    elif settings["uncertainty"] == ASSUMPTIONS:
        samples = settings["worlds"] = settings["worlds"] or WORLDS[ASSUMPTIONS]
        made, more = in_many_worlds(study, settings, values, made, kind)
        kind = KIND
        notes += more
    return Request(
        experiment=name,
        study=study,
        title=title,
        question=question,
        settings=settings,
        values=values,
        axes=made,
        design_kind=kind,
        notes=notes,
        command=command,
        samples=samples,
        seeds=block.seeds,
        policies=policies,
        data_files=files,
        options=options,
        worlds=worlds,
    )


def _asks(study: str, axes: Sequence[Axis]) -> tuple[str, str]:
    """Return the title and the question of a study that nothing gives others to."""
    varied = [axis.name for axis in axes]
    if study == "compare" and (compared := next((n for n in COMPARED if n in varied), None)):
        return COMPARED[compared]
    row = STUDIES.get(study, STUDIES["sweep"])
    return row.title, row.question or what_changes(axes)


def _acting(
    content: Mapping[str, Any],
    values: Mapping[str, Any],
    axes: Iterable[Axis],
    folders: Sequence[Path],
    problems: list[str],
) -> tuple[Policies, Policies, int]:
    """Return policies and shocks given, those that any point names, and the last month of all points.

    Names are looked up before it is asked whether they are enough: of a misspelt one nobody wants to
    hear that it is alone.
    """
    given = {kind: content.get(plural(kind)) for kind in KINDS}
    own = own_policies(given[POLICY], given[SHOCK], problems)
    named = {(kind, n) for kind, of in given.items() if isinstance(of, Mapping) for n in of}
    usual = {"horizon": 0, **dict.fromkeys(KINDS, NONE)}  # of what is wrong nothing is known
    changes = ({}, *(setting for axis in axes for setting in axis.settings))
    acting = [{k: c.get(k, values.get(k, x)) for k, x in usual.items()} for c in changes]
    found: Policies = {}
    with collected(problems):
        found = named_policies(acting, folders, own, named - own.keys())
    return own, found, max(x["horizon"] for x in acting)


def _text(key: str, value: Any, problems: list[str]) -> str:
    if isinstance(value, str):
        return printable(value)
    problems.append(f"{key}={show(value)}: is not a text; allowed is {TEXT_KEYS[key]}")
    return ""


def _unanswered(
    study: str, settings: Mapping[str, Any], kind: str, seeds: str, axes: tuple[Axis, ...]
) -> Iterator[str]:
    """Yield why a study has no answer to a design, as the tables of both know."""
    row, varied = STUDIES[study], max(map(len, axes), default=0)
    if row.searches:
        yield from _not_searched(study, settings, axes)
        return
    listed = [axis for axis in axes if kind not in SAMPLED_KINDS or axis.name in CROSSED_AXES]
    if row.grows and settings["shard"] is not None:
        yield (
            f"shard={settings['shard']}: of study={study} the first runs decide on the others; allowed "
            "is shard=null"
        )
    if kind not in row.designs:
        designs = " or ".join(row.designs)
        yield f"design.kind={kind}: study={study} has no answer to such a design; allowed is {designs}"
    if other := [axis.name for axis in axes if row.axes and axis.name not in row.axes]:
        yield f"{other[0]}: study={study} varies {' and '.join(row.axes)} alone; give a single value"
    if row.compares and seeds != "common":
        yield f"design.seeds={seeds}: study={study} pairs runs of the same luck; allowed is common"
    words = [axis for axis in axes if not axis.numeric]
    if row.grows and words:
        name, other = words[0].name, words[0].values[0]
        yield f"axis {name}: study={study} moves numbers; allowed is one value, such as {name}={other}"
    if max(map(len, listed if row.compares else axes), default=0) < row.values:
        yield f"study={study}: {row.otherwise}"
    if row.values and not row.compares and varied < DESIGN_KINDS[kind].values:
        yield (
            f"design.kind={kind}: no axis has more than one value; needed are two or more, such as "
            "process.training=[0,0.1]"
        )
    drawn = kind in SAMPLED_KINDS and settings["uncertainty"] != ASSUMPTIONS
    if drawn and len(listed) == len(axes):
        yield (
            f"design.kind={kind}: samples between two numbers, and no axis has them; needed is one, "
            "such as process.training={low:0,high:0.1}"
        )


def _not_searched(study: str, settings: Mapping[str, Any], axes: tuple[Axis, ...]) -> Iterator[str]:
    """Yield what a search, which is around one world, has no use for."""
    if axes:
        yield f"{axes[0].name}: study={study} searches around one world; give single values"
    for key, value in settings.items():
        if key not in SEARCH_SETTINGS and value != SETTINGS[key].default:
            allowed = listed(SEARCH_SETTINGS)
            yield f"{key}={show(value)}: is not used by study={study}; allowed are {allowed}"
