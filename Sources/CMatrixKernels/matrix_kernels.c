#include "CMatrixKernels.h"

#include <string.h>

// One version for each generation of processors; the loader picks the best that runs.
#if defined(__x86_64__) && defined(__linux__)
#define FOR_EVERY_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EVERY_PROCESSOR
#endif

enum { LANES = 16, TILE = 4, BLOCK = 1024, AHEAD = 2 };

typedef float lanes __attribute__((vector_size(LANES * sizeof(float)), aligned(sizeof(float))));
typedef float aligned_lanes __attribute__((vector_size(LANES * sizeof(float))));
typedef int32_t whole_lanes __attribute__((vector_size(LANES * sizeof(int32_t)), aligned(sizeof(int32_t))));
typedef double wide_lanes __attribute__((vector_size(LANES * sizeof(double))));

// No function: passing such vectors by value differs between processors.
#define LOAD(from) (*(const lanes *)(from))

static inline __attribute__((always_inline)) double total(const lanes *sums) {
  wide_lanes wide = __builtin_convertvector(*sums, wide_lanes);
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int lane = 0; lane < half; lane++) wide[lane] += wide[lane + half];
  return wide[0];
}

// Inner products of TILE rows with TILE rows; where both are the same rows, of each pair once: the lower triangle. Sums in
// single precision stay short: count / LANES terms a lane. Meanwhile the cache gets some rows of what comes next: otherwise
// memory would rest whenever rows are multiplied that are there already.
static inline __attribute__((always_inline)) void multiply_tile(
    const float *const a[TILE], const float *const b[TILE], int64_t count, const float *const ahead[AHEAD],
    double products[TILE][TILE]) {
  const int same = a == b;
  lanes sums[TILE][TILE];
  memset(sums, 0, sizeof sums);
  int64_t c = 0;
  for (; c + LANES <= count; c += LANES) {
    lanes x[TILE], y[TILE];
    for (int k = 0; k < AHEAD; k++) __builtin_prefetch(ahead[k] + c, 0, 2);
    for (int i = 0; i < TILE; i++) x[i] = LOAD(a[i] + c);
    for (int j = 0; j < TILE; j++) y[j] = same ? x[j] : LOAD(b[j] + c);
    for (int i = 0; i < TILE; i++)
      for (int j = 0; j < (same ? i + 1 : TILE); j++) sums[i][j] += x[i] * y[j];
  }
  for (int i = 0; i < TILE; i++)
    for (int j = 0; j < (same ? i + 1 : TILE); j++) {
      double sum = total(&sums[i][j]);
      for (int64_t rest = c; rest < count; rest++) sum += (double)a[i][rest] * b[j][rest];
      products[i][j] = sum;
    }
}

FOR_EVERY_PROCESSOR
void cm_add_inner_products(
    const float *const *rows, int count, int64_t from, int64_t to, double *sums) {
  for (int64_t start = from; start < to; start += BLOCK) {
    int64_t width = to - start < BLOCK ? to - start : BLOCK;
    // The last blocks have no whole one after them, and ask for what they have.
    int64_t next = start + 2 * BLOCK <= to ? start + BLOCK : start;
    int awaited = 0;
    for (int i = 0; i < count; i += TILE) {
      for (int j = 0; j <= i; j += TILE) {
        // Where the rows run out, the last one stands in; its products are not used.
        const float *a[TILE], *b[TILE];
        for (int k = 0; k < TILE; k++) {
          a[k] = rows[i + k < count ? i + k : count - 1] + start;
          b[k] = rows[j + k < count ? j + k : count - 1] + start;
        }
        const float *ahead[AHEAD];
        for (int k = 0; k < AHEAD; k++, awaited++)
          ahead[k] = rows[awaited < count ? awaited : count - 1] + next;
        double products[TILE][TILE];
        if (i == j) multiply_tile(a, a, width, ahead, products);
        else multiply_tile(a, b, width, ahead, products);
        for (int p = i; p < i + TILE && p < count; p++)
          for (int q = j; q < j + TILE && q <= p; q++) sums[p * count + q] += products[p - i][q - j];
      }
    }
  }
}

static inline __attribute__((always_inline)) float combined(
    const float *const *rows, int count, int64_t column, const float *weights) {
  float sum = 0;
  for (int i = 0; i < count; i++) sum += weights[i] * rows[i][column];
  return sum;
}

FOR_EVERY_PROCESSOR
void cm_combine(
    const float *const *rows, int count, int64_t from, int64_t to, const float *weights, float *result) {
  int64_t c = from;
  for (; c < to && (uintptr_t)(result + (c - from)) % sizeof(lanes); c++) result[c - from] = combined(rows, count, c, weights);
  for (; c + 4 * LANES <= to; c += 4 * LANES) {
    lanes sums[4];
    memset(sums, 0, sizeof sums);
    for (int i = 0; i < count; i++)
      for (int k = 0; k < 4; k++) sums[k] += weights[i] * LOAD(rows[i] + c + k * LANES);
    // Past the caches: the directions that take time are longer than these, and would only be read to be overwritten.
    for (int k = 0; k < 4; k++) __builtin_nontemporal_store(sums[k], (aligned_lanes *)(result + (c - from) + k * LANES));
  }
  for (; c < to; c++) result[c - from] = combined(rows, count, c, weights);
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

// The numbers of SeededGenerator (SplitMix64), from any place in its sequence.
FOR_EVERY_PROCESSOR
void cm_draw(uint64_t seed, int64_t from, int64_t to, float *result) {
  for (int64_t c = from; c < to; c++) {
    uint64_t z = seed + 0x9E3779B97F4A7C15u * (uint64_t)(c + 1);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    // 24 bits, moved by half a step: every draw is exact, and none is an end of the interval.
    result[c - from] = (float)((int32_t)((z ^ (z >> 31)) >> 40) - (1 << 23)) * 0x1p-23f + 0x1p-24f;
  }
}

FOR_EVERY_PROCESSOR
void cm_keep_one_sign(
    const float *const *rows, int count, int64_t from, int64_t to, const float *draws, float leak, float *result) {
  const float kept = (1 - leak) / 2;
  for (int64_t c = from; c < to; c += LANES) {
    // The last lanes may be fewer.
    const int64_t width = to - c < LANES ? to - c : LANES;
    lanes sum = {0}, total = {0};
    for (int i = 0; i < count; i++) {
      lanes values = {0};
      if (width == LANES) values = LOAD(rows[i] + c);
      else memcpy(&values, rows[i] + c, width * sizeof(float));
      sum += values;
      total += (lanes)((whole_lanes)values & 0x7fffffff);
    }
    lanes draw = {0};
    memcpy(&draw, draws + (c - from), width * sizeof(float));
    const lanes excess = sum - draw * total;
    const lanes sign = __builtin_convertvector((excess < 0) - (excess > 0), lanes);
    const lanes direction = leak * sum + kept * (sign * total + sign * sign * sum);
    memcpy(result + (c - from), &direction, width * sizeof(float));
  }
}
