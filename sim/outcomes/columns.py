"""The table of columns: what is kept of runs, months, organisations and HCPs.

Arrays, Parquet files with their metadata, `describe` and docs/files.md derive from it. A run's
outcomes are columns of `runs` as well, see `sim.outcomes.table`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.outcomes.table import HEADLINE, OUTCOMES, PLACES


class Column(NamedTuple):
    """One column of a table; no unit: text, or a pure number. No title: its name is plain."""

    name: str
    unit: str
    meaning: str
    dtype: Any = float
    title: str = ""


C = Column
INT, TEXT = np.int64, object

# fmt: off
_RUN = (
    C("point", "", "number of the design point, from 0", INT),
    C("replicate", "", "number of the run of a point, from 0; equal numbers share their luck", INT, title="Run"),
)
_QUANTITIES = (
    *(C(p.name, "share of HCPs", f"{p.meaning}, at the end of the month", title=p.title) for p in PLACES),
    C("lapsed", "share of HCPs", "HCPs who stopped trying or using the tool, or lost it when it was withdrawn, at the end of the month", title="Tried or used it, and stopped"),
    C("running", "share of organisations", "organisations that run the tool at the end of the month", title="Organisations that have the tool"),
    C("trust", "[0, 1]", "mean trust of HCPs at the end of the month"),
    C("literacy", "[0, 1]", "mean AI literacy of HCPs at the end of the month"),
    C("lapses", "share of HCPs", "adopters who stopped in the month, without withdrawals", title="Stopped in the month"),
)
_ORGANISATIONS = (
    C("organisation", "", "number of the organisation, from 1", INT),
    C("hcps", "HCPs", "healthcare professionals of the organisation", INT, title="Professionals"),
    C("member", "", "1 if it is a member of the cooperation network, else 0", INT, title="Member of the cooperation network"),
    C("readiness", "[0, 1]", "readiness of the organisation to deploy"),
    C("resources", "ratio", "resources of the organisation; the median is 1"),
    C("status", "", "where its tool is at the horizon", TEXT),
    C("deployed", "month", "month in which it deployed the tool; not a number if it never did", title="Month of introduction"),
    C("ended", "month", "month in which it withdrew the tool; not a number if it never did", title="Month of withdrawal"),
    C("reached", "month", "first month with an adopter share of outcome.spread_share; not a number if there is none", title="Month in which it had spread there"),
    *(C(name, OUTCOMES[name].unit, f"{OUTCOMES[name].title.lower()} of the organisation, as in the runs") for name in ("sustained_adoption", "scale_up", "non_adoption", "lapse_rate")),
    C(HEADLINE, "share of HCPs", "adopters 60 months after the deployment, 0 if it was decommissioned by then; not a number if there is no such month within the run"),
    C("trust", "[0, 1]", "mean trust of its HCPs at the horizon"),
    C("adopters_at_end", "", "who is an adopter at the horizon: one bit per post, the first one first, as hexadecimal text", TEXT, title="Who is an adopter at the end"),
)
_HCPS = (
    C("organisation", "", "number of the organisation, from 1", INT),
    C("hcp", "", "number of the post within the organisation, from 1", INT, title="Professional"),
    C("group", "", "professional group", TEXT),
    C("state", "", "what the HCP does with the tool at the horizon", TEXT, title="What the professional does with the tool"),
    C("hired", "month", "month in which the HCP took the post; 0 for those of the start", title="Month of taking the post"),
    C("tenure", "months", "months in post at the horizon", title="Months in post"),
    C("adopted", "month", "month of the first adoption; not a number if there was none", title="Month of the first adoption"),
    C("lapsed", "month", "month of the last lapse, failed trial or withdrawal; not a number if there was none", title="Month of the last stop"),
    C("trained", "", "1 if ever trained, else 0", INT),
    C("meetings", "meetings", "meetings with AI experts since taking the post", INT),
    C("peers", "HCPs", "peers of the post", INT, title="Colleagues"),
    C("trust", "[0, 1]", "trust at the horizon"),
    C("literacy", "[0, 1]", "AI literacy at the horizon"),
    C("engagement", "[0, 1]", "engagement with AI experts at the horizon"),
)
_TABLES = {
    "runs": (
        _RUN[0], C("seed", "", "the luck of all runs", INT), _RUN[1],
        C("status", "", "good or failed", TEXT),
        C("error", "", "why the run failed; empty for a good run", TEXT, title="Why it failed"),
    ),
    "months": (*_RUN, C("month", "months", "months since the start; 0 is the start", INT), *_QUANTITIES),
    "organisations": (*_RUN, *_ORGANISATIONS),
    "hcps": (*_RUN, *_HCPS),
}
# fmt: on

# Table -> name of a column -> the column
COLUMNS = {table: {c.name: c for c in columns} for table, columns in _TABLES.items()}
PATHS = tuple(c.name for c in _QUANTITIES)
# Tables with one row per run and entity. A setting of the same name asks for one.
ENTITIES = ("organisations", "hcps")
