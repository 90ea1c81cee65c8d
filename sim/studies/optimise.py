"""Which mix of policies is worth most under a budget: a search over levers, their times and strengths.

Levers, their highest strengths and their prices are those of the policies that are compared; a unit of
strength costs what it costs where it is dearest. Mixes are proposed by a genetic algorithm for several aims
(NSGA-II, Deb et al. 2002, doi 10.1109/4235.996017): little cost, many users on average, many users in the
worst tenth of worlds. All are tried under the same luck. Mixes that are best under some budget are then
compared with the policies under luck of their own, so that what was luck is not told as skill.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from sim.analysis.robustness import worst_tenth
from sim.design.axes import Axis
from sim.design.request import Request
from sim.design.runs import design_of
from sim.ensembles import interrupt
from sim.ensembles.model_version import model_version
from sim.ensembles.progress import NEVER
from sim.ensembles.run import organisations_of, run_ensemble
from sim.ensembles.store import MANIFEST, MIXES, SEARCHED
from sim.ensembles.store.atomic import write_atomic
from sim.ensembles.store.lock import Lock
from sim.ensembles.store.tried import Found, Key, Tried, identity_of, kept, rows
from sim.ensembles.warm import warm_up
from sim.outcomes.table import COST
from sim.policies.cost import MONTHS_IN_YEAR
from sim.policies.kinds import POLICY, names_in
from sim.policies.policy import Policy, content_of, policy_of
from sim.reports.folder import open_folder
from sim.studies.comparison.policy_runs import samples_of
from sim.studies.execute import OF_THE_RUNS
from sim.studies.mixes import Space, best_within, outcome_of, prices
from sim.studies.session import say
from sim.tables.checks import NONE
from sim.tables.errors import UserError
from sim.tables.messages import show

SEARCH, TRIED = "search", "tried"  # what was found, and of how many: beside the options of a result
MOST_ASKED = 4  # proposals for each mix: some are too dear, or were tried already
POPULATION = 25  # mixes of a generation
TRIED_UP_TO = 2.0  # budgets
# For which the best mixes are told
BUDGETS = (0.05, 0.1, 0.15, 0.25, 0.4, 0.55, 0.75, 1.0, 1.5, TRIED_UP_TO)
MOST_RUNS = 64  # of each mix, where there is one world
NOTHING = (0.0, 0.0)
HEAD = """\
# Found by a search; strengths and costs are assumptions.
# python -m sim --config-dir {} policy={}
"""


def with_policies(request: Request, more: Sequence[Policy], names: Sequence[str]) -> Request:
    """Return a request that compares the policies of these names, some of them its own, some `more`."""
    axis = Axis(POLICY, (POLICY,), tuple(names), tuple({POLICY: name} for name in names))
    known = {**request.policies, **{(POLICY, policy.name): policy for policy in more}}
    return replace(request, axes=(axis,), policies=known)


class Search:
    """Tries mixes under one luck, each once."""

    def __init__(self, request: Request) -> None:
        self.request, settings = request, request.settings
        named = [name for value in request.axes[0].values for name in names_in(value)]
        self.policies = [request.policies[POLICY, name] for name in dict.fromkeys(named)]
        self.space = Space(prices(self.policies), request.values)
        self.outcome = outcome_of(request.values)
        self.seed = settings["seed"] ^ 1  # any other luck than that of the comparison
        self.budget, self.mixes = (request.options[key] for key in ("budget", "mixes"))
        years = request.values["horizon"] / MONTHS_IN_YEAR
        self.most = TRIED_UP_TO * self.budget * years  # per organisation
        told = [
            model_version(), settings["seed"], dict(request.options), self.space.prices,
            sorted(request.values.items()), request.worlds, settings["replicates"],
            [content_of(policy) for policy in request.policies.values()],
        ]  # fmt: skip
        (point, *_) = design_of(with_policies(request, [], [NONE])).points
        self.organisations = organisations_of(point)
        self.identity = identity_of(told)

    def compared(self, tried: Mapping[Key, Found]) -> Request:
        """Return the request that compares the best mixes with the policies."""
        request, best = self.request, self.best(tried)
        mixes = [policy for policy, _ in best]
        found: dict[str, Any] = {
            TRIED: len(tried),
            SEARCH: {policy.name: numbers for policy, numbers in best},
            NONE: tried[self.space.nearest(())],
        }
        names = [*request.axes[0].values, *(mix.name for mix in mixes)]
        made = with_policies(request, mixes, names)
        return replace(made, options={**request.options, **found}, asked=request)

    def opened(self, path: Path | None, overwrite: bool = False) -> Tried:
        """Return what is tried, kept in a file if there is one."""
        names = [*self.space.choices, "cost", "use", "worst_tenth"]
        return Tried(path, self.identity, names, len(self.space.choices), overwrite)

    @interrupt.heard()
    def run(self, tried: Tried, tell: Callable[[str], None] | None = None) -> dict[Key, Found]:
        """Try mixes, a generation at a time, until there are enough; return those of this search."""
        optuna = _optuna()
        warm_up(str(self.request.values["network.kind"]))
        sampler = optuna.samplers.NSGAIISampler(seed=self.seed % 2**32, population_size=POPULATION)
        study = optuna.create_study(
            directions=["minimize", "maximize", "maximize"], sampler=sampler
        )
        for policy in (None, *self.policies):  # doing nothing is one of them
            key = self.space.nearest(policy.levers if policy else ())
            study.enqueue_trial(dict(zip(self.space.choices, key, strict=True)))
        seen: dict[Key, Found] = {}

        def measure(keys: Sequence[Key]) -> None:
            new = [key for key in keys if key not in tried.known]
            for key, found in zip(new, self._measure(new), strict=True):
                tried.add(key, found)
            seen.update({key: tried.known[key] for key in keys})
            if tell:
                tell(f"{len(seen):,} mixes tried, of {self.mixes:,} and simpler ones")

        for _ in range(MOST_ASKED * self.mixes // POPULATION + 1):
            trials = [study.ask() for _ in range(POPULATION)]
            proposed = (
                tuple(trial.suggest_int(n, 0, len(c) - 1) for n, c in self.space.choices.items())
                for trial in trials
            )
            keys = list(map(self.space.canonical, proposed))
            dear = {key: self.space.price(key) for key in keys}
            wanted = [k for k in dear if dear[k] <= self.most and k not in seen]
            measure(wanted[: self.mixes - len(seen)])
            for trial, key in zip(trials, keys, strict=True):
                # what is too dear brings nothing, so that cheaper ones come before it
                cost = self.organisations * dear[key]
                study.tell(trial, seen.get(key, (cost, *NOTHING)))
            if len(seen) >= self.mixes:
                break
        while fewer := [
            k for key in self._best(seen) for k in self.space.simpler(key) if k not in seen
        ]:
            measure(list(dict.fromkeys(fewer)))
        return seen

    def _measure(self, keys: Sequence[Key]) -> list[Found]:
        """Return mean cost, mean use and use in the worst tenth of worlds, of each mix."""
        if not keys:
            return []
        made = {f"mix_{n}": self.space.levers(key) for n, key in enumerate(keys)}
        names = [name if levers else NONE for name, levers in made.items()]
        mixes = [policy_of(n, {"levers": x}, POLICY) for n, x in made.items() if x]
        request = self.request
        request = replace(
            with_policies(request, mixes, names),
            worlds=request.worlds._replace(each=1),
            settings={**request.settings, "replicates": min(MOST_RUNS, request.replicates)},
        )
        design = design_of(request)
        settings = {name: request.settings[name] for name in OF_THE_RUNS} | {"seed": self.seed}
        ensemble = run_ensemble(
            design.points, design.settings, replicates=request.replicates, **settings
        )
        asked = [point.values[POLICY] for point in ensemble.points]
        points = np.array([[n for n, own in enumerate(asked) if own == name] for name in names])
        use, cost = (samples_of(ensemble, points, x)[0] for x in (self.outcome, COST))
        # a mix with runs that fail, or of which nobody is counted, brings nothing
        failed = np.isnan(ensemble.outcomes[COST][points]).any(axis=(1, 2))
        nothing = (self.most * self.organisations, *NOTHING)
        found = zip(cost.mean(axis=1), use.mean(axis=1), worst_tenth(use), strict=True)
        wrong = failed | np.isnan(use).any(axis=1)
        return [
            nothing if bad else tuple(map(float, x)) for x, bad in zip(found, wrong, strict=True)
        ]

    def _best(self, tried: Mapping[Key, Found]) -> dict[Key, Found]:
        """Return what is best under some budget, on average or in the worst tenth; cheapest first."""
        chosen: dict[Key, Found] = {}
        for part in BUDGETS:
            limit = self.organisations * self.most * part / TRIED_UP_TO
            for aim in (1, 2):
                key = best_within(tried, limit, self.space.levers, aim)
                if key is not None and self.space.levers(key):  # all runs may have failed
                    chosen[key] = tried[key]
        return dict(sorted(chosen.items(), key=lambda item: item[1]))

    def best(self, tried: Mapping[Key, Found]) -> list[tuple[Policy, Found]]:
        """Return the mixes that are best under some budget, each with what was found of it; cheapest first."""
        told, made = "The best of all mixes that were tried, for one of several budgets.", []
        for n, (key, found) in enumerate(self._best(tried).items(), 1):
            levers = self.space.levers(key)
            content = {"title": f"Mix {n}", "description": told, "levers": levers}
            made.append((policy_of(f"mix_{n:02}", content, POLICY), found))
        return made


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise UserError(
            "study=optimise: needs optuna, which is not installed; pip install 'nasss-sim[optimise]'"
        ) from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


def searched(request: Request, files: bool = True) -> Request:
    """Search, and return the request that compares what was found with the policies.

    With files, what is tried is kept: the same command goes on where it was interrupted.
    """
    search = Search(request)
    if not files:
        return search.compared(search.run(search.opened(None)))
    settings = request.settings
    if settings["shard"] is not None:
        raise UserError(f"shard={settings['shard']}: is not used by study={request.study}")
    out = settings["out"] or f"outputs/{request.experiment}/{search.identity}"
    overwrite = settings["overwrite"]
    folder = open_folder(out, request.experiment, search.identity, overwrite, lambda _: None)
    file = folder / SEARCHED
    if (folder / MANIFEST).exists() and not file.exists() and not overwrite:
        raise UserError(f"out={show(out)}: holds the result of other runs; give another out=")
    with Lock(folder):
        tried = search.opened(file, overwrite)
        with kept(tried.known, "mixes"):
            seen = search.run(tried, None if settings["progress"] == NEVER else say)
            write_mixes(folder / MIXES / POLICY, [policy for policy, _ in search.best(seen)])
    return replace(search.compared(seen), settings={**settings, "out": out})


def found_in(request: Request, folder: Path) -> Request:
    """Return the request that compares what a finished search in a folder found."""
    search = Search(request)
    lines = (folder / SEARCHED).read_text(encoding="utf-8").splitlines()
    return search.compared(rows(lines[2:], len(search.space.choices)))


def write_mixes(folder: Path, mixes: Sequence[Policy]) -> None:
    """Write each mix as a policy's file, in the place of those of an earlier search."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("mix_*.yaml"):
        path.unlink()
    for mix in mixes:
        text = yaml.safe_dump(content_of(mix), sort_keys=False, allow_unicode=True)
        write_atomic(folder / f"{mix.name}.yaml", HEAD.format(folder.parent, mix.name) + text)
