/* A rule as a body tells it: as text, or by its members. */
#ifndef GUARD_MEMBERS_H
#define GUARD_MEMBERS_H

#include "access/guard_rule.h"
#include "http/input.h"
#include "store/db.h"

/* What a body says; NULL and 0 where it says nothing. */
struct members {
	const char *rule;
	const char *host; /* "": any */
	const char *path;
	struct text_list methods, allow, networks;
	int64_t mfa_minutes; /* 0: none asked, MEMBERS_ABSENT: nothing is said */
	int64_t position;
	const char *description;
};

#define MEMBERS_ABSENT (-1)

/**
 * members_read(r, ret_members):
 * Take the body of ${r}. Errors: ERR_FIELDS, as input_read(); for a rule both ways, too.
 */
MUST_USE enum err members_read(struct req *r, struct members *ret_members);

/**
 * members_say_rule(m):
 * Is anything said of the rule itself?
 */
bool members_say_rule(const struct members *m);

/**
 * members_apply(r, m, rule, ret_text):
 * Change ${rule} (all zero for a new one) as ${m} says; ${ret_text} is the way to write it.
 * Errors: ERR_FIELDS, with the field noted; ERR_NOMEM.
 */
MUST_USE enum err members_apply(
    struct req *r, const struct members *m, struct guard_rule *rule, const char **ret_text);

/**
 * members_check_names(r, m, db, rule):
 * Are there the roles, orgs and groups that ${m} names, in ${rule} made of it? What it does not say
 * is not looked at: that was there when it was said. Errors: ERR_FIELDS, with the field noted;
 * ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err members_check_names(
    struct req *r, const struct members *m, struct db *db, const struct guard_rule *rule);

#endif
