"""A NASSS rating sheet becomes an outlook: how many would use it after five years, and what would help most."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from typing import Any

import numpy as np

from sim.analysis.intervals import Interval, about, means_of, middle
from sim.design.rating import Ratings, ratings_of, read_sheet, simpler, values_of
from sim.design.request import Request, build_request
from sim.design.runs import design_of
from sim.outcomes.table import HEADLINE, MIDWAY
from sim.reports import titles
from sim.reports.findings import Findings, Found
from sim.studies.comparison.policy_runs import WORTH_MENTIONING, Comparison
from sim.studies.execute import compile_for, execute
from sim.studies.python import axis_of_scenarios
from sim.tables.checks import check_each, once_each
from sim.tables.errors import UserError
from sim.tables.messages import show, unknown
from sim.tables.nasss import DOMAINS, PATHS, PLAYED_OUT
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import POSTERIOR

TITLE = "Outlook"
QUESTION = "Will it still be used five years after it starts, and what would help?"
ALLOWED = ("replicates", "seed", "threads", "posterior", "progress")
AS_RATED = "As rated"
# The question is what happens once the tool is there: it starts everywhere, and is looked at after five years
FIXED = {"deployment.at_start": 1.0, "horizon": MIDWAY}
# A handful of shipped policies, each one idea
POLICIES = (
    "co_design", "training", "interdisciplinary_experts", "alignment_workshop", "transparency_work",
    "usability_work", "champions", "institutionalise",
)  # fmt: skip
MOST_TOLD = {"domain": 2, "policy": 3}


@dataclass(frozen=True)
class Choice:
    """The project as rated, with one domain a step simpler, or under a policy."""

    kind: str  # rated, domain or policy
    title: str
    use: Interval  # users five years after the start, share of HCPs: mean of worlds, nine of ten of them
    change: Interval  # of that mean, from the project as rated
    cost: float  # of the policy, discounted, in all organisations together
    clear: bool  # brings users beyond chance, as many are tried

    @property
    def helps(self) -> bool:
        """Whether it brings users beyond chance, and enough of them to be worth a word."""
        return self.clear and self.change.estimate >= WORTH_MENTIONING


@dataclass(frozen=True, repr=False)
class Outlook(Found):
    """What the simulation makes of a rating sheet; printed, it is the answer."""

    ratings: Ratings
    of: Comparison  # of the project as rated with all that may help
    choices: Sequence[Choice]  # as rated first, then most helpful first
    also: Mapping[str, Sequence[str]]  # kind -> what does about as much as the last that is told

    @property
    def use(self) -> Interval:
        """Users five years after the start, as rated: share of HCPs, nine of ten worlds."""
        return self.choices[0].use

    def best(self, kind: str) -> list[Choice]:
        """Return the domains, or policies, that help most."""
        found = [choice for choice in self.choices if choice.kind == kind and choice.helps]
        return found[: MOST_TOLD[kind]]

    @property
    def findings(self) -> Findings:
        """The sentences and the table of all choices, and the figure: what each changes."""
        from sim.studies.rate_answer import answer, columns_of, figure

        seed = self.of.result.ensemble.seed
        return Findings(answer(self), {"outlook": columns_of(self)}, [figure(self)], seed)


def rate(
    sheet: str | PathLike[str] | Mapping[str, Any],
    parameters: Mapping[str, Any] | None = None,
    **settings: Any,
) -> Outlook:
    """Turn a NASSS rating sheet into an outlook, over worlds that agree with published patterns.

    Parameters
    ----------
    sheet : path, or mapping
        A CSV file as `python -m sim rate --template` prints it; or domain -> rating, or domain ->
        {question: rating}, each simple, complicated or complex.
    parameters : mapping, optional
        What differs from the defaults and is not said by the sheet, such as the number of
        organisations.
    **settings
        `replicates` (64, spread over 64 worlds), `seed` (0), `threads` (all), `posterior` (folder of a
        calibration of your own), `progress`.

    Returns
    -------
    Outlook
        Printed: the outlook in words, and what would help; `.table` is a data frame, `.plot()` the figure.

    Raises
    ------
    UserError
        One line per mistake.

    Examples
    --------
    >>> rate("sheet.csv", {"population.organisations": 7})
    >>> domains = ("condition", "technology", "value", "adopters", "organisation", "wider_system")
    >>> rate(dict.fromkeys(domains, "complicated"))
    """
    if not isinstance(sheet, (str, PathLike, Mapping)):
        raise UserError(
            f"sheet={show(sheet)}: needed is the path of a CSV file, or a mapping of domains to ratings"
        )
    ratings = ratings_of(sheet) if isinstance(sheet, Mapping) else read_sheet(fspath(sheet))
    return of_ratings(ratings, parameters or {}, settings, print)


def of_ratings(
    ratings: Ratings, parameters: Mapping[str, Any], settings: Mapping[str, Any],
    say: Callable[[str], None],
) -> Outlook:  # fmt: skip
    """Return the outlook of checked ratings; a first compilation and runs that fail are told."""
    if strangers := [name for name in settings if name not in ALLOWED]:
        raise UserError([unknown(name, ALLOWED, "setting") for name in strangers])
    request, kinds = _request(ratings, _own(parameters), settings)
    design = design_of(request)
    compile_for(design, say)
    return _outlook(ratings, kinds, Comparison(execute(request, design, say)))


def _own(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return a user's own parameters, which may not be those that an outlook sets."""
    problems: list[str] = []
    given = once_each(parameters, problems=problems)
    because = dict.fromkeys(PATHS, "the sheet says it; rate the question instead")
    because |= dict.fromkeys(FIXED, "is the same in all outlooks")
    because |= dict.fromkeys(("policy", "shock"), "an outlook begins without; see study=compare")
    problems += [f"{p}={show(x)}: {because[p]}" for p, x in given.items() if p in because]
    if problems:
        raise UserError(problems)
    return given


def _request(
    ratings: Ratings, own: Mapping[str, Any], settings: Mapping[str, Any]
) -> tuple[Request, list[str]]:
    """Return a comparison of the project as rated with all that may help, and the kind of each."""
    values = {**FIXED, **own, **values_of(ratings)}
    base = check_each(PARAMETERS, values)
    choices: dict[str, dict[str, Any]] = {AS_RATED: {}}
    for domain, title in DOMAINS.items():
        if domain != PLAYED_OUT and (better := simpler(ratings, domain)) != ratings:
            choices[title] = values_of(better)
    kinds = ["rated"] + ["domain"] * (len(choices) - 1) + ["policy"] * len(POLICIES)
    choices |= {titles.named("policy", name): {"policy": name} for name in POLICIES}
    content = {
        "study": "compare",
        "title": TITLE,
        "question": QUESTION,
        "parameters": values,
        "design": {"axes": {"scenario": axis_of_scenarios(choices, base, values)}},
        "settings": {"uncertainty": POSTERIOR, **settings},
    }
    return build_request(content), kinds


def _outlook(ratings: Ratings, kinds: Sequence[str], c: Comparison) -> Outlook:
    choices = [
        Choice(
            kind,
            title,
            _over_worlds(c.samples(HEADLINE)[n]),
            c.change(n, HEADLINE),
            c.cost(n),
            c.clearly_better(n, HEADLINE),
        )
        for n, (kind, title) in enumerate(zip(kinds, c.titles, strict=True))
    ]
    gains = np.array([choice.change.estimate for choice in choices])
    order = [int(n) for n in np.argsort(-gains, kind="stable") if n]
    also = {}
    for kind, most in MOST_TOLD.items():
        found = [n for n in order if kinds[n] == kind and choices[n].helps]
        also[kind] = [
            choices[n].title
            for n in found[most:]
            if not c.change(found[most - 1], HEADLINE, n).low > 0
        ]
    return Outlook(ratings, c, [choices[n] for n in (0, *order)], also)


def _over_worlds(x: np.ndarray) -> Interval:
    """Return the mean of worlds, which changes add to, with nine of ten worlds."""
    mean, most = float(means_of(x)), middle(x)
    low, high = about(mean, most.low, most.high)
    return Interval(mean, float(low), float(high), most.runs)
