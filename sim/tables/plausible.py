"""What is plausible of each assumption, beside what is possible: priors, and ranges of uncertain worlds.

Half to one and a half of the value, cut to what is possible (a convention of this program), but for those that
studies give reason to take wider or narrower. All are assumptions, committed before any search.
"""

from __future__ import annotations

from sim.tables.parameters import PARAMETERS

WIDTH = 0.5
# Free in a calibration: the columns of a posterior sample
FREE = (
    "deployment.rate", "deployment.intercept", "deployment.imitation", "deployment.member_weight",
    "trust.success_gain", "trust.failure_loss",
    "decision.intercept", "decision.trust", "decision.appraisal", "decision.peers_adopting",
    "decision.peers_lapsed", "decision.literacy", "decision.roles", "decision.trial_rate",
    "decision.retrial_rate", "decision.decide_rate", "decision.lapse_rate",
    "review.threshold", "review.width", "review.rate",
)  # fmt: skip
RANGES: dict[str, tuple[float, float]] = {
    "deployment.rate": (0.02, 0.4),
    "deployment.intercept": (-7.0, -1.0),
    "deployment.imitation": (2.0, 8.0),
    "deployment.member_weight": (0.0, 4.5),
    "decision.intercept": (-6.0, -2.5),
    "decision.peers_adopting": (0.0, 5.0),
    "decision.peers_lapsed": (0.0, 3.0),
    "decision.trial_rate": (0.04, 0.18),
    "decision.retrial_rate": (0.03, 0.25),
    "decision.lapse_rate": (0.03, 0.30),
    "review.threshold": (0.05, 0.35),
    "review.width": (0.02, 0.12),
    "review.rate": (0.03, 0.12),
    # half to one and a half of the values before the search: fitting them must not move their priors
    "trust.success_gain": (0.04, 0.12),
    "trust.failure_loss": (0.085, 0.255),
    "decision.trust": (2.0, 6.0),
    "decision.appraisal": (2.5, 7.5),
    "decision.literacy": (0.5, 1.5),
    "decision.roles": (1.0, 3.0),
    "decision.decide_rate": (0.125, 0.375),
}


def plausible(path: str, value: float | None = None) -> tuple[float, float]:
    """Return the plausible range of a parameter, around a value if that lies outside of the usual one.

    Without a value: around the default.
    """
    parameter = PARAMETERS[path]
    if path in RANGES:
        low, high = RANGES[path]
        if value is None or low <= value <= high:
            return low, high
    around = float(parameter.default if value is None else value)  # type: ignore[arg-type]
    ends = sorted((around * (1 - WIDTH), around * (1 + WIDTH)))
    low, high = (float(f"{min(parameter.high, max(parameter.low, x)):.10g}") for x in ends)
    return low, high
