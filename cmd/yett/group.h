/* The group that an admin means. */
#ifndef YETT_GROUP_H
#define YETT_GROUP_H

#include "store/group.h"
#include "table.h"

/**
 * group_named(db, name, a, ret_group):
 * The group with the id or name ${name}. Errors: ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
group_named(struct db *db, const char *name, struct arena *a, struct group *ret_group);

#endif
