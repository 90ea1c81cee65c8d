"""Simple curves of growth, extended beyond what was seen: Bass, logistic, Gompertz, and the last value.

All know only times and shares. Each of the three curves has a ceiling and two numbers of its shape, fitted by
least squares within bounds. Its forecasts are a parametric bootstrap: the fitted curve with errors added is
fitted again and extended, and what would be read of it has an error too. Errors are as large as
the residuals, and never smaller than those of the readings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

DRAWS = 400
# times in years, first share, ceiling, two numbers of the shape -> shares
Shape = Callable[..., np.ndarray]


class Curve(NamedTuple):
    """A curve of growth, with the bounds of its ceiling and the two numbers of its shape."""

    shape: Shape
    # by default of a rate per year, and a time in years since the first point
    low: tuple[float, float, float] = (0.05, 0.001, -40.0)
    high: tuple[float, float, float] = (1.0, 3.0, 60.0)
    # of the two numbers, where searches begin
    starts: tuple[tuple[float, float], ...] = ((0.15, 0.0), (0.15, 8.0), (0.6, 0.0), (0.6, 8.0))
    taken: int = 3  # numbers that are taken from the data


def bass(t: np.ndarray, first: float, ceiling: float, p: float, q: float) -> np.ndarray:
    """Return Bass' curve (1969, doi 10.1287/mnsc.15.5.215) through the first share at time 0."""
    reached = first / ceiling
    left = (1 - reached) / (p + q * reached) * np.exp(-(p + q) * t)
    return np.asarray(ceiling * (1 - p * left) / (1 + q * left))


def logistic(t: np.ndarray, first: float, ceiling: float, rate: float, middle: float) -> np.ndarray:
    """Return the logistic curve, half its ceiling at the time `middle`."""
    return np.asarray(ceiling / (1 + np.exp(np.clip(-rate * (t - middle), -500, 500))))


def gompertz(t: np.ndarray, first: float, ceiling: float, rate: float, middle: float) -> np.ndarray:
    """Return Gompertz' curve, steepest at the time `middle`."""
    return np.asarray(ceiling * np.exp(-np.exp(np.clip(-rate * (t - middle), -500, 500))))


CURVES = {
    "bass": Curve(
        bass, (0.05, 1e-6, 0.0), (1.0, 0.5, 3.0), ((0.01, 0.2), (0.1, 0.2), (0.01, 0.6)), taken=4
    ),
    "logistic": Curve(logistic),
    "gompertz": Curve(gompertz),
}


def fit(curve: Curve, t: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return ceiling and shape, (3,), of a curve that lies nearest to shares in [0, 1], `t` years after the first."""
    ceilings = (1.0, min(1.0, 1.1 * float(shares.max())))
    starts = [(ceiling, *shape) for ceiling in ceilings for shape in curve.starts]
    found = [_nearest(curve, t, shares, np.array(start)) for start in starts]
    return min(found, key=lambda x: float(((curve.shape(t, shares[0], *x) - shares) ** 2).sum()))


def _nearest(curve: Curve, t: np.ndarray, shares: np.ndarray, start: np.ndarray) -> np.ndarray:
    from scipy.optimize import least_squares

    found = least_squares(
        lambda x: curve.shape(t, shares[0], *x) - shares,
        np.clip(start, curve.low, curve.high),
        bounds=(curve.low, curve.high),
        x_scale=np.subtract(curve.high, curve.low),
    )
    return np.asarray(found.x)


def extended(
    curve: Curve,
    t: np.ndarray,
    shares: np.ndarray,
    ahead: np.ndarray,
    error: float,
    seed: int,
    draws: int = DRAWS,
) -> np.ndarray:
    """Return what a curve that is fitted to shares forecasts of them, (draws, times) in [0, 1].

    Shares were seen `t` years after the first point, and are asked for `ahead` years after it; `error` is the
    standard error of a reading, as a share.
    """
    luck = np.random.default_rng(seed)
    best = fit(curve, t, shares)
    line = curve.shape(t, shares[0], *best)
    freedom = max(1, t.size - curve.taken)
    spread = max(error, float(np.sqrt(((line - shares) ** 2).sum() / freedom)))
    made = np.empty((draws, ahead.size))
    for n in range(draws):
        seen = np.clip(line + spread * luck.standard_normal(t.size), 0.001, 1)
        made[n] = curve.shape(ahead, seen[0], *_nearest(curve, t, seen, best))
    return np.clip(made + spread * luck.standard_normal(made.shape), 0, 1)


def last_value(
    t: np.ndarray, shares: np.ndarray, ahead: np.ndarray, seed: int, draws: int = DRAWS
) -> np.ndarray:
    """Return the forecast that all stays as it was last: a random walk with steps as seen so far.

    Parameters and result are those of `extended`.
    """
    steps = np.diff(shares) / np.sqrt(np.diff(t))
    spread = np.sqrt((steps**2).mean()) * np.sqrt(ahead - t[-1])
    luck = np.random.default_rng(seed)
    made = shares[-1] + spread * luck.standard_normal((draws, ahead.size))
    return np.asarray(np.clip(made, 0, 1))
