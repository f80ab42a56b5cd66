/* Sign-in attempts, that worked or did not. */
#ifndef STORE_ATTEMPT_H
#define STORE_ATTEMPT_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

/* A row of login_attempts; texts are owned by the arena it was read into. */
struct attempt_row {
	const char *id;
	const char *user_id; /* NULL: nobody has that name */
	int64_t attempted_at;
	bool success;
	const char *ip_address;
	const char *user_agent;
};

/* What attempts must have, all of it; NULL where nothing is asked. */
struct attempt_filter {
	const char *user_id;
	const char *ip_address;
	const char *success; /* "0" or "1" */
	int64_t from;        /* ms; since then */
};

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

/**
 * attempt_list(db, f, before, before_id, rows, limit, a, each, arg, ret_last):
 * Call ${each} for at most ${limit} attempts that fit ${f} and are older than the attempt
 * ${before_id} of the time ${before}, the newest first, after a look at no more than ${rows}.
 * ${ret_last} is the last that was looked at; its id is NULL when there are no more.
 * Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err attempt_list(struct db *db, const struct attempt_filter *f, int64_t before,
    const char *before_id, int64_t rows, int64_t limit, struct arena *a,
    void (*each)(void *arg, const struct attempt_row *attempt), void *arg,
    struct attempt_row *ret_last);

#endif
