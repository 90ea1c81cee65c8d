"""Which look something has, the same in all figures, and its colour."""

from __future__ import annotations

from collections.abc import Sequence

# Okabe & Ito 2008, ordered by lightness so that lines differ in grey as well; then Tol's muted
# scheme (2021), for comparisons of many
COLOURS = (
    *("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"),
    *("#882255", "#999933", "#332288", "#44AA99", "#AA4499"),
)
# The same, darkened where they would not be readable on white as words: WCAG 2.1, level AA
OF_WORDS = (
    *("#0072B2", "#C35600", "#008460", "#A46086", "#9B6A00", "#38789E", "#000000"),
    *("#882255", "#7A7A28", "#332288", "#328375", "#AA4499"),
)
INK, FAINT = "#222222", "#777777"
MOST_MARKS = 15  # of a curve; more would hide it

# Shipped policies, those of `policy_whatif` first: what is often compared differs in colour.
# A test compares this list with the files.
SHIPPED = (
    "none", "training", "train_everyone_once", "co_design", "interdisciplinary_experts",
    "paper_collaboration", "technology_only", "pilot_and_stop", "institutionalise",
    "sustained_funding", "network", "champions", "usability_work", "transparency_work",
    "onboarding", "train_newcomers_always", "phased_roll_out", "alignment_workshop",
    "champions_first",
)  # fmt: skip


def looks(names: Sequence[str]) -> list[int]:
    """Return the number of the look of each name.

    Shipped policies have their own, whatever they are compared with; other names get the lowest
    numbers that are free.
    """
    taken = {SHIPPED.index(name) for name in names if name in SHIPPED}
    free = (number for number in range(len(SHIPPED) + len(names)) if number not in taken)
    return [SHIPPED.index(name) if name in SHIPPED else next(free) for name in names]


def colour(look: int) -> str:
    """Return the colour of a look."""
    return COLOURS[look % len(COLOURS)]


def text_colour(look: int | None) -> str:
    """Return the colour of a look, as dark as words need that are read in grey or on paper."""
    return INK if look is None else OF_WORDS[look % len(OF_WORDS)]
