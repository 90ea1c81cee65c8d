"""`python -m website.robustness`: do the headline conclusions survive in other worlds? Part of `make studies`.

A conclusion says of pairs of settings which has more users five years after the tool came. In each world
it is as strong as its weakest pair, and paired: both settings have the same luck.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from sim import HCP
from sim.analysis.intervals import Interval
from sim.design.folders import shipped_folder
from sim.design.policy_files import named_policies
from sim.design.posterior import posterior_worlds
from sim.design.runs import make_design
from sim.ensembles.executors import LOCAL, PROCESSES
from sim.ensembles.run import run_ensemble
from sim.ensembles.warm import warm_up
from sim.reports.words import per_100
from sim.tables.checks import resolve
from sim.tables.factors import QUALITIES
from website.document_blocks import table
from website.known_answers import NUMBERS, TRAP
from website.other_rules import BetaTrust, RandomOrder
from website.studies import ROOT, publish_table

FOLDER = ROOT / "experiments" / "robustness"
SEED, RUNS = 0, 64
START = {"deployment.at_start": 1.0, "horizon": 60}
# of everybody: the same as use five years after the start where the tool is everywhere from the start
OUTCOME = "adopter_share.horizon"
CONFIDENCE = 0.99  # there are about a hundred cells
VERDICTS = ("kept", "weaker", "within chance", "turned round", "too few runs")
KEPT, WEAKER, CHANCE, TURNED, FEW = VERDICTS
MUCH_LESS = 0.5  # of the difference where it was found; what is less is weaker (a convention)
AS_IT_IS, SMALL = "As it is", "250 professionals, 25 organisations of 10"
# `holds_in` counts runs (or worlds) in which all pairs have the sign of the conclusion
COLUMNS = "world conclusion verdict more less difference low_99 high_99 runs holds_in use".split()
BEST = "pilot_and_stop"  # after five years, in the world as it is
POLICIES = (
    "train_everyone_once paper_collaboration technology_only institutionalise transparency_work"
).split()
UNCHANGED, OPAQUE = "nothing changed", "little attention to transparency"
CLOSED = ("roles", "responsibility", "scope", "value")  # as transparency is
NOUN = {quality.name: quality.noun for quality in QUALITIES}
LITTLE = {"development.ceiling.transparency": 0.4, "process.hcp_cooperation": 0.5}
MANY_NEEDED: dict[str, Any] = {**NUMBERS, **TRAP, "appraisal.systemic": 0.9}
SETTINGS: dict[str, dict[str, Any]] = {
    UNCHANGED: {},
    "more meetings": {"process.hcp_cooperation": 0.5},
    "more training": {"process.training": 0.1},
    **{f"full attention to {noun}": {f"alignment.{name}": 1.0} for name, noun in NOUN.items()},
    OPAQUE: {"alignment.transparency": 0.2},
    **{f"little attention to {NOUN[name]}": {f"alignment.{name}": 0.2} for name in CLOSED},
    "little transparency, trust hangs on it": LITTLE,
    "little transparency, trust does not": {**LITTLE, "trust.transparency_strength": 0.0},
    "trust does not hang on transparency": {"trust.transparency_strength": 0.0},
    **{name: {"policy": name} for name in (BEST, *POLICIES)},
    "begun by none": {**MANY_NEEDED, "population.initial_adopters": 0.0},
    "begun by most": {**MANY_NEEDED, "population.initial_adopters": 0.9},
}


class Conclusion(NamedTuple):
    """More use it under the first setting of each pair than under the second."""

    name: str
    claim: str
    pairs: tuple[tuple[str, str], ...]


class World(NamedTuple):
    """What is changed of everything, and how it is run."""

    name: str
    changes: Mapping[str, Any] = {}
    runs: int = RUNS
    hcp_class: type[HCP] | None = None
    worlds: Sequence[Mapping[str, float]] = ({},)
    beside: str = AS_IT_IS  # the world whose differences these are measured by
    trap: bool = True  # whether the trap, which takes 240 months, is looked at


ATTENTION = [name for name in SETTINGS if name.startswith("full attention")]
CONCLUSIONS = tuple(
    Conclusion(name, claim, tuple(pairs))
    for name, claim, pairs in (
        ("Meetings", "More meetings with experts do more than full attention to any one quality.",
         product(["more meetings"], ATTENTION)),
        ("Training", "More training does more than full attention to any one quality.",
         product(["more training"], ATTENTION)),
        ("Transparency", "Of the gaps that are closed, opening that of transparency again costs most.",
         product([f"little attention to {NOUN[one]}" for one in CLOSED], [OPAQUE])),
        ("Trust costs", "Where the technology allows little transparency, trust that hangs on it loses users.",
         [("little transparency, trust does not", "little transparency, trust hangs on it")]),
        ("Trust gains", "Where it allows all, trust that hangs on it wins users.",
         [(UNCHANGED, "trust does not hang on transparency")]),
        ("Policy", "Pilot and stop has more users after five years than any other of six policies.",
         product([BEST], POLICIES)),
        ("Trap", "Where most of the value needs many users, who begins with many has more in the end.",
         [("begun by most", "begun by none")]),
    )
)  # fmt: skip


def all_worlds() -> tuple[World, ...]:
    """Return the worlds, the one as it is first."""
    settings = {"posterior": None, "worlds": 64, "replicates": 64}
    agreeing, _ = posterior_worlds("simulate", settings, (), ())
    small = {"population.organisations": 25, "population.organisation_size": 10}
    agents = World("", small, runs=40, beside=SMALL, trap=False)
    no_peers = {"decision.peers_adopting": 0.0, "decision.peers_lapsed": 0.0}
    return (
        World(AS_IT_IS),
        *(
            World(f"{kind.replace('_', ' ').capitalize()} network", {"network.kind": kind})
            for kind in ("random", "small_world", "scale_free", "well_mixed")
        ),
        World(SMALL, small, runs=128),
        World("10,000 professionals", {"population.organisations": 200}, runs=6),
        World("100,000 professionals", {"population.organisations": 2000}, runs=4, trap=False),
        *(World(f"Appraisal exponent {rho}", {"appraisal.rho": rho}) for rho in (-3, 0, 1)),
        World("What peers do does not matter", no_peers),
        agents._replace(name="Random order of acting, in 250", hcp_class=RandomOrder),
        agents._replace(name="Beta rule of trust, in 250", hcp_class=BetaTrust),
        World("64 worlds that agree with published patterns", runs=1, worlds=agreeing.settings),
    )  # fmt: skip


def use(world: World, settings: Mapping[str, Mapping[str, Any]]) -> dict[str, np.ndarray]:
    """Return the share of professionals who use the tool at the end of each run."""
    base = resolve({**START, **world.changes})
    changes = [{**setting, **world.changes} for setting in settings.values()]
    policies = named_policies([{**base, **change} for change in changes], [shipped_folder()])
    points = [
        replace(point, hcp_class=world.hcp_class)
        for change in changes
        for point in make_design(base, [change], policies=policies, worlds=world.worlds).points
    ]
    warm_up(str(base["network.kind"]))
    agents = world.hcp_class is not None
    made = run_ensemble(
        points, [{}] * len(points), seed=SEED, replicates=world.runs, fail_fast=True,
        engine="agents" if agents else "kernel", executor=PROCESSES if agents else LOCAL,
    )  # fmt: skip
    return dict(zip(settings, made.outcomes[OUTCOME].reshape(len(settings), -1), strict=True))


def difference(more: np.ndarray, less: np.ndarray) -> Interval:
    """Return the mean paired difference with its 99 % interval (Student's t)."""
    paired = more - less
    half = stats.t.ppf(0.5 + CONFIDENCE / 2, paired.size - 1) * stats.sem(paired)
    mean = paired.mean()
    return Interval(float(mean), float(mean - half), float(mean + half), paired.size)


def verdict(found: Interval, beside: float) -> str:
    """Say what became of a difference that is `beside` in the world where it was found."""
    if found.high < 0:
        return TURNED
    if found.low <= 0:
        return FEW if found.high >= beside > 0 else CHANCE  # as before, or nothing: who knows
    return WEAKER if found.estimate < MUCH_LESS * beside else KEPT


def measure(
    worlds: Sequence[World],
    conclusions: Sequence[Conclusion] = CONCLUSIONS,
    settings: Mapping[str, Mapping[str, Any]] = SETTINGS,
) -> pd.DataFrame:
    """Return a row for each world and conclusion: the weakest pair, and what it says."""
    rows: list[tuple[Any, ...]] = []
    beside: dict[tuple[str, str], float] = {}
    for world in worlds:
        asked = [c for c in conclusions if world.trap or c.name != "Trap"]
        needed = {name for c in asked for pair in c.pairs for name in pair}
        found = use(world, {name: s for name, s in settings.items() if name in needed})
        for c in asked:
            pairs = [(difference(found[a], found[b]), a, b) for a, b in c.pairs]
            turned = [pair for pair in pairs if pair[0].high < 0]
            x, more, less = min(turned or pairs, key=lambda pair: pair[0].low)
            beside[world.name, c.name] = x.estimate
            said = verdict(x, beside[world.beside, c.name])
            holds = np.all([found[a] > found[b] for a, b in c.pairs], axis=0).sum()
            rows.append((world.name, c.name, said, more, less, *x, holds, found[more].mean()))
        print(world.name, flush=True)
    return pd.DataFrame(rows, columns=COLUMNS)


def lines(cells: pd.DataFrame) -> list[str]:
    """Return what is told of the cells."""
    names, claims = cells.world.unique(), {c.name: c.claim for c in CONCLUSIONS}
    others, last = cells[cells.world != names[0]], cells[cells.world == names[-1]]
    told = others[others.verdict != FEW]
    stands = told.verdict.isin((KEPT, WEAKER)).groupby(told.conclusion).all()
    turned = others[others.verdict == TURNED]
    out = [
        f"**{stands.sum()} of {len(stands)} conclusions about who uses the tool after five years "
        "stand in all other worlds where runs are enough to tell; "
        f"{turned.conclusion.nunique() or 'none'} turned round in any.**",
        "",
    ]
    for name, rows in others.groupby("conclusion", sort=False):
        where = rows.groupby("verdict").world.agg("; ".join)
        not_kept = [f"{v.capitalize()}: {where[v]}." for v in VERDICTS[1:] if v in where]
        kept = f"Kept in {(rows.verdict == KEPT).sum()} of {len(rows)} other worlds."
        out.append(" ".join([f"- *{name}.* {claims[name]}", kept, *not_kept]))
    for row in turned.itertuples():
        out.append(
            f"- *Turned round.* {row.world}: {-100 * row.difference:.1f} more of 100 use it with "
            f"{row.less} than with {row.more}."
        )
    found = map(Interval, cells.difference, cells.low_99, cells.high_99, cells.runs)
    cell = [f"{v} {per_100(x, True)}" for v, x in zip(cells.verdict, found, strict=True)]
    grid = cells.assign(cell=cell).pivot(index="world", columns="conclusion", values="cell")
    use = cells[cells.more == UNCHANGED].set_index("world").use
    head = cells.conclusion.unique()
    told_of = ([w, f"{100 * use[w]:.0f}", *grid.fillna("not tried").loc[w, head]] for w in names)
    each = ", ".join(f"{row.conclusion} {row.holds_in}" for row in last.itertuples())
    return [
        *out, "", *table(("World", "Of 100 use it", *head), told_of), "",
        f"In how many of the {names[-1]} all pairs have the sign of the conclusion, in one run "
        f"each: {each}.",
    ]  # fmt: skip


def main() -> int:
    """Run everything, and write table and page."""
    return publish_table(FOLDER / "robustness.csv", measure(all_worlds()), lines)


if __name__ == "__main__":
    sys.exit(main())
