/* Rate limits as they are stored: policies, and which requests they hold for. */
#ifndef STORE_LIMIT_POLICY_H
#define STORE_LIMIT_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

#define LIMIT_POLICIES_MAX 256
#define LIMIT_ASSIGNMENTS_MAX 4096 /* of all policies together */
#define LIMIT_KEY_HASH_LEN 32

/* What is counted apart from each other. */
enum limit_scope {
	LIMIT_USER,
	LIMIT_ORG,
	LIMIT_KEY,
	LIMIT_NETWORK,
	LIMIT_ROUTE,
	LIMIT_SCOPES,
};

/* A row of rate_limit_policies; texts are owned by the arena it was read into. */
struct limit_policy {
	const char *id;
	const char *name;
	enum limit_scope scope;
	int64_t limit_count;
	int64_t window_sec;
	const char *description;
	int64_t created_at;
};

/* Which requests: of whom (${who} by the scope: id of a user, org or API key, a network; NULL: of
 * everybody), to which route ("METHOD /path"; NULL: to any). */
struct limit_target {
	const char *who;
	const char *route;
};

/* A row of rate_limit_assignments. */
struct limit_assignment {
	const char *id;
	const char *policy_id;
	enum limit_scope scope;
	struct limit_target target;
	int64_t created_at;
};

/**
 * limit_policy_scope_name(scope), limit_policy_scope_find(name, ret_scope):
 * "user", "org", "key", "network", "route"; the other way round, false when there is none.
 */
const char *limit_policy_scope_name(enum limit_scope scope);
bool limit_policy_scope_find(const char *name, enum limit_scope *ret_scope);

/**
 * limit_policy_find(db, id, a, ret_policy), limit_policy_find_name(db, name, a, ret_policy):
 * One policy. Errors: ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
limit_policy_find(struct db *db, const char *id, struct arena *a, struct limit_policy *ret_policy);
MUST_USE enum err limit_policy_find_name(
    struct db *db, const char *name, struct arena *a, struct limit_policy *ret_policy);

/**
 * limit_policy_list(db, after, limit, a, each, arg):
 * Call ${each} for at most ${limit} policies in the order of their names, those after ${after} (""
 * for the first). Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err limit_policy_list(struct db *db, const char *after, int64_t limit,
    struct arena *a, void (*each)(void *arg, const struct limit_policy *policy), void *arg);

/**
 * limit_policy_add(tx, policy), limit_policy_set(tx, policy), limit_policy_drop(tx, id):
 * A new policy; other values of it, but never another scope; away with it and its assignments.
 * Errors: ERR_TAKEN when another has the name; ERR_TOO_LARGE when there are 256 already;
 * ERR_NOT_FOUND; ERR_DB.
 */
MUST_USE enum err limit_policy_add(struct tx *tx, const struct limit_policy *policy);
MUST_USE enum err limit_policy_set(struct tx *tx, const struct limit_policy *policy);
MUST_USE enum err limit_policy_drop(struct tx *tx, const char *id);

/**
 * limit_policy_has(db, scope, who):
 * Is there such a user, org or API key? A network or route always is. Errors: ERR_NOT_FOUND,
 * ERR_DB.
 */
MUST_USE enum err limit_policy_has(struct db *db, enum limit_scope scope, const char *who);

/**
 * limit_policy_assign(tx, assignment), limit_policy_unassign(tx, policy, target):
 * Let the policy hold for the target from now on (twice is once), or no more.
 * Errors: limit_policy_assign() ERR_TOO_LARGE when there are 4096 already; limit_policy_unassign()
 * ERR_NOT_FOUND when it did not; ERR_DB.
 */
MUST_USE enum err limit_policy_assign(struct tx *tx, const struct limit_assignment *assignment);
MUST_USE enum err limit_policy_unassign(
    struct tx *tx, const struct limit_policy *policy, const struct limit_target *target);

/**
 * limit_policy_assignments(db, policy_id, after, limit, a, each, arg):
 * Call ${each} for at most ${limit} assignments of the policy in the order of their ids, those
 * after ${after} ("" for the first). Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
limit_policy_assignments(struct db *db, const char *policy_id, const char *after, int64_t limit,
    struct arena *a, void (*each)(void *arg, const struct limit_assignment *assignment), void *arg);

/**
 * limit_policy_all_assignments(db, a, each, arg):
 * Call ${each} for all assignments of all policies. Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err limit_policy_all_assignments(struct db *db, struct arena *a,
    void (*each)(void *arg, const struct limit_assignment *assignment), void *arg);

/**
 * limit_policy_key_hashes(db, key_id, now, each, arg), limit_policy_key_hash(db, key_id, ret_hash):
 * Call ${each} with the hash of the API key and of those that it was rotated to, as far as they are
 * alive at ${now}; the hash of the key alone, dead or alive. Errors: limit_policy_key_hash()
 * ERR_NOT_FOUND; ERR_DB.
 */
MUST_USE enum err limit_policy_key_hashes(struct db *db, const char *key_id, int64_t now,
    void (*each)(void *arg, const unsigned char hash[static LIMIT_KEY_HASH_LEN]), void *arg);
MUST_USE enum err limit_policy_key_hash(
    struct db *db, const char *key_id, unsigned char ret_hash[static LIMIT_KEY_HASH_LEN]);

/**
 * limit_policy_key_rotated(tx):
 * An API key was rotated to another, and its policies hold for that, too: say so to all programs,
 * where any key has policies. Errors: ERR_DB.
 */
MUST_USE enum err limit_policy_key_rotated(struct tx *tx);

#endif
