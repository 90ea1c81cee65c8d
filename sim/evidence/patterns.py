"""The table of published patterns: what real studies found, and what counts as met.

`sim.evidence.mirrors` measures each in the model as it was published. Targets, accepted ranges,
weights (all patterns count alike) and distances were fixed before any search for parameters; held-out patterns
are measured once, after it, and nothing is moved for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np


class Quantity(NamedTuple):
    """One published number: the range from `low` to `high` counts as met."""

    name: str  # as the mirror calls it
    title: str
    unit: str
    published: str
    target: float
    low: float
    high: float

    def scaled(self, simulated: float) -> float:
        """0 at the target, -1 and 1 at the ends of the accepted range, infinite where there is no room."""
        off = simulated - self.target
        room = self.high - self.target if off > 0 else self.target - self.low
        if room > 0:
            return off / room
        return off if off == 0 or np.isnan(off) else float(np.copysign(np.inf, off))

    def distance(self, simulated: float) -> float:
        """0 at the target, 1 at the ends of the accepted range, infinite where there is no number."""
        return np.inf if np.isnan(simulated) else abs(self.scaled(simulated))

    def met(self, simulated: float) -> bool:
        """Whether a simulated number lies in the accepted range."""
        return bool(self.low <= simulated <= self.high)


class Pattern(NamedTuple):
    """What a study found, the mirror that measures it, and how that is done, in words."""

    name: str
    title: str
    mirror: str
    quantities: tuple[Quantity, ...]
    source: str
    measured: str
    held_out: bool = False


Q = Quantity
SURVEY = "survey of all professionals of organisations that run the tool, 12, 24 and 36 months after its start there"
COHORT = (
    "years of twelve months from the first adoption of each professional; a user of a year is an "
    "adopter in at least 3 months of it; who left or whose tool was withdrawn is left out"
)
INTENTION = "doi 10.2196/57224"
# fmt: off
PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        "second_year", "Users who stop in their second year, and who come back", "cohort",
        (
            Q("lapse", "stop in the second year", "share of users of the first year", "0.16", 0.16, 0.12, 0.20),
            Q("return", "of these, use it again in the third year", "share", "0.43", 0.43, 0.35, 0.50),
        ),
        "US meaningful-use cohort, ONC Quick Stat 31", COHORT,
    ),
    Pattern(
        "discontinuation", "Tools that organisations give up", "tools",
        (Q("discontinuation", "given up in a year", "share of running tools", "0.09 to 0.18", 0.135, 0.09, 0.18),),
        "Dutch radiology departments, doi 10.1007/s00330-023-09991-5",
        "tools withdrawn per organisation-year of running",
    ),
    Pattern(
        "diffusion", "Spread from organisation to organisation", "diffusion",
        (
            Q("imitation", "imitation q of Bass", "per year", "0.28 to 0.64", 0.46, 0.28, 0.64),
            Q("innovation", "innovation p of Bass", "per year", "below 0.03", 0.0, 0.0, 0.03),
            Q("median", "half of all organisations have deployed after", "years", "4 to 8.2", 6.1, 4.0, 8.2),
        ),
        "doi 10.1093/jamia/ocv103; Dunn 2012 (health IT; AI is said to be faster)",
        "Bass curve, everybody in the end, fitted to yearly deployments of 200 organisations of 10 professionals over 20 years",
    ),
    Pattern(
        "peers", "What one more peer in ten who adopts does", "peers",
        (Q("effect", "more professionals ever adopt", "percentage points", "5.9, 8.3, 7.8", 7.1, 4.4, 9.8),),
        "Donohue 2018, doi 10.1371/journal.pone.0204826 (11,958 physicians; three drugs, standard errors 1.5, 1.5, 2.9)",
        "professionals who never adopted and share no peer, in month 24; for each, one random peer who does not use it "
        "is made an adopter and kept one for 12 months, under the same luck; difference in ever having adopted by month 36, "
        "over the mean change of the share of adopting peers",
    ),
    Pattern(
        "trust_intention", "Trust and the wish to use", "survey",
        (Q("trust", "correlation", "", "0.73", 0.73, 0.55, 0.85),),
        f"{INTENTION}; net of others 0.29 in doi 10.5061/dryad.8931zcs25", SURVEY,
    ),
    Pattern(
        "technology_acceptance", "Performance, effort, others, and the wish to use", "survey",
        (
            Q("value", "felt value, correlation", "", "0.66", 0.66, 0.46, 0.86),
            Q("usability", "felt usability, correlation", "", "0.55", 0.55, 0.35, 0.75),
            Q("adopting", "share of adopting peers, correlation", "", "0.66", 0.66, 0.46, 0.86),
        ),
        INTENTION, SURVEY,
    ),
    Pattern(
        "explainability", "Explainability and trust, between organisations", "explainability",
        (Q("correlation", "correlation", "", "0.19", 0.19, 0.0, 0.4),),
        "arXiv 2504.12529; mixed among clinicians: doi 10.2196/53207",
        "transparency and mean trust of organisations, 24 months after the tool's start there", held_out=True,
    ),
    Pattern(
        "trained", "Training and willingness", "trained",
        (Q("odds", "odds ratio of being willing", "", "1.8", 1.8, 1.2, 2.7),),
        "JMIR 2025;27:e84918", f"ever trained against never, willing if the propensity is above 0; {SURVEY}", held_out=True,
    ),
    Pattern(
        "participation", "Taking part and success", "participation",
        (Q("correlation", "correlation", "", "0.28", 0.28, 0.1, 0.45),),
        "Straub & Trower; doi 10.2753/MIS0742-1222250111",
        "meetings with experts per professional in the first 24 months, share of adopters at month 48, over organisations",
        held_out=True,
    ),
    Pattern(
        "opinion_leaders", "Opinion leaders", "opinion_leaders",
        (Q("effect", "more professionals use it", "percentage points", "9 to 12", 10.5, 4.0, 17.0),),
        "Cochrane CD000125", "the shipped policy `champions` against none, 12 months after it begins", held_out=True,
    ),
    Pattern(
        "membership", "Membership of a network and having the tool", "membership",
        (Q("difference", "more members run it than others", "percentage points", "49 (86 against 37 %)", 49.0, 25.0, 60.0),),
        "ASTP/ONC 2025 (predictive AI in US hospitals, members of a system)",
        "organisations that run it, members against others, in the month in which 65 % of all do", held_out=True,
    ),
    Pattern(
        "adverse_evidence", "News that a practice harms", "adverse_evidence",
        (
            Q("at_once", "change of users at once", "%", "-36 (55.2 to 35.5 %)", -36.0, -45.0, -25.0),
            Q("monthly", "change in each month after", "%", "-8", -8.0, -13.0, -3.0),
        ),
        "minimally invasive radical hysterectomy after the LACC trial, US National Inpatient Sample",
        "the shipped shock `adverse_evidence`: adopters before it, in its month, and in the 6 months after", held_out=True,
    ),
    Pattern(
        "withdrawn", "Trust before, with and after a tool that is withdrawn", "withdrawn",
        (
            Q("before", "trust it before its start", "share", "0.31", 0.31, 0.19, 0.43),
            Q("in_use", "after 12 months of use", "share", "0.48", 0.48, 0.36, 0.60),
            Q("later", "after 24 months of use", "share", "0.47", 0.47, 0.35, 0.59),
            Q("after", "6 months after its end", "share", "0.26", 0.26, 0.14, 0.38),
        ),
        "NHS staff survey on X-ray AI",
        "share of professionals with trust above one half, organisations that withdrew it after two years or more", held_out=True,
    ),
)
# fmt: on
FITTED = tuple(p for p in PATTERNS if not p.held_out)


def mirrors_of(patterns: Iterable[Pattern]) -> list[str]:
    """Return the names of the mirrors that patterns need, each once."""
    return list(dict.fromkeys(pattern.mirror for pattern in patterns))
