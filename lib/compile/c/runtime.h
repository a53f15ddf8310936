/* What generated functions and the kernels that they call have in common. */

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* No iteration of the loop that follows reads what another one writes. */
#if defined(__clang__)
#define EACH _Pragma("clang loop vectorize(assume_safety)")
#define UNROLLED _Pragma("clang loop unroll(full)")
#else
#define EACH _Pragma("GCC ivdep")
#define UNROLLED _Pragma("GCC unroll 8")
#endif
#define INLINE static inline __attribute__((always_inline, unused))
/* A function that the compiler sees alone. GCC 12 has been seen to leave out calls of functions that
   it looked into. */
#if defined(__clang__)
#define APART static __attribute__((noinline, unused))
#else
#define APART static __attribute__((noipa, unused))
#endif
#define KERNEL __attribute__((visibility("hidden")))

/* Element by element. NaN stays NaN. */
INLINE float larger(float a, float b) { return a > b || a != a ? a : b; }
INLINE float smaller(float a, float b) { return a < b || a != a ? a : b; }
INLINE int32_t larger_integer(int32_t a, int32_t b) { return a > b ? a : b; }
INLINE int32_t smaller_integer(int32_t a, int32_t b) { return a < b ? a : b; }

INLINE float power_of_2(int32_t n) {
  int32_t bits = (n + 127) << 23;
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* e^x: 2^n e^r with |r| <= ln 2 / 2, and a polynomial of Cephes for e^r. In two factors, so that
   denormal results come out. */
INLINE float exponential(float x) {
  float bounded = x > 89.0f ? 89.0f : x < -104.0f ? -104.0f : x;
  float n = rintf(bounded * 1.44269504f);
  float r = __builtin_fmaf(n, -0.693359375f, bounded);
  r = __builtin_fmaf(n, 2.12194440e-4f, r);
  float p = 1.9875691500e-4f;
  p = __builtin_fmaf(p, r, 1.3981999507e-3f);
  p = __builtin_fmaf(p, r, 8.3334519073e-3f);
  p = __builtin_fmaf(p, r, 4.1665795894e-2f);
  p = __builtin_fmaf(p, r, 1.6666665459e-1f);
  p = __builtin_fmaf(p, r, 5.0000001201e-1f);
  p = __builtin_fmaf(p, r * r, r) + 1.0f;
  int32_t whole = (int32_t)(n != n ? 0.0f : n), half = whole >> 1;
  return p * power_of_2(half) * power_of_2(whole - half);
}

INLINE float square(float x) { return x * x; }
INLINE float cube(float x) { return x * x * x; }
INLINE float three_halves(float x) { return x * sqrtf(x); }
INLINE float sign(float x) { return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x; }
INLINE int32_t integer_sign(int32_t x) { return (x > 0) - (x < 0); }
INLINE int32_t magnitude(int32_t x) { return x < 0 ? -x : x; }
INLINE float rectified(float x) { return x < 0.0f ? 0.0f : x; }
INLINE float leaky(float x, float alpha) { return x < 0.0f ? alpha * x : x; }
INLINE uint8_t is_nan(float x) { return x != x; }
INLINE uint8_t is_infinite(float x) { return fabsf(x) == INFINITY; }
INLINE float elu(float x) { return x < 0.0f ? exponential(x) - 1.0f : x; }
INLINE float selu(float x, float alpha, float gamma) { return gamma * (x < 0.0f ? alpha * (exponential(x) - 1.0f) : x); }
INLINE float softplus(float x) { return larger(x, 0.0f) + (float)log1p(exponential(-fabsf(x))); }
INLINE int32_t integer_power(int32_t x, int32_t n) {
  int32_t result = 1;
  for (; n > 0; n--) result *= x;
  return result;
}

INLINE float sigmoid(float x) { return 1.0f / (1.0f + exponential(-x)); }

/* Near 0 a polynomial of Cephes, which keeps the digits of small results. */
INLINE float hyperbolic_tangent(float x) {
  float z = x * x;
  float p = -5.70498872745e-3f;
  p = __builtin_fmaf(p, z, 2.06390887954e-2f);
  p = __builtin_fmaf(p, z, -5.37397155531e-2f);
  p = __builtin_fmaf(p, z, 1.33314422036e-1f);
  p = __builtin_fmaf(p, z, -3.33332819422e-1f);
  float near = __builtin_fmaf(p * z, x, x);
  float e = exponential(-2.0f * fabsf(x));
  float far = (1.0f - e) / (1.0f + e);
  return fabsf(x) < 0.625f ? near : x < 0.0f ? -far : far;
}

/*
 * Rows of a few numbers, padded to a whole number of vectors. A sum has the order of `sum` in
 * kernels.c: the padding of 0 changes nothing.
 */
typedef float lanes4 __attribute__((vector_size(16)));
typedef float lanes8 __attribute__((vector_size(32)));
typedef int32_t mask4 __attribute__((vector_size(16)));
typedef int32_t mask8 __attribute__((vector_size(32)));
#define TOP(LANES, MASK, A, B) ((LANES)(((MASK)(A) & (A > B)) | ((MASK)(B) & ~(A > B))))
#if defined(__clang__) || __GNUC__ >= 12
#define HALVES                                             \
  lanes4 low = __builtin_shufflevector(v, v, 0, 1, 2, 3); \
  lanes4 high = __builtin_shufflevector(v, v, 4, 5, 6, 7);
#else
#define HALVES      \
  lanes4 low, high; \
  memcpy(&low, &v, sizeof low), memcpy(&high, (const char *)&v + sizeof low, sizeof high);
#endif
INLINE float add_4(lanes4 v) { return (v[0] + v[2]) + (v[1] + v[3]); }
INLINE float add_8(lanes8 v) { HALVES return add_4(low + high); }
INLINE float top_4(lanes4 v) {
  float a = v[0] > v[2] ? v[0] : v[2], b = v[1] > v[3] ? v[1] : v[3];
  return a > b ? a : b;
}
INLINE float top_8(lanes8 v) {
  HALVES
  return top_4(TOP(lanes4, mask4, low, high));
}
INLINE lanes8 eight(const float *x) {
  lanes8 v;
  memcpy(&v, x, sizeof v);
  return v;
}
INLINE lanes4 four(const float *x) {
  lanes4 v;
  memcpy(&v, x, sizeof v);
  return v;
}
INLINE float padded_sum(const float *x, long n) {
  if (n == 4) return add_4(four(x));
  lanes8 a = eight(x);
  if (n == 8) return add_8(a);
  lanes8 b = eight(x + 8);
  for (long i = 16; i < n; i += 16) a = a + eight(x + i), b = b + eight(x + i + 8);
  return add_8(a + b);
}
INLINE float padded_top(const float *x, long n) {
  if (n == 4) return top_4(four(x));
  lanes8 a = eight(x), b;
  for (long i = 8; i < n; i += 8) b = eight(x + i), a = TOP(lanes8, mask8, a, b);
  return top_8(a);
}

/*
 * A graph is a list of steps. Each has a function, the arrays that it works on, and for a kernel the
 * sizes. Rows of a step don't depend on each other: threads divide them, and no byte depends on how.
 */
typedef struct {
  /* The array that is written, then those that are read. */
  char *const *at;
  const void *sizes;
  /* Memory for as long as the step takes, of this thread. */
  float *scratch;
  int *status;
  /* The rows to compute. */
  long from, to;
} task;
/* Bytes from the begin of one of the pieces of memory that a run is given. */
typedef struct {
  long base, offset;
} place;
typedef struct {
  void (*run)(const task *t);
  const void *sizes;
  const place *at;
  /* How many arrays, and how many rows; about how many operations it is. */
  long arrays, rows, work;
} step;
#define AT(...) (const place[]){__VA_ARGS__}, sizeof((const place[]){__VA_ARGS__}) / sizeof(place)
enum { ARENA, CONSTANTS, IN };

/* Products of matrices a [m, k] and b [k, n], one for each place of up to 4 axes of which both count
   at their own strides. */
typedef struct {
  long m, n, k, batch[4], a[4], a_row, a_step, b[4], b_row, b_column;
} matrices;
/* Rows of bytes. */
typedef struct {
  long rows, bytes, to_row, from_row;
} block;
/* Windows of a filter on images; into how many parts the gradient by the filter divides them. */
typedef struct {
  long batch, height, width, channels, out_height, out_width, outputs;
  long f_height, f_width, step_y, step_x, spread_y, spread_x, top, left, parts;
} windows;

/* What is compiled once for all graphs; what it does is said where it is. */
KERNEL int run_steps(const step *steps, long count, char *const *bases, float *scratch, long scratch_bytes,
                     long threads);
KERNEL float sum(const float *x, long n);
KERNEL float largest(const float *x, long n);
KERNEL float smallest(const float *x, long n);
KERNEL void softmax_rows(float *y, long rows, long n, float *scratch);
KERNEL void log_softmax_rows(float *y, long rows, long n, float *scratch);
KERNEL void copy(const task *t);
KERNEL void multiply(const task *t);
KERNEL void convolve(const task *t);
KERNEL void convolve_filter_gradient(const task *t);
KERNEL void convolve_input_gradient(const task *t);
