"""The model in Mesa's SolaraViz: what its sliders are, and that the page renders, steps and resets."""

from __future__ import annotations

import warnings

import pytest

pytest.importorskip("solara", reason="needs the extra [solara]", exc_type=ImportError)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import ipyvuetify
    import ipywidgets
    import solara

    from sim.page import mesa_view

from sim.studies.one_run import AdoptionModel
from sim.tables.factors import FACTORS
from sim.tables.parameters import PARAMETERS


def test_each_slider_starts_at_the_default_and_makes_a_model():
    controls = mesa_view.controls()
    assert {factor.path for factor in FACTORS} < set(controls)
    values = {name: slider.value for name, slider in controls.items()}
    there = mesa_view.TOOL_IS_THERE
    assert values == {name: PARAMETERS[name].default for name in controls} | there
    assert AdoptionModel(**values).values == AdoptionModel(there).values


@pytest.mark.filterwarnings("ignore")
def test_the_page_renders_steps_and_resets():
    _, page = solara.render(solara.AppLayout(children=[mesa_view.Page()]), handle_error=False)
    try:
        labels = {slider.widget.label for slider in page.find(ipyvuetify.Slider)}
        assert {PARAMETERS[factor.path].short for factor in FACTORS} <= labels
        before = _pictures(page)
        assert len(before) == 3
        press = {button.widget.children[0]: button.widget for button in page.find(ipyvuetify.Btn)}
        press["Step"].click()
        after = _pictures(page)
        assert all(one != two for one, two in zip(before, after, strict=True))
        press["Reset"].click()
        assert _pictures(page) == before
    finally:
        page.close()


def _pictures(page):
    return [image.widget.value for image in page.find(ipywidgets.Image)]
