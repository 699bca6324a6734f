#include "CMatrixKernels.h"

#include <string.h>

// One version for each generation of processors; the loader picks the best that runs.
#if defined(__x86_64__) && defined(__linux__)
#define FOR_EVERY_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EVERY_PROCESSOR
#endif

// Each precision has vectors of BYTES bytes, of which a row is taken TILE at once.
enum { BYTES = 64, TILE = 4 };

#define DEFINE_PRODUCTS(PRECISION, NUMBER)                                                                          \
  typedef NUMBER lanes_##PRECISION __attribute__((vector_size(BYTES), aligned(sizeof(NUMBER))));                    \
                                                                                                                    \
  /* A part of one row of the product, whose sums stay in registers. */                                             \
  static inline __attribute__((always_inline)) void gather_##PRECISION(                                             \
      int64_t from, int64_t to, const int32_t *columns, const NUMBER *values, const NUMBER *dense, int64_t width,   \
      NUMBER *product, int tiles) {                                                                                 \
    enum { LANES = BYTES / sizeof(NUMBER) };                                                                        \
    lanes_##PRECISION sums[TILE];                                                                                   \
    memset(sums, 0, sizeof sums);                                                                                   \
    for (int64_t k = from; k < to; k++) {                                                                           \
      const NUMBER *row = dense + columns[k] * width;                                                               \
      for (int tile = 0; tile < tiles; tile++) sums[tile] += values[k] * *(const lanes_##PRECISION *)(row + tile * LANES); \
    }                                                                                                               \
    memcpy(product, sums, tiles * sizeof(lanes_##PRECISION));                                                       \
  }                                                                                                                 \
                                                                                                                    \
  FOR_EVERY_PROCESSOR                                                                                               \
  void cm_sparse_product_##PRECISION(                                                                               \
      int64_t row_count, const int64_t *starts, const int32_t *columns, const NUMBER *values, const NUMBER *dense,  \
      int64_t width, NUMBER *product) {                                                                             \
    enum { LANES = BYTES / sizeof(NUMBER) };                                                                        \
    for (int64_t row = 0; row < row_count; row++) {                                                                 \
      NUMBER *result = product + row * width;                                                                       \
      const int64_t from = starts[row], to = starts[row + 1];                                                       \
      int64_t c = 0;                                                                                                \
      for (; c + TILE * LANES <= width; c += TILE * LANES)                                                          \
        gather_##PRECISION(from, to, columns, values, dense + c, width, result + c, TILE);                          \
      for (; c + LANES <= width; c += LANES)                                                                        \
        gather_##PRECISION(from, to, columns, values, dense + c, width, result + c, 1);                             \
      for (; c < width; c++) {                                                                                      \
        NUMBER sum = 0;                                                                                             \
        for (int64_t k = from; k < to; k++) sum += values[k] * dense[columns[k] * width + c];                       \
        result[c] = sum;                                                                                            \
      }                                                                                                             \
    }                                                                                                               \
  }                                                                                                                 \
                                                                                                                    \
  /* Row after row of the sparse matrix adds to those of the product. */                                            \
  FOR_EVERY_PROCESSOR                                                                                               \
  void cm_transposed_sparse_product_##PRECISION(                                                                    \
      int64_t row_count, int64_t column_count, const int64_t *starts, const int32_t *columns, const NUMBER *values, \
      const NUMBER *dense, int64_t width, NUMBER *product) {                                                        \
    enum { LANES = BYTES / sizeof(NUMBER) };                                                                        \
    memset(product, 0, column_count * width * sizeof(NUMBER));                                                      \
    for (int64_t row = 0; row < row_count; row++) {                                                                 \
      const NUMBER *source = dense + row * width;                                                                   \
      for (int64_t k = starts[row]; k < starts[row + 1]; k++) {                                                     \
        NUMBER *result = product + columns[k] * width;                                                              \
        int64_t c = 0;                                                                                              \
        for (; c + LANES <= width; c += LANES)                                                                      \
          *(lanes_##PRECISION *)(result + c) += values[k] * *(const lanes_##PRECISION *)(source + c);               \
        for (; c < width; c++) result[c] += values[k] * source[c];                                                  \
      }                                                                                                             \
    }                                                                                                               \
  }

DEFINE_PRODUCTS(single, float)
DEFINE_PRODUCTS(double, double)
