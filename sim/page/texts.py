"""What the what-if page says beside the tables: ends of sliders, why they matter, and lessons."""

from __future__ import annotations

from typing import Any, NamedTuple

from sim.reports.words import LEFT_OUT
from sim.tables.factors import FACTORS, PAPER


class Why(NamedTuple):
    """The ends of a factor's slider in words, and what it does in the model."""

    low: str
    high: str
    does: str
    most: float = 1.0  # where the slider ends; an address may say more


_OF_QUALITY = ("experts left to themselves", "as professionals weigh it")
# What each factor does; what the interviews say of it stands in the table of factors
WHY: dict[str, Why] = {
    "transparency": Why(*_OF_QUALITY, "A transparent tool is trusted sooner after a success, and a failure costs less trust."),
    "usability": Why(*_OF_QUALITY, "A clumsy tool is appraised as less useful; training makes up for a part of it."),
    "value": Why(*_OF_QUALITY, "A tool that is worth its while is appraised better; a part of the value comes only once many use it."),
    "scope": Why(*_OF_QUALITY, "Where the scope fits, good data make the tool more reliable."),
    "responsibility": Why(*_OF_QUALITY, "Where nobody knows who answers for a mistake, each failure costs more trust."),
    "roles": Why(*_OF_QUALITY, "Clear roles keep those who use the tool."),
    "data_quality": Why(*_OF_QUALITY, "Better data make the tool fail less often."),
    "privacy": Why(*_OF_QUALITY, "Better privacy means fewer incidents, each of which costs trust."),
    "interorganisational_cooperation": Why("each on its own", "all work together", "Organisations that cooperate begin sooner, and learn from each other's tools."),
    "hcp_cooperation": Why("never meet", "meet each month", "In a good meeting trust grows and experts learn what the work needs; in a bad one both are lost."),
    "shared_understanding": Why("none of them", "all of them", "Experts who know clinical work are understood, so that fewer meetings fail."),
    "training": Why("nobody", "one in five, each month", "Training makes up for poor usability, and newcomers are trained as well; what is learnt is forgotten again.", 0.2),
}  # fmt: skip


class Lesson(NamedTuple):
    """A guided page: a question, a prediction before anything moves, then what is worth moving."""

    title: str
    question: str
    prediction: str  # asked first
    answers: tuple[str, ...]
    opens: str  # the settings it begins with, as an address holds them
    sliders: tuple[str, ...]  # parameters that matter
    policies: tuple[str, ...]  # policies and shocks worth adding
    look: str  # what to try, and what to look at afterwards
    notebook: str


_HELD = "now.development.rate=0&now.development.member_exchange=0&now.review.rate=0" + "".join(
    f"&now.development.erosion.{f.name}=0&now.development.start.{f.name}=0.4"
    for f in FACTORS
    if f.kind == "quality"
)
# One for each of the six notebooks; numbers of the trap are those of `notebooks/04`.
LESSONS: dict[str, Lesson] = {
    "five_years": Lesson(
        "Will it still be used in five years?",
        "A group of hospitals introduces a tool. Pilots went well. How many still use it five years later?",
        "Before you look: of 100 professionals, how many use it after five years?",
        ("fewer than 20", "20 to 40", "40 to 60", "more than 60"),
        "deployment.at_start=1",
        ("process.hcp_cooperation", "process.shared_understanding", "process.training"),
        (),
        "Find the largest band of the picture of where everybody is. Do they not use it because they never tried it, or because they stopped? Then move one slider at a time, and the three together.",
        "01_will_it_still_be_used",
    ),
    "transparency": Lesson(
        "When does transparency lead to trust?",
        "Does a more transparent tool get more users, whatever the technology allows?",
        "Experts attend less to transparency. What happens to use?",
        ("it falls clearly", "it falls a little", "nothing", "it rises"),
        "deployment.at_start=1",
        ("alignment.transparency", "development.ceiling.transparency", "trust.transparency_strength"),
        (),
        "First lower attention to transparency. Then lower what the technology allows instead, and give attention back. Which of the two is the stronger limit? Last, let trust not hang on transparency.",
        "02_when_does_transparency_lead_to_trust",
    ),
    "two_sides": Lesson(
        "Two stakeholders, one tool",
        "Professionals weigh what a tool must be; experts decide what is worked on. What if the two never meet?",
        "Which gap is most worth closing?",
        ("usability", "data quality", "privacy", "meetings with experts"),
        "deployment.at_start=1",
        ("alignment.usability", "alignment.data_quality", "alignment.privacy", "process.hcp_cooperation"),
        (),
        "Close one gap at a time (its slider to 0.8), and note how many more use the tool. Then let the two sides meet. Work on misunderstood needs is wasted: what do meetings change besides attention?",
        "03_two_stakeholders_one_tool",
    ),
    "trap": Lesson(
        "The partial-adoption trap",
        "Some tools are worth little until many use them. Can two equal worlds end differently?",
        "Nearly all of the value comes only once many use it. Where does use end if hardly anybody begins?",
        ("where it began", "in the middle", "with nearly all", "with nearly nobody"),
        f"deployment.at_start=1&now.appraisal.systemic=0.9&now.population.initial_adopters=0.05&{_HELD}"
        "&now.trust.success_gain=0.08&now.trust.failure_loss=0.17&now.decision.intercept=-3.85&now.decision.trust=4"
        "&now.decision.appraisal=5&now.decision.peers_adopting=2.5&now.decision.peers_lapsed=2"
        "&now.decision.literacy=1&now.decision.roles=2&now.decision.trial_rate=0.12"
        "&now.decision.retrial_rate=0.06&now.decision.decide_rate=0.25&now.decision.lapse_rate=0.06&horizon=240",
        ("population.initial_adopters", "appraisal.systemic", "appraisal.critical_mass"),
        ("champions",),
        "Raise the number of users at the start step by step. Where does the future turn? Then let less of the value hang on others: does the boundary stay?",
        "04_the_partial_adoption_trap",
    ),
    "budget": Lesson(
        "A policy under a budget",
        "A region has a budget for its tool. What should it buy, so that the tool is still used in ten years?",
        "Which of these brings most users for its money?",
        ("training", "meetings (co-design)", "work on usability", "champions"),
        "deployment.at_start=1",
        (),
        ("training", "co_design", "usability_work", "champions", "paper_collaboration"),
        "Add one policy at a time, and read the change with its interval and its cost. Then shorten it: what is left if it ends after two years? And if it begins two years later?",
        "05_design_a_policy_under_a_budget",
    ),
    "shock": Lesson(
        "A shock arrives",
        "A study finds harm, the budget is cut, or many colleagues leave. Does use survive?",
        "Bad news arrives in the sixth year. What happens?",
        ("use is lost for good", "it falls and comes back", "it falls and stays lower", "hardly anything"),
        "deployment.at_start=1",
        ("process.training",),
        ("adverse_evidence", "budget_cut", "staff_exodus", "co_design"),
        "Add a shock, and look at the line after it. Then let shocks come in both futures, and add a policy: does the policy have more users, or does it lose fewer of them?",
        "06_a_shock_arrives",
    ),
}  # fmt: skip
# What each of the five letters of NASSS counts, in people
LETTERS = {
    "non_adoption": "professionals who never used it",
    "abandonment": "organisations that began and gave it up",
    "scale_up": "professionals who used it in its best year, where it came",
    "spread": "organisations in which it ever spread",
    "sustainability": "users of its best time who are left",
}
# What a reader describes rather than assumes; in an address it needs no `now.` before it
OF_THE_PLACE = (
    "horizon", "population.organisations", "population.organisation_size", "deployment.at_start",
)  # fmt: skip

WORDS: dict[str, Any] = {
    "why": {name: why._asdict() for name, why in WHY.items()},
    "lessons": {name: lesson._asdict() for name, lesson in LESSONS.items()},
    "of_the_place": OF_THE_PLACE,
    "letters": LETTERS,
    "left_out": LEFT_OUT,
    "links": {"parameters": "docs/parameters.md", "notebooks": "notebooks"},
    "paper": PAPER,
}
