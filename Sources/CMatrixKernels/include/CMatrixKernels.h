#ifndef CMATRIXKERNELS_H
#define CMATRIXKERNELS_H

#include <stdint.h>

// Sums over a matrix of few, very long rows, at the speed of memory: general matrix libraries are several
// times slower at this shape. Element (i, c) of the matrix lies at rows[i][c]; results begin with that of column `from`.

// Adds the inner products of all pairs of rows over the columns from..<to to the lower triangle of
// `sums` (count × count).
void cm_add_inner_products(
    const float *const *rows, int count, int64_t from, int64_t to, double *sums);

// result[c - from] = Σ weights[i] · rows[i][c] for the columns from..<to.
void cm_combine(
    const float *const *rows, int count, int64_t from, int64_t to, const float *weights, float *result);

// Numbers from −1 to 1, uniform, for the columns from..<to: the same for a column wherever the range begins.
void cm_draw(uint64_t seed, int64_t from, int64_t to, float *result);

// Of each column the sum of one sign's elements: with s = Σ rows[i][c], t = Σ |rows[i][c]| and d the sign of
// s − draws[c - from] t, result[c - from] = leak s + (1 − leak) (d t + d² s) / 2.
void cm_keep_one_sign(
    const float *const *rows, int count, int64_t from, int64_t to, const float *draws, float leak, float *result);

// Products of a sparse matrix, whose row r has the values[k] in the columns columns[k] for k in starts[r]..<starts[r + 1],
// with a dense one of `width` columns. The second kind multiplies by the transposed sparse matrix, which has
// `column_count` rows.
void cm_sparse_product_single(
    int64_t row_count, const int64_t *starts, const int32_t *columns, const float *values, const float *dense,
    int64_t width, float *product);
void cm_sparse_product_double(
    int64_t row_count, const int64_t *starts, const int32_t *columns, const double *values, const double *dense,
    int64_t width, double *product);
void cm_transposed_sparse_product_single(
    int64_t row_count, int64_t column_count, const int64_t *starts, const int32_t *columns, const float *values,
    const float *dense, int64_t width, float *product);
void cm_transposed_sparse_product_double(
    int64_t row_count, int64_t column_count, const int64_t *starts, const int32_t *columns, const double *values,
    const double *dense, int64_t width, double *product);

// Non-maximum suppression of boxes (x1, y1, x2, y2 of each) in the order in which they are visited: `kept` gets the
// positions of those that overlap no box before them, which was kept, by an intersection over union above the threshold.
// Returns their number. `scratch` has room for 5 (count + 16) numbers, all zero.
int64_t cm_suppress(const double *boxes, int64_t count, double threshold, double *scratch, int64_t *kept);

#endif
