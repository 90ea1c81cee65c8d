"""Which colour, mark and dash a policy has: the same in all figures of all studies."""

from __future__ import annotations

from collections.abc import Sequence

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
