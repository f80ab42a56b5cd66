/* All that a user may do, and how he came to it: found out once, remembered until it changes. */
#ifndef ACCESS_GRANTS_H
#define ACCESS_GRANTS_H

#include "http/request.h"
#include "store/db_rule.h"
#include "store/version.h"

#define GRANTS_MAX 1024

/* A permission that is held. Texts are places for grants_text(); 0 is "". */
struct grant {
	uint32_t permission;
	uint32_t condition; /* "": none */
	uint32_t through; /* names of roles, a line each: the one held directly, ..., the holder */
	uint32_t group;   /* the name of the group that gives the first of these; "": none does */
	uint32_t of_org;  /* the holder is an org's own role, which has written the condition */
};

/* One block of memory, so that it can be remembered and copied whole: texts follow the items. */
struct grants {
	struct version everybody, user, org; /* what this was read under */
	int64_t until;                       /* ms; true no longer than that */
	uint32_t missing;                    /* why nothing is allowed; "": no reason */
	uint32_t attributes;                 /* JSON, the user's */
	uint32_t count;
	struct grant items[];
};

/**
 * grants_find(r, user_id, org_id, ret_grants):
 * What ${user_id} ("": the guest) holds now, the nearest roles first; owned by ${r}. With ${org_id}
 * (NULL: none) what is held in that org and nowhere else, nothing by who does not belong to it. Of
 * who is not there, disabled or locked: nothing, and why. Errors: ERR_NOMEM, also beyond 1024
 * permissions; ERR_DB.
 */
MUST_USE enum err grants_find(
    struct req *r, const char *user_id, const char *org_id, const struct grants **ret_grants);

/**
 * grants_text(g, place):
 * The text at ${place}.
 */
const char *grants_text(const struct grants *g, uint32_t place);

/**
 * grants_covering(g, wanted, facts, ret_at, ret_unmet):
 * The place of the item that covers ${wanted} and whose condition, if it has one, ${facts} meet,
 * one without a condition before others; g->count: none, and ${ret_unmet} is the first whose
 * condition is not met, or g->count. Errors: ERR_BUSY when judging conditions takes too long.
 */
MUST_USE enum err grants_covering(const struct grants *g, const char *wanted,
    const struct db_rule_facts *facts, size_t *ret_at, size_t *ret_unmet);

#endif
