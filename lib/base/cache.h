/* A bounded memory of what was found out before, shared by the threads of a process. */
#ifndef BASE_CACHE_H
#define BASE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define CACHE_KEY_LEN 32

struct cache;

/**
 * cache_new(entries_max, bytes_max):
 * A cache of at most ${entries_max} entries (rounded up to a multiple of 4), which with what they
 * are kept in have at most about ${bytes_max} bytes. End with cache_free().
 * Errors: NULL when memory is out.
 */
struct cache *cache_new(size_t entries_max, size_t bytes_max);
void cache_free(struct cache *c);

/**
 * cache_put(c, key, bytes, len, now):
 * Remember ${len} ${bytes} (copied) for ${key}, which must be a hash of something secret or random.
 * The entry of the same set unused for longest makes room. Without memory nothing is remembered.
 */
void cache_put(struct cache *c, const unsigned char key[static CACHE_KEY_LEN], const void *bytes,
    size_t len, int64_t now);

/**
 * cache_get(c, key, now, a, ret_len):
 * A copy, owned by ${a}, of what ${key} stands for, and its length; note that it was used at
 * ${now}. NULL when it is not known or ${a} is full.
 */
void *cache_get(struct cache *c, const unsigned char key[static CACHE_KEY_LEN], int64_t now,
    struct arena *a, size_t *ret_len);

/**
 * cache_drop(c, key):
 * Forget ${key}.
 */
void cache_drop(struct cache *c, const unsigned char key[static CACHE_KEY_LEN]);

/**
 * cache_each(c, each, arg):
 * Call ${each} for every entry with its bytes and when it was last used, a lock held: ${each} must
 * be short and must not call back.
 */
void cache_each(
    struct cache *c, void (*each)(void *arg, void *bytes, size_t len, int64_t used_at), void *arg);

#endif
