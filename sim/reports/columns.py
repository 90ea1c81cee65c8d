"""What the columns of result tables mean. Outcomes and parameters are told by their own tables."""

from __future__ import annotations

from dataclasses import dataclass

from sim.config.messages import unknown
from sim.errors import NoSuchNameError
from sim.outcomes.table import OUTCOMES, Outcome, label
from sim.parameters import PARAMETERS, Parameter
from sim.reports.answer import Table


@dataclass(frozen=True)
class Column:
    """The meaning of a column.

    Attributes
    ----------
    name, unit, meaning : str
        No unit: text, or a pure number.
    more : tuple of (str, str)
        What else is known of it, such as the default of a parameter.
    """

    name: str
    unit: str
    meaning: str
    more: tuple[tuple[str, str], ...] = ()

    def rows(self) -> list[list[str]]:
        """Return what is known as names with their texts."""
        known = (("unit", self.unit), ("meaning", self.meaning), *self.more)
        return [[key, text] for key, text in known if text]

    def __repr__(self) -> str:
        unit = f" ({self.unit})" if self.unit else ""
        lines = [f"{key}: {text}" for key, text in self.more if text]
        return "\n".join([f"{self.name}{unit}: {self.meaning}", *lines])

    def _repr_html_(self) -> str:
        from sim.reports.html.parts import plain_table

        return plain_table(Table([[self.name, ""], *self.rows()], text_last=True))


C = Column
# fmt: off
_COUNTED = (
    C("point", "", "number of the design point, from 0"),
    C("seed", "", "the luck of all runs"),
    C("replicate", "", "number of the run of a point, from 0; equal numbers share their luck"),
)
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
_QUANTILES = (
    C("quantity", "", "which of the quantities by month the row is about"),
    *(C(name, "as the quantity", f"{words} over the replicates of a point") for name, words in (
        ("lowest_run", "lowest value"), ("q05", "5 % quantile"), ("q25", "25 % quantile"),
        ("median", "median"), ("q75", "75 % quantile"), ("q95", "95 % quantile"),
        ("highest_run", "highest value"), ("mean", "mean"),
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
)
# fmt: on
# Frame of a result -> the columns that are neither outcomes nor parameters, or differ from them
FRAMES = {
    frame: {c.name: c for c in (*_COUNTED, *own)}
    for frame, own in (
        ("runs", _RUNS),
        ("months", (*_MONTHS, *_QUANTILES)),
        ("hcps", _HCPS),
        ("organisations", _ORGANISATIONS),
        ("summary", _SUMMARY),
        ("comparison", _COMPARISON),
        ("costs", _COSTS),
    )
}
BETTER = {1: "more", -1: "less", 0: ""}


def describe(name: str, frame: str = "") -> Column:
    """Return the meaning of a column, an outcome or a parameter.

    Parameters
    ----------
    name : str
    frame : str, optional
        One of FRAMES; without it an outcome is meant before the column of a frame.

    Raises
    ------
    NoSuchNameError
        If there is none of that name.
    """
    if frame and name in FRAMES[frame]:
        return FRAMES[frame][name]
    if name in OUTCOMES:
        return _of_outcome(OUTCOMES[name])
    if name in PARAMETERS:
        return _of_parameter(PARAMETERS[name])
    for own in FRAMES.values():
        if name in own:
            return own[name]
    known = [*OUTCOMES, *PARAMETERS, *(c for own in FRAMES.values() for c in own)]
    raise NoSuchNameError(unknown(name, known, "column", "`result.columns`"))


def _of_outcome(outcome: Outcome) -> Column:
    letter = "" if outcome.letter == "explaining" else outcome.letter
    more = (("letter of NASSS", letter), ("better is", BETTER[outcome.better]))
    return Column(outcome.name, outcome.unit, outcome.meaning, more)


def _of_parameter(parameter: Parameter) -> Column:
    default = "null" if parameter.default is None else str(parameter.default)
    more = (("default", default), ("allowed", parameter.allowed()), ("source", parameter.source))
    return Column(parameter.path, parameter.unit, parameter.meaning, more)
