/* API keys: what programs prove themselves by, whose they are, and how much they are used. */
#ifndef STORE_API_KEY_H
#define STORE_API_KEY_H

#include "store/role.h"

#define API_KEY_HASH_LEN 32
#define API_KEY_ALIVE_MAX 100 /* of one user */

/* A row of api_keys; texts are owned by the arena it was read into, NULL where the column is. */
struct api_key {
	const char *id;
	const char *user_id; /* NULL: a service's */
	const char *org_id;
	const char *name;
	unsigned char hash[API_KEY_HASH_LEN];
	const char *hint;
	const char *scopes;   /* permissions, separated by spaces */
	const char *networks; /* separated by spaces; "": anywhere */
	int64_t created_at;
	const char *created_by;
	int64_t expires_at; /* 0: never */
	int64_t revoked_at; /* 0: not revoked */
	const char *replaced_by;
	int64_t last_used_at; /* 0: never */
	const char *last_used_ip;
};

/**
 * api_key_add(tx, k):
 * A new key. Errors: ERR_TAKEN when there is one of that hash; ERR_DB.
 */
MUST_USE enum err api_key_add(struct tx *tx, const struct api_key *k);

/**
 * api_key_find(db, id, a, ret_key), api_key_find_hash(db, hash, a, ret_key):
 * One key, alive or not. Errors: ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
api_key_find(struct db *db, const char *id, struct arena *a, struct api_key *ret_key);
MUST_USE enum err api_key_find_hash(struct db *db,
    const unsigned char hash[static API_KEY_HASH_LEN], struct arena *a, struct api_key *ret_key);

/**
 * api_key_alive(k, now):
 * Neither revoked nor expired?
 */
bool api_key_alive(const struct api_key *k, int64_t now);

/**
 * api_key_set(tx, k):
 * Store name, scopes, networks, expires_at, revoked_at and replaced_by of ${k}, found before in the
 * same transaction. Errors: ERR_NOT_FOUND, ERR_DB.
 */
MUST_USE enum err api_key_set(struct tx *tx, const struct api_key *k);

/**
 * api_key_revoke_all(tx, user_id, now, ret_count):
 * Revoke all keys of the user; how many were not. Errors: ERR_DB.
 */
MUST_USE enum err
api_key_revoke_all(struct tx *tx, const char *user_id, int64_t now, int64_t *ret_count);

/**
 * api_key_count(db, user_id, now, ret_count):
 * How many keys of the user are alive. Errors: ERR_DB.
 */
MUST_USE enum err
api_key_count(struct db *db, const char *user_id, int64_t now, int64_t *ret_count);

enum api_key_owner {
	API_KEY_OF_USER,
	API_KEY_OF_SERVICE,
	API_KEY_OF_ANYBODY,
};

/**
 * api_key_list(db, owner, user_id, before, limit, a, each, arg):
 * Call ${each} for at most ${limit} keys, alive or not, the newest first, those made before the key
 * ${before} (NULL: from the newest on), until it answers false. ${user_id} counts for
 * API_KEY_OF_USER only. Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
api_key_list(struct db *db, enum api_key_owner owner, const char *user_id, const char *before,
    int64_t limit, struct arena *a, bool (*each)(void *arg, const struct api_key *k), void *arg);

/**
 * api_key_fits_org(db, user_id, org_id, ret_fits):
 * Is there such an org, and is the user (NULL: none, a service) a member of it? Errors: ERR_DB.
 */
MUST_USE enum err
api_key_fits_org(struct db *db, const char *user_id, const char *org_id, bool *ret_fits);

/**
 * api_key_assign(tx, id, role_id, expires_at, now), api_key_unassign(tx, id, role_id):
 * Give the key a role, until ${expires_at} (0: without end), anew when it has it; take it away.
 * Errors: api_key_unassign() ERR_NOT_FOUND when it has not; ERR_DB.
 */
MUST_USE enum err
api_key_assign(struct tx *tx, const char *id, const char *role_id, int64_t expires_at, int64_t now);
MUST_USE enum err api_key_unassign(struct tx *tx, const char *id, const char *role_id);

/**
 * api_key_assignments(db, id, now, a, each, arg):
 * Call ${each} for each role that the key holds directly at ${now}, in the order of their names.
 * Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err api_key_assignments(struct db *db, const char *id, int64_t now, struct arena *a,
    void (*each)(void *arg, const struct assignment *assignment), void *arg);

/**
 * api_key_copy_roles(tx, id, new_id, now):
 * Give the key ${new_id} all roles that ${id} holds at ${now}, for as long. Errors: ERR_DB.
 */
MUST_USE enum err
api_key_copy_roles(struct tx *tx, const char *id, const char *new_id, int64_t now);

/**
 * api_key_note_use(tx, id, at, ip), api_key_add_usage(tx, id, day, requests):
 * The key was last used ${at} that time from ${ip} ("": unknown); ${requests} more were let in on
 * that day (since 1970, UTC). Nothing happens when the key is gone. Neither changes what is
 * remembered of the key. Errors: ERR_DB.
 */
MUST_USE enum err api_key_note_use(struct tx *tx, const char *id, int64_t at, const char *ip);
MUST_USE enum err api_key_add_usage(struct tx *tx, const char *id, int64_t day, int64_t requests);

/**
 * api_key_usage(db, id, from_day, to_day, each, arg):
 * Call ${each} for each day from ${from_day} to ${to_day} that the key was used on, in order.
 * Errors: ERR_DB.
 */
MUST_USE enum err api_key_usage(struct db *db, const char *id, int64_t from_day, int64_t to_day,
    void (*each)(void *arg, int64_t day, int64_t requests), void *arg);

#endif
