"""Readers see titles: no key of a table stands in an answer, a figure or a report.

The exceptions are marked, for those who type: "(key: ...)", what is to be typed, a last column.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass

import pytest

import sim
from sim.cli.compose import compose
from sim.design.folders import available, shipped_folder
from sim.outcomes.table import OUTCOMES
from sim.policies.lever_table import LEVERS
from sim.studies import study_of
from sim.studies.python import perform
from sim.studies.report_sections import sections
from sim.tables.layout import Table
from sim.tables.parameters import PARAMETERS

FILES = {kind: [*available(kind, [shipped_folder()])] for kind in ("policy", "shock", "scenario")}
# A word such as "training" or "trust" is a key as well as plain English
KEYS = sorted(
    key
    for key in (
        *PARAMETERS,
        *OUTCOMES,
        *LEVERS,
        *(name for names in FILES.values() for name in names),
    )
    if "_" in key or "." in key
)
A_KEY = re.compile(rf"(?<![\w.])({'|'.join(map(re.escape, KEYS))})(?![\w.])")
TO_TYPE = re.compile(r"\(key: [^)]*\)|`[^`]*`|\w+=\S+")
OF_TYPISTS = ("key", "keys that move together", "to be typed")  # columns
SMALL = ["replicates=2", "horizon=61"]
SMALL += ["population.organisations=2", "population.organisation_size=6"]
IN_USE = "deployment.at_start=1"


def texts(found):
    """Yield every text of answers, tables and figures."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, Table):
        head, *rows = found.rows
        shown = [n for n, name in enumerate(head) if name not in OF_TYPISTS]
        yield from (found.title, found.note, *head, *(row[n] for row in rows for n in shown))
    elif is_dataclass(found):
        yield from (t for f in fields(found) if f.name not in ("name", "numbers", "of")
                    for t in texts(getattr(found, f.name)))  # fmt: skip
        if getattr(found, "marks", None) is None and not hasattr(found, "panels"):
            yield from texts(getattr(found, "name", ""))
    elif isinstance(found, (list, tuple)):
        yield from (text for part in found for text in texts(part))


def keys_in(found):
    told = [(TO_TYPE.sub("", text), text) for text in texts(found)]
    return {(hit[1], text[:90]) for bare, text in told for hit in A_KEY.finditer(bare)}


CASES = {
    **{name: [f"scenario={name}"] for name in FILES["scenario"]},
    "policies": [IN_USE, "policy=none,co_design+training,champions_first", "study=compare"],
    "shocks": [IN_USE, "policy=none,train_everyone_once", "shock=none,budget_cut", "study=compare"],
    "worlds": [IN_USE, "policy=none,usability_work", "uncertainty=assumptions", "worlds=4"],
    "sampled": [IN_USE, "network.rewiring=0,1", "network.kind=small_world", "policy=none,usability_work",
                "decision.lapse_rate=0.01,0.1", "design.kind=sobol", "design.samples=8"],
}  # fmt: skip


def check_that_no_key_is_shown(result):
    figures = study_of(result).figures(result)
    assert len([*texts(result.told), *texts(figures)]) > 20
    for shown in (result.told, figures, sections(result)):
        assert keys_in(shown) == set()


# experiments: test_experiments.py
@pytest.mark.parametrize("name", CASES)
def test_no_key_is_shown_to_a_reader(name):
    check_that_no_key_is_shown(perform(compose([*CASES[name], *SMALL])))


def test_a_title_moves_no_cursor():
    """A stranger's file, and names given in Python, reach a terminal."""
    esc = "\x1b[31m"
    untrusted = "Training ($5 for 50 % of <b>all</b> & $1 for a_1^2)"
    file = {"title": untrusted + esc, "levers": [{"lever": "training", "strength": 0.1}]}
    world = {"horizon": 6, "population.organisations": 2, "population.organisation_size": 6}
    given = {"as it is": {}, untrusted: {"policy": "mine"}}
    result = sim.compare(given, world, replicates=2, policies={"mine": file})
    told = "\n".join(result.answer())
    assert untrusted in told.replace("\n", " ") and "\x1b" not in told
    assert "<b>" not in result._repr_html_() and "&lt;b&gt;all" in result._repr_html_()
