/*
 * Convolution of images [batch, height, width, channels] by a filter [f_height, f_width, channels,
 * outputs], and its gradients. Under one row of the filter the input is one run of numbers, so that
 * a row of the output is a product of runs that overlap; no columns are copied.
 */

/* The rows and columns of an image with its padding, as far as the windows reach. */
INLINE long padded_height(windows w) { return (w.out_height - 1) * w.step_y + (w.f_height - 1) * w.spread_y + 1; }
INLINE long padded_width(windows w) { return (w.out_width - 1) * w.step_x + (w.f_width - 1) * w.spread_x + 1; }

/* How many columns of an image the windows see: the last ones may be beyond their reach. */
INLINE long columns_seen(windows w) {
  long seen = padded_width(w) - w.left;
  return seen > w.width ? w.width : seen > 0 ? seen : 0;
}

APART void pad_image(windows w, const float *x, float *padded) {
  long tall = padded_height(w), wide = padded_width(w), c = w.channels, seen = columns_seen(w);
  memset(padded, 0, sizeof(float) * tall * wide * c);
  for (long y = 0; y < tall; y++) {
    long row = y - w.top;
    if (row < 0 || row >= w.height) continue;
    memcpy(padded + (y * wide + w.left) * c, x + row * w.width * c, sizeof(float) * seen * c);
  }
}

APART void unpad_image(windows w, const float *padded, float *x) {
  long tall = padded_height(w), wide = padded_width(w), c = w.channels, seen = columns_seen(w);
  memset(x, 0, sizeof(float) * w.height * w.width * c);
  for (long y = 0; y < tall; y++) {
    long row = y - w.top;
    if (row < 0 || row >= w.height) continue;
    memcpy(x + row * w.width * c, padded + (y * wide + w.left) * c, sizeof(float) * seen * c);
  }
}

/* y = x * f, an image a row. `scratch` has room for a padded image. */
KERNEL void convolve(const task *t) {
  const windows w = *(const windows *)t->sizes;
  const float *x = (const float *)t->at[1], *f = (const float *)t->at[2];
  long wide = padded_width(w), c = w.channels, o = w.outputs;
  for (long n = t->from; n < t->to; n++) {
    pad_image(w, x + n * w.height * w.width * c, t->scratch);
    for (long p = 0; p < w.out_height; p++) {
      float *row = (float *)t->at[0] + (n * w.out_height + p) * w.out_width * o;
      const float *from = t->scratch + p * w.step_y * wide * c;
      if (w.spread_x == 1) {
        product(w.out_width, o, w.f_height, w.f_width * c, from, w.spread_y * wide * c, w.step_x * c, 1, f, o, row, o, 0);
      } else {
        for (long i = 0; i < w.f_height; i++) {
          product(w.out_width, o, w.f_width, c, from + i * w.spread_y * wide * c, w.spread_x * c, w.step_x * c, 1,
                  f + i * w.f_width * c * o, o, row, o, i > 0);
        }
      }
    }
  }
}

/* df [parts, …], a part of the images a row: for each place of the filter what lies under it times the
   slope, over all windows of these images. */
KERNEL void convolve_filter_gradient(const task *t) {
  const windows w = *(const windows *)t->sizes;
  const float *x = (const float *)t->at[1], *dy = (const float *)t->at[2];
  long wide = padded_width(w), c = w.channels, o = w.outputs;
  // Under a row of the filter the images are one run of numbers, unless it is spread.
  long runs = w.spread_x == 1 ? 1 : w.f_width, run = w.f_width * c / runs;
  for (long part = t->from; part < t->to; part++) {
    float *df = (float *)t->at[0] + part * w.f_height * w.f_width * c * o;
    long first = w.batch * part / w.parts, end = w.batch * (part + 1) / w.parts;
    for (long n = first; n < end; n++) {
      pad_image(w, x + n * w.height * w.width * c, t->scratch);
      for (long q = 0; q < w.f_height * runs; q++) {
        product(run, o, w.out_height, w.out_width, t->scratch + (q / runs * w.spread_y * wide + q % runs * w.spread_x) * c,
                w.step_y * wide * c, 1, w.step_x * c, dy + n * w.out_height * w.out_width * o, o, df + q * run * o, o, n > first);
      }
    }
  }
}

/* dx, an image a row: what each pixel was multiplied into. `scratch` has room for the filter turned
   over, a padded image, and a row of the output times a row of the filter. */
KERNEL void convolve_input_gradient(const task *t) {
  const windows w = *(const windows *)t->sizes;
  const float *dy = (const float *)t->at[1], *f = (const float *)t->at[2];
  long tall = padded_height(w), wide = padded_width(w), c = w.channels, o = w.outputs, run = w.f_width * c;
  float *turned = t->scratch, *padded = turned + w.f_height * run * o, *row = padded + tall * wide * c;
  for (long i = 0; i < w.f_height; i++) pack(o, run, f + i * run * o, 1, o, turned + i * run * o);
  for (long n = t->from; n < t->to; n++) {
    memset(padded, 0, sizeof(float) * tall * wide * c);
    for (long p = 0; p < w.out_height; p++) {
      for (long i = 0; i < w.f_height; i++) {
        product(w.out_width, run, 1, o, dy + (n * w.out_height + p) * w.out_width * o, 0, o, 1,
                turned + i * run * o, run, row, run, 0);
        float *to = padded + (p * w.step_y + i * w.spread_y) * wide * c;
        for (long q = 0; q < w.out_width; q++) {
          for (long j = 0; j < w.f_width; j++) {
            float *pixel = to + (q * w.step_x + j * w.spread_x) * c;
            const float *part = row + q * run + j * c;
            EACH for (long l = 0; l < c; l++) pixel[l] = pixel[l] + part[l];
          }
        }
      }
    }
    unpad_image(w, padded, (float *)t->at[0] + n * w.height * w.width * c);
  }
}
