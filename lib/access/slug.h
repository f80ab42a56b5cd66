/* The name of an org as it may stand in a URL. */
#ifndef ACCESS_SLUG_H
#define ACCESS_SLUG_H

#include <stdbool.h>

#define SLUG_SIZE 64 /* 63 characters, as a label of a domain may have, and a NUL */

/**
 * slug_ok(slug):
 * 2 to 63 of a-z, 0-9 and '-', which is neither first nor last?
 */
bool slug_ok(const char *slug);

/**
 * slug_make(name, id, ret_slug):
 * A slug that nobody else has: from the letters and digits of ${name}, and the random end of ${id}.
 */
void slug_make(const char *name, const char *id, char ret_slug[static SLUG_SIZE]);

#endif
