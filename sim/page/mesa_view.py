"""`AdoptionModel` in Mesa's own SolaraViz, for those who live in Mesa.

    pip install "nasss-sim[solara]"
    solara run sim.page.mesa_view

The what-if page is the quicker way to play with the model: it needs no server and shows intervals.
"""

from __future__ import annotations

import solara
from mesa.visualization import Slider, SolaraViz
from mesa.visualization.utils import update_counter

from sim.reports.draw_figures import draw
from sim.reports.month_figures import where_figure
from sim.reports.network_picture import Picture, see
from sim.studies.film import MOST_HCPS
from sim.studies.one_run import AdoptionModel
from sim.tables.factors import FACTORS
from sim.tables.parameters import PARAMETERS

# What stands above the twelve factors
WORLD = ("population.organisations", "population.organisation_size", "deployment.at_start")
TOOL_IS_THERE = {"deployment.at_start": 1}  # what happens once a tool has come
MOST = {"population.organisations": 50, "population.organisation_size": 100}  # a picture's room


def controls() -> dict[str, Slider]:
    """Return a slider for each number of the world that can be moved: parameter -> slider."""
    made = {}
    for name in (*WORLD, *(factor.path for factor in FACTORS)):
        of = PARAMETERS[name]
        whole = isinstance(of.default, int)
        high = MOST.get(name, of.high)
        made[name] = Slider(
            of.short or of.title, TOOL_IS_THERE.get(name, of.default), of.low, high,
            1 if whole else (high - of.low) / 20, int if whole else float,
        )  # fmt: skip
    return made


@solara.component
def People(model: AdoptionModel) -> None:
    """Everybody and their ties in this month."""
    update_counter.get()  # draws anew after each step
    if len(model.state.hcps) > MOST_HCPS:
        solara.Text(f"People are drawn where there are at most {MOST_HCPS:,} of them.")
        return
    picture = Picture({"": model}, model.month)
    picture.show([see(model)])
    with solara.Column(style={"max-width": "350px"}):  # so that Mesa's frame does not cut it
        solara.FigureMatplotlib(picture.figure, format="png")


@solara.component
def Where(model: AdoptionModel) -> None:
    """Where everybody is, month by month until now."""
    update_counter.get()
    months = {name: path[None] for name, path in model.paths().items()}
    figure = where_figure(months, "One run, so there are no intervals.")
    solara.FigureMatplotlib(draw(figure), format="png")


@solara.component
def Months(model: AdoptionModel) -> None:
    update_counter.get()
    solara.FigureMatplotlib(model.plot(), format="png")


@solara.component
def Page() -> None:
    """The page that `solara run` serves."""
    model = solara.use_memo(lambda: AdoptionModel(TOOL_IS_THERE), [])
    components = [(People, 0), (Where, 0), (Months, 0)]
    SolaraViz(model, components=components, model_params=controls(), name="Will it still be used?")
