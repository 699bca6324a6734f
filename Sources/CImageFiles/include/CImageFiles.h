// PNG and JPEG in memory, through libpng and libjpeg-turbo. Both report errors by longjmp, which Swift cannot
// cross: that is all this target is for.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct {
  int width;
  int height;
  int channels;  // 1, 3 or 4
  int bits;      // 8 or 16; 16-bit samples are in the machine's byte order
  void *samples; // rows × columns × channels; free with ci_free
} ci_picture;

typedef struct {
  char text[256];
} ci_error;

// All return 0 on success, −1 with a text on failure.
int ci_read_png(const uint8_t *bytes, size_t count, size_t largest_pixel_count, ci_picture *picture, ci_error *error);
int ci_read_jpeg(const uint8_t *bytes, size_t count, size_t largest_pixel_count, ci_picture *picture, ci_error *error);
int ci_write_png(const ci_picture *picture, uint8_t **bytes, size_t *count, ci_error *error);
int ci_write_jpeg(const ci_picture *picture, int quality, uint8_t **bytes, size_t *count, ci_error *error);
void ci_free(void *memory);
