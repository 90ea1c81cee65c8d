"""Baseline numbers of six configurations: written by this script, compared by the tests.

    python tests/baseline.py            # says what differs
    python tests/baseline.py --update   # writes tests/baseline.yaml anew

A change of the baseline must be named in CHANGELOG.md, with the new fingerprint, as a migration
(meant: the model or its arithmetic changed) or a regression (a mistake of an earlier version).
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import yaml

from sim import run
from website.known_answers import NUMBERS

FILE = Path(__file__).with_name("baseline.yaml")
REPLICATES = 4
SMALL = {
    "population.organisations": 8,
    "population.organisation_size": 25,
    "horizon": 60,
    "deployment.at_start": 0.5,
}
CONFIGURATIONS: dict[str, dict] = {
    "baseline": {},
    "baseline of 0.2": NUMBERS,  # the changelog says that it comes back to the bit
    "all gaps closed": {
        **SMALL,
        **{f"alignment.{q}": 0.8 for q in ("usability", "data_quality", "privacy")},
        "process.training": 0.1,
        "process.hcp_cooperation": 0.5,
    },
    "scale free, geometric mean": {**SMALL, "network.kind": "scale_free", "appraisal.rho": 0.0},
    "in use from the start, well mixed": {
        **SMALL,
        "network.kind": "well_mixed",
        "deployment.at_start": 0.6,
        "population.initial_adopters": 0.5,
        "population.size_spread": 0.8,
    },
    "small world, fully compensatory": {
        **SMALL,
        "network.kind": "small_world",
        "appraisal.rho": 1.0,
        "review.grace_months": 6,
    },
}
OUTCOMES = (
    "sustained_adoption",
    "non_adoption",
    "abandonment",
    "scale_up",
    "spread",
    "lapse_rate",
    "use_after_5_years",
    "where.used_and_stopped.horizon",
    "trust",
    "alignment_index",
)


def numbers() -> dict[str, dict[str, list[float]]]:
    """Return configuration -> outcome -> the replicates' numbers."""
    found = {}
    for name, parameters in CONFIGURATIONS.items():
        result = run(parameters, replicates=REPLICATES, seed=11, progress="never")
        found[name] = {o: [float(x) for x in result.outcome(o)] for o in OUTCOMES}
    return found


def fingerprint(found: dict) -> str:
    """Return a short hash of all numbers, to the bit."""
    return hashlib.sha256(repr(found).encode()).hexdigest()[:10]


def differences(found: dict, kept: dict) -> list[str]:
    """Return one line per outcome that is not equal to the bit."""
    return [
        f"{name}, {outcome}: {kept.get(name, {}).get(outcome)} -> {values}"
        for name, outcomes in found.items()
        for outcome, values in outcomes.items()
        if repr(kept.get(name, {}).get(outcome)) != repr(values)
    ]


def main() -> int:
    found = numbers()
    if "--update" in sys.argv:
        content = {"fingerprint": fingerprint(found), "numbers": found}
        FILE.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        print(f"written; name fingerprint {fingerprint(found)} in CHANGELOG.md")
        return 0
    lines = differences(found, yaml.safe_load(FILE.read_text(encoding="utf-8"))["numbers"])
    print("\n".join(lines) or "equal to the bit")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
