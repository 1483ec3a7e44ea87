/** The functions that the generated C calls, each with what it needs: only those that a model uses are written. */
export interface CFunction {
  readonly source: string;
  /** Names of others that it calls. */
  readonly needs?: readonly string[];
}

/** 2^n, e^x and x^y in doubles, for programs that are linked without the library of mathematics. */
const powers = `/* e^x: a power of two and a polynomial of what is left, within 1e-14. */
static double exponential(double x) {
  if (x > 709.0) x = 709.0;
  if (x < -708.0) return 0.0;
  const double scaled = x * 1.4426950408889634;
  const int64_t whole = (int64_t)(scaled < 0.0 ? scaled - 0.5 : scaled + 0.5);
  const double rest = (x - (double)whole * 0.693147180369123816490) - (double)whole * 1.90821492927058770002e-10;
  double sum = 1.0 + rest / 12.0;
  for (int term = 11; term > 0; term--) sum = 1.0 + rest * sum / term;
  const uint64_t bits = (uint64_t)(whole + 1023) << 52;
  double power;
  memcpy(&power, &bits, sizeof power);
  return sum * power;
}`;

const logarithm = `/* The natural logarithm of a positive number: its exponent and a series of its mantissa, within 1e-14. */
static double logarithm(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  int exponent = (int)(bits >> 52) - 1023;
  bits = (bits & 0xfffffffffffffULL) | 0x3ff0000000000000ULL;
  double mantissa;
  memcpy(&mantissa, &bits, sizeof mantissa);
  if (mantissa > 1.4142135623730951) {
    mantissa /= 2.0;
    exponent++;
  }
  const double ratio = (mantissa - 1.0) / (mantissa + 1.0);
  const double square = ratio * ratio;
  double sum = 1.0 / 19.0;
  for (int term = 17; term > 0; term -= 2) sum = 1.0 / term + square * sum;
  return 2.0 * ratio * sum + exponent * 0.6931471805599453;
}`;

const product = `enum {
  /* Pixels and inputs of a block: 256 KB of them stay in the second-level cache while all filters go over them. */
  BLOCK_PIXELS = 256,
  BLOCK_INPUTS = 256
};

/*
 * Four filters by four inputs: each value that is loaded goes into four products, and the loop over pixels is what compilers make
 * vector instructions of.
 */
static void add_four(size_t pixels, const float *w0, const float *w1, const float *w2, const float *w3,
                     const float *restrict b0, const float *restrict b1, const float *restrict b2,
                     const float *restrict b3, float *restrict o0, float *restrict o1, float *restrict o2,
                     float *restrict o3) {
  const float a00 = w0[0], a01 = w0[1], a02 = w0[2], a03 = w0[3];
  const float a10 = w1[0], a11 = w1[1], a12 = w1[2], a13 = w1[3];
  const float a20 = w2[0], a21 = w2[1], a22 = w2[2], a23 = w2[3];
  const float a30 = w3[0], a31 = w3[1], a32 = w3[2], a33 = w3[3];
  for (size_t pixel = 0; pixel < pixels; pixel++) {
    const float x0 = b0[pixel], x1 = b1[pixel], x2 = b2[pixel], x3 = b3[pixel];
    o0[pixel] += a00 * x0 + a01 * x1 + a02 * x2 + a03 * x3;
    o1[pixel] += a10 * x0 + a11 * x1 + a12 * x2 + a13 * x3;
    o2[pixel] += a20 * x0 + a21 * x1 + a22 * x2 + a23 * x3;
    o3[pixel] += a30 * x0 + a31 * x1 + a32 * x2 + a33 * x3;
  }
}

static void add_one(size_t pixels, float weight, const float *restrict b, float *restrict out) {
  for (size_t pixel = 0; pixel < pixels; pixel++) out[pixel] += weight * b[pixel];
}

/* Adds the products of filters with a block of inputs: out[filter][pixel] += weights[filter][input] * block[input][pixel]. */
static void add_products(size_t filters, size_t inputs, size_t pixels, const float *weights, size_t weights_stride,
                         const float *block, float *out, size_t out_stride) {
  const size_t whole_filters = filters - filters % 4, whole_inputs = inputs - inputs % 4;
  for (size_t filter = 0; filter < whole_filters; filter += 4) {
    const float *w = weights + filter * weights_stride;
    float *o = out + filter * out_stride;
    for (size_t input = 0; input < whole_inputs; input += 4) {
      const float *b = block + input * BLOCK_PIXELS;
      add_four(pixels, w + input, w + weights_stride + input, w + 2 * weights_stride + input,
               w + 3 * weights_stride + input, b, b + BLOCK_PIXELS, b + 2 * BLOCK_PIXELS, b + 3 * BLOCK_PIXELS, o,
               o + out_stride, o + 2 * out_stride, o + 3 * out_stride);
    }
  }
  /* What is left over of filters and inputs. */
  for (size_t filter = 0; filter < filters; filter++) {
    for (size_t input = filter < whole_filters ? whole_inputs : 0; input < inputs; input++) {
      add_one(pixels, weights[filter * weights_stride + input], block + input * BLOCK_PIXELS, out + filter * out_stride);
    }
  }
}`;

const convolve = `typedef struct {
  size_t groups, channels, height, width; /* channels of one group */
  size_t filters, out_height, out_width;  /* filters of one group */
  size_t kernel_height, kernel_width, stride_height, stride_width, top, left, dilation_height, dilation_width;
} convolution;

/* What the filters see, in a block of its own: block[input][pixel], zero outside of the image. */
static void gather_block(const convolution *c, const float *in, size_t first_input, size_t inputs, size_t first_pixel,
                         size_t pixels, float *block) {
  for (size_t i = 0; i < inputs; i++) {
    const size_t input = first_input + i;
    const size_t channel = input / (c->kernel_height * c->kernel_width);
    const size_t row = input / c->kernel_width % c->kernel_height * c->dilation_height;
    const size_t column = input % c->kernel_width * c->dilation_width;
    const float *plane = in + channel * c->height * c->width;
    float *out = block + i * BLOCK_PIXELS;
    size_t pixel = 0;
    while (pixel < pixels) {
      /* One row of the output, or what of it is in this block. */
      const size_t y = (first_pixel + pixel) / c->out_width, start = (first_pixel + pixel) % c->out_width;
      const size_t left = pixels - pixel, rest = c->out_width - start;
      const size_t count = left < rest ? left : rest;
      const size_t from_y = y * c->stride_height + row; /* in the padded image */
      if (from_y < c->top || from_y - c->top >= c->height) {
        for (size_t x = 0; x < count; x++) out[pixel + x] = 0.0f;
      } else {
        const float *from = plane + (from_y - c->top) * c->width;
        for (size_t x = 0; x < count; x++) {
          const size_t from_x = (start + x) * c->stride_width + column;
          out[pixel + x] = from_x < c->left || from_x - c->left >= c->width ? 0.0f : from[from_x - c->left];
        }
      }
      pixel += count;
    }
  }
}

static void convolve(const convolution *c, const float *in, const float *weights, const float *bias, float *out,
                     float *block) {
  const size_t inputs = c->channels * c->kernel_height * c->kernel_width, pixels = c->out_height * c->out_width;
  for (size_t filter = 0; filter < c->groups * c->filters; filter++) {
    for (size_t pixel = 0; pixel < pixels; pixel++) out[filter * pixels + pixel] = bias ? bias[filter] : 0.0f;
  }
  for (size_t group = 0; group < c->groups; group++) {
    const float *group_in = in + group * c->channels * c->height * c->width;
    for (size_t pixel = 0; pixel < pixels; pixel += BLOCK_PIXELS) {
      const size_t some_pixels = pixels - pixel < BLOCK_PIXELS ? pixels - pixel : BLOCK_PIXELS;
      for (size_t input = 0; input < inputs; input += BLOCK_INPUTS) {
        const size_t some_inputs = inputs - input < BLOCK_INPUTS ? inputs - input : BLOCK_INPUTS;
        gather_block(c, group_in, input, some_inputs, pixel, some_pixels, block);
        add_products(c->filters, some_inputs, some_pixels, weights + group * c->filters * inputs + input, inputs, block,
                     out + group * c->filters * pixels + pixel, pixels);
      }
    }
  }
}`;

const connect = `/* out[unit] = bias[unit] + the sum of weights[unit][input] * in[input], in 32 sums that vector instructions keep apart. */
static void connect(size_t inputs, size_t units, const float *in, const float *weights, const float *bias, float *out) {
  for (size_t unit = 0; unit < units; unit++) {
    const float *restrict w = weights + unit * inputs;
    float sums[32] = {0};
    const size_t whole = inputs - inputs % 32;
    for (size_t input = 0; input < whole; input += 32) {
      for (size_t i = 0; i < 32; i++) sums[i] += w[input + i] * in[input + i];
    }
    for (size_t i = 0; i < inputs % 32; i++) sums[i] += w[whole + i] * in[whole + i];
    for (size_t half = 16; half > 0; half /= 2) {
      for (size_t i = 0; i < half; i++) sums[i] += sums[i + half];
    }
    out[unit] = sums[0] + (bias ? bias[unit] : 0.0f);
  }
}`;

const pooling = `typedef struct {
  size_t channels, height, width, out_height, out_width;
  size_t window_height, window_width, stride_height, stride_width, top, left;
} pooling;`;

const poolMaximum = `static void pool_maximum(const pooling *p, const float *in, float *out) {
  for (size_t channel = 0; channel < p->channels; channel++) {
    const float *plane = in + channel * p->height * p->width;
    for (size_t y = 0; y < p->out_height; y++) {
      for (size_t x = 0; x < p->out_width; x++) {
        float largest = -INFINITY;
        for (size_t i = 0; i < p->window_height; i++) {
          const size_t from_y = y * p->stride_height + i;
          if (from_y < p->top || from_y - p->top >= p->height) continue;
          for (size_t j = 0; j < p->window_width; j++) {
            const size_t from_x = x * p->stride_width + j;
            if (from_x < p->left || from_x - p->left >= p->width) continue;
            const float value = plane[(from_y - p->top) * p->width + from_x - p->left];
            if (value > largest || value != value) largest = value;
          }
        }
        *out++ = largest;
      }
    }
  }
}`;

const poolMean = `static void pool_mean(const pooling *p, const float *in, float *out) {
  for (size_t channel = 0; channel < p->channels; channel++) {
    const float *plane = in + channel * p->height * p->width;
    for (size_t y = 0; y < p->out_height; y++) {
      for (size_t x = 0; x < p->out_width; x++) {
        float sum = 0.0f;
        for (size_t i = 0; i < p->window_height; i++) {
          for (size_t j = 0; j < p->window_width; j++) {
            sum += plane[(y * p->stride_height + i) * p->width + x * p->stride_width + j];
          }
        }
        *out++ = sum / (float)(p->window_height * p->window_width);
      }
    }
  }
}`;

const poolAdaptive = `/* Output i of n averages the inputs from floor(i * size / n) to ceil((i + 1) * size / n), as PyTorch does. */
static void pool_adaptive(const pooling *p, const float *in, float *out) {
  for (size_t channel = 0; channel < p->channels; channel++) {
    const float *plane = in + channel * p->height * p->width;
    for (size_t y = 0; y < p->out_height; y++) {
      const size_t first_y = y * p->height / p->out_height;
      const size_t end_y = ((y + 1) * p->height + p->out_height - 1) / p->out_height;
      for (size_t x = 0; x < p->out_width; x++) {
        const size_t first_x = x * p->width / p->out_width;
        const size_t end_x = ((x + 1) * p->width + p->out_width - 1) / p->out_width;
        float sum = 0.0f;
        for (size_t i = first_y; i < end_y; i++) {
          for (size_t j = first_x; j < end_x; j++) sum += plane[i * p->width + j];
        }
        *out++ = sum / (float)((end_y - first_y) * (end_x - first_x));
      }
    }
  }
}`;

const normalize = `/* Local response normalization: in / (k + alpha * the sum of squares of size channels around)^beta, within each group. */
static void normalize(size_t groups, size_t channels, size_t pixels, size_t size, double k, double alpha, double beta,
                      const float *in, float *out) {
  const size_t reach = size / 2;
  for (size_t group = 0; group < groups; group++) {
    for (size_t channel = 0; channel < channels; channel++) {
      const size_t first = channel < reach ? 0 : channel - reach;
      const size_t end = channel + reach + 1 < channels ? channel + reach + 1 : channels;
      const size_t at = (group * channels + channel) * pixels;
      for (size_t pixel = 0; pixel < pixels; pixel++) {
        float squares = 0.0f;
        for (size_t other = first; other < end; other++) {
          const float value = in[(group * channels + other) * pixels + pixel];
          squares += value * value;
        }
        out[at + pixel] = in[at + pixel] * (float)exponential(-beta * logarithm(k + alpha * squares));
      }
    }
  }
}`;

const rectify = `static void rectify(size_t count, float *values) {
  for (size_t i = 0; i < count; i++) values[i] = values[i] < 0.0f ? 0.0f : values[i];
}`;

const squash = `static void squash(size_t count, float *values) {
  for (size_t i = 0; i < count; i++) values[i] = (float)(1.0 / (1.0 + exponential(-(double)values[i])));
}`;

const tangent = `static void tangent(size_t count, float *values) {
  for (size_t i = 0; i < count; i++) values[i] = (float)(1.0 - 2.0 / (1.0 + exponential(2.0 * (double)values[i])));
}`;

/** By name. */
export const cFunctions: Readonly<Record<string, CFunction>> = {
  exponential: { source: powers },
  logarithm: { source: logarithm },
  add_products: { source: product },
  convolve: { source: convolve, needs: ["add_products"] },
  connect: { source: connect },
  pooling: { source: pooling },
  pool_maximum: { source: poolMaximum, needs: ["pooling"] },
  pool_mean: { source: poolMean, needs: ["pooling"] },
  pool_adaptive: { source: poolAdaptive, needs: ["pooling"] },
  normalize: { source: normalize, needs: ["exponential", "logarithm"] },
  rectify: { source: rectify },
  squash: { source: squash, needs: ["exponential"] },
  tangent: { source: tangent, needs: ["exponential"] },
};

/** The sources of these functions and of what they need, each once and before what calls it. */
export function sourcesOf(names: readonly string[]): string {
  const written = new Set<string>();
  const sources: string[] = [];
  const write = (name: string): void => {
    if (written.has(name)) return;
    written.add(name);
    const { source, needs = [] } = cFunctions[name]!;
    for (const needed of needs) write(needed);
    sources.push(source);
  };
  for (const name of names) write(name);
  return sources.join("\n\n");
}
