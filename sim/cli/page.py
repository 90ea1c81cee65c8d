"""`python -m sim page`: the what-if page, with settings inside, in the reader's browser."""

from __future__ import annotations

import json
import re
import webbrowser
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlencode

from sim.cli.arguments import parse
from sim.cli.compose import compose
from sim.cli.one_world import one_world
from sim.design.folders import available, shipped_folder, user_path
from sim.design.request import FILE_PARAMETERS, Request
from sim.ensembles.store.atomic import write_atomic
from sim.policies.kinds import KINDS, POLICY, SHOCK
from sim.tables.checks import NONE
from sim.tables.errors import StoppedError, UserError
from sim.tables.messages import nearest, one_line, show
from sim.tables.parameters import PARAMETERS
from sim.tables.settings import SETTINGS

FOLDER = "outputs/page"
NAME = "what_if.html"
OPEN, LESSON = "open", "lesson"
ALLOWED = ("seed", "out")  # of all settings
MOST_SEED = 2**53 - 1  # the largest whole number that a browser holds
# In the page's source, each once: what holds the settings, and what tells a page of ours
PLACE = re.compile(r'(<script id="settings" type="application/json">)[^<]*(</script>)')


def page(arguments: Sequence[str]) -> int:
    """Write the page with what the command line sets inside, and open it in a browser."""
    own, rest = _own(arguments)
    said = [word for word in rest if not word.startswith("out=")]
    fragment = fragment_of(rest) if said else ""  # without a word: the page's own opening
    text = with_settings(source(), {"fragment": fragment} if fragment else {})
    out = next((a.partition("=")[2] for a in rest if a.startswith("out=")), None)
    path = user_path("out", out or FOLDER) / NAME
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not PLACE.search(path.read_text(encoding="utf-8", errors="replace")):
            raise UserError(
                f"out={show(path.parent)}: holds {NAME}, which is no page of this program; give another folder"
            )
        write_atomic(path, text)
    except OSError as error:
        raise StoppedError(f"{one_line(str(path))}: {one_line(str(error))}") from None
    print(path)
    if own[OPEN] != "false":
        lesson = f"?{LESSON}={quote(own[LESSON])}" if own[LESSON] else ""
        webbrowser.open(path.absolute().as_uri() + lesson)
    return 0


def source() -> str:
    """Return the page as it is shipped."""
    try:
        return files("sim.page").joinpath("page.html").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError("page: sim/page/page.html is missing; `make page` writes it") from None


def with_settings(text: str, settings: Mapping[str, Any]) -> str:
    """Return the page with settings inside, which nothing in them can break out of."""
    held = json.dumps(settings, ensure_ascii=True).replace("<", "\\u003c")
    return PLACE.sub(lambda found: found[1] + held + found[2], text, count=1)


def _own(arguments: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Return what is of this command alone, checked, and all other arguments."""
    from sim.page.words import LESSONS

    own = {OPEN: "true", LESSON: ""}
    rest = []
    for argument in arguments:
        key, _, value = argument.partition("=")
        if key in own:
            own[key] = value.lower() if key == OPEN else value
        else:
            rest.append(argument)
    if own[OPEN] not in ("true", "false"):
        raise UserError(f"{OPEN}={show(own[OPEN])}: allowed is true or false")
    if own[LESSON] and own[LESSON] not in LESSONS:
        near = nearest(own[LESSON], list(LESSONS))
        hint = f"; did you mean {near}?" if near else ""
        raise UserError(
            f"{LESSON}={show(own[LESSON])}: allowed is one of {', '.join(LESSONS)}{hint}"
        )
    return own, rest


def fragment_of(arguments: Sequence[str]) -> str:
    """Return what an address holds behind # for the settings of a command line.

    What is typed is a change, as if it were moved on the page; what a file sets is of the place.
    """
    request = one_world(arguments, "the page shows")
    _possible(request)
    parsed = parse(arguments)
    scenario = parsed.choices.get("scenario", "as_interviewed")
    shipped = scenario in available("scenario", [shipped_folder()]) and parsed.config_dir is None
    base = compose([f"scenario={scenario}"] if shipped else []).values
    pairs = [("scenario", scenario)] if shipped and "scenario" in parsed.choices else []
    pairs += _parameters(request, base, set(parsed.values))
    pairs += _policies(request, base)
    if request.settings["seed"] != SETTINGS["seed"].default:
        pairs.append(("seed", request.settings["seed"]))
    # an address without a word means the page's own opening, so that something always stands here
    return urlencode(pairs or [("deployment.at_start", base["deployment.at_start"])])


def _possible(request: Request) -> None:
    problems = [
        f"{key}={show(request.values[key])}: the page has no files of yours; leave it out"
        for key in FILE_PARAMETERS
        if request.values[key] is not None
    ]
    problems += [
        f"{key}={show(value)}: is not used by the page; allowed are {', '.join(ALLOWED)}, {OPEN} and {LESSON}"
        for key, value in request.settings.items()
        if key not in ALLOWED and value != SETTINGS[key].default
    ]
    problems += _too_large(request)
    if problems:
        raise UserError(problems)


def _too_large(request: Request) -> Iterator[str]:
    """Yield what is more than a browser takes."""
    from sim.page.tables import MOST_HCPS

    people = (
        request.values["population.organisations"] * request.values["population.organisation_size"]
    )
    if people > MOST_HCPS:
        yield f"population.organisations: {people} professionals are more than the page takes; allowed are {MOST_HCPS} at most"
    if (seed := request.settings["seed"]) > MOST_SEED:
        yield f"seed={seed}: allowed on the page is a whole number from 0 to {MOST_SEED}"


def _parameters(
    request: Request, base: Mapping[str, Any], typed: set[str]
) -> Iterator[tuple[str, Any]]:
    from sim.page.words import OF_THE_PLACE

    for path, value in request.values.items():
        if path in KINDS or value == base[path] or path in FILE_PARAMETERS:
            continue
        if value is None or PARAMETERS[path].kind == "names":
            raise UserError(f"{path}={show(value)}: can not be set on the page; leave it out")
        yield (path if path in OF_THE_PLACE or path in typed else f"now.{path}"), value


def _policies(request: Request, base: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the policies and shocks: shipped ones by name, own ones by what their files hold."""
    from sim.design.named_policies import named_policies
    from sim.policies.policy import content_of

    if all(request.values[kind] == base[kind] for kind in KINDS):
        return
    files = [shipped_folder()]
    ours = {kind: available(kind, files) for kind in KINDS}
    known = {
        k: "+".join(n for kind, n in request.policies if kind == k and n in ours[k]) or NONE
        for k in KINDS
    }
    shipped = named_policies([known], files)
    own = []
    for kind in KINDS:
        there = {name: policy for (k, name), policy in request.policies.items() if k == kind}
        names = [name for name in there if shipped.get((kind, name)) == there[name]]
        if names or kind == POLICY:
            yield kind, "+".join(names) or NONE
        own += [
            {"name": name, "kind": kind, "levers": content_of(policy)["levers"]}
            for name, policy in there.items()
            if name not in names
        ]
    if own:
        yield "own", json.dumps(_of_known_names(own, ours))


def _of_known_names(own: list[dict[str, Any]], ours: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return policies of one's own whose names the page's luck is known of."""
    from sim.page.tables import OWN

    known = {*ours[POLICY], *ours[SHOCK], *OWN.values()}
    if strangers := [one["name"] for one in own if one["name"] not in known]:
        allowed = " and ".join(f"{kind}/{name}.yaml" for kind, name in OWN.items())
        raise UserError(f"{strangers[0]}: of your own files the page takes {allowed}")
    return own
