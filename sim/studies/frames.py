"""What a study returns, as data frames that say what their columns mean."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sim.design.axes import Axis
from sim.design.posterior import Worlds
from sim.ensembles.ensemble import Ensemble
from sim.reports import meanings, months, result_tables
from sim.reports.answer import Answered
from sim.reports.result_tables import frame
from sim.tables.messages import show
from sim.tables.settings import SAMPLED_KINDS

if TYPE_CHECKING:
    import pandas as pd


class TableOfStudy(property):
    """A data frame that some studies have, and that is empty with all others."""

    def __init__(self) -> None:
        super().__init__(self._frame)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name, self.__doc__ = name, f"Has {meanings.FILES[f'{name}.csv']}."

    def _frame(self, result: Frames) -> pd.DataFrame:
        return frame(result.study_tables.get(self.name, {}), self.name)

    if TYPE_CHECKING:

        def __get__(self, *_: Any) -> pd.DataFrame: ...  # type: ignore[override, unused-ignore]


class Frames(Answered):
    """The data frames of a result, which holds what is named here."""

    axes: tuple[Axis, ...]
    design_kind: str
    values: dict[str, Any]
    ensemble: Ensemble
    names: list[list[str]]
    kept_months: str
    worlds: Worlds
    of_worlds: Ensemble | None

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

    comparison = TableOfStudy()
    costs = TableOfStudy()
    frontier = TableOfStudy()
    factors = TableOfStudy()
    pairs = TableOfStudy()
    bundles = TableOfStudy()
    shapley = TableOfStudy()
    steps = TableOfStudy()
    steps_of_two = TableOfStudy()
    held_back = TableOfStudy()
    sensitivity = TableOfStudy()
    tipping = TableOfStudy()
    basins = TableOfStudy()

    @property
    @abstractmethod
    def study_tables(self) -> dict[str, result_tables.Columns]:
        """Frames that this kind of study has."""

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
