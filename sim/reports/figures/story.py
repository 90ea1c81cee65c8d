"""The history of one organisation: six small panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from sim.policies.kinds import SHOCK
from sim.reports.figures.style import COLOURS, FAINT, INK, LINES, describe, label_ends, new_figure
from sim.tables.factors import QUALITY_NAMES

if TYPE_CHECKING:
    from sim.story.watch import History

PANELS = (
    ("adopters", "Adopters", "share of HCPs"),
    ("lapsed", "Lapsed", "share of HCPs"),
    ("trust", "Trust", "mean of HCPs, 0 to 1"),
    ("literacy", "AI literacy", "mean of HCPs, 0 to 1"),
)


def spans(history: History) -> list[tuple[str, int, int]]:
    """Return the shocks of an organisation: name, first month, and last one in force."""
    found: list[tuple[str, int, int]] = []
    since: dict[str, int] = {}
    for turn in history.turns:
        name = turn.lever.name
        if turn.lever.kind != SHOCK:
            continue
        since.setdefault(name, turn.month)
        if not turn.after:
            found.append((name, since.pop(name), turn.month - 1))
    found += [(name, month, history.quality.shape[0] - 1) for name, month in since.items()]
    return [(name.replace("_", " "), first, end) for name, first, end in found]


def organisation_figure(histories: list[History], names: list[str]) -> Figure:
    """Return adoption, trust, literacy and qualities of an organisation, month by month.

    One run, so there are no intervals. With two histories, lines of both; qualities of the last.
    """
    figure, axes = new_figure(2, 3, (11, 6), sharex=True)
    months = np.arange(histories[0].quality.shape[0])
    flat = axes.flat
    for panel, (name, title, unit) in zip(flat, PANELS, strict=False):
        for n, history in enumerate(histories):
            panel.plot(
                months, history.shares[name], color=COLOURS[n], linestyle=LINES[n], linewidth=1.6
            )
        panel.set_title(title)
        panel.set_ylabel(unit)
        panel.set_ylim(0, 1)
        if len(histories) > 1:
            ends = [float(h.shares[name][-1]) for h in histories]
            label_ends(panel, float(months[-1]), ends, ["first", "second"])
    meetings, quality = axes[1, 1], axes[1, 2]
    last = histories[-1]
    meetings.bar(months, last.meetings, color=COLOURS[2], label="all")
    meetings.bar(months, last.failed_meetings, color=COLOURS[1], label="misunderstood")
    meetings.set_title("Meetings with AI experts")
    meetings.set_ylabel("meetings per month")
    meetings.legend(fontsize=8)
    for k in range(len(QUALITY_NAMES)):
        quality.plot(
            months, last.quality[:, k], color=COLOURS[k % len(COLOURS)], linestyle=LINES[k % 4]
        )
    label_ends(
        quality, float(months[-1]), [float(q) for q in last.quality[-1]],
        [q.replace("_", " ") for q in QUALITY_NAMES],
    )  # fmt: skip
    quality.set_title("Qualities of the tool")
    quality.set_ylabel("level, 0 to 1")
    quality.set_ylim(0, 1)
    shocks = spans(last)
    for panel in axes.flat:
        for name, first, end in shocks:
            panel.axvspan(first - 1, end, color=FAINT, alpha=0.15, linewidth=0, zorder=0)
            if panel is axes[0, 0]:
                panel.annotate(name, (first, 0.02), fontsize=7, color=INK, rotation=90, va="bottom")
        for month, word in ((last.deployed, "deployed"), (last.institutionalised, "permanent"), (last.ended, "withdrawn")):  # fmt: skip
            if month:
                panel.axvline(month, color=FAINT, linewidth=0.8, linestyle=":")
                if panel is axes[0, 0]:
                    panel.annotate(word, (month, 0.98), fontsize=7, color=INK, rotation=90,
                                   va="top", ha="right")  # fmt: skip
    for panel in axes[-1]:
        panel.set_xlabel("months since the start")
    told = f"\nfirst: {names[0]}\nsecond: {names[1]}" if len(names) > 1 else ""
    describe(
        figure,
        f"Organisation {last.organisation + 1}, one run. Dotted: what happened to the tool."
        f"{' Grey: a shock.' if shocks else ''}{told}",
    )
    return figure
