"""What the files of a result hold, and what their columns mean.

What a run leaves is told by `sim.outcomes.columns` and, as parameters are, by tables of their own.
The metadata of Parquet files, the descriptions of data frames and docs/files.md derive from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sim.ensembles.store import MANIFEST, MONTHS, PROVENANCE, RUNS, SEARCHED, SINGLE_MONTHS
from sim.outcomes.columns import COLUMNS as OF_RUNS
from sim.outcomes.columns import INT, TEXT, Column
from sim.outcomes.table import HEADLINE, OUTCOMES, Outcome
from sim.tables.errors import NoSuchNameError
from sim.tables.layout import Table
from sim.tables.messages import unknown
from sim.tables.parameters import PARAMETERS, Parameter

REPORT, CONFIG, WHAT_IF = "report.html", "config.yaml", "what_if.html"
SUMMARY = "summary.csv"

# In the order in which a reader wants them
FILES: dict[str, str] = {
    REPORT: "the answer with figures to point at; one file, opened in a browser, that needs "
    "no network",
    WHAT_IF: "the what-if page with the settings of the result, or those that all that was varied begins "
    "from; report.html opens it (where the page can show them)",
    SUMMARY: "one row per point and outcome: mean, interval of the mean, range of single runs; for "
    "spreadsheets (not of study=sensitivity, whose points are many)",
    "comparison.csv": "one row per policy and outcome: the paired difference to the first policy "
    "(study=compare only)",
    RUNS: "one row per run: what varies, seed, replicate, all outcomes",
    "costs.csv": "one row per policy: what it costs and brings (study=compare, where policies cost)",
    "factors.csv": "one row per factor of a factorial design: what it changes on average over all others",
    "pairs.csv": "one row per pair of its factors: how much more one changes where the other is high",
    "bundles.csv": "one row per threshold and bundle of factors that is enough for use after five years, "
    "where all else is at its worse end",
    "steps.csv": "one row per time and step from where we stand, one thing moved (study=from_here)",
    "steps_of_two.csv": "one row per time and two steps together (study=from_here)",
    "held_back.csv": "one row per mechanism and month: how many more would be where without it "
    "(study=mechanisms_over_time)",
    "shapley.csv": "one row per outcome and factor of a factorial design: its share of the variance",
    "sensitivity.csv": "one row per outcome and parameter: what it moves, and its share of the variance "
    "(study=sensitivity only)",
    "tipping.csv": "one row per axis and start: from which level on half the histories keep use "
    "(study=tipping only)",
    "basins.csv": "one row per world that agrees with the published patterns: where few and many users "
    "at the start lead (study=tipping only)",
    "frontier.csv": "one row per mix and policy: what it costs and brings under luck that the search did not know "
    "(study=optimise only)",
    SEARCHED: "one row per mix that was tried: number of the strength, the first month and the duration of each "
    "lever, mean cost, mean use and use in the worst tenth of worlds (study=optimise only)",
    MONTHS: "one row per run and month (months=all) or year (months=yearly), or one per point, "
    "quantity and month: means and quantiles over replicates (months=quantiles)",
    "organisations.parquet": "one row per run and organisation (organisations=all, and study=compare)",
    "hcps.parquet": "one row per run and HCP in post at the horizon (hcps=all)",
    SINGLE_MONTHS: "one row per run and month, where months.parquet does not hold them but figures "
    "or an extended sweep need them",
    CONFIG: "everything that made the result, defaults included, as an experiment to run again",
    PROVENANCE: "command, versions, seed, hashes of the tables",
    MANIFEST: "what the program needs to resume, extend or check the result",
}

C = Column


def _interval(
    name: str,
    unit: str,
    meaning: str,
    interval: str = "the 95 % interval of that mean",
    more: str = "",
) -> tuple[Column, Column, Column]:
    """Return the columns of an estimate and of the ends of its interval."""
    return (
        C(name, unit, meaning),
        C(f"{name}_low_95", unit, f"lower end of {interval}"),
        C(f"{name}_high_95", unit, f"upper end of {interval}{more}"),
    )


# Quantile over replicates -> its share and its name in words
SHARES = {
    "lowest_run": (0.0, "lowest value"),
    "q05": (0.05, "5 % quantile"),
    "q25": (0.25, "25 % quantile"),
    "median": (0.5, "median"),
    "q75": (0.75, "75 % quantile"),
    "q95": (0.95, "95 % quantile"),
    "highest_run": (1.0, "highest value"),
}
_OF_QUANTILES = {name: words for name, (_, words) in SHARES.items()} | {
    "mean": "mean",
    "mean_low_95": "lower end of the 95 % interval of the mean",
    "mean_high_95": "upper end of the 95 % interval of the mean",
}
_INFINITE = "its 95 % interval", "; may be infinite"
# fmt: off
QUANTILES = (
    C("quantity", "", "which of the quantities by month the row is about", TEXT),
    *(C(name, "as the quantity", f"{words} over the replicates of a point") for name, words in _OF_QUANTILES.items()),
    C("runs", "runs", "runs that the row rests on", INT),
)
_NAME = C("name", "", "name of the organisation", TEXT)
_OF_POINT = (
    C("scenario", "", "name of the scenario; only where scenarios are compared", TEXT),
    C("world", "", "number of all that is set beside what is compared, from 0; only where that varies", INT),
)
_COMPARED = (
    C("given_world", "", "the values that were listed for what varies beside the policy; only where there are several", TEXT),
    C("policy", "", "name of the policy or scenario", TEXT),
    C("baseline", "", "what the policy or scenario is compared with", TEXT),
)
_OUTCOME = (
    C("outcome", "", "name of the outcome that the row is about", TEXT),
    C("unit", "", "unit of that outcome", TEXT),
)
_AFTER = C("month", "months", "months since the start, at the end of which it is told", INT)
_PAIRS = C("pairs", "pairs", "pairs of runs in which both have a number")


def _of_runs(table: str) -> tuple[Column, ...]:
    """Return the columns of a table of runs, with those that tell of a point behind its number."""
    point, *others = OF_RUNS[table].values()
    return (point, *_OF_POINT, *others)


# Columns that are neither outcomes nor parameters, or differ from them; in the order of the tables
_TABLES = {
    "runs": _of_runs("runs"),
    "months": (*OF_RUNS["months"].values(), *QUANTILES),
    "organisations": (*_of_runs("organisations"), _NAME),
    "hcps": (*_of_runs("hcps"), _NAME),
    "summary": (
        OF_RUNS["runs"]["point"],
        *_OUTCOME,
        C("probability_sustained", "share of runs", "runs whose sustained adoption is at least outcome.sustained_threshold", title="Runs that sustain adoption"),
        *_interval("mean", "as the row's unit", "mean over runs", "the 95 % interval of the mean"),
        C("lowest_run", "as the row's unit", "lowest single run"),
        C("highest_run", "as the row's unit", "highest single run"),
        C("runs", "runs", "runs in which the outcome is a number", INT),
    ),
    "comparison": (
        *_COMPARED,
        *_OUTCOME,
        *_interval("change", "as the row's unit", "mean paired difference from the baseline, same luck"),
        *_interval("probability_better", "share of pairs", "pairs of runs in which it is better than the baseline", "the 95 % interval of that share"),
        C("variance_saved", "share", "part of the variance of the difference that common luck takes away"),
        _PAIRS,
    ),
    "factors": (
        C("factor", "", "name of what varies", TEXT),
        C("from", "", "its lowest value", TEXT),
        C("to", "", "its highest value", TEXT),
        *_interval("change", "share of HCPs", "change of use after five years (of sustained adoption, where that is not known) from the lowest to the highest value, mean over all combinations of the others"),
        C("raises_in", "share", "combinations of the others in which it raises the mean"),
        C("clearly_lowers_in", "share", "combinations of the others in which the 95 % interval of the change lies below 0; chance alone makes 0.025"),
    ),
    "pairs": (
        C("factor", "", "name of what varies", TEXT),
        C("other_factor", "", "name of what varies as well", TEXT),
        *_interval("change", "share of HCPs", "how much more the one changes at the highest value of the other than at its lowest, mean over all combinations of the others"),
        C("kind", "", "complements (each does more where the other does its part), substitutes (each does less), or may be chance", TEXT),
    ),
    "bundles": (
        C("threshold", "share of HCPs", "use after five years that is enough"),
        C("factors", "factors", "number of factors that the bundle asks for", INT),
        C("bundle", "", "the factors, joined by +", TEXT),
        C("consistency", "share", "combinations with the bundle that are enough: those whose interval of the mean begins at the threshold or above"),
        C("coverage", "share", "combinations that are enough that have the bundle"),
        *_interval(HEADLINE, "share of HCPs", "use after five years where all that the bundle leaves open is at its worse end"),
    ),
    "steps": (
        _AFTER,
        C("factor", "", "name of what is moved", TEXT),
        C("step", "", "what the value is called in the table of factors, or an end of the range", TEXT),
        C("from", "", "where we stand", TEXT),
        C("to", "", "where it is moved", TEXT),
        *_interval("change", "share of HCPs", "change of the adopter share, same luck"),
        *_interval("best_in", "share of worlds", "worlds (runs, where there is one world) in which no other step to the end of a range does more; not a number for other steps", "the 95 % interval of that share"),
    ),
    "steps_of_two": (
        _AFTER,
        C("factor", "", "name of what is moved", TEXT),
        C("to", "", "where it is moved", TEXT),
        C("other_factor", "", "name of what is moved as well", TEXT),
        C("other_to", "", "where that is moved", TEXT),
        *_interval("change", "share of HCPs", "change of the adopter share by both together, same luck"),
        *_interval("beyond_the_sum", "share of HCPs", "how much more that is than the sum of what each changes alone"),
        C("kind", "", "complements (more than the sum), substitutes (less), or may be chance, as many are looked at: of two that both move to the end of their range, all such rows of that month; else all rows", TEXT),
    ),
    "held_back": (
        C("mechanism", "", "name of what is switched off", TEXT),
        C("month", "months", "months since the start", INT),
        C("place", "", "where professionals are, a column of the table of months", TEXT),
        *_interval("change", "share of HCPs", "change of the share of professionals there without the mechanism, same luck"),
    ),
    "shapley": (
        *_OUTCOME,
        C("factor", "", "name of what varies", TEXT),
        *_interval("share", "share of variance", "its share of the variance of the means of all combinations (Shapley effect: what it does with others is divided equally)", "the 95 % interval of that share, by bootstrap over runs"),
    ),
    "sensitivity": (
        *_OUTCOME,
        C("parameter", "", "name of what varies", TEXT),
        C("from", "", "its lowest value", TEXT),
        C("to", "", "its highest value", TEXT),
        *_interval("effect", "as the row's unit", "mean of what it changes for the whole range, along the trajectories"),
        *_interval("size", "as the row's unit", "mean of that without its sign (mu* of Morris' screening)"),
        *_interval("first", "share of variance", "what it makes of the variance alone (first Sobol index); not a number unless it is important", "the 95 % interval of that share, by bootstrap over rows"),
        *_interval("total", "share of variance", "what it makes of the variance alone and with others (total Sobol index); not a number as above", "the 95 % interval of that share, by bootstrap over rows"),
    ),
    "tipping": (
        C("axis", "", "name of what moves", TEXT),
        C("users_at_start", "share of HCPs", "users at the start"),
        *_interval("boundary", "as the axis", "level at which half the histories keep use in the end; not a number if there is none within the range", "its 95 % interval, by bootstrap over histories; without end where the boundary may lie beyond the range"),
        C("steepest_from", "as the axis", "where use in the end changes most between two neighbouring levels, as in the next column, from"),
        C("steepest_to", "as the axis", "to"),
        *_interval("steepest_change", "share of HCPs", "by how much sustained adoption changes there"),
    ),
    "basins": (
        C("world", "", "row of the sample, from 0", INT),
        *_interval("few", "share of HCPs", "sustained adoption from few users at the start"),
        *_interval("many", "share of HCPs", "sustained adoption from many users at the start"),
        *_interval("difference", "share of HCPs", "by how much it is more from many, mean paired difference"),
        C("depends_on_start", "", "1 if the start decides there: more from many beyond chance, as many worlds are looked at, and by as much as splits histories; else 0", INT),
        *_interval("difference_kept", "share of HCPs", "the same difference where no tool is ever withdrawn"),
        C("depends_on_start_kept", "", "1 if the start decides there where no tool is ever withdrawn, else 0", INT),
    ),
    "frontier": (
        C("policy", "", "name of the mix or policy", TEXT),
        C("kind", "", "mix, of what was found, or policy", TEXT),
        C("cost", "currency per organisation and year", "mean cost, discounted, in cost.currency"),
        *_interval("use", "share of HCPs", "use after five years (at the end, where that is not known)", "the 95 % interval of the mean"),
        *_interval("change", "share of HCPs", "mean paired difference of that from the first policy"),
        *_interval("worst_tenth", "share of HCPs", "mean use in the tenth of worlds (of runs, in one world) with the least"),
        C("searched_change", "share of HCPs", "the change as the search saw it, which chose the mix for it"),
        C("searched_worst_tenth", "share of HCPs", "the change in the worst tenth as the search saw it"),
        C("best_for_budget", "", "1 for the mix that is the best in the search for the budget, else 0", INT),
        C("best_mix", "", "the best mix in the search of those that cost no more; empty if there is none", TEXT),
        *_interval("behind", "share of HCPs", "mean paired difference of use, that mix less this (the first policy less this, where there is no mix)"),
    ),
    "costs": (
        *_COMPARED,
        C("dominated_by", "", "a policy that costs no more and brings as many adopters; empty if there is none", TEXT),
        *_interval("additional_cost", "currency", "mean paired difference of what policies cost, discounted, in cost.currency"),
        *_interval("additional_adopters", "HCPs", "mean paired difference of sustained adoption, as a number of HCPs"),
        *_interval("cost_per_adopter", "currency per HCP", "additional cost over additional adopters; not a number if it brings no adopters beyond chance", *_INFINITE),
        _PAIRS,
        C("further_than", "", "the next cheaper one of those that are worth their money at some budget; empty if it is not among them", TEXT),
        *_interval("cost_per_further_adopter", "currency per HCP", "what each adopter beyond that one costs; not a number if there are none beyond chance", *_INFINITE),
    ),
}
# fmt: on
# Frame of a result -> name of a column -> the column
FRAMES = {frame: {c.name: c for c in columns} for frame, columns in _TABLES.items()}
# Key of the provenance -> its unit and meaning
PROVENANCE_KEYS = {
    "identity": ("", "hash of everything that determines the result"),
    "experiment": ("", "name of the experiment"),
    "command": ("", "the command that made the result"),
    "seed": ("", "seed of all runs"),
    "replicates": ("runs", "runs of each point"),
    "runs": ("runs", "runs of all points"),
    "failed_runs": ("runs", "runs that failed"),
    "tables": ("", "hash of each Parquet file"),
    "written": ("", "time of writing, in UTC"),
    "nasss_sim": ("", "version of the program"),
    "model": ("", "version of the model: results of two of them may differ"),
    "python": ("", "version of Python"),
    "machine": ("", "operating system and kind of processor"),
    "versions": ("", "versions of the libraries"),
    "git": ("", "commit of the sources, +changes if they were altered; null outside git"),
}
BETTER = {1: "more", -1: "less", 0: ""}


@dataclass(frozen=True)
class Meaning:
    """What is known of a column; no unit: text, or a pure number."""

    name: str
    unit: str
    meaning: str
    more: tuple[tuple[str, str], ...]  # what else is known, such as the default of a parameter

    def rows(self) -> list[list[str]]:
        """Return what is known as names with their texts."""
        known = (("unit", self.unit), ("meaning", self.meaning), *self.more)
        return [[key, text] for key, text in known if text]

    def __repr__(self) -> str:
        unit = f" ({self.unit})" if self.unit else ""
        lines = [f"{key}: {text}" for key, text in self.more if text]
        return "\n".join([f"{self.name}{unit}: {self.meaning}", *lines])

    def _repr_html_(self) -> str:
        return Table([[self.name, ""], *self.rows()], text_last=1)._repr_html_()


def describe(name: str, frame: str = "") -> Meaning:
    """Return the meaning of a column, an outcome or a parameter; NoSuchNameError without one.

    Without `frame`, one of FRAMES, an outcome is meant before the column of a frame.
    """
    tables: list[Mapping[str, Any]] = [
        *([FRAMES[frame]] if frame else []),
        OUTCOMES,
        PARAMETERS,
        *FRAMES.values(),
    ]
    row = next((table[name] for table in tables if name in table), None)
    if row is None:
        known = [*OUTCOMES, *PARAMETERS, *(c for columns in FRAMES.values() for c in columns)]
        raise NoSuchNameError(unknown(name, known, "column", "`result.columns`"))
    return Meaning(name, row.unit, row.meaning, tuple(_more(row)))


def told_of(names: Iterable[str], frame: str) -> dict[str, dict[str, str]]:
    """Return the unit and meaning of columns of a frame."""
    meanings = {name: describe(name, frame) for name in names}
    return {name: {"unit": m.unit, "meaning": m.meaning} for name, m in meanings.items()}


def _more(row: Column | Outcome | Parameter) -> Iterator[tuple[str, str]]:
    """Yield what is told beside unit and meaning."""
    match row:
        case Outcome():
            yield "letter of NASSS", "" if row.letter == "explaining" else row.letter
            yield "better is", BETTER[row.better]
        case Parameter():
            yield "default", "null" if row.default is None else str(row.default)
            yield "allowed", row.allowed()
            yield "source", row.source
