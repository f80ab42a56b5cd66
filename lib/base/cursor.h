/* Places in lists, as clients keep them: some texts, packed so that nobody builds one by hand. */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/**
 * cursor_print(a, parts, count):
 * ${count} texts without control characters as one of letters, digits, '-' and '_', owned by ${a}.
 * Errors: NULL when ${a} is full.
 */
const char *cursor_print(struct arena *a, const char *const *parts, size_t count);

/**
 * cursor_parse(text, a, ret_parts, count):
 * Read what cursor_print() made of exactly ${count} texts, owned by ${a}. What is in them may be
 * anything: it comes from outside. False when it is not such a text, or ${a} is full.
 */
bool cursor_parse(const char *text, struct arena *a, const char **ret_parts, size_t count);

#endif
