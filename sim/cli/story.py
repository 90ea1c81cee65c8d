"""`python -m sim story FOLDER --hcp 17`: run that replicate again, and tell what happened."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import NoReturn

from sim.cli.resume import made_again
from sim.design.folders import user_path
from sim.design.runs import Design
from sim.ensembles.model_version import model_version
from sim.tables.errors import UserError
from sim.tables.messages import did_you_mean, one_line, show, unknown

USAGE = "story FOLDER --hcp 17, or --organisation 3; also --replicate 0, --point 0, --under POINT"
FLAGS = ("--hcp", "--organisation", "--replicate", "--point", "--under")
MOST_NAMES = 12


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UserError(f"story: {one_line(message)}; usage: python -m sim {USAGE}")


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what is given, numbers still as text: only the result says which of them exist."""
    parser = _Parser(prog="story", add_help=False, allow_abbrev=False)
    parser.add_argument("folder")
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("--hcp")
    whose.add_argument("--organisation")
    parser.add_argument("--replicate", default="0")
    parser.add_argument("--point", default="0")
    parser.add_argument("--under")
    flags = [word.partition("=")[0] for word in arguments if re.match("--|-[^0-9]", word)]
    for flag in flags:  # argparse would first miss the one that was meant, and take the last of two
        if flag not in FLAGS:
            parser.error(unknown(flag, FLAGS, "flag"))
        if flags.count(flag) > 1:
            parser.error(f"{flag} is given {flags.count(flag)} times; allowed is once")
    return parser.parse_args(list(arguments))


def story(arguments: Sequence[str]) -> int:
    """Tell the story of one HCP or one organisation of a result, and return exit code 0."""
    given = _parse(arguments)
    folder = user_path("story", given.folder).absolute()
    manifest, request, design = made_again(folder, f"story {show(given.folder)}")
    seed = int(manifest.head["seed"])
    replicate = _within("replicate", given.replicate, 0, manifest.replicates - 1)
    numbers = [_point_named(design, "point", given.point)]
    if given.under is not None:
        numbers.append(_point_named(design, "under", given.under))
    points, names = [design.points[n] for n in numbers], [design.names[n] for n in numbers]
    from sim.model.engine import start
    from sim.reports import titles
    from sim.story import telling
    from sim.story.watch import watch_hcp, watch_organisation

    under = [
        titles.placed(titles.settings_told(design.settings[n], request.policies))
        or "the base point"
        for n in numbers
    ]
    _, state = start(points[0], seed, replicate)
    if given.hcp is not None:
        hcp = _within("hcp", given.hcp, 1, state.hcps.size)
        lives = [watch_hcp(point, seed, replicate, hcp - 1) for point in points]
        name = _organisation_name(names[0], lives[0].organisation)
        alone = under[0] if len(lives) == 1 and len(design.points) > 1 else ""
        lines = telling.heading(lives[0], seed, replicate, name, alone)
        if len(lives) == 1:
            lines += telling.one_life(lives[0])
        else:
            lines += telling.two_lives(lives[0], lives[1], (under[0], under[1]))
        print("\n".join(lines))
        return 0
    number = _organisation_numbered(given.organisation, names[0], state.organisations.size)
    watched = [watch_organisation(point, seed, replicate, number - 1) for point in points]
    lines = []
    for of_point, history, title in zip(names, watched, under, strict=True):
        name = _organisation_name(of_point, number - 1)
        lines += ["", f"Under {title}:"] if len(numbers) > 1 else []
        lines += telling.organisation_story(history, name, seed, replicate)
    print("\n".join(lines), flush=True)

    # Words first: matplotlib takes longer than all else
    from sim.reports.draw_figures import draw, save_figure
    from sim.reports.folder import FIGURES
    from sim.story.organisation_figure import organisation_figure

    figure = draw(organisation_figure(watched, under))
    path = folder / FIGURES / f"story_organisation_{number}_replicate_{replicate}"
    path.parent.mkdir(exist_ok=True)
    stamp = {"seed": str(seed), "replicate": str(replicate), "model": model_version()}
    save_figure(figure, path, f"Organisation {number}", stamp)
    print(f"\nFigure: {path}.png")
    return 0


def _within(name: str, text: str, low: int, high: int) -> int:
    """Return a whole number between two others, both allowed."""
    # so long a number is none of a result, and Python refuses to read longer ones
    if text.isascii() and text.isdigit() and len(text) <= 18 and low <= int(text) <= high:
        return int(text)
    only = f"only {low}" if low == high else f"a whole number from {low} to {high}"
    raise UserError(f"--{name} {show(text)}: allowed is {only}")


def _point_named(design: Design, flag: str, name: str) -> int:
    """Return the point of a number, or of a value that one point alone has."""
    last = len(design.points) - 1
    if name.isascii() and name.isdigit():
        return _within(flag, name, 0, last)
    found = [n for n, s in enumerate(design.settings) if name in map(str, s.values())]
    if len(found) == 1:
        return found[0]
    known = sorted({str(v) for s in design.settings for v in s.values() if isinstance(v, str)})
    allowed = "only 0" if last == 0 else f"a number from 0 to {last}"
    if known:
        more = f", and {len(known) - MOST_NAMES} more" if len(known) > MOST_NAMES else ""
        allowed += f", or a name that one point has ({', '.join(known[:MOST_NAMES])}{more})"
    have = "several points have" if found else "no point has"
    hint = "" if found else did_you_mean(name, known)
    raise UserError(f"--{flag} {show(name)}: {have} it; allowed is {allowed}{hint}")


def _organisation_numbered(given: str, names: Sequence[str], organisations: int) -> int:
    """Return the number, from 1, of an organisation given by number, or by name where it has one."""
    if given in names:
        return list(names).index(given) + 1
    try:
        return _within("organisation", given, 1, organisations)
    except UserError as error:
        more = f", or the name of one{did_you_mean(given, names)}" if names else ""
        raise UserError(f"{error}{more}") from None


def _organisation_name(names: Sequence[str], organisation: int) -> str:
    return names[organisation] if names else str(organisation + 1)
