"""The keys of a file of policy/ or shock/: checks and documentation derive from them."""

from __future__ import annotations

from sim.tables.factors import GROUP_NAMES

KEYS = {
    "title": "its name in words, for lists and handouts; the file's name where it is left out",
    "description": "a sentence or two, for handouts and for whoever reads the file",
    "levers": "a list of levers, at least one, each with the keys below",
}
LEVER_KEYS = {
    "lever": "its name in the table of levers; needed",
    "strength": "how strong it is, in the unit of the table of levers; 0 changes nothing; needed",
    "from": "first month in which it is in force; 1 where it is left out",
    "to": "last month in which it is in force; the end of the run where it is left out",
    "where": (
        "organisations that it reaches: `all`, or one or more of `{share: 0.5}` (drawn by luck), "
        "`{members: true}` and `{organisations: [1, 2]}` (numbers, or names where they have "
        "names; one alone needs no brackets), which must then all hold; all where it is left out"
    ),
    "groups": (
        f"HCPs that it reaches: a list of {', '.join(GROUP_NAMES)}, or one of them; all where it "
        "is left out"
    ),
    "cost": "in the currency of `cost.currency`, per organisation reached and month in force; 0 "
    "where it is left out",
}
