"""What the page's module can do: a few compiled functions, and what each of them is given.

Nobody calls them in Python, which so compiles none; `website.page` compiles all for WebAssembly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from sim.analysis import loops
from sim.model import inputs, kernel, levers, panel, population, records, rules, streams
from sim.model.inputs import N_GROUPS, NEVER
from sim.model.levers import Schedule
from sim.model.panel import Panel
from sim.model.records import Record
from sim.outcomes import compute
from sim.policies import cost
from sim.policies.schedule import LARGEST_LUCK
from sim.tables.compiled import shared

N_PEOPLE, N_TOOLS = len(records.PEOPLE_NAMES), len(records.TOOL_NAMES)
# SHA-256 begins with, and adds, the first 32 bits of what follows the point in roots of the first primes
WORD_BITS = 0xFFFFFFFF
PRIMES = [n for n in range(2, 312) if all(n % m for m in range(2, n))]
FIRST = np.array([int(n ** (1 / 2) % 1 * 2**32) for n in PRIMES[:8]])
ADDED = np.array([int(n ** (1 / 3) % 1 * 2**32) for n in PRIMES])


@shared
def key_of(seed, replicate, luck, p):
    """Return the key of a run; `p`, which holds no more than what was set, is completed."""
    inputs.derive(p)
    run = streams.run_key(seed, replicate)
    return streams.child(run, luck) if luck > 0 else run


@shared
def organisations_of(p, run):
    """Return the organisations of a run at its start."""
    return population.draw_organisations(p, inputs.generated_world(), run)


@shared
def place_of(status, state, adopted):
    """Return where somebody is: the organisation's tool counts first, as in `records.write_places`."""
    if status == rules.NOT_DEPLOYED:
        return records.NEVER_CAME
    if status == rules.DECOMMISSIONED:
        return records.WITHDRAWN
    if state == rules.ADOPTER:
        return records.USES
    if state == rules.TRIAL:
        return records.TRIES
    if state == rules.NON_ADOPTER:
        return records.NEVER_TRIED
    return records.TRIED_AND_LEFT if adopted == NEVER else records.USED_AND_STOPPED


@shared
def new_record(horizon):
    """Return the record of a run: zeros, with means of each month, and an axis of one run in front."""
    months = horizon + 1
    return Record(
        np.zeros((1, months, 2, N_GROUPS, N_PEOPLE), np.int32),
        np.zeros((1, months, 2, N_TOOLS)),
        np.zeros((1, months, records.N_PLACES), np.int32),
        np.arange(months),
        np.zeros((1, months, 2, N_GROUPS, records.N_LEVELS)),
        np.zeros((1, months, 2, records.N_VIEWS)),
        np.zeros((1, months, 0, N_PEOPLE), np.int32),
    )


@shared
def of_one(r):
    """Return the record of the only run without the axis over runs."""
    return Record(
        r.people[0], r.tools[0], r.places[0], r.level_row, r.levels[0], r.views[0], r.single[0]
    )


def simulate(
    seed, replicate, luck, p, rows, named, cost_rows, cost_named, outcomes, months, failure
):  # fmt: skip
    """Run one replicate: its outcomes, what is kept of each month, and what went wrong, if anything."""
    run = key_of(seed, replicate, luck, p)
    s = population.draw(p, inputs.generated_world(), run)
    horizon = int(p.horizon)
    record = new_record(horizon)
    own = of_one(record)
    records.write(0, p, s, own)
    stop, done = np.zeros(1, np.int64), np.zeros(1, np.int64)
    kernel.advance(1, horizon, run, p, Schedule(rows, named), s, own, stop, done)
    failure[:] = s.failure
    windows = int(p.outcome_sustained_months), int(p.outcome_peak_months)
    people, tools, places, level_row, levels, views = record[:6]
    made = compute.outcomes_of(people, tools, places, level_row, levels, views, *windows)
    until = cost.discounted_months(horizon, p.cost_discount_rate)
    outcomes[:] = made[: outcomes.size, 0]
    outcomes[compute.COSTS] = cost.cost_of_rows(cost_rows, cost_named, s.organisations, run, until)
    kept = compute.months_of(people, tools, places, levels, 1)
    months[:] = kept[:, 0]


def size(seed, replicate, luck, p):
    """Return the number of HCPs of a run."""
    return organisations_of(p, key_of(seed, replicate, luck, p))[-1].last_hcp


def film(
    seed, replicate, luck, p, rows, named, state, trained, hired, trust, status, first_hcp, place,
    group, failure,
):  # fmt: skip
    """Run one replicate, and note month by month who does what."""
    run = key_of(seed, replicate, luck, p)
    s = population.draw(p, inputs.generated_world(), run)
    horizon = int(p.horizon)
    # what nobody looks at
    adopted, felt = np.empty(hired.shape, np.int32), np.empty((3, *hired.shape), np.float32)
    meetings, had = np.empty(status.shape, np.int32), np.empty((2, *status.shape), np.float32)
    deployed, member = np.empty(0, np.int32), np.empty(0, np.int8)
    seen = Panel(
        state, trained, hired, adopted, trust, felt[0], felt[1], felt[2], status, had[0], had[1],
        meetings, first_hcp, deployed, member,
    )  # fmt: skip
    panel.follow(horizon, run, p, Schedule(rows, named), s, seen, np.zeros(0, np.int64), 0, 0)
    for o in range(s.organisations.size):
        org = s.organisations[o]
        first_hcp[o + 1] = org.last_hcp
        for month in range(horizon + 1):
            for i in range(org.first_hcp, org.last_hcp):
                seen_as = status[month, o], state[month, i], adopted[month, i]
                place[month, i] = place_of(*seen_as)
    for i in range(s.hcps.size):
        group[i] = s.hcps[i].group
    failure[:] = s.failure


def price(seed, p, cost_rows, cost_named):
    """Return what policies cost where every organisation has the tool from the start to the end."""
    run = key_of(seed, 0, 0, p)
    organisations = organisations_of(p, run)
    for o in range(organisations.size):
        organisations[o].deployed, organisations[o].ended = 0, NEVER
    until = cost.discounted_months(int(p.horizon), p.cost_discount_rate)
    return cost.cost_of_rows(cost_rows, cost_named, organisations, run, until)


@shared
def turned(x, by):
    """Return a word of 32 bits, turned to the right."""
    return (x >> by | x << 32 - by) & WORD_BITS


def luck(text):
    """Return what `schedule.luck_of` makes of the bytes of a policy's name and share: of their SHA-256."""
    padded = np.zeros((text.size + 72) // 64 * 64, np.int64)
    padded[: text.size] = text
    padded[text.size] = 128
    for k in range(8):
        padded[padded.size - 1 - k] = 8 * text.size >> 8 * k & 255
    state, words = FIRST.copy(), np.zeros(64, np.int64)
    for block in range(0, padded.size, 64):
        for n in range(16):
            for byte in padded[block + 4 * n : block + 4 * n + 4]:
                words[n] = (words[n] << 8 | byte) & WORD_BITS
        for n in range(16, 64):
            near, far = words[n - 2], words[n - 15]
            mixed = (turned(far, 7) ^ turned(far, 18) ^ far >> 3) + words[n - 7]
            mixed += (turned(near, 17) ^ turned(near, 19) ^ near >> 10) + words[n - 16]
            words[n] = mixed & WORD_BITS
        a, b, c, d, e, f, g, h = state
        for n in range(64):
            one = h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + (e & f ^ ~e & g)
            one += ADDED[n] + words[n]
            two = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + (a & b ^ a & c ^ b & c)
            a, b, c, d, e, f, g, h = one + two & WORD_BITS, a, b, c, d + one & WORD_BITS, e, f, g
        state = state + np.array([a, b, c, d, e, f, g, h]) & WORD_BITS
    return state[0] % LARGEST_LUCK


def summaries(x, over, lowest, highest, quantiles, out):
    """Write the interval of every outcome of some runs."""
    loops.summaries(x, over, lowest, highest, quantiles, out)


def changes(a, b, over, direction, out):
    """Write how every outcome of some runs differs from that of others with the same luck."""
    loops.changes(a, b, over, direction, out)


def splits(x, out):
    """Write of each row of (rows, runs) the two outcomes that its runs split into, if they do."""
    for row in range(x.shape[0]):
        loops.split_of(x[row], out[row])


def reaching(x, threshold, out):
    """Write the share of runs that reach a threshold, with its interval."""
    hits, runs = 0.0, 0
    for value in x:
        if value == value:
            runs += 1
            hits += value >= threshold
    loops.write(out, loops.share_interval(hits, runs))


class Export(NamedTuple):
    """A function of the module, and the type of each argument: a dtype, or (dtype, dimensions) for an array."""

    function: Callable[..., Any]
    arguments: dict[str, Any]


WHOLE, NUMBER = np.dtype(np.int64), np.dtype(np.float64)
BYTE, SHORT, SINGLE, LETTER = map(np.dtype, (np.int8, np.int32, np.float32, np.uint8))
_RUN = {"seed": WHOLE, "replicate": WHOLE, "luck": WHOLE, "p": inputs.RECORD}
_LEVERS = {"rows": (levers.ROW, 1), "named": (WHOLE, 1)}
_COSTS = {"cost_rows": (cost.ROW, 1), "cost_named": (WHOLE, 1)}
_FAILURE = {"failure": (WHOLE, 1)}
EXPORTS = {
    export.function.__name__: export
    for export in (
        Export(
            simulate,
            {**_RUN, **_LEVERS, **_COSTS, "outcomes": (NUMBER, 1), "months": (NUMBER, 2), **_FAILURE},
        ),
        Export(size, _RUN),
        Export(
            film,
            {
                **_RUN, **_LEVERS, "state": (BYTE, 2), "trained": (BYTE, 2), "hired": (SHORT, 2),
                "trust": (SINGLE, 2), "status": (BYTE, 2), "first_hcp": (WHOLE, 1),
                "place": (BYTE, 2), "group": (BYTE, 1), **_FAILURE,
            },
        ),
        Export(price, {"seed": WHOLE, "p": inputs.RECORD, **_COSTS}),
        Export(luck, {"text": (LETTER, 1)}),
        Export(
            summaries,
            {
                "x": (NUMBER, 2), "over": (WHOLE, 1), "lowest": (NUMBER, 1), "highest": (NUMBER, 1),
                "quantiles": (NUMBER, 1), "out": (NUMBER, 2),
            },
        ),
        Export(
            changes,
            {
                "a": (NUMBER, 2), "b": (NUMBER, 2), "over": (WHOLE, 1), "direction": (WHOLE, 1),
                "out": (NUMBER, 2),
            },
        ),
        Export(splits, {"x": (NUMBER, 2), "out": (NUMBER, 2)}),
        Export(reaching, {"x": (NUMBER, 1), "threshold": NUMBER, "out": (NUMBER, 1)}),
    )
}  # fmt: skip
