/* How much API keys are used: counted in memory, written down together. */
#ifndef ACCESS_USAGE_H
#define ACCESS_USAGE_H

#include <stdint.h>

#include "store/store.h"

struct usage;

/**
 * usage_new(store):
 * Nothing counted yet, for the keys in ${store}. End with usage_free(), which accepts NULL.
 * Errors: NULL when memory is out.
 */
struct usage *usage_new(struct store *store);
void usage_free(struct usage *u);

/**
 * usage_count(u, key_id, now, address):
 * One more request was let in by the key, from ${address}. Writes nothing, unless more than a
 * thousand keys were used since it was last written down: then it does that first.
 */
void usage_count(struct usage *u, const char *key_id, int64_t now, const char *address);

/**
 * usage_flush(u):
 * Write down what was counted. What can't be written stays counted. NULL is
 * accepted.
 */
void usage_flush(struct usage *u);

#endif
