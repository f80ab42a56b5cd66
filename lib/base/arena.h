/* Memory that lives as long as one request: handed out from a few chunks, wiped and taken back at
 * once. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena;

/**
 * arena_new(max):
 * A new arena that hands out at most ${max} bytes. The caller owns it and ends it with
 * arena_free(). Errors: NULL when memory is out.
 */
struct arena *arena_new(size_t max);

/**
 * arena_free(a):
 * Wipe and free ${a} and all it handed out. NULL is accepted.
 */
void arena_free(struct arena *a);

/**
 * arena_reset(a):
 * Wipe and take back all that ${a} handed out; keep one chunk for the next request.
 */
void arena_reset(struct arena *a);

/**
 * arena_alloc(a, len):
 * ${len} zeroed bytes, aligned for any type, owned by ${a}.
 * Errors: NULL when ${a} is full or memory is out.
 */
void *arena_alloc(struct arena *a, size_t len);

/**
 * arena_copy(a, text), arena_copy_lower(a, text), arena_copy_len(a, bytes, len):
 * A NUL-terminated copy of ${text}, in small letters (text_lower()) if so named, or of ${len}
 * ${bytes}, owned by ${a}. Errors: NULL when ${a} is full or memory is out, or ${text} is NULL.
 */
char *arena_copy(struct arena *a, const char *text);
char *arena_copy_lower(struct arena *a, const char *text);
char *arena_copy_len(struct arena *a, const void *bytes, size_t len);

/**
 * arena_print(a, format, ...):
 * As printf, into a string owned by ${a}.
 * Errors: NULL when ${a} is full or memory is out.
 */
char *arena_print(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
