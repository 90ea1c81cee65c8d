"""The what-if page with the settings of a request inside: beside a result, and as a command asks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from sim.design.folders import available, shipped_folder
from sim.design.policy_files import named_policies
from sim.design.request import FILE_PARAMETERS, Request
from sim.design.scenarios import read_scenario
from sim.ensembles.model_version import model_version
from sim.policies.kinds import KINDS, POLICY, names_in
from sim.policies.policy import content_of
from sim.tables.checks import NONE
from sim.tables.errors import UserError
from sim.tables.messages import show
from sim.tables.parameters import PARAMETERS, defaults
from sim.tables.settings import SETTINGS

MOST_HCPS = 20_000  # in a browser: about a second a run, and memory that any machine has
MOST_SEED = 2**53 - 1  # the largest whole number that a browser holds
USUAL = "as_interviewed"  # the scenario that sets nothing
OF_THE_PLACE = "now."  # before a parameter: it is of the place, and no change
Pairs = Iterator[tuple[str, Any]]  # of an address
# In the page's source, each once: what holds the settings, and the model that it runs
PLACE = re.compile(r'(<script id="settings" type="application/json">)[^<]*(</script>)')
MODEL = '<meta name="model" content="{}.'


def source() -> str:
    """Return the page as it is shipped."""
    try:
        return files("sim").joinpath("page/page.html").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError("page: sim/page/page.html is missing; `make page` writes it") from None


def with_settings(text: str, settings: Mapping[str, Any]) -> str:
    """Return the page with settings inside, which nothing in them can break out of."""
    held = json.dumps(settings, ensure_ascii=True).replace("<", "\\u003c")
    return PLACE.sub(lambda found: found[1] + held + found[2], text, count=1)


def beside(request: Request) -> str:
    """Return the page of a result, where its future now is the base of the result; else nothing.

    It is none where the page can not show these settings, or runs another model than this.
    """
    try:
        text, scenario = source(), _scenario_of(request)
        base = base_of(scenario)
        if any(obstacles(request)) or MODEL.format(model_version()) not in text:
            return ""
        set_here = ((OF_THE_PLACE + path, x) for path, x in parameters(request, base))
        pairs = [("scenario", scenario), *set_here, *acting(request, base), *luck(request)]
    except UserError:
        return ""
    return with_settings(text, {"fragment": urlencode(pairs)})


def _scenario_of(request: Request) -> str:
    """Return the shipped scenario whose title a request bears, if all that acts in it acts here."""
    for name in available("scenario", [shipped_folder()]):
        scenario = read_scenario(name)
        title, set_there = scenario.words.title, scenario.parameters
        acts = all(
            set(names_in(set_there.get(kind, NONE))) <= set(names_in(request.values[kind]))
            for kind in KINDS
        )
        if title and acts and f"{request.title}, ".startswith(f"{title}, "):
            return name
    return USUAL


def base_of(scenario: str) -> dict[str, Any]:
    """Return the value of each parameter in a shipped scenario."""
    return defaults() | read_scenario(scenario).parameters


def obstacles(request: Request) -> Iterator[str]:
    """Yield why the page can not show the base of a request, if so."""
    for key in FILE_PARAMETERS:
        if request.values[key] is not None:
            yield f"{key}={show(request.values[key])}: the page has no files of yours; leave it out"
    people = (
        request.values["population.organisations"] * request.values["population.organisation_size"]
    )
    if people > MOST_HCPS:
        yield f"population.organisations: {people} professionals are more than the page takes; allowed are {MOST_HCPS} at most"
    if (seed := request.settings["seed"]) > MOST_SEED:
        yield f"seed={seed}: allowed on the page is a whole number from 0 to {MOST_SEED}"


def parameters(request: Request, base: Mapping[str, Any]) -> Pairs:
    """Yield what a request sets otherwise than a base; raises UserError for what the page can not set."""
    for path, value in request.values.items():
        if path in KINDS or value == base[path] or path in FILE_PARAMETERS:
            continue
        if value is None or PARAMETERS[path].kind == "names":
            raise UserError(f"{path}={show(value)}: can not be set on the page; leave it out")
        yield path, value


def luck(request: Request) -> Pairs:
    """Yield the seed, where it is not the usual one."""
    if request.settings["seed"] != SETTINGS["seed"].default:
        yield "seed", request.settings["seed"]


def acting(request: Request, base: Mapping[str, Any]) -> Pairs:
    """Yield policies and shocks, unless the base has them: shipped ones by name, own ones whole."""
    if all(request.values[kind] == base[kind] for kind in KINDS):
        return
    folders = [shipped_folder()]
    ours = {kind: available(kind, folders) for kind in KINDS}
    named = {kind: names_in(request.values[kind]) for kind in KINDS}
    known = {k: "+".join(n for n in named[k] if n in ours[k]) or NONE for k in KINDS}
    shipped = named_policies([known], folders)
    own = []
    for kind, names in named.items():
        there = {name: request.policies[kind, name] for name in names}
        by_name = [name for name in names if shipped.get((kind, name)) == there[name]]
        if by_name or kind == POLICY:
            yield kind, "+".join(by_name) or NONE
        own += [
            {"name": name, "kind": kind, "levers": content_of(policy)["levers"]}
            for name, policy in there.items()
            if name not in by_name
        ]
    if own:
        yield "own", json.dumps(own)
