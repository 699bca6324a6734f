#include "CImageFiles.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

typedef struct {
  struct jpeg_error_mgr base;
  jmp_buf jump;
  char text[JMSG_LENGTH_MAX];
} error_manager;

static void on_error(j_common_ptr info) {
  error_manager *manager = (error_manager *)info->err;
  info->err->format_message(info, manager->text);
  longjmp(manager->jump, 1);
}

// A warning means that data are damaged (a truncated file, for instance): that is an error here.
static void on_message(j_common_ptr info, int level) {
  if (level < 0) on_error(info);
}

static void start(error_manager *manager, struct jpeg_error_mgr **slot) {
  *slot = jpeg_std_error(&manager->base);
  manager->base.error_exit = on_error;
  manager->base.emit_message = on_message;
}

int ci_read_jpeg(const uint8_t *bytes, size_t count, size_t largest_pixel_count, ci_picture *picture, ci_error *error) {
  struct jpeg_decompress_struct info;
  error_manager manager;
  uint8_t *volatile samples = NULL;
  start(&manager, &info.err);
  if (setjmp(manager.jump)) {
    snprintf(error->text, sizeof error->text, "%.200s", manager.text);
    jpeg_destroy_decompress(&info);
    free(samples);
    return -1;
  }
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, bytes, count);
  jpeg_read_header(&info, TRUE);
  if ((size_t)info.image_width * info.image_height > largest_pixel_count) {
    snprintf(error->text, sizeof error->text, "the picture is larger than its file justifies");
    jpeg_destroy_decompress(&info);
    return -1;
  }
  info.out_color_space = info.jpeg_color_space == JCS_GRAYSCALE ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_start_decompress(&info);
  size_t row_bytes = (size_t)info.output_width * info.output_components;
  samples = malloc(row_bytes * info.output_height);
  if (!samples) {
    snprintf(error->text, sizeof error->text, "out of memory");
    jpeg_destroy_decompress(&info);
    return -1;
  }
  while (info.output_scanline < info.output_height) {
    JSAMPROW row = samples + row_bytes * info.output_scanline;
    jpeg_read_scanlines(&info, &row, 1);
  }
  *picture = (ci_picture){(int)info.output_width, (int)info.output_height, info.output_components, 8, samples};
  jpeg_finish_decompress(&info);
  jpeg_destroy_decompress(&info);
  return 0;
}

int ci_write_jpeg(const ci_picture *picture, int quality, uint8_t **bytes, size_t *count, ci_error *error) {
  struct jpeg_compress_struct info;
  error_manager manager;
  unsigned char *target = NULL;
  unsigned long size = 0;
  start(&manager, &info.err);
  if (setjmp(manager.jump)) {
    snprintf(error->text, sizeof error->text, "%.200s", manager.text);
    jpeg_destroy_compress(&info);
    return -1;
  }
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, &target, &size);
  info.image_width = picture->width;
  info.image_height = picture->height;
  info.input_components = picture->channels;
  info.in_color_space = picture->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, quality, TRUE);
  jpeg_start_compress(&info, TRUE);
  size_t row_bytes = (size_t)picture->width * picture->channels;
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = (JSAMPROW)picture->samples + row_bytes * info.next_scanline;
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  *bytes = target;
  *count = size;
  return 0;
}
