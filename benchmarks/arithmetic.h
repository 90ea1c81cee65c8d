/* The hash, exp, log and power of the model, as sim/model/streams.py and numerics.py have them. */
#include <math.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static inline uint64_t child(uint64_t key, uint64_t number)
{
    return mix(key + (number + 1) * 0x9E3779B97F4A7C15u);
}

static inline double uniform(uint64_t key, uint64_t decision)
{
    return (double)(child(key, decision) >> 11) * 0x1p-53;
}

static inline double from_bits(int64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline int64_t to_bits(double x)
{
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline double power_of_two(int64_t k) { return from_bits((k + 1023) << 52); }

/* exp(x + rest) for moderate x: no overflow, as sigmoid and powers of shares need it */
static inline double exp_sum(double x, double rest)
{
    int64_t k;
    double high, low, r, t, c, y;
    if (!(x <= 709.782712893384))
        return x != x ? x : INFINITY;
    if (x < -745.1332191019412)
        return 0.0;
    k = (int64_t)(1.44269504088896338700e00 * x + (x >= 0.0 ? 0.5 : -0.5));
    high = x - k * 6.93147180369123816490e-01;
    low = k * 1.90821492927058770002e-10 - rest;
    r = high - low;
    t = r * r;
    c = r - t * (1.66666666666666019037e-01 + t * (-2.77777777770155933842e-03
        + t * (6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06
        + t * 4.13813679705723846039e-08))));
    y = 1.0 - ((low - (r * c) / (2.0 - c)) - high);
    if (k > 1023)
        return y * power_of_two(1023) * power_of_two(k - 1023);
    if (k < -1000)
        return y * power_of_two(k + 100) * power_of_two(-100);
    return y * power_of_two(k);
}

static inline double split_exponent(double x, int64_t *k)
{
    int64_t bits = to_bits(x);
    double m = from_bits((bits & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000);
    *k = (bits >> 52) - 1023;
    if (m >= 2.0 * 0.7071067811865476) {
        m *= 0.5;
        *k += 1;
    }
    return m;
}

/* x normal and > 0 */
static inline double log_of(double x)
{
    int64_t k;
    double f = split_exponent(x, &k) - 1.0, s = f / (2.0 + f), z = s * s, w = z * z, half;
    double even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01
        + w * 1.531383769920937332e-01));
    double odd = z * (6.666666666666735130e-01 + w * (2.857142874366239149e-01
        + w * (1.818357216161805012e-01 + w * 1.479819860510658591e-01)));
    half = 0.5 * f * f;
    return s * (half + even + odd) + k * 1.90821492927058770002e-10 - half + f
        + k * 6.93147180369123816490e-01;
}

static inline double two_sum(double a, double b, double *error)
{
    double s = a + b, t = s - a;
    *error = (a - (s - t)) + (b - t);
    return s;
}

static inline double two_product(double a, double b, double *error)
{
    double p = a * b, t = 134217729.0 * a, ah = t - (t - a), al = a - ah, bh, bl;
    t = 134217729.0 * b;
    bh = t - (t - b);
    bl = b - bh;
    *error = ((ah * bh - p) + ah * bl + al * bh) + al * bl;
    return p;
}

static double double_log(double x, double *low)
{
    int64_t k;
    double m = split_exponent(x, &k), f = m - 1.0, bottom, be, s, p, pe, se, z, ze, tail;
    double cube, ce, third, te, rest, total, e1, e2, e3;
    bottom = two_sum(m, 1.0, &be);
    s = f / bottom;
    p = two_product(s, bottom, &pe);
    se = ((f - p) - pe - s * be) / bottom;
    z = two_product(s, s, &ze);
    ze += 2.0 * s * se;
    tail = 1.0 / 23.0;
    for (double n = 21.0; n >= 5.0; n -= 2.0)
        tail = 1.0 / n + z * tail;
    cube = two_product(s, z, &ce);
    ce += s * ze + se * z;
    third = two_product(cube, 2.0 / 3.0, &te);
    te += ce * (2.0 / 3.0) + cube * 3.700743415417188e-17;
    rest = 2.0 * cube * z * tail;
    total = two_sum(k * 6.93147180369123816490e-01, 2.0 * s, &e1);
    total = two_sum(total, third, &e2);
    total = two_sum(total, k * 1.90821492927058770002e-10, &e3);
    return two_sum(total, e1 + e2 + e3 + (2.0 * se + te + rest), low);
}

/* x^y for x in (0, 1] or 0, y > 0: shares and what is left of them */
static double power(double x, double y)
{
    double high, low, product, error;
    if (y == 1.0)
        return x;
    if (x == 0.0)
        return 0.0;
    high = double_log(x, &low);
    if (fabs(y * high) > 800.0)
        return 0.0;
    product = two_product(high, y, &error);
    error += low * y;
    return exp_sum(product, error);
}
