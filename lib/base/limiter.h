/*
 * How often something may happen, counted in memory that all processes share: no locks, no
 * database. The memory is a file, so a program that ends or is killed forgets nothing.
 */
#ifndef BASE_LIMITER_H
#define BASE_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct limiter;

/**
 * limiter_open(path, ret_limiter):
 * Map ${path} (made with mode 0600 when absent), 1 MiB of cells for some 130,000 keys; beyond that
 * the ones nearest to being forgotten are. Close with limiter_close(), which accepts NULL.
 * Errors: ERR_IO, ERR_NOMEM.
 */
MUST_USE enum err limiter_open(const char *path, struct limiter **ret_limiter);
void limiter_close(struct limiter *l);

/* ${count} times at once, and again as often in each ${window_ms}, evenly; a step between two is
 * rounded up to the next 39 us. ${count} is at least 1, ${window_ms} at most 10 years. */
struct limit {
	int64_t count;
	int64_t window_ms;
};

/**
 * limiter_take(l, key, limit), limiter_look(l, key, limit), limiter_give(l, key, limit):
 * Count one more of ${key}; only look whether one more would do; take one back. The first two
 * return for how many ms that is too early: 0 when it was not. What is too early is not counted.
 * Source: GCRA, ITU-T I.371.
 */
int64_t limiter_take(struct limiter *l, const char *key, struct limit limit);
int64_t limiter_look(struct limiter *l, const char *key, struct limit limit);
void limiter_give(struct limiter *l, const char *key, struct limit limit);

/* How it stands with a key. */
struct tally {
	int64_t left;     /* so many more would do now */
	int64_t wait_ms;  /* until one more would do; 0: now */
	int64_t more_ms;  /* until more than ${left} would do; 0: that is all */
	int64_t whole_ms; /* until all would do, if none is taken till then */
};

/**
 * limiter_count(l, key, limit, ret_tally), limiter_tell(l, key, limit, ret_tally):
 * As limiter_take() and limiter_look(), and how it stands then. The first returns whether it was
 * counted, which it is not when it is too early.
 */
bool limiter_count(struct limiter *l, const char *key, struct limit limit, struct tally *ret_tally);
void limiter_tell(struct limiter *l, const char *key, struct limit limit, struct tally *ret_tally);

/* After ${free} failures each one more doubles the wait, from ${first_ms} to ${longest_ms}. So long
 * after its end, and ${memory_ms} more, all is forgotten. */
struct patience {
	int64_t free; /* 1 to 200 */
	int64_t first_ms;
	int64_t longest_ms;
	int64_t memory_ms;
};

/**
 * limiter_fail(l, key, patience), limiter_wait(l, key, patience), limiter_forget(l, key):
 * Count a failure of ${key}, unless it has to wait; only look; forget all of them. The first two
 * return how many ms are left to wait, 0 for none. Count before you try, and forget on success:
 * then many tries at once are counted as well.
 */
int64_t limiter_fail(struct limiter *l, const char *key, const struct patience *patience);
int64_t limiter_wait(struct limiter *l, const char *key, const struct patience *patience);
void limiter_forget(struct limiter *l, const char *key);

/**
 * limiter_excuse(l, key, patience), limiter_failures(l, key):
 * Count one failure less, which was none, and end the wait that it brought; how many are counted
 * now, 255 at most.
 */
void limiter_excuse(struct limiter *l, const char *key, const struct patience *patience);
int64_t limiter_failures(struct limiter *l, const char *key);

#endif
