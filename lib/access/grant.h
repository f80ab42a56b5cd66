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
 * grant_drop_cookie(tx, r, now):
 * End the session that the request's cookie carries, if any: signing in anew leaves none behind.
 * Errors: ERR_DB, ERR_NOMEM.  Source: OWASP ASVS 5.0 7.2.4.
 */
MUST_USE enum err grant_drop_cookie(struct tx *tx, struct req *r, int64_t now);

#endif
