"""The files of a result, and what their columns mean where no other table says it.

Columns that carry the name of a parameter or an outcome in `runs.parquet` are described by the
parameter table and the outcome table. The metadata of Parquet files and docs/files.md derive from
here.
"""

from __future__ import annotations

from typing import NamedTuple


class Column(NamedTuple):
    """One column of a table."""

    unit: str
    meaning: str


RUNS, MONTHS, ORGANISATIONS = "runs.parquet", "months.parquet", "organisations.parquet"
SUMMARY, COMPARISON, PROVENANCE = "summary.csv", "comparison.csv", "provenance.json"
PATHS = "paths.parquet"

# In the order in which a reader wants them
FILES: dict[str, str] = {
    "report.html": "the answer with figures to point at; one file, opened in a browser, that needs "
    "no network",
    SUMMARY: "one row per point and outcome: mean, interval of the mean, range of single runs; for "
    "spreadsheets",
    COMPARISON: "one row per policy and outcome: the paired difference to the first policy "
    "(study=compare only)",
    RUNS: "one row per run: what varies, seed, replicate, all outcomes",
    MONTHS: "one row per run and month (months=all only)",
    ORGANISATIONS: "one row per run and organisation (organisations=all, and study=compare)",
    PATHS: "the columns of months.parquet, kept for the figures where months=all was not asked for",
    "config.yaml": "everything that made the result, defaults included, as an experiment to run "
    "again",
    PROVENANCE: "command, versions, seed, hashes of the tables",
    "store.json": "what the program needs to resume, extend or check the result",
}

_POINT = Column("", "number of the design point, from 0")
_REPLICATE = Column("", "number of the replicate, from 0; the same number is the same luck")

COLUMNS: dict[str, dict[str, Column]] = {
    RUNS: {
        "point": _POINT,
        "seed": Column("", "seed of the run"),
        "replicate": _REPLICATE,
        "status": Column("", "good or failed"),
        "error": Column("", "why the run failed; empty if it is good"),
    },
    MONTHS: {
        "point": _POINT,
        "replicate": _REPLICATE,
        "month": Column("month", "0 is the start"),
        "adopters": Column("share of HCPs", "adopters at the end of the month"),
        "trials": Column("share of HCPs", "HCPs in trial at the end of the month"),
        "lapsed": Column("share of HCPs", "lapsed HCPs at the end of the month"),
        "running": Column("share of organisations", "organisations that run the tool"),
        "trust": Column("[0, 1]", "mean trust T of HCPs at the end of the month"),
        "literacy": Column("[0, 1]", "mean AI literacy L of HCPs at the end of the month"),
        "lapses": Column("share of HCPs", "adopters who stopped in the month, over all HCPs"),
    },
    ORGANISATIONS: {
        "point": _POINT,
        "replicate": _REPLICATE,
        "organisation": Column("", "number of the organisation, from 1"),
        "hcps": Column("HCPs", "number of its HCPs"),
        "member": Column(
            "", "1 for a member of the cooperation network (by its draw or your file), else 0"
        ),
        "readiness": Column("[0, 1]", "readiness to deploy"),
        "resources": Column("", "resources; 1 is the median"),
        "status": Column("", "status of the tool at the horizon"),
        "deployed": Column("month", "month of deployment; not a number if never"),
        "ended": Column(
            "month", "month in which the tool was decommissioned; not a number if never"
        ),
        "reached": Column(
            "month",
            "first month with an adopter share of outcome.spread_share; not a number if never",
        ),
        "sustained_adoption": Column("share of HCPs", "sustained adoption in the organisation"),
        "scale_up": Column("share of HCPs", "scale-up in the organisation"),
        "non_adoption": Column("share of HCPs", "non-adoption in the organisation"),
        "lapse_rate": Column("per year", "lapse rate in the organisation"),
        "trust": Column("[0, 1]", "mean trust of its HCPs at the horizon"),
        "adopters_at_end": Column(
            "", "who is an adopter at the horizon: one bit per seat, as hexadecimal text"
        ),
        "name": Column("", "name in your file, or the number"),
    },
    SUMMARY: {
        "point": _POINT,
        "outcome": Column("", "name of the outcome"),
        "unit": Column("", "unit of the outcome"),
        "mean": Column("", "mean over the good runs of the point"),
        "mean_low_95": Column("", "lower end of the 95 % interval of the mean"),
        "mean_high_95": Column("", "upper end of the 95 % interval of the mean"),
        "lowest_run": Column("", "lowest value of a single run"),
        "highest_run": Column("", "highest value of a single run"),
        "runs": Column("runs", "number of runs that the row rests on"),
    },
    COMPARISON: {
        "policy": Column("", "name of the policy or scenario"),
        "baseline": Column("", "what it is compared with: the first that is named"),
        "outcome": Column("", "name of the outcome"),
        "unit": Column("", "unit of the outcome"),
        "change": Column("", "mean of policy less baseline, run by run under the same luck"),
        "change_low_95": Column("", "lower end of the 95 % interval of that mean"),
        "change_high_95": Column("", "upper end of the 95 % interval of that mean"),
        "probability_better": Column(
            "share of pairs", "pairs in which the policy is better; a tie counts half"
        ),
        "probability_better_low_95": Column("share of pairs", "lower end of its 95 % interval"),
        "probability_better_high_95": Column("share of pairs", "upper end of its 95 % interval"),
        "variance_saved": Column(
            "share",
            "variance of the difference that the common luck takes away, compared with "
            "independent seeds",
        ),
        "pairs": Column("pairs", "number of pairs that the row rests on"),
    },
    PROVENANCE: {
        "identity": Column("", "hash of everything that determines the result"),
        "experiment": Column("", "name of the experiment"),
        "command": Column("", "the command that made the result"),
        "seed": Column("", "seed of all runs"),
        "replicates": Column("runs", "runs of each point"),
        "runs": Column("runs", "runs of all points"),
        "failed_runs": Column("runs", "runs that failed"),
        "tables": Column("", "hash of each Parquet file"),
        "written": Column("", "time of writing, in UTC"),
        "nasss_sim": Column("", "version of the program"),
        "model": Column("", "version of the model: results of two of them may differ"),
        "python": Column("", "version of Python"),
        "machine": Column("", "operating system and kind of processor"),
        "versions": Column("", "versions of the libraries"),
        "git": Column("", "commit of the sources, +changes if they were altered; null outside git"),
    },
}
COLUMNS[PATHS] = COLUMNS[MONTHS]
