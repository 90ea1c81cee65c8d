"""Intervals in plain loops, compiled for the what-if page, where there is no NumPy.

The same statistics as `intervals`, `pooled`, `paired` and `split`, and the same resamples; a test holds
that they are equal, but for the order in which sums are rounded.
"""

import numpy as np

from sim.analysis.intervals import BOOTSTRAP_SEED, CONFIDENCE, RESAMPLES
from sim.analysis.split import APART, SIGNIFICANCE, SMALLEST
from sim.tables.compiled import shared

Z = 1.959963984540054  # of the standard normal, see `intervals.of_share`
OUTSIDE = max(1, round(RESAMPLES * (1 - CONFIDENCE) / 2))
NOTHING = (np.nan, np.nan, np.nan, 0.0)

# The generator that NumPy draws resamples with: PCG64 (O'Neill 2014, HMC-CS-2014-0905), XSL-RR
_START = np.random.PCG64(BOOTSTRAP_SEED).state["state"]
LOW_64 = (1 << 64) - 1
START_HIGH, START_LOW = np.uint64(_START["state"] >> 64), np.uint64(_START["state"] & LOW_64)
STEP_HIGH, STEP_LOW = np.uint64(_START["inc"] >> 64), np.uint64(_START["inc"] & LOW_64)
TIMES_HIGH, TIMES_LOW = np.uint64(0x2360ED051FC65DA4), np.uint64(0x4385DF649FCCF645)
U32, U58, U63, U64 = (np.uint64(n) for n in (32, 58, 63, 64))
HALF = np.uint64(0xFFFFFFFF)


@shared
def _high_product(a, b):
    """Return the upper 64 bits of a product of two numbers of 64 bits."""
    a0, a1, b0, b1 = a & HALF, a >> U32, b & HALF, b >> U32
    low, one, two = a0 * b0, a0 * b1, a1 * b0
    middle = (low >> U32) + (one & HALF) + (two & HALF)
    return a1 * b1 + (one >> U32) + (two >> U32) + (middle >> U32)


@shared
def times_drawn(runs):
    """Return (RESAMPLES, runs): how often each resample holds each run."""
    made = np.zeros((RESAMPLES, runs))
    high, low = START_HIGH, START_LOW
    waiting, kept = False, np.uint64(0)
    limit = np.uint64(runs)
    threshold = (HALF - (limit - np.uint64(1))) % limit
    for resample in range(RESAMPLES):
        for _ in range(runs):
            while True:
                if waiting:
                    drawn, waiting = kept, False
                else:
                    new = low * TIMES_LOW + STEP_LOW
                    carry = np.uint64(new < STEP_LOW)
                    high = high * TIMES_LOW + low * TIMES_HIGH + _high_product(low, TIMES_LOW)
                    high, low = high + STEP_HIGH + carry, new
                    turn, mixed = high >> U58, high ^ low
                    word = (mixed >> turn) | (mixed << ((U64 - turn) & U63))
                    drawn, kept, waiting = word & HALF, word >> U32, True
                product = drawn * limit
                if product & HALF >= threshold:  # Lemire 2019, doi 10.1145/3230636
                    break
            made[resample, np.int64(product >> U32)] += 1.0
    return made


@shared
def _about(estimate, low, high, lowest, highest):
    low, high = max(lowest, low), min(highest, high)
    return min(low, estimate), max(high, estimate)


@shared
def mean_interval(x, lowest, highest, quantiles):
    """Return estimate, low, high and runs of a mean; `quantiles` are those of Student's t by freedom."""
    n, total = 0, 0.0
    for value in x:
        if value == value:
            n += 1
            total += value
    if n == 0:
        return NOTHING
    mean, squares = total / n, 0.0
    for value in x:
        if value == value:
            squares += (value - mean) * (value - mean)
    if n == 1:
        return mean, np.nan, np.nan, 1.0
    half = quantiles[n - 1] * np.sqrt(squares / (n - 1) / n)
    low, high = _about(mean, mean - half, mean + half, lowest, highest)
    return mean, low, high, float(n)


@shared
def share_interval(hits, n):
    """Return a share with Wilson's interval."""
    if n == 0:
        return NOTHING
    share = hits / n
    centre = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * np.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    low, high = _about(share, centre - half, centre + half, 0.0, 1.0)
    return share, low if hits > 0 else 0.0, high if hits < n else 1.0, float(n)


@shared
def _ordered(parts):
    """Return the columns of (keys, runs) sorted, the last key being the first to count."""
    made = parts.copy()
    for n in range(1, made.shape[1]):
        own, at = made[:, n].copy(), n
        while at > 0:
            before = False
            for key in range(made.shape[0] - 1, -1, -1):
                if own[key] != made[key, at - 1]:
                    before = own[key] < made[key, at - 1]
                    break
            if not before:
                break
            made[:, at] = made[:, at - 1]
            at -= 1
        made[:, at] = own
    return made


@shared
def _parts(x, over):
    """Return (2, runs): what is counted, and over what; 0 and 0 for a run that has nothing of it."""
    made = np.zeros((2, x.size))
    for n in range(x.size):
        if x[n] == x[n] and over[n] > 0:
            made[0, n], made[1, n] = x[n] * over[n], over[n]
    return made


@shared
def _ratio(top, bottom):
    return top / bottom if bottom > 0 else np.nan


@shared
def _resampled(times, resample, part):
    top, bottom = 0.0, 0.0
    for n in range(part.shape[1]):
        top += times[resample, n] * part[0, n]
        bottom += times[resample, n] * part[1, n]
    return _ratio(top, bottom)


@shared
def pooled_interval(x, over, times):
    """Return the pooled rate of runs; `times` are drawn for runs that all have something of it."""
    part = _ordered(_parts(x, over))
    runs, top, bottom = 0, 0.0, 0.0
    for n in range(x.size):
        runs += part[1, n] > 0
        top += part[0, n]
        bottom += part[1, n]
    estimate = _ratio(top, bottom)
    if runs < 2:
        return estimate, np.nan, np.nan, float(runs)
    if runs < x.size:
        times = times_drawn(runs)
    drawn = np.empty(RESAMPLES)
    there = part[:, x.size - runs :].copy()
    for resample in range(RESAMPLES):
        drawn[resample] = _resampled(times, resample, there)
    drawn = np.sort(drawn)
    low, high = drawn[OUTSIDE - 1], drawn[RESAMPLES - OUTSIDE]
    return estimate, min(low, estimate), max(high, estimate), float(runs)


@shared
def pooled_change(a, over_a, b, over_b, times):
    """Return the difference of two pooled rates, a - b, whose runs share their luck."""
    parts = np.empty((4, a.size))
    parts[:2] = _parts(a, over_a)
    parts[2:] = _parts(b, over_b)
    parts = _ordered(parts)
    first, second = parts[:2].copy(), parts[2:].copy()
    runs = np.zeros(2, np.int64)
    sums = np.zeros(4)
    for n in range(a.size):
        runs[0] += first[1, n] > 0
        runs[1] += second[1, n] > 0
        for key in range(4):
            sums[key] += parts[key, n]
    estimate = _ratio(sums[0], sums[1]) - _ratio(sums[2], sums[3])
    if runs.min() < 2:
        return estimate, np.nan, np.nan, float(runs.min())
    changes, found = np.empty(RESAMPLES), 0
    for resample in range(RESAMPLES):
        change = _resampled(times, resample, first) - _resampled(times, resample, second)
        if change == change:
            changes[found] = change
            found += 1
    changes = np.sort(changes[:found])
    outside = max(1, int(np.rint(found * (1 - CONFIDENCE) / 2)))
    low, high = changes[outside - 1], changes[found - outside]
    return estimate, min(low, estimate), max(high, estimate), float(runs.min())


@shared
def _quantile(ordered, share):
    """Return a quantile of sorted numbers, between its two neighbours."""
    place = share * (ordered.size - 1)
    below = int(place)
    a, b = ordered[below], ordered[min(below + 1, ordered.size - 1)]
    part = place - below
    return a + (b - a) * part if part < 0.5 else b - (b - a) * (1 - part)


@shared
def mean_change(difference, times):
    """Return the mean of paired differences with the percentile interval of its bootstrap."""
    runs, total = difference.size, 0.0
    if runs == 0:
        return NOTHING
    for change in difference:
        total += change
    mean = total / runs
    if runs == 1:
        return mean, np.nan, np.nan, 1.0
    drawn = np.zeros(RESAMPLES)
    for resample in range(RESAMPLES):
        for n in range(runs):
            drawn[resample] += times[resample, n] * difference[n]
    drawn = np.sort(drawn) / runs
    low = _quantile(drawn, (1 - CONFIDENCE) / 2)
    high = _quantile(drawn, (1 + CONFIDENCE) / 2)
    return mean, min(low, mean), max(high, mean), float(runs)


@shared
def write(out, values):
    """Write four numbers."""
    for n in range(4):
        out[n] = values[n]


@shared
def summaries(x, over, lowest, highest, quantiles, out):
    """Write estimate, low, high and runs of every row of (outcomes, runs) into `out`.

    A row is a mean, or pooled over the row that `over` names (-1: none).
    """
    times = times_drawn(x.shape[1])
    for row in range(x.shape[0]):
        if over[row] < 0:
            write(out[row], mean_interval(x[row], lowest[row], highest[row], quantiles))
        else:
            write(out[row], pooled_interval(x[row], x[over[row]], times))


@shared
def changes(a, b, over, direction, out):
    """Write of every row of two (outcomes, runs) how a differs from b: the change, and who is better."""
    all_times = times_drawn(a.shape[1])
    for row in range(a.shape[0]):
        there, wins = 0, 0.0
        difference = np.empty(a.shape[1])
        for n in range(a.shape[1]):
            change = a[row, n] - b[row, n]
            if change == change:
                difference[there] = change
                there += 1
                change *= -1.0 if direction[row] < 0 else 1.0
                wins += 1.0 if change > 0 else (0.5 if change == 0 else 0.0)
        if over[row] < 0:
            times = all_times if there == a.shape[1] else times_drawn(max(1, there))
            write(out[row], mean_change(difference[:there], times))
        else:
            by = over[row]
            write(out[row], pooled_change(a[row], a[by], b[row], b[by], all_times))
        write(out[row, 4:], share_interval(wins, there))


@shared
def split_of(runs, out):
    """Write the two outcomes that shares of runs split into: low, high, share of the lower (4); or NaN."""
    out[:] = np.nan
    n = 0
    x = np.empty(runs.size)
    for value in runs:
        if value == value:
            x[n] = value
            n += 1
    x = np.sort(x[:n])
    if n < 2 or x[0] == x[n - 1]:
        return
    total = 0.0
    for value in x:
        total += value
    below, cut, most = 0.0, 0, -1.0
    low, high = 0.0, 0.0
    for k in range(1, n):
        below += x[k - 1]
        left, right = below / k, (total - below) / (n - k)
        between = k * (n - k) * (right - left) ** 2
        if between > most:
            cut, most, low, high = k, between, left, right
    apart, lower = high - low, cut / n
    if apart < APART or lower < SMALLEST or lower > 1 - SMALLEST:
        return
    counts = np.zeros(3, np.int64)
    for value in x:
        for at in range(3):
            place = ((low + high) / 2, low, high)[at]
            counts[at] += abs(value - place) <= apart / 6
    few, many = counts[0], min(counts[1], counts[2])
    # how probably so few of all fall on one of two sides that are as likely
    chance, term = 0.0, 1.0
    for _ in range(few + many):
        term *= 0.5
    for k in range(few + 1):
        chance += term
        term = term * (few + many - k) / (k + 1)
    if 2 * few <= many and chance < SIGNIFICANCE:
        out[0], out[1] = low, high
        write(out[2:], share_interval(float(cut), n))
