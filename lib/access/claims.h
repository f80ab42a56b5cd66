/* The claims of Yett's own tokens: writing them, and believing them only after every check. */
#ifndef ACCESS_CLAIMS_H
#define ACCESS_CLAIMS_H

#include "access/app.h"
#include "store/session.h"
#include "store/user.h"

struct access_claims {
	const char *user_id;
	const char *session_id;
	int64_t expires_at; /* ms */
};

struct refresh_claims {
	const char *session_id;
	const char *token_id;
	int64_t generation;
};

/**
 * claims_lifetime_s(app, s):
 * How long an access token issued now for ${s} lives: never longer than the session, and just as
 * long when somebody acts in the user's name.
 */
int64_t claims_lifetime_s(const struct app *app, const struct session *s);

/**
 * claims_issue_access(app, u, s, a, ret_token):
 * An access token for ${u} in the session ${s}, with the roles and permissions of this moment;
 * owned by ${a}. Errors: ERR_CRYPTO, ERR_DB, ERR_NOMEM.  Source: RFC 9068 section 2; RFC 8176 for
 * amr; OpenID Connect Core 1.0 section 5.1 for email_verified.
 */
MUST_USE enum err claims_issue_access(struct app *app, const struct user *u,
    const struct session *s, struct arena *a, char **ret_token);

/**
 * claims_verify_access(app, token, a, ret_claims):
 * Errors: ERR_INVALID_TOKEN for whatever is not a live access token of this site: signature, key,
 * type, issuer, audience, times, missing claims; ERR_NOMEM.  Source: RFC 9068 section 4; RFC 8725
 * section 3.
 */
MUST_USE enum err claims_verify_access(
    struct app *app, const char *token, struct arena *a, struct access_claims *ret_claims);

/**
 * claims_issue_refresh(app, s, a):
 * The refresh token of the session ${s} as its row stands: the same row gives the same token, so
 * that the successor of a spent token can be given once more without being stored. Its key is made
 * from the master key, outside the database. NULL when ${a} is full.
 */
char *claims_issue_refresh(const struct app *app, const struct session *s, struct arena *a);

/**
 * claims_verify_refresh(app, token, a, ret_claims):
 * Errors: ERR_INVALID_TOKEN for whatever is not a refresh token that we made and that has not
 * expired; ERR_NOMEM.
 */
MUST_USE enum err claims_verify_refresh(
    const struct app *app, const char *token, struct arena *a, struct refresh_claims *ret_claims);

#endif
