"""`AdoptionModel` as users meet it: the model of one run, which can show itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.intervals import of_share
from sim.design.folders import shipped_folder
from sim.design.policy_files import named_policies, own_policies
from sim.design.runs import make_design
from sim.model import model
from sim.model.levers import Schedule
from sim.outcomes.columns import COLUMNS, PATHS
from sim.outcomes.compute import compute, paths_of
from sim.outcomes.table import GOAL, PLACES
from sim.reports import result_tables, titles, words
from sim.reports.answer import Answer, Answered
from sim.reports.figure import exact
from sim.studies.headline import Headline, listed, made, time_told
from sim.tables.layout import Table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from sim.studies.film import Film

SHOWN = tuple(name for name in PATHS if name != "lapses")


class AdoptionModel(Answered, model.AdoptionModel):
    __doc__ = model.AdoptionModel.__doc__
    means_every = 1  # so that the history has a mean of trust in every month

    def _schedule(self, policies: Mapping[str, Any], shocks: Mapping[str, Any]) -> Schedule | None:
        own = own_policies(policies, shocks)
        found = named_policies([self.values], [shipped_folder()], own)
        return make_design(self.values, [{}], policies=found).points[0].schedule if found else None

    @property
    def history(self) -> pd.DataFrame:
        """One row per month so far, the start first; columns as in `.months` of a result."""
        paths = self.paths()
        return result_tables.frame({"month": np.arange(self.month + 1), **paths}, "months")

    def plot(self) -> Figure:
        """Return a figure of the months so far: adopters, lapsed, trust, running tools."""
        from sim.reports.draw_figures import draw
        from sim.reports.month_figures import history_figure

        return draw(history_figure(self.paths()), f"{self._size()}, seed {self.run_seed}")

    def animate(self, every: int | None = None) -> Film:
        """Run to the horizon; return a film of the people and their ties. See `sim.animate`."""
        from sim.studies.film import animate

        return animate(self, every)

    @property
    def told(self) -> Answer:
        """What the model is and where it stands."""
        rows = [["", "at the start", "now", ""]]
        paths = self.paths()
        for name in SHOWN:
            column = COLUMNS["months"][name]
            then = (words.in_unit(exact(paths[name][month]), column.unit) for month in (0, -1))
            rows.append([column.title or titles.title(name), *then, words.unit(column.unit)])
        question = f"one run, month {self.month} of {self.horizon}"
        head = self._headline() if self.month == self.horizon else None
        blocks: list[str | Table] = [
            *(head.sentences() if head else self._so_far(paths)),
            f"{self._size()}, seed {self.run_seed}, replicate {self.replicate}.",
            Table(rows, text_last=1),
        ]
        if self.month < self.horizon:
            blocks.append("step() simulates the next month, run_model() all that are left.")
        return Answer("AdoptionModel", question, blocks)

    def _so_far(self, paths: Mapping[str, np.ndarray]) -> list[str]:
        """Say who uses the tool now, and where all others are."""
        where = listed({f"where.{p.name}.now": exact(paths[p.name][-1]) for p in PLACES})
        when = f"After {time_told(self.month)}" if self.month else "At the start"
        return [f"{when}, of 100 healthcare professionals: {where}."]

    def _headline(self) -> Headline:
        r = self.record
        arrays = {name: kept[None] for name, kept in r._asdict().items() if name != "level_row"}
        outcomes = compute(r._replace(**arrays), self.values)
        reached = outcomes[GOAL][0] >= self.values["outcome.sustained_threshold"]
        return made(
            self.values, lambda name: exact(outcomes[name][0]), outcomes.__getitem__,
            of_share(int(reached), 1),
        )  # fmt: skip

    def paths(self) -> dict[str, np.ndarray]:
        """Return what is kept of the months so far, the start first: column -> (months + 1,)."""
        r, now = self.record, slice(0, self.month + 1)
        # a record that the user gave may hold means of some months only
        row = r.level_row[now]
        levels = np.where((row < 0)[:, None, None, None], np.nan, r.levels[row])
        months = np.arange(self.month + 1)
        people, tools, places = (kept[None, now] for kept in (r.people, r.tools, r.places))
        one = r._replace(
            people=people, tools=tools, places=places, level_row=months, levels=levels[None]
        )
        return {name: path[0] for name, path in paths_of(one).items()}

    def _size(self) -> str:
        state = self.state
        return f"{state.organisations.size:,} organisations with {state.hcps.size:,} HCPs"
