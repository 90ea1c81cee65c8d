"""`AdoptionModel`: one run as a Mesa model, with either engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from sim.model import contracts as checks
from sim.model import engine as runs
from sim.model import inputs, kernel, records
from sim.model.agents import HCP, AIExpert, Organisation
from sim.model.agents.mesa_agents import Agents
from sim.model.agents.society import Society
from sim.model.collecting import Collector, iteration_of, mesa
from sim.model.levers import Schedule
from sim.model.options import LUCK, OPTIONS, check_options, luck_of
from sim.tables.checks import GROUPS, once_each, resolve
from sim.tables.errors import UserError
from sim.tables.messages import show, unknown
from sim.tables.parameters import PARAMETERS
from sim.tables.plain import by_index

Engine = Literal["kernel", "agents"]
BEHAVIOUR = (
    "step", "influence", "cooperate", "train", "be_trained", "reconsider", "use", "appraise", "propensity",
    "decide", "move", "count_move", "leave", "uniform", "changed",
)  # fmt: skip
# names of attributes, not functions: a model can then be pickled
COLLECTED = {name: name for name in ("adopter_share", "mean_trust", "organisations_running")}


class AdoptionModel(Society, mesa.Model):
    """How the adoption of a healthcare AI is sustained or lost, month by month.

    Parameters
    ----------
    parameters : mapping, optional
        Values that differ from the defaults, by dotted path, or nested. See
        `docs/parameters.md`.
    engine : {"kernel", "agents"}
        "kernel" computes a month in compiled code, "agents" steps each Mesa agent in Python.
        Both give the same bits.
    seed, rng : int
        0 to 2^63 - 1, under either of Mesa's two names; 0 unless given.
    replicate : int, optional
        Number of the replicate, 0, 1, ...; 0 unless given. The iterations of `mesa.batch_run` are
        the replicates of that number.
    hcp_class : type, optional
        A subclass of `HCP` with behaviour of its own; needs `engine="agents"`.
    policies, shocks : mapping, optional
        Name -> what a file of it would hold, for names that `policy` and `shock` use.
    schedule : Schedule, optional
        Timed levers, in the place of named policies and shocks.
    world : inputs.World, optional
        A user's own organisations and ties.
    model_reporters, agent_reporters, agenttype_reporters : mapping, optional
        For Mesa's `DataCollector`, which collects the start and every month by itself. Without
        `model_reporters`, adopter share, trust and running tools are collected. What only some
        agents have is asked for by their class: `agenttype_reporters={HCP: {"trust": "trust"}}`.
    record : records.Record, optional
        Zeroed arrays to record into; made if not given.
    luck : int
        See `engine.Point`.
    contracts : bool
        Check every month what must always hold.
    **kwargs
        Further parameters by dotted path, so that `mesa.batch_run` can vary them.

    Raises
    ------
    UserError
        For an unknown parameter or a value that is not allowed.
    SimulationError
        From `step`, if a quantity is not a number.

    Examples
    --------
    >>> model = AdoptionModel({"process.training": 0.1}, seed=1)
    >>> model.run_model()
    >>> len(model.agents)
    1060
    """

    means_every = 12  # months between means in the model's own record

    def __init__(
        self,
        parameters: Mapping[str, Any] | None = None,
        *,
        engine: Engine = "kernel",
        replicate: int | None = None,
        hcp_class: type[HCP] = HCP,
        policies: Mapping[str, Any] | None = None,
        shocks: Mapping[str, Any] | None = None,
        schedule: Schedule | None = None,
        world: inputs.World | None = None,
        model_reporters: Mapping[str, Any] | None = None,
        agent_reporters: Mapping[str, Any] | None = None,
        agenttype_reporters: Mapping[type, Mapping[str, Any]] | None = None,
        record: records.Record | None = None,
        luck: int = 0,
        contracts: bool = False,
        **kwargs: Any,
    ) -> None:
        # `kwargs` by name: Mesa's SolaraViz takes further parameters under no other
        given = {name: value for name, value in locals().items() if name in OPTIONS}
        iteration = iteration_of(self)
        # not in the signature: batch_run of Mesa 3.5 replaces a parameter `seed` that it finds there
        numbers = {name: kwargs.pop(name) for name in LUCK if name in kwargs}
        seed, replicate = luck_of(numbers, replicate, iteration)
        mesa.Model.__init__(self, rng=seed)
        parameters = by_index(parameters, "parameters")
        check_options({**given, **kwargs, "parameters": parameters}, iteration is not None)
        check_behaviour(hcp_class, engine)
        wrong = [name for name in kwargs if name not in PARAMETERS and name not in GROUPS]
        if wrong:
            known = [*LUCK, *OPTIONS, *PARAMETERS]
            raise UserError([unknown(n, known, "keyword", value=show(kwargs[n])) for n in wrong])
        self.values = resolve(once_each(parameters, kwargs))
        if schedule is None:
            schedule = self._schedule(policies or {}, shocks or {})
        self.engine: Engine = engine
        self.run_seed = seed
        self.replicate = replicate
        self.contracts = contracts
        Society.__init__(
            self, runs.prepare(self.values, schedule, world, luck), seed, replicate,
            hcp_class, AIExpert, Organisation,
        )  # fmt: skip
        self.record = record or records.of_run(
            records.empty_record(1, self.horizon, self.means_every), 0
        )
        records.write(0, self.packed, self.state, self.record)
        self._in_a_batch = iteration is not None
        self._sets: dict[type, Agents] = {}
        self._all: Agents | None = None
        self._stop = np.zeros(1, np.int64)
        reporters = COLLECTED if model_reporters is None else model_reporters
        self.datacollector = Collector(reporters, agent_reporters, agenttype_reporters)
        self.datacollector.collect(self)
        self.running = self._goes_on()

    @property
    def datacollector(self) -> mesa.DataCollector:
        """What is collected, the start and every month; a subclass may put its own in place."""
        return self._collector

    @datacollector.setter
    def datacollector(self, collector: mesa.DataCollector) -> None:
        if type(collector) is mesa.DataCollector:
            collector.__class__ = Collector  # else each month would stand there twice
        self._collector = collector

    def _goes_on(self) -> bool:
        """Whether a step is to come: a month, or an empty one for Mesa 3.3 (see `lacks_last_month`)."""
        collector = self.datacollector
        return self.month < self.horizon or (
            self._in_a_batch and isinstance(collector, Collector) and collector.lacks_last_month
        )

    def _schedule(self, policies: Mapping[str, Any], shocks: Mapping[str, Any]) -> Schedule | None:
        """Return the schedule of named policies and shocks; this layer knows no names."""
        named = [k for k in ("policy", "shock") if self.values[k] != "none"]
        if named:
            raise UserError(
                f"{named[0]}={self.values[named[0]]}: sim.model takes a schedule, not names; "
                "sim.AdoptionModel, sim.run and sim.compare take names"
            )
        return None

    # -------------------------------------------------------------- agents
    @property
    def agents(self) -> Agents:
        """HCPs and AI experts, as a Mesa AgentSet."""
        if self._all is None:
            self._all = Agents([*self.hcps, *self.experts], random=self.random)
        return self._all

    @property
    def agents_by_type(self) -> dict[type, Agents]:
        """AgentSets of HCPs, AI experts and organisations."""
        if not self._sets:
            kinds = self.hcp_class, self.expert_class, self.organisation_class
            for kind, views in zip(
                kinds, (self.hcps, self.experts, self.organisations), strict=True
            ):
                self._sets[kind] = Agents(views, random=self.random)
        return dict(self._sets)

    @property
    def agent_types(self) -> list[type]:
        """The classes of the agents."""
        return list(self.agents_by_type)

    # -------------------------------------------------------------- the month
    def step(self) -> None:
        """Simulate one month; does nothing once the horizon is reached."""
        if self.month >= self.horizon:
            self.running = False
            return
        self.month += 1
        before = self.state.organisations["census"].copy() if self.contracts else None
        if self.engine == "kernel":
            kernel.advance(
                self.month, self.month, self.run_key, self.packed, self.point.schedule,
                self.state, self.record, self._stop, np.zeros(1, np.int64),
            )  # fmt: skip
        else:
            self.live()
            records.write(self.month, self.packed, self.state, self.record)
        runs.raise_failure(self.state)
        if before is not None:
            checks.check(self.month, self.state, before)
            runs.raise_failure(self.state)
        if isinstance(self.datacollector, Collector):
            self.datacollector.collect(self)
        self.running = self._goes_on()


def check_behaviour(hcp_class: Any, engine: str) -> None:
    """Refuse what is no HCP, and for the kernel, which cannot call Python, behaviour of its own."""
    if not (isinstance(hcp_class, type) and issubclass(hcp_class, HCP)):
        raise UserError(
            f"hcp_class={show(getattr(hcp_class, '__name__', hcp_class))}: needed is a subclass of "
            "sim.HCP (the class, not an agent)"
        )
    own = [n for n in BEHAVIOUR if getattr(hcp_class, n, None) is not getattr(HCP, n)]
    if own and engine == "kernel":
        raise UserError(
            f"engine=kernel: cannot run {hcp_class.__name__}.{own[0]}; use engine='agents'"
        )
