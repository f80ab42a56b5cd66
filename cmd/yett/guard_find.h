/* Which rule of the guard a word means. */
#ifndef YETT_GUARD_FIND_H
#define YETT_GUARD_FIND_H

#include "access/guard_admin.h"

/**
 * guard_find(db, word, a, ret_row):
 * The rule of the database whose id, or whose position, ${word} is.
 * Errors: ERR_NOT_FOUND; ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
guard_find(struct db *db, const char *word, struct arena *a, struct guard_row *ret_row);

#endif
