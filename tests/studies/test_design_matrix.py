"""Every study with every kind of design over every kind of axis: an answer, or a line before any run."""

from __future__ import annotations

from itertools import product

import pytest

from sim.cli.compose import compose
from sim.studies import report_sections, study_of
from sim.studies.python import perform
from sim.tables.errors import UserError
from sim.tables.settings import DESIGN_KINDS, STUDIES

TINY = (
    "replicates=2", "horizon=12", "population.organisations=2", "population.organisation_size=6",
    "deployment.at_start=1", "progress=never",
)  # fmt: skip
USABILITY, TRAINING = "alignment.usability", "process.training"
AXES = {
    "none": (),
    "one": (f"{USABILITY}=[0,1]",),
    "levels": (f"{USABILITY}=low_high",),
    "two": (f"{USABILITY}=[0,1]", f"{TRAINING}=[0,0.1]"),
    "three": (f"{USABILITY}=[0,0.5,1]", f"{TRAINING}=[0,0.1]", "alignment.privacy=[0,1]"),
    "range": (f"{USABILITY}={{low:0,high:1}}",),
    "ranges": (f"{USABILITY}={{low:0,high:1}}", f"{TRAINING}={{low:0,high:0.1}}"),
    "steps": (f"{USABILITY}={{from:0,to:1,steps:3}}",),
    "single": (f"{USABILITY}=[0.4]",),
    "linked": ("design.axes.all={parameters:[alignment.*],values:{from:0,to:1,steps:2}}",),
    "policy": ("policy=none,training",),
    "shock": ("shock=none,budget_cut",),
    "policy and shock": ("policy=none,training", "shock=none,budget_cut"),
    "policy and numbers": ("policy=none,training", f"{USABILITY}=[0,1]"),
    "policy and range": ("policy=none,training", f"{USABILITY}={{low:0,high:1}}"),
    "one policy and numbers": ("policy=[training]", f"{USABILITY}=[0,1]"),
    "null and number": ("turnover.onboarding=[null,0.5]",),
    "network": ("network.kind=modular,random",),
    "horizon": ("horizon=12,24",),
    "organisations": ("population.organisations=[1,3]",),
    "size": ("population.organisation_size={low:2,high:9}",),
    "outcome": ("outcome.sustained_months=[1,6]",),
}
KINDS = {
    "-": (),
    **{kind: (f"design.kind={kind}",) for kind in DESIGN_KINDS},
    "lhs": ("design.kind=lhs", "design.samples=4"),
    "sobol": ("design.kind=sobol", "design.samples=4"),
    "morris": ("design.kind=morris", "design.samples=2"),
    "list": ("design.kind=list", "design.file=points.csv"),
    "independent": ("design.seeds=independent",),
    "assumptions": ("uncertainty=assumptions", "worlds=3"),
    "posterior": ("posterior=calibration", "worlds=3"),
}
# Few runs besides, of studies that ask for more once they have seen the first
FEW = {"sensitivity": ("rows=4",), "tipping": ("resolution=0.5",)}
ASKED = ("-", *(name for name, row in STUDIES.items() if not row.searches))


def command(study, axes, kind):
    own = () if study == "-" else (f"study={study}", *(["mixes=10"] if study == "optimise" else []))
    varied = {word.partition("=")[0] for word in AXES[axes]}
    world = [word for word in TINY if word.partition("=")[0] not in varied]
    return [*own, *FEW.get(study, ()), *AXES[axes], *KINDS[kind], *world]


def answered(words):
    """Return the answer of a command, with its figures and tables made; None if it is refused."""
    try:
        request = compose(words)
    except UserError as error:
        assert all("\n" not in line for line in error.problems), words
        return None
    result = perform(request)
    assert study_of(result).figures(result) and result.study_tables is not None
    report_sections.sections(result)
    return result.told


@pytest.fixture(autouse=True)
def points(tmp_path, monkeypatch, calibrated):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "calibration").symlink_to(calibrated)
    (tmp_path / "points.csv").write_text(f"{USABILITY},{TRAINING}\n0,0.1\n1,0\n0.5,0.05\n")


EVERY = list(product(ASKED, AXES, KINDS))
NUMBERS = [{name: n for n, name in enumerate(names)} for names in (ASKED, AXES, KINDS)]


def turn(case):
    """Number of the fifth that a combination is in: each has every two of study, axes and kind together."""
    return sum(numbers[name] for numbers, name in zip(NUMBERS, case, strict=True)) % len(ASKED)


@pytest.mark.parametrize("fifth", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in (1, 2))])
def test_every_study_answers_every_design_or_says_before_any_run_why_not(fifth):
    found = {case: answered(command(*case)) for case in EVERY if turn(case) == fifth}
    told = {case: "\n".join(answer.lines()) for case, answer in found.items() if answer}
    assert [case for case, text in told.items() if "nan" in text] == []
    assert 0.3 < len(told) / len(found) < 0.7  # neither is everything refused


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["study=sweep"], "study=sweep: nothing varies"),
        (["study=alignment"], "study=alignment: nothing varies"),
        (["study=alignment", *AXES["single"]], "study=alignment: nothing varies"),
        (["study=alignment", *AXES["two"], "design.kind=grid"], "allowed is one_at_a_time"),
        (["study=from_here", *AXES["two"], "design.kind=grid"], "allowed is pairs"),
        (["study=from_here", *AXES["single"]], "study=from_here: nothing varies"),
        (["study=mechanisms_over_time"], "nothing is switched off"),
        (["study=mechanisms_over_time", *AXES["two"], "design.kind=grid"], "allowed is one_at_a_time"),
        (["study=compare", *AXES["ranges"], *KINDS["lhs"]], "nothing to compare"),
        (["study=compare", *AXES["policy"], "design.kind=one_at_a_time"], "allowed is grid or"),
        (["study=compare", *AXES["policy"], *KINDS["independent"]], "allowed is common"),
        ([*AXES["policy"], *KINDS["sobol"]], "no axis has them"),
        ([*AXES["single"], "design.kind=factorial"], "no axis has more than one value"),
        ([*AXES["ranges"], *KINDS["morris"]], "study=sweep has no answer to such a design"),
        (["study=sensitivity"], "design.samples=null: design.kind=morris needs it; allowed is a whole number"),
        (["study=sensitivity", *AXES["policy and range"], *KINDS["morris"]], "moves numbers"),
        (["study=sensitivity", *AXES["range"], *KINDS["morris"], "shard=1/2"], "shard=null"),
        (["study=sensitivity", *AXES["range"], *KINDS["morris"], "rows=1"], "2 to 100000"),
        (["study=tipping", *AXES["network"]], "allowed is one value, such as network.kind=modular"),
        (["study=tipping", *AXES["one"], "many=1.5"], "many=1.5: is above the largest allowed value"),
        (["study=tipping", *AXES["one"], "deployment.at_start=0"], "nobody can adopt where no tool"),
        (["study=optimise"], "there is nothing to mix"),
        (["study=optimise", *AXES["policy and numbers"]], "varies policy alone"),
        (["study=optimise", *AXES["policy"], "budget=0"], "budget=0"),
        (["study=optimise", *AXES["policy"], "uncertainty=assumptions"], "allowed with study=compare"),
        (["study=compare", *AXES["policy"], "budget=1"], "has no options"),
        (["study=compare", *AXES["policy"], "uncertainty=assumptions", "development.rate=0.9"],
         "uncertainty: development.rate=1 with"),
    ],
)  # fmt: skip
def test_a_design_that_does_not_fit_is_one_line(words, said):
    with pytest.raises(UserError) as caught:
        compose(words)
    (line,) = caught.value.problems
    assert said in line


def test_where_no_design_is_asked_for_the_study_takes_its_own():
    kinds = {"sweep": "grid", "compare": "grid", "alignment": "one_at_a_time", "from_here": "pairs"}
    for study, kind in kinds.items():
        assert compose([f"study={study}", *AXES["one"]]).design_kind == kind
    assert compose(AXES["one"]).design_kind == "grid"


def test_what_is_compared_varies_and_is_listed():
    one = perform(compose(command("compare", "one policy and numbers", "-"))).compared
    assert one.names == ["0.0", "1.0"]
    drawn = perform(compose(command("compare", "policy and range", "lhs"))).compared
    assert drawn.names == ["none", "training"] and drawn.points.shape == (4, 2)
