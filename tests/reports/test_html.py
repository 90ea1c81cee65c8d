"""The report: one file that says what the terminal says, and that nobody can make run anything."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from sim.cli.compose import compose
from sim.design.axes import Axis
from sim.reports import files
from sim.reports.answer import Answer, Section
from sim.reports.html import render
from sim.reports.on_page import OnPage
from sim.studies import result_files, study_of
from sim.studies.python import perform
from sim.studies.report_sections import sections
from sim.tables.layout import Table, paragraph
from tests.browser import look
from tests.html_reader import Page

SMALL = ["replicates=3", "horizon=12", "population.organisations=3", "progress=never"]
SMALL += ["deployment.at_start=1"]
HOSTILE = "</script><script>document.title='run'</script><img src=x onerror=alert(1)>&\"'"
ARGUMENTS = {
    "simulate": [],
    "one axis": ["study=sweep", "process.training=[0,0.1]"],
    "three axes": ["+experiment=trust_sweep", "development.ceiling.transparency=[0,1]"],
    "names": ["study=sweep", "network.kind=[modular,random]", "process.training=[0,0.1]"],
    "alignment": ["+experiment=alignment_sweep"],
    "lhs": ["study=sweep", "design.kind=lhs", "design.samples=8", "process.training=[0,0.1]"],
    "policies": ["study=compare", "policy=none,training"],
    "given worlds": ["study=compare", "policy=none,training", "shock=none,staff_exodus"],
    "one replicate": ["study=sweep", "process.training=[0,0.1]", "replicates=1"],
    "no numbers": ["study=sweep", "process.training=[0,0.1]", "horizon=1", "deployment.at_start=0"],
}


def made(arguments):
    request = compose([*SMALL, *arguments])
    return request, perform(request)


def write(folder, request, result):
    provenance = files.provenance(request, "0123abcd", "model", result.ensemble.errors.size,
                                  result.ensemble.failed, {})  # fmt: skip
    provenance["written"] = "2026-01-01T00:00:00+00:00"
    figures = study_of(request).figures(result)
    shown = result_files.save_figures(folder, figures, result, "0123abcd")
    text = render.report(result.told, shown, sections(result), provenance)
    (folder / "report.html").write_text(text, encoding="utf-8")
    return text


@pytest.fixture(scope="module")
def page_of(tmp_path_factory):
    """Return a function: of a name of ARGUMENTS the request, the result and the page, each made once."""

    @cache
    def once(name):
        request, result = made(ARGUMENTS[name])
        return request, result, write(tmp_path_factory.mktemp("page"), request, result)

    return once


@pytest.mark.parametrize("name", ARGUMENTS)
def test_the_page_says_what_the_terminal_says_in_one_small_file(name, page_of):
    request, result, text = page_of(name)
    assert len(text) < 500_000
    read = Page(text)
    for block in (*result.told.blocks, *result.told.summary):
        for said in [c for row in block.rows for c in row] if isinstance(block, Table) else [block]:
            assert " ".join(said.split()) in read.words
    assert f"nasss-sim {files.__version__}" in read.words and "0123abcd" in read.words
    assert request.command in read.words
    once = "Each point was run once" in read.words
    assert once == (name == "one replicate") == ("Each point was run once" in str(result))
    # nothing is fetched: pictures hold their own data
    keys = {"src", "href", "srcset", "action"}
    asked = [attributes[k] for _, attributes in read.elements for k in keys & {*attributes}]
    assert asked and all(address.startswith("data:image/png;base64,") for address in asked)
    spots = json.loads(read.texts["script"][0])
    assert len(spots) == len(asked) and all(spots)


def test_a_link_leads_to_the_page_beside_it_only_where_there_is_one(page_of):
    request, result, without = page_of("simulate")
    provenance = files.provenance(request, "0123abcd", "m", 1, 0, {})
    read = Page(render.report(result.told, [], [], provenance, "x.html"))
    assert [a["href"] for tag, a in read.elements if tag == "a"] == ["x.html"]
    assert "Ask for that one as well" in read.words and "<a" not in without


def test_the_same_runs_give_the_same_page(page_of, tmp_path):
    assert write(tmp_path, *made(ARGUMENTS["one axis"])) == page_of("one axis")[2]


def test_a_strangers_words_are_shown_and_not_run(tmp_path):
    request = compose([*SMALL, *ARGUMENTS["one axis"]])
    axis = request.axes[0]
    axes = (Axis(HOSTILE, axis.paths, (HOSTILE, "b"), axis.settings),)
    request = replace(request, title=HOSTILE, question=HOSTILE, axes=axes, command=HOSTILE)
    result = perform(request)
    text = write(tmp_path, request, result)
    read = Page(text)
    assert not any(tag == "iframe" or "onerror" in a for tag, a in read.elements)
    data, script = read.texts["script"]
    assert "title='run'" not in script and not re.search("[<>&']", data)
    assert read.words.count(HOSTILE) >= 5
    policy = next(a["content"] for t, a in read.elements if "http-equiv" in a)
    assert re.findall(r"'sha256-[^']+'", policy) == [render.hash_of(script)]
    assert policy.startswith("default-src 'none'") and "http" not in policy


def test_whatever_a_page_is_given_is_text():
    table = Table([[HOSTILE] * 3] * 2, HOSTILE, HOSTILE)
    answer = Answer(HOSTILE, HOSTILE, [HOSTILE, table], [HOSTILE])
    more = [Section(HOSTILE, [HOSTILE, table], HOSTILE)]
    request = replace(compose(SMALL), command=HOSTILE)
    provenance = files.provenance(request, HOSTILE, HOSTILE, 3, 0, {})
    figure = OnPage(HOSTILE, HOSTILE, HOSTILE, [(0, 0, 1, 1, HOSTILE)])
    read = Page(render.report(answer, [figure], more, provenance))
    harmless = "Harmless"
    plain = Table([[harmless] * 3] * 2, harmless, harmless)
    same = render.report(
        Answer(harmless, harmless, [harmless, plain], [harmless]),
        [OnPage(harmless, harmless, harmless, [(0, 0, 1, 1, harmless)])],
        [Section(harmless, [harmless, plain], harmless)],
        files.provenance(replace(request, command=harmless), harmless, harmless, 3, 0, {}),
    )  # fmt: skip
    assert [tag for tag, _ in read.elements] == [tag for tag, _ in Page(same).elements]
    assert read.words.count(HOSTILE) == Page(same).words.count(harmless) > 20
    assert json.loads(read.texts["script"][0]) == [[[0, 0, 1, 1, HOSTILE]]]


def test_failed_runs_are_counted(page_of, tmp_path):
    request, result, _ = page_of("one axis")
    ensemble = result.ensemble
    errors = ensemble.errors.copy()
    outcomes = {name: values.copy() for name, values in ensemble.outcomes.items()}
    errors[1, 0] = "month 3: wrong"
    for values in outcomes.values():
        values[1, 0] = np.nan
    result = replace(result, ensemble=replace(ensemble, errors=errors, outcomes=outcomes))
    text = Page(write(tmp_path, request, result)).words
    assert "1 of 6 runs failed; all this rests on the others." in text
    assert "6, of which 1 failed" in text


def test_what_differs_from_its_default_is_listed(tmp_path):
    request, result = made(["process.training=0.07"])
    text = Page(write(tmp_path, request, result)).words
    listed = text.partition("What differs from the defaults")[2]
    listed = listed.partition("What the model leaves out")[0]
    trained = "7 % of professionals a month 2 % of professionals a month process.training"
    assert f"Professionals trained each month {trained}" in listed
    assert "Months simulated 12 months 120 months horizon" in listed
    assert "process.hcp_cooperation" not in listed


def test_a_comparison_says_first_what_to_do(page_of):
    _, result, text = page_of("policies")
    text = Page(text).words
    first, results = text.index("In short"), text.index("Results")
    assert first < text.index("Recommendation:") < results
    assert "What the policies and shocks do" in text and "from month 1 to the end" in text
    assert "What the outcomes mean" in text
    assert result.answer()[1] == paragraph(result.told.summary[0])[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["simulate", "three axes", "alignment", "hostile", "policies", "given worlds"]
)
def test_a_browser_without_network_draws_it_and_complains_of_nothing(name, chromium, tmp_path):
    request = compose([*SMALL, *ARGUMENTS.get(name, ARGUMENTS["names"])])
    if name == "hostile":
        request = replace(request, title=HOSTILE, question=HOSTILE)
        request = replace(request, axes=tuple(replace(a, name=HOSTILE) for a in request.axes))
    result = perform(request)
    write(tmp_path, request, result)
    asked = {
        "drawn": "Array.from(document.images).filter(i => i.complete && i.naturalWidth).length",
        "places": "document.querySelectorAll('.picture').length",
        "told": """Array.from(document.querySelectorAll(".picture")).every((picture, n) => {
            const [l, t, r, b, text] = spots[n].at(-1), box = picture.getBoundingClientRect();
            const at = { clientX: box.left + (l + r) / 2e4 * box.width, clientY: box.top + (t + b) / 2e4 * box.height };
            picture.dispatchEvent(new PointerEvent("pointermove", at));
            return picture.querySelector(".told").textContent === text;
        })""",
        "beyond": "document.documentElement.scrollWidth - innerWidth",
        "title": "document.title",
        "keys": """Array.from(document.querySelectorAll("table")).every(table =>
            Array.from(table.tHead.rows[0].cells).every(cell => {
                const button = cell.querySelector("button");
                return !button || (button.tabIndex === 0 && button.type === "button");
            }))""",
        "sorted": """(() => {
            const table = document.querySelector("details table");
            table.querySelectorAll("th button")[1].click();
            const cells = Array.from(table.tBodies[0].rows).map(r => parseFloat(r.cells[1].textContent));
            const known = cells.filter(x => !Number.isNaN(x));
            return known.every((x, n) => n === 0 || known[n - 1] <= x)
                && cells.slice(0, known.length).every(x => !Number.isNaN(x));
        })()""",
    }  # fmt: skip
    seen = look(chromium, tmp_path / "report.html", (1280, 400), asked)
    asked = {address for address in seen.requests if not address.startswith("data:")}
    assert asked == {(tmp_path / "report.html").resolve().as_uri()}
    assert seen.errors == []
    for width in (1280, 400):
        values = {key.split()[0]: v for key, v in seen.values.items() if key.endswith(f" {width}")}
        assert values["drawn"] == values["places"] > 0
        assert values["beyond"] <= 0 and values["title"] == result.title
        assert values["sorted"] and values["keys"] and values["told"]
        assert seen.pictures[width].startswith(b"\x89PNG")
    assert seen.printed.startswith(b"%PDF")
