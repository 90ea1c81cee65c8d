"""The files of a result, and what their columns mean where no other table says it.

Columns that carry the name of a parameter or an outcome in `runs.parquet` are described by the
parameter table and the outcome table. The metadata of Parquet files, the descriptions of data
frames and docs/files.md derive from here.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.outcomes.table import OUTCOMES, label


class Column(NamedTuple):
    """One column of a table; no unit: text, or a pure number."""

    name: str
    unit: str
    meaning: str


C = Column


REPORT, CONFIG, MANIFEST = "report.html", "config.yaml", "store.json"
RUNS, MONTHS, ORGANISATIONS = "runs.parquet", "months.parquet", "organisations.parquet"
SUMMARY, COMPARISON, PROVENANCE = "summary.csv", "comparison.csv", "provenance.json"
PATHS, HCPS, COSTS = "paths.parquet", "hcps.parquet", "costs.csv"
# Tables that not every result has
SOMETIMES = (MONTHS, ORGANISATIONS, HCPS, PATHS, COMPARISON, COSTS)

# In the order in which a reader wants them
FILES: dict[str, str] = {
    REPORT: "the answer with figures to point at; one file, opened in a browser, that needs "
    "no network",
    SUMMARY: "one row per point and outcome: mean, interval of the mean, range of single runs; for "
    "spreadsheets",
    COMPARISON: "one row per policy and outcome: the paired difference to the first policy "
    "(study=compare only)",
    RUNS: "one row per run: what varies, seed, replicate, all outcomes",
    COSTS: "one row per policy: what it costs and brings (study=compare, where policies cost)",
    MONTHS: "one row per run and month (months=all) or year (months=yearly), or one per point, "
    "quantity and month: means and quantiles over replicates (months=quantiles)",
    ORGANISATIONS: "one row per run and organisation (organisations=all, and study=compare)",
    HCPS: "one row per run and HCP in post at the horizon (hcps=all)",
    PATHS: "one row per run and month, where months.parquet does not hold them but figures or an "
    "extended sweep need them",
    CONFIG: "everything that made the result, defaults included, as an experiment to run again",
    PROVENANCE: "command, versions, seed, hashes of the tables",
    MANIFEST: "what the program needs to resume, extend or check the result",
}

# fmt: off
_POINT = C("point", "", "number of the design point, from 0")
_SEED = C("seed", "", "the luck of all runs")
_REPLICATE = C("replicate", "", "number of the run of a point, from 0; equal numbers share their luck")
_RUNS = (
    C("status", "", "good or failed"),
    C("error", "", "why the run failed; empty for a good run"),
)
_MONTHS = (
    C("month", "months", "months since the start; 0 is the start"),
    C("adopters", "share of HCPs", "HCPs who are adopters at the end of the month"),
    C("trials", "share of HCPs", "HCPs who try the tool at the end of the month"),
    C("lapsed", "share of HCPs", "HCPs who stopped using the tool, at the end of the month"),
    C("running", "share of organisations", "organisations that run the tool at the end of the month"),
    C("trust", "[0, 1]", "mean trust of HCPs at the end of the month"),
    C("literacy", "[0, 1]", "mean AI literacy of HCPs at the end of the month"),
    C("lapses", "share of HCPs", "adopters who stopped in the month, without withdrawals"),
)
# Quantile over replicates -> its share and its name in words
SHARES = {
    "lowest_run": (0.0, "lowest value"), "q05": (0.05, "5 % quantile"),
    "q25": (0.25, "25 % quantile"), "median": (0.5, "median"), "q75": (0.75, "75 % quantile"),
    "q95": (0.95, "95 % quantile"), "highest_run": (1.0, "highest value"),
}
QUANTILES = (
    C("quantity", "", "which of the quantities by month the row is about"),
    *(C(name, "as the quantity", f"{words} over the replicates of a point") for name, words in (
        *((name, words) for name, (_, words) in SHARES.items()), ("mean", "mean"),
        ("mean_low_95", "lower end of the 95 % interval of the mean"),
        ("mean_high_95", "upper end of the 95 % interval of the mean"),
    )),
    C("runs", "runs", "runs that the row rests on"),
)
_HCPS = (
    C("organisation", "", "number of the organisation, from 1"),
    C("name", "", "name of the organisation"),
    C("hcp", "", "number of the post within the organisation, from 1"),
    C("group", "", "professional group"),
    C("state", "", "what the HCP does with the tool at the horizon"),
    C("hired", "month", "month in which the HCP took the post; 0 for those of the start"),
    C("tenure", "months", "months in post at the horizon"),
    C("adopted", "month", "month of the first adoption; not a number if there was none"),
    C("lapsed", "month", "month of the last lapse, failed trial or withdrawal; not a number if there was none"),
    C("trained", "", "1 if ever trained, else 0"),
    C("meetings", "meetings", "meetings with AI experts since taking the post"),
    C("peers", "HCPs", "peers of the post"),
    C("trust", "[0, 1]", "trust at the horizon"),
    C("literacy", "[0, 1]", "AI literacy at the horizon"),
    C("engagement", "[0, 1]", "engagement with AI experts at the horizon"),
)
_ORGANISATIONS = (
    C("organisation", "", "number of the organisation, from 1"),
    C("name", "", "name of the organisation"),
    C("hcps", "HCPs", "healthcare professionals of the organisation"),
    C("member", "", "1 if it is a member of the cooperation network, else 0"),
    C("readiness", "[0, 1]", "readiness of the organisation to deploy"),
    C("resources", "ratio", "resources of the organisation; the median is 1"),
    C("status", "", "where its tool is at the horizon"),
    C("deployed", "month", "month in which it deployed the tool; not a number if it never did"),
    C("ended", "month", "month in which it withdrew the tool; not a number if it never did"),
    C("reached", "month", "first month with an adopter share of outcome.spread_share; not a number if there is none"),
    *(C(name, OUTCOMES[name].unit, f"{label(name).lower()} of the organisation, as in the runs") for name in ("sustained_adoption", "scale_up", "non_adoption", "lapse_rate")),
    C("trust", "[0, 1]", "mean trust of its HCPs at the horizon"),
    C("adopters_at_end", "", "who is an adopter at the horizon: one bit per post, the first one first, as hexadecimal text"),
)
_SUMMARY = (
    C("outcome", "", "name of the outcome that the row is about"),
    C("unit", "", "unit of that outcome"),
    C("probability_sustained", "share of runs", "runs whose sustained adoption is at least outcome.sustained_threshold"),
    C("mean", "as the row's unit", "mean over runs"),
    C("mean_low_95", "as the row's unit", "lower end of the 95 % interval of the mean"),
    C("mean_high_95", "as the row's unit", "upper end of the 95 % interval of the mean"),
    C("lowest_run", "as the row's unit", "lowest single run"),
    C("highest_run", "as the row's unit", "highest single run"),
    C("runs", "runs", "runs in which the outcome is a number"),
)
_COMPARISON = (
    C("given_world", "", "the values that were listed for what varies beside the policy; only where there are several"),
    C("policy", "", "name of the policy or scenario"),
    C("outcome", "", "name of the outcome that the row is about"),
    C("unit", "", "unit of that outcome"),
    C("baseline", "", "what the policy or scenario is compared with"),
    C("change", "as the row's unit", "mean paired difference from the baseline, same luck"),
    C("change_low_95", "as the row's unit", "lower end of the 95 % interval of that mean"),
    C("change_high_95", "as the row's unit", "upper end of the 95 % interval of that mean"),
    C("probability_better", "share of pairs", "pairs of runs in which it is better than the baseline"),
    C("probability_better_low_95", "share of pairs", "lower end of the 95 % interval of that share"),
    C("probability_better_high_95", "share of pairs", "upper end of the 95 % interval of that share"),
    C("variance_saved", "share", "part of the variance of the difference that common luck takes away"),
    C("pairs", "pairs", "pairs of runs in which both have a number"),
)
_COSTS = (
    C("given_world", "", "the values that were listed for what varies beside the policy; only where there are several"),
    C("policy", "", "name of the policy or scenario"),
    C("baseline", "", "what the policy or scenario is compared with"),
    C("dominated_by", "", "a policy that costs no more and brings as many adopters; empty if there is none"),
    C("additional_cost", "currency", "mean paired difference of what policies cost, discounted, in cost.currency"),
    C("additional_cost_low_95", "currency", "lower end of the 95 % interval of that mean"),
    C("additional_cost_high_95", "currency", "upper end of the 95 % interval of that mean"),
    C("additional_adopters", "HCPs", "mean paired difference of sustained adoption, as a number of HCPs"),
    C("additional_adopters_low_95", "HCPs", "lower end of the 95 % interval of that mean"),
    C("additional_adopters_high_95", "HCPs", "upper end of the 95 % interval of that mean"),
    C("cost_per_adopter", "currency per HCP", "additional cost over additional adopters; not a number if it brings no adopters beyond chance"),
    C("cost_per_adopter_low_95", "currency per HCP", "lower end of its 95 % interval"),
    C("cost_per_adopter_high_95", "currency per HCP", "upper end of its 95 % interval; may be infinite"),
    C("pairs", "pairs", "pairs of runs in which both have a number"),
    C("further_than", "", "the next cheaper one of those that are worth their money at some budget; empty if it is not among them"),
    C("cost_per_further_adopter", "currency per HCP", "what each adopter beyond that one costs; not a number if there are none beyond chance"),
    C("cost_per_further_adopter_low_95", "currency per HCP", "lower end of its 95 % interval"),
    C("cost_per_further_adopter_high_95", "currency per HCP", "upper end of its 95 % interval; may be infinite"),
)
_PROVENANCE = (
    C("identity", "", "hash of everything that determines the result"),
    C("experiment", "", "name of the experiment"),
    C("command", "", "the command that made the result"),
    C("seed", "", "seed of all runs"),
    C("replicates", "runs", "runs of each point"),
    C("runs", "runs", "runs of all points"),
    C("failed_runs", "runs", "runs that failed"),
    C("tables", "", "hash of each Parquet file"),
    C("written", "", "time of writing, in UTC"),
    C("nasss_sim", "", "version of the program"),
    C("model", "", "version of the model: results of two of them may differ"),
    C("python", "", "version of Python"),
    C("machine", "", "operating system and kind of processor"),
    C("versions", "", "versions of the libraries"),
    C("git", "", "commit of the sources, +changes if they were altered; null outside git"),
)
# fmt: on

# File -> name of a column -> the column
COLUMNS: dict[str, dict[str, Column]] = {
    file: {column.name: column for column in columns}
    for file, columns in (
        (RUNS, (_POINT, _SEED, _REPLICATE, *_RUNS)),
        (MONTHS, (_POINT, _REPLICATE, *_MONTHS, *QUANTILES)),
        (ORGANISATIONS, (_POINT, _REPLICATE, *_ORGANISATIONS)),
        (HCPS, (_POINT, _REPLICATE, *_HCPS)),
        (PATHS, (_POINT, _REPLICATE, *_MONTHS)),
        (SUMMARY, (_POINT, *_SUMMARY)),
        (COMPARISON, _COMPARISON),
        (COSTS, _COSTS),
        (PROVENANCE, _PROVENANCE),
    )
}
