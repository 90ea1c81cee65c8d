"""The settings table: what a user can set that is not a number of the model, and the studies.

A setting changes how runs are made, recorded or shown. `seed` and `replicates` say which runs
are made; nothing else here may change a result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from sim.tables.parameters import Parameter


@dataclass(frozen=True)
class Setting(Parameter):
    """A parameter of the program rather than of the model; null is allowed where it is the default."""

    source: str = "setting"
    words: str = ""  # what is allowed, where the table's own words would be wrong

    def allowed(self) -> str:
        """Say in words which values are allowed."""
        null = ", or null" if self.default is None and self.numeric else ""
        return self.words or super().allowed() + null


def _table(*rows: Setting) -> Mapping[str, Setting]:
    return MappingProxyType({row.path: row for row in rows})


NOTHING = _table()
EXECUTORS = ("local", "local_processes", "dask", "ray")
WITH_ADDRESS = ("dask", "ray")  # executors that can be somewhere else
LARGEST_SEED = 2**63 - 1
LARGEST_REPLICATES = 10_000_000

ASSUMPTIONS, POSTERIOR = "assumptions", "posterior"
# Worlds where nobody says how many. Below 256, pairs of so many assumptions go together in a Sobol
# sample: with 128 worlds the two most alike of 93 have a correlation of 0.8, with 256 of 0.4 to 0.6
WORLDS = {ASSUMPTIONS: 256, POSTERIOR: 64}

# fmt: off
SETTINGS = _table(
    Setting("seed", 0, "", 0, LARGEST_SEED, "the luck of all runs; the same seed gives the same results", kind="integer"),
    Setting("replicates", 64, "runs", 1, LARGEST_REPLICATES, "runs of each design point", kind="integer"),
    Setting("engine", "kernel", "", 0, 0, "kernel (compiled) or agents (Mesa agents in Python); equal results", kind="choice", choices=("kernel", "agents")),
    Setting("threads", None, "threads", 1, 4096, "threads that runs are spread over (null: all cores); results do not depend on it", kind="integer", words="a whole number from 1 to 4096, or null for all cores"),
    Setting("months", "none", "", 0, 0, "record months: one row per run and month (all) or year (yearly), or means and quantiles over replicates for each month", kind="choice", choices=("none", "all", "yearly", "quantiles")),
    Setting("organisations", "none", "", 0, 0, "record one row per run and organisation: none or all", kind="choice", choices=("none", "all")),
    Setting("hcps", "none", "", 0, 0, "record one row per run and HCP in post at the horizon: none or all", kind="choice", choices=("none", "all")),
    Setting("out", None, "", 0, 0, "folder of the results (null: outputs/<experiment>/<time>-<hash>)", kind="file", words="the path of a folder, or null"),
    Setting("overwrite", False, "", 0, 0, "replace earlier result files of this program in the folder given by out", kind="boolean"),
    Setting("fail_fast", False, "", 0, 0, "stop at the first run that fails, instead of going on with the others", kind="boolean"),
    Setting("most_minutes", 60, "minutes", 0, 1_000_000, "estimated time from which a sweep asks for confirm=true", kind="integer"),
    Setting("confirm", False, "", 0, 0, "go on although the estimated time is above most_minutes", kind="boolean"),
    Setting("contracts", False, "", 0, 0, "check every month of every run what must always hold; changes no result", kind="boolean"),
    Setting("executor", "local", "", 0, 0, "where runs are computed: threads here, processes here, or a cluster; equal results", kind="choice", choices=EXECUTORS),
    Setting("address", None, "", 0, 0, "address of a running Dask scheduler or Ray head (null: a local cluster)", kind="file", words="an address, or null"),
    Setting("uncertainty", "none", "", 0, 0, "none: one world; posterior: runs are spread over worlds that agree with the published patterns; assumptions: policies are compared in worlds in which all assumptions vary", kind="choice", choices=("none", ASSUMPTIONS, POSTERIOR)),
    Setting("worlds", None, "worlds", 2, 100_000, f"how many worlds; null: {WORLDS[POSTERIOR]} to compare policies in a posterior, otherwise one for each run; {WORLDS[ASSUMPTIONS]} of assumptions", kind="integer"),
    Setting("posterior", None, "", 0, 0, "folder of a calibration: its worlds are taken in the place of the shipped ones, with uncertainty=posterior", kind="file", words="the path of a folder that `calibrate` has written, or null"),
    Setting("shard", None, "", 0, 0, "make only a part of the runs, such as 3/16, in a folder of its own; `merge` joins all parts", kind="file", words="a number and how many there are, such as 3/16, or null"),
    Setting("progress", "auto", "", 0, 0, "show a progress bar: auto (on a terminal), always or never", kind="choice", choices=("auto", "always", "never")),
)
# Of studies that search for parameters: `data=FILE`, or `options: {data: FILE}` in a file
OF_SEARCHES = _table(
    Setting("target", None, "", 0, 0, "what is fitted: patterns (published ones), series (of data); null: series if there are data", kind="choice", choices=("patterns", "series")),
    Setting("data", None, "", 0, 0, "CSV file of a series, with columns time and percent", kind="file", words="the path of a CSV file, or null"),
    Setting("measured", None, "", 0, 0, "what the series is about (null: as its column measured says)", kind="choice", choices=("hcps_using", "organisations_running", "cohort_retained", "trust")),
    Setting("series", None, "", 0, 0, "which series, where the file has several", kind="file", words="a name in the column series, or null"),
    Setting("unit", None, "", 0, 0, "percent or share; asked for where all numbers are at most 1", kind="choice", choices=("percent", "share")),
    Setting("start", None, "", 0, 0, "when it started, in the form of the times (null: not known)", kind="file", words="a time, as in the column time, or null"),
    Setting("particles", None, "", 10, 100_000, "sets of parameters in the sample (null: 400 for patterns, 200 for a series)", kind="integer"),
    Setting("proposals", None, "", 10, 10_000_000, "simulations at most (null: 20000 for patterns, 6000 for a series)", kind="integer"),
)
# Of factorial designs
OF_TRUTH_TABLES = _table(
    Setting("thresholds", (0.2, 0.3, 0.5), "share of HCPs", 0, 1, "use after five years from which a combination of a factorial design counts as enough", kind="list", words="a number from 0 to 1, or a list of them"),
)
# Of designs of trajectories, which screen parameters
OF_SCREENING = _table(
    Setting("important", 12, "parameters", 2, 100, "how many parameters, those that move use most along the trajectories, are then drawn together", kind="integer"),
    Setting("rows", 512, "rows", 2, 100_000, "rows of that second sample; each is as many points as important parameters, and two", kind="integer"),
)
# Of studies of tipping points
OF_TIPPING = _table(
    Setting("many", 0.9, "share of HCPs", 0, 1, "users at the start where histories begin with many"),
    Setting("resolution", 0.02, "share of the range", 0.001, 1, "steps halve until a boundary is known to such a part of the range of its axis"),
)
# Of mixes of policies
OF_MIXES = _table(
    Setting("budget", 30_000.0, "currency per organisation and year", 1, 1e9, "what the mix that is told first may cost; mixes of up to twice as much are tried", words="a number from 1 to 1e9"),
    Setting("mixes", 750, "mixes", 10, 1_000_000, "how many mixes are tried", kind="integer"),
)
# fmt: on
OPTIONS = {**OF_SEARCHES, **OF_TRUTH_TABLES, **OF_SCREENING, **OF_TIPPING, **OF_MIXES}
OF_SERIES = ("measured", "series", "unit", "start")  # how its file is to be read
SEARCH_SETTINGS = ("seed", "threads", "out", "progress")  # what a search has a use for


class DesignKind(NamedTuple):
    """How axes make a design; so many different values has at least one of them."""

    meaning: str
    values: int = 1
    options: Mapping[str, Setting] = NOTHING  # of its answer


DESIGN_KINDS: dict[str, DesignKind] = {
    "grid": DesignKind("every combination of the values of all axes"),
    "one_at_a_time": DesignKind("each axis varies alone, all others stay at the base point", 2),
    "pairs": DesignKind(
        "each axis varies alone, and each two together, all others stay at the base point", 2
    ),
    "factorial": DesignKind(
        "every combination of the lowest and the highest value of each axis", 2, OF_TRUTH_TABLES
    ),
    "lhs": DesignKind(
        "design.samples points of a Latin hypercube over all axes; cannot be extended", 2
    ),
    "sobol": DesignKind(
        "design.samples points of a Sobol sequence over all axes; can be extended", 2
    ),
    "morris": DesignKind(
        "design.samples trajectories over all axes, along which one after another moves once",
        2,
        OF_SCREENING,
    ),
    "list": DesignKind("the points of the CSV file that design.file names"),
}


OF_SWEEPS = tuple(name for name in DESIGN_KINDS if name != "morris")


class StudyKind(NamedTuple):
    """What `study: NAME` may name, and the designs that it answers; the study lives in sim.studies.

    The first of the designs is taken where none is asked for. At least one axis has so many
    different values; of a study that compares, one that a sampled design lists and does not draw.
    """

    meaning: str
    designs: tuple[str, ...] = OF_SWEEPS
    values: int = 0
    compares: bool = False
    otherwise: str = ""  # what is said where too little varies
    searches: bool = False  # for parameters, around one world: it has options, and few settings
    grows: bool = False  # what runs it needs besides, the first of them decide
    options: Mapping[str, Setting] = NOTHING  # of its answer, whatever the design
    axes: tuple[str, ...] = ()  # that alone may vary; empty for any
    screens: bool = False  # every number of the model, where no axis is named
    title: str = ""  # where nothing that is asked for has one
    question: str = ""  # the same; empty where it is what changes with the axes


STUDIES: dict[str, StudyKind] = {
    "simulate": StudyKind("runs of one world, month by month, with intervals"),
    "sweep": StudyKind(
        "runs over a grid of values (or one value at a time), with figures",
        values=1,
        otherwise="nothing varies; needed is a parameter with its values, such as "
        "process.training=[0,0.1]",
        title="Sweep",
    ),
    "compare": StudyKind(
        "policies (or scenarios) against the first of them, run by run under the same luck",
        ("grid", "factorial", "lhs", "sobol", "list"),
        values=2,
        compares=True,
        otherwise="there is nothing to compare; needed are two or more, such as "
        "policy=none,training (the first is what the others are compared with)",
        title="Comparison",
    ),
    "alignment": StudyKind(
        "what closing each gap between experts and professionals would change",
        ("one_at_a_time",),
        values=2,
        otherwise="nothing varies; needed are two values or more of a parameter, such as "
        "alignment.usability=[0,1]",
        title="One at a time",
        question="What could still be gained, if one thing moves at a time?",
    ),
    "from_here": StudyKind(
        "what each step, and each two together, would change from where we stand",
        ("pairs",),
        values=2,
        compares=True,
        otherwise="nothing varies; needed are two values or more of a parameter, such as "
        "process.training=[0,0.1]",
        title="From where we stand",
        question="Which next step would bring most, and which two go together?",
    ),
    "mechanisms_over_time": StudyKind(
        "what holds use back month by month: each axis switches something off",
        ("one_at_a_time",),
        values=1,
        compares=True,
        otherwise="nothing is switched off; needed is a value of a parameter, such as "
        "development.funding_dependence=[0]",
        title="Mechanisms over time",
        question="What holds use back, in which year?",
    ),
    "sensitivity": StudyKind(
        "which parameters use hangs on most: all are screened, the important ones drawn together",
        ("morris",),
        values=2,
        grows=True,
        screens=True,
        otherwise="nothing varies; needed are two or more, such as process.training={low:0,high:0.1}",
        title="Sensitivity",
        question="What does use hang on most?",
    ),
    "tipping": StudyKind(
        "how far an axis has to move until half the histories keep use, from few users and from many",
        ("one_at_a_time",),
        values=2,
        grows=True,
        options=OF_TIPPING,
        otherwise="nothing varies; needed are two numbers or more of a parameter, such as "
        "alignment.usability=[0,1]",
        title="Tipping points",
        question="How far has something to move until use lasts?",
    ),
    "calibrate": StudyKind(
        "a search for the parameters that agree with published patterns, or with a series of data",
        ("grid",),
        searches=True,
        options=OF_SEARCHES,
        title="Calibration",
        question="Which parameters agree with what was observed?",
    ),
    "optimise": StudyKind(
        "a search for the best mix of policies under a budget: which levers, when, how strongly",
        ("grid",),
        values=2,
        compares=True,
        otherwise="there is nothing to mix; needed are policies, such as "
        "policy=none,training,co_design (the first is what mixes are compared with)",
        options=OF_MIXES,
        axes=("policy",),
        title="The best mix under a budget",
        question="With so much money, what should we do, when and how strongly?",
    ),
}

# Axes of names, which a sampled design crosses with every sample instead of sampling them
CROSSED_AXES = ("policy", "shock", "scenario")
SAMPLED_KINDS = ("lhs", "sobol", "morris")
GRID_KINDS = ("grid", "factorial", "list")  # all combinations of their axes
DESIGN_KEYS: dict[str, str] = {
    "kind": f"how axes make points: {', '.join(DESIGN_KINDS)}; the first that the study answers "
    "where it is left out",
    "axes": "parameter: values, for each parameter that varies",
    "samples": "number of points of a sampled design",
    "file": "CSV file with one column per parameter and one line per point, for kind list",
    "seeds": "common (all points share their luck) or independent",
}
SEEDS = {"common": "all points share their luck", "independent": "each point has its own luck"}

TEXT_KEYS: dict[str, str] = {
    "title": "a short name of the experiment, for figures and reports",
    "question": "the question that the experiment answers",
    "study": "what is done with the runs: " + ", ".join(STUDIES),
}

# What a file of results says of the files that it was made from, so that they need not be there
HELD_KEYS: dict[str, str] = {
    "policies": "policies by name, each with what a file of it would hold, for `policy` to name",
    "shocks": "shocks by name, in the same form, for `shock` to name",
    "data_files": "data files that the experiment was run with, each with the hash of its content "
    "(sha256): one that has changed since is told",
}
