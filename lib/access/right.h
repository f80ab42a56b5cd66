/* Permissions: how they are written, and whether one covers another. */
#ifndef ACCESS_RIGHT_H
#define ACCESS_RIGHT_H

#include <stdbool.h>

#include "store/role.h"

#define RIGHT_MAX 129 /* bytes */

/**
 * right_ok(name), right_role_ok(name):
 * Is ${name} "resource:action", each 1 to 64 of a-z, 0-9, '_', '.', '-', or '*'? May a role be
 * called so: 2 to 64 of the same characters, a letter first?
 */
bool right_ok(const char *name);
bool right_role_ok(const char *name);

/**
 * right_role_reserved(name):
 * Is ${name} as those of built-in roles, admin, viewer, guest and org-*, and so no name for an
 * org's own?
 */
bool right_role_reserved(const char *name);

/**
 * right_covers(held, wanted):
 * May who holds the permission ${held} do ${wanted}? A '*' held stands for any; one wanted, for
 * all.
 */
bool right_covers(const char *held, const char *wanted);

/**
 * right_covering(names, wanted):
 * The first of ${names} that covers ${wanted}; NULL when none does.
 */
const char *right_covering(const struct names *names, const char *wanted);

/**
 * right_in_lines(lines, wanted):
 * The same of a text that has a permission a line: does one cover ${wanted}?
 */
bool right_in_lines(const char *lines, const char *wanted);

/**
 * right_intersect(one, other, ret_names):
 * What both cover, as narrow as it can be said; the texts are those of the two.
 * Errors: ERR_NOMEM beyond 1024.
 */
MUST_USE enum err
right_intersect(const struct names *one, const struct names *other, struct names *ret_names);

#endif
