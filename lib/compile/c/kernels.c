/*
 * Sums and products. Every sum has one order, which depends neither on the width of the processor's
 * vectors nor on how a product is cut into tiles: a product adds its terms from the first to the
 * last, fused, and a row of numbers is added up in 16 strands that are then joined.
 */

#if defined(__AVX512F__)
#include <immintrin.h>
#define LANES 16
#define VECTORS 4
typedef __m512 vector;
INLINE vector load(const float *p) { return _mm512_loadu_ps(p); }
INLINE vector load_some(const float *p, long n) { return _mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p); }
INLINE void store(float *p, vector v) { _mm512_storeu_ps(p, v); }
INLINE void store_some(float *p, long n, vector v) { _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), v); }
INLINE vector all(float x) { return _mm512_set1_ps(x); }
INLINE vector multiply_add(vector a, vector b, vector c) { return _mm512_fmadd_ps(a, b, c); }
#elif defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
#define LANES 8
#define VECTORS 2
typedef __m256 vector;
INLINE __m256i first_lanes(long n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
INLINE vector load(const float *p) { return _mm256_loadu_ps(p); }
INLINE vector load_some(const float *p, long n) { return _mm256_maskload_ps(p, first_lanes(n)); }
INLINE void store(float *p, vector v) { _mm256_storeu_ps(p, v); }
INLINE void store_some(float *p, long n, vector v) { _mm256_maskstore_ps(p, first_lanes(n), v); }
INLINE vector all(float x) { return _mm256_set1_ps(x); }
INLINE vector multiply_add(vector a, vector b, vector c) { return _mm256_fmadd_ps(a, b, c); }
#else
#define LANES 4
#define VECTORS 4
typedef float vector __attribute__((vector_size(16)));
INLINE vector load(const float *p) { vector v; memcpy(&v, p, sizeof v); return v; }
INLINE void store(float *p, vector v) { memcpy(p, &v, sizeof v); }
INLINE vector load_some(const float *p, long n) {
  vector v = {0};
  for (long i = 0; i < n; i++) v[i] = p[i];
  return v;
}
INLINE void store_some(float *p, long n, vector v) { for (long i = 0; i < n; i++) p[i] = v[i]; }
INLINE vector all(float x) { return (vector){x, x, x, x}; }
#if defined(__ARM_NEON)
#include <arm_neon.h>
INLINE vector multiply_add(vector a, vector b, vector c) {
  return (vector)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
}
#else
INLINE vector multiply_add(vector a, vector b, vector c) {
  for (int i = 0; i < 4; i++) c[i] = __builtin_fmaf(a[i], b[i], c[i]);
  return c;
}
#endif
#endif

/* The sum of n numbers: strand i has every 16th number from the i-th on. */
KERNEL float sum(const float *x, long n) {
  lanes8 a = {0}, b = {0};
  long i = 0;
  for (; i + 16 <= n; i += 16) a = a + eight(x + i), b = b + eight(x + i + 8);
  const float *rest = x + i;
#define REST(J) (i + J < n ? rest[J] : 0.0f)
  lanes8 c = {REST(0), REST(1), REST(2), REST(3), REST(4), REST(5), REST(6), REST(7)};
  lanes8 d = {REST(8), REST(9), REST(10), REST(11), REST(12), REST(13), REST(14), REST(15)};
  return add_8((a + c) + (b + d));
}

/* The largest of n numbers, or for the sign -1 that of their negatives. */
INLINE float top_of(const float *x, long n, float sign) {
  float most = -INFINITY;
  long i = 0;
  if (n >= 8) {
    lanes8 a = sign * eight(x), b;
    for (i = 8; i + 8 <= n; i += 8) b = sign * eight(x + i), a = TOP(lanes8, mask8, a, b);
    most = top_8(a);
  }
  for (; i < n; i++) most = larger(most, sign * x[i]);
  return most;
}

KERNEL float largest(const float *x, long n) { return top_of(x, n, 1.0f); }

KERNEL float smallest(const float *x, long n) { return -top_of(x, n, -1.0f); }

/*
 * Rows whose numbers are in `scratch`, each padded to a whole number of vectors, become their softmax
 * or its logarithm. All rows are in the level-1 cache together and are worked on stage by stage, so
 * that no stage waits for the one before it. `s` has a number for each.
 */
INLINE void softmax_stages(float *y, long rows, long n, long width, float *r, float *s) {
  for (long i = 0; i < rows; i++) s[i] = padded_top(r + i * width, width);
  for (long i = 0; i < rows; i++) EACH for (long j = 0; j < width; j++) r[i * width + j] = exponential(r[i * width + j] - s[i]);
  for (long i = 0; i < rows; i++) s[i] = 1.0f / padded_sum(r + i * width, width);
  for (long i = 0; i < rows; i++) EACH for (long j = 0; j < n; j++) y[i * n + j] = r[i * width + j] * s[i];
}

INLINE void log_softmax_stages(float *y, long rows, long n, long width, float *r, float *s) {
  float *e = s + rows;
  for (long i = 0; i < rows; i++) {
    s[i] = padded_top(r + i * width, width);
    EACH for (long j = 0; j < width; j++) e[j] = exponential(r[i * width + j] - s[i]);
    s[i] = s[i] + (float)log(padded_sum(e, width));
  }
  for (long i = 0; i < rows; i++) EACH for (long j = 0; j < n; j++) y[i * n + j] = r[i * width + j] - s[i];
}

/* For the widths that are usual the compiler knows the number of vectors. */
#define OF_WIDTH(STAGES)                                                                         \
  long width = n <= 4 ? 4 : n <= 8 ? 8 : (n + 15) / 16 * 16;                                     \
  float *s = scratch + rows * width;                                                             \
  for (long i = 0; i < rows; i++) for (long j = n; j < width; j++) scratch[i * width + j] = -INFINITY; \
  switch (width) {                                                                               \
    case 4: STAGES(y, rows, n, 4, scratch, s); break;                                            \
    case 8: STAGES(y, rows, n, 8, scratch, s); break;                                            \
    case 16: STAGES(y, rows, n, 16, scratch, s); break;                                          \
    case 32: STAGES(y, rows, n, 32, scratch, s); break;                                          \
    default: STAGES(y, rows, n, width, scratch, s);                                              \
  }
KERNEL void softmax_rows(float *y, long rows, long n, float *scratch) { OF_WIDTH(softmax_stages) }
KERNEL void log_softmax_rows(float *y, long rows, long n, float *scratch) { OF_WIDTH(log_softmax_stages) }

/* Rows of bytes, from where they are to where they belong. */
KERNEL void copy(const task *t) {
  const block *w = t->sizes;
  for (long i = t->from; i < t->to; i++) memcpy(t->at[0] + i * w->to_row, t->at[1] + i * w->from_row, w->bytes);
}

/*
 * `rows` of a product, `vectors` vectors wide, of which the last has `some` numbers. Both counts are
 * known where this is inlined, so that the sums stay in registers.
 */
INLINE void tile(int rows, int vectors, int is_part, long some, long segments, long k,
                 const float *a, long a_segment, long a_row, long a_step,
                 const float *b, long b_row, float *c, long c_row, int add) {
  vector s[24];
  UNROLLED for (int i = 0; i < rows; i++) {
    UNROLLED for (int v = 0; v < vectors; v++) {
      const float *from = c + i * c_row + v * LANES;
      s[i * vectors + v] = !add ? all(0.0f) : is_part && v == vectors - 1 ? load_some(from, some) : load(from);
    }
  }
  for (long segment = 0; segment < segments; segment++) {
    const float *x = a + segment * a_segment;
    for (long step = 0; step < k; step++, x += a_step, b += b_row) {
      vector y[VECTORS];
      UNROLLED for (int v = 0; v < vectors; v++) {
        y[v] = is_part && v == vectors - 1 ? load_some(b + v * LANES, some) : load(b + v * LANES);
      }
      UNROLLED for (int i = 0; i < rows; i++) {
        vector factor = all(x[i * a_row]);
        UNROLLED for (int v = 0; v < vectors; v++) s[i * vectors + v] = multiply_add(factor, y[v], s[i * vectors + v]);
      }
    }
  }
  UNROLLED for (int i = 0; i < rows; i++) {
    UNROLLED for (int v = 0; v < vectors; v++) {
      float *to = c + i * c_row + v * LANES;
      if (is_part && v == vectors - 1) store_some(to, some, s[i * vectors + v]);
      else store(to, s[i * vectors + v]);
    }
  }
}

#define TILE(ROWS, WIDE, PART)                                                                        \
  case ROWS:                                                                                          \
    tile(ROWS, WIDE, PART, some, segments, k, a, a_segment, a_row, a_step, b, b_row, c, c_row, add); \
    break;
#define STRIP(NAME, WIDE, PART)                                                                       \
  APART void NAME(long m, long some, long segments, long k, const float *a, long a_segment,          \
                  long a_row, long a_step, const float *b, long b_row, float *c, long c_row, int add) { \
    for (long tiles = (m + 5) / 6; tiles > 0; tiles--) {                                              \
      long rows = (m + tiles - 1) / tiles;                                                            \
      switch (rows) {                                                                                 \
        TILE(6, WIDE, PART) TILE(5, WIDE, PART) TILE(4, WIDE, PART)                                   \
        TILE(3, WIDE, PART) TILE(2, WIDE, PART) TILE(1, WIDE, PART)                                   \
      }                                                                                               \
      m -= rows, a += rows * a_row, c += rows * c_row;                                                \
    }                                                                                                 \
  }
STRIP(strip_1, 1, 0)
STRIP(strip_1_part, 1, 1)
STRIP(strip_2, 2, 0)
STRIP(strip_2_part, 2, 1)
#if VECTORS == 4
STRIP(strip_3, 3, 0)
STRIP(strip_3_part, 3, 1)
STRIP(strip_4, 4, 0)
STRIP(strip_4_part, 4, 1)
#endif

/*
 * c[i, j] = Σ a[s, i, l] b[s k + l, j], from 0 or, with `add`, from what c has. Rows of b and c are
 * in memory one number after another; a is at any strides.
 */
APART void product(long m, long n, long segments, long k, const float *a, long a_segment,
                   long a_row, long a_step, const float *b, long b_row, float *c, long c_row, int add) {
  if (segments == 1 && k > 512) {
    for (long from = 0; from < k; from += 512) {
      product(m, n, 1, k - from < 512 ? k - from : 512, a + from * a_step, 0, a_row, a_step,
              b + from * b_row, b_row, c, c_row, add || from > 0);
    }
    return;
  }
  for (long j = 0; j < n; j += VECTORS * LANES) {
    long wide = n - j < VECTORS * LANES ? n - j : VECTORS * LANES;
    long vectors = (wide + LANES - 1) / LANES, some = wide - (vectors - 1) * LANES;
#define ARGUMENTS m, some, segments, k, a, a_segment, a_row, a_step, b + j, b_row, c + j, c_row, add
    switch (2 * vectors + (some < LANES)) {
      case 2: strip_1(ARGUMENTS); break;
      case 3: strip_1_part(ARGUMENTS); break;
      case 4: strip_2(ARGUMENTS); break;
      case 5: strip_2_part(ARGUMENTS); break;
#if VECTORS == 4
      case 6: strip_3(ARGUMENTS); break;
      case 7: strip_3_part(ARGUMENTS); break;
      case 8: strip_4(ARGUMENTS); break;
      case 9: strip_4_part(ARGUMENTS); break;
#endif
    }
  }
}

#if defined(__clang__) || __GNUC__ >= 12
#define PICK(A, B, I, J, K, L) __builtin_shufflevector(A, B, I, J, K, L)
#else
#define PICK(A, B, I, J, K, L) __builtin_shuffle(A, B, (mask4){I, J, K, L})
#endif

/* Four rows of four numbers, turned. */
INLINE void turn(const float *from, long from_row, float *to, long to_row) {
  lanes4 a = four(from), b = four(from + from_row), c = four(from + 2 * from_row), d = four(from + 3 * from_row);
  lanes4 ab = PICK(a, b, 0, 4, 1, 5), cd = PICK(c, d, 0, 4, 1, 5);
  lanes4 ba = PICK(a, b, 2, 6, 3, 7), dc = PICK(c, d, 2, 6, 3, 7);
  lanes4 rows[4] = {PICK(ab, cd, 0, 1, 4, 5), PICK(ab, cd, 2, 3, 6, 7), PICK(ba, dc, 0, 1, 4, 5), PICK(ba, dc, 2, 3, 6, 7)};
  for (int i = 0; i < 4; i++) memcpy(to + i * to_row, &rows[i], sizeof rows[i]);
}

/* A matrix [k, n] at any strides, copied with its rows in memory one number after another. */
APART void pack(long k, long n, const float *b, long b_row, long b_column, float *packed) {
  if (b_row != 1) {
    for (long i = 0; i < k; i++) for (long j = 0; j < n; j++) packed[i * n + j] = b[i * b_row + j * b_column];
    return;
  }
  long j = 0;
  for (; j + 4 <= n; j += 4) {
    long i = 0;
    for (; i + 4 <= k; i += 4) turn(b + i + j * b_column, b_column, packed + i * n + j, n);
    for (; i < k; i++) for (long l = j; l < j + 4; l++) packed[i * n + l] = b[i + l * b_column];
  }
  for (; j < n; j++) for (long i = 0; i < k; i++) packed[i * n + j] = b[i + j * b_column];
}

/* Products of matrices whose result is in memory in reading order: rows of the only one, or whole
   ones. A matrix b whose rows are not in memory one number after another is packed. */
KERNEL void multiply(const task *t) {
  const matrices *w = t->sizes;
  float *c = (float *)t->at[0];
  const float *a = (const float *)t->at[1], *b = (const float *)t->at[2];
  long m = w->m, n = w->n, k = w->k, packs = n > 1 && w->b_column != 1, b_row = packs ? n : w->b_row;
  if (w->batch[0] == 0) {
    if (packs) pack(k, n, b, w->b_row, w->b_column, t->scratch), b = t->scratch;
    product(t->to - t->from, n, 1, k, a + t->from * w->a_row, 0, w->a_row, w->a_step, b, b_row, c + t->from * n, n, 0);
    return;
  }
  const float *packed = NULL;
  for (long i = t->from; i < t->to; i++) {
    const float *left = a, *right = b;
    long rest = i;
    for (int axis = 3; axis >= 0; axis--) {
      if (w->batch[axis] == 0) continue;
      long at = rest % w->batch[axis];
      rest /= w->batch[axis], left += at * w->a[axis], right += at * w->b[axis];
    }
    if (packs && packed != right) pack(k, n, right, w->b_row, w->b_column, t->scratch), packed = right;
    product(m, n, 1, k, left, 0, w->a_row, w->a_step, packs ? t->scratch : right, b_row, c + i * m * n, n, 0);
  }
}
