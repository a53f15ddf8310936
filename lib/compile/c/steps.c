/*
 * Runs steps one after another. The rows of a long one are divided into parts, which threads take as
 * they come to them: one that is not given a processor holds no other up.
 */

#include <pthread.h>
#include <sched.h>

/* A step of fewer operations is done sooner than others have heard of it. */
#define WORTH_DIVIDING 30000
/* The work from which threads are started for a run. */
#define WORTH_THREADS 2000000

typedef struct {
  const step *steps;
  char *const *bases;
  char *scratch;
  long scratch_bytes, threads;
  int status;
  /* The step whose parts are taken, and the next part of it, in the last 16 bits. */
  char before[64];
  uint64_t next;
  char between[64];
  long finished;
} team;
typedef struct {
  team *of;
  long number;
} member;

#define END UINT64_MAX

INLINE int is_divided(const step *s) { return s->rows > 1 && s->work >= WORTH_DIVIDING; }
INLINE long parts_of(const team *t, const step *s) {
  return s->rows < t->threads ? s->rows : t->threads;
}

APART void run_rows(team *t, const step *s, long from, long to, long number) {
  char *at[s->arrays];
  for (long i = 0; i < s->arrays; i++) at[i] = t->bases[s->at[i].base] + s->at[i].offset;
  task own = {at, s->sizes, (float *)(t->scratch + number * t->scratch_bytes), &t->status, from, to};
  s->run(&own);
}

/* Takes a part of the present step and computes it, if there is one. */
APART int run_part(team *t, long number) {
  uint64_t next = __atomic_load_n(&t->next, __ATOMIC_ACQUIRE);
  if (next == END) return 0;
  const step *s = t->steps + (next >> 16);
  long part = next & 0xffff, parts = parts_of(t, s);
  if (part >= parts) return 0;
  if (!__atomic_compare_exchange_n(&t->next, &next, next + 1, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) return 1;
  run_rows(t, s, s->rows * part / parts, s->rows * (part + 1) / parts, number);
  __atomic_fetch_add(&t->finished, 1, __ATOMIC_RELEASE);
  return 1;
}

/* Waits a moment, and lets others have the processor if it has been long. */
INLINE void wait(long times) {
  if (times > 2000) sched_yield();
#if defined(__x86_64__)
  else __builtin_ia32_pause();
#elif defined(__aarch64__)
  else __asm__ volatile("yield");
#endif
}

APART void *serve(void *given) {
  member *self = given;
  for (long idle = 0; __atomic_load_n(&self->of->next, __ATOMIC_ACQUIRE) != END;) {
    if (run_part(self->of, self->number)) idle = 0;
    else wait(idle++);
  }
  return NULL;
}

APART void run_divided(team *t, long index) {
  __atomic_store_n(&t->finished, 0, __ATOMIC_RELAXED);
  __atomic_store_n(&t->next, (uint64_t)index << 16, __ATOMIC_RELEASE);
  while (run_part(t, 0)) {}
  long parts = parts_of(t, t->steps + index);
  for (long idle = 0; __atomic_load_n(&t->finished, __ATOMIC_ACQUIRE) < parts;) wait(idle++);
}

/* Gives 0, or 1 where an index was out of range. `scratch` has `scratch_bytes` for each thread. */
KERNEL int run_steps(const step *steps, long count, char *const *bases, float *scratch, long scratch_bytes,
                     long threads) {
  long work = 0;
  for (long i = 0; i < count; i++) work += is_divided(steps + i) ? steps[i].work : 0;
  if (work < WORTH_THREADS) threads = 1;
  team t = {.steps = steps, .bases = bases, .scratch = (char *)scratch, .scratch_bytes = scratch_bytes,
            .threads = threads, .next = 0xffff};
  pthread_t handles[threads];
  member others[threads];
  long started = 1;
  for (; started < threads; started++) {
    others[started] = (member){&t, started};
    if (pthread_create(&handles[started], NULL, serve, &others[started]) != 0) break;
  }
  for (long i = 0; i < count && t.status == 0; i++) {
    if (started > 1 && is_divided(steps + i)) run_divided(&t, i);
    else run_rows(&t, steps + i, 0, steps[i].rows, 0);
  }
  __atomic_store_n(&t.next, END, __ATOMIC_RELEASE);
  for (long i = 1; i < started; i++) pthread_join(handles[i], NULL);
  return t.status;
}
