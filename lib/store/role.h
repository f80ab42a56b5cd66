/* Roles and permissions, and who holds them. */
#ifndef STORE_ROLE_H
#define STORE_ROLE_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

#define ROLE_NAMES_MAX 256

struct names {
	char *items[ROLE_NAMES_MAX];
	size_t count;
};

/**
 * role_assign(tx, user_id, role_name, now):
 * Give the user a role; one held already is held on.
 * Errors: ERR_NOT_FOUND when there is no such role; ERR_DB.
 */
MUST_USE enum err
role_assign(struct tx *tx, const char *user_id, const char *role_name, int64_t now);

/**
 * role_names(db, user_id, a, ret_names), role_permissions(db, user_id, a, ret_names):
 * The names of the roles that the user holds, directly or inherited; and of the permissions those
 * hold. Sorted. Errors: ERR_NOMEM, also beyond 256; ERR_DB.
 */
MUST_USE enum err
role_names(struct db *db, const char *user_id, struct arena *a, struct names *ret_names);
MUST_USE enum err
role_permissions(struct db *db, const char *user_id, struct arena *a, struct names *ret_names);

#endif
