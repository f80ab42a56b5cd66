/* Something made from the database that all threads of a process use, made anew when it changes. */
#ifndef STORE_KEPT_H
#define STORE_KEPT_H

#include "store/store.h"

struct kept;

/* How it is made from ${db}, which is as it was under ${version} or later; and thrown away. */
struct kept_maker {
	enum err (*make)(void *arg, struct db *db, struct version version, void **ret_value);
	void (*drop)(void *value);
	void *arg;
	const char *id; /* what it is made of, as tx_touch() names it; NULL: all that concerns
	                   everybody */
};

/**
 * kept_new(store, maker, ret_kept), kept_free(k):
 * ${store} and what ${maker} refers to must outlive it. NULL may be freed, too. Errors: ERR_NOMEM.
 */
MUST_USE enum err
kept_new(struct store *store, const struct kept_maker *maker, struct kept **ret_kept);
void kept_free(struct kept *k);

/**
 * kept_hold(k, ret_value), kept_release(k):
 * The value, made after the last change of what it is made of (tx_touch() with its id) that came
 * before this call; it stays until it is released. Errors: what making it returns; ERR_DB.
 */
MUST_USE enum err kept_hold(struct kept *k, const void **ret_value);
void kept_release(struct kept *k);

#endif
