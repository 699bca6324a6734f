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

// What went wrong; or, after a success, what is wrong with a file that could be read all the same.
typedef struct {
  char text[256];
} ci_message;

typedef enum {
  ci_success = 0,
  // The bytes do not hold a whole image; the message says why.
  ci_damaged = -1,
  // The header names more pixels than allowed: only width and height are set.
  ci_too_large = -2,
  // A kind of image that is not read; the message says which.
  ci_unsupported = -3,
} ci_status;

// Reads an image as it is to be seen: palettes become colors, gray takes the whole range of 8 or 16 bits.
ci_status ci_read_png(const uint8_t *bytes, size_t count, size_t pixel_limit, ci_picture *picture, ci_message *message);
// Reads the samples as the file stores them: a palette gives its indices, gray of 1, 2 or 4 bits its small numbers.
ci_status ci_read_png_samples(
    const uint8_t *bytes, size_t count, size_t pixel_limit, ci_picture *picture, ci_message *message);
ci_status ci_read_jpeg(
    const uint8_t *bytes, size_t count, size_t pixel_limit, ci_picture *picture, ci_message *message);

ci_status ci_write_png(const ci_picture *picture, uint8_t **bytes, size_t *count, ci_message *message);
ci_status ci_write_jpeg(
    const ci_picture *picture, int quality, uint8_t **bytes, size_t *count, ci_message *message);

void ci_free(void *memory);
