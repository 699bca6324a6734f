#include "CMatrixKernels.h"

// One version for each generation of processors; the loader picks the best that runs.
#if defined(__x86_64__) && defined(__linux__)
#define FOR_EVERY_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EVERY_PROCESSOR
#endif

// So many boxes are compared with one before the outcome is looked at.
enum { LANES = 16 };

FOR_EVERY_PROCESSOR
int64_t cm_suppress(const double *boxes, int64_t count, double threshold, double *scratch, int64_t *kept) {
  double *restrict x1s = scratch, *restrict y1s = x1s + count + LANES, *restrict x2s = y1s + count + LANES,
                  *restrict y2s = x2s + count + LANES, *restrict areas = y2s + count + LANES;
  int64_t kept_count = 0, solid = 0;
  for (int64_t i = 0; i < count; i++) {
    const double x1 = boxes[4 * i], y1 = boxes[4 * i + 1], x2 = boxes[4 * i + 2], y2 = boxes[4 * i + 3];
    // A box without an inside is no obstacle to others, and has none.
    if (!(x2 > x1 && y2 > y1)) {
      kept[kept_count++] = i;
      continue;
    }
    const double area = (x2 - x1) * (y2 - y1);
    int suppressed = 0;
    for (int64_t k = 0; k < solid && !suppressed; k += LANES) {
      int64_t over = 0;
      for (int64_t j = k; j < k + LANES; j++) {
        const double left = x1s[j] > x1 ? x1s[j] : x1, right = x2s[j] < x2 ? x2s[j] : x2;
        const double top = y1s[j] > y1 ? y1s[j] : y1, bottom = y2s[j] < y2 ? y2s[j] : y2;
        const double width = right > left ? right - left : 0, height = bottom > top ? bottom - top : 0;
        const double intersection = width * height;
        over |= (int64_t)(intersection > threshold * (area + areas[j] - intersection)) & (int64_t)(intersection > 0);
      }
      suppressed = over != 0;
    }
    if (suppressed) continue;
    kept[kept_count++] = i;
    // What follows the last box is empty, so that it overlaps nothing.
    x1s[solid] = x1, y1s[solid] = y1, x2s[solid] = x2, y2s[solid] = y2, areas[solid] = area;
    solid++;
  }
  return kept_count;
}
