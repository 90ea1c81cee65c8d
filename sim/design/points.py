"""The points of a design, and the checks of values that limit each other at them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, islice, product
from math import prod
from typing import TYPE_CHECKING, Any

from sim.design.axes import Axis
from sim.tables.limits import LIMITS, Limit, check_together, limited_paths
from sim.tables.messages import first_of, show
from sim.tables.only_with import ONLY_WITH, WORDS, unmet
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import CROSSED_AXES, SAMPLED_KINDS

if TYPE_CHECKING:
    import numpy as np

# Beyond so many combinations the checks are left to the runs themselves.
MOST_CHECKED = 20_000
FROM_THE_BASE = ("one_at_a_time", "pairs")  # kinds that begin with the base point
DIGITS = 10  # of sampled values, so that tables and command lines can state them in full


def points(
    axes: tuple[Axis, ...], kind: str, samples: int | None = None, seed: int = 0
) -> Iterator[dict[str, Any]]:
    """Yield path -> value of every point of a design, in order.

    A grid varies its last axis fastest. One at a time, and in pairs, the base point (nothing set)
    comes first.
    A sampled design depends on `samples` and `seed`; axes of names are crossed with every sample.
    """
    if kind in FROM_THE_BASE:
        yield {}
        for axis in axes:
            yield from (dict(setting) for setting in axis.settings)
        for first, second in combinations(axes, 2) if kind == "pairs" else ():
            for one, other in product(first.settings, second.settings):
                yield {**one, **other}
        return
    sampled = kind in SAMPLED_KINDS
    worlds: list[dict[str, Any]] = [{}]
    if sampled:
        drawn = drawn_of(axes)
        axes = tuple(axis for axis in axes if axis.name in CROSSED_AXES)
        worlds = sample(drawn, kind, samples or 1, seed)
    for world in worlds:
        for chosen in product(*(axis.settings for axis in axes)):
            yield {path: value for setting in (*chosen, world) for path, value in setting.items()}


def resolved(
    settings: Sequence[Mapping[str, Any]], values: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    """Return what each setting makes of the base values, wherever any of them changes something."""
    paths = dict.fromkeys(path for setting in settings for path in setting)
    return [tuple(setting.get(path, values[path]) for path in paths) for setting in settings]


def number_of_points(axes: tuple[Axis, ...], kind: str, samples: int | None = None) -> int:
    """Return how many points a design has, before repeated ones are left out; none is made."""
    if kind in FROM_THE_BASE:
        pairs = combinations(map(len, axes), 2) if kind == "pairs" else ()
        return 1 + sum(map(len, axes)) + sum(map(prod, pairs))
    sampled = kind in SAMPLED_KINDS
    crossed = (len(axis) for axis in axes if not sampled or axis.name in CROSSED_AXES)
    each = 1 + len(drawn_of(axes)) if kind == "morris" else 1
    return prod(crossed) * (each * (samples or 1) if sampled else 1)


def drawn_of(axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
    """Return the axes that a sampled design draws from."""
    return tuple(axis for axis in axes if axis.name not in CROSSED_AXES)


def spread_points(axes: tuple[Axis, ...], number: int) -> list[dict[str, Any]]:
    """Return a few points on the way from the first values of all axes to the last."""
    shares = [n / (number - 1) for n in range(number)]
    return [
        {p: v for axis in axes for p, v in axis.settings[round(share * (len(axis) - 1))].items()}
        for share in shares
    ]


def sample(axes: tuple[Axis, ...], kind: str, samples: int, seed: int) -> list[dict[str, Any]]:
    """Return the points of a sampled design, each axis between its lowest and its highest value.

    A Latin hypercube (McKay et al. 1979) or a scrambled Sobol sequence (Sobol 1967, Owen 1998),
    both from scipy.stats.qmc, or trajectories (Morris 1991). All but a hypercube can be extended:
    more samples keep the first.
    """
    from sim.analysis import sensitivity

    if kind == "lhs":
        from scipy.stats import qmc

        unit = qmc.LatinHypercube(len(axes), rng=seed).random(samples)
    elif kind == "morris":
        unit = sensitivity.trajectories(len(axes), samples, seed)
    else:
        unit = sensitivity.sobol(len(axes), samples, seed)
    return scaled(axes, unit)


def scaled(axes: tuple[Axis, ...], unit: np.ndarray) -> list[dict[str, Any]]:
    """Return (points, axes) in [0, 1] as values between the lowest and the highest of each axis."""
    return [
        {
            path: _scaled(axis, path, float(share))
            for axis, share in zip(axes, row, strict=True)
            for path in axis.paths
        }
        for row in unit
    ]


def _scaled(axis: Axis, path: str, share: float) -> Any:
    low, high = min(axis.values), max(axis.values)
    whole = PARAMETERS[path].kind == "integer"
    if axis.logarithmic:
        value = low * (high / low) ** share
    elif whole:
        # each whole number is equally likely, the ends included
        return min(int(high), int(low + share * (high - low + 1)))
    else:
        value = low + share * (high - low)
    return round(value) if whole else min(high, max(low, float(f"{value:.{DIGITS}g}")))


def check_points(values: Mapping[str, Any], axes: tuple[Axis, ...], kind: str) -> list[str]:
    """Return the mistakes in values that limit each other, at the points of a design.

    Only axes that such a check looks at are combined. Of each check the first mistake is told,
    with the point it is made at and how many more points are wrong.
    """
    found: dict[Limit, list[str]] = {}
    for point in _points_that_vary(limited_paths(), axes, kind):
        here = {**values, **point}
        for limit in LIMITS:
            for line in check_together(here, [limit]):
                at = ", ".join(f"{p}={show(v)}" for p, v in point.items() if p not in line)
                found.setdefault(limit, []).append(f"{line} (at {at})" if at else line)
    return [first_of(lines, "point") for lines in found.values()]


def _points_that_vary(
    paths: set[str] | frozenset[str], axes: tuple[Axis, ...], kind: str
) -> Iterator[dict[str, Any]]:
    """Yield the points of the axes that set one of these paths."""
    concerned = tuple(axis for axis in axes if paths.intersection(axis.paths))
    # the corners of a sampled space bound what a check of values that limit each other can find in it
    corners = "grid" if kind in SAMPLED_KINDS else kind
    return islice(points(concerned, corners), MOST_CHECKED)


def without_effect(
    values: Mapping[str, Any], axes: tuple[Axis, ...], kind: str, asked: Iterable[str]
) -> tuple[list[str], list[str]]:
    """Return a mistake for each axis that changes nothing at any point, and notes of other keys.

    `asked` are the parameters that somebody has set; what an axis varies counts at its points alone.
    """
    problems, notes = [], []
    varied: set[str] = set()
    for axis in axes:
        varied |= set(axis.paths)
        idle = [path for path in axis.paths if not has_effect(path, values, axes, kind)]
        lines = [f"axis {axis.name}: {_why(path, values)}" for path in idle]
        if len(idle) == len(axis.paths):
            problems.append(f"{lines[0]}; without that, all its points are alike")
        else:
            notes += lines
    for path in dict.fromkeys(asked):
        if path not in varied and not has_effect(path, values, axes, kind):
            notes.append(f"{path}={show(values[path])}: {_why(path, values)}")
    return problems, notes


def _why(path: str, values: Mapping[str, Any]) -> str:
    if path in WORDS:
        return f"{path} is a name, and changes no result"
    return f"{path} has no effect in this world; it has one with {unmet(path, values)}"


def has_effect(path: str, values: Mapping[str, Any], axes: tuple[Axis, ...], kind: str) -> bool:
    """Whether a parameter can change a result at a point of a design: at those that set it, if any."""
    varied = any(path in axis.paths for axis in axes)
    if path not in ONLY_WITH:
        return True
    if varied and path in WORDS:
        return False
    needed = {path, *(need.path for ways in ONLY_WITH[path] for need in ways)}
    return any(
        not unmet(path, {**values, **point})
        for point in _points_that_vary(needed, axes, kind)
        if path in point or not varied
    )
