"""The what-if page in a real browser whose network is closed: what it shows is what Python computes."""

from __future__ import annotations

import csv
import json
import re
import shlex
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim.__main__ import main
from sim.cli.compose import compose
from sim.cli.page import fragment_of
from sim.outcomes.table import GOAL
from sim.page.texts import LESSONS
from sim.reports.what_if import source, with_settings
from sim.reports.words import LEFT_OUT
from sim.studies import headline
from sim.studies.python import perform
from sim.tables.factors import FACTORS

SMALL = (
    "population.organisations=3&population.organisation_size=10&horizon=72&deployment.at_start=1"
)
DONE = "document.documentElement.dataset.done === 'yes'"
USE = "use_after_5_years"
CHECKED = (USE, *"sustained_adoption non_adoption abandonment scale_up policy_cost".split())


class Tab:
    """A tab with the page in it; what it asked of the network, and what went wrong, is written down."""

    def __init__(self, context, where=None):
        self.page, self.requests, self.errors = context.new_page(), [], []
        self.where = where or Path(str(files("sim.page").joinpath("page.html")))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)

    def open(self, fragment=SMALL, query="", wait=DONE):
        self.page.goto(f"{self.where.as_uri()}{query}{fragment and '#'}{fragment}")
        self.until(wait)
        return self

    def until(self, script, seconds=60):
        """Wait until something holds; the page's own policy lets no driver do that inside it."""
        for _ in range(20 * seconds):
            if self.page.evaluate(script):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"never came: {script}; {self.errors}")

    def value(self, script):
        return self.page.evaluate(script)

    def after(self, script):
        """Do something, and wait until the answer to it is whole."""
        self.page.evaluate(script)
        self.page.wait_for_timeout(100)
        self.until(DONE)

    def fill(self, selector, text):
        """Type a value, and leave the field."""
        self.page.fill(selector, text)
        self.page.keyboard.press("Tab")

    def number(self, line="changed", name=USE):
        return self.value(f"Page.main.replies['{line}'].summary['{name}'].estimate")

    def notice(self):
        return self.page.inner_text("#notice")


@pytest.fixture
def tab(chromium, tmp_path):
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    made = Tab(context)
    yield made
    context.close()
    assert not made.errors
    assert all(address.startswith(("file:", "blob:", "data:")) for address in made.requests)


def result_of(command):
    """Return what `python -m sim` computes for a command that the page shows."""
    assert command.startswith("python -m sim ")
    return perform(compose([*shlex.split(command)[3:], "progress=never"]))


def check(tab, line):
    """Every run of a line is that of its command, to the bit; means of runs to their last digits."""
    command = tab.value(f"Page.main.engine.command(Page.share.asked('{line}'))")
    found = result_of(command)
    for name in CHECKED:
        runs = tab.value(f"[...Page.main.replies['{line}'].runs['{name}']]")
        np.testing.assert_array_equal(runs, found.outcome(name), err_msg=f"{line} {name}")
        mean = found.mean(name)
        for part in ("estimate", "low", "high"):
            shown = tab.value(f"Page.main.replies['{line}'].summary['{name}'].{part}")
            assert shown == pytest.approx(getattr(mean, part), rel=1e-12, nan_ok=True)
    return command


def test_from_disk_the_page_shows_what_its_command_computes(tab):
    tab.open(f"{SMALL}&process.training=0.1&policy=co_design&seed=5")
    check(tab, "now")
    command = check(tab, "changed")
    assert {"process.training=0.1", "policy=co_design", "seed=5"} <= set(command.split())
    shown = tab.page.inner_text("#headline .answer.changed strong")
    assert shown == str(round(100 * tab.number()))


def people(share):
    """Return a share as people of 100, never 0 for what is not nothing."""
    return "under 1" if 0 < 100 * share < 0.5 else str(int(100 * share + 0.5))


def used_told(found, name):
    """Return how many use the tool in a result of Python, and how sure that is: two where histories split."""
    mean, two = headline.used(found, name, 0)
    if two is None:
        return people(mean.estimate), f"{people(mean.low)} to {people(mean.high)}"
    few = "hardly any" if two.low < headline.LEAST else people(two.low)
    sure = f"the lower in {people(two.lower.estimate)} of 100 histories"
    return f"{few} or {people(two.high)}", sure


def change_told(change):
    """Return how many more use it, or fewer, as the page tells it."""
    sizes = [f"{100 * abs(x):.{int(abs(x) < 0.1)}f}" for x in change[:3]]
    words = ["fewer" if x < 0 else "more" for x in change[:3]]
    if words[1] != words[2]:
        within = f"{sizes[1]} {words[1]} to {sizes[2]} {words[2]}"
        return f"No clear difference: {sizes[0]} {words[0]} of 100 ({within}), which chance alone could make."
    within = " to ".join(sorted(sizes[1:], key=float))
    return f"Your changes make {sizes[0]} {words[0]} of 100 ({within}) use it, under the same luck."


@pytest.mark.parametrize(
    ("fragment", "holds"),
    [
        (f"{SMALL}&seed=3", "What would change that?"),
        ("scenario=small_clinic", "hardly any or"),
        ("scenario=small_clinic&process.training=0.1", "hardly any or"),
        (f"{SMALL}&policy=co_design&process.training=0.05", "They cost"),
        (f"{SMALL}&policy=onboarding", "No clear difference"),
    ],
)
def test_the_headline_says_what_python_computes(tab, fragment, holds):
    """Each word of it: one number or two, how sure, what the changes bring and cost, and the end."""
    tab.open(f"{fragment}&worlds=0")
    lines = tab.value("Page.settings.lines()")
    found = {
        line: result_of(tab.value(f"Page.main.engine.command(Page.share.asked('{line}'))"))
        for line in lines
    }
    last = found[lines[-1]]
    told = ["Five years after it starts, of 100 professionals there use it:"]
    for line in lines:
        told += [{"now": "Now", "changed": "With your changes"}[line], *used_told(found[line], USE)]
    change = "What would change that? Move a slider, or add a policy."
    if len(lines) == 2:
        change = change_told(last.difference(USE, other=found["now"]))
        if cost := last.mean("policy_cost").estimate:
            change += f" They cost {float(f'{cost:.3g}'):,.0f} EUR on average."
    years = headline.time_told(last.values["horizon"])
    number, within = used_told(last, GOAL)
    reached = last.probability_sustained()
    end = (
        f"{years} from now, {number} of 100 of all use it ({within}; mean of the last two years); in "
        f"{reached.estimate * reached.runs:.0f} of {reached.runs} histories at least half do."
    )
    told += [change, f"With your changes: {end}" if len(lines) == 2 else end.capitalize()]
    if any("the lower in" in line for line in told):
        told.append("Histories split: pictures show means, and hardly any history is near them.")
    shown = tab.page.inner_text("#headline").splitlines()
    assert [line for line in shown if line] == told
    assert any(holds in line for line in told), "the world is no example any more"


def test_a_slider_undo_and_the_address(tab):
    tab.open(f"{SMALL}&worlds=0")
    slider = tab.page.locator("#factors input[data-path='process.hcp_cooperation']")
    slider.focus()
    tab.page.keyboard.press("End")
    tab.until(f"Page.settings.lines().includes('changed') && {DONE}")
    assert "process.hcp_cooperation=1" in tab.page.url
    changed = tab.number()
    again = Tab(tab.page.context).open(tab.page.url.partition("#")[2])
    assert again.number() == changed and again.page.url == tab.page.url
    assert again.page.input_value("#factors input[data-path='process.hcp_cooperation']") == "1"
    tab.page.click("#undo")
    assert tab.value("Page.settings.lines().join()") == "now"
    assert "hcp_cooperation" not in tab.page.url
    tab.page.click("#redo")
    assert "process.hcp_cooperation=1" in tab.page.url
    tab.page.click("#reset")
    assert tab.page.url.endswith("#deployment.at_start=1")


LEVER = {"lever": "training", "strength": 0.1}
OWN = {"name": "my_policy", "kind": "policy"}
BAD = {
    "proces.training=0.1": "did you mean process.training?",
    "process.training=2": "process.training=2",
    "scenario=small_clinik": "did you mean small_clinic?",
    "policy=trainings": "did you mean training?",
    "shock=training": "write policy=training",
    "both=perhaps": "allowed is yes or no",
    "process.training=0.1&process.training=0.2": "process.training is given 2 times: the last one counts, process.training=0.2",
    "worlds=2": "allowed is 0 or 1",
    "rate.condition.natur=simple": "did you mean rate.condition.nature?",
    "own=[{": "is not a list of policies",
    f"own={quote(json.dumps([{'name': '<img>', 'kind': 'policy', 'levers': [1]}]))}": "is not a list",
    f"own={quote(json.dumps([{**OWN, 'levers': [{**LEVER, 'where': {'organisations': [9]}}]}]))}": "organisations=9: there is no such organisation",
    f"own={quote(json.dumps([{**OWN, 'levers': [{**LEVER, 'groups': 5}]}]))}": "is not a list",
    "population.organisations=100000&population.organisation_size=1000": "more than the page takes",
    quote("<img src=x onerror=window.bad=1>=3"): "is not known",
    "%E0%A4%A": "is not known",
    "development.rate=1&now.development.erosion.transparency=1": "have no answer",
}


def test_of_a_bad_address_the_rest_is_shown(tab):
    tab.open(f"{SMALL}&worlds=0")
    for fragment, said in BAD.items():
        tab.value(f"location.hash = {json.dumps(f'#{SMALL}&worlds=0&{fragment}')}")
        tab.until(f"document.querySelector('#notice').innerText.includes({json.dumps(said)})", 5)
        assert tab.value("window.bad === undefined && !document.querySelector('#notice img')")
    for months in (0, 61):
        tab.after(f"location.hash = '#{SMALL}&worlds=0&horizon={months}'")
    tab.open(next(iter(BAD)))
    assert BAD[next(iter(BAD))] in tab.notice() and tab.page.is_visible("#headline .answer")


SHARES = "population.physician.share=0.3&population.nurse.share=0.4&population.allied.share=0.3"


def test_an_address_brings_back_what_it_was_taken_of(tab):
    """Also where values are possible only together, and where nothing is set at all."""
    tab.open(f"{SMALL}&worlds=0")
    for given in ("seed=0", "deployment.at_start=1&population.initial_adopters=0.3", SHARES):
        tab.value(f"Page.settings.open({json.dumps(given)})")
        before = tab.value("JSON.stringify(Page.settings.question('changed'))")
        assert tab.value("Page.settings.open(Page.settings.encoded())") == []
        assert tab.value("JSON.stringify(Page.settings.question('changed'))") == before
        for key, value in [pair.split("=") for pair in given.split("&")][1:]:
            assert tab.value(f"Page.settings.value('{key}')") == float(value)
    assert tab.value("Page.tables.parameters['deployment.at_start'].default") == 0
    for lesson in LESSONS.values():
        assert tab.value(f"Page.settings.open({json.dumps(lesson.opens)})") == [], lesson.title


@pytest.mark.slow
def test_a_wrong_number_is_told_and_a_good_one_ends_it(tab):
    own = [{**OWN, "levers": [{**LEVER, "where": {"organisations": [3]}}]}]
    tab.open(f"{SMALL}&worlds=0&own={quote(json.dumps(own))}")
    wrong = (
        ("n-population.organisations", "2", "4"),
        ("n-horizon", "1300", "60"),
        ("luck", "-1", "4"),
    )
    for field, bad, good in wrong:
        before = tab.page.url
        tab.fill(f"[id='{field}']", bad)
        assert "allowed is a" in tab.notice() and tab.page.url == before
        tab.fill(f"[id='{field}']", good)
        assert not tab.page.is_visible("#notice") and tab.page.url != before


@pytest.mark.slow
def test_what_has_no_answer_is_told_until_it_is_undone(tab):
    tab.open(f"{SMALL}&worlds=0")
    tab.value("Page.settings.set('trust.reliability_base', 0.975)")
    tab.until("document.querySelector('#notice').innerText.includes('at most 1')")
    tab.page.click("#help-ask")
    tab.until("!document.querySelector('#help-ask').hidden")
    tab.page.click("#undo")
    tab.until("document.querySelector('#notice').hidden")


@pytest.mark.slow
def test_settings_inside_the_page(tab, tmp_path):
    tab.where = tmp_path / "mine.html"
    inside = with_settings(source(), {"fragment": f"{SMALL}&policy=training"})
    tab.where.write_text(inside, encoding="utf-8")
    tab.open("")
    assert tab.value("Page.settings.policies().map((p) => p.name).join()") == "training"
    copy = tmp_path / "copy.html"
    tab.after("Page.settings.set('process.training', 0.07)")
    copy.write_text(tab.value("Page.share.page()"), encoding="utf-8")
    again = Tab(tab.page.context, copy).open("")
    assert again.number() == tab.number() and not again.errors
    # a lesson has a world of its own, whatever the copy holds
    again.page.click(f"#lessons a >> nth={list(LESSONS).index('trap')}")
    again.until("document.querySelector('#lesson button')")
    assert again.value("Page.settings.value('appraisal.systemic', 'now')") == 0.9


@pytest.mark.slow
def test_a_report_opens_the_page_with_its_settings(tab, tmp_path):
    given = ["population.organisations=3", "horizon=72", "deployment.at_start=1", "seed=2"]
    assert main([*given, "policy=training", f"out={tmp_path}", "progress=never"]) == 0
    tab.page.goto((tmp_path / "report.html").as_uri())
    tab.page.click("text=Change it yourself")
    tab.until(f"typeof Page === 'object' && {DONE}")
    runs = pq.read_table(tmp_path / "runs.parquet").column(USE).to_numpy()
    np.testing.assert_array_equal(tab.value(f"[...Page.main.replies.changed.runs['{USE}']]"), runs)
    check(tab, "now")


@pytest.mark.slow
def test_the_tables_hold_what_is_shown(tab):
    tab.open(f"{SMALL}&process.training=0.1")
    outcomes = csv.DictReader(tab.value("Page.share.outcomesTable()").splitlines())
    found = {(row["future"], row["outcome"]): float(row["mean"] or "nan") for row in outcomes}
    assert found["With your changes", USE] == tab.number()
    assert found["Now", USE] == tab.number("now")
    months = list(csv.DictReader(tab.value("Page.share.monthsTable()").splitlines()))
    assert len(months) == 2 * 73
    last = tab.value("Page.main.replies.changed.mean.adopters[72]")
    assert float(months[-1]["adopters"]) == last and months[-1]["month"] == "72"


@pytest.mark.slow
def test_what_would_help_most_is_found_and_tried(tab):
    tab.open(f"{SMALL}&worlds=0")
    tab.page.click("#help-ask")
    tab.until("document.querySelector('#help').innerText.includes('Each alone')")
    rows = tab.value("[...document.querySelectorAll('.help li')].map((x) => x.innerText)")
    more = [float(re.search(r"([0-9.]+) more of 100", row)[1]) for row in rows]
    assert more and more == sorted(more, reverse=True)
    told = tab.page.inner_text("#help")
    assert all(f.title in told or f.baseline >= f.high for f in FACTORS)
    tab.page.click(".help button >> nth=0")
    tab.until(DONE)
    # the first runs of what is tried are those that it was found by
    difference = tab.value(
        "((a, b) => b.subarray(0, 16).reduce((s, x, n) => s + x - a[n], 0) / 16)"
        f"(Page.main.replies.now.runs.{USE}, Page.main.replies.changed.runs.{USE})"
    )
    assert 100 * difference == pytest.approx(more[0], abs=0.5)
    assert tab.page.locator(".help li").count() == len(rows)
    tab.fill("#luck", "3")
    assert tab.page.locator(".help li").count() == 0
    tab.after("Page.settings.set('horizon', 24)")  # before five years it is of the end
    tab.page.click("#help-ask")
    tab.until("document.querySelector('#help').innerText.includes('who use it at the end')")


@pytest.mark.slow
@pytest.mark.parametrize(
    "fragment",
    [
        "deployment.at_start=0.731&process.training=0.0137",
        "scenario=model_pilot&seed=9007199254740991",
        "scenario=small_clinic&alignment.usability=0.8013&decision.lapse_rate=0.210000000000000001",
        f"{SMALL}&shock=budget_cut&policy=champions_first&network.kind=scale_free&now.trust.success_gain=1e-5",
        f"{SMALL}&rate.adopters.skills=simple&rate.organisation.funding=complex&policy=phased_roll_out",
        fragment_of(["scenario=small_clinic", "policy=training", "process.hcp_cooperation=0.4"]),
    ],
)
def test_six_settings_to_the_bit(tab, fragment):
    tab.open(f"{fragment}&worlds=0")
    for line in tab.value("Page.settings.lines()"):
        check(tab, line)


@pytest.mark.slow
def test_the_worlds_of_the_fan_are_those_of_the_program(tab):
    tab.open(SMALL, wait="document.querySelectorAll('.fan').length >= 64")
    tab.page.wait_for_timeout(1500)
    tab.page.click("#share")
    worlds = tab.page.inner_text("#share-box .note code")
    tab.page.keyboard.press("Escape")

    def command(line):
        return f"{tab.value(f'Page.main.engine.command(Page.share.asked({line!r}))')} {worlds}"

    found = result_of(command("now"))
    last = "[...document.querySelectorAll('#headline .said p')].at(-1).textContent"
    assert f": {round(100 * found.mean(USE).estimate)} of 100" in tab.value(last)
    # what was found of other settings is not shown with these
    tab.value("Page.settings.set('process.training', 0.2)")
    assert tab.page.locator(".fan.changed").count() == 0
    tab.until("document.querySelectorAll('.fan.changed').length >= 64")
    tab.until(f"{last}.includes('fewer in')")
    change = result_of(command("changed")).outcome(USE) - found.outcome(USE)
    assert (change == 0).any()  # which is neither more nor fewer
    assert f"more in {(change > 0).sum()} worlds, fewer in {(change < 0).sum()}." in tab.value(last)
    tab.value("Page.settings.set('process.training', 0.19)")
    tab.page.wait_for_timeout(50)
    assert tab.page.locator(".fan.changed").count() < 64


@pytest.mark.slow
def test_policies_on_the_timeline(tab, tmp_path):
    tab.open(f"{SMALL}&worlds=0")
    tab.page.select_option("#add-policy", "training")
    tab.until(f"Page.settings.lines().includes('changed') && {DONE}")
    assert "At most" in tab.page.inner_text("#price")
    grip = tab.page.locator(".grip.to").first
    grip.scroll_into_view_if_needed()
    box = grip.bounding_box()
    tab.page.mouse.move(box["x"] + 8, box["y"] + 10)
    tab.page.mouse.down()
    tab.page.mouse.move(box["x"] - 200, box["y"] + 10, steps=5)
    tab.page.mouse.up()
    tab.page.wait_for_timeout(200)
    lever = tab.value("Page.settings.policies()[0].levers[0]")
    assert 20 < lever["to"] < 72 and "own=" in tab.page.url
    tab.page.locator(".grip.from").first.focus()
    tab.page.keyboard.press("ArrowRight")
    tab.page.keyboard.press("PageUp")
    assert tab.value("Page.settings.policies()[0].levers[0].from") == 14
    tab.page.click(".lane .told")
    tab.fill(".editor input[type=number] >> nth=2", "33.3")
    assert tab.value("Page.settings.policies()[0].levers[0].where.share") == 0.333
    assert "33.3 % of organisations" in tab.page.inner_text(".lane .told")
    tab.until(DONE)
    folder = tmp_path / "experiment"
    folder.mkdir()
    tab.page.click("#share")
    assert "+experiment=what_if_changed" in tab.page.inner_text("#share-box")
    with tab.page.expect_download() as download:
        tab.page.click("#share-box button:text('Save as YAML') >> nth=1")
    tab.page.keyboard.press("Escape")
    name = download.value.suggested_filename
    download.value.save_as(folder / name)
    command = re.search(r"# (python -m sim .*)", (folder / name).read_text(encoding="utf-8"))[1]
    found = result_of(command.replace("my_files", shlex.quote(str(tmp_path))))
    assert name == "what_if_changed.yaml"
    assert tab.number() == pytest.approx(found.mean(USE).estimate, rel=1e-12)
    before = tab.value("Page.settings.encoded()")
    tab.value("Page.settings.set('horizon', 10)")  # the policy ends after it, and stays as it is
    tab.page.locator(".grip.to").first.focus()
    tab.page.keyboard.press("ArrowRight")
    tab.value("Page.settings.set('horizon', 72)")
    assert tab.value("Page.settings.encoded()") == before
    tab.page.click(".policy .head button")
    assert tab.value("Page.settings.lines().join()") == "now"


@pytest.mark.slow
def test_the_map_plays_and_a_dot_tells_a_life(tab):
    tab.open(f"{SMALL}&worlds=0")
    tab.page.locator("#map").scroll_into_view_if_needed()
    tab.until("Page.map.film !== null")
    assert tab.value("Page.map.month") == 60
    tab.page.click("#map .play >> nth=1")
    assert tab.value("Page.map.month") == 61
    tab.page.click("#map .play >> nth=0")
    tab.page.wait_for_timeout(700)
    tab.page.click("#map .play >> nth=0")
    assert tab.value("Page.map.month") > 61
    x, y = tab.value("[Page.map.spots.place[0], Page.map.spots.place[1]]")
    tab.page.click("#map canvas >> nth=0", position={"x": x, "y": y})
    assert "Post 1 of organisation 1" in tab.page.inner_text(".life")
    counted = tab.value("Page.map.go(72), document.querySelector('#map-told').textContent")
    assert counted.startswith("After six years") and "3 organisations" in counted
    # where there is no history, it tells why
    tab.value("Page.settings.open('development.rate=1&now.development.erosion.transparency=1')")
    tab.until("document.querySelector('#map-told').textContent.includes('have no answer')")
    tab.page.click("#map canvas >> nth=0")


@pytest.mark.slow
@pytest.mark.parametrize("width", [400, 1280])
def test_all_is_there_and_nothing_is_wider_than_the_window(tab, width):
    tab.page.set_viewport_size({"width": width, "height": 900})
    tab.open(f"{SMALL}&policy=paper_collaboration&shock=budget_cut&decision.lapse_rate=0.1")
    assert tab.value("Page.settings.lines().join()") == "now,assumed,changed"
    assert tab.page.locator("#headline .answer").count() == 3
    tab.value("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    tab.page.wait_for_timeout(300)
    # of what can be moved alone
    sliders = tab.page.locator(".controls input[data-path]")
    there = sliders.evaluate_all("(found) => found.map((x) => x.dataset.path)")
    assert "population.readiness_low" in there and "population.nurse.share" not in there
    assert tab.value("document.documentElement.scrollWidth") <= width
    outside = "[...document.querySelectorAll('.chart text')].filter((x) => x.getBoundingClientRect().right > x.ownerSVGElement.getBoundingClientRect().right + 1)"
    assert tab.value(f"{outside}.map((x) => x.textContent)") == []


@pytest.mark.slow
def test_by_keyboard_alone(tab):
    tab.open()
    seen = set()
    for _ in range(60):
        tab.page.keyboard.press("Tab")
        seen.add(tab.value("document.activeElement.id || document.activeElement.tagName"))
    assert {"share", "scenario", "at-once"} <= seen
    assert tab.page.locator("#factors input").count() == 12
    tab.page.focus("#share")
    tab.page.keyboard.press("Enter")
    assert tab.value("document.querySelector('dialog').open")
    tab.page.keyboard.press("Escape")
    assert not tab.value("document.querySelector('dialog').open")


@pytest.mark.slow
def test_two_tabs_and_a_long_play_disturb_nothing(tab):
    tab.open()
    other = Tab(tab.page.context).open(f"{SMALL}&process.training=0.2")
    before = tab.number("now")
    for n in range(200):
        other.value(f"Page.settings.set('process.training', {n / 1000}, false)")
    other.after("Page.settings.set('process.training', 0.2)")
    assert tab.number("now") == before == other.number("now")
    assert other.value("performance.memory.usedJSHeapSize") < 150e6


@pytest.mark.slow
def test_printed_it_has_the_answer_and_the_pictures(tab):
    tab.open(f"{SMALL}&process.training=0.1")
    tab.page.emulate_media(media="print")
    assert not tab.page.is_visible(".controls") and tab.page.is_visible("#headline")
    assert tab.page.is_visible("#use-chart svg") and LEFT_OUT[:40] in tab.page.inner_text("footer")
    assert tab.page.pdf()[:4] == b"%PDF"


@pytest.mark.slow
def test_a_lesson_asks_first(tab):
    tab.open("", "?lesson=trap", "document.querySelector('#lesson button')")
    assert not tab.page.is_visible("#headline")
    main_part = tab.page.get_by_role("main")
    assert main_part.count() == 1 and main_part.get_by_role("button").count() == 4
    tab.page.click("#lesson button >> nth=0")
    assert main_part.count() == 1 and tab.page.get_by_role("complementary").count() == 1
    assert tab.page.is_visible("#headline")
    assert tab.page.locator("#lesson input[type=range]").count() == 3
    tab.until(DONE)
    assert tab.page.locator("#use-chart").bounding_box()["y"] < 500  # beside it, not below
    assert tab.value("Page.settings.value('horizon')") == 240
    tab.fill("#n-horizon", "60")
    assert tab.value("Page.settings.value('horizon')") == 60
    tab.page.click("#reset")
    assert tab.value("Page.settings.value('horizon')") == 240
    tab.page.click(f"#lessons a >> nth={list(LESSONS).index('trap')}")  # where one is
    assert not tab.page.is_visible("#headline") and tab.page.locator("#lesson button").count() == 4
    for search, meant in {
        "lesson=trip": "trap",
        "lesson=TRAP": "trap",
        "Lessn=trap": "lesson=trap",
    }.items():
        wrong = Tab(tab.page.context).open("", f"?{search}")
        assert f"did you mean {meant}?" in wrong.notice()


@pytest.mark.slow
def test_the_first_words_are_there_within_a_second(tab):
    tab.open(f"{SMALL}&worlds=0")
    assert tab.value("performance.getEntriesByName('first-contentful-paint')[0].startTime") < 1000


def axe():
    """Return the script that looks for what keeps people out: of this folder's packages, or of the machine's."""
    npm = shutil.which("npm")
    places = [Path(__file__).parents[2] / "node_modules"]
    if npm:
        told = subprocess.run([npm, "root", "--global"], capture_output=True, text=True).stdout
        places.append(Path(told.strip()))
    scripts = [place / "axe-core" / "axe.min.js" for place in places]
    if script := next((path for path in scripts if path.is_file()), None):
        return script.read_text(encoding="utf-8")
    pytest.skip("axe-core is not there: npm install --no-save axe-core")


@pytest.mark.slow
@pytest.mark.parametrize("width", [400, 1280])
def test_no_serious_finding_of_accessibility(chromium, tmp_path, width):
    script = axe()
    context = chromium.new_context(bypass_csp=True, viewport={"width": width, "height": 900})

    def looked_at(tab):
        tab.value(script)
        found = tab.value("axe.run()")["violations"]
        assert [f["id"] for f in found if f["impact"] in ("serious", "critical")] == []

    tab = Tab(context).open(f"{SMALL}&policy=training&shock=budget_cut&process.training=0.1")
    tab.value("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    tab.page.click(".lane .told >> nth=0")
    tab.page.click("#help-ask")
    tab.until("document.querySelector('#help').innerText.includes('Each alone')")
    looked_at(tab)
    tab.page.click("#share")
    looked_at(tab)
    looked_at(tab.open("", "?lesson=trap", "document.querySelector('#lesson button')"))
    assert main([*SMALL.split("&"), "replicates=4", f"out={tmp_path}", "progress=never"]) == 0
    tab.page.goto((tmp_path / "report.html").as_uri())
    looked_at(tab)
    context.close()
