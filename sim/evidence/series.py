"""A series of percentages that somebody has seen, as the model shows it, and how far apart the two are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from sim.design.policy_files import Policies
from sim.evidence.mirrors import TRUSTS, YEAR, first_uses, running
from sim.evidence.pattern_worlds import EVERYWHERE, SPREAD, world_of
from sim.model import engine, records
from sim.model.engine import Point
from sim.model.panel import Panel, panel_of
from sim.model.rules import ADOPTER
from sim.tables.parameters import PARAMETERS

LEAD = 10 * YEAR  # so long it may take a world to reach the first point
JOINING = 3 * YEAR  # those who adopt within so long are the cohort


class Measured(NamedTuple):
    """What a series may be about."""

    title: str  # percent of whom, doing what
    world: Mapping[str, Any]  # what it is seen in, unless the user has set it
    seen: str  # how the model shows it


MEASURED: dict[str, Measured] = {
    "hcps_using": Measured(
        "professionals who use it", SPREAD,
        "adopters among all professionals, while the tool spreads among organisations",
    ),
    "organisations_running": Measured(
        "organisations that run it", SPREAD,
        "organisations that run the tool among all, while it spreads among them",
    ),
    "cohort_retained": Measured(
        "users who still use it", EVERYWHERE,
        "of professionals who adopted within three years of the start, those who are adopters so many "
        "months after they first were; who left or whose tool was withdrawn is left out",
    ),
    "trust": Measured(
        "professionals who trust it", EVERYWHERE,
        "professionals with trust above one half, where organisations run the tool",
    ),
}  # fmt: skip


class Series(NamedTuple):
    """Percentages that somebody has seen, one after the other."""

    name: str  # of the series or of its file
    measured: str  # a key of `MEASURED`
    labels: tuple[str, ...]  # the times as they were given
    months: np.ndarray  # (points,) since the start, rising; since the first point, if `anchored`
    shares: np.ndarray  # (points,) in [0, 1]
    errors: np.ndarray  # (points,) standard errors of the shares
    # Nobody knows when it started: a world begins to count in the month in which it reaches the first
    # share. That point is then met by every world that gets there, and tells nothing more.
    anchored: bool
    notes: tuple[str, ...] = ()  # what was understood, in sentences

    @property
    def counted(self) -> slice:
        """The points that tell something: not a first one that is met by making."""
        whole_at_first = self.measured == "cohort_retained" and self.months[0] == 0
        return slice(int(self.anchored or whole_at_first), None)

    @property
    def identity(self) -> list[Any]:
        """All that a fit depends on."""
        numbers = (self.months, self.shares, self.errors)
        return [self.measured, self.anchored, *(x.tolist() for x in numbers)]

    def first(self, points: int) -> Series:
        """Return the series as it was when so many points were known."""
        cut = ("labels", "months", "shares", "errors")
        return self._replace(**{name: getattr(self, name)[:points] for name in cut})


def point_of(
    values: Mapping[str, Any], series: Series, last: int, policies: Policies | None = None
) -> Point:
    """Return the world in which a series is looked for, until its month `last`.

    What the values say other than the defaults stands.
    """
    world = MEASURED[series.measured].world
    free = {k: x for k, x in world.items() if values[k] == PARAMETERS[k].default}
    more = LEAD if series.anchored else JOINING if series.measured == "cohort_retained" else 0
    return world_of({**values, **free, "horizon": last + more}, policies)


def use_after_5_years(
    values: Mapping[str, Any], seed: int, replicate: int, policies: Policies | None = None
) -> float:
    """Return the share of professionals who use the tool five years after its start everywhere, in one run."""
    point = world_of({**values, **EVERYWHERE, "horizon": records.AGE}, policies)
    return float(path_of(point, "hcps_using", seed, replicate, records.AGE)[-1])


def simulated(
    values: Mapping[str, Any], series: Series, seed: int, replicate: int,
    months: np.ndarray | None = None, policies: Policies | None = None,
) -> np.ndarray:  # fmt: skip
    """Return what one run of all values shows of a series: shares, (times,).

    NaN where there are none: the run never reaches the first point, or nobody is left. `months` are other times than
    those of the series, counted as its own are; `policies` is what `policy` and `shock` name, where these are not
    shipped. A SimulationError says that effort exceeds what a month can hold.
    """
    wanted = series.months if months is None else np.asarray(months)
    point = point_of(values, series, int(wanted.max()), policies)
    path = path_of(point, series.measured, seed, replicate, int(wanted.max()))
    if not series.anchored:
        return path[wanted]
    there = np.flatnonzero(path >= series.shares[0])
    if not there.size:
        return np.full(wanted.size, np.nan)
    place = there[0] + wanted
    return np.where(place < path.size, path[np.minimum(place, path.size - 1)], np.nan)


def path_of(point: Point, measured: str, seed: int, replicate: int, last: int) -> np.ndarray:
    """Return the shares of all months of one run; of a cohort, of months since the first adoption."""
    horizon = int(point.values["horizon"])
    if measured in ("hcps_using", "organisations_running"):
        record = records.of_run(records.empty_record(1, horizon, max(1, horizon)), 0)
        engine.simulate(point, seed, replicate, record)
        if measured == "hcps_using":
            return record.places[:, records.USES] / record.places.sum(axis=1)
        tools = record.tools.sum(axis=1)
        return np.asarray(tools[:, records.RUNNING] / tools[:, records.ORGANISATIONS])
    panel = panel_of(point, seed, replicate, horizon)[0]
    with np.errstate(invalid="ignore"):
        return retained(panel, last) if measured == "cohort_retained" else trusting(panel)


def retained(panel: Panel, last: int) -> np.ndarray:
    """Return the share of adopters who are adopters 0 to `last` months after they first were."""
    first, person = first_uses(panel, last)
    at = first + np.arange(last + 1)[:, None]
    there = running(panel)[at, panel.organisation[person]]
    there &= panel.hired[at, person] == panel.hired[first, person]
    return np.asarray(
        (there & (panel.state[at, person] == ADOPTER)).sum(axis=1) / there.sum(axis=1)
    )


def trusting(panel: Panel) -> np.ndarray:
    """Return the share with trust above one half, of those whose organisation runs the tool."""
    runs = running(panel)[:, panel.organisation]
    return np.asarray((runs & (panel.trust > TRUSTS)).sum(axis=1) / runs.sum(axis=1))


def distance(series: Series, found: np.ndarray) -> float:
    """Return the root mean square, over points, of the difference in standard errors; inf without a number."""
    off = ((found - series.shares) / series.errors)[series.counted]
    return float(np.sqrt(np.mean(np.square(off)))) if np.isfinite(off).all() else np.inf
