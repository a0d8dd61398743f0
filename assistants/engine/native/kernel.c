/* One step of the bundled mixture of experts, for compilers with vector extensions (GCC, Clang).
 *
 * A step runs any number of tokens of any sequences. What a token gets depends on its sequence
 * alone, to the last bit: each sum is one chain of operations in a fixed order, however many
 * tokens run beside it (see matrices.h). Activations are float32.
 *
 * A sequence's memory is [context / 16][layers][2][kv_heads][16 * head] of half precision: keys of
 * 16 positions as [head][16], values as [16][head]. So a sequence is as compact as it is long; with
 * a power of two between two layers' keys all of them would share a few sets of the caches.
 */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

#include "matrices.h"

enum { MOST_THREADS = 8 };

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
    int64_t *loads; /* how often each expert was chosen, [layers][experts]; NULL: not counted */
} Model;

/* `logits` is where this token's go, `spread` numbers; NULL where nobody wants them. */
typedef struct {
    _Float16 *memory;
    float *logits;
    int32_t id, position;
} Token;

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
    float *x, *normed, *qkv, *mixed, *both, *hidden, *made, *routing, *scores, *query;
    int32_t *chosen, *members;
    Room room;
} Work;

static void embed(const Matrix *table, int id, float *x)
{
    for (int k = 0; k < table->inputs; k++) {
        long panel = id / PANEL, lane = id % PANEL;
        long at = (panel * table->inputs + k) * PANEL + lane;
        long paired = (panel * table->inputs + k - k % 2) * PANEL + 2 * lane + k % 2;
        if (table->kind == INT8)
            x[k] = ((const int8_t *)table->weights)[paired] *
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
    int k = 0;
    for (; k + LANES <= half; k += LANES) {
        vector a = load(x + k), b = load(x + k + half);
        store(x + k, a * load(cosines + k) - b * load(sines + k));
        store(x + k + half, b * load(cosines + k) + a * load(sines + k));
    }
    for (; k < half; k++) {
        float a = x[k], b = x[k + half];
        x[k] = a * cosines[k] - b * sines[k];
        x[k + half] = b * cosines[k] + a * sines[k];
    }
}

/* Scores to probabilities: `count` of `size` are real, the rest become zero. */
static void softmax(float *scores, int count, int size)
{
    vector most = all(scores[0]);
    for (int k = count; k < size; k++) scores[k] = scores[0];
    for (int k = 0; k < size; k += LANES) most = higher(load(scores + k), most);
    const float top = highest(most);
    vector total = {};
    for (int k = 0; k < size; k += LANES) {
        vector made = exponential(load(scores + k) - top);
        if (k + LANES > count)
            for (int lane = 0; lane < LANES; lane++)
                if (k + lane >= count) made[lane] = 0;
        total += made;
        store(scores + k, made);
    }
    float scale = 1.0f / sum(total);
    for (int k = 0; k < size; k += LANES) store(scores + k, load(scores + k) * scale);
}

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
        n * m->width, n * m->width, n * spread((int)qkv), n * mixed, n * spread((int)both),
        n * both, n * spread(m->width), n * spread(m->experts), deepest * PANEL,
        (long)TILE * padded(m->context), TILE * m->head, n, (n * deepest + 1) / 2, n * m->chosen, n,
    };
    float **const places[] = {
        &w->x, &w->normed, &w->qkv, &w->mixed, &w->both, &w->hidden, &w->made, &w->routing,
        &w->room.panel, &w->scores, &w->query, &w->room.steps, (float **)&w->room.rounded,
        (float **)&w->chosen, (float **)&w->members,
    };
    long total = 0;
    for (int i = 0; i < 15; i++) total += (sizes[i] + PANEL - 1) / PANEL * PANEL;
    float *at = malloc(total * sizeof(float));
    if (!at) return 0;
    for (int i = 0; i < 15; i++) *places[i] = at, at += (sizes[i] + PANEL - 1) / PANEL * PANEL;
    return 1;
}

/* How many numbers lie between two blocks of 16 positions. */
static long block(const Model *m) { return (long)m->layers * 2 * m->kv_heads * PANEL * m->head; }

static _Float16 *cache(const Model *m, const Token *t, int layer, int values, int head)
{
    return t->memory + (((long)layer * 2 + values) * m->kv_heads + head) * PANEL * m->head;
}

/* Queries are rotated in place; keys and values go to the sequences' memory. */
static void remember(Work *w, int layer)
{
    const Model *m = w->model;
    const long apart = spread((m->heads + 2 * m->kv_heads) * m->head);
    for (int i = 0; i < w->count; i++) {
        const Token *t = w->tokens + i;
        const float *cosines = m->cosines + (long)t->position * m->rotary;
        const float *sines = m->sines + (long)t->position * m->rotary;
        float *row = w->qkv + i * apart;
        for (int h = 0; h < m->heads + m->kv_heads; h++)
            rotate(row + h * m->head, cosines, sines, m->rotary);
        for (int h = 0; h < m->kv_heads; h++) {
            const float *key = row + (m->heads + h) * m->head, *value = key + m->kv_heads * m->head;
            const long at = t->position / PANEL * block(m);
            const int place = t->position % PANEL;
            _Float16 *values = cache(m, t, layer, 1, h) + at + place * m->head;
            _Float16 *keys = cache(m, t, layer, 0, h) + at + place;
            for (int k = 0; k < m->head; k += LANES) {
                _Float16 halved[LANES];
                to_halves(load(value + k), values + k);
                to_halves(load(key + k), halved);
                for (int lane = 0; lane < LANES; lane++) keys[(k + lane) * PANEL] = halved[lane];
            }
        }
    }
}

/* Attention of neighbouring tokens of one sequence, over heads that share keys: a tile of rows.
 * `beyond` says how far behind the values the keys lie that are read next. */
static void attend(Work *w, int layer, int first, int tokens, int kv_head, int from, int heads,
                   long beyond)
{
    const Model *m = w->model;
    const Token *t = w->tokens + first;
    const long apart = spread((m->heads + 2 * m->kv_heads) * m->head);
    const Layout keys = {PANEL, PANEL * PANEL, block(m), (long)m->kv_heads * PANEL * m->head};
    const Layout values = {m->head, block(m), PANEL, beyond};
    const int rows = tokens * heads, size = padded(t[tokens - 1].position + 1);
    const float scale = 1.0f / sqrtf((float)m->head);
    for (int r = 0; r < rows; r++) {
        const float *query = w->qkv + (first + r / heads) * apart + (from + r % heads) * m->head;
        for (int k = 0; k < m->head; k++) w->query[r * m->head + k] = query[k] * scale;
    }
    strip_f16(rows, size / PANEL, w->query, m->head, cache(m, t, layer, 0, kv_head), keys, m->head,
              w->scores, padded(m->context));
    for (int r = 0; r < rows; r++)
        softmax(w->scores + (long)r * padded(m->context), t[r / heads].position + 1, size);
    strip_f16(rows, m->head / PANEL, w->scores, padded(m->context), cache(m, t, layer, 1, kv_head),
              values, t[tokens - 1].position + 1, w->query, m->head);
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
        for (int h = 0; h < m->kv_heads; h++) {
            const _Float16 *values = cache(m, w->tokens + first, layer, 1, h), *after = values;
            if (h + 1 < m->kv_heads) after = cache(m, w->tokens + first, layer, 0, h + 1);
            else if (next < w->count) after = cache(m, w->tokens + next, layer, 0, 0);
            for (int from = 0; from < group; from += TILE)
                attend(w, layer, first, next - first, h, h * group + from,
                       group - from < TILE ? group - from : TILE, after - values);
        }
    }
}

/* The k likeliest experts by score and balance; their scores become weights that sum to one. */
static void choose(Work *w, const Layer *l)
{
    const Model *m = w->model;
    const long apart = spread(m->experts);
    multiply(&w->room, &l->router, &l->router, w->normed, m->width, w->count, w->routing);
    for (int i = 0; i < w->count; i++) {
        float *scores = w->routing + i * apart, total = 0;
        int32_t *chosen = w->chosen + (long)i * m->chosen;
        for (int e = 0; e < padded(m->experts); e += LANES) store(scores + e, sigmoid(load(scores + e)));
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
            if (m->loads)
                __atomic_fetch_add(m->loads + (l - m->layer) * m->experts + best, 1,
                                   __ATOMIC_RELAXED);
        }
        for (int e = 0; e < m->experts; e++) scores[e] = scores[e] / total * m->factor;
    }
}

/* Add down(silu(gate) * value) of some rows to the residual stream, each by its weight. `next` is
 * the matrix that comes behind `down`. */
static void feed_forward(Work *w, const Matrix *up, const Matrix *down, const Matrix *next,
                         const float *x, const int32_t *members, int count, const float *weights)
{
    const Model *m = w->model;
    const int width = up->outputs / 2;
    multiply(&w->room, up, down, x, m->width, count, w->both);
    for (int i = 0; i < count; i++)
        activate(w->both + (long)i * spread(up->outputs), width, w->hidden + (long)i * width);
    multiply(&w->room, down, next, w->hidden, width, count, w->made);
    for (int i = 0; i < count; i++) {
        const int row = members ? members[i] : i;
        const float weight = weights ? weights[(long)row * spread(m->experts)] : 1.0f;
        float *total = w->x + (long)row * m->width;
        const float *made = w->made + (long)i * spread(m->width);
        for (int k = 0; k < m->width; k += LANES)
            store(total + k, load(total + k) + weight * load(made + k));
    }
}

/* The first expert from `e` on that some row chose; `experts` behind the last. */
static int next_chosen(const Work *w, int e)
{
    const long all = (long)w->count * w->model->chosen;
    for (; e < w->model->experts; e++)
        for (long n = 0; n < all; n++)
            if (w->chosen[n] == e) return e;
    return e;
}

/* `next` is the matrix that comes behind the experts. */
static void experts(Work *w, const Layer *l, const Matrix *next)
{
    const Model *m = w->model;
    float *gathered = w->mixed; /* attention is over: its room is free */
    for (int e = next_chosen(w, 0), after; e < m->experts; e = after) {
        int count = 0;
        for (int i = 0; i < w->count; i++)
            for (int n = 0; n < m->chosen; n++)
                if (w->chosen[(long)i * m->chosen + n] == e) w->members[count++] = i;
        for (int i = 0; i < count; i++)
            memcpy(gathered + (long)i * m->width, w->normed + (long)w->members[i] * m->width,
                   m->width * sizeof(float));
        after = next_chosen(w, e + 1);
        feed_forward(w, l->expert_up + e, l->expert_down + e,
                     after < m->experts ? l->expert_up + after : next, gathered, w->members, count,
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
    const Matrix *behind = index + 1 < m->layers ? &l[1].qkv : &m->output;
    normalise_all(w, l->norm1);
    multiply(&w->room, &l->qkv, &l->out, w->normed, m->width, w->count, w->qkv);
    remember(w, index);
    meet(w->meeting); /* later tokens look at the keys of earlier ones */
    attention(w, index);
    multiply(&w->room, &l->out, &l->up, w->mixed, (long)m->heads * m->head, w->count, w->made);
    for (long i = 0; i < w->count; i++)
        for (int k = 0; k < m->width; k += LANES)
            store(w->x + i * m->width + k,
                  load(w->x + i * m->width + k) + load(w->made + i * spread(m->width) + k));
    normalise_all(w, l->norm2);
    if (l->expert_up) choose(w, l); /* before the dense part, whose end fetches the first expert */
    const int first = l->expert_up ? next_chosen(w, 0) : 0;
    feed_forward(w, &l->up, &l->down, l->expert_up ? l->expert_up + first : behind, w->normed,
                 NULL, w->count, NULL);
    if (l->expert_up) experts(w, l, behind);
}

static void finish(Work *w)
{
    const Model *m = w->model;
    for (int i = 0; i < w->count; i++) {
        const Token *t = w->tokens + i;
        if (!t->logits) continue;
        int many = 1; /* logits of neighbours that lie side by side are made together */
        const long apart = spread(m->output.outputs);
        while (i + many < w->count && t[many].logits == t->logits + many * apart) many++;
        for (int n = 0; n < many; n++)
            normalise(w->x + (long)(i + n) * m->width, m->norm, m->width, m->epsilon,
                      w->normed + (long)n * m->width);
        multiply(&w->room, &m->output, &m->output, w->normed, m->width, many, t->logits);
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

/* The logarithm of the sum of exponentials: what a logit lies above its log-probability. */
float plumb_normaliser(const float *logits, int count)
{
    float top = logits[0], rest = 0;
    const int whole = count / LANES * LANES;
    vector most = all(top), total = {};
    for (int k = 0; k < whole; k += LANES) most = higher(load(logits + k), most);
    top = highest(most);
    for (int k = whole; k < count; k++) top = logits[k] > top ? logits[k] : top;
    for (int k = 0; k < whole; k += LANES) total += exponential(load(logits + k) - top);
    for (int k = whole; k < count; k++) rest += expf(logits[k] - top);
    return top + logf(sum(total) + rest);
}

/* Changes with every layout of weights or memory: a file compiled before is not to be used. */
int plumb_layout(void) { return 5; }

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
