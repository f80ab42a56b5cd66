/* Codes by SMS. Yett sends none: the code leaves by a webhook, for a gateway that does. */
#ifndef ACCESS_SMS_H
#define ACCESS_SMS_H

#include "access/ticket.h"
#include "http/request.h"
#include "store/user.h"

#define SMS_LIFE_S 600

/* A code to a phone. */
struct sms {
	const char *phone;       /* one that sms_phone_ok() takes */
	const struct user *user; /* whose code it is; NULL: nobody's */
	struct ticket *ticket;   /* user_id, with_code and life_s are filled in */
	bool pretend;            /* do the same work, and let it come to nothing */
};

/**
 * sms_phone_ok(phone):
 * '+' and 8 to 15 digits, the first of them not 0. Source: E.164.
 */
bool sms_phone_ok(const char *phone);

/**
 * sms_allow(r, phone, user_id):
 * May the sender of ${r} cause one more SMS to ${phone}, whether or not that is somebody's? Each
 * costs money, so no setting lifts it: 3 in an hour to one phone, 10 from one network, and 5 in a
 * day for ${user_id}, who may name any phones (NULL: nobody). Counts it.
 * Errors: ERR_LIMIT, with Retry-After; ERR_NOMEM.
 */
MUST_USE enum err sms_allow(struct req *r, const char *phone, const char *user_id);

/**
 * sms_send(tx, r, s, now):
 * Issue the ticket of ${s} and have its code sent, when the transaction is committed: the event
 * sms.code, to the webhooks that name it. Errors: ERR_BUSY when there is none, with the detail;
 * ERR_NOMEM, ERR_CRYPTO, ERR_DB. Source: NIST SP 800-63B-4 3.1.3.3.
 */
MUST_USE enum err sms_send(struct tx *tx, struct req *r, struct sms *s, int64_t now);

#endif
