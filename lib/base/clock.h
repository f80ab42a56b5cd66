/* The time of day. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/**
 * clock_ms():
 * Now, as Unix milliseconds. Test builds (-DTEST_HOOKS) read the file that the environment variable
 * YETT_TEST_CLOCK names: "MS" is added, "@MS" is now, which stands still.
 */
int64_t clock_ms(void);

/**
 * clock_steady_ms():
 * Milliseconds of a clock that is never set; only differences mean something.
 */
int64_t clock_steady_ms(void);

/**
 * clock_print(a, at):
 * ${at} (Unix milliseconds) as "2026-01-31T12:00:00.000Z", owned by ${a}; NULL when ${a} is full.
 * Source: RFC 3339.
 */
char *clock_print(struct arena *a, int64_t at);

/**
 * clock_print_minute(a, at):
 * The same as a person reads it, and no language has to change it: "2026-01-31 12:00 UTC".
 */
char *clock_print_minute(struct arena *a, int64_t at);

/**
 * clock_parse(text, ret_at):
 * Read "2026-01-31T12:00:00Z", with a fraction of up to three digits or none; UTC only, years 1970
 * to 9999. Source: RFC 3339.
 */
bool clock_parse(const char *text, int64_t *ret_at);

#endif
