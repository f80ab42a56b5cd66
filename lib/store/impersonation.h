/* Who acted in whose name, by which session, and why: rows that outlive both. */
#ifndef STORE_IMPERSONATION_H
#define STORE_IMPERSONATION_H

#include <stdint.h>

#include "store/role.h"
#include "store/store.h"

/* A row of impersonation_log; texts are owned by the arena it was read into. */
struct impersonation {
	const char *id;
	const char *admin_user_id;
	const char *impersonated_user_id;
	const char *session_id;
	const char *reason;
	int64_t started_at;
	int64_t expires_at;
	int64_t
	    ended_at; /* 0: not before its time. Set by the database when the session is ended */
	const char *ip_address;
	const char *user_agent;
};

/* Which of them; NULL: any. */
struct impersonation_filter {
	const char *admin_user_id;
	const char *impersonated_user_id;
	const char *before; /* those begun before the one with this id */
};

/**
 * impersonation_add(tx, im):
 * Errors: ERR_DB.
 */
MUST_USE enum err impersonation_add(struct tx *tx, const struct impersonation *im);

/**
 * impersonation_find(db, id, a, ret_impersonation):
 * Errors: ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err impersonation_find(
    struct db *db, const char *id, struct arena *a, struct impersonation *ret_impersonation);

/**
 * impersonation_list(db, filter, limit, a, each, arg):
 * Call ${each} for at most ${limit} of them, the newest first.
 * Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
impersonation_list(struct db *db, const struct impersonation_filter *filter, int64_t limit,
    struct arena *a, void (*each)(void *arg, const struct impersonation *im), void *arg);

/**
 * impersonation_sessions(db, admin_id, user_id, now, a, ret_ids):
 * The live sessions, 256 at most, by which ${admin_id} acts in the name of ${user_id} (NULL: of
 * anybody). Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err impersonation_sessions(struct db *db, const char *admin_id, const char *user_id,
    int64_t now, struct arena *a, struct names *ret_ids);

#endif
