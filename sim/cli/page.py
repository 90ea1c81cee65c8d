"""`python -m sim page`: the what-if page, with settings inside, in the reader's browser."""

from __future__ import annotations

import webbrowser
from collections.abc import Sequence
from urllib.parse import quote, urlencode

from sim.cli.arguments import parse
from sim.cli.one_world import one_world
from sim.design.folders import available, shipped_folder, user_path
from sim.ensembles.store.atomic import write_atomic
from sim.reports import what_if
from sim.reports.findings import on_disk
from sim.reports.meanings import WHAT_IF
from sim.tables.errors import UserError
from sim.tables.messages import did_you_mean, show
from sim.tables.settings import SETTINGS

FOLDER = "outputs/page"
OPEN, LESSON = "open", "lesson"
ALLOWED = ("seed", "out")  # of all settings
START = "deployment.at_start"


def page(arguments: Sequence[str]) -> int:
    """Write the page with what the command line sets inside, and open it in a browser."""
    own, rest = _own(arguments)
    said = [word for word in rest if not word.startswith("out=")]
    # without a word: the page's own opening
    held = {"fragment": fragment_of(rest, own[LESSON])} if said else {}
    text = what_if.with_settings(what_if.source(), held)
    out = next((a.partition("=")[2] for a in rest if a.startswith("out=")), None)
    path = user_path("out", out or FOLDER) / WHAT_IF
    with on_disk(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        there = path.read_text(encoding="utf-8", errors="replace") if path.exists() else text
        if not what_if.PLACE.search(there):
            raise UserError(
                f"out={show(path.parent)}: holds {WHAT_IF}, which is no page of this program; give another folder"
            )
        write_atomic(path, text)
    print(path)
    if own[OPEN] != "false":
        lesson = f"?{LESSON}={quote(own[LESSON])}" if own[LESSON] else ""
        webbrowser.open(path.absolute().as_uri() + lesson)
    return 0


def _own(arguments: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Return what is of this command alone, checked, and all other arguments."""
    from sim.page.texts import LESSONS

    allowed = {OPEN: ("true", "false"), LESSON: tuple(LESSONS)}
    own = {OPEN: "true", LESSON: ""}
    rest = []
    for argument in arguments:
        key, _, value = argument.partition("=")
        if key not in own:
            rest.append(argument)
        elif value.lower() not in allowed[key]:
            near = did_you_mean(value, allowed[key])
            raise UserError(f"{show(argument)}: allowed is one of {', '.join(allowed[key])}{near}")
        else:
            own[key] = value.lower()
    return own, rest


def fragment_of(arguments: Sequence[str], lesson: str = "") -> str:
    """Return what an address holds behind # for the settings of a command line.

    What is typed is a change, as if it were moved on the page; what a file sets is of the place. Where
    nobody chooses a scenario or says how the tool comes, it comes as on the page without a word; a
    lesson begins in its own world.
    """
    from sim.page.texts import LESSONS, OF_THE_PLACE

    request = one_world(arguments, "the page shows")
    problems = [
        f"{key}={show(value)}: is not used by the page; allowed are {', '.join(ALLOWED)}, {OPEN} and {LESSON}"
        for key, value in request.settings.items()
        if key not in ALLOWED and value != SETTINGS[key].default
    ]
    if problems := [*what_if.obstacles(request), *problems]:
        raise UserError(problems)
    parsed = parse(arguments)
    scenario = parsed.choices.get("scenario", "")
    shipped = scenario in available("scenario", [shipped_folder()]) and parsed.config_dir is None
    base = what_if.base_of(scenario if shipped else what_if.USUAL)
    if lesson:
        base |= dict.fromkeys(parsed.values)  # its world may have set what is typed
    as_is = [] if scenario or START in parsed.values else [(START, 1)]
    pairs = [("scenario", scenario)] if shipped else [] if lesson else as_is
    typed = {*OF_THE_PLACE, *parsed.values}
    pairs += [
        (path if path in typed else what_if.OF_THE_PLACE + path, value)
        for path, value in what_if.parameters(request, base)
    ]
    pairs += [*what_if.acting(request, base), *what_if.luck(request)]
    opens = f"{LESSONS[lesson].opens}&" if lesson else ""
    # an address without a word means the page's own opening, so that something always stands here
    return opens + urlencode(pairs or [("scenario", what_if.USUAL)])
