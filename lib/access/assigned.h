/* The roles that somebody holds directly, as items of a list. */
#ifndef ACCESS_ASSIGNED_H
#define ACCESS_ASSIGNED_H

#include "http/json.h"
#include "store/role.h"

struct assigned {
	struct json *json;
	struct cJSON *items; /* of it */
};

/**
 * assigned_add(arg, as):
 * Add ${as} to the struct assigned ${arg}: for role_assignments() and its like.
 */
void assigned_add(void *arg, const struct assignment *as);

#endif
