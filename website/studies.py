"""The published studies, run anew: their tables, figures and answers in experiments/, and the README's first answer.

python -m website.studies [NAME ...]

Runs are kept in build/studies, so that what was interrupted goes on, and what is there is only told again.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

import sim
from sim.__main__ import main as command
from sim.design.posterior import SAMPLE, SHIPPED
from website.document_blocks import rewritten

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "build" / "studies"
BY = "make studies"
# Study -> what is shown of it. The first line of its README's block is the answer.
SHOWN: dict[str, Sequence[str]] = {
    "calibrate_patterns": (
        "posterior.csv", "predictive.csv", "measured_anew.csv", "posterior.png", "predictive.png",
    ),
    "trust_sweep": ("summary.csv", "sweep.png", "sweep_trust.png", "heatmap.png"),
    "alignment_sweep": ("summary.csv", "curves.png", "effects.png"),
    "all_factors": (
        "factors.csv", "pairs.csv", "bundles.csv", "shapley.csv", "bundles.png", "effects.png",
        "shapley.png",
    ),
    "from_here": ("steps.csv", "steps_of_two.csv", "steps.png"),
    "mechanisms_over_time": ("held_back.csv", "held_back.png", "where.png"),
    "global_sensitivity": ("sensitivity.csv", "sensitivity.png", "screening.png"),
    "tipping_points": ("tipping.csv", "basins.csv", "tipping.png", "basins.png"),
    "when_to_act": ("summary.csv", "comparison.csv", "costs.csv", "changes.png"),
    "optimise": ("frontier.csv", "frontier.png"),
    "policy_whatif": (
        "summary.csv", "comparison.csv", "costs.csv", "changes.png", "costs.png", "robustness.png",
    ),
}  # fmt: skip
BASELINE = "baseline"
SEARCH = "calibrate_patterns"
PICTURE = ROOT / "docs" / "images" / "trust_sweep.png"


def publish(name: str) -> None:
    """Run a study, and write its folder in experiments/ anew."""
    asked = [] if name == BASELINE else [f"+experiment={name}"]
    more = ["seed=1"] if name == SEARCH else ["overwrite=true"]
    if code := command([*asked, f"out={KEPT / name}", *more]):
        raise SystemExit(code)
    if name == SEARCH:
        told = (KEPT / name / "answer.txt").read_text(encoding="utf-8")
        shutil.copy(KEPT / name / SAMPLE, SHIPPED)
    else:
        told = str(sim.read(KEPT / name))
    answer = ["```text", *told.splitlines(), "```"]
    folder = ROOT if name == BASELINE else ROOT / "experiments" / name
    for file in SHOWN.get(name, ()):
        (made,) = (KEPT / name).rglob(file)
        shutil.copy(made, folder / file)
    page = folder / "README.md"
    rewritten(page, {"answer": lambda: answer}, BY)
    if name == "trust_sweep":
        shutil.copy(folder / "sweep.png", PICTURE)


def publish_table(
    file: Path, made: pd.DataFrame, lines: Callable[[pd.DataFrame], list[str]]
) -> int:
    """Write a study's table, and what its page tells: what the table holds, to its digits."""
    made.to_csv(file, index=False, float_format="%.6g", lineterminator="\n")
    rewritten(file.with_name("README.md"), {"answer": lambda: lines(pd.read_csv(file))}, BY)
    return 0


def main(names: Sequence[str]) -> int:
    """Publish the studies named, all of them where none is."""
    unknown = sorted(set(names) - {BASELINE, *SHOWN})
    if unknown:
        print(f"error: {unknown[0]}: allowed is {', '.join((BASELINE, *SHOWN))}", file=sys.stderr)
        return 2
    for name in names or (BASELINE, *SHOWN):
        publish(name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
