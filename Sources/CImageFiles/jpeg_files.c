#include "CImageFiles.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

// The first member: libjpeg hands back a pointer to it.
typedef struct {
  struct jpeg_error_mgr base;
  jmp_buf jump;
  ci_status status;
  char text[JMSG_LENGTH_MAX];
} error_manager;

// Everything that a jump leaves behind to be freed. It is only touched through pointers, so that it holds its
// values when setjmp returns a second time.
typedef struct {
  struct jpeg_decompress_struct info;
  struct jpeg_progress_mgr progress;
  error_manager errors;
  uint8_t *samples;
} jpeg_reader;

typedef struct {
  struct jpeg_compress_struct info;
  error_manager errors;
  unsigned char *bytes;
  unsigned long count;
} jpeg_writer;

// A file of a few bytes a scan would take hours where every scan visits all blocks.
static const int scan_limit = 500;

static ci_status status_of(int code) {
  switch (code) {
  case JERR_ARITH_NOTIMPL:
  case JERR_BAD_PRECISION:
  case JERR_CCIR601_NOTIMPL:
  case JERR_CONVERSION_NOTIMPL:
  case JERR_FRACT_SAMPLE_NOTIMPL:
  case JERR_NOTIMPL:
  case JERR_NOT_COMPILED:
  case JERR_SOF_UNSUPPORTED: return ci_unsupported;
  default: return ci_damaged;
  }
}

static void on_error(j_common_ptr info) {
  error_manager *manager = (error_manager *)info->err;
  info->err->format_message(info, manager->text);
  manager->status = status_of(info->err->msg_code);
  longjmp(manager->jump, 1);
}

// Whether every pixel is there in spite of a warning.
static int is_harmless(int code) {
  switch (code) {
  case JWRN_ADOBE_XFORM:
  case JWRN_EXTRANEOUS_DATA:
  case JWRN_JFIF_MAJOR:
  case JWRN_NOT_SEQUENTIAL: return 1;
  default: return 0;
  }
}

// Negative levels are warnings. Most say that data are missing or wrong (a truncated file, for instance), and libjpeg
// would fill in gray: those are errors here.
static void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  if (!is_harmless(info->err->msg_code)) on_error(info);
  error_manager *manager = (error_manager *)info->err;
  if (info->err->num_warnings++ == 0) info->err->format_message(info, manager->text);
}

static void fail(j_common_ptr info, ci_status status, const char *text) {
  error_manager *manager = (error_manager *)info->err;
  snprintf(manager->text, sizeof manager->text, "%s", text);
  manager->status = status;
  longjmp(manager->jump, 1);
}

static void on_progress(j_common_ptr info) {
  if (info->is_decompressor && ((j_decompress_ptr)info)->input_scan_number > scan_limit)
    fail(info, ci_unsupported, "it has more than 500 scans");
}

static void start(error_manager *manager, struct jpeg_error_mgr **slot) {
  *slot = jpeg_std_error(&manager->base);
  manager->base.error_exit = on_error;
  manager->base.emit_message = on_message;
}

static void copy_text(const error_manager *manager, ci_message *message) {
  snprintf(message->text, sizeof message->text, "%.200s", manager->text);
}

static void decode(jpeg_reader *reader, const uint8_t *bytes, size_t count, size_t pixel_limit, ci_picture *picture) {
  j_decompress_ptr info = &reader->info;
  jpeg_create_decompress(info);
  reader->progress.progress_monitor = on_progress;
  info->progress = &reader->progress;
  jpeg_mem_src(info, bytes, count);
  jpeg_read_header(info, TRUE);
  picture->width = (int)info->image_width;
  picture->height = (int)info->image_height;
  if ((size_t)info->image_width * info->image_height > pixel_limit)
    fail((j_common_ptr)info, ci_too_large, "the image is too large");
  if (info->jpeg_color_space == JCS_CMYK || info->jpeg_color_space == JCS_YCCK)
    fail((j_common_ptr)info, ci_unsupported, "its colors are inks (CMYK): save it with red, green and blue");
  info->out_color_space = info->jpeg_color_space == JCS_GRAYSCALE ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_start_decompress(info);
  size_t row_bytes = (size_t)info->output_width * info->output_components;
  reader->samples = malloc(row_bytes * info->output_height);
  if (!reader->samples) fail((j_common_ptr)info, ci_damaged, "out of memory");
  while (info->output_scanline < info->output_height) {
    JSAMPROW row = reader->samples + row_bytes * info->output_scanline;
    jpeg_read_scanlines(info, &row, 1);
  }
  jpeg_finish_decompress(info);
  picture->channels = info->output_components;
  picture->bits = 8;
  picture->samples = reader->samples;
}

ci_status ci_read_jpeg(
    const uint8_t *bytes, size_t count, size_t pixel_limit, ci_picture *picture, ci_message *message) {
  jpeg_reader reader = {0};
  start(&reader.errors, &reader.info.err);
  if (setjmp(reader.errors.jump)) {
    copy_text(&reader.errors, message);
    jpeg_destroy_decompress(&reader.info);
    free(reader.samples);
    return reader.errors.status;
  }
  decode(&reader, bytes, count, pixel_limit, picture);
  copy_text(&reader.errors, message);
  jpeg_destroy_decompress(&reader.info);
  return ci_success;
}

static void encode(jpeg_writer *writer, const ci_picture *picture, int quality) {
  j_compress_ptr info = &writer->info;
  jpeg_create_compress(info);
  jpeg_mem_dest(info, &writer->bytes, &writer->count);
  info->image_width = picture->width;
  info->image_height = picture->height;
  info->input_components = picture->channels;
  info->in_color_space = picture->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(info);
  jpeg_set_quality(info, quality, TRUE);
  jpeg_start_compress(info, TRUE);
  size_t row_bytes = (size_t)picture->width * picture->channels;
  while (info->next_scanline < info->image_height) {
    JSAMPROW row = (JSAMPROW)picture->samples + row_bytes * info->next_scanline;
    jpeg_write_scanlines(info, &row, 1);
  }
  jpeg_finish_compress(info);
}

ci_status ci_write_jpeg(
    const ci_picture *picture, int quality, uint8_t **bytes, size_t *count, ci_message *message) {
  jpeg_writer writer = {0};
  start(&writer.errors, &writer.info.err);
  if (setjmp(writer.errors.jump)) {
    copy_text(&writer.errors, message);
    // Once rows are written, libjpeg may have replaced the buffer, and has freed the one that is known here.
    if (writer.info.next_scanline == 0) free(writer.bytes);
    jpeg_destroy_compress(&writer.info);
    return ci_damaged;
  }
  encode(&writer, picture, quality);
  jpeg_destroy_compress(&writer.info);
  *bytes = writer.bytes;
  *count = writer.count;
  return ci_success;
}
