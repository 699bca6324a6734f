#include "CImageFiles.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const uint8_t *bytes;
  size_t count;
  size_t position;
} reader;

typedef struct {
  uint8_t *bytes;
  size_t count;
  size_t capacity;
} writer;

static void on_error(png_structp png, png_const_charp message) {
  ci_error *error = png_get_error_ptr(png);
  snprintf(error->text, sizeof error->text, "%s", message);
  png_longjmp(png, 1);
}
static void on_warning(png_structp png, png_const_charp message) { (void)png, (void)message; }

static void read_bytes(png_structp png, png_bytep target, size_t count) {
  reader *source = png_get_io_ptr(png);
  if (count > source->count - source->position) png_error(png, "the file ends too early");
  memcpy(target, source->bytes + source->position, count);
  source->position += count;
}

static void write_bytes(png_structp png, png_bytep source, size_t count) {
  writer *target = png_get_io_ptr(png);
  if (target->count + count > target->capacity) {
    size_t capacity = (target->count + count) * 2;
    uint8_t *grown = realloc(target->bytes, capacity);
    if (!grown) png_error(png, "out of memory");
    target->bytes = grown;
    target->capacity = capacity;
  }
  memcpy(target->bytes + target->count, source, count);
  target->count += count;
}
static void flush_bytes(png_structp png) { (void)png; }

int ci_read_png(const uint8_t *bytes, size_t count, size_t largest_pixel_count, ci_picture *picture, ci_error *error) {
  reader source = {bytes, count, 0};
  // Volatile: they change between setjmp and longjmp.
  void *volatile samples = NULL;
  png_bytep *volatile rows = NULL;
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, error, on_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    snprintf(error->text, sizeof error->text, "out of memory");
    png_destroy_read_struct(&png, NULL, NULL);
    return -1;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    free(samples);
    free(rows);
    return -1;
  }
  png_set_read_fn(png, &source, read_bytes);
  png_read_info(png, info);
  png_uint_32 width = png_get_image_width(png, info), height = png_get_image_height(png, info);
  if ((size_t)width * height > largest_pixel_count) png_error(png, "the picture is larger than its file justifies");
  int color = png_get_color_type(png, info), bits = png_get_bit_depth(png, info);
  if (color == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if (color == PNG_COLOR_TYPE_GRAY && bits < 8) png_set_expand_gray_1_2_4_to_8(png);
  if (color == PNG_COLOR_TYPE_GRAY_ALPHA) png_set_strip_alpha(png);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (bits == 16) png_set_swap(png);
#endif
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  picture->width = (int)width;
  picture->height = (int)height;
  picture->channels = png_get_channels(png, info);
  picture->bits = png_get_bit_depth(png, info);
  size_t row_bytes = png_get_rowbytes(png, info);
  samples = malloc(row_bytes * height);
  rows = malloc(sizeof(png_bytep) * height);
  if (!samples || !rows) png_error(png, "out of memory");
  for (size_t row = 0; row < height; row++) rows[row] = (png_bytep)samples + row * row_bytes;
  png_read_image(png, rows);
  png_read_end(png, NULL);
  png_destroy_read_struct(&png, &info, NULL);
  free(rows);
  picture->samples = samples;
  return 0;
}

int ci_write_png(const ci_picture *picture, uint8_t **bytes, size_t *count, ci_error *error) {
  writer target = {0};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, error, on_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    snprintf(error->text, sizeof error->text, "out of memory");
    png_destroy_write_struct(&png, NULL);
    return -1;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    free(target.bytes);
    return -1;
  }
  png_set_write_fn(png, &target, write_bytes, flush_bytes);
  int color = picture->channels == 1 ? PNG_COLOR_TYPE_GRAY : picture->channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGBA;
  png_set_IHDR(png, info, picture->width, picture->height, picture->bits, color, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(png, 6);
  png_write_info(png, info);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (picture->bits == 16) png_set_swap(png);
#endif
  size_t row_bytes = (size_t)picture->width * picture->channels * (picture->bits / 8);
  for (int row = 0; row < picture->height; row++) png_write_row(png, (png_bytep)picture->samples + row * row_bytes);
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  *bytes = target.bytes;
  *count = target.count;
  return 0;
}

void ci_free(void *memory) { free(memory); }
