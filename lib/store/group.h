/* Groups of users, of which every user has one of the own. */
#ifndef STORE_GROUP_H
#define STORE_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

/**
 * group_add_home(tx, group_id, user_id, name, now):
 * Make the user's own group, with the user in it.
 * Errors: ERR_TAKEN when the user has one; ERR_DB.
 */
MUST_USE enum err group_add_home(
    struct tx *tx, const char *group_id, const char *user_id, const char *name, int64_t now);

#endif
