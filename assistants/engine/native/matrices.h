/* Vectors of eight numbers, and products of rows with a matrix in panels.
 *
 * A matrix lies in panels of 16 outputs: panel [outputs / 16][inputs][16], 8-bit ones as pairs,
 * [outputs / 16][inputs / 2][16][2], their scales [outputs / 16][inputs / block][16]. Each sum is
 * one chain of operations in a fixed order, however many rows are multiplied together. Before
 * 8-bit weights rows are rounded to 16 bits; the sums of a block are whole numbers, hence exact.
 */
#include <stdint.h>
#include <string.h>
#ifdef __AVX2__
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 16")
enum { LANES = 8, PANEL = 16, TILE = 6 };
enum { F32, INT8, F16 };

typedef float vector __attribute__((vector_size(32), aligned(4)));
typedef int32_t integers __attribute__((vector_size(32), aligned(4)));
typedef int16_t shorts __attribute__((vector_size(16), aligned(2)));
typedef _Float16 halves __attribute__((vector_size(16), aligned(2)));

typedef struct {
    int32_t kind, outputs, inputs, block;
    const void *weights;
    const float *scales;
} Matrix;

INLINE vector load(const float *at) { return *(const vector *)at; }
INLINE void store(float *at, vector value) { *(vector *)at = value; }
INLINE vector all(float value) { return value - (vector){}; }

INLINE vector where(integers chosen, vector yes, vector no)
{
    return (vector)(((integers)yes & chosen) | ((integers)no & ~chosen));
}

INLINE float sum(vector v)
{
    float four[4] = {v[0] + v[4], v[1] + v[5], v[2] + v[6], v[3] + v[7]};
    return (four[0] + four[2]) + (four[1] + four[3]);
}

/* Cephes' expf on lanes: a power of two times a polynomial, right to about one unit in 1e7. */
INLINE vector exponential(vector x)
{
    x = where(x > 88.0f, all(88.0f), x);
    x = where(x < -87.0f, all(-87.0f), x);
    const float shift = 12582912.0f; /* 1.5 * 2^23: adding it rounds to a whole number */
    vector whole = (x * 1.44269504f + shift) - shift;
    vector rest = x - whole * 0.693359375f;
    rest = rest + whole * 2.12194440e-4f;
    vector p = all(1.9875691500e-4f);
    p = p * rest + 1.3981999507e-3f;
    p = p * rest + 8.3334519073e-3f;
    p = p * rest + 4.1665795894e-2f;
    p = p * rest + 1.6666665459e-1f;
    p = p * rest + 5.0000001201e-1f;
    p = p * (rest * rest) + rest + 1.0f;
    integers power = (__builtin_convertvector(whole, integers) + 127) << 23;
    return p * (vector)power;
}

INLINE vector higher(vector a, vector b) { return where(a > b, a, b); }

INLINE float highest(vector v)
{
    float most = v[0];
    for (int lane = 1; lane < LANES; lane++) most = v[lane] > most ? v[lane] : most;
    return most;
}

INLINE vector sigmoid(vector x) { return 1.0f / (1.0f + exponential(-x)); }

/* GCC makes scalar code of these conversions, so they are spelled out where it matters most. */
INLINE vector from_halves(const _Float16 *at)
{
#ifdef __AVX2__
    return (vector)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)at));
#else
    return __builtin_convertvector(*(const halves *)at, vector);
#endif
}

INLINE void to_halves(vector x, _Float16 *at)
{
#ifdef __AVX2__
    _mm_storeu_si128((__m128i *)at, _mm256_cvtps_ph((__m256)x, _MM_FROUND_TO_NEAREST_INT));
#else
    *(halves *)at = __builtin_convertvector(x, halves);
#endif
}

/* Eight pairs of 8-bit weights; the sums of their products with the pair in `both`, exact. */
#ifdef __AVX2__
typedef __m256i pairs;

INLINE pairs from_bytes(const int8_t *at)
{
    return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)at));
}

INLINE integers products(pairs weights, int32_t both)
{
    return (integers)_mm256_madd_epi16(weights, _mm256_set1_epi32(both));
}

INLINE shorts to_shorts(vector x)
{
    __m256i whole = _mm256_cvtps_epi32((__m256)x);
    return (shorts)_mm_packs_epi32(_mm256_castsi256_si128(whole),
                                   _mm256_extracti128_si256(whole, 1));
}
#else
typedef struct {
    integers first, second;
} pairs;

INLINE pairs from_bytes(const int8_t *at)
{
    integers both = __builtin_convertvector(*(const shorts *)at, integers);
    return (pairs){both << 24 >> 24, both >> 8};
}

INLINE integers products(pairs weights, int32_t both)
{
    return weights.first * (int16_t)both + weights.second * (both >> 16);
}

INLINE shorts to_shorts(vector x)
{
    const float shift = 12582912.0f;
    return __builtin_convertvector((x + shift) - shift, shorts);
}
#endif

INLINE vector to_floats(integers x) { return __builtin_convertvector(x, vector); }

INLINE vector widened(int kind, const void *weights, long at)
{
    if (kind == F16) return from_halves((const _Float16 *)weights + at);
    return load((const float *)weights + at);
}

/* Where numbers of a matrix lie: a depth is `stride` behind the last, 16 depths `far` behind the
 * last 16, a panel `apart` behind the last. What is read next lies `ahead` of what is read now. */
typedef struct {
    long stride, far, apart, ahead;
} Layout;

/* y[rows][16 * panels] = x[rows][depth] * w. */
INLINE void tile(int kind, int rows, int panels, const float *x, long x_apart, const void *w,
                 Layout at, int depth, float *y, long y_apart)
{
    vector total[TILE][4][2] = {};
    const long size = kind == F16 ? 2 : 4;
    for (int start = 0; start < depth; start += PANEL) {
        const int end = depth - start < PANEL ? depth : start + PANEL;
        const char *from = (const char *)w + start / PANEL * at.far * size;
        for (int k = start; k < end; k++, from += at.stride * size) {
            UNROLL for (int p = 0; p < panels; p++) {
                __builtin_prefetch(from + (at.ahead + p * at.apart) * size, 0, 2);
                vector low = widened(kind, from, p * at.apart);
                vector high = widened(kind, from, p * at.apart + LANES);
                UNROLL for (int r = 0; r < rows; r++) {
                    vector value = all(x[r * x_apart + k]);
                    total[r][p][0] += value * low;
                    total[r][p][1] += value * high;
                }
            }
        }
    }
    UNROLL for (int r = 0; r < rows; r++)
        UNROLL for (int p = 0; p < panels; p++) {
            store(y + r * y_apart + p * PANEL, total[r][p][0]);
            store(y + r * y_apart + p * PANEL + LANES, total[r][p][1]);
        }
}

/* The same for up to `TILE` rows and any number of panels, with several chains at a time. */
INLINE void strip(int kind, int rows, int panels, const float *x, long x_apart, const void *w,
                  Layout at, int depth, float *y, long y_apart)
{
    const long size = kind == F16 ? 2 : 4;
    for (int p = 0; p < panels;) {
        const void *from = (const char *)w + p * at.apart * size;
        int left = panels - p;
#define RUN(R, P) tile(kind, R, P, x, x_apart, from, at, depth, y + p * PANEL, y_apart)
#define CASE(R, P) \
    case R: \
        if (left >= P) RUN(R, P), p += P; \
        else RUN(R, 1), p += 1; \
        break;
        switch (rows) {
            CASE(1, 4) CASE(2, 2)
        case 3: RUN(3, 1), p += 1; break;
        case 4: RUN(4, 1), p += 1; break;
        case 5: RUN(5, 1), p += 1; break;
        default: RUN(6, 1), p += 1;
        }
#undef CASE
#undef RUN
    }
}

static void strip_f32(int rows, int panels, const float *x, long x_apart, const float *w,
                      Layout at, int depth, float *y, long y_apart)
{
    strip(F32, rows, panels, x, x_apart, w, at, depth, y, y_apart);
}

static void strip_f16(int rows, int panels, const float *x, long x_apart, const _Float16 *w,
                      Layout at, int depth, float *y, long y_apart)
{
    strip(F16, rows, panels, x, x_apart, w, at, depth, y, y_apart);
}

static int padded(int outputs) { return (outputs + PANEL - 1) / PANEL * PANEL; }

/* How far rows of results lie apart: with powers of two their stores would get into the way of
 * each other (processors compare the last twelve bits of addresses). */
static int spread(int outputs) { return padded(outputs) + PANEL; }

/* What a product of some rows needs besides: a panel as float32, rows as 16 bits, their steps. */
typedef struct {
    float *panel, *steps;
    int16_t *rounded;
} Room;

/* Round a row to 16 bits; returns the step between two numbers. */
static float round_off(const float *x, int depth, int16_t *y)
{
    vector sizes = all(1e-30f);
    for (int k = 0; k < depth; k += LANES)
        sizes = higher((vector)((integers)load(x + k) & 0x7fffffff), sizes);
    const float most = highest(sizes), by = 32767.0f / most;
    for (int k = 0; k < depth; k += LANES) *(shorts *)(y + k) = to_shorts(load(x + k) * by);
    return most / 32767.0f;
}

/* y[rows][16 * panels] = x[rows][depth] * w, 8-bit weights, whose rows of x are `steps` wide.
 * `ahead` is what will be read next, as much as is read now. */
INLINE void tile_bytes(int rows, int panels, const int16_t *x, const float *steps, const int8_t *w,
                       const float *scales, const int8_t *ahead, int block, int depth, float *y,
                       long y_apart)
{
    const long apart = (long)depth * PANEL;
    vector total[TILE][2][2] = {};
    for (int start = 0; start < depth; start += block) {
        integers sums[TILE][2][2] = {};
        _Pragma("GCC unroll 2") for (int k = start; k < start + block; k += 2)
            UNROLL for (int p = 0; p < panels; p++) {
                __builtin_prefetch(ahead + p * apart + k * PANEL, 0, 2);
                pairs low = from_bytes(w + p * apart + k * PANEL);
                pairs high = from_bytes(w + p * apart + k * PANEL + PANEL);
                UNROLL for (int r = 0; r < rows; r++) {
                    int32_t both;
                    memcpy(&both, x + (long)r * depth + k, sizeof both);
                    sums[r][p][0] += products(low, both);
                    sums[r][p][1] += products(high, both);
                }
            }
        UNROLL for (int p = 0; p < panels; p++) {
            const float *by = scales + (p * apart + start * PANEL) / block;
            UNROLL for (int r = 0; r < rows; r++) {
                total[r][p][0] += to_floats(sums[r][p][0]) * load(by);
                total[r][p][1] += to_floats(sums[r][p][1]) * load(by + LANES);
            }
        }
    }
    UNROLL for (int r = 0; r < rows; r++)
        UNROLL for (int p = 0; p < panels; p++) {
            store(y + r * y_apart + p * PANEL, total[r][p][0] * steps[r]);
            store(y + r * y_apart + p * PANEL + LANES, total[r][p][1] * steps[r]);
        }
}

/* `next` holds the weights that are multiplied behind these. */
static void multiply_bytes(const Matrix *m, const Matrix *next, const int16_t *x,
                           const float *steps, int rows, float *y, long y_apart)
{
    const int panels = padded(m->outputs) / PANEL, depth = m->inputs;
    const int tiles = (rows + TILE - 1) / TILE, high = (rows + tiles - 1) / tiles;
    for (int p = 0, wide; p < panels; p += wide) {
        const int8_t *w = (const int8_t *)m->weights + (long)p * depth * PANEL;
        const float *scales = m->scales + (long)p * depth * PANEL / m->block;
        wide = high <= 3 && panels - p >= 2 ? 2 : 1;
        const int8_t *ahead = p + wide < panels ? w + (long)wide * depth * PANEL : next->weights;
        for (int r = 0; r < rows; r += high) {
            const int left = rows - r < high ? rows - r : high;
#define RUN(R, P) \
    tile_bytes(R, P, x + (long)r * depth, steps + r, w, scales, ahead, m->block, depth, \
               y + r * y_apart + p * PANEL, y_apart)
#define CASE(R) \
    case R: \
        if (wide == 2) RUN(R, 2); \
        else RUN(R, 1); \
        break;
            switch (left) {
                CASE(1) CASE(2) CASE(3)
            case 4: RUN(4, 1); break;
            case 5: RUN(5, 1); break;
            default: RUN(6, 1);
            }
#undef CASE
#undef RUN
        }
    }
}

/* A panel of halves as float32. */
static void widen(const _Float16 *restrict from, int depth, float *restrict to)
{
    for (int k = 0; k < depth * PANEL; k += LANES) store(to + k, from_halves(from + k));
}

/* y[rows][outputs] = x[rows][inputs] * matrix; rows of y lie `spread` apart. `next` is the matrix
 * that is multiplied behind this one. */
static void multiply(const Room *room, const Matrix *m, const Matrix *next, const float *x,
                     long x_apart, int rows, float *y)
{
    const int panels = padded(m->outputs) / PANEL, depth = m->inputs;
    const long y_apart = spread(m->outputs);
    const Layout at = {PANEL, PANEL * PANEL, (long)depth * PANEL, 2L * depth * PANEL};
    if (rows == 0) return;
    if (m->kind == INT8) {
        for (int r = 0; r < rows; r++)
            room->steps[r] = round_off(x + r * x_apart, depth, room->rounded + (long)r * depth);
        multiply_bytes(m, next, room->rounded, room->steps, rows, y, y_apart);
        return;
    }
    if (m->kind == F16 && rows <= TILE) {
        strip_f16(rows, panels, x, x_apart, m->weights, at, depth, y, y_apart);
        return;
    }
    const int tiles = (rows + TILE - 1) / TILE, high = (rows + tiles - 1) / tiles;
    for (int p = 0; p < panels; p++) {
        const float *wide = room->panel;
        if (m->kind == F16) widen((const _Float16 *)m->weights + p * at.apart, depth, room->panel);
        else wide = (const float *)m->weights + p * at.apart;
        for (int r = 0; r < rows; r += high)
            strip_f32(rows - r < high ? rows - r : high, 1, x + r * x_apart, x_apart, wide, at,
                      depth, y + r * y_apart + p * PANEL, y_apart);
    }
}
