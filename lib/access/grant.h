/* Making a session and what carries it; shared by the ways in. */
#ifndef ACCESS_GRANT_H
#define ACCESS_GRANT_H

#include "access/visit.h"

/**
 * grant_prepare(r, user_id, kind, v):
 * Fill the session and the secret of ${v} for ${user_id} and the client of ${r}; nothing is stored
 * yet. Errors: ERR_NOMEM.
 */
MUST_USE enum err
grant_prepare(struct req *r, const char *user_id, enum session_kind kind, struct visit *v);

/**
 * grant_finish(r, v):
 * Once stored: the access token that goes with a refresh token, and the profile.
 * Errors: ERR_CRYPTO, ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err grant_finish(struct req *r, struct visit *v);

/**
 * grant_expiry(app, s, now):
 * When a token of the session ${s} issued at ${now} dies: never after the session's end.
 */
int64_t grant_expiry(const struct app *app, const struct session *s, int64_t now);

/**
 * grant_agent(r):
 * The client's User-Agent, cut to what the database keeps; "" when there is none. Owned by ${r};
 * NULL without memory.
 */
const char *grant_agent(const struct req *r);

/**
 * grant_store(tx, r, v):
 * Store the session of ${v}, to which its user signed in; end the one that the request's cookie
 * carries when this is a cookie's, too; and tell the user when the device is a new one. Every way
 * to sign in ends here. Errors: as mailing_send().
 */
MUST_USE enum err grant_store(struct tx *tx, struct req *r, const struct visit *v);

/**
 * grant_attempt(tx, r, user_id, success, now):
 * Note that somebody tried to sign in by ${r} as the user; ${user_id} NULL: as nobody there is.
 * Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
grant_attempt(struct tx *tx, struct req *r, const char *user_id, bool success, int64_t now);

/**
 * grant_admit(tx, r, user_id, ret_user):
 * What must hold now of who has proven to be the user, whatever the proof; ${ret_user} is who it is
 * now. Errors: ERR_NOT_FOUND when there is none, or a hidden one, at whom nobody may peek;
 * ERR_ACCOUNT when locked or disabled; ERR_FORBIDDEN when guests may not sign in; ERR_NOMEM,
 * ERR_DB.
 */
MUST_USE enum err
grant_admit(struct tx *tx, struct req *r, const char *user_id, struct user *ret_user);

/**
 * grant_begin(tx, r, u, v):
 * All that signing in brings once ${u} is admitted: the session of ${v} begins as grant_store() has
 * it, and the orgs are joined that go by the domain of the address. Errors: as grant_store().
 */
MUST_USE enum err grant_begin(struct tx *tx, struct req *r, const struct user *u, struct visit *v);

/**
 * grant_end(tx, r, s, now, why), grant_end_all(tx, r, user_id, kind, except_id, now, ret_count):
 * End one session; or, as session_revoke_all() does, those of a user, of whatever kind with links
 * and codes in mail, too; and write into the audit log that it was the subject of ${r} who did it,
 * or the user. A session that somebody began in the user's name leaves impersonation.ended. Errors:
 * grant_end() ERR_NOT_FOUND when it has ended or is not of its user; ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err
grant_end(struct tx *tx, struct req *r, const struct session *s, int64_t now, const char *why);
MUST_USE enum err grant_end_all(struct tx *tx, struct req *r, const char *user_id,
    const enum session_kind *kind, const char *except_id, int64_t now, int64_t *ret_count);

#endif
