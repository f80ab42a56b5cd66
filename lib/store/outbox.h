/* The outbox: mail to send, written in the transaction of its cause. proto/mail.h fills it. */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

#define OUTBOX_ERROR_SIZE 201 /* of last_error, with its NUL */

/* A row of outbox; texts are owned by the arena it was read into. */
struct outbox_mail {
	const char *id;
	const char *kind;
	const char *to_address;
	const char *user_id; /* NULL: nobody's */
	const char *locale;
	const char *params; /* JSON */
	bool secret;
	const char *sealed; /* NULL: nothing is left */
	const char *message_id;
	const char *state; /* queued, sending, sent, dead */
	int64_t attempts;
	int64_t next_at; /* 0: it is not queued */
	int64_t give_up_at;
	const char *last_error;
	int64_t created_at;
	int64_t sent_at; /* 0: it was not sent */
};

/* How many there are in each state, and since when the oldest that is due has waited; 0: none. */
struct outbox_counts {
	int64_t queued;
	int64_t sending;
	int64_t sent;
	int64_t dead;
	int64_t due_since;
};

/**
 * outbox_add(tx, mail):
 * A new one, queued, due at its next_at. Errors: ERR_DB.
 */
MUST_USE enum err outbox_add(struct tx *tx, const struct outbox_mail *mail);

/**
 * outbox_find(db, id, a, ret_mail), outbox_list(db, state, limit, a, each, arg),
 * outbox_count(db, now, ret_counts):
 * One; at most ${limit}, the newest first, in ${state} (NULL: in any); how many.
 * Errors: ERR_NOT_FOUND (find), ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
outbox_find(struct db *db, const char *id, struct arena *a, struct outbox_mail *ret_mail);
MUST_USE enum err outbox_list(struct db *db, const char *state, int64_t limit, struct arena *a,
    void (*each)(void *arg, const struct outbox_mail *mail), void *arg);
MUST_USE enum err outbox_count(struct db *db, int64_t now, struct outbox_counts *ret_counts);

/**
 * outbox_due(db, now, ret_due):
 * Is there one to send at ${now}? One look at an index. Errors: ERR_DB.
 */
MUST_USE enum err outbox_due(struct db *db, int64_t now, bool *ret_due);

/**
 * outbox_take(tx, now, a, ret_mail, ret_more):
 * The one that has been due for longest is being sent from now on, its attempts one more. Its id is
 * NULL when there was none to take, which is no error: then ${ret_more} tells whether it should be
 * called again, in another transaction, as up to 500 whose time is over were given up in this one.
 * Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err outbox_take(
    struct tx *tx, int64_t now, struct arena *a, struct outbox_mail *ret_mail, bool *ret_more);

/**
 * outbox_recover(tx, now):
 * What somebody was sending who is no more is queued, and due. Only who knows to be the one courier
 * may call it. Errors: ERR_DB.
 */
MUST_USE enum err outbox_recover(struct tx *tx, int64_t now);

/**
 * outbox_sent(tx, id, now), outbox_dead(tx, id, error), outbox_later(tx, id, next_at, error),
 * outbox_back(tx, id, now):
 * The one that is being sent was sent; will never be; is to be tried again at ${next_at}; was not
 * tried after all. After the first two its secret is gone. One that was deleted meanwhile is left
 * so. Errors: ERR_DB.
 */
MUST_USE enum err outbox_sent(struct tx *tx, const char *id, int64_t now);
MUST_USE enum err outbox_dead(struct tx *tx, const char *id, const char *error);
MUST_USE enum err outbox_later(struct tx *tx, const char *id, int64_t next_at, const char *error);
MUST_USE enum err outbox_back(struct tx *tx, const char *id, int64_t now);

/**
 * outbox_resend(tx, id, now, give_up_at):
 * One that is dead is queued again, as if it were new; one that waits is due now. Whether a secret
 * that it needs is gone is for the caller to look at. Errors: ERR_NOT_FOUND when it is neither;
 * ERR_DB.
 */
MUST_USE enum err outbox_resend(struct tx *tx, const char *id, int64_t now, int64_t give_up_at);

/**
 * outbox_drop(tx, id), outbox_purge(tx, sent_before, dead_before, limit, ret_more):
 * Away with one; with at most ${limit} that were sent before the one time, and as many dead ones
 * that were made before the other; ${ret_more}: one of these was ${limit}, so there may be more.
 * Errors: ERR_NOT_FOUND (drop), ERR_DB.
 */
MUST_USE enum err outbox_drop(struct tx *tx, const char *id);
MUST_USE enum err outbox_purge(
    struct tx *tx, int64_t sent_before, int64_t dead_before, int64_t limit, bool *ret_more);

#endif
