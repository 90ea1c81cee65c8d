"""One run, or several side by side, as a film: people and their ties, month by month."""

from __future__ import annotations

import re
from collections.abc import Mapping
from numbers import Integral
from typing import TYPE_CHECKING, Any

from sim.model.model import AdoptionModel
from sim.tables.errors import UserError
from sim.tables.messages import show

if TYPE_CHECKING:
    from matplotlib.animation import FuncAnimation
    from matplotlib.figure import Figure

    from sim.reports.network_picture import Seen

MOST_HCPS = 1_000
FRAMES = 20
DPI = 100
PICTURES_PER_SECOND = 3
# matplotlib's player draws its buttons with a font from the network; a film needs none
BUTTONS = {
    "fa-minus": "−",
    "fa-fast-backward": "|◀◀",
    "fa-step-backward": "◀|",
    "fa-play fa-flip-horizontal": "◀",
    "fa-pause": "❚❚",
    "fa-play": "▶",
    "fa-step-forward": "|▶",
    "fa-fast-forward": "▶▶|",
    "fa-plus": "+",
}


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
        from sim.reports.network_picture import Picture

        number = isinstance(frame, Integral) and not isinstance(frame, bool)
        if not number or not -len(self) <= frame < len(self):
            raise UserError(
                f"frame={show(frame)}: allowed is a whole number from 0 to {len(self) - 1}, or from "
                f"{-len(self)} to -1, counted from the end"
            )
        picture = Picture(self.models, self.months[0][0].month)
        for seen in self.months[: range(len(self))[frame] + 1]:
            picture.show(seen)
        return picture.figure

    def _repr_html_(self) -> str:
        if not self._page:
            from matplotlib import rc_context
            from matplotlib.animation import FuncAnimation

            from sim.reports.network_picture import Picture

            picture = Picture(self.models, self.months[0][0].month)
            with rc_context({"savefig.dpi": DPI, "figure.dpi": DPI}):
                moving = FuncAnimation(
                    picture.figure, picture.show, self.months, interval=1000 / PICTURES_PER_SECOND, repeat=False,
                    init_func=lambda: None, cache_frame_data=False,
                )  # fmt: skip
                self._page = _page_of(moving)
        return self._page


def _page_of(moving: FuncAnimation) -> str:
    """Return matplotlib's player with its pictures in few colours, a quarter of their size."""
    from base64 import decodebytes, encodebytes
    from io import BytesIO
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from matplotlib.animation import HTMLWriter
    from PIL import Image

    from sim.reports.network_picture import palette

    few = Image.new("P", (1, 1))
    few.putpalette(palette())

    class Writer(HTMLWriter):
        def grab_frame(self, **options: Any) -> None:
            super().grab_frame(**options)
            frames = self._saved_frames  # type: ignore[attr-defined]
            small = BytesIO()
            with Image.open(BytesIO(decodebytes(frames[-1].encode()))) as image:
                plain = image.convert("RGB").quantize(palette=few, dither=Image.Dither.NONE)
                plain.save(small, "png", optimize=True, bits=5)
            frames[-1] = encodebytes(small.getvalue()).decode()

    with TemporaryDirectory() as folder:
        path = Path(folder, "film.html")
        writer = Writer(fps=PICTURES_PER_SECOND, embed_frames=True, default_mode="once")
        moving.save(str(path), writer=writer)
        return _without_network(path.read_text(encoding="utf-8"))


def _without_network(page: str) -> str:
    page = re.sub(r"<link\b[^>]*>", "", page)
    return re.sub(r'<i class="fa ([^"]*)"></i>', lambda found: BUTTONS[found[1]], page)


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
    shown: dict[str, AdoptionModel] = {}
    if isinstance(models, AdoptionModel):
        shown = {"": models}
    elif isinstance(models, Mapping):
        shown = dict(models)
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
