/* Rate limits as a program has them in memory: which policies hold for a request. */
#ifndef ACCESS_QUOTA_RULES_H
#define ACCESS_QUOTA_RULES_H

#include "base/limiter.h"
#include "store/limit_policy.h"

#define QUOTA_NAME_SIZE 65
#define QUOTA_KEY_SIZE 32
#define QUOTA_SAYS_SIZE 112

struct quota_rules;

/* A policy. */
struct quota_policy {
	struct limit limit;
	char name[QUOTA_NAME_SIZE];
	char key[QUOTA_KEY_SIZE];   /* what the keys of its counts begin with */
	char says[QUOTA_SAYS_SIZE]; /* the value of RateLimit-Policy: "name";q=100;w=60 */
	size_t name_len, key_len;
};

/* Somebody or something, to one scope. */
struct quota_who {
	const void *bytes; /* id, hash of a key, address of 16 bytes; NULL: a route */
	size_t len;
	const char *of; /* the same as what stands in the keys of counts */
	size_t of_len;
};

/* The policies to count a request for, and whose count. */
struct quota_plan {
	size_t count;
	struct {
		const struct quota_policy *policy;
		const char *of;
		size_t of_len;
	} items[2 * LIMIT_POLICIES_MAX]; /* two keys may come along */
};

/**
 * quota_rules_load(db, routes, count, now, ret_rules):
 * Read all policies and assignments; ${routes} are the "METHOD /path" of this program. Free with
 * quota_rules_free() (NULL too). Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err quota_rules_load(
    struct db *db, char *const *routes, size_t count, int64_t now, struct quota_rules **ret_rules);
void quota_rules_free(struct quota_rules *rules);

/**
 * quota_rules_none(rules):
 * Does no policy hold for anything of this program?
 */
bool quota_rules_none(const struct quota_rules *rules);

/**
 * quota_rules_match(rules, scope, who, route, plan):
 * Add to ${plan} the policies of ${scope} that hold for ${who} at the route of the number ${route}
 * (from 1). Of those for all routes, only the assignments count that say most exactly who: his own,
 * or else everybody's; of networks the smallest. So do, besides, of those for this route.
 */
void quota_rules_match(const struct quota_rules *rules, enum limit_scope scope,
    const struct quota_who *who, unsigned int route, struct quota_plan *plan);

/**
 * quota_rules_key(policy, ret_key):
 * What the keys of the counts of ${policy} begin with. A policy with other numbers counts anew.
 */
void quota_rules_key(const struct limit_policy *policy, char ret_key[static QUOTA_KEY_SIZE]);

#endif
