"""What a study returns: all runs, and how to look at them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis import intervals, pooled
from sim.analysis.intervals import Interval
from sim.design.axes import Axis
from sim.design.points import resolved
from sim.design.posterior import Worlds
from sim.ensembles.ensemble import Ensemble
from sim.outcomes.table import OUTCOMES
from sim.reports import meanings, months, result_tables
from sim.reports.answer import Answer, Answered
from sim.reports.result_tables import Columns, frame, of_frame
from sim.studies import study_of
from sim.tables.checks import check_each
from sim.tables.errors import NoSuchNameError, UserError
from sim.tables.messages import show, unknown
from sim.tables.parameters import PARAMETERS
from sim.tables.plain import ReadOnly, named
from sim.tables.settings import SAMPLED_KINDS, SEEDS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.policies.policy import Policy
    from sim.studies.comparison.policy_runs import Comparison


def _frame_of_study(name: str) -> property:
    """Return a data frame that some studies have, and that is empty with all others."""

    def made(result: Result) -> pd.DataFrame:
        return frame(result.study_tables.get(name, {}), name)

    return property(made, doc=f"Has {meanings.FILES[f'{name}.csv']}.")


@dataclass(frozen=True, eq=False, repr=False)
class Result(Answered):
    """Runs of a study; prints as its answer. What it is made from can not be changed.

    The data frames `runs`, `months`, `organisations`, `summary`, `comparison`, `costs`, `frontier`, `factors`, `pairs`,
    `bundles`, `shapley`, `steps`, `steps_of_two`, `held_back`, `sensitivity`, `tipping` and `basins` say what
    their columns mean: `result.columns` is a table of all, `result.describe(NAME)` tells of one, and
    `frame.attrs["columns"][NAME]` holds its unit and meaning.

    Attributes
    ----------
    title, question : str
    study : str
    axes : tuple of Axis
        What varies.
    design_kind : str
    values : dict
        Resolved parameters of the base point.
    ensemble : Ensemble
    names : list of list of str
        Names of organisations, per point.
    seeds : {"common", "independent"}
        Whether points share their luck.
    kept_months : {"none", "all", "yearly", "quantiles"}
        What `months` shows; with "none", all months if the study kept them.
    policies : mapping of (kind, name) to Policy
        The policies and shocks that points name.
    worlds : Worlds
        That all points were run in: where they are many and nothing is compared, each run of `ensemble`
        is of another one.
    of_worlds : Ensemble, optional
        The same runs with a point for each world, where they are others than those of `ensemble`.
    options : mapping
        What the experiment sets of the answer, such as `thresholds` of a factorial design.
    samples : int, optional
        Points of a sampled design, or its trajectories.
    """

    title: str
    question: str
    study: str
    axes: tuple[Axis, ...]
    design_kind: str
    values: dict[str, Any]
    ensemble: Ensemble
    names: list[list[str]]
    seeds: str = "common"
    kept_months: str = "none"
    policies: Mapping[tuple[str, str], Policy] = field(default_factory=dict)
    worlds: Worlds = Worlds()
    of_worlds: Ensemble | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    samples: int | None = None

    def __post_init__(self) -> None:
        still = {
            "ensemble": self.ensemble.fixed(),
            "of_worlds": self.of_worlds and self.of_worlds.fixed(),
            "axes": tuple(replace(a, settings=tuple(map(ReadOnly, a.settings))) for a in self.axes),
            "values": ReadOnly(self.values),
            "policies": ReadOnly(self.policies),
            "options": ReadOnly(self.options),
        }
        for name, value in still.items():
            object.__setattr__(self, name, value)

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        """A copy is made anew of what this was made from: it is as read-only, and finds the same again."""
        return type(self), tuple(getattr(self, one.name) for one in fields(self))

    def __eq__(self, other: object) -> bool:
        """Whether another result is of the same question, with the same numbers in every run."""
        if not isinstance(other, Result):
            return NotImplemented
        asked = ("study", "axes", "design_kind", "values", "names", "seeds", "policies")
        if any(getattr(self, name) != getattr(other, name) for name in asked):
            return False
        mine, its = self.ensemble, other.ensemble
        return (
            mine.seed == its.seed
            and np.array_equal(mine.errors, its.errors)
            and all(np.array_equal(x, its.outcomes[n], True) for n, x in mine.outcomes.items())
        )

    def __hash__(self) -> int:
        return hash((self.study, self.ensemble.seed, self.ensemble.replicates))

    @property
    def single(self) -> Ensemble:
        """The runs as they stand in tables of single runs: with a point for each world."""
        return self.of_worlds or self.ensemble

    @cached_property
    def over_worlds(self) -> Ensemble:
        """The runs, or what they are in each world on average where each point has several there."""
        if self.worlds.many and self.of_worlds is None:
            return self.ensemble.over_worlds(self.worlds.settings, self.values)
        return self.ensemble

    @property
    def drawn(self) -> bool:
        """Whether points were drawn, and not listed."""
        return self.design_kind in SAMPLED_KINDS

    @property
    def runs(self) -> pd.DataFrame:
        """One row per run: what varies, seed, replicate, status, error, outcomes."""
        return frame(result_tables.runs(self.single, self.axes), "runs")

    @property
    def months(self) -> pd.DataFrame:
        """One row per run and month, or as the setting `months` asks; empty unless kept."""
        of = self.ensemble if self.kept_months == "quantiles" else self.single
        return frame(months.kept(of, self.kept_months), "months")

    @property
    def organisations(self) -> pd.DataFrame:
        """One row per run and organisation; empty unless organisations were kept."""
        return self._entities("organisations")

    @property
    def hcps(self) -> pd.DataFrame:
        """One row per run and HCP in post at the horizon; empty unless HCPs were kept."""
        return self._entities("hcps")

    def _entities(self, kind: str) -> pd.DataFrame:
        """One row per run and entity of a kind, with the policy and the world of its run."""
        rows = self.single.entities[kind]
        tables = [rows] if rows["point"].size else []
        kept = result_tables.entities(self.single, tables, self.names, self.axes, self.drawn)
        return frame(next(kept, {}), kind)

    @property
    def summary(self) -> pd.DataFrame:
        """One row per point and outcome: mean, interval of the mean, range of single runs."""
        return frame(result_tables.summary(self.over_worlds), "summary")

    comparison = _frame_of_study("comparison")
    costs = _frame_of_study("costs")
    frontier = _frame_of_study("frontier")
    factors = _frame_of_study("factors")
    pairs = _frame_of_study("pairs")
    bundles = _frame_of_study("bundles")
    shapley = _frame_of_study("shapley")
    steps = _frame_of_study("steps")
    steps_of_two = _frame_of_study("steps_of_two")
    held_back = _frame_of_study("held_back")
    sensitivity = _frame_of_study("sensitivity")
    tipping = _frame_of_study("tipping")
    basins = _frame_of_study("basins")

    @property
    def columns(self) -> pd.DataFrame:
        """What the columns of the data frames mean: one row per column, with its unit."""
        import pandas as pd

        frames = ((name, getattr(self, name)) for name in meanings.FRAMES)
        rows = [
            (name, column, told["unit"], told["meaning"])
            for name, frame in frames
            for column, told in frame.attrs["columns"].items()
        ]
        return pd.DataFrame(rows, columns=["frame", "column", "unit", "meaning"])

    def describe(self, name: str) -> meanings.Meaning:
        """Say what a column, an outcome or a parameter means, and in which unit it is.

        Raises
        ------
        NoSuchNameError
            If there is none of that name.
        """
        return meanings.describe(name if isinstance(name, str) else show(name))

    @property
    def luck(self) -> str:
        """Say how points share their luck."""
        return SEEDS[self.seeds]

    def where(self, settings: Mapping[str, Any]) -> int:
        """Return the number of the point with these values of what varies.

        Raises
        ------
        NoSuchNameError
            If no point has them.
        """
        given = named(settings, "where")
        problems: list[str] = []
        values = check_each(PARAMETERS, given, problems)
        if problems:
            raise NoSuchNameError(problems)
        for number, point in enumerate(self.ensemble.points):
            if all(point.values[path] == values[path] for path in given):
                return number
        told = ", ".join(f"{path}={show(value)}" for path, value in given.items())
        varied = ", ".join(f"{a.name}={list(a.values)}" for a in self.axes) or "nothing"
        raise NoSuchNameError(f"{told}: no point of this design has it; varied is {varied}")

    def numbers(self, settings: Sequence[Mapping[str, Any]]) -> list[int | None]:
        """Return the number of the point that each setting makes; None where it has not been run."""
        there = self.ensemble.settings
        each = resolved([*there, *settings], self.values)
        known = {point: n for n, point in enumerate(each[: len(there)])}
        return [known.get(point) for point in each[len(there) :]]

    def points(self, settings: Sequence[Mapping[str, Any]]) -> list[int]:
        """Return the number of the point that each setting makes, of those that have been run."""
        numbers = self.numbers(settings)
        assert None not in numbers  # the design holds them
        return [int(n or 0) for n in numbers]

    def outcome(self, name: str, point: int = 0) -> np.ndarray:
        """Return an outcome of all replicates of a point: a copy.

        Raises
        ------
        NoSuchNameError
            If there is no outcome of that name.
        UserError
            If there is no point of that number.
        """
        if not isinstance(name, str) or name not in OUTCOMES:
            raise NoSuchNameError(unknown(show(name), OUTCOMES, "outcome", "`result.columns`"))
        return self.ensemble.outcomes[name][self._point(point)].copy()

    def _point(self, point: int) -> int:
        points = len(self.ensemble.points)
        whole = isinstance(point, Integral) and not isinstance(point, bool)
        if not whole or not -points <= point < points:
            only = f"a whole number from 0 to {points - 1}" if points > 1 else "only 0"
            raise UserError(f"point={show(point)}: there is no such point; allowed is {only}")
        return int(point)

    def mean(self, name: str, point: int = 0) -> Interval:
        """Return the mean of an outcome, pooled where its table says so, with its 95 % interval."""
        runs, over = self.outcome(name, point), OUTCOMES[name].over
        if over:
            return pooled.of_mean(runs, self.outcome(over, point))
        return intervals.of_mean(runs, OUTCOMES[name].bounds)

    def probability_sustained(self, point: int = 0) -> Interval:
        """Return the share of runs that sustain adoption, with its 95 % interval."""
        return self.ensemble.probability_sustained(self._point(point))

    def difference(self, name: str, point: int = 0, other: int | Result = 0) -> Interval:
        """Return the paired mean difference of an outcome: point less other, same luck.

        Its interval is Student's t, of rates a bootstrap; in `comparison` all are by bootstrap.

        Parameters
        ----------
        name : str
            Of an outcome.
        point : int
        other : int or Result
            Another point of this result, or the first point of another result of the same seed
            and number of replicates.

        Raises
        ------
        UserError
            If the runs of the other result can not be paired with these.
        """
        if isinstance(other, Result):
            ours, theirs = self.ensemble, other.ensemble
            for key in ("seed", "replicates"):
                mine, its = getattr(ours, key), getattr(theirs, key)
                if mine != its:
                    raise UserError(f"{key}={its}: runs pair with those of {key}={mine} only")
            if "independent" in (self.seeds, other.seeds):
                raise UserError("design.seeds=independent: only points with common luck pair")
            second, place = other, 0
        else:
            second, place = self, other
        a, b = self.outcome(name, point), second.outcome(name, place)
        if over := OUTCOMES[name].over:
            return pooled.of_difference(
                a, self.outcome(over, point), b, second.outcome(over, place)
            )
        return intervals.of_difference(a, b)

    @cached_property
    def found(self) -> Any:
        """What the study found, as numbers; its answer, tables and figures are made from it."""
        return study_of(self).found(self)

    @cached_property
    def study_tables(self) -> dict[str, Columns]:
        """Frames that this kind of study has."""
        rows = study_of(self).tables(self)
        return {name: of_frame(name, each) for name, each in rows.items()}

    @property
    def told(self) -> Answer:
        """The answer as sentences and tables; what it can not rest on is said at its end."""
        if self.ensemble.failed == self.ensemble.errors.size:
            known = f"Nothing is known: all {self.ensemble.failed:,} runs failed."
            return Answer(self.title, self.question, [known])
        answer = study_of(self).answer(self)
        more = []
        if self.of_worlds is not None:
            more.append(
                f"Each run of a point is in a world of its own, of those {self.worlds.which}."
            )
        elif self.ensemble.replicates == 1 and not self.worlds.many:
            more.append("Each point was run once, so nothing is known of its intervals.")
        if failed := self.ensemble.failed:
            total = self.ensemble.errors.size
            more.append(f"{failed:,} of {total:,} runs failed; all this rests on the others.")
        return replace(answer, blocks=[*answer.blocks, *more])

    @cached_property
    def compared(self) -> Comparison:
        """What is compared, policy by policy (of study=compare)."""
        from sim.studies.comparison.policy_runs import Comparison

        return Comparison(self)

    def answer(self) -> list[str]:
        """Return the answer, line by line."""
        return self.told.lines()

    def plot(self, *names: str) -> Figure:
        """Return a figure of the study, the first one unless named, or of outcomes.

        Parameters
        ----------
        *names : str
            One figure of the study (`swept.plot("heatmap")`), or outcomes
            (`swept.plot("trust", "effort_wasted")`), which give one panel each.

        Raises
        ------
        NoSuchNameError
            If there is neither a figure nor an outcome of that name.
        """
        from sim.reports.draw_figures import draw

        names = tuple(n if isinstance(n, str) else show(n) for n in names)
        if names and all(name in OUTCOMES for name in names):
            from sim.studies.grid_figures import outcome_figure

            return draw(outcome_figure(self, names), self.title)
        made = {figure.name: figure for figure in study_of(self).figures(self)}
        wrong = [n for n in names if n not in OUTCOMES and (n not in made or len(names) > 1)]
        if wrong:
            known = [*made, *OUTCOMES] if len(names) == 1 else list(OUTCOMES)
            see = f"`result.columns`; figures here: {', '.join(made)}"
            raise NoSuchNameError(unknown(wrong[0], known, "figure or outcome", see))
        return draw(made[names[0] if names else next(iter(made))], self.title)
