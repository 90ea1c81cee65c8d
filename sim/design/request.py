"""What the front door hands to a study: everything checked, nothing left to guess."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sim.design.axes import Axis

if TYPE_CHECKING:
    from sim.policies.policy import Policy


@dataclass(frozen=True)
class Request:
    """A validated request.

    Attributes
    ----------
    experiment : str
        Name of the experiment file, or "baseline".
    study : str
        One of `sim.tables.settings.STUDIES`.
    title, question : str
        Words for the terminal, figures and reports. Untrusted text: escape it in HTML.
    settings : dict
        name -> value of every row of `sim.tables.settings.SETTINGS`.
    values : dict
        path -> value of every row of the parameter table, at the base point.
    axes : tuple of Axis
        What varies; empty for a single point.
    design_kind : str
        How axes make points, one of `sim.tables.settings.DESIGN_KINDS`.
    samples : int or None
        Number of points of a sampled design.
    seeds : {"common", "independent"}
        Whether points share their luck.
    options : dict
        Options of the study, as given; the study checks them.
    policies : dict of (kind, name) to Policy
        What the values of `policy` and `shock` name.
    notes : list of str
        What the user should be told, one line each.
    command : str
        The command that makes this request again.
    """

    experiment: str
    study: str
    title: str
    question: str
    settings: dict[str, Any]
    values: dict[str, Any]
    axes: tuple[Axis, ...] = ()
    design_kind: str = "grid"
    options: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    command: str = "python -m sim"
    samples: int | None = None
    seeds: str = "common"
    policies: dict[tuple[str, str], Policy] = field(default_factory=dict)
