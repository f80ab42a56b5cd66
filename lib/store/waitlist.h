/* The waitlist: who asked to be let in, whether the address is proven, and what became of it. */
#ifndef STORE_WAITLIST_H
#define STORE_WAITLIST_H

#include <stdint.h>

#include "store/store.h"

#define WAITLIST_NAME_MAX 200
#define WAITLIST_NOTE_MAX 1000

enum waitlist_state {
	WAITLIST_UNCONFIRMED, /* nobody has shown yet that the address is read */
	WAITLIST_WAITING,
	WAITLIST_INVITED,
	WAITLIST_REFUSED,
	WAITLIST_JOINED, /* has an account */
	WAITLIST_STATES
};

/* A row of waitlist; texts are owned by the arena it was read into. */
struct waiter {
	const char *id;
	const char *email; /* small letters */
	const char *name;  /* "": not said */
	const char *note;
	const char *locale; /* NULL: not known */
	enum waitlist_state state;
	int64_t placed_at;
	int64_t created_at;
	int64_t invited_at;  /* 0: never */
	const char *user_id; /* NULL: nobody yet */
};

/**
 * waitlist_state_name(state), waitlist_state_find(name, ret_state):
 * "waiting"; and which of them is called ${name}, if one is.
 */
const char *waitlist_state_name(enum waitlist_state state);
bool waitlist_state_find(const char *name, enum waitlist_state *ret_state);

/**
 * waitlist_add(tx, w):
 * A new one. Errors: ERR_TAKEN when the address is on the list; ERR_DB.
 */
MUST_USE enum err waitlist_add(struct tx *tx, const struct waiter *w);

/**
 * waitlist_find(db, id, a, ret_waiter), waitlist_find_email(db, email, a, ret_waiter):
 * The one of that id; of that address, in small letters. Errors: ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
waitlist_find(struct db *db, const char *id, struct arena *a, struct waiter *ret_waiter);
MUST_USE enum err
waitlist_find_email(struct db *db, const char *email, struct arena *a, struct waiter *ret_waiter);

/**
 * waitlist_list(db, state, after_at, after_id, limit, a, each, arg):
 * Call ${each} for at most ${limit} in ${state} (WAITLIST_STATES: in any), in the order of
 * placed_at and id, from behind the place (${after_at}, ${after_id}); 0 and "" is the beginning.
 * Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
waitlist_list(struct db *db, enum waitlist_state state, int64_t after_at, const char *after_id,
    int64_t limit, struct arena *a, void (*each)(void *arg, const struct waiter *w), void *arg);

/**
 * waitlist_position(db, w, ret_position):
 * How many wait up to and with ${w}, who is waiting: 1 is the next. Errors: ERR_DB.
 */
MUST_USE enum err waitlist_position(struct db *db, const struct waiter *w, int64_t *ret_position);

/**
 * waitlist_set(tx, w):
 * Store name, note, locale, state, placed_at, invited_at and user_id of ${w}.
 * Errors: ERR_NOT_FOUND, ERR_DB.
 */
MUST_USE enum err waitlist_set(struct tx *tx, const struct waiter *w);

/**
 * waitlist_settle(tx):
 * Whoever waits, or was invited, and has an account by now, however that was made, has joined.
 * Errors: ERR_DB.
 */
MUST_USE enum err waitlist_settle(struct tx *tx);

/**
 * waitlist_drop(tx, id), waitlist_purge(tx, before, limit, ret_count):
 * Away with one; with at most ${limit} that came before ${before} and were never confirmed,
 * ${ret_count} of them.
 * Errors: ERR_NOT_FOUND (the first), ERR_DB.
 */
MUST_USE enum err waitlist_drop(struct tx *tx, const char *id);
MUST_USE enum err waitlist_purge(struct tx *tx, int64_t before, int64_t limit, int64_t *ret_count);

#endif
