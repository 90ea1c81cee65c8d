"""The generator: uniform, independent along everything that a draw is keyed by, and exact.

All tests have fixed seeds. A p-value below 1e-4 is a failure; so is one above 1 - 1e-4, since
a generator that is too even is as wrong as one that is not even enough.
"""

from itertools import combinations

import numba
import numpy as np
import pytest
import reference
from scipy import stats

from sim.model import streams

TOO_RARE = 1e-4
AXES = ("seed", "replicate", "kind", "organisation", "month", "seat", "decision")
# Where the axis that is looked at does not vary
USUAL = {
    "seed": 3, "replicate": 1, "kind": 2, "organisation": 4, "month": 7, "seat": 5, "decision": 16,
}  # fmt: skip


# Not kept in the package's cache: that is renewed only when the package's sources change
@numba.njit
def _draw(seed, replicate, kind, organisation, month, seat, decision, out):
    for i in range(out.size):
        run = streams.run_key(seed[i], replicate[i])
        key = streams.child(streams.month_key(run, kind[i], organisation[i], month[i]), seat[i])
        out[i] = streams.uniform(key, decision[i])


def draws(**axes):
    """Return draws along the given arrays, broadcast against each other."""
    columns = np.broadcast_arrays(*(np.asarray(axes.get(a, USUAL[a]), np.uint64) for a in AXES))
    out = np.empty(columns[0].size)
    _draw(*(np.ascontiguousarray(c).ravel() for c in columns), out)
    return out.reshape(columns[0].shape)


@pytest.fixture(scope="module")
def tables():
    """A table of 1000 x 1000 draws for each axis, along the axis and along seats (or months)."""
    found = {}
    steps = np.arange(1000)
    for axis in AXES:
        if axis == "kind":
            continue
        other = "month" if axis == "seat" else "seat"
        found[axis] = draws(**{axis: steps[:, None], other: steps[None, :]})
    return found


def likely(p):
    return TOO_RARE < p < 1 - TOO_RARE


def even(bins, n_bins):
    """Whether whole numbers below n_bins are equally frequent (chi-square)."""
    counts = np.bincount(bins.ravel().astype(np.int64), minlength=n_bins)
    return likely(stats.chisquare(counts).pvalue)


def uncorrelated(x, y):
    """Whether two samples are uncorrelated, and their pairs even on a 32 x 32 grid."""
    x, y = x.ravel(), y.ravel()
    r = np.mean((x - 0.5) * (y - 0.5)) * 12.0
    return likely(stats.norm.cdf(r * np.sqrt(x.size))) and even(
        np.floor(x * 32) * 32 + np.floor(y * 32), 1024
    )


EVERY_AXIS = pytest.mark.parametrize("axis", [a for a in AXES if a != "kind"])


@EVERY_AXIS
def test_draws_are_uniform(tables, axis):
    u = tables[axis].ravel()
    assert 0.0 <= u.min() and u.max() < 1.0
    assert likely(stats.kstest(u, "uniform", method="asymp").pvalue)
    # A multiple of 2^-53: all 53 bits, eight at a time, from the highest to the lowest
    whole = (u * 2.0**53).astype(np.uint64)
    assert np.array_equal(whole * 2.0**-53, u)
    for shift in (45, 37, 29, 21, 13, 5, 0):
        assert even((whole >> np.uint64(shift)) & np.uint64(255), 256), shift


@EVERY_AXIS
@pytest.mark.parametrize("lag", [1, 2, 3, 12, 64])
def test_neighbours_along_an_axis_are_independent(tables, axis, lag):
    u = tables[axis]
    assert uncorrelated(u[lag:], u[:-lag])
    assert uncorrelated(u[lag:, lag:], u[:-lag, :-lag])


@pytest.mark.parametrize(
    "pair", list(combinations([a for a in AXES if a != "kind"], 2)), ids="-".join
)
def test_two_axes_do_not_meet(pair):
    # Neither (a + 1, b) and (a, b + 1), as after a sum of the two, nor (a, b) and (b, a)
    steps = np.arange(1000)
    u = draws(**{pair[0]: steps[:, None], pair[1]: steps[None, :]})
    assert uncorrelated(u[1:, :-1], u[:-1, 1:])
    above = np.triu_indices(1000, 1)
    assert uncorrelated(u[above], u.T[above])


def test_kinds_of_entities_are_independent():
    months, seats = np.arange(1000)[:, None], np.arange(1000)[None, :]
    by_kind = [draws(kind=kind, month=months, seat=seats) for kind in (1, 2, 3, 4)]
    for a in range(4):
        for b in range(a):
            assert uncorrelated(by_kind[a], by_kind[b])


def test_whole_numbers_are_equally_likely():
    key = np.uint64(streams.run_key(1, 2))
    for n in (1, 2, 3, 7, 50):
        got = np.array([streams.uniform_index(key, d, n) for d in range(20_000)])
        assert got.min() == 0 and got.max() == n - 1
        assert n == 1 or even(got, n)


# ------------------------------------------------------------------ exactness
SEEDS = [0, 1, 2, 12345, 2**31, 2**32 - 1, 2**53 + 1, 2**62 + 3, 2**63 - 1]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_compiled_hash_equals_plain_integers(seed):
    assert streams.LARGEST_SEED == 2**63 - 1
    for replicate in (0, 1, 10**6):
        for organisation, month, seat in ((0, 0, 0), (19, 120, 49), (10**6, 1200, 10**6)):
            for decision in (1, 16, 24, 100 + 8 * 50, 1 << 20):
                # numba gives Python an int, and takes one back up to 2^63 - 1 only
                run = np.uint64(streams.run_key(seed, replicate))
                shared = np.uint64(streams.month_key(run, 2, organisation, month))
                key = np.uint64(streams.child(shared, seat))
                plain_run = reference.run_key(seed, replicate)
                plain = reference.seat_key(plain_run, 2, organisation, month, seat)
                assert streams.uniform(key, decision) == reference.uniform(plain, decision)


def test_the_finaliser_is_splitmix64():
    # First outputs of SplitMix64 with seed 1234567, as published with its reference code
    state = 1234567
    for expected in (6457827717110365317, 3203168211198807973, 9817491932198370423):
        state = (state + reference.GOLDEN) & reference.BITS_64
        assert int(streams.mix(np.uint64(state))) == reference.mix(state) == expected


def test_seeds_differ_and_zero_is_one_of_them():
    keys = {int(streams.run_key(seed, replicate)) for seed in SEEDS for replicate in range(100)}
    assert len(keys) == 100 * len(SEEDS)
    zero, one = (np.uint64(streams.run_key(seed, 0)) for seed in (0, 1))
    assert zero != 0
    assert streams.uniform(zero, 1) != streams.uniform(one, 1)


@pytest.mark.parametrize("bits", [0, 1, 2**63, 2**63 + 5, 2**64 - 1, 0xDEADBEEFDEADBEEF])
def test_a_key_may_arrive_with_a_sign(bits):
    signed = bits - 2**64 if bits >= 2**63 else bits
    for key in (signed, np.int64(signed), np.uint64(bits)):
        assert int(streams.mix(key)) == reference.mix(bits)
        for decision in (16, np.int64(16), np.uint64(16), np.int32(16)):
            assert int(streams.child(key, decision)) == reference.child(bits, 16)
            assert streams.uniform(key, decision) == reference.uniform(bits, 16)
