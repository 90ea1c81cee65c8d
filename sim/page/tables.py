"""Everything that the page's scripts need of Python, as one JSON: no script states a number again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import stdtrit

from sim.analysis import loops
from sim.analysis.intervals import CONFIDENCE, of_many
from sim.design.folders import available, shipped_folder
from sim.design.policy_files import named_policies
from sim.design.posterior import posterior_worlds
from sim.design.scenarios import read_scenario
from sim.ensembles.model_version import model_version
from sim.model import inputs, levers
from sim.model.inputs import RECORD
from sim.outcomes.columns import PATHS
from sim.outcomes.table import GOAL, HEADLINE, OUTCOMES, PLACES
from sim.page.exports import EXPORTS
from sim.page.texts import WORDS
from sim.policies import cost
from sim.policies.kinds import KINDS, names_in
from sim.policies.lever_table import LEVERS
from sim.policies.policy import LAST_MONTH, content_of
from sim.reports.month_figures import COLOURS_OF_PLACES
from sim.reports.what_if import MOST_HCPS
from sim.tables import limits, nasss
from sim.tables.checks import NONE
from sim.tables.factors import FACTORS, GROUPS
from sim.tables.parameters import PARAMETERS, SUM_TOLERANCE, Parameter
from sim.tables.plausible import FREE, plausible
from sim.tables.settings import POSTERIOR, SETTINGS
from sim.tables.version import __version__

TRIED = 16  # runs of what might help
MOST_RUNS = 200  # more than the page asks for: each needs a quantile


def module_version() -> str:
    """Return what a module is made of: the version of the model, and a hash of what else it holds."""
    digest = hashlib.sha256()
    for path in (Path(__file__).with_name("exports.py"), Path(loops.__file__)):
        digest.update(path.read_bytes())
    return f"{model_version()}.{digest.hexdigest()[:8]}"


def tables() -> dict[str, Any]:
    """Return the tables; their shape is what `web/engine.js` reads."""
    return {
        "words": WORDS,
        "version": __version__,
        "model": module_version(),
        "seed": SETTINGS["seed"].default,
        "replicates": SETTINGS["replicates"].default,
        "most_hcps": MOST_HCPS,
        "most_runs": MOST_RUNS,
        "last_month": LAST_MONTH,
        "currency": PARAMETERS["cost.currency"].default,
        "headline": HEADLINE,
        "goal": GOAL,
        "parameters": {path: _parameter(p) for path, p in PARAMETERS.items()},
        "factors": [{**vars(factor), "path": factor.path} for factor in FACTORS],
        "levers": {name: vars(lever) for name, lever in LEVERS.items()},
        "shipped": {kind: _policies(kind) for kind in KINDS},
        "scenarios": {name: _scenario(name) for name in available("scenario", [shipped_folder()])},
        "outcomes": {name: _outcome(name) for name in OUTCOMES},
        "places": [
            {**place._asdict(), "colour": colour}
            for place, colour in zip(PLACES, COLOURS_OF_PLACES, strict=True)
        ],
        "columns": PATHS,
        "nasss": {
            "domains": nasss.DOMAINS,
            "ratings": nasss.RATINGS,
            "questions": [
                {**q._asdict(), "domain": q.domain, "mapped": q.name in nasss.MAPPED}
                for q in nasss.QUESTIONS.values()
            ],
            "mapping": [
                {
                    "question": line.question,
                    "levels": {path: line.levels(path) for path in line.paths},
                }
                for line in nasss.MAPPING
            ],
        },
        "groups": [{"name": name, "title": title} for name, title in GROUPS.items()],
        "posterior": {"paths": FREE, "rows": _posterior()},
        "limits": _limits(),
        "quantiles": [None, *_student(MOST_RUNS)],
        "tried": _tried(),
        "layout": {
            "parameters": {
                path: _place(p)
                for path, p in PARAMETERS.items()
                if p.numeric or p.kind == "choice"
            },
            "record": RECORD.itemsize,
            "rows": _fields(levers.ROW),
            "costs": _fields(cost.ROW),
        },
        "exports": {
            name: [[argument, *_type(kind)] for argument, kind in export.arguments.items()]
            for name, export in EXPORTS.items()
        },
    }  # fmt: skip


def _parameter(p: Parameter) -> dict[str, Any]:
    told = {
        name: getattr(p, name)
        for name in (
            "title", "unit", "low", "high", "default", "kind", "choices", "meaning", "source", "of",
        )
    }  # fmt: skip
    usual = plausible(p.path) if p.kind in ("float", "integer") else None
    return {**told, "allowed": p.allowed(), "plausible": usual}


def _outcome(name: str) -> dict[str, Any]:
    row = OUTCOMES[name]
    low, high = row.bounds
    return {
        "title": row.title, "unit": row.unit, "better": row.better, "over": row.over,
        "low": low, "high": None if np.isinf(high) else high,
    }  # fmt: skip


def _policies(kind: str) -> dict[str, dict[str, Any]]:
    folders = [shipped_folder()]
    names = sorted(available(kind, folders))
    nothing = dict.fromkeys(KINDS, NONE)
    found = named_policies([nothing | {kind: name} for name in names], folders)
    return {
        name: {"title": p.title, "levers": content_of(p)["levers"]}
        for (_, name), p in found.items()
    }


def _scenario(name: str) -> dict[str, Any]:
    scenario = read_scenario(name)
    settings = dict(scenario.parameters)
    acting = {kind: names_in(settings.pop(kind, NONE)) for kind in KINDS}
    words = {"title": scenario.words.title, "question": scenario.words.question}
    return {**words, "settings": settings, "acting": acting}


def _posterior() -> list[list[float]]:
    settings = {POSTERIOR: None, "worlds": None, "replicates": MOST_RUNS}
    worlds, _ = posterior_worlds("simulate", settings, (), ())
    return [[world[path] for path in FREE] for world in worlds.settings]


def _student(most: int, confidence: float = CONFIDENCE) -> list[float]:
    """Return quantiles of Student's t for 1, 2, ... degrees of freedom."""
    return [float(x) for x in stdtrit(np.arange(1.0, most), 0.5 + confidence / 2)]


def _tried() -> dict[str, Any]:
    """Return in how many runs each thing is tried that might help, and quantiles for so many looks."""
    most = len(FACTORS) + len(available("policy", [shipped_folder()]))
    quantiles = [[None, *_student(TRIED, of_many(looks))] for looks in range(1, most + 1)]
    return {"runs": TRIED, "quantiles": quantiles}


def _place(p: Parameter) -> int:
    """Return where a parameter stands in the kernel's record, in bytes."""
    field, shape, place = inputs._field(p)
    kind, offset = RECORD.fields[field][:2]  # type: ignore[index]
    item = kind.base.itemsize
    return offset + item * (int(np.ravel_multi_index(place, shape)) if shape else 0)


def _fields(dtype: np.dtype) -> dict[str, Any]:
    fields: Mapping[str, Any] = dtype.fields or {}
    return {
        "size": dtype.itemsize,
        "fields": {name: [field[1], field[0].str[1:]] for name, field in fields.items()},
    }


def _type(kind: Any) -> tuple[str, int, int]:
    """Return code, bytes and dimensions of an argument; of a number 0, of a record -1."""
    dtype, dimensions = kind if isinstance(kind, tuple) else (kind, -1 if kind.names else 0)
    return dtype.str[1:], dtype.itemsize, dimensions


def _limits() -> dict[str, Any]:
    """Return the limits of values together that need no more than a sum or a comparison."""
    return {
        "tolerance": SUM_TOLERANCE,
        "sums": [asdict(row) for row in limits.SUMS],
        "most": [asdict(row) for row in limits.MOST],
        "needs": asdict(limits.BEGINNERS),
    }
