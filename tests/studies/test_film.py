"""A film of people and their ties."""

from __future__ import annotations

import base64
import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

import sim
from sim.model import rules
from sim.reports import network_picture as network
from sim.studies.film import FRAMES
from sim.tables.errors import UserError

WORLD = {
    "horizon": 12,
    "population.organisations": 5,
    "population.organisation_size": 8,
    "deployment.at_start": 0.6,
    "population.initial_adopters": 0.4,
}
MOST_BYTES = 1_300_000


@pytest.fixture(scope="module")
def film():
    few = sim.AdoptionModel(WORLD | {"population.initial_adopters": 0.1}, seed=2)
    return sim.animate({"few": few, "many": sim.AdoptionModel(WORLD, seed=2)}, every=5)


def test_a_film_shows_the_run_as_it_is(film):
    assert [m.month for m, _ in film.months] == [0, 5, 10, 12]
    assert "4 pictures, month 0 to 12" in repr(film)
    stepped = sim.AdoptionModel(WORLD, seed=2)
    for _, seen in film.months:
        while stepped.month < seen.month:
            stepped.step()
        assert np.array_equal(seen.states, stepped.state.hcps["state"])
        assert seen.running.tolist() == [o.running for o in stepped.organisations]
    assert not np.array_equal(film.months[-1][0].states, film.months[-1][1].states)


def test_every_person_is_drawn_in_the_look_of_its_state(film):
    figure = film.picture(1)
    for axes, seen in zip(figure.axes, film.months[1], strict=False):
        drawn = axes.collections[1:]
        assert [len(d.get_offsets()) for d in drawn] == [(seen.states == s).sum() for s in range(4)]
    assert len({look["marker"] for look in network.LOOK.values()}) == 4  # without colour
    assert figure.axes[0].get_title(loc="left") == "few, month 5"
    curve = figure.axes[2].lines[0].get_ydata()
    of_100 = [100 * (m.states == rules.ADOPTER).mean() for m, _ in film.months[:2]]
    assert np.allclose(curve, of_100)


def test_people_stand_in_their_organisation_and_ties_are_all_there(film):
    model = film.models["many"]
    hcps, centres, radii = network.places(model)
    for hcp in model.hcps:
        o = hcp.organisation_index
        assert np.hypot(*(hcps[hcp.index] - centres[o])) <= radii[o]
    pairs = {tuple(pair) for pair in network.ties(model).tolist()}
    peers = {(h.index, p.index) for h in model.hcps for p in h.peers if h.index < p.index}
    assert pairs == peers


def test_a_notebook_plays_small_pictures_in_our_colours(film):
    page = film._repr_html_()
    assert not re.findall(r"https?://|<link|@import|src=\"(?!data:)", page)  # needs no network
    (pictures,) = re.findall(r'data-film="([^"]+)"', page)
    pictures = pictures.split()
    assert len(pictures) == len(film) and 'max="3"' in page
    image = Image.open(BytesIO(base64.b64decode(pictures[-1].partition(",")[2]))).convert("RGB")
    ours = set(zip(*[iter(network.palette())] * 3, strict=True))
    assert {colour for _, colour in image.getcolors()} <= ours
    assert image.width >= 1_000  # a lecture hall is wide
    # what a film of two networks of usual length takes
    assert len(page) / len(film) * (FRAMES + 1) < MOST_BYTES


def test_what_cannot_be_shown():
    model = sim.AdoptionModel(WORLD)
    with pytest.raises(UserError, match="^every=0: allowed is a whole number"):
        model.animate(every=0)
    for wrong in ({"a": 3}, {}, None, 3, [model, model]):
        with pytest.raises(UserError, match="needed is an AdoptionModel"):
            sim.animate(wrong)
    with pytest.raises(UserError, match="stands there twice"):
        sim.animate({"a": model, "b": model})
    assert model.month == 0
    later = sim.AdoptionModel(WORLD)
    later.step()
    with pytest.raises(UserError, match="same month"):
        sim.animate({"a": model, "b": later})
    with pytest.raises(UserError, match="2,000 HCPs are too many"):
        sim.AdoptionModel({"population.organisations": 40}).animate()


@pytest.mark.parametrize("frame", [4, 99, -5, 1.0, True, "1", None])
def test_a_picture_that_is_not_there(film, frame):
    with pytest.raises(UserError, match=r"^frame=.*from 0 to 3, or from -4 to -1") as caught:
        film.picture(frame)
    assert len(caught.value.problems) == 1


def test_a_film_without_months_has_one_picture():
    film = sim.AdoptionModel(WORLD | {"horizon": 0}).animate()
    assert len(film) == 1 and film.picture().axes
