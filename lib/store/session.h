/* Sessions: one row a sign-in, whatever carries it. */
#ifndef STORE_SESSION_H
#define STORE_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

#define SESSION_HASH_LEN 32
#define SESSION_AGENT_MAX 256

enum session_kind {
	SESSION_COOKIE,
	SESSION_REFRESH,
	SESSION_OPAQUE,
};

/* A row of sessions; texts are owned by the arena it was read into. */
struct session {
	const char *id;
	const char *user_id;
	enum session_kind kind;
	unsigned char token_hash[SESSION_HASH_LEN];
	int64_t generation;
	const char *token_id;
	int64_t rotated_at;
	int64_t created_at;
	int64_t last_seen_at;
	int64_t expires_at;
	int64_t ends_at;
	int64_t revoked_at; /* 0: not revoked */
	const char *amr;
	const char *ip_address;
	const char *user_agent;
	const char *actor_user_id; /* who acts in the user's name; NULL: the user */
	const char *org_id;        /* the active org; NULL: none */
};

/**
 * session_kind_name(kind):
 * "cookie", "refresh" or "opaque".
 */
const char *session_kind_name(enum session_kind kind);

/**
 * session_add(tx, s):
 * Errors: ERR_DB.
 */
MUST_USE enum err session_add(struct tx *tx, const struct session *s);

/**
 * session_find(db, id, a, ret_session), session_find_token(db, hash, a, ret_session):
 * The session ${id}; or the one of the cookie or opaque token whose hash is ${hash}. Ended ones
 * too: whoever asks looks. Errors: ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
session_find(struct db *db, const char *id, struct arena *a, struct session *ret_session);
MUST_USE enum err
session_find_token(struct db *db, const unsigned char hash[static SESSION_HASH_LEN],
    struct arena *a, struct session *ret_session);

/**
 * session_live(s, now):
 * Not revoked, not expired?  Source: OWASP ASVS 5.0 7.3.
 */
bool session_live(const struct session *s, int64_t now);

/**
 * session_rotate(tx, s):
 * Store token_hash, generation, token_id, rotated_at, last_seen_at and expires_at of ${s}.
 * Errors: ERR_NOT_FOUND, ERR_DB.
 */
MUST_USE enum err session_rotate(struct tx *tx, const struct session *s);

/**
 * session_set_org(tx, id, org_id):
 * Let the session act in the org from now on; NULL: in none. ${id} must live until store_write()
 * returns. Errors: ERR_NOT_FOUND, ERR_DB.
 */
MUST_USE enum err session_set_org(struct tx *tx, const char *id, const char *org_id);

/**
 * session_revoke(tx, id, user_id, now):
 * End the session ${id} of ${user_id} (NULL: of anybody).
 * Errors: ERR_NOT_FOUND when it is not there, not that user's, or ended already; ERR_DB.
 */
MUST_USE enum err session_revoke(struct tx *tx, const char *id, const char *user_id, int64_t now);

/**
 * session_revoke_all(tx, user_id, kind, except_id, now, ret_count):
 * End all sessions of ${user_id} and those that this user began in the names of others, of one kind
 * when ${kind} is not NULL, but for ${except_id} when that is not NULL. Errors: ERR_DB.
 */
MUST_USE enum err session_revoke_all(struct tx *tx, const char *user_id,
    const enum session_kind *kind, const char *except_id, int64_t now, int64_t *ret_count);

/**
 * session_revoke_everybody(tx, now, ret_count):
 * End all sessions of all users.
 * Errors: ERR_DB.
 */
MUST_USE enum err session_revoke_everybody(struct tx *tx, int64_t now, int64_t *ret_count);

/**
 * session_see(tx, id, now):
 * Note that the session was used.
 * Errors: ERR_DB.
 */
MUST_USE enum err session_see(struct tx *tx, const char *id, int64_t now);

/**
 * session_list(db, user_id, now, a, each, arg):
 * Call ${each} for the live sessions of ${user_id}, the newest first, 200 at most.
 * Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err session_list(struct db *db, const char *user_id, int64_t now, struct arena *a,
    void (*each)(void *arg, const struct session *s), void *arg);

/**
 * session_list_all(db, now, limit, a, each, arg):
 * The same for the live sessions of everybody, ${limit} at most.
 * Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err session_list_all(struct db *db, int64_t now, int64_t limit, struct arena *a,
    void (*each)(void *arg, const struct session *s), void *arg);

/**
 * session_newest(db, ret_at):
 * When the newest session was made; 0 when there is none.
 * Errors: ERR_DB.
 */
MUST_USE enum err session_newest(struct db *db, int64_t *ret_at);

/**
 * session_purge(tx, before, limit, ret_count):
 * Delete at most ${limit} sessions that expired before ${before}.
 * Errors: ERR_DB.
 */
MUST_USE enum err session_purge(struct tx *tx, int64_t before, int64_t limit, int64_t *ret_count);

#endif
