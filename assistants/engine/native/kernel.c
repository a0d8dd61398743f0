/* One step of the bundled mixture of experts, for compilers with vector extensions (GCC, Clang).
 *
 * A step runs any number of tokens of any sequences. What a token gets depends on its sequence
 * alone, to the last bit: each sum is one chain of fused multiply-adds in a fixed order, however
 * many tokens run beside it. Activations are float32; 8-bit weights are widened as they are read.
 *
 * A matrix lies in panels of 16 outputs: panel [outputs / 16][inputs][16], its scales
 * [outputs / 16][inputs / block][16]. A sequence's memory is [layers][2][kv_heads][context * head]
 * of half precision: values as [context][head], keys in panels, [context / 16][head][16].
 */
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __AVX2__
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 16")
enum { LANES = 8, PANEL = 16, TILE = 6, MOST_THREADS = 8 };
enum { F32, INT8, F16 };

typedef float vector __attribute__((vector_size(32), aligned(4)));
typedef int32_t integers __attribute__((vector_size(32), aligned(4)));
typedef int8_t bytes __attribute__((vector_size(8), aligned(1)));
typedef _Float16 halves __attribute__((vector_size(16), aligned(2)));

typedef struct {
    int32_t kind, outputs, inputs, block;
    const void *weights;
    const float *scales;
} Matrix;

/* Without experts a layer is dense: `up` and `down` alone. Rows of `up` are gates, then values. */
typedef struct {
    const float *norm1, *norm2, *balance;
    Matrix qkv, out, router, up, down;
    const Matrix *expert_up, *expert_down;
} Layer;

typedef struct {
    int32_t width, layers, heads, kv_heads, head, rotary, experts, chosen, context;
    float epsilon, factor;
    const float *cosines, *sines, *norm;
    Matrix embedding, output;
    const Layer *layer;
} Model;

/* `logits` is where this token's go, outputs padded to a panel; NULL where nobody wants them. */
typedef struct {
    _Float16 *memory;
    float *logits;
    int32_t id, position;
} Token;

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

INLINE vector sigmoid(vector x) { return 1.0f / (1.0f + exponential(-x)); }

/* GCC makes scalar code of these conversions, so they are spelled out where it matters most. */
INLINE vector from_bytes(const int8_t *at)
{
#ifdef __AVX2__
    return (vector)_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)at)));
#else
    return __builtin_convertvector(*(const bytes *)at, vector);
#endif
}

INLINE vector from_halves(const _Float16 *at)
{
#ifdef __AVX2__
    return (vector)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)at));
#else
    return __builtin_convertvector(*(const halves *)at, vector);
#endif
}

INLINE vector widened(int kind, const void *weights, long at)
{
    if (kind == INT8) return from_bytes((const int8_t *)weights + at);
    if (kind == F16) return from_halves((const _Float16 *)weights + at);
    return load((const float *)weights + at);
}

/* y[rows][16 * panels] = x[rows][depth] * w: `w` steps by `stride` a depth, `apart` a panel. */
INLINE void tile(int kind, int rows, int panels, const float *x, long x_apart, const void *w,
                 const float *scales, int block, long stride, long apart, int depth, float *y,
                 long y_apart)
{
    vector total[TILE][4][2] = {};
    for (int start = 0; start < depth; start += block) {
        vector scale[4][2] = {};
        UNROLL for (int p = 0; kind == INT8 && p < panels; p++) {
            const float *from = scales + (p * apart + start * PANEL) / block;
            scale[p][0] = load(from), scale[p][1] = load(from + LANES);
        }
        int stop = start + block < depth ? start + block : depth;
        for (int k = start; k < stop; k++) {
            UNROLL for (int p = 0; p < panels; p++) {
                vector low = widened(kind, w, p * apart + k * stride);
                vector high = widened(kind, w, p * apart + k * stride + LANES);
                if (kind == INT8) low = low * scale[p][0], high = high * scale[p][1];
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
                  const float *scales, int block, long stride, long apart, int depth, float *y,
                  long y_apart)
{
    const long size = kind == INT8 ? 1 : kind == F16 ? 2 : 4;
    for (int p = 0; p < panels;) {
        const void *from = (const char *)w + p * apart * size;
        const float *by = kind == INT8 ? scales + p * apart / block : NULL;
        int left = panels - p;
#define RUN(R, P) \
    tile(kind, R, P, x, x_apart, from, by, block, stride, apart, depth, y + p * PANEL, y_apart)
#define CASE(R, P) \
    case R: \
        if (left >= P) RUN(R, P), p += P; \
        else RUN(R, 1), p += 1; \
        break;
        switch (rows) {
            CASE(1, 4) CASE(2, 2) CASE(3, 2)
        case 4: RUN(4, 1), p += 1; break;
        case 5: RUN(5, 1), p += 1; break;
        default: RUN(6, 1), p += 1;
        }
#undef CASE
#undef RUN
    }
}

static void strip_f32(int rows, int panels, const float *x, long x_apart, const float *w,
                      long stride, long apart, int depth, float *y, long y_apart)
{
    strip(F32, rows, panels, x, x_apart, w, NULL, depth, stride, apart, depth, y, y_apart);
}

static void strip_f16(int rows, int panels, const float *x, long x_apart, const _Float16 *w,
                      long stride, long apart, int depth, float *y, long y_apart)
{
    strip(F16, rows, panels, x, x_apart, w, NULL, depth, stride, apart, depth, y, y_apart);
}

static int padded(int outputs) { return (outputs + PANEL - 1) / PANEL * PANEL; }

/* A panel of weights as float32. */
INLINE void widen(int kind, int depth, const void *restrict weights, const float *restrict scales,
                  int block, float *restrict wide)
{
    for (int start = 0; start < depth; start += block) {
        vector low = all(1), high = all(1);
        if (kind == INT8) low = load(scales + start / block * PANEL);
        if (kind == INT8) high = load(scales + start / block * PANEL + LANES);
        for (int k = start; k < start + block; k++) {
            store(wide + k * PANEL, widened(kind, weights, k * PANEL) * low);
            store(wide + k * PANEL + LANES, widened(kind, weights, k * PANEL + LANES) * high);
        }
    }
}

/* y[rows][padded outputs] = x[rows][inputs] * matrix; `panel` has room for inputs * 16 floats. */
static void multiply(const Matrix *m, const float *x, long x_apart, int rows, float *y,
                     long y_apart, float *panel)
{
    const int panels = padded(m->outputs) / PANEL, depth = m->inputs;
    const long apart = (long)depth * PANEL;
    if (rows == 0) return;
    if (rows <= TILE) {
#define STRIP(K) \
    strip(K, rows, panels, x, x_apart, m->weights, m->scales, m->block, PANEL, apart, depth, y, \
          y_apart)
        if (m->kind == INT8) STRIP(INT8);
        else if (m->kind == F16) STRIP(F16);
        else STRIP(F32);
#undef STRIP
        return;
    }
    const int tiles = (rows + TILE - 1) / TILE, high = (rows + tiles - 1) / tiles;
    for (int p = 0; p < panels; p++) {
        const float *by = m->kind == INT8 ? m->scales + p * apart / m->block : NULL, *wide = panel;
        if (m->kind == INT8)
            widen(INT8, depth, (const int8_t *)m->weights + p * apart, by, m->block, panel);
        else if (m->kind == F16)
            widen(F16, depth, (const _Float16 *)m->weights + p * apart, by, m->block, panel);
        else
            wide = (const float *)m->weights + p * apart;
        for (int r = 0; r < rows; r += high)
            strip_f32(rows - r < high ? rows - r : high, 1, x + r * x_apart, x_apart, wide, PANEL,
                      apart, depth, y + r * y_apart + p * PANEL, y_apart);
    }
}

static void embed(const Matrix *table, int id, float *x)
{
    for (int k = 0; k < table->inputs; k++) {
        long panel = id / PANEL, lane = id % PANEL;
        long at = (panel * table->inputs + k) * PANEL + lane;
        if (table->kind == INT8)
            x[k] = ((const int8_t *)table->weights)[at] *
                   table->scales[(panel * table->inputs + k) / table->block * PANEL + lane];
        else if (table->kind == F16) x[k] = (float)((const _Float16 *)table->weights)[at];
        else x[k] = ((const float *)table->weights)[at];
    }
}

static void normalise(const float *x, const float *gamma, int width, float epsilon, float *y)
{
    vector squares = {};
    for (int k = 0; k < width; k += LANES) squares += load(x + k) * load(x + k);
    float scale = 1.0f / sqrtf(sum(squares) / (float)width + epsilon);
    for (int k = 0; k < width; k += LANES) store(y + k, load(x + k) * scale * load(gamma + k));
}

/* Gates and values [2 * width] to silu(gate) * value [width]. */
static void activate(const float *both, int width, float *y)
{
    for (int k = 0; k < width; k += LANES) {
        vector gate = load(both + k);
        store(y + k, gate * sigmoid(gate) * load(both + width + k));
    }
}

/* Rotate the first 2 * `half` numbers of a head by a position's angles. */
static void rotate(float *x, const float *cosines, const float *sines, int half)
{
    for (int k = 0; k < half; k++) {
        float a = x[k], b = x[k + half];
        x[k] = a * cosines[k] - b * sines[k];
        x[k + half] = b * cosines[k] + a * sines[k];
    }
}

/* Scores to probabilities: `count` of `size` are real, the rest become zero. */
static void softmax(float *scores, int count, int size)
{
    float highest = scores[0];
    for (int k = 1; k < count; k++) highest = scores[k] > highest ? scores[k] : highest;
    for (int k = count; k < size; k++) scores[k] = 0;
    vector total = {};
    for (int k = 0; k < size; k += LANES) {
        vector made = exponential(load(scores + k) - highest);
        if (k + LANES > count)
            for (int lane = 0; lane < LANES; lane++)
                if (k + lane >= count) made[lane] = 0;
        total += made;
        store(scores + k, made);
    }
    float scale = 1.0f / sum(total);
    for (int k = 0; k < size; k += LANES) store(scores + k, load(scores + k) * scale);
}

typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t all_here;
    int here, wanted, turn, called_off, apart;
} Meeting;

static void meet(Meeting *m)
{
    if (m->wanted == 1 || m->apart) return;
    pthread_mutex_lock(&m->lock);
    int turn = m->turn;
    if (++m->here == m->wanted) {
        m->here = 0, m->turn++;
        pthread_cond_broadcast(&m->all_here);
    }
    while (turn == m->turn) pthread_cond_wait(&m->all_here, &m->lock);
    pthread_mutex_unlock(&m->lock);
}

/* What one thread works on: some of a step's tokens, and room for their activations. */
typedef struct {
    const Model *model;
    const Token *tokens;
    int count;
    Meeting *meeting;
    float *x, *normed, *qkv, *mixed, *both, *hidden, *made, *routing, *panel, *scores, *query;
    int32_t *chosen, *members;
} Work;

static int allocate(Work *w)
{
    const Model *m = w->model;
    long n = w->count, qkv = (long)(m->heads + 2 * m->kv_heads) * m->head, both = 0;
    for (int i = 0; i < m->layers; i++) {
        const Layer *l = m->layer + i;
        if (l->up.outputs > both) both = l->up.outputs;
        for (int e = 0; l->expert_up && e < m->experts; e++)
            if (l->expert_up[e].outputs > both) both = l->expert_up[e].outputs;
    }
    long mixed = (long)m->heads * m->head > m->width ? (long)m->heads * m->head : m->width;
    long deepest = both > mixed ? both : mixed;
    const long sizes[] = {
        n * m->width, n * m->width, n * padded((int)qkv), n * mixed, n * padded((int)both),
        n * both, n * padded(m->width), n * padded(m->experts), deepest * PANEL,
        (long)TILE * padded(m->context), TILE * m->head, n * m->chosen, n,
    };
    float **const places[] = {
        &w->x, &w->normed, &w->qkv, &w->mixed, &w->both, &w->hidden, &w->made, &w->routing,
        &w->panel, &w->scores, &w->query, (float **)&w->chosen, (float **)&w->members,
    };
    long total = 0;
    for (int i = 0; i < 13; i++) total += (sizes[i] + PANEL - 1) / PANEL * PANEL;
    float *at = malloc(total * sizeof(float));
    if (!at) return 0;
    for (int i = 0; i < 13; i++) *places[i] = at, at += (sizes[i] + PANEL - 1) / PANEL * PANEL;
    return 1;
}

static _Float16 *cache(const Model *m, const Token *t, int layer, int values, int head)
{
    return t->memory + (((long)layer * 2 + values) * m->kv_heads + head) * m->context * m->head;
}

/* Queries are rotated in place; keys and values go to the sequences' memory. */
static void remember(Work *w, int layer)
{
    const Model *m = w->model;
    const long apart = padded((m->heads + 2 * m->kv_heads) * m->head);
    for (int i = 0; i < w->count; i++) {
        const Token *t = w->tokens + i;
        const float *cosines = m->cosines + (long)t->position * m->rotary;
        const float *sines = m->sines + (long)t->position * m->rotary;
        float *row = w->qkv + i * apart;
        for (int h = 0; h < m->heads + m->kv_heads; h++)
            rotate(row + h * m->head, cosines, sines, m->rotary);
        for (int h = 0; h < m->kv_heads; h++) {
            const float *key = row + (m->heads + h) * m->head, *value = key + m->kv_heads * m->head;
            _Float16 *values = cache(m, t, layer, 1, h) + (long)t->position * m->head;
            _Float16 *keys = cache(m, t, layer, 0, h) + t->position % PANEL +
                             (long)(t->position / PANEL) * PANEL * m->head;
            for (int k = 0; k < m->head; k++) {
                keys[(long)k * PANEL] = (_Float16)key[k];
                values[k] = (_Float16)value[k];
            }
        }
    }
}

/* Attention of neighbouring tokens of one sequence, over heads that share keys: a tile of rows. */
static void attend(Work *w, int layer, int first, int tokens, int kv_head, int from, int heads)
{
    const Model *m = w->model;
    const Token *t = w->tokens + first;
    const long apart = padded((m->heads + 2 * m->kv_heads) * m->head);
    const int rows = tokens * heads, size = padded(t[tokens - 1].position + 1);
    const float scale = 1.0f / sqrtf((float)m->head);
    for (int r = 0; r < rows; r++) {
        const float *query = w->qkv + (first + r / heads) * apart + (from + r % heads) * m->head;
        for (int k = 0; k < m->head; k++) w->query[r * m->head + k] = query[k] * scale;
    }
    strip_f16(rows, size / PANEL, w->query, m->head, cache(m, t, layer, 0, kv_head), PANEL,
              (long)PANEL * m->head, m->head, w->scores, padded(m->context));
    for (int r = 0; r < rows; r++)
        softmax(w->scores + (long)r * padded(m->context), t[r / heads].position + 1, size);
    strip_f16(rows, m->head / PANEL, w->scores, padded(m->context), cache(m, t, layer, 1, kv_head),
              m->head, PANEL, t[tokens - 1].position + 1, w->query, m->head);
    for (int r = 0; r < rows; r++)
        memcpy(w->mixed + ((long)(first + r / heads) * m->heads + from + r % heads) * m->head,
               w->query + r * m->head, m->head * sizeof(float));
}

static void attention(Work *w, int layer)
{
    const Model *m = w->model;
    const int group = m->heads / m->kv_heads, most = group < TILE ? TILE / group : 1;
    for (int first = 0, next; first < w->count; first = next) {
        for (next = first + 1; next < w->count && next - first < most; next++)
            if (w->tokens[next].memory != w->tokens[first].memory) break;
        for (int h = 0; h < m->kv_heads; h++)
            for (int from = 0; from < group; from += TILE)
                attend(w, layer, first, next - first, h, h * group + from,
                       group - from < TILE ? group - from : TILE);
    }
}

/* The k likeliest experts by score and balance; their scores become weights that sum to one. */
static void choose(Work *w, const Layer *l)
{
    const Model *m = w->model;
    const long apart = padded(m->experts);
    multiply(&l->router, w->normed, m->width, w->count, w->routing, apart, w->panel);
    for (int i = 0; i < w->count; i++) {
        float *scores = w->routing + i * apart, total = 0;
        int32_t *chosen = w->chosen + (long)i * m->chosen;
        for (int e = 0; e < apart; e += LANES) store(scores + e, sigmoid(load(scores + e)));
        for (int n = 0; n < m->chosen; n++) {
            int best = -1;
            float highest = 0;
            for (int e = 0; e < m->experts; e++) {
                int taken = 0;
                for (int before = 0; before < n; before++) taken |= chosen[before] == e;
                if (taken || (best >= 0 && scores[e] + l->balance[e] <= highest)) continue;
                best = e, highest = scores[e] + l->balance[e];
            }
            chosen[n] = best, total += scores[best];
        }
        for (int e = 0; e < m->experts; e++) scores[e] = scores[e] / total * m->factor;
    }
}

/* Add down(silu(gate) * value) of some rows to the residual stream, each by its weight. */
static void feed_forward(Work *w, const Matrix *up, const Matrix *down, const float *x,
                         const int32_t *members, int count, const float *weights)
{
    const Model *m = w->model;
    const int width = up->outputs / 2;
    multiply(up, x, m->width, count, w->both, padded(up->outputs), w->panel);
    for (int i = 0; i < count; i++)
        activate(w->both + (long)i * padded(up->outputs), width, w->hidden + (long)i * width);
    multiply(down, w->hidden, width, count, w->made, padded(m->width), w->panel);
    for (int i = 0; i < count; i++) {
        const int row = members ? members[i] : i;
        const float weight = weights ? weights[(long)row * padded(m->experts)] : 1.0f;
        float *total = w->x + (long)row * m->width;
        const float *made = w->made + (long)i * padded(m->width);
        for (int k = 0; k < m->width; k += LANES)
            store(total + k, load(total + k) + weight * load(made + k));
    }
}

static void experts(Work *w, const Layer *l)
{
    const Model *m = w->model;
    choose(w, l);
    float *gathered = w->mixed; /* attention is over: its room is free */
    for (int e = 0; e < m->experts; e++) {
        int count = 0;
        for (int i = 0; i < w->count; i++)
            for (int n = 0; n < m->chosen; n++)
                if (w->chosen[(long)i * m->chosen + n] == e) w->members[count++] = i;
        for (int i = 0; i < count; i++)
            memcpy(gathered + (long)i * m->width, w->normed + (long)w->members[i] * m->width,
                   m->width * sizeof(float));
        feed_forward(w, l->expert_up + e, l->expert_down + e, gathered, w->members, count,
                     w->routing + e);
    }
}

static void normalise_all(Work *w, const float *gamma)
{
    const Model *m = w->model;
    for (long i = 0; i < w->count; i++)
        normalise(w->x + i * m->width, gamma, m->width, m->epsilon, w->normed + i * m->width);
}

static void run_layer(Work *w, int index)
{
    const Model *m = w->model;
    const Layer *l = m->layer + index;
    normalise_all(w, l->norm1);
    multiply(&l->qkv, w->normed, m->width, w->count, w->qkv, padded(l->qkv.outputs), w->panel);
    remember(w, index);
    meet(w->meeting); /* later tokens look at the keys of earlier ones */
    attention(w, index);
    multiply(&l->out, w->mixed, (long)m->heads * m->head, w->count, w->made, padded(m->width),
             w->panel);
    for (long i = 0; i < w->count; i++)
        for (int k = 0; k < m->width; k += LANES)
            store(w->x + i * m->width + k,
                  load(w->x + i * m->width + k) + load(w->made + i * padded(m->width) + k));
    normalise_all(w, l->norm2);
    feed_forward(w, &l->up, &l->down, w->normed, NULL, w->count, NULL);
    if (l->expert_up) experts(w, l);
}

static void finish(Work *w)
{
    const Model *m = w->model;
    for (int i = 0; i < w->count; i++) {
        const Token *t = w->tokens + i;
        if (!t->logits) continue;
        int many = 1; /* logits of neighbours that lie side by side are made together */
        const long apart = padded(m->output.outputs);
        while (i + many < w->count && t[many].logits == t->logits + many * apart) many++;
        for (int n = 0; n < many; n++)
            normalise(w->x + (long)(i + n) * m->width, m->norm, m->width, m->epsilon,
                      w->normed + (long)n * m->width);
        multiply(&m->output, w->normed, m->width, many, t->logits, apart, w->panel);
        i += many - 1;
    }
}

static void *work(void *given)
{
    Work *w = given;
    pthread_mutex_lock(&w->meeting->lock);
    int called_off = w->meeting->called_off;
    pthread_mutex_unlock(&w->meeting->lock);
    if (called_off) return NULL;
    for (int i = 0; i < w->count; i++)
        embed(&w->model->embedding, w->tokens[i].id, w->x + (long)i * w->model->width);
    for (int layer = 0; layer < w->model->layers; layer++) run_layer(w, layer);
    finish(w);
    return NULL;
}

/* The sequence end that is nearest to a token, at most so far away; the token if there is none. */
static int nearest_end(const Token *tokens, int count, int at, int reach)
{
    for (int away = 0; away <= reach; away++)
        for (int side = -1; side <= 1; side += 2) {
            int end = at + side * away;
            if (end > 0 && end < count && tokens[end].memory != tokens[end - 1].memory) return end;
        }
    return at;
}

/* Give each thread its part of the tokens; false where memory was not to be had. Threads that have
 * whole sequences need not wait for each other. */
static int share(Work *works, const Model *model, const Token *tokens, int count, Meeting *meeting)
{
    const int reach = count / meeting->wanted / 4;
    int from = 0;
    meeting->apart = 1;
    for (long i = 0; i < meeting->wanted; i++) {
        int to = count;
        if (i + 1 < meeting->wanted) {
            to = nearest_end(tokens, count, (int)(count * (i + 1) / meeting->wanted), reach);
            if (tokens[to].memory == tokens[to - 1].memory) meeting->apart = 0;
        }
        works[i] = (Work){.model = model, .tokens = tokens + from, .meeting = meeting};
        works[i].count = to - from;
        if (!allocate(works + i)) return 0;
        from = to;
    }
    return 1;
}

/* Run tokens; those of a sequence stand side by side in order of position, behind what its memory
 * holds already. Returns 0, or 1 where memory or threads were not to be had. */
int plumb_step(const Model *model, const Token *tokens, int count, int threads)
{
    Meeting meeting = {.lock = PTHREAD_MUTEX_INITIALIZER, .all_here = PTHREAD_COND_INITIALIZER};
    Work works[MOST_THREADS] = {};
    pthread_t others[MOST_THREADS];
    int started = 0;
    threads = threads < MOST_THREADS ? threads : MOST_THREADS;
    meeting.wanted = threads < count ? threads : count;
    int done = share(works, model, tokens, count, &meeting);
    pthread_mutex_lock(&meeting.lock); /* nobody begins before all are there */
    while (done && started < meeting.wanted - 1 &&
           !pthread_create(others + started, NULL, work, works + 1 + started))
        started++;
    done = done && started == meeting.wanted - 1;
    meeting.called_off = !done;
    pthread_mutex_unlock(&meeting.lock);
    if (done) work(works);
    for (int i = 0; i < started; i++) pthread_join(others[i], NULL);
    for (int i = 0; i < MOST_THREADS; i++) free(works[i].x);
    return !done;
}

/* Whether this processor has the instructions that the file was compiled for. */
int plumb_supported(void)
{
#if defined(__x86_64__) && defined(__AVX2__)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("f16c");
#else
    return 1;
#endif
}
