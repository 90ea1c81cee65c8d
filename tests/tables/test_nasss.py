"""The NASSS table: complete, without contradictions, and its numbers by the one rule."""

from __future__ import annotations

import pytest

from sim.tables.checks import resolve
from sim.tables.factors import FACTORS
from sim.tables.nasss import (
    DOMAINS,
    MAPPED,
    MAPPING,
    PATHS,
    PLAYED_OUT,
    QUESTIONS,
    RATINGS,
    questions_of,
)
from sim.tables.parameters import PARAMETERS
from sim.tables.plausible import FREE, plausible

LINES = [(line, path) for line in MAPPING for path in line.paths]


def test_each_parameter_has_one_meaning_and_all_factors_have_one():
    assert len(set(PATHS)) == len(PATHS) and set(PATHS) <= set(PARAMETERS)
    assert {factor.path for factor in FACTORS} <= set(PATHS)
    assert not {*PATHS} & {*FREE}


def test_every_domain_but_what_is_played_out_means_something():
    assert {question.domain for question in QUESTIONS.values()} == set(DOMAINS)
    for domain in DOMAINS:
        mapped = [name for name in questions_of(domain) if name in MAPPED]
        assert bool(mapped) == (domain != PLAYED_OUT)
    assert {*QUESTIONS} - {*MAPPED} == {
        "adopters.patients", "adopters.carers", *questions_of(PLAYED_OUT),
    }  # fmt: skip
    assert all(line.question in QUESTIONS and line.reasoning for line in MAPPING)


@pytest.mark.parametrize(("line", "path"), LINES, ids=[path for _, path in LINES])
def test_the_numbers_follow_the_rule(line, path):
    simple, complicated, complex_ = line.levels(path).values()
    low, high = line.ends or plausible(path)
    if factor := next((f for f in FACTORS if f.path == path), None):
        low, high = factor.low, factor.high
    assert (simple, complex_) == ((high, low) if line.more == "simple" else (low, high))
    assert complicated == pytest.approx((simple + complex_) / 2) and low < complicated < high


def test_any_sheet_is_a_world_of_this_model():
    for rating in RATINGS:
        resolve({path: line.levels(path)[rating] for line, path in LINES})
