/* Webhooks: where what happens is told to, and how far the audit log has been told. */
#ifndef STORE_WEBHOOK_H
#define STORE_WEBHOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

/* A row of webhooks; texts are owned by the arena it was read into. */
struct webhook {
	const char *id;
	const char *org_id; /* NULL: the site's */
	const char *url;
	const char *events; /* separated by spaces */
	const char *description;
	bool enabled;
	int64_t gone_at;        /* 0: its server did not say that it is gone */
	const char *sealed;     /* the secret */
	const char *old_sealed; /* NULL: none */
	int64_t old_until;      /* 0: there is none */
	int64_t failures;
	int64_t quiet_until; /* 0: all is well */
	int64_t next_at;     /* 0: nothing waits, or it is under way */
	int64_t left_out_at; /* 0: no event was left out because too many waited */
	int64_t created_at;
	int64_t updated_at;
};

/* Whose. */
enum webhook_of { WEBHOOK_OF_ANYBODY, WEBHOOK_OF_SITE, WEBHOOK_OF_ORG };

/* How many there are, and what is wrong with them. */
struct webhook_counts {
	int64_t enabled;
	int64_t failing;  /* of those: the last try failed */
	int64_t gone;     /* disabled as their servers said */
	int64_t left_out; /* events were left out for them */
};

/**
 * webhook_add(tx, w), webhook_set(tx, w):
 * A new one, enabled, which gets nothing until webhook_begin(); all of it but id, org, failures,
 * quiet_until and created_at is now as ${w} says. Errors: ERR_NOT_FOUND (set), ERR_DB.
 */
MUST_USE enum err webhook_add(struct tx *tx, const struct webhook *w);
MUST_USE enum err webhook_set(struct tx *tx, const struct webhook *w);

/**
 * webhook_begin(tx, id):
 * From now on, and from the end that the audit log has in this transaction, the enabled ${id} gets
 * events. Errors: ERR_DB.
 */
MUST_USE enum err webhook_begin(struct tx *tx, const char *id);

/**
 * webhook_find(db, id, a, ret_webhook), webhook_drop(tx, id):
 * One; away with it and all that was to be sent to it. Errors: ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
webhook_find(struct db *db, const char *id, struct arena *a, struct webhook *ret_webhook);
MUST_USE enum err webhook_drop(struct tx *tx, const char *id);

/**
 * webhook_list(db, of, org_id, after, limit, a, each, arg), webhook_count(db, org_id, ret_count):
 * At most ${limit} behind the id ${after} (NULL: from the beginning), in their order; how many the
 * org has, NULL: the site. Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
webhook_list(struct db *db, enum webhook_of of, const char *org_id, const char *after,
    int64_t limit, struct arena *a, void (*each)(void *arg, const struct webhook *w), void *arg);
MUST_USE enum err webhook_count(struct db *db, const char *org_id, int64_t *ret_count);

/**
 * webhook_each_for(db, org_id, seq, limit, a, each, arg):
 * Call ${each} for at most ${limit} that are enabled, and get what the row ${seq} of the audit log
 * says: the site's, and those of the org (NULL: of none). ${each} must not change webhooks.
 * Errors: what ${each} returns; ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err webhook_each_for(struct db *db, const char *org_id, int64_t seq, int64_t limit,
    struct arena *a, enum err (*each)(void *arg, const char *id, const char *events), void *arg);

/**
 * webhook_behind(db, ret_behind), webhook_bookmark(db, ret_seq), webhook_set_bookmark(tx, seq),
 * webhook_skip(tx, ret_seq):
 * Has the audit log rows behind the bookmark while some webhook is enabled? The row that it stands
 * at; put it there; or at the next row, which is told to nobody: 0 when there is none.
 * Errors: ERR_DB.
 */
MUST_USE enum err webhook_behind(struct db *db, bool *ret_behind);
MUST_USE enum err webhook_bookmark(struct db *db, int64_t *ret_seq);
MUST_USE enum err webhook_set_bookmark(struct tx *tx, int64_t seq);
MUST_USE enum err webhook_skip(struct tx *tx, int64_t *ret_seq);

/**
 * webhook_schedule(tx, id, now):
 * Note when what waits for ${id} (NULL: for any) is to be tried: the earliest of it, but nothing
 * while something is under way, before quiet_until, or while it is disabled. Those that are due are
 * a queue, in the order of this time: one that was not in it comes to its end, ${now}. To be called
 * after each change of what this follows from. Errors: ERR_DB.
 */
MUST_USE enum err webhook_schedule(struct tx *tx, const char *id, int64_t now);

/**
 * webhook_note(tx, id, failures, quiet_until):
 * How the last try went. Errors: ERR_DB.
 */
MUST_USE enum err
webhook_note(struct tx *tx, const char *id, int64_t failures, int64_t quiet_until);

/**
 * webhook_left_out(tx, id, now, ret_first):
 * An event was left out for ${id}, as too many wait. Is it the first that its record tells of?
 * Errors: ERR_DB.
 */
MUST_USE enum err webhook_left_out(struct tx *tx, const char *id, int64_t now, bool *ret_first);

/**
 * webhook_forget(tx, now, left_out_before):
 * Secrets of before whose time is over are gone, and so is that events were left out before that
 * time. Errors: ERR_DB.
 */
MUST_USE enum err webhook_forget(struct tx *tx, int64_t now, int64_t left_out_before);

/**
 * webhook_total(db, ret_counts):
 * Of all webhooks. Errors: ERR_DB.
 */
MUST_USE enum err webhook_total(struct db *db, struct webhook_counts *ret_counts);

#endif
