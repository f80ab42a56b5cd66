/* Sign-in attempts, that worked or did not. */
#ifndef STORE_ATTEMPT_H
#define STORE_ATTEMPT_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

/**
 * attempt_add(tx, user_id, now, success, ip_address, user_agent):
 * Note one; ${user_id} is NULL when nobody has that name.
 * Errors: ERR_DB.
 */
MUST_USE enum err attempt_add(struct tx *tx, const char *user_id, int64_t now, bool success,
    const char *ip_address, const char *user_agent);

/**
 * attempt_purge(tx, before, limit, ret_count):
 * Delete at most ${limit} attempts from before ${before}.
 * Errors: ERR_DB.
 */
MUST_USE enum err attempt_purge(struct tx *tx, int64_t before, int64_t limit, int64_t *ret_count);

#endif
