"""Random numbers: a pure function of who decides what, and when.

    u = uniform(key(seed, replicate, kind of entity, organisation, month, seat), decision)

There is no state, so nobody's luck depends on who else exists, on the order of computation, on
threads or on what is recorded. Month 0 is the start. Mixing is the finaliser of SplitMix64
(Steele, Lea & Flood 2014, doi 10.1145/2660193.2660195; constants of Stafford's variant 13).

Every 64-bit constant is typed unsigned: with a plain literal numba turns the hash signed, or
into a float.
"""

import numpy as np

from sim.tables.compiled import compiled

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)
SHIFT_30, SHIFT_27, SHIFT_31, SHIFT_11 = (np.uint64(n) for n in (30, 27, 31, 11))
ONE = np.uint64(1)
TO_UNIT = 2.0**-53
LARGEST_SEED = 2**63 - 1
START = np.int64(0)  # the month in which everything is drawn first

# Kinds of entity
ORGANISATION, HCP, EXPERT, TIES = (np.uint64(n) for n in (1, 2, 3, 4))

# Decisions of an organisation: at the start (month 0)
SIZE, READINESS, RESOURCES, MEMBERSHIP, AT_START = (np.uint64(n) for n in range(1, 6))
# and in each month
DEPLOYMENT, INCIDENT, DECOMMISSIONING = (np.uint64(n) for n in range(11, 14))

# Decisions of an expert: at the start
INTERDISCIPLINARY = np.uint64(1)

# Decisions of an HCP: at the start
GROUP, INITIAL_STATE = (np.uint64(n) for n in (1, 2))
# in each month
MEETING, WHICH_EXPERT, MEETING_SUCCESS, TRAINING, EXPERIENCE, DECISION, LEAVING, EVIDENCE = (
    np.uint64(n) for n in range(11, 19)
)
# and when somebody takes the seat (at the start, or as a newcomer)
FRESH_TRUST, FRESH_LITERACY, FRESH_ENGAGEMENT, ONBOARDING = (np.uint64(n) for n in range(21, 25))
FRESH_PRIORITY = np.uint64(100)  # + shape * quality + stage of the gamma draw

# Draws of a tie-maker: whether tie t leaves the organisation is draw t; partners come after
PARTNER = np.uint64(1 << 20)


@compiled
def mix(z):
    """Scramble 64 bits (a bijection)."""
    z = np.uint64(z)  # from Python a key may arrive as a signed integer
    z = (z ^ (z >> SHIFT_30)) * MIX_1
    z = (z ^ (z >> SHIFT_27)) * MIX_2
    return z ^ (z >> SHIFT_31)


@compiled
def child(key, number):
    """Return the key of the numbered child of a key; number >= 0."""
    return mix(np.uint64(key) + (np.uint64(number) + ONE) * GOLDEN)


@compiled
def run_key(seed, replicate):
    """Return the key of a run, for any seed from 0 to 2^63 - 1."""
    return child(mix(np.uint64(seed) + GOLDEN), replicate)


@compiled
def month_key(run, kind, organisation, month):
    """Return the key that all entities of a kind in an organisation share in a month."""
    return child(child(child(run, kind), organisation), month)


@compiled
def uniform(key, decision):
    """Return the number in [0, 1), a multiple of 2^-53, that decides."""
    return np.float64(child(key, decision) >> SHIFT_11) * TO_UNIT


@compiled
def uniform_index(key, decision, n):
    """Return a whole number from 0 to n - 1, each equally likely (to within n / 2^53)."""
    return np.int64(uniform(key, decision) * n)
