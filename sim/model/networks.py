"""Peer networks among HCPs, generated once from starting values.

Each HCP starts `network.ties` distinct ties in seat order; a pair is tied once, so a tie that
already exists is drawn again. Ties that find too few colleagues are dropped. Every HCP has its
own stream of draws, so a network depends on (seed, replicate) alone.
"""

import numpy as np

from sim.model import inputs, streams
from sim.tables.compiled import compiled, shared

NOBODY = np.uint32(0xFFFFFFFF)


@shared
def build(p, world, organisations, run):
    """Return `first_peer` and `peers` of a run; both are empty for `well_mixed`.

    Python compiles only the generator that is needed.
    """
    kind = int(p["network_kind"])
    if kind == inputs.FILE:
        return world.first_peer, world.peers
    if kind == inputs.WELL_MIXED:
        return np.zeros(0, np.int64), np.zeros(0, np.uint32)
    n = int(organisations["last_hcp"][-1])
    started = np.full((n, min(int(p["network_ties"]), n - 1)), NOBODY, np.uint32)
    if kind == inputs.SMALL_WORLD:
        _small_world(started, p["network_rewiring"], organisations, run)
    elif kind == inputs.SCALE_FREE:
        _scale_free(started, organisations, run)
    else:
        _blocks(started, kind == inputs.MODULAR, p, organisations, run)
    return _both_ways(started)


@compiled
def _tie_key(i, o, organisations, run):
    shared = streams.month_key(run, streams.TIES, o, streams.START)
    return streams.child(shared, i - organisations[o].first_hcp)


@compiled
def _tied(started, i, j):
    """Whether a tie between i and j has been started by either."""
    for t in range(started.shape[1]):
        if started[i, t] == np.uint32(j) or started[j, t] == np.uint32(i):
            return True
    return False


@compiled
def _blocks(started, modular, p, organisations, run):
    """Ties inside or outside the organisation (modular), or to anybody (random).

    A tie that finds nobody outside is placed inside.
    """
    n = started.shape[0]
    # partners each HCP has already, inside the organisation and altogether
    inside = np.zeros(n, np.int64)
    altogether = np.zeros(n, np.int64)
    for o in range(organisations.shape[0]):
        org = organisations[o]
        first, last = org.first_hcp, org.last_hcp
        size = last - first
        leaving = p.network_outside + p.network_outside_member * org.member
        for i in range(first, last):
            key = _tie_key(i, o, organisations, run)
            attempt = streams.PARTNER
            for t in range(started.shape[1]):
                goes_out = modular and streams.uniform(key, np.uint64(t)) < leaving
                if goes_out and altogether[i] - inside[i] >= n - size:
                    goes_out = False
                if modular and not goes_out:
                    free = size - 1 - inside[i]
                else:
                    free = n - 1 - altogether[i]
                if free <= 0:
                    continue
                while True:
                    if goes_out:
                        j = streams.uniform_index(key, attempt, n - size)
                        j += size if j >= first else 0
                    elif modular:
                        j = first + streams.uniform_index(key, attempt, size)
                    else:
                        j = streams.uniform_index(key, attempt, n)
                    attempt += streams.ONE
                    if j != i and not _tied(started, i, j):
                        break
                started[i, t] = j
                altogether[i] += 1
                altogether[j] += 1
                if first <= j and j < last:
                    inside[i] += 1
                    inside[j] += 1


@compiled
def _small_world(started, rewiring, organisations, run):
    """Ring of HCPs, organisation after organisation, some ties rewired (Watts & Strogatz 1998)."""
    n, ties = started.shape
    for i in range(n):
        for t in range(ties):
            j = (i + t + 1) % n
            if j != i and not _tied(started, i, j):
                started[i, t] = j
    degree = np.zeros(n, np.int64)
    for i in range(n):
        for t in range(ties):
            if started[i, t] != NOBODY:
                degree[i] += 1
                degree[started[i, t]] += 1
    for o in range(organisations.shape[0]):
        for i in range(organisations[o].first_hcp, organisations[o].last_hcp):
            key = _tie_key(i, o, organisations, run)
            attempt = streams.PARTNER
            for t in range(ties):
                moves = streams.uniform(key, np.uint64(t)) < rewiring
                if not moves or started[i, t] == NOBODY or degree[i] >= n - 1:
                    continue
                while True:
                    j = streams.uniform_index(key, attempt, n)
                    attempt += streams.ONE
                    if j != i and not _tied(started, i, j):
                        break
                degree[started[i, t]] -= 1
                degree[j] += 1
                started[i, t] = j


@compiled
def _scale_free(started, organisations, run):
    """Partners chosen in proportion to their ties (Barabási & Albert 1999).

    A random end of a random existing tie is a partner chosen in proportion to its ties. The
    first HCPs are all tied to one another.
    """
    n, ties = started.shape
    ends = np.empty(2 * n * ties, np.uint32)
    count = 0
    for o in range(organisations.shape[0]):
        for i in range(organisations[o].first_hcp, organisations[o].last_hcp):
            key = _tie_key(i, o, organisations, run)
            attempt = streams.PARTNER
            before = count
            for t in range(min(ties, i)):
                if i <= ties:
                    j = t
                else:
                    while True:
                        j = int(ends[streams.uniform_index(key, attempt, before)])
                        attempt += streams.ONE
                        if not _tied(started, i, j):
                            break
                started[i, t] = j
                ends[count] = i
                ends[count + 1] = j
                count += 2


@compiled
def _both_ways(started):
    """Turn started ties into the peers of each HCP, in a fixed order."""
    n, ties = started.shape
    first = np.zeros(n + 1, np.int64)
    for i in range(n):
        for t in range(ties):
            if started[i, t] != NOBODY:
                first[i + 1] += 1
                first[started[i, t] + 1] += 1
    for i in range(n):
        first[i + 1] += first[i]
    peers = np.empty(first[n], np.uint32)
    place = first[:n].copy()
    for i in range(n):
        for t in range(ties):
            if started[i, t] != NOBODY:
                j = started[i, t]
                peers[place[i]] = j
                place[i] += 1
                peers[place[j]] = i
                place[j] += 1
    return first, peers


def from_pairs(n: int, pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return `first_peer` and `peers` of n HCPs and (ties, 2) distinct pairs of them, each once."""
    both = np.concatenate([pairs, pairs[:, ::-1]])
    order = np.lexsort((both[:, 1], both[:, 0]))
    first = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(both[:, 0], minlength=n), out=first[1:])
    return first, both[order, 1].astype(np.uint32)
