/* Whom a body or a query means: a user, an org, an API key, a network, a route. */
#ifndef LIMITS_TARGET_H
#define LIMITS_TARGET_H

#include "access/quota.h"
#include "http/json.h"
#include "http/request.h"
#include "store/limit_policy.h"

/* The words of a request, NULL where there is none; then what they mean to a policy, which lives
 * as long as this. */
struct target {
	const char *user, *org, *key, *network, *route;
	struct limit_target means;
	char who[QUOTA_OF_SIZE];
};

/**
 * target_read_body(r, ret_target), target_read_query(r, ret_target):
 * The words of the body, or the query. Errors: ERR_FIELDS, ERR_SYNTAX, ERR_NOMEM.
 */
MUST_USE enum err target_read_body(struct req *r, struct target *ret_target);
void target_read_query(const struct req *r, struct target *ret_target);

/**
 * target_mean(r, scope, t):
 * What ${t} means to a policy of ${scope}: only a word for what the scope counts and a route fit.
 * Errors: ERR_FIELDS, which names the word.
 */
MUST_USE enum err target_mean(struct req *r, enum limit_scope scope, struct target *t);

/**
 * target_count_of(r, db, policy, t, ret_of):
 * Whose count it is, as access/quota.h has it: here one word is needed, and no other fits.
 * Errors: ERR_FIELDS, which names the word; ERR_DB.
 */
MUST_USE enum err target_count_of(struct req *r, struct db *db, const struct limit_policy *policy,
    const struct target *t, char ret_of[static QUOTA_OF_SIZE]);

/**
 * target_add(j, scope, target):
 * Add what ${target} says as members: "user" and so on, "route".
 */
void target_add(struct json *j, enum limit_scope scope, const struct limit_target *target);

#endif
