"""People of one run and their ties, as they are at the end of a month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from sim.model import rules
from sim.reports.figure_style import new_figure, styled
from sim.reports.looks import COLOURS, FAINT, INK

if TYPE_CHECKING:
    from sim.model.model import AdoptionModel

# State of an HCP -> how it looks; each has a shape of its own, so that colour is not needed
LOOK: dict[int, dict[str, Any]] = {
    rules.NON_ADOPTER: {"marker": "o", "facecolor": "white", "edgecolor": "#666666"},
    rules.TRIAL: {"marker": "^", "facecolor": COLOURS[4], "edgecolor": COLOURS[4]},
    rules.ADOPTER: {"marker": "s", "facecolor": COLOURS[0], "edgecolor": COLOURS[0]},
    rules.LAPSED: {"marker": "X", "facecolor": COLOURS[1], "edgecolor": COLOURS[1]},
}
NO_TOOL, TOOL = "#ffffff", "#e3eff7"
LETTERS = 12  # points
GOLDEN = np.pi * (3 - np.sqrt(5))
SIZE, ALONE = 5.4, 8.0  # inches of a panel beside another, and alone: read from a last row


@dataclass(frozen=True)
class Seen:
    """What is drawn of a month."""

    month: int
    states: np.ndarray  # of each HCP
    running: np.ndarray  # whether each organisation runs the tool
    ended: np.ndarray  # whether it has withdrawn the tool


def see(model: AdoptionModel) -> Seen:
    """Return what there is to draw of a model's month."""
    status = model.state.organisations["status"]
    running = (status == rules.PROJECT) | (status == rules.INSTITUTIONALISED)
    states = model.state.hcps["state"].astype(int)
    return Seen(model.month, states, running, status == rules.DECOMMISSIONED)


def places(model: AdoptionModel) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return where HCPs and organisations are drawn, and the radius of each organisation.

    Organisations stand in rows; seats fill a disc from its middle, like the seeds of a sunflower.
    """
    rows = model.state.organisations
    sizes = rows["last_hcp"] - rows["first_hcp"]
    radii = np.sqrt(sizes / sizes.max())
    columns, _ = _shape(model)
    number = np.arange(sizes.size)
    centres = 2.35 * np.stack([number % columns, -(number // columns)], axis=1).astype(float)
    hcps = np.zeros((len(model.state.hcps), 2))
    for o, size in enumerate(sizes):
        seat = np.arange(size)
        distance = 0.9 * radii[o] * np.sqrt((seat + 0.5) / size)
        turn = seat * GOLDEN
        spiral = np.stack([distance * np.cos(turn), distance * np.sin(turn)], axis=1)
        hcps[rows["first_hcp"][o] : rows["last_hcp"][o]] = centres[o] + spiral
    return hcps, centres, radii


def _shape(model: AdoptionModel) -> tuple[int, int]:
    """Return in how many columns and rows the organisations stand."""
    organisations = model.state.organisations.size
    columns = int(np.ceil(np.sqrt(organisations)))
    return columns, -(-organisations // columns)


def ties(model: AdoptionModel) -> np.ndarray:
    """Return each tie between two HCPs once, (ties, 2); none where everybody is everyone's peer."""
    first, peers = model.state.first_peer, model.state.peers
    if first.size == 0:
        return np.zeros((0, 2), int)
    one = np.repeat(np.arange(first.size - 1), np.diff(first))
    both = np.stack([one, peers[: one.size]], axis=1)
    return both[both[:, 0] < both[:, 1]]


def palette() -> list[int]:
    """Return red, green and blue of the colours that the pictures of a film may use.

    What is drawn, and steps of it towards white and towards the disc behind it, which smooth edges.
    """
    drawn = {look[part] for look in LOOK.values() for part in ("facecolor", "edgecolor")}
    strong = sorted(drawn - {"white"})
    mixed = [_mix(colour, TOOL, part) for colour in strong for part in (1.0, 0.66, 0.33)]
    greys = [_mix(INK, "#ffffff", part) for part in np.linspace(0, 1, 12)]
    ties = [_mix(FAINT, TOOL, part) for part in (0.0, 0.18, 0.36)]
    return [value for colour in (*mixed, *greys, *ties) for value in colour]


def _mix(colour: str, other: str, part: float) -> tuple[int, ...]:
    one, two = np.array(to_rgb(colour)), np.array(to_rgb(other))
    return tuple(int(x) for x in np.round(255 * (part * one + (1 - part) * two)))


class Picture:
    """Models (by title) side by side: networks above, adopters since the start below."""

    @styled()
    def __init__(self, models: dict[str, AdoptionModel], start: int) -> None:
        n = len(models)
        size = SIZE if n > 1 else ALONE
        tall = max(rows / columns for columns, rows in map(_shape, models.values()))
        above = min(size, tall * size) + 0.1
        height = above + 2.15
        figure, axes = new_figure(2, n, (size * n, height))
        # Fixed places: the usual layout would be worked out anew for every picture.
        figure.set_layout_engine("none")
        for k in range(n):
            left, width = (k + 0.02) / n, 0.96 / n
            axes[0, k].set_position((left, 1.85 / height, width, above / height))
            axes[1, k].set_position(
                (left + 0.72 / (size * n), 0.95 / height, 0.71 / n, 0.8 / height)
            )
        self.figure: Figure = figure
        self.panels = [
            _Network(axes[0, k], title, model, size)
            for k, (title, model) in enumerate(models.items())
        ]
        self.curves = [
            _Curve(axes[1, k], model, start, k == 0) for k, model in enumerate(models.values())
        ]
        disc = Circle((0, 0), 1, facecolor=TOOL, edgecolor=FAINT, label="tool runs")
        handles = [*self.panels[0].dots.values(), disc]
        figure.legend(
            handles=handles,
            loc="lower center",
            ncols=5 if n > 1 else 3,
            fontsize=LETTERS,
            borderpad=0,
            markerscale=1.3,
        )

    @styled()
    def show(self, seen: list[Seen]) -> None:
        """Draw a month of every model."""
        for panel, curve, one in zip(self.panels, self.curves, seen, strict=True):
            panel.show(one)
            curve.show(one)


class _Network:
    def __init__(self, axes: Axes, title: str, model: AdoptionModel, inches: float) -> None:
        self.axes, self.title = axes, title
        self.hcps, centres, radii = places(model)
        axes.set_aspect("equal")
        axes.axis("off")
        axes.grid(False)
        self.discs = [
            axes.add_patch(Circle(tuple(c), r + 0.08, edgecolor=FAINT, linewidth=0.8, zorder=0))
            for c, r in zip(centres, radii, strict=True)
        ]
        axes.add_collection(
            LineCollection(
                self.hcps[ties(model)].tolist(), colors=FAINT, alpha=0.18, linewidths=0.5, zorder=1
            )
        )
        size = float(np.clip(170 * inches**2 / len(self.hcps), 6, 90))
        self.dots = {
            state: axes.scatter(
                [], [], s=size, linewidths=0.6, zorder=2, label=rules.STATE_NAMES[state], **look
            )
            for state, look in LOOK.items()
        }
        axes.autoscale_view()

    def show(self, seen: Seen) -> None:
        for state, dots in self.dots.items():
            dots.set_offsets(self.hcps[seen.states == state])
        for disc, running, ended in zip(self.discs, seen.running, seen.ended, strict=True):
            disc.set_facecolor(TOOL if running else NO_TOOL)
            disc.set_linestyle("--" if ended else "-")
            disc.set_edgecolor(COLOURS[1] if ended else FAINT)
        head = f"{self.title}, " if self.title else ""
        self.axes.set_title(f"{head}month {seen.month}", fontsize=LETTERS + 2)


class _Curve:
    def __init__(self, axes: Axes, model: AdoptionModel, start: int, first: bool) -> None:
        self.months: list[int] = []
        self.users: list[float] = []  # of 100
        (self.line,) = axes.plot([], [], color=COLOURS[0], linewidth=1.8)
        self.value = axes.annotate(
            "", (0, 0), xytext=(5, 0), textcoords="offset points", color=INK, fontsize=LETTERS,
            va="center", annotation_clip=False,
        )  # fmt: skip
        axes.set_xlim(start, max(model.horizon, start + 1))
        axes.set_ylim(0, 100)
        axes.set_xlabel("months since the start", labelpad=1, fontsize=LETTERS)
        if first:
            axes.set_ylabel("adopters,\nof 100 professionals")

    def show(self, seen: Seen) -> None:
        users = 100 * float((seen.states == rules.ADOPTER).mean())
        if self.months and seen.month <= self.months[-1]:  # the film begins anew
            self.months, self.users = [], []
        self.months.append(seen.month)
        self.users.append(users)
        self.line.set_data(self.months, self.users)
        self.value.set_text(f"{users:.0f}")
        self.value.xy = (seen.month, users)
