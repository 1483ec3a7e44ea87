import type { Model, Preprocessing, Tensor } from "@alexnet/core";
import { middleOf, wholeOf } from "@alexnet/core/support";
import { numeral } from "../names.js";

/** `picture.h`. */
export const pictureHeader = `/* Pictures as a model wants them: made by @alexnet/codegen. */
#ifndef PICTURE_H
#define PICTURE_H

/* Pixels of a picture, [height][width][channels], 1 channel for gray and 3 for red, green and blue. */
typedef struct {
  int width, height, channels;
  unsigned char *pixels;
} picture;

/* Reads a PPM or PGM picture of 8 bits (P6, P5). 0 when it cannot; *why says why. Give the pixels back with free. */
int picture_read(const char *path, picture *result, const char **why);

/* Prepares a picture for the model: image is [channels][height][width]. 0 when there is not enough memory. */
int picture_prepare(const picture *given, float *image);

#endif
`;

/** `picture.c`: reading, resizing as Pillow's bilinear filter does, cropping, normalizing. */
export function pictureSource(model: Model, preprocessing: Preprocessing): string {
  const [channels, height, width] = model.inputShape;
  const { resizeMode = "stretch", range = 1, channelOrder = "rgb", mean, meanImage, std } = preprocessing;
  const whole = wholeOf(preprocessing, [height, width]);
  const { shorterSide: side } = whole;
  const [rows, columns] = whole.size;
  const middle = (of: string, extent: number, more: number): string =>
    `middle(${of}, ${extent})${more === 0 ? "" : ` + ${more}`}`;
  const list = (values: readonly number[] | undefined, otherwise: number): string =>
    Array.from({ length: channels }, (_, channel) => numeral(values?.[channel] ?? otherwise, "f")).join(", ");
  return `/* Pictures as a model wants them: made by @alexnet/codegen. */
#include "picture.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHANNELS = ${channels}, HEIGHT = ${height}, WIDTH = ${width}, LARGEST_SIDE = 16383 };

${meanImage ? "/* One value a pixel, in mean.c. */\nextern const float mean_image[];" : `static const float mean[CHANNELS] = {${list(mean, 0)}};`}
static const float deviation[CHANNELS] = {${list(std, 1)}};

/* A number of the header, after blanks and comments; -1 where there is none. */
static int header_number(FILE *file) {
  int character = fgetc(file);
  while (isspace(character) || character == '#') {
    if (character == '#') {
      while (character != '\\n' && character != EOF) character = fgetc(file);
    }
    character = fgetc(file);
  }
  int number = -1;
  for (; isdigit(character) && number <= LARGEST_SIDE; character = fgetc(file)) {
    number = (number < 0 ? 0 : number) * 10 + character - '0';
  }
  return isspace(character) ? number : -1; /* One blank ends the header. */
}

int picture_read(const char *path, picture *result, const char **why) {
  FILE *file = fopen(path, "rb");
  if (!file) {
    *why = "it cannot be opened";
    return 0;
  }
  const int letter = fgetc(file), kind = fgetc(file);
  const int width = header_number(file), height = header_number(file), largest = header_number(file);
  if (letter != 'P' || (kind != '5' && kind != '6')) {
    *why = "it is no PPM or PGM picture (P6, P5)";
  } else if (width < 1 || height < 1 || width > LARGEST_SIDE || height > LARGEST_SIDE) {
    *why = "its size is out of range";
  } else if (largest != 255) {
    *why = "it does not have 8 bits a color";
  } else {
    const int channels = kind == '6' ? 3 : 1;
    const size_t bytes = (size_t)width * (size_t)height * (size_t)channels;
    unsigned char *pixels = malloc(bytes);
    if (!pixels) {
      *why = "there is not enough memory";
    } else if (fread(pixels, 1, bytes, file) != bytes) {
      *why = "it is truncated";
      free(pixels);
    } else {
      *result = (picture){width, height, channels, pixels};
      fclose(file);
      return 1;
    }
  }
  fclose(file);
  return 0;
}

/*
 * One axis of Pillow's bilinear filter: out of \`from\` pixels \`to\` would be made, of which \`count\` from \`first\` on are.
 * Triangles as wide as the scale when shrinking; weights with 22 bits behind the point; 8 bits in between. Lines are \`lines\` apart
 * from each other by \`line\` bytes, pixels by \`step\` bytes, in the input and in the output each.
 */
static int resize_axis(int from, int to, int first, int count, int lines, const unsigned char *in, size_t in_line,
                       size_t in_step, unsigned char *out, size_t out_line, size_t out_step) {
  enum { BITS = 22 };
  const double scale = (double)from / to, support = scale > 1.0 ? scale : 1.0;
  const int most = (int)support * 2 + 3;
  int32_t *weights = malloc((size_t)most * sizeof *weights);
  double *shares = malloc((size_t)most * sizeof *shares);
  if (!weights || !shares) {
    free(weights);
    free(shares);
    return 0;
  }
  for (int i = 0; i < count; i++) {
    const double center = (first + i + 0.5) * scale;
    int start = (int)(center - support + 0.5), end = (int)(center + support + 0.5);
    if (center - support + 0.5 < 0.0) start = 0;
    if (end > from) end = from;
    const int taps = end - start;
    double sum = 0.0;
    for (int tap = 0; tap < taps; tap++) {
      double distance = (start + tap - center + 0.5) * (1.0 / support);
      if (distance < 0.0) distance = -distance;
      shares[tap] = distance < 1.0 ? 1.0 - distance : 0.0;
      sum += shares[tap];
    }
    for (int tap = 0; tap < taps; tap++) weights[tap] = (int32_t)(shares[tap] / sum * (1 << BITS) + 0.5);
    for (int line = 0; line < lines; line++) {
      const unsigned char *pixel = in + (size_t)line * in_line + (size_t)start * in_step;
      int32_t value = 1 << (BITS - 1);
      for (int tap = 0; tap < taps; tap++) value += weights[tap] * pixel[(size_t)tap * in_step];
      out[(size_t)line * out_line + (size_t)i * out_step] = (unsigned char)(value >> BITS);
    }
  }
  free(weights);
  free(shares);
  return 1;
}

/* Half a pixel of margin goes to the even side, as in Python's round. */
static int middle(int whole, int part) {
  const int margin = whole - part, half = margin / 2;
  return margin % 2 == 0 ? half : half + half % 2;
}

int picture_prepare(const picture *given, float *image) {
${
  resizeMode === "center-crop"
    ? `  /* The shorter side becomes ${side} pixels, and the middle is cut out. */
  const int shorter = given->width < given->height ? given->width : given->height;
  const int to_width = given->width <= given->height ? ${side} : (int)((int64_t)${side} * given->width / shorter);
  const int to_height = given->width <= given->height ? (int)((int64_t)${side} * given->height / shorter) : ${side};
  const int left = ${middle("to_width", columns, whole.left)}, top = ${middle("to_height", rows, whole.top)};`
    : `  /* The whole picture, whatever that does to its proportions. */
  const int to_width = ${columns}, to_height = ${rows};
  const int left = ${middle("to_width", columns, whole.left)}, top = ${middle("to_height", rows, whole.top)};`
}
  const int given_channels = given->channels;
  const size_t pixels = (size_t)given->width * (size_t)given->height;
  unsigned char *gray = NULL;
  const unsigned char *in = given->pixels;
  int channels = given_channels;
  if (given_channels == 3 && CHANNELS == 1) {
    /* Luminance as Pillow has it (ITU-R 601-2). */
    gray = malloc(pixels);
    if (!gray) return 0;
    for (size_t i = 0; i < pixels; i++) {
      gray[i] = (unsigned char)((in[3 * i] * 19595u + in[3 * i + 1] * 38470u + in[3 * i + 2] * 7471u + 0x8000u) >> 16);
    }
    in = gray;
    channels = 1;
  }
  const size_t row = (size_t)given->width * (size_t)channels, narrow = (size_t)WIDTH * (size_t)channels;
  unsigned char *rows = malloc((size_t)given->height * narrow), *resized = malloc((size_t)HEIGHT * narrow);
  int done = rows && resized;
  for (int channel = 0; done && channel < channels; channel++) {
    const size_t step = (size_t)channels;
    done = resize_axis(given->width, to_width, left, WIDTH, given->height, in + channel, row, step, rows + channel,
                       narrow, step) &&
           resize_axis(given->height, to_height, top, HEIGHT, WIDTH, rows + channel, step, narrow, resized + channel,
                       step, narrow);
  }
  for (int channel = 0; done && channel < CHANNELS; channel++) {
    const int from = channels == 1 ? 0 : ${channelOrder === "bgr" ? "channels - 1 - channel" : "channel"};
    for (size_t i = 0; i < (size_t)HEIGHT * WIDTH; i++) {
      const float value = (float)resized[i * (size_t)channels + (size_t)from]${range === 1 ? " / 255.0f" : ""};
      image[(size_t)channel * HEIGHT * WIDTH + i] = (value - ${meanImage ? "mean_image[(size_t)channel * HEIGHT * WIDTH + i]" : "mean[channel]"}) / deviation[channel];
    }
  }
  free(gray);
  free(rows);
  free(resized);
  return done;
}
`;
}

/** `mean.c`: the middle of a mean image, as large as the model's images. */
export function meanSource(model: Model, meanImage: Tensor): string {
  const [channels, height, width] = model.inputShape;
  const middle = middleOf("The mean image", meanImage, [channels, height, width]);
  const lines = Array.from({ length: channels * height }, (_, row) => {
    const values = middle.subarray(row * width, (row + 1) * width);
    return `    ${Array.from(values, (value) => numeral(value, "f")).join(", ")},`;
  });
  return `/* The mean image that is taken off pictures: made by @alexnet/codegen. */
extern const float mean_image[];
const float mean_image[] = {
${lines.join("\n")}
};
`;
}
