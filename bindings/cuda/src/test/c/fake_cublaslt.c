/*
 * A stand-in for libcublasLt.so beside fake_driver.c: products as cuBLASLt's reference states them,
 * column-major, D = alpha op(A) op(B) + beta C, computed on the host one element at a time.
 *
 *   cc -shared -fPIC -o libcublasLt.so.13 fake_cublaslt.c libcuda.so.1
 *
 * It is strict: it refuses an operand outside of one allocation or less aligned than planned, an unneeded workspace, and an algorithm that it did not return. Like the real library it returns algorithms that split K and some that need a workspace, and it prefers different algorithms for few and for many columns (the caller's rows), which sum K in pieces of different lengths and so round differently.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NOT_INITIALIZED 1
#define INVALID_VALUE 7
#define EXECUTION_FAILED 13
#define NOT_SUPPORTED 15
#define F32 0
#define BF16 14
#define ALGORITHM 0x5eed
#define WORKSPACE 1000
#define MOST_COLUMNS (1 << 20)

/* Indices of an algorithm's fields. */
enum { KIND, ALIGNMENT, SPLITS = ALIGNMENT + 4, PIECE, NEEDED };

extern char *fake_memory(unsigned long long at, size_t size);
extern int fake_is_current(void);
extern int fake_enqueue(void *stream, void (*work)(const void *), const void *argument, size_t size);

typedef struct { int type; uint64_t rows, columns; int64_t leading; int32_t batches; int64_t stride; } layout_t;
typedef struct { int compute, scale; int32_t transposed[2]; } product_t;
typedef struct { uint64_t workspace; uint32_t reduction, alignment[4]; } preference_t;
typedef struct { uint64_t data[8]; size_t workspace; int state; float waves; int reserved[4]; } result_t;
typedef struct { layout_t a, b, c; product_t product; float alpha, beta; uint64_t from[2], to, piece; } task_t;

static int live = 0;
int fake_cublaslt_live(void) { return live; }

static void *made(size_t size) { live++; return calloc(1, size); }
static int gone(void *what) { live--; free(what); return 0; }

size_t cublasLtGetVersion(void) { return 130000; }
const char *cublasLtGetStatusName(int status) {
  return status == NOT_SUPPORTED ? "CUBLAS_STATUS_NOT_SUPPORTED"
       : status == INVALID_VALUE ? "CUBLAS_STATUS_INVALID_VALUE"
       : status == EXECUTION_FAILED ? "CUBLAS_STATUS_EXECUTION_FAILED" : "CUBLAS_STATUS_NOT_INITIALIZED";
}
int cublasLtCreate(void **out) {
  if (!fake_is_current()) return NOT_INITIALIZED;
  *out = made(8);
  return 0;
}
int cublasLtDestroy(void *handle) { return gone(handle); }

int cublasLtMatrixLayoutCreate(layout_t **out, int type, uint64_t rows, uint64_t columns, int64_t leading) {
  if (leading < (int64_t)rows) return INVALID_VALUE;
  *out = made(sizeof(layout_t));
  **out = (layout_t){type, rows, columns, leading, 1, 0};
  return 0;
}
int cublasLtMatrixLayoutDestroy(layout_t *layout) { return gone(layout); }
int cublasLtMatrixLayoutSetAttribute(layout_t *layout, int what, const void *value, size_t size) {
  if (what == 5 && size == 4) memcpy(&layout->batches, value, size);
  else if (what == 6 && size == 8) memcpy(&layout->stride, value, size);
  else return INVALID_VALUE;
  return 0;
}
int cublasLtMatmulDescCreate(product_t **out, int compute, int scale) {
  *out = made(sizeof(product_t));
  (*out)->compute = compute;
  (*out)->scale = scale;
  return 0;
}
int cublasLtMatmulDescDestroy(product_t *product) { return gone(product); }
int cublasLtMatmulDescSetAttribute(product_t *product, int what, const void *value, size_t size) {
  if (what < 3 || what > 4 || size != 4) return INVALID_VALUE;
  memcpy(&product->transposed[what - 3], value, size);
  return 0;
}
int cublasLtMatmulPreferenceCreate(preference_t **out) { *out = made(sizeof(preference_t)); return 0; }
int cublasLtMatmulPreferenceDestroy(preference_t *preference) { return gone(preference); }
int cublasLtMatmulPreferenceSetAttribute(preference_t *p, int what, const void *value, size_t size) {
  if (what == 1 && size == 8) memcpy(&p->workspace, value, size);
  else if (what == 3 && size == 4) memcpy(&p->reduction, value, size);
  else if (what >= 5 && what <= 8 && size == 4) memcpy(&p->alignment[what - 5], value, size);
  else return INVALID_VALUE;
  return 0;
}

static int fits(const product_t *product, const layout_t *a, const layout_t *b, const layout_t *c) {
  const int32_t *t = product->transposed;
  return (t[0] ? a->columns : a->rows) == c->rows && (t[1] ? b->rows : b->columns) == c->columns
      && (t[0] ? a->rows : a->columns) == (t[1] ? b->columns : b->rows)
      && a->batches == c->batches && b->batches == c->batches;
}

int cublasLtMatmulAlgoGetHeuristic(void *handle, const product_t *product, const layout_t *a,
    const layout_t *b, const layout_t *c, const layout_t *d, const preference_t *preference,
    int asked, result_t *results, int *found) {
  if (!fits(product, a, b, c) || c != d || asked < 5) return INVALID_VALUE;
  if (product->compute != 68 || product->scale != F32 || preference->reduction != 0 || preference->workspace != 0) return NOT_SUPPORTED;
  if (a->type != b->type || (a->type == F32 && c->type != F32)) return NOT_SUPPORTED;
  uint64_t piece = c->columns < 512 ? 4 : 16;
  /* Refused, split-K, with a workspace, and two valid algorithms. */
  const uint64_t splits[5] = {1, 4, 1, 1, 1}, pieces[5] = {piece, piece, piece, piece, 1};
  memset(results, 0, 5 * sizeof(result_t));
  for (int i = 0; i < 5; i++) {
    results[i].state = i ? 0 : NOT_SUPPORTED;
    results[i].data[KIND] = ALGORITHM;
    for (int j = 0; j < 4; j++) results[i].data[ALIGNMENT + j] = preference->alignment[j];
    results[i].data[SPLITS] = splits[i];
    results[i].data[PIECE] = pieces[i];
    results[i].data[NEEDED] = results[i].workspace = i == 2 ? WORKSPACE : 0;
  }
  *found = 5;
  return 0;
}
int cublasLtMatmulAlgoConfigGetAttribute(const uint64_t *algorithm, int what, void *value,
    size_t size, size_t *written) {
  uint32_t found = what == 0 ? 7 : what == 1 ? (uint32_t)algorithm[PIECE]
                 : what == 2 ? (uint32_t)algorithm[SPLITS] : 0;
  if (what < 0 || what > 8 || size != (what < 7 ? 4 : 2)) return INVALID_VALUE;
  memcpy(value, &found, size);
  *written = size;
  return 0;
}
int cublasLtMatmulAlgoCheck(void *handle, const product_t *product, const layout_t *a,
    const layout_t *b, const layout_t *c, const layout_t *d, const uint64_t *algorithm,
    result_t *result) {
  if (!fits(product, a, b, c) || c != d || algorithm[KIND] != ALGORITHM) return INVALID_VALUE;
  result->workspace = algorithm[NEEDED];
  return c->columns > MOST_COLUMNS ? NOT_SUPPORTED : 0;
}

static size_t width(int type) { return type == F32 ? 4 : 2; }
static size_t span(const layout_t *l) {
  return ((l->batches - 1) * l->stride + (l->columns - 1) * l->leading + l->rows) * width(l->type);
}
static float get(const layout_t *l, const char *at, uint64_t index) {
  uint32_t bits = 0;
  if (l->type == F32) memcpy(&bits, at + 4 * index, 4);
  else memcpy((char *)&bits + 2, at + 2 * index, 2);
  float value;
  memcpy(&value, &bits, 4);
  return value;
}
static void put(const layout_t *l, char *at, uint64_t index, float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  if (l->type == F32) { memcpy(at + 4 * index, &bits, 4); return; }
  bits += 0x7fff + (bits >> 16 & 1);
  memcpy(at + 2 * index, (char *)&bits + 2, 2);
}
static void multiply(const void *argument) {
  const task_t *t = argument;
  const char *a = fake_memory(t->from[0], span(&t->a)), *b = fake_memory(t->from[1], span(&t->b));
  char *c = fake_memory(t->to, span(&t->c));
  int ta = t->product.transposed[0], tb = t->product.transposed[1];
  uint64_t depth = ta ? t->a.rows : t->a.columns;
  for (int batch = 0; batch < t->c.batches; batch++)
    for (uint64_t j = 0; j < t->c.columns; j++)
      for (uint64_t i = 0; i < t->c.rows; i++) {
        float sum = 0;
        for (uint64_t first = 0; first < depth; first += t->piece) {
          float part = 0;
          for (uint64_t k = first; k < depth && k < first + t->piece; k++) {
            uint64_t left = batch * t->a.stride + (ta ? i * t->a.leading + k : k * t->a.leading + i);
            uint64_t right = batch * t->b.stride + (tb ? k * t->b.leading + j : j * t->b.leading + k);
            part += get(&t->a, a, left) * get(&t->b, b, right);
          }
          sum += part;
        }
        uint64_t out = batch * t->c.stride + j * t->c.leading + i;
        float before = t->beta == 0 ? 0 : t->beta * get(&t->c, c, out);
        put(&t->c, c, out, t->alpha * sum + before);
      }
}

int cublasLtMatmul(void *handle, const product_t *product, const float *alpha, uint64_t a,
    const layout_t *al, uint64_t b, const layout_t *bl, const float *beta, uint64_t c,
    const layout_t *cl, uint64_t d, const layout_t *dl, const uint64_t *algorithm,
    uint64_t workspace, size_t workspace_size, void *stream) {
  if (!fits(product, al, bl, cl) || c != d || cl != dl || algorithm[KIND] != ALGORITHM) return INVALID_VALUE;
  const uint64_t *alignment = algorithm + ALIGNMENT;
  if (a % alignment[0] || b % alignment[1] || c % alignment[2] || d % alignment[3]) return INVALID_VALUE;
  if (algorithm[SPLITS] != 1 || algorithm[NEEDED] || workspace || workspace_size) return INVALID_VALUE;
  if (!fake_memory(a, span(al)) || !fake_memory(b, span(bl)) || !fake_memory(c, span(cl))) return EXECUTION_FAILED;
  task_t task = {*al, *bl, *cl, *product, *alpha, *beta, {a, b}, c, algorithm[PIECE]};
  return fake_enqueue(stream, multiply, &task, sizeof task) ? EXECUTION_FAILED : 0;
}
