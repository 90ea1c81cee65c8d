"""Which parameters have no effect in a world: what each needs of others, as a table.

Only what is exact: without what it needs, a parameter may have any value and no run changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sim.tables.factors import GROUP_NAMES, QUALITY_NAMES
from sim.tables.messages import listed
from sim.tables.parameters import PARAMETERS

NOTHING = (0, None, "none")
FROM_A_FILE = "population.file"


class Need(NamedTuple):
    """What another parameter has to be: one of some values, or none of them."""

    path: str
    values: tuple[Any, ...]
    other_than: bool = False

    def met(self, values: Mapping[str, Any]) -> bool:
        """Whether it is in a world of these values."""
        return (values[self.path] in self.values) != self.other_than

    def __str__(self) -> str:
        names = ["null" if value is None else f"{value}" for value in self.values]
        if not self.other_than:
            return f"{self.path}={listed(names, 'or')}"
        if self.values != NOTHING:
            return f"{self.path} other than {listed(names, 'or')}"
        return f"{self.path} above 0" if PARAMETERS[self.path].numeric else f"a {self.path}"


def _is(path: str, *values: Any) -> Need:
    return Need(path, values)


def _on(path: str) -> Need:
    return Need(path, NOTHING, other_than=True)


_TIES = (_on("network.ties"), _is("network.kind", "well_mixed", "file"))
_MODULAR = _is("network.kind", "modular")
_POLICY = _on("policy")
_MEMBERS = (_on("process.interorganisational_cooperation"), _POLICY, _on(FROM_A_FILE))
_MEETINGS = (_on("process.hcp_cooperation"), _POLICY)
_COSTS = (_POLICY, _on("shock"))


def _rows() -> Iterator[tuple[str, tuple[Need | tuple[Need, ...], ...]]]:
    """Yield parameters with all that they need."""
    for path in ("organisations", "organisation_size", "size_spread"):
        yield f"population.{path}", (_is(FROM_A_FILE, None),)
    for group in GROUP_NAMES:
        somebody = (_on(f"population.{group}.share"), _on(FROM_A_FILE))
        yield f"turnover.{group}", (somebody,)
        for path in ("trust", "literacy", "engagement", *(f"emphasis.{q}" for q in QUALITY_NAMES)):
            yield f"population.{group}.{path}", (somebody,)
    drawn = _is("network.kind", "modular", "small_world", "random", "scale_free")
    yield "network.ties", (drawn,)
    yield "network.outside", (_MODULAR, _on("network.ties"))
    drawn_members = (
        _on("process.interorganisational_cooperation"),
        _on(FROM_A_FILE),
    )  # levers widen the network of organisations after ties are made
    yield "network.outside_member", (_MODULAR, _on("network.ties"), drawn_members)
    yield "network.rewiring", (_is("network.kind", "small_world"), _on("network.ties"))
    for path in ("influence.rate", "decision.peers_adopting", "decision.peers_lapsed"):
        yield path, (_TIES,)
    yield "deployment.member_weight", (_MEMBERS,)
    yield "deployment.privacy_reference", (_on("deployment.privacy_gate"),)
    for path in ("fit_base", "funding_dependence"):
        yield f"development.{path}", (_on("development.rate"),)
    yield "development.member_exchange", (_MEMBERS,)
    yield "incident.trust_loss", (_on("incident.rate"),)
    yield "process.shared_understanding", (_MEETINGS,)
    for path in PARAMETERS:
        if path.startswith("cooperation.") and path != "cooperation.interdisciplinary_skill":
            yield path, (_MEETINGS,)
    interdisciplinary = (_on("process.shared_understanding"), _POLICY)
    yield "cooperation.interdisciplinary_skill", (_MEETINGS, interdisciplinary)
    trained = (_on("process.training"), _on("turnover.onboarding"), _POLICY)
    yield "training.gain", (trained,)
    derived = _is("turnover.onboarding", None)
    yield "turnover.onboarding_factor", (derived, _on("process.training"))
    yield "trust.scope_floor", (_on("trust.reliability_gain"),)
    # with a strength of 1 the reference cancels out
    weakened = Need("trust.transparency_strength", (1,), other_than=True)
    yield "trust.transparency_reference", (weakened,)
    for path in ("transparency_softening", "responsibility_weight", "loss_cap"):
        yield f"trust.{path}", (_on("trust.failure_loss"),)
    for path in ("critical_mass", "critical_exponent"):
        yield f"appraisal.{path}", (_on("appraisal.systemic"),)
    for path in ("threshold", "width", "grace_months", "trust_loss"):
        yield f"review.{path}", (_on("review.rate"),)
    for path in ("currency", "discount_rate"):
        yield f"cost.{path}", (_COSTS,)


# Parameter -> all that it needs, each of which may be met in one of several ways
ONLY_WITH: dict[str, tuple[tuple[Need, ...], ...]] = {
    path: tuple((need,) if isinstance(need, Need) else need for need in needs)
    for path, needs in _rows()
}
# Words about results: they never make a difference between points
WORDS = frozenset({"cost.currency"})


def in_words(needs: tuple[tuple[Need, ...], ...]) -> str:
    """Return what has to be met."""
    return " and ".join(" or ".join(map(str, ways)) for ways in needs)


def unmet(path: str, values: Mapping[str, Any]) -> str:
    """Return what is missing for a parameter to have an effect, in words; empty if it has one."""
    missing = [
        ways for ways in ONLY_WITH.get(path, ()) if not any(need.met(values) for need in ways)
    ]
    return in_words(tuple(missing))
