/* One stay on the site: signing in and up, going on, leaving. What a visitor gets is a session and
 * what carries it. */
#ifndef ACCESS_VISIT_H
#define ACCESS_VISIT_H

#include "access/app.h"
#include "store/session.h"
#include "store/user.h"

/* Texts are owned by the arena of the request that it is for. */
struct visit {
	struct user user;
	struct session session;
	const char *secret;       /* the cookie, the opaque token or the refresh token */
	const char *access_token; /* with a refresh token only */
	const char *profile;      /* JSON */
	const char *device;       /* the cookie of the browser's own; NULL: it takes none */
	unsigned char device_hash[SECRET_HASH_LEN]; /* on which device it is: device_notice.h */
};

struct signup {
	const char *email;
	const char *password;
	const char *username;   /* NULL: none */
	const char *name;       /* NULL: none */
	const char *invitation; /* its token; NULL: none */
};

/**
 * visit_sign_in(r, login, password, kind, ret_visit):
 * Sign in who is called ${login} (address or username) by ${password}. Every attempt is noted. A
 * session that the request's cookie carries ends. Whether there is such a user can be told neither
 * from the answer nor from its time. Errors: ERR_INVALID_CREDENTIALS; when the password fits,
 * ERR_ACCOUNT if the account is locked or disabled, ERR_UNCONFIRMED if the address has to be
 * confirmed first; ERR_BUSY; ERR_DB, ERR_NOMEM.  Source: OWASP ASVS 5.0 6.3; OWASP Authentication
 * Cheat Sheet.
 */
MUST_USE enum err visit_sign_in(struct req *r, const char *login, const char *password,
    enum session_kind kind, struct visit *ret_visit);

/**
 * visit_prove(r, login, password, ret_user):
 * Only the proof: note the attempt, make no session. Errors as visit_sign_in().
 */
MUST_USE enum err
visit_prove(struct req *r, const char *login, const char *password, struct user *ret_user);

/**
 * visit_sign_up(r, in, kind, ret_visit):
 * Make the user with role viewer and a group of the own, and sign in. Where the address has to be
 * confirmed first, and no invitation that was mailed to it has done that, nothing is made but a
 * mail, and the secret of ${ret_visit} stays NULL.
 * Errors: ERR_FIELDS, ERR_TAKEN (both with the fields); as guest_check_signup(), admission_check()
 * and admission_take(); ERR_LIMIT; ERR_BUSY; ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err visit_sign_up(
    struct req *r, const struct signup *in, enum session_kind kind, struct visit *ret_visit);

/**
 * visit_refresh(r, token, ret_visit):
 * Rotate the refresh token ${token}. A spent one ends its session, but for session.grace_s after
 * its successor was made: then the same successor comes back. Errors: ERR_INVALID_TOKEN; ERR_DB,
 * ERR_NOMEM.  Source: RFC 9700 section 4.14.2.
 */
MUST_USE enum err visit_refresh(struct req *r, const char *token, struct visit *ret_visit);

/**
 * visit_leave(r, token):
 * End the session of the refresh token ${token}, a spent one too.
 * Errors: ERR_INVALID_TOKEN when it is not ours, spent, or its session ended already; ERR_DB,
 * ERR_NOMEM.
 */
MUST_USE enum err visit_leave(struct req *r, const char *token);

/**
 * visit_end(r, session_id), visit_end_others(r, ret_count):
 * End one session of the subject; or all but the one that asks.
 * Errors: ERR_NOT_FOUND; ERR_DB.
 */
MUST_USE enum err visit_end(struct req *r, const char *session_id);
MUST_USE enum err visit_end_others(struct req *r, int64_t *ret_count);

/**
 * visit_change_password(r, current, new):
 * Give the subject another password and end all other sessions.
 * Errors: ERR_INVALID_CREDENTIALS when ${current} is wrong, ERR_FIELDS when ${new} may not be
 * chosen (both with the field); ERR_BUSY; ERR_DB, ERR_NOMEM.  Source: OWASP ASVS 5.0 6.2.3, 7.4.3.
 */
MUST_USE enum err visit_change_password(struct req *r, const char *current, const char *new);

/**
 * visit_reply_tokens(r, status, v):
 * Answer with the token pair and the user.  Source: RFC 6749 section 5.1.
 */
MUST_USE enum err visit_reply_tokens(struct req *r, int status, const struct visit *v);

/**
 * visit_kind(r), visit_answer(r, v, return_to):
 * What who signs in by ${r} gets: a browser's form SESSION_COOKIE, whatever else SESSION_REFRESH.
 * And the answer to who did: the cookie and 303 to ${return_to}, if that is local, else to
 * /account; or the tokens. Errors: ERR_NOMEM.
 */
enum session_kind visit_kind(const struct req *r);
MUST_USE enum err visit_answer(struct req *r, const struct visit *v, const char *return_to);

#endif
