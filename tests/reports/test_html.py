"""The report: one file that says what the terminal says, and that nobody can make run anything."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import browser
import numpy as np
import pytest

from sim.cli.compose import compose
from sim.design.axes import Axis
from sim.reports import files
from sim.reports.answer import Answer, Section
from sim.reports.draw_pages import plain
from sim.reports.figure import Figure, Panel
from sim.reports.html import embed, page
from sim.studies import studies
from sim.studies.python import perform
from sim.studies.report_sections import sections
from sim.tables.layout import Table, paragraph

SMALL = ["replicates=3", "horizon=12", "population.organisations=3", "progress=never"]
SMALL += ["deployment.at_start=1"]
HOSTILE = "</script><script>document.title='run'</script><img src=x onerror=alert(1)>&\"' $$x$$"
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
    figures = studies()[request.study].figures(result)
    text = page.report(result.told, figures, sections(result, request), provenance)
    (folder / "report.html").write_text(text, encoding="utf-8")
    return text


class Reader(HTMLParser):
    """Reads the elements of a page, and its visible text."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.text, self.scripts, self._inside = [], [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._inside = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside == "script":
            self.scripts[-1] += data
        elif self._inside != "style":
            self.text.append(data)

    @property
    def words(self):
        return " ".join(" ".join(self.text).split())


@pytest.mark.parametrize("name", ARGUMENTS)
def test_the_page_says_what_the_terminal_says_in_one_small_file(name, tmp_path):
    request, result = made(ARGUMENTS[name])
    text = write(tmp_path, request, result)
    assert len(text) < 2_000_000 and [p.name for p in tmp_path.iterdir()] == ["report.html"]
    read = Reader(text)
    for block in (*result.told.blocks, *result.told.summary):
        for said in [c for row in block.rows for c in row] if isinstance(block, Table) else [block]:
            assert " ".join(said.split()) in read.words
    assert f"nasss-sim {files.__version__}" in read.words and "0123abcd" in read.words
    assert request.command in read.words
    once = "Each point was run once" in read.words
    assert once == (name == "one replicate") == ("Each point was run once" in str(result))
    # nothing is fetched: no address in an element, and none may be opened
    asked = [a for _, a in read.elements if {"src", "href", "srcset", "action"} & set(a)]
    assert asked == []
    data = json.loads(read.scripts[0])
    places = [a["id"] for tag, a in read.elements if tag == "div" and "id" in a]
    assert sorted(data["roots"].values()) == sorted(places) and places
    assert [root["id"] for root in data["document"]["roots"]] == list(data["roots"])


def test_the_same_runs_give_the_same_page(tmp_path):
    arguments = ARGUMENTS["simulate"]
    first, second = (write(tmp_path, *made(arguments)) for _ in range(2))
    assert first == second


def test_a_strangers_words_are_shown_and_not_run(tmp_path):
    request = compose([*SMALL, *ARGUMENTS["one axis"]])
    axis = request.axes[0]
    axes = (Axis(HOSTILE, axis.paths, (HOSTILE, "b"), axis.settings),)
    request = replace(request, title=HOSTILE, question=HOSTILE, axes=axes, command=HOSTILE)
    result = perform(request)
    text = write(tmp_path, request, result)
    read = Reader(text)
    assert [tag for tag, _ in read.elements if tag in ("img", "iframe")] == []
    assert len(read.scripts) == 3 and "title='run'" not in "".join(read.scripts[1:])
    assert read.words.count(HOSTILE) >= 5
    assert "$$" not in read.scripts[0]  # the library would fetch a typesetter
    # only the two scripts that the program wrote may run
    policy = next(a["content"] for t, a in read.elements if "http-equiv" in a)
    allowed = re.findall(r"'sha256-[^']+'", policy)
    assert allowed == [page.hash_of(script) for script in read.scripts[1:]]
    assert policy.startswith("default-src 'none'") and "http" not in policy


def test_whatever_a_page_is_given_is_text():
    table = Table([[HOSTILE] * 3] * 2, HOSTILE, HOSTILE)
    answer = Answer(HOSTILE, HOSTILE, [HOSTILE, table], [HOSTILE])
    more = [Section(HOSTILE, [HOSTILE, table], HOSTILE)]
    request = replace(compose(SMALL), command=HOSTILE)
    provenance = files.provenance(request, HOSTILE, HOSTILE, 3, 0, {})
    read = Reader(page.report(answer, [], more, provenance))
    harmless = "Harmless"
    plain = Table([[harmless] * 3] * 2, harmless, harmless)
    same = page.report(
        Answer(harmless, harmless, [harmless, plain], [harmless]), [],
        [Section(harmless, [harmless, plain], harmless)],
        files.provenance(replace(request, command=harmless), harmless, harmless, 3, 0, {}),
    )  # fmt: skip
    assert [tag for tag, _ in read.elements] == [tag for tag, _ in Reader(same).elements]
    assert read.words.count(HOSTILE) == Reader(same).words.count(harmless) > 20


@pytest.mark.parametrize("text", ["</script>", "<!--", "a & b", "'"])
def test_data_can_not_end_its_script(text, monkeypatch):
    told = {"x": text, text: 1}
    monkeypatch.setattr(embed, "data_of", lambda _: (told, []))
    request, result = made(ARGUMENTS["simulate"])
    provenance = files.provenance(request, "", "", 3, 0, {})
    (inside, *_) = Reader(page.report(result.told, [], [], provenance)).scripts
    assert not re.search("[<>&']", inside) and json.loads(inside) == told
    assert "</script" not in embed.script_text("'</script>'")


@pytest.mark.parametrize("text", ["$$x$$", r"\[x\]", r"\(x\)"])
def test_no_text_is_a_formula(text):
    shown = plain(text)
    assert shown.replace("\u200b", "") == text
    assert not any(mark in shown for mark in ("$$", r"\[", r"\]", r"\(", r"\)"))


def test_pictures_for_paper_stand_with_their_figures():
    figures = [Figure(name, name, "", [Panel("", [])]) for name in ("first", "second")]
    answer = Answer("title", "question", [])
    provenance = files.provenance(compose(SMALL), "", "", 3, 0, {})
    told = page.report(answer, figures, [], provenance, ["data:image/png;base64,AA", "data:,"])
    read = Reader(told)
    images = [a["src"] for tag, a in read.elements if tag == "img"]
    assert images == ["data:image/png;base64,AA", "data:,"]
    assert sum("pictured" in a.get("class", "") for _, a in read.elements) == 2
    bare = Reader(page.report(answer, figures, [], provenance))
    assert not any("pictured" in a.get("class", "") for _, a in bare.elements)


def test_failed_runs_are_counted(tmp_path):
    request, result = made(ARGUMENTS["one axis"])
    ensemble = result.ensemble
    errors = ensemble.errors.copy()
    outcomes = {name: values.copy() for name, values in ensemble.outcomes.items()}
    errors[1, 0] = "month 3: wrong"
    for values in outcomes.values():
        values[1, 0] = np.nan
    result = replace(result, ensemble=replace(ensemble, errors=errors, outcomes=outcomes))
    text = Reader(write(tmp_path, request, result)).words
    assert "1 of 6 runs failed; all this rests on the others." in text
    assert "6, of which 1 failed" in text


def test_what_differs_from_its_default_is_listed(tmp_path):
    request, result = made(["process.training=0.07"])
    text = Reader(write(tmp_path, request, result)).words
    listed = text[
        text.index("What differs from the defaults") : text.index("What the model leaves out")
    ]
    trained = "7 % of professionals a month 2 % of professionals a month process.training"
    assert f"Professionals trained each month {trained}" in listed
    assert "Months simulated 12 months 120 months horizon" in listed
    assert "process.hcp_cooperation" not in listed


def test_a_comparison_says_first_what_to_do(tmp_path):
    request, result = made(ARGUMENTS["policies"])
    text = Reader(write(tmp_path, request, result)).words
    first, results = text.index("In short"), text.index("Results")
    assert first < text.index("Recommendation:") < results
    assert "What the policies and shocks do" in text and "from month 1 to the end" in text
    assert "What the outcomes mean" in text
    assert result.answer()[1] == paragraph(result.told.summary[0])[0]


def labels(document):
    return [
        (content["id"], text)
        for content in document["roots"]
        for part in content["attributes"].get("right", [])
        for _, text in part["attributes"].get("major_label_overrides", {}).get("entries", [])
    ]


def test_policies_are_named_at_their_points_and_lines(tmp_path):
    request = compose([*SMALL, "study=compare", "policy=none,training,co_design", "horizon=60"])
    result = perform(request)
    groups = {f.title: f for f in studies()["compare"].figures(result)}
    others, names = {"Training", "Co-design"}, {"No policy", "Training", "Co-design"}
    data, _ = embed.data_of([groups["What it costs"]])
    plane = data["document"]["roots"][0]["id"]
    assert {text for at, text in labels(data["document"]) if at == plane} == others
    data, _ = embed.data_of([groups["Month by month"]])
    for root in data["document"]["roots"]:
        assert {text for at, text in labels(data["document"]) if at == root["id"]} == names


@pytest.mark.slow
@pytest.mark.skipif(browser.CHROMIUM is None, reason="there is no Chromium")
@pytest.mark.parametrize(
    "name", ["simulate", "three axes", "alignment", "hostile", "policies", "given worlds"]
)
def test_a_browser_without_network_draws_it_and_complains_of_nothing(name, tmp_path):
    request = compose([*SMALL, *ARGUMENTS.get(name, ARGUMENTS["names"])])
    if name == "hostile":
        request = replace(request, title=HOSTILE, question=HOSTILE)
        request = replace(request, axes=tuple(replace(a, name=HOSTILE) for a in request.axes))
    result = perform(request)
    write(tmp_path, request, result)
    asked = {
        "drawn": "document.querySelectorAll('.panels > div > *').length",
        "places": "document.querySelectorAll('.panels > div').length",
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
    profile = tmp_path / "profile"
    seen = browser.look(tmp_path / "report.html", profile, (1280, 400), asked)
    assert set(seen.requests) == {(tmp_path / "report.html").resolve().as_uri()}
    assert seen.errors == []
    for width in (1280, 400):
        values = {key.split()[0]: v for key, v in seen.values.items() if key.endswith(f" {width}")}
        assert values["drawn"] == values["places"] > 0
        assert values["beyond"] <= 0 and values["title"] == result.title
        assert values["sorted"] and values["keys"]
        assert seen.pictures[width].startswith(b"\x89PNG")
    assert seen.printed.startswith(b"%PDF")
