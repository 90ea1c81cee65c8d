"""Peer networks have the shapes that are known of their kinds; tie by tie they are the reference's."""

import networkx as nx
import numpy as np
import pytest
from model_runs import STANDARD_ERRORS
from reference_worlds import world_of
from scipy import stats

from sim.model import engine, networks
from website.known_answers import point_of


def start(kind, seed=1, replicate=0, world=None, **changes):
    changes = {"network.kind": kind} | {k.replace("__", "."): v for k, v in changes.items()}
    return engine.start(point_of(changes, world=world), seed, replicate)[1]


def pairs_of(s):
    """Return the ties as pairs, each as often as both ends list it."""
    i = np.repeat(np.arange(s.hcps.size), np.diff(s.first_peer))
    return np.column_stack([i, s.peers.astype(np.int64)])


def graph_of(s):
    graph = nx.Graph()
    graph.add_nodes_from(range(s.hcps.size))
    graph.add_edges_from(pairs_of(s).tolist())
    return graph


def organisation_of(s):
    sizes = s.organisations["last_hcp"] - s.organisations["first_hcp"]
    return np.repeat(np.arange(sizes.size), sizes)


def ties_of(kind, replicates=20, **changes):
    """Yield the state of each replicate, and the organisations at both ends of its ties."""
    for replicate in range(replicates):
        s = start(kind, replicate=replicate, **changes)
        yield s, organisation_of(s)[pairs_of(s)]


def test_modular_members_leave_more_often_than_others():
    z = []
    for s, o in ties_of("modular"):
        outside = np.sum(o[:, 0] != o[:, 1]) / 2
        p = 0.02 + 0.1 * s.organisations["member"]
        z.append((outside - 200 * p.sum()) / np.sqrt(200 * np.sum(p * (1 - p))))
    assert stats.kstest(z, "norm").pvalue > 1e-4
    # ties among members only: half of them from each end, so as many as both ends start
    members, o = next(ties_of("modular", network__outside=0.0))
    crossing = o[o[:, 0] != o[:, 1]]
    assert np.all(members.organisations["member"][crossing].max(axis=1) == 1)


def test_modular_partners_outside_are_anybody():
    # Of a tie that leaves, every other organisation is equally likely
    counts = np.zeros((20, 20))
    for _, o in ties_of("modular", network__outside=1.0, network__outside_member=0.0):
        assert not np.any(o[:, 0] == o[:, 1])
        np.add.at(counts, (o[:, 0], o[:, 1]), 1)
    above = counts[np.triu_indices(20, 1)]
    assert stats.chisquare(above).pvalue > 1e-4


def test_random_ties_ignore_organisations():
    inside = sum(np.sum(o[:, 0] == o[:, 1]) // 2 for _, o in ties_of("random"))
    assert stats.binomtest(int(inside), 80_000, 49 / 999).pvalue > 1e-4


def test_a_ring_that_is_not_rewired_is_exact():
    s = start("small_world", network__rewiring=0.0)
    n = s.hcps.size
    i, j = pairs_of(s).T
    away = np.minimum((i - j) % n, (j - i) % n)
    assert np.array_equal(np.bincount(away), [0, 2 * n, 2 * n, 2 * n, 2 * n])
    # known clustering of a ring with k = 8 neighbours: 3 (k - 2) / (4 (k - 1))
    assert nx.average_clustering(graph_of(s)) == pytest.approx(18 / 28, rel=1e-12)


def test_a_small_world_is_clustered_and_yet_short():
    small = graph_of(start("small_world"))
    random = graph_of(start("random"))
    ring = graph_of(start("small_world", network__rewiring=0.0))
    # Watts & Strogatz: clustering of the ring times (1 - rewiring)^3
    assert nx.average_clustering(small) == pytest.approx(18 / 28 * 0.9**3, abs=0.03)
    assert nx.average_clustering(random) < 0.02
    paths = [nx.average_shortest_path_length(g) for g in (random, small, ring)]
    assert paths[0] < paths[1] < 0.1 * paths[2]


def test_scale_free_degrees_have_the_known_tail():
    # Barabási & Albert: P(degree >= k) = m (m + 1) / (k (k + 1)) for m ties each
    at_least_20, largest, of_random = [], [], []
    for replicate in range(30):
        degree = np.diff(start("scale_free", replicate=replicate).first_peer)
        at_least_20.append(np.mean(degree >= 20))
        largest.append(degree.max())
        of_random.append(np.diff(start("random", replicate=replicate).first_peer).max())
        assert degree.min() >= 4
    error = np.std(at_least_20, ddof=1) / np.sqrt(30)
    assert abs(np.mean(at_least_20) - 4 * 5 / (20 * 21)) < STANDARD_ERRORS * error
    assert min(largest) > 2 * max(of_random)


def test_an_edge_list_becomes_peers():
    pairs = np.array([[4, 0], [1, 2], [0, 1], [4, 2]])
    first, peers = networks.from_pairs(6, pairs)
    assert first.tolist() == [0, 2, 4, 6, 6, 8, 8]  # HCPs 3 and 5 have no peers
    assert peers.tolist() == [1, 4, 0, 2, 1, 4, 0, 2]
    first, peers = networks.from_pairs(3, np.zeros((0, 2), np.int64))
    assert first.tolist() == [0, 0, 0, 0] and peers.size == 0


def test_a_file_network_is_taken_as_it_is():
    given = {"organisations": [{"size": 2}, {"size": 3}], "ties": [[0, 4], [1, 3]]}
    s = start("file", world=world_of(given))
    assert pairs_of(s).tolist() == [[0, 4], [1, 3], [3, 1], [4, 0]]
