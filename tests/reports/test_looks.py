"""The same policy has the same look, whatever it is compared with; colours differ, and words are readable."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
from matplotlib.colors import to_rgb

from sim.outcomes.table import PLACES
from sim.reports.draw_marks import MARKERS
from sim.reports.looks import COLOURS, SHIPPED, looks, text_colour
from sim.reports.month_figures import COLOURS_OF_PLACES

POLICIES = Path(__file__).resolve().parents[2] / "conf" / "policy"


def test_all_shipped_policies_have_a_look():
    assert sorted(SHIPPED) == sorted(["none", *(file.stem for file in POLICIES.glob("*.yaml"))])
    assert len(set(SHIPPED)) == len(SHIPPED)


def test_a_shipped_policy_looks_the_same_in_all_studies():
    first = dict(zip(names := ["none", "co_design", "training"], looks(names), strict=True))
    names = ["training", "mine", "co_design"]
    second = dict(zip(names, looks(names), strict=True))
    assert all(first[name] == second[name] for name in ("co_design", "training"))
    assert len(set(second.values())) == 3


def test_names_that_are_not_shipped_get_the_first_colours():
    assert looks(["a", "b", "c"]) == [0, 1, 2] and looks(["none", "a", "b"]) == [0, 1, 2]
    assert len(set(looks(["none", *map(str, range(40))]))) == 41


def test_what_policy_whatif_compares_differs_in_colour_or_mark():
    from sim.cli.compose import compose

    (axis,) = compose(["+experiment=policy_whatif"]).axes
    numbers = looks(axis.values)
    assert len({(n % len(COLOURS), n % len(MARKERS)) for n in numbers}) == len(axis)


def luminance(colour):
    """Return how light a colour is, from 0 to 1, as WCAG 2.1 defines it."""
    part = np.array(to_rgb(colour))
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return linear @ (0.2126, 0.7152, 0.0722)


def test_words_are_dark_enough_for_grey_paper_and_keep_a_colour_that_is():
    def readable(colour):  # a contrast of 4.5 to white
        return 1.05 / (luminance(colour) + 0.05) >= 4.5

    for look, colour in enumerate(COLOURS):
        assert readable(text_colour(look))
        assert (text_colour(look) == colour) == readable(colour)
    assert text_colour(len(COLOURS)) == text_colour(0)


def test_places_beside_each_other_differ_in_lightness_and_no_two_look_alike():
    tones = [116 * np.cbrt(luminance(colour)) - 16 for colour in COLOURS_OF_PLACES]
    assert len(COLOURS_OF_PLACES) == len(PLACES) == len(set(COLOURS_OF_PLACES))
    assert min(abs(a - b) for a, b in pairwise(tones)) >= 9
