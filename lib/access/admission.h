/* Who may sign up: everybody, who was invited, nobody. What guests may is asked besides. */
#ifndef ACCESS_ADMISSION_H
#define ACCESS_ADMISSION_H

#include "access/ticket.h"
#include "base/conf.h"
#include "http/request.h"
#include "store/invitation.h"

enum admission_mode {
	ADMISSION_OPEN,
	ADMISSION_INVITE,   /* only who was invited, to the site or into an org */
	ADMISSION_WAITLIST, /* the same, and who was not may ask to be */
	ADMISSION_CLOSED,
};

/* With what somebody comes, and what that is. Owned by the arena of the request. */
struct admission {
	const char *email; /* as given */
	const char *token; /* of an invitation; NULL or "": none */
	/* Filled by admission_check(). */
	const char *address;    /* in small letters */
	struct ticket *ticket;  /* the invitation is the site's; NULL: it is not */
	struct invitation *org; /* it is an org's; NULL: it is not */
	bool proven;            /* it went to that address, and was shown to nobody */
};

/**
 * admission_mode(c):
 * What signup.mode says.
 */
enum admission_mode admission_mode(const struct conf *c);

/**
 * admission_check(r, db, adm, now):
 * May who comes with ${adm} sign up? Asked before a password is hashed, and again in the
 * transaction that makes the user, before that. Errors: ERR_SIGNUP_CLOSED; ERR_INVITATION when one
 * is needed and none is there; ERR_TICKET for one that is not good, or for another address,
 * whatever the reason; ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err admission_check(struct req *r, struct db *db, struct admission *adm, int64_t now);

/**
 * admission_take(tx, r, adm, user_id, now):
 * Use up the invitation of ${adm}, just checked, for the new user: who was invited into an org
 * belongs to it, and who was on the waitlist has joined. Errors: ERR_SEATS when the org has no seat
 * left; ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err admission_take(
    struct tx *tx, struct req *r, const struct admission *adm, const char *user_id, int64_t now);

#endif
