/* Notices: mails that tell users what was done to their accounts, in case it was somebody else. */
#ifndef ACCESS_NOTICE_H
#define ACCESS_NOTICE_H

#include "base/conf.h"
#include "cred/secret.h"
#include "http/json.h"
#include "http/request.h"
#include "store/user.h"

enum notice_how {
	NOTICE_CHANGED, /* the user chose another password */
	NOTICE_RESET,   /* the same, by a link in a mail */
	NOTICE_CLAIMED, /* so, and verification_claim() did something */
	NOTICE_REMOVED, /* verification_claim() took it away from who signs in by mail */
	NOTICE_SET,     /* an admin set another */
	NOTICE_CLEARED, /* an admin took it away */
};

/* What a notice is written with. */
struct notice {
	const struct conf *conf;
	const struct master *master;
	struct arena *arena;
	const struct req *req; /* from where the user did it; NULL: an admin did */
	int64_t now;
};

/**
 * notice_wanted(c), notice_can_reach(c, u):
 * Are users to be told? And can ${u} be? One whose address no mail server would take must not be
 * kept from signing in by a mail.
 */
bool notice_wanted(const struct conf *c);
bool notice_can_reach(const struct conf *c, const struct user *u);

/**
 * notice_of(r, now):
 * That of what the sender of ${r} does at ${now}.
 */
struct notice notice_of(const struct req *r, int64_t now);

/**
 * notice_add_origin(n, params):
 * Add to the holes of a mail when it was done (at), on which device and from which address (device,
 * ip_address; not of an admin), and whom to ask (ask), if yett.conf says so. What a client says of
 * itself gets no further than its name: it could look like a link.
 */
void notice_add_origin(const struct notice *n, struct json *params);

/**
 * notice_password(tx, n, u, how):
 * Tell ${u} that the password is another one, or is gone. Source: OWASP ASVS 5.0 6.3.7; NIST SP
 * 800-63B-4 4.6. Errors: ERR_NOMEM, ERR_CRYPTO, ERR_DB.
 */
MUST_USE enum err
notice_password(struct tx *tx, const struct notice *n, const struct user *u, enum notice_how how);

/**
 * notice_locked(tx, r, u, failures, now):
 * Tell ${u} that after ${failures} wrong passwords from everywhere the account has to wait, with a
 * link that ends it. For NULL, and who may not sign in in any case, the same work comes to nothing.
 * Errors: as mailing_send().
 */
MUST_USE enum err
notice_locked(struct tx *tx, struct req *r, const struct user *u, int64_t failures, int64_t now);

#endif
