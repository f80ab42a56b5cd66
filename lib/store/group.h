/* Groups of users, of which every user has one of the own. All members hold the group's roles. */
#ifndef STORE_GROUP_H
#define STORE_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "store/role.h"
#include "store/store.h"

#define GROUP_ROLES_MAX \
	64 /* of a group: who is in a few still holds fewer than role_held() takes */

/* A row of groups; texts are owned by the arena it was read into. */
struct group {
	const char *id;
	const char *name;
	const char *description;
	const char *home_user_id; /* whose own it is; NULL: nobody's */
	int64_t created_at;
};

/* Who is in a group. */
struct member {
	const char *user_id;
	const char *email;
	const char *username; /* NULL: none */
	const char *name;     /* NULL: none */
	int64_t added_at;
};

/**
 * group_find(db, id, a, ret_group), group_find_name(db, name, a, ret_group):
 * One group; the second finds no user's own, for many of these may have one name.
 * Errors: ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
group_find(struct db *db, const char *id, struct arena *a, struct group *ret_group);
MUST_USE enum err
group_find_name(struct db *db, const char *name, struct arena *a, struct group *ret_group);

/**
 * group_list(db, after, limit, a, each, arg), group_list_of(db, user_id, after, limit, a, each,
 * arg): Call ${each} for at most ${limit} groups that are nobody's own, in the order of their
 * names, those after the name ${after}; or for the groups that ${user_id} is in, the own among
 * them, in the order of their ids, those after the id ${after}. "" for the first.
 * Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err group_list(struct db *db, const char *after, int64_t limit, struct arena *a,
    void (*each)(void *arg, const struct group *group), void *arg);
MUST_USE enum err group_list_of(struct db *db, const char *user_id, const char *after,
    int64_t limit, struct arena *a, void (*each)(void *arg, const struct group *group), void *arg);

/**
 * group_add(tx, g), group_add_home(tx, group_id, user_id, name, now):
 * A new group without members; or a user's own, with the user in it.
 * Errors: ERR_TAKEN when another has the name, or the user has an own one; ERR_DB.
 */
MUST_USE enum err group_add(struct tx *tx, const struct group *g);
MUST_USE enum err group_add_home(
    struct tx *tx, const char *group_id, const char *user_id, const char *name, int64_t now);

/**
 * group_set(tx, g), group_drop(tx, id):
 * Another name and description; away with it, and with what came of being in it.
 * Errors: ERR_TAKEN when another has the name; ERR_NOT_FOUND; ERR_DB.
 */
MUST_USE enum err group_set(struct tx *tx, const struct group *g);
MUST_USE enum err group_drop(struct tx *tx, const char *id);

/**
 * group_members(db, id, after, limit, a, each, arg):
 * Call ${each} for at most ${limit} members in the order of their ids, those after ${after} ("" for
 * the first). Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err group_members(struct db *db, const char *id, const char *after, int64_t limit,
    struct arena *a, void (*each)(void *arg, const struct member *member), void *arg);

/**
 * group_find_member(db, id, user_id, a, ret_member):
 * Errors: ERR_NOT_FOUND when the user is not in the group; ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err group_find_member(
    struct db *db, const char *id, const char *user_id, struct arena *a, struct member *ret_member);

/**
 * group_add_member(tx, id, user_id, now, ret_added), group_drop_member(tx, id, user_id):
 * Put a user into a group, and whether he was not in it before; or take him out.
 * Errors: group_drop_member() ERR_NOT_FOUND when he is not in it; ERR_DB.
 */
MUST_USE enum err
group_add_member(struct tx *tx, const char *id, const char *user_id, int64_t now, bool *ret_added);
MUST_USE enum err group_drop_member(struct tx *tx, const char *id, const char *user_id);

/**
 * group_roles(db, id, a, each, arg):
 * Call ${each} for each role that the group gives its members, all without end, in the order of
 * their names. Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err group_roles(struct db *db, const char *id, struct arena *a,
    void (*each)(void *arg, const struct assignment *assignment), void *arg);

/**
 * group_add_role(tx, id, role_id, now, ret_added), group_drop_role(tx, id, role_id):
 * Give all members a role, and whether they did not hold it through the group before; or take it
 * away. Errors: group_add_role() ERR_LIMIT beyond GROUP_ROLES_MAX; group_drop_role() ERR_NOT_FOUND
 * when the group does not have it; ERR_DB.
 */
MUST_USE enum err
group_add_role(struct tx *tx, const char *id, const char *role_id, int64_t now, bool *ret_added);
MUST_USE enum err group_drop_role(struct tx *tx, const char *id, const char *role_id);

#endif
