"""The history of one organisation: six small panels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.policies.kinds import SHOCK
from sim.reports.figure import Bars, Curve, Figure, Mark, Panel, Rule, Scale, exact, scale_of
from sim.reports.month_figures import QUANTITIES, months_axis
from sim.story.watch import History
from sim.tables.factors import QUALITIES
from sim.tables.messages import within

SHARES = (*QUANTITIES[:3], ("literacy", "AI literacy", "mean, 0 to 1"))


def spans(history: History) -> list[tuple[str, int, int]]:
    """Return the shocks of an organisation: title, first month, and last one in force."""
    found: list[tuple[str, int, int]] = []
    since: dict[str, int] = {}
    for turn in history.turns:
        name = within(turn.lever.title)
        if turn.lever.kind != SHOCK:
            continue
        since.setdefault(name, turn.month)
        if not turn.after:
            found.append((name, since.pop(name), turn.month - 1))
    found += [(name, month, history.quality.shape[0] - 1) for name, month in since.items()]
    return found


def _events(history: History, named: bool) -> list[Mark]:
    """Return what happened to the tool and what shocks there were, with words where `named`."""
    happened = (
        (history.deployed, "deployed"),
        (history.institutionalised, "permanent"),
        (history.ended, "withdrawn"),
    )
    shocks = [
        Rule(first - 1, until=end, label=name if named else "")
        for name, first, end in spans(history)
    ]
    dotted = [
        Rule(month, dash="dotted", label=word if named else "") for month, word in happened if month
    ]
    return [*shocks, *dotted]


def _curve(values: np.ndarray, look: int, label: str) -> Curve:
    return Curve(range(len(values)), [exact(x) for x in values], look, label, label)


def organisation_figure(histories: list[History], names: list[str]) -> Figure:
    """Return adoption, trust, literacy and qualities of an organisation, month by month.

    One run, so there are no intervals. With two histories, lines of both; qualities of the last.
    """
    last, which = histories[-1], ["first", "second"] if len(histories) > 1 else [""]
    shown: list[tuple[str, Sequence[Mark], Scale]] = [
        (
            title,
            [_curve(h.shares[name], n, which[n]) for n, h in enumerate(histories)],
            scale_of(unit, (0, 1)),
        )
        for name, title, unit in SHARES
    ]
    months = range(len(last.meetings))
    meetings = [
        Bars(months, last.meetings, 2, "all"),
        Bars(months, last.failed_meetings, 1, "misunderstood"),
    ]
    qualities = [_curve(last.quality[:, k], k, q.noun) for k, q in enumerate(QUALITIES)]
    shown.append(("Meetings with AI experts", meetings, Scale("meetings per month")))
    shown.append(("Qualities of the tool", qualities, Scale("level, 0 to 1", (0, 1))))
    panels = [
        Panel(title, [*_events(last, n == 0), *marks], months_axis(len(months) - 1), scale)
        for n, (title, marks, scale) in enumerate(shown)
    ]
    told = f"\nfirst: {names[0]}\nsecond: {names[1]}" if len(names) > 1 else ""
    caption = (
        f"Organisation {last.organisation + 1}, one run. Dotted: what happened to the tool."
        f"{' Grey: a shock.' if spans(last) else ''}{told}"
    )
    return Figure("story", "", caption, panels, 2, 2.4, "x")
