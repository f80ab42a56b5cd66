/* Invitations into an org: those that are open. One that was accepted or revoked has no row. */
#ifndef STORE_INVITATION_H
#define STORE_INVITATION_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

#define INVITATION_HASH_LEN 32

/* A row of org_invitations; texts are owned by the arena it was read into. */
struct invitation {
	const char *id;
	const char *org_id;
	const char *email; /* small letters */
	const char *role_id;
	const char *role_name;      /* only read */
	const char *invited_by;     /* NULL: no user */
	const char *invited_by_key; /* a service's; NULL: none */
	bool shown;                 /* its token was, to whoever invited */
	int64_t created_at;
	int64_t expires_at;
};

/**
 * invitation_add(tx, inv, token_hash):
 * A new one, found again by the hash of its token (32 bytes, hashed by the caller).
 * Errors: ERR_TAKEN when the org has one for the address; ERR_DB.
 */
MUST_USE enum err invitation_add(struct tx *tx, const struct invitation *inv,
    const unsigned char token_hash[static INVITATION_HASH_LEN]);

/**
 * invitation_find(db, org_id, id, a, ret_invitation), invitation_find_email(db, org_id, email, a,
 * ret_invitation), invitation_find_token(db, token_hash, a, ret_invitation):
 * One of the org, by its id or address; or whosever token it is. Expired or not.
 * Errors: ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err invitation_find(struct db *db, const char *org_id, const char *id,
    struct arena *a, struct invitation *ret_invitation);
MUST_USE enum err invitation_find_email(struct db *db, const char *org_id, const char *email,
    struct arena *a, struct invitation *ret_invitation);
MUST_USE enum err
invitation_find_token(struct db *db, const unsigned char token_hash[static INVITATION_HASH_LEN],
    struct arena *a, struct invitation *ret_invitation);

/**
 * invitation_list(db, org_id, now, a, each, arg), invitation_count(db, org_id, now, ret_count):
 * Call ${each} for those of the org that have not expired at ${now}, in the order of the addresses;
 * how many there are. Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err invitation_list(struct db *db, const char *org_id, int64_t now, struct arena *a,
    void (*each)(void *arg, const struct invitation *inv), void *arg);
MUST_USE enum err
invitation_count(struct db *db, const char *org_id, int64_t now, int64_t *ret_count);

/**
 * invitation_set_token(tx, id, token_hash, shown):
 * Another token takes the place of the old. Errors: ERR_NOT_FOUND, ERR_DB.
 */
MUST_USE enum err invitation_set_token(struct tx *tx, const char *id,
    const unsigned char token_hash[static INVITATION_HASH_LEN], bool shown);

/**
 * invitation_drop(tx, id):
 * Away with it. Errors: ERR_NOT_FOUND, ERR_DB.
 */
MUST_USE enum err invitation_drop(struct tx *tx, const char *id);

/**
 * invitation_purge(tx, before, limit, ret_count):
 * Delete at most ${limit} that expired before ${before}: the addresses of people who did not come;
 * ${ret_count}: so many.
 * Errors: ERR_DB.
 */
MUST_USE enum err
invitation_purge(struct tx *tx, int64_t before, int64_t limit, int64_t *ret_count);

#endif
