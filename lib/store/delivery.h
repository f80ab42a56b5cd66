/* Deliveries: one event each, on its way to one webhook. */
#ifndef STORE_DELIVERY_H
#define STORE_DELIVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

#define DELIVERY_ERROR_SIZE 201 /* of last_error, with its NUL */

/* A row of webhook_deliveries; texts are owned by the arena it was read into. */
struct delivery {
	const char *id;
	const char *webhook_id;
	int64_t seq; /* of the row of the audit log; 0: it is of none */
	const char *type;
	const char *payload; /* JSON; "": it is a secret */
	bool secret;
	const char *sealed; /* NULL: nothing is left, or it is none */
	const char *state;  /* queued, sending, sent, dead */
	int64_t attempts;
	int64_t next_at; /* 0: it is not queued */
	int64_t give_up_at;
	int64_t http_status; /* 0: there was no answer */
	const char *last_error;
	int64_t took_ms; /* of the last try */
	int64_t created_at;
	int64_t sent_at; /* 0: it was not sent */
};

/* How a try went. */
struct delivery_try {
	int64_t http_status; /* 0: there was no answer */
	int64_t took_ms;
	const char *error; /* "": none */
	int64_t now;
};

/* How many there are in each state, and since when the oldest one has waited that could be sent:
 * its webhook is enabled, is not quiet, and has none under way; 0: none. */
struct delivery_counts {
	int64_t queued;
	int64_t sent;
	int64_t dead;
	int64_t due_since;
};

/**
 * delivery_state_ok(state):
 * Is ${state} one of the four?
 */
bool delivery_state_ok(const char *state);

/**
 * delivery_add(tx, d):
 * A new one, queued, due at its next_at. webhook_schedule() is for the caller. Errors: ERR_DB.
 */
MUST_USE enum err delivery_add(struct tx *tx, const struct delivery *d);

/**
 * delivery_find(db, id, a, ret_delivery):
 * One. Errors: ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
delivery_find(struct db *db, const char *id, struct arena *a, struct delivery *ret_delivery);

/**
 * delivery_list(db, webhook_id, state, before, limit, a, each, arg, ret_last):
 * At most ${limit} of the webhook's, the newest first, in ${state} (NULL: in any), older than the
 * id ${before} (NULL: than none); at most 1,000 are looked at, and ${ret_last} is the id of the
 * last one, NULL when there is none behind it. What is sent is not read: payload is "", sealed
 * NULL. Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err delivery_list(struct db *db, const char *webhook_id, const char *state,
    const char *before, int64_t limit, struct arena *a,
    void (*each)(void *arg, const struct delivery *d), void *arg, const char **ret_last);

/**
 * delivery_waits(db, webhook_id, type, ret_waits), delivery_count(db, now, ret_counts):
 * Is one of ${type} queued, or under way, for the webhook? Of all webhooks, how many.
 * Errors: ERR_DB.
 */
MUST_USE enum err
delivery_waits(struct db *db, const char *webhook_id, const char *type, bool *ret_waits);
MUST_USE enum err delivery_count(struct db *db, int64_t now, struct delivery_counts *ret_counts);

/**
 * delivery_queued(db, webhook_id, most, ret_count):
 * How many are queued for the webhook, counted up to ${most}: so many entries of an index.
 * Errors: ERR_DB.
 */
MUST_USE enum err
delivery_queued(struct db *db, const char *webhook_id, int64_t most, int64_t *ret_count);

/**
 * delivery_due(db, now, ret_due):
 * Is there one to send at ${now}? One look at an index. Errors: ERR_DB.
 */
MUST_USE enum err delivery_due(struct db *db, int64_t now, bool *ret_due);

/* How many may be under way at once. */
struct delivery_most {
	int64_t orgs; /* of all orgs together */
	int64_t org;  /* of one */
};

/**
 * delivery_take(tx, now, most, a, ret_delivery, ret_more):
 * Of the webhook whose turn it is, a site's before any org's, what has been due for longest, in the
 * order of the log: it is being sent from now on, its attempts one more. A webhook has one under
 * way at a time, orgs as many as ${most} says. Its id is NULL when there was none to take, which is
 * no error: then ${ret_more} tells whether it should be called again, in another transaction, as
 * up to 500 whose time is over were given up in this one. Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err delivery_take(struct tx *tx, int64_t now, const struct delivery_most *most,
    struct arena *a, struct delivery *ret_delivery, bool *ret_more);

/**
 * delivery_recover(tx, now):
 * What somebody was sending who is no more is queued, and due. Only who knows to be the one courier
 * may call it. Errors: ERR_DB.
 */
MUST_USE enum err delivery_recover(struct tx *tx, int64_t now);

/**
 * delivery_sent(tx, d, t), delivery_dead(tx, d, t), delivery_later(tx, d, t, next_at),
 * delivery_back(tx, d, now):
 * The one that is being sent was sent; will never be; is to be tried again at ${next_at}; was not
 * tried after all. After the first two its secret is gone. One that was deleted meanwhile is left
 * so. webhook_schedule() is for the caller. Errors: ERR_DB.
 */
MUST_USE enum err
delivery_sent(struct tx *tx, const struct delivery *d, const struct delivery_try *t);
MUST_USE enum err
delivery_dead(struct tx *tx, const struct delivery *d, const struct delivery_try *t);
MUST_USE enum err delivery_later(
    struct tx *tx, const struct delivery *d, const struct delivery_try *t, int64_t next_at);
MUST_USE enum err delivery_back(struct tx *tx, const struct delivery *d, int64_t now);

/**
 * delivery_resend(tx, id, now, give_up_at):
 * One that was sent, or is dead, is queued again, as if it were new; one that waits is due now.
 * Whether a secret that it needs is gone is for the caller to look at, and so is
 * webhook_schedule(). Errors: ERR_NOT_FOUND when it is being sent; ERR_DB.
 */
MUST_USE enum err delivery_resend(struct tx *tx, const char *id, int64_t now, int64_t give_up_at);

/**
 * delivery_purge(tx, now, sent_before, dead_before, limit, ret_more):
 * At most ${limit} whose time is over are given up; away with as many that were sent before the one
 * time, and as many dead ones that were made before the other. ${ret_more}: one of these was
 * ${limit}, so there may be more. Errors: ERR_DB.
 */
MUST_USE enum err delivery_purge(struct tx *tx, int64_t now, int64_t sent_before,
    int64_t dead_before, int64_t limit, bool *ret_more);

#endif
