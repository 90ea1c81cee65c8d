"""A NASSS rating sheet, from a CSV file or a mapping: every question rated once, or one line that says why not."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from sim.design.csv_files import CsvRows, resolve_file
from sim.tables.errors import UserError, collected
from sim.tables.messages import listed, show, unknown
from sim.tables.nasss import (
    DOMAINS,
    MAPPED,
    MAPPING,
    PLAYED_OUT,
    QUESTIONS,
    RATINGS,
    questions_of,
)

COLUMNS = ("domain", "question", "rating", "asks", "simple", "complex", "note")
NEEDED = ("domain", "rating")
MOST_NAMED = 3
ALLOWED = f"{', '.join(RATINGS[:-1])} or {RATINGS[-1]}"

Ratings = dict[str, str]  # name of a question -> one of RATINGS
Rated = dict[str, tuple[str, str]]  # name of a question -> its rating, and where that stands


def _take(rated: Rated, given: Sequence[str], place: str) -> None:
    """Take a domain, a question, and its rating; without a question that of all questions of the domain."""
    domain, question, rating = ("_".join(text.lower().split()) for text in given)
    if domain not in DOMAINS:
        raise UserError(unknown(domain, DOMAINS, "domain"))
    of_domain = questions_of(domain)
    if question and f"{domain}.{question}" not in of_domain:
        known = [name.partition(".")[2] for name in of_domain]
        raise UserError(unknown(question, known, f"question of {domain}"))
    if not rating:
        return
    if rating not in RATINGS:
        raise UserError(unknown(rating, RATINGS, "rating"))
    for name in [f"{domain}.{question}"] if question else of_domain:
        before, where = rated.get(name, (rating, ""))
        if before != rating:
            raise UserError(f"{name}={rating}: is rated {before} {where}; allowed is one rating")
        rated[name] = rating, place


def _whole(rated: Rated, where: str) -> Ratings:
    """Return the ratings if none is missing."""
    if missing := [name for name in MAPPED if name not in rated]:
        more = len(missing) - MOST_NAMED
        named = missing[:MOST_NAMED] + ([f"{more} more"] if more > 0 else [])
        raise UserError(
            f"{where}: no rating of {listed(named)}; needed is {ALLOWED} of each, or of "
            "its whole domain"
        )
    return {name: rating for name, (rating, _) in rated.items()}


def read_sheet(given: str) -> Ratings:
    """Return the ratings of a CSV file.

    Raises
    ------
    UserError
        One line per mistake: what is unknown, missing, or rated in two ways.
    """
    rows = CsvRows(
        "sheet", resolve_file("sheet", given), dict.fromkeys(COLUMNS), "column", lenient=True
    )
    rated: Rated = {}
    for line, row in rows.read(NEEDED):
        try:
            _take(rated, (row["domain"], row.get("question", ""), row["rating"]), f"in line {line}")
        except UserError as error:
            rows.wrong(line, str(error))
    rows.end(rated, f"has no ratings; needed is {ALLOWED} for each question")
    return _whole(rated, f"sheet={show(given)}")


def ratings_of(given: Mapping[str, Any]) -> Ratings:
    """Return the ratings of a mapping: domain -> rating, or domain -> {question: rating}.

    Raises
    ------
    UserError
        One line per mistake.
    """
    rated: Rated = {}
    problems: list[str] = []
    for domain, of_domain in given.items():
        each = of_domain if isinstance(of_domain, Mapping) else {"": of_domain}
        for question, rating in each.items():
            with collected(problems):
                _take(rated, (str(domain), str(question), show(rating)), "before")
    if problems:
        raise UserError([f"sheet: {line}" for line in problems])
    return _whole(rated, "sheet")


def values_of(ratings: Ratings) -> dict[str, float]:
    """Return what ratings mean: path of a parameter -> value."""
    return {
        path: line.levels(path)[ratings[line.question]] for line in MAPPING for path in line.paths
    }


def simpler(ratings: Ratings, domain: str) -> Ratings:
    """Return the ratings with all questions of a domain one step simpler, as far as they can be."""
    steps = {rating: RATINGS[max(0, n - 1)] for n, rating in enumerate(RATINGS)}
    return ratings | {
        name: steps[ratings[name]] for name in questions_of(domain) if name in ratings
    }


def told(ratings: Ratings, domain: str) -> str:
    """Return how a domain is rated, in words; how often each, where its questions differ."""
    rated = [ratings[name] for name in questions_of(domain) if name in ratings]
    counts = {rating: rated.count(rating) for rating in RATINGS if rating in rated}
    if len(counts) < 2:
        return next(iter(counts), "not rated")
    return listed([f"{number} {rating}" for rating, number in counts.items()])


def template() -> str:
    """Return an empty sheet as CSV: a line for each question, with what simple and complex mean."""
    rows = [COLUMNS]
    for name, question in QUESTIONS.items():
        domain, _, own = name.partition(".")
        why = "the simulation plays it out" if domain == PLAYED_OUT else "the model has no patients"
        note = "" if name in MAPPED else f"not needed: {why}"
        rows.append((domain, own, "", question.asks, question.simple, question.complex, note))
    sink = io.StringIO(newline="")
    csv.writer(sink, lineterminator="\n").writerows(rows)
    return sink.getvalue()
