/* The waitlist: asking to be let in, showing that one reads the address, being invited in order. */
#ifndef ACCESS_WAITING_H
#define ACCESS_WAITING_H

#include "access/mailing.h"
#include "store/waitlist.h"

#define WAITING_DAY_S 86400
#define WAITING_CONFIRM_S (3 * WAITING_DAY_S)               /* a link that confirms is good */
#define WAITING_INVITED_S (7 * WAITING_DAY_S)               /* and one to sign up by */
#define WAITING_KEPT_MS ((int64_t)7 * WAITING_DAY_S * 1000) /* of who never confirmed */
#define WAITING_BATCH_MAX 500                               /* invited at once */

/* A batch, and who notes each one in the log: ${a} is taken back afterwards. */
struct waiting_batch {
	int64_t count; /* at most so many */
	int64_t now;
	enum err (*note)(void *arg, struct tx *tx, struct arena *a, const struct waiter *w);
	void *arg;
	int64_t invited; /* filled: so many were */
};

/**
 * waiting_ask(tx, post, wish, now):
 * Somebody says that ${wish} (email in small letters, name, note, locale) wants to be let in. Who
 * is new, or has not confirmed, is mailed a link that does; who was invited, that once more; who
 * waits or has an account, how it stands; who was refused, nothing. What is done takes as long.
 * Errors: as mailing_send_by().
 */
MUST_USE enum err
waiting_ask(struct tx *tx, const struct post *post, const struct waiter *wish, int64_t now);

/**
 * waiting_confirm(tx, token, now, a, ret_waiter, ret_position):
 * The address that ${token} was mailed to is read: its owner waits from now on, in the last place.
 * Errors: ERR_TICKET, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err waiting_confirm(struct tx *tx, const char *token, int64_t now, struct arena *a,
    struct waiter *ret_waiter, int64_t *ret_position);

/**
 * waiting_may_invite(w), waiting_may_refuse(w):
 * Can ${w} be invited (again), or refused? Not who never confirmed, nor who has joined.
 */
bool waiting_may_invite(const struct waiter *w);
bool waiting_may_refuse(const struct waiter *w);

/**
 * waiting_invite(tx, post, w, now):
 * Mail ${w} a link to sign up by; an older one is good no more. Errors: as mailing_send_by().
 */
MUST_USE enum err
waiting_invite(struct tx *tx, const struct post *post, struct waiter *w, int64_t now);

/**
 * waiting_invite_next(tx, post, batch):
 * The same for the first who wait, 500 at most; who has an account by now has joined, and is
 * passed over. Errors: those of ${batch}->note, too.
 */
MUST_USE enum err
waiting_invite_next(struct tx *tx, const struct post *post, struct waiting_batch *batch);

/**
 * waiting_refuse(tx, w), waiting_forget(tx, w):
 * Say no to ${w}, who is not told; or forget the address. What was mailed is good no more.
 * Errors: ERR_DB, ERR_NOT_FOUND.
 */
MUST_USE enum err waiting_refuse(struct tx *tx, struct waiter *w);
MUST_USE enum err waiting_forget(struct tx *tx, const struct waiter *w);

/**
 * waiting_print(j, w):
 * Add what admins see of ${w}.
 */
void waiting_print(struct json *j, const struct waiter *w);

/* An invitation to the site, of an address that is on no list. */
struct waiting_site {
	const char *email;
	const char *name; /* NULL: not known */
	bool pretend;     /* it is somebody's, who is mailed nothing */
	/* Filled. */
	const char *id; /* of the ticket */
	int64_t expires_at;
};

/**
 * waiting_invite_site(tx, post, site, now):
 * Mail it a link to sign up by; an older one is good no more. Errors: as mailing_send_by().
 */
MUST_USE enum err
waiting_invite_site(struct tx *tx, const struct post *post, struct waiting_site *site, int64_t now);

/**
 * waiting_uninvite(tx, t, a, ret_refused):
 * The link of ${t}, an open TICKET_SIGN_UP, is good no more. Who was invited off the waitlist is
 * refused there, too: asking again would bring him another link. Then ${ret_refused} is the id of
 * that row, owned by ${a}, for the caller to note; else NULL. Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
waiting_uninvite(struct tx *tx, const struct ticket *t, struct arena *a, const char **ret_refused);

/**
 * waiting_print_invitation(j, t):
 * Add what admins see of ${t}, an open TICKET_SIGN_UP: no link, which only the mail has.
 */
void waiting_print_invitation(struct json *j, const struct ticket *t);

#endif
