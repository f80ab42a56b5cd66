/* One-time tokens: those that are open. One that was used, or replaced, has no row. */
#ifndef STORE_ONE_TIME_H
#define STORE_ONE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

#define ONE_TIME_HASH_LEN 32

/* A row of one_time_tokens; texts are owned by the arena it was read into. */
struct one_time {
	const char *id;
	const char *purpose;
	unsigned char token_hash[ONE_TIME_HASH_LEN];
	bool has_code;
	unsigned char code_mac[ONE_TIME_HASH_LEN];
	const char *user_id; /* NULL: nobody's */
	const char *email;   /* small letters */
	const char *data;
	bool has_browser;
	unsigned char browser_hash[ONE_TIME_HASH_LEN];
	int64_t tries_left;
	int64_t created_at;
	int64_t expires_at;
};

/**
 * one_time_add(tx, t):
 * A new one. Errors: ERR_DB.
 */
MUST_USE enum err one_time_add(struct tx *tx, const struct one_time *t);

/**
 * one_time_find(db, purpose, token_hash, a, ret), one_time_find_id(db, purpose, id, a, ret),
 * one_time_find_code(db, purpose, email, browser, a, ret):
 * The one of that token; of that id; the newest with a code that was mailed to the address and is
 * bound to the browser with that hash, or else to none; never one that is bound to another
 * (${browser} NULL: any other). Expired or not. Errors: ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err one_time_find(struct db *db, const char *purpose,
    const unsigned char token_hash[static ONE_TIME_HASH_LEN], struct arena *a,
    struct one_time *ret);
MUST_USE enum err one_time_find_id(
    struct db *db, const char *purpose, const char *id, struct arena *a, struct one_time *ret);
MUST_USE enum err one_time_find_code(struct db *db, const char *purpose, const char *email,
    const unsigned char *browser, struct arena *a, struct one_time *ret);

/**
 * one_time_find_newest(db, purpose, email, now, a, ret):
 * The newest that is nobody's, was mailed to the address, and has not expired.
 * Errors: ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err one_time_find_newest(struct db *db, const char *purpose, const char *email,
    int64_t now, struct arena *a, struct one_time *ret);

/**
 * one_time_list_sign_up(db, before, now, limit, a, each, arg):
 * Call ${each} for at most ${limit} of the purpose "sign-up" that have not expired, the newest
 * first, from the one before the id ${before} on (NULL: from the newest). Errors: ERR_NOMEM,
 * ERR_DB.
 */
MUST_USE enum err one_time_list_sign_up(struct db *db, const char *before, int64_t now,
    int64_t limit, struct arena *a, void (*each)(void *arg, const struct one_time *t), void *arg);

/**
 * one_time_miss(tx, id):
 * A wrong code was given: one try less. Errors: ERR_DB.
 */
MUST_USE enum err one_time_miss(struct tx *tx, const char *id);

/**
 * one_time_drop_older(tx, t):
 * Away with those that ${t} takes the place of: for the same purpose, of the same user, or if it is
 * nobody's of the same address and nobody's; and of the same browser, or if it is bound to none of
 * none. So nobody's asking takes another's away. Errors: ERR_DB.
 */
MUST_USE enum err one_time_drop_older(struct tx *tx, const struct one_time *t);

/**
 * one_time_drop(tx, id), one_time_drop_email(tx, purpose, email), one_time_drop_user(tx, purpose,
 * user_id), one_time_purge(tx, before, limit, ret_count):
 * Away with one; with all for ${purpose} that were mailed to the address, or are the user's
 * (${purpose} NULL: for whatever); with at most ${limit} that expired before, ${ret_count} of them.
 * None is no error. Errors: ERR_DB.
 */
MUST_USE enum err one_time_drop(struct tx *tx, const char *id);
MUST_USE enum err one_time_drop_email(struct tx *tx, const char *purpose, const char *email);
MUST_USE enum err one_time_drop_user(struct tx *tx, const char *purpose, const char *user_id);
MUST_USE enum err one_time_purge(struct tx *tx, int64_t before, int64_t limit, int64_t *ret_count);

#endif
