"""exp, log, power and the normal quantile in plain arithmetic.

The C library's versions differ between systems in the last bit, and a bit is enough to change
who adopts. These use only + - * / and bit patterns, so they give the same bits everywhere.

exp and log follow the algorithms of FDLIBM (Sun Microsystems 1993), the quantile is AS 241
(Wichura 1988, doi 10.2307/2347330). Errors are below 1 unit in the last place (tested).
"""

import math

import numpy as np

from sim.tables.compiled import compiled

LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
INVERSE_LN2 = 1.44269504088896338700e00
SQRT_HALF = 0.7071067811865476
TWO_1023, TWO_MINUS_100 = 2.0**1023, 2.0**-100
TWO_54 = 18014398509481984.0
SPLITTER = 134217729.0  # 2^27 + 1, splits a double into two halves (Dekker 1971)
MANTISSA = np.int64(0x000FFFFFFFFFFFFF)
ONE_BITS = np.int64(0x3FF0000000000000)


@compiled
def _power_of_two(k):
    """2^k for -1022 <= k <= 1023."""
    return np.int64((np.int64(k) + np.int64(1023)) << np.int64(52)).view(np.float64)


@compiled
def _scale(y, k):
    """Return y * 2^k, also where 2^k alone would overflow or vanish."""
    if k > 1023:
        return y * TWO_1023 * _power_of_two(k - 1023)
    if k < -1000:
        return y * _power_of_two(k + 100) * TWO_MINUS_100
    return y * _power_of_two(k)


@compiled
def _exp_sum(x, rest):
    """e^(x + rest), rest far below x: what a product's rounding left."""
    if not (x <= 709.782712893384):
        return x if x != x else np.inf
    if x < -745.1332191019412:
        return 0.0
    k = np.int64(INVERSE_LN2 * x + (0.5 if x >= 0.0 else -0.5))
    high = x - k * LN2_HIGH
    low = k * LN2_LOW - rest
    r = high - low
    t = r * r
    c = r - t * (
        1.66666666666666019037e-01
        + t
        * (
            -2.77777777770155933842e-03
            + t
            * (
                6.61375632143793436117e-05
                + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08)
            )
        )
    )
    return _scale(1.0 - ((low - (r * c) / (2.0 - c)) - high), k)


@compiled
def exp(x):
    """e^x. NaN gives NaN."""
    return _exp_sum(x, 0.0)


@compiled
def _split_exponent(x):
    """Return m, k with x = m * 2^k and sqrt(1/2) <= m < sqrt(2), for finite x > 0."""
    k = np.int64(0)
    if x < 2.2250738585072014e-308:
        x = x * TWO_54
        k -= np.int64(54)
    bits = np.float64(x).view(np.int64)
    k += (bits >> np.int64(52)) - np.int64(1023)
    m = np.int64((bits & MANTISSA) | ONE_BITS).view(np.float64)
    if m >= 2.0 * SQRT_HALF:
        m *= 0.5
        k += np.int64(1)
    return m, k


@compiled
def log(x):
    """Natural logarithm. 0 gives -inf, a negative number or NaN gives NaN."""
    if not (x > 0.0) or x == np.inf:
        return x if x == np.inf else (-np.inf if x == 0.0 else np.nan)
    m, k = _split_exponent(x)
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (
        3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01)
    )
    odd = z * (
        6.666666666666735130e-01
        + w
        * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860510658591e-01))
    )
    half = 0.5 * f * f
    return s * (half + even + odd) + k * LN2_LOW - half + f + k * LN2_HIGH


@compiled
def _two_sum(a, b):
    """a + b as rounded sum and its error (Knuth)."""
    s = a + b
    t = s - a
    return s, (a - (s - t)) + (b - t)


@compiled
def _two_product(a, b):
    """a * b as rounded product and its error (Dekker)."""
    p = a * b
    t = SPLITTER * a
    a_high = t - (t - a)
    a_low = a - a_high
    t = SPLITTER * b
    b_high = t - (t - b)
    b_low = b - b_high
    return p, ((a_high * b_high - p) + a_high * b_low + a_low * b_high) + a_low * b_low


@compiled
def _double_log(x):
    """Return log x as an unevaluated sum of two doubles, good to about 2^-64, for finite x > 0."""
    m, k = _split_exponent(x)
    # s = (m - 1) / (m + 1), both operands exact as pairs, then 2 s + 2 s^3/3 + tail
    f = m - 1.0
    bottom, bottom_error = _two_sum(m, 1.0)
    s = f / bottom
    p, p_error = _two_product(s, bottom)
    s_error = ((f - p) - p_error - s * bottom_error) / bottom
    z, z_error = _two_product(s, s)
    z_error += 2.0 * s * s_error
    # odd powers above the third, far enough below to need one double only
    tail = 1.0 / 23.0
    for n in (21.0, 19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0):
        tail = 1.0 / n + z * tail
    cube, cube_error = _two_product(s, z)
    cube_error += s * z_error + s_error * z
    third, third_error = _two_product(cube, 2.0 / 3.0)
    third_error += cube_error * (2.0 / 3.0) + cube * 3.700743415417188e-17
    rest = 2.0 * cube * z * tail
    total, e1 = _two_sum(k * LN2_HIGH, 2.0 * s)
    total, e2 = _two_sum(total, third)
    total, e3 = _two_sum(total, k * LN2_LOW)
    low = e1 + e2 + e3 + (2.0 * s_error + third_error + rest)
    return _two_sum(total, low)


@compiled
def power(x, y):
    """x^y for x >= 0. x^0 is 1; 0 to a negative power is inf; x < 0 or NaN gives NaN."""
    if y == 0.0:
        return 1.0
    if not (x >= 0.0) or y != y:
        return np.nan
    if y == 1.0:
        return x
    if y == -1.0:
        return 1.0 / x
    if x == 0.0:
        return 0.0 if y > 0.0 else np.inf
    if x == np.inf:
        return np.inf if y > 0.0 else 0.0
    high, low = _double_log(x)
    if abs(y * high) > 800.0:
        return np.inf if y * high > 0.0 else 0.0
    product, error = _two_product(high, y)
    error += low * y
    return _exp_sum(product, error)


@compiled
def normal_quantile(p):
    """Value below which a standard normal variable lies with probability p, 0 < p < 1."""
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = 2.5090809287301226727e3
        for c in (
            3.3430575583588128105e4,
            6.7265770927008700853e4,
            4.5921953931549871457e4,
            1.3731693765509461125e4,
            1.9715909503065514427e3,
            1.3314166789178437745e2,
            3.3871328727963666080e0,
        ):
            top = top * r + c
        bottom = 5.2264952788528545610e3
        for c in (
            2.8729085735721942674e4,
            3.9307895800092710610e4,
            2.1213794301586595867e4,
            5.3941960214247511077e3,
            6.8718700749205790830e2,
            4.2313330701600911252e1,
            1.0,
        ):
            bottom = bottom * r + c
        return top * q / bottom
    tail = math.sqrt(-log(p if q <= 0.0 else 1.0 - p))
    if tail <= 5.0:
        r = tail - 1.6
        top = 7.7454501427834140764e-4
        for c in (
            2.27238449892691845833e-2,
            2.41780725177450611770e-1,
            1.27045825245236838258e0,
            3.64784832476320460504e0,
            5.76949722146069140550e0,
            4.63033784615654529590e0,
            1.42343711074968357734e0,
        ):
            top = top * r + c
        bottom = 1.05075007164441684324e-9
        for c in (
            5.47593808499534494600e-4,
            1.51986665636164571966e-2,
            1.48103976427480074590e-1,
            6.89767334985100004550e-1,
            1.67638483018380384940e0,
            2.05319162663775882187e0,
            1.0,
        ):
            bottom = bottom * r + c
    else:
        r = tail - 5.0
        top = 2.01033439929228813265e-7
        for c in (
            2.71155556874348757815e-5,
            1.24266094738807843860e-3,
            2.65321895265761230930e-2,
            2.96560571828504891230e-1,
            1.78482653991729133580e0,
            5.46378491116411436990e0,
            6.65790464350110377720e0,
        ):
            top = top * r + c
        bottom = 2.04426310338993978564e-15
        for c in (
            1.42151175831644588870e-7,
            1.84631831751005468180e-5,
            7.86869131145613259100e-4,
            1.48753612908506148525e-2,
            1.36929880922735805310e-1,
            5.99832206555887937690e-1,
            1.0,
        ):
            bottom = bottom * r + c
    return -top / bottom if q < 0.0 else top / bottom
