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
} byte_source;

typedef struct {
  uint8_t *bytes;
  size_t count;
  size_t capacity;
} byte_target;

// Everything that a jump leaves behind to be freed. It is only touched through pointers, so that it holds its
// values when setjmp returns a second time.
typedef struct {
  png_structp png;
  png_infop info;
  byte_source source;
  ci_status status;
  void *samples;
  png_bytep *rows;
} png_reader;

static void on_error(png_structp png, png_const_charp text) {
  ci_message *message = png_get_error_ptr(png);
  snprintf(message->text, sizeof message->text, "%s", text);
  png_longjmp(png, 1);
}
// Libpng warns of color profiles and other chunks that are not used here; what damages pixels is an error to it.
static void on_warning(png_structp png, png_const_charp text) { (void)png, (void)text; }

static void read_bytes(png_structp png, png_bytep target, size_t count) {
  byte_source *source = png_get_io_ptr(png);
  if (count > source->count - source->position) png_error(png, "the file ends too early");
  memcpy(target, source->bytes + source->position, count);
  source->position += count;
}

static void write_bytes(png_structp png, png_bytep source, size_t count) {
  byte_target *target = png_get_io_ptr(png);
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

// How samples leave the file. Called between the header and the pixels.
typedef void transformation(png_structp png, int color, int bits);

static void show_colors(png_structp png, int color, int bits) {
  if (color == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if (color == PNG_COLOR_TYPE_GRAY && bits < 8) png_set_expand_gray_1_2_4_to_8(png);
}

static void keep_values(png_structp png, int color, int bits) {
  (void)color;
  if (bits < 8) png_set_packing(png);
}

static void decode(png_reader *reader, size_t pixel_limit, transformation *transform, ci_picture *picture) {
  png_structp png = reader->png;
  png_infop info = reader->info;
  png_set_read_fn(png, &reader->source, read_bytes);
  png_read_info(png, info);
  png_uint_32 width = png_get_image_width(png, info), height = png_get_image_height(png, info);
  picture->width = (int)width;
  picture->height = (int)height;
  if ((size_t)width * height > pixel_limit) {
    reader->status = ci_too_large;
    png_error(png, "the image is too large");
  }
  int color = png_get_color_type(png, info), bits = png_get_bit_depth(png, info);
  transform(png, color, bits);
  if (color == PNG_COLOR_TYPE_GRAY_ALPHA) png_set_strip_alpha(png);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (bits == 16) png_set_swap(png);
#endif
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  picture->channels = png_get_channels(png, info);
  picture->bits = png_get_bit_depth(png, info);
  size_t row_bytes = png_get_rowbytes(png, info);
  reader->samples = malloc(row_bytes * height);
  reader->rows = malloc(sizeof(png_bytep) * height);
  if (!reader->samples || !reader->rows) png_error(png, "out of memory");
  for (size_t row = 0; row < height; row++) reader->rows[row] = (png_bytep)reader->samples + row * row_bytes;
  png_read_image(png, reader->rows);
  png_read_end(png, NULL);
  picture->samples = reader->samples;
}

static ci_status read_png(
    const uint8_t *bytes, size_t count, size_t pixel_limit, transformation *transform, ci_picture *picture,
    ci_message *message) {
  png_reader reader = {.source = {bytes, count, 0}, .status = ci_damaged};
  reader.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, message, on_error, on_warning);
  reader.info = reader.png ? png_create_info_struct(reader.png) : NULL;
  if (!reader.info) {
    snprintf(message->text, sizeof message->text, "out of memory");
    png_destroy_read_struct(&reader.png, NULL, NULL);
    return ci_damaged;
  }
  if (setjmp(png_jmpbuf(reader.png))) {
    png_destroy_read_struct(&reader.png, &reader.info, NULL);
    free(reader.samples);
    free(reader.rows);
    return reader.status;
  }
  decode(&reader, pixel_limit, transform, picture);
  png_destroy_read_struct(&reader.png, &reader.info, NULL);
  free(reader.rows);
  return ci_success;
}

ci_status ci_read_png(
    const uint8_t *bytes, size_t count, size_t pixel_limit, ci_picture *picture, ci_message *message) {
  return read_png(bytes, count, pixel_limit, show_colors, picture, message);
}

ci_status ci_read_png_samples(
    const uint8_t *bytes, size_t count, size_t pixel_limit, ci_picture *picture, ci_message *message) {
  return read_png(bytes, count, pixel_limit, keep_values, picture, message);
}

ci_status ci_write_png(const ci_picture *picture, uint8_t **bytes, size_t *count, ci_message *message) {
  byte_target target = {0};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, on_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    snprintf(message->text, sizeof message->text, "out of memory");
    png_destroy_write_struct(&png, NULL);
    return ci_damaged;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    free(target.bytes);
    return ci_damaged;
  }
  png_set_write_fn(png, &target, write_bytes, flush_bytes);
  int color = picture->channels == 1   ? PNG_COLOR_TYPE_GRAY
              : picture->channels == 3 ? PNG_COLOR_TYPE_RGB
                                       : PNG_COLOR_TYPE_RGBA;
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
  return ci_success;
}

void ci_free(void *memory) { free(memory); }
