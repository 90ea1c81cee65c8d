"""The NASSS table: the questions of a rating sheet, and what each answer means in this model.

Domains and questions follow NASSS (Greenhalgh et al. 2017, doi 10.2196/jmir.8775) and NASSS-CAT (Greenhalgh et
al. 2020, doi 10.2196/16861), in words of our own. What an answer means in numbers is an assumption, line by
line. It was written down, and kept under version control, before any sheet was run.

One rule makes all numbers. A factor of the paper goes from its closed gap (simple) to its open gap (complex), any
other parameter from one end of what is plausible to the other, and complicated lies half way. What was
fitted to published patterns (`FREE` of the search) is in no line: the worlds that agree with them vary it.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.tables.factors import FACTORS, GROUP_NAMES, QUALITY_NAMES
from sim.tables.parameters import PARAMETERS
from sim.tables.plausible import plausible

RATINGS = ("simple", "complicated", "complex")
SOURCE = "assumption"


class Question(NamedTuple):
    """One question of a sheet; `name` is that of its domain and its own, joined by a point."""

    name: str
    asks: str
    simple: str
    complex: str

    @property
    def domain(self) -> str:
        """The name of its domain."""
        return self.name.partition(".")[0]


class Line(NamedTuple):
    """What the answer to a question means: parameters between the levels of simple and complex."""

    question: str
    paths: tuple[str, ...]
    more: str  # the rating that more of these parameters stands for: simple or complex
    reasoning: str
    ends: tuple[float, float] | None = None  # where not those of the rule: lowest, highest

    def levels(self, path: str) -> dict[str, float]:
        """Return rating -> value of one of the parameters."""
        factor = _FACTORS.get(path)
        usual = plausible(path) if factor is None else (factor.low, factor.high)
        low, high = self.ends or usual
        easy, hard = (high, low) if self.more == "simple" else (low, high)
        digits = 0 if PARAMETERS[path].kind == "integer" else 10
        values = (easy, (easy + hard) / 2, hard)
        return {r: round(x, digits) for r, x in zip(RATINGS, values, strict=True)}


def _of_groups(name: str) -> tuple[str, ...]:
    return tuple(f"population.{group}.{name}" for group in GROUP_NAMES)


_FACTORS = {factor.path: factor for factor in FACTORS}
# What the simulation itself plays out
PLAYED_OUT = "embedding"
DOMAINS: dict[str, str] = {
    "condition": "The condition",
    "technology": "The technology",
    "value": "The value proposition",
    "adopters": "The adopters",
    "organisation": "The organisation",
    "wider_system": "The wider system",
    PLAYED_OUT: "Embedding and adaptation over time",
}
Q, L = Question, Line
# fmt: off
QUESTIONS: dict[str, Question] = {q.name: q for q in (
    Q("condition.nature", "How well is the condition understood, and how predictable is its course?", "well known, and much the same in all", "ill defined, or changing without warning"),
    Q("condition.other_illness", "How far do other illnesses, and the lives that people lead, bear on it?", "hardly", "so much that few patients are typical"),
    Q("technology.features", "How finished, dependable and easy to handle is it?", "ready, dependable, little to learn", "unfinished, fails often, disturbs the work"),
    Q("technology.data", "How directly do its data and its results show what is to be known?", "directly; one sees why", "uncertain or disputed; nobody sees why"),
    Q("technology.knowledge", "What must people know to use it well?", "nothing beyond their work", "much that they were never taught"),
    Q("technology.supply", "How will it be supplied, kept up, and replaced if need be?", "bought as it is, many suppliers", "made to order by one, who may leave"),
    Q("value.supply_side", "Is there a business case for those who make it?", "clear, with money behind it", "none yet, or one that has failed"),
    Q("value.demand_side", "Is it worth it for patients and for those who use it?", "shown to be, for whoever uses it", "disputed, or only once everybody takes part"),
    Q("adopters.staff", "What does it change in the tasks and the standing of staff?", "nothing that matters to them", "it threatens roles and what they stand for"),
    Q("adopters.skills", "Do staff need new skills, and do they get them?", "few, and they do", "many, and nobody teaches them"),
    Q("adopters.patients", "What must patients do?", "nothing", "much, for a long time"),
    Q("adopters.carers", "What is expected of relatives and others who care?", "nothing", "a network of them that has to be there"),
    Q("organisation.capacity", "Can the organisation innovate: leadership, slack, people for it?", "well led, with people to spare", "badly led, with nobody to spare"),
    Q("organisation.readiness", "Is it ready for this technology: does it want it, does it fit?", "most want it", "most are against it"),
    Q("organisation.funding", "How is it decided on and paid for?", "from its own budget, for long", "by many parties, for a short project"),
    Q("organisation.routines", "How far must routines of teams change?", "hardly", "new ones that clash with those in place"),
    Q("organisation.implementation", "What does it take to put it in place: a shared view, meetings, follow-up?", "little, and it is planned", "much, and the parties do not see it alike"),
    Q("wider_system.policy", "Do policy and payers stand behind it?", "fully", "not, or against it"),
    Q("wider_system.regulation", "Are law, approval and protection of data settled?", "settled", "open, or disputed"),
    Q("wider_system.professions", "Where do professional bodies stand, and who answers for mistakes?", "in favour; settled", "against; nobody knows"),
    Q("wider_system.public", "How do the public and the media look at it?", "calmly", "with suspicion"),
    Q("wider_system.networks", "Do organisations work together and learn from each other?", "nearly all", "hardly any"),
    Q("embedding.adaptation", "Can technology and service be adapted over time?", "easily", "hardly"),
    Q("embedding.resilience", "Does the organisation cope with what comes unexpected?", "well", "badly"),
)}

MAPPING: tuple[Line, ...] = (
    L("condition.nature", ("trust.reliability_base",), "simple", "What is ill defined is told less reliably, however good the data. At most the default, since good data add to it; worst: right half of the time without good data.", (0.5, 0.65)),
    L("condition.other_illness", ("alignment.scope", "development.ceiling.scope"), "simple", "Where few patients are typical, few are those that the tool was made for, and no work on it changes that."),
    L("technology.features", ("alignment.usability", "development.ceiling.usability"), "simple", "An unfinished tool that disturbs the work becomes less usable in the end, and those who make it have other worries."),
    L("technology.data", ("alignment.transparency", "development.ceiling.transparency", "alignment.data_quality"), "simple", "Results that can be seen through are those of a technology that allows it, with makers who care; disputed data are those that nobody works on."),
    L("technology.knowledge", ("trust.skill_floor",), "simple", "The more one must know, the less of its reliability reaches a user without AI literacy."),
    L("technology.supply", tuple(f"development.erosion.{q}" for q in QUALITY_NAMES), "complex", "What hangs on one supplier falls behind sooner if nobody works on it."),
    L("value.supply_side", ("development.rate",), "simple", "Without a business case there is less money for work on the tool."),
    L("value.demand_side", ("alignment.value",), "simple", "Value that was shown is value that the makers worked on."),
    L("value.demand_side", ("appraisal.systemic",), "complex", "Where value appears only once many take part, more of it is systemic."),
    L("adopters.staff", ("alignment.roles", *_of_groups("trust")), "simple", "A threat to roles is roles that nobody redefines, and trust that is low before the first use."),
    L("adopters.skills", ("process.training",), "simple", "Skills that nobody teaches are training that does not happen."),
    L("organisation.capacity", ("population.experts_per_hcp",), "simple", "People to spare are AI experts on the spot."),
    L("organisation.readiness", _of_groups("engagement"), "simple", "Who wants it takes part when it is shaped."),
    L("organisation.funding", ("development.funding_months",), "simple", "A short project is one whose money ends early."),
    L("organisation.funding", ("development.funding_dependence",), "complex", "What the own budget pays for goes on when the project ends."),
    L("organisation.routines", ("development.fit_base",), "simple", "The more routines must change, the more work on the tool misses the needs of those who do not know them."),
    L("organisation.implementation", ("process.hcp_cooperation", "process.shared_understanding"), "simple", "A shared view is made in meetings, by experts who know clinical work."),
    L("wider_system.policy", ("review.institutionalise_share",), "complex", "With payers behind it, a project becomes permanent with fewer users."),
    L("wider_system.regulation", ("alignment.privacy",), "simple", "Where the law is settled, makers work on what it asks for."),
    L("wider_system.regulation", ("incident.rate",), "complex", "Where protection of data is open, more goes wrong."),
    L("wider_system.professions", ("alignment.responsibility",), "simple", "Who answers for mistakes is what responsibility means here."),
    L("wider_system.public", ("incident.trust_loss",), "complex", "With suspicion in the air an incident costs more trust."),
    L("wider_system.networks", ("process.interorganisational_cooperation",), "simple", "The share of organisations that cooperate, as such."),
)
# fmt: on
# Questions that mean something here; of the others no answer is needed: patients and carers are not in the model
MAPPED = tuple(dict.fromkeys(line.question for line in MAPPING))
PATHS = tuple(path for line in MAPPING for path in line.paths)


def questions_of(domain: str) -> list[str]:
    """Return the names of the questions of a domain."""
    return [name for name, question in QUESTIONS.items() if question.domain == domain]
