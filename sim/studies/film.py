"""One run, or several side by side, as a film: people and their ties, month by month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from itertools import islice
from numbers import Integral
from typing import TYPE_CHECKING

from sim.model.model import AdoptionModel
from sim.tables.errors import UserError
from sim.tables.messages import show

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.reports.network_picture import Seen

MOST_HCPS = 1_000
FRAMES = 20
DPI = 100
MILLISECONDS = 333  # that a picture stands
# No script of its own: a notebook may have many films, and keeps none of their scripts
PLAYER = """<div data-film="{pictures}"><img src="{first}" style="max-width: 100%"><br>
<button onclick="const film = this.parentNode, month = film.querySelector('input');
if (film.playing) film.playing = clearInterval(film.playing);
else {{ if (month.value === month.max) month.value = -1;
film.playing = setInterval(() => {{ month.stepUp(); month.oninput();
if (month.value === month.max) film.playing = clearInterval(film.playing); }}, {milliseconds}); }}">play, or stop</button>
<input type="range" min="0" max="{last}" value="0" aria-label="picture" oninput="
this.parentNode.querySelector('img').src = this.parentNode.dataset.film.split(' ')[this.value]">
</div>"""


class Film:
    """Months of models, of each frame what is drawn of each. A notebook plays them."""

    def __init__(self, models: dict[str, AdoptionModel], months: list[list[Seen]]) -> None:
        self.models = models
        self.months = months
        self._page = ""

    def __len__(self) -> int:
        return len(self.months)

    def __repr__(self) -> str:
        first, last = self.months[0][0].month, self.months[-1][0].month
        return f"{len(self)} pictures, month {first} to {last}; a notebook plays them"

    def picture(self, frame: int = -1) -> Figure:
        """Return one frame as a figure; the last one unless numbered, from 0."""
        number = isinstance(frame, Integral) and not isinstance(frame, bool)
        if not number or not -len(self) <= frame < len(self):
            raise UserError(
                f"frame={show(frame)}: allowed is a whole number from 0 to {len(self) - 1}, or from "
                f"{-len(self)} to -1, counted from the end"
            )
        *_, last = islice(self._drawn(), range(len(self))[frame] + 1)
        return last

    def _repr_html_(self) -> str:
        if not self._page:
            pictures = list(self._pictures())
            self._page = PLAYER.format(
                first=pictures[0], last=len(pictures) - 1, milliseconds=MILLISECONDS, pictures=" ".join(pictures)
            )  # fmt: skip
        return self._page

    def _drawn(self) -> Iterator[Figure]:
        """Yield the frames: one figure, on which the next one is drawn."""
        from sim.reports.network_picture import Picture

        picture = Picture(self.models, self.months[0][0].month)
        for seen in self.months:
            picture.show(seen)
            yield picture.figure

    def _pictures(self) -> Iterator[str]:
        """Yield the frames, in the few colours that they have: a quarter of their size."""
        from PIL import Image

        from sim.reports.network_picture import palette
        from sim.reports.on_page import address_of

        few = Image.new("P", (1, 1))
        few.putpalette(palette())
        for figure in self._drawn():
            drawn = BytesIO()
            figure.savefig(drawn, format="png", dpi=DPI)
            with Image.open(drawn) as image:
                plain = image.convert("RGB").quantize(palette=few, dither=Image.Dither.NONE)
            yield address_of(plain, bits=5)


def animate(models: AdoptionModel | Mapping[str, AdoptionModel], every: int | None = None) -> Film:
    """Run models to their horizon and return a film of their people, month by month.

    Parameters
    ----------
    models : AdoptionModel, or mapping of str to AdoptionModel
        One, or title -> model for several side by side; they are run from where they stand.
    every : int, optional
        Months between pictures; as many as give about 20 pictures unless given.

    Returns
    -------
    Film

    Raises
    ------
    UserError
        For too many HCPs to be seen, models of different months, or a wrong step.
    """
    given = {"": models} if isinstance(models, AdoptionModel) else models
    shown = dict(given) if isinstance(given, Mapping) else {}
    if not shown or not all(isinstance(m, AdoptionModel) for m in shown.values()):
        raise UserError("models: needed is an AdoptionModel, or titles with one each")
    from sim.reports.network_picture import see

    if len({id(model) for model in shown.values()}) < len(shown):
        raise UserError("models: one stands there twice; allowed is each model once")
    spans = {(m.month, m.horizon) for m in shown.values()}
    if len(spans) > 1:
        raise UserError("models: they must stand at the same month and have the same horizon")
    ((start, end),) = spans
    for model in shown.values():
        if len(model.state.hcps) > MOST_HCPS:
            raise UserError(
                f"models: {len(model.state.hcps):,} HCPs are too many to be seen; allowed are "
                f"{MOST_HCPS:,}; lower population.organisations or population.organisation_size"
            )
    if every is None:
        every = max(1, -(-(end - start) // FRAMES))
    if isinstance(every, bool) or not isinstance(every, Integral) or every < 1:
        raise UserError(f"every={show(every)}: allowed is a whole number of months, 1 or more")
    months = [[see(model) for model in shown.values()]]
    for month in range(start + 1, end + 1):
        for model in shown.values():
            model.step()
        if (month - start) % every == 0 or month == end:
            months.append([see(model) for model in shown.values()])
    return Film(shown, months)
