/* Roles and permissions, who inherits from whom, and who holds them. */
#ifndef STORE_ROLE_H
#define STORE_ROLE_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

/*
 * So many roles and permissions the site has at most, and so many permissions on conditions a role:
 * then nobody can hold more than ROLE_NAMES_MAX, an org's own included, however they are joined.
 */
#define ROLES_MAX 512
#define ROLE_PERMISSIONS_MAX 512
#define ROLE_CONDITIONS_MAX 32
#define ROLE_NAMES_MAX 1024

/* Ids of built-in roles. */
#define ROLE_ADMIN "00000000-0000-7000-8000-000000000001"
#define ROLE_VIEWER "00000000-0000-7000-8000-000000000002"
#define ROLE_GUEST "00000000-0000-7000-8000-000000000003"
#define ROLE_ORG_OWNER "00000000-0000-7000-8000-000000000011"
#define ROLE_ORG_ADMIN "00000000-0000-7000-8000-000000000012"
#define ROLE_ORG_MEMBER "00000000-0000-7000-8000-000000000013"

struct names {
	char *items[ROLE_NAMES_MAX];
	size_t count;
};

/* A row of roles; texts are owned by the arena it was read into. */
struct role {
	const char *id;
	const char *name;
	const char *description;
	int64_t created_at;
};

/* Roles that somebody holds, directly or inherited. */
struct held {
	struct {
		char *id;
		int via;        /* which of these inherits from it; -1: held directly */
		char *group_id; /* through which group it is held directly; NULL: none */
	} items[ROLE_NAMES_MAX];
	size_t count;
};

/**
 * role_is_built_in(id), role_is_of_orgs(id):
 * Is it admin, viewer, guest or org-*, which Yett itself counts on? Is it org-*, which is held in
 * an org alone?
 */
bool role_is_built_in(const char *id);
bool role_is_of_orgs(const char *id);

/**
 * role_find(db, id, a, ret_role), role_find_name(db, name, a, ret_role), role_name(db, id, a,
 * ret_name), role_of_org(db, id, ret_is):
 * One role of the site's; what a role is called, the site's or an org's; is it an org's own?
 * Errors: ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err role_of_org(struct db *db, const char *id, bool *ret_is);
MUST_USE enum err role_name(struct db *db, const char *id, struct arena *a, char **ret_name);
MUST_USE enum err role_find(struct db *db, const char *id, struct arena *a, struct role *ret_role);
MUST_USE enum err
role_find_name(struct db *db, const char *name, struct arena *a, struct role *ret_role);

/**
 * role_list(db, after, limit, a, each, arg):
 * Call ${each} for at most ${limit} roles in the order of their names, those after ${after} ("" for
 * the first). Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err role_list(struct db *db, const char *after, int64_t limit, struct arena *a,
    void (*each)(void *arg, const struct role *role), void *arg);

/**
 * role_add(tx, role), role_set(tx, role), role_drop(tx, id):
 * A new role; another name and description; away with it, whoever held it or inherited from it.
 * Errors: ERR_TAKEN when another has the name; ERR_LIMIT when the site has ROLES_MAX;
 * ERR_NOT_FOUND; ERR_DB.
 */
MUST_USE enum err role_add(struct tx *tx, const struct role *role);
MUST_USE enum err role_set(struct tx *tx, const struct role *role);
MUST_USE enum err role_drop(struct tx *tx, const char *id);

/**
 * role_own_permissions(db, id, a, ret_names), role_parents(db, id, a, ret_names),
 * role_all_permissions(db, id, a, ret_names), role_possible_permissions(db, id, a, ret_names):
 * The names of what the role holds itself, of the roles it inherits from directly, and of all it
 * holds, inherited or not; in all of these only what it holds without a condition. The last one has
 * the others, too: what who is given the role may come to do. Sorted. Errors: ERR_NOMEM, also
 * beyond 1024; ERR_DB.
 */
MUST_USE enum err
role_own_permissions(struct db *db, const char *id, struct arena *a, struct names *ret_names);
MUST_USE enum err
role_parents(struct db *db, const char *id, struct arena *a, struct names *ret_names);
MUST_USE enum err
role_all_permissions(struct db *db, const char *id, struct arena *a, struct names *ret_names);
MUST_USE enum err
role_possible_permissions(struct db *db, const char *id, struct arena *a, struct names *ret_names);

/* A permission of a role. */
struct permit {
	char *permission;
	char *condition; /* under which it is held: store/db_rule.h; NULL: always */
};

/**
 * role_permits(db, id, a, each, arg):
 * Call ${each} for each permission of the role itself, in no order. Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err role_permits(struct db *db, const char *id, struct arena *a,
    void (*each)(void *arg, const struct permit *p), void *arg);

/**
 * role_allow(tx, id, permission, condition, permission_id, now), role_forbid(tx, id, permission):
 * Let the role hold ${permission} from now on, under ${condition} (NULL: always), or no more;
 * ${permission_id} is its id if it is new. What no role holds any more is forgotten.
 * Errors: role_allow() ERR_LIMIT beyond ROLE_PERMISSIONS_MAX of the site or ROLE_CONDITIONS_MAX of
 * the role; role_forbid() ERR_NOT_FOUND when it did not; ERR_DB.
 */
MUST_USE enum err role_allow(struct tx *tx, const char *id, const char *permission,
    const char *condition, const char *permission_id, int64_t now);
MUST_USE enum err role_forbid(struct tx *tx, const char *id, const char *permission);

/**
 * role_inherit(tx, id, parent_id, a, ret_circle), role_disinherit(tx, id, parent_id):
 * Let the role inherit from ${parent_id}, or no more.
 * Errors: role_inherit() ERR_TAKEN when that would close a circle: ${ret_circle} then says which,
 * as "a > b > a", owned by ${a}; role_disinherit() ERR_NOT_FOUND when it did not; ERR_DB,
 * ERR_NOMEM.
 */
MUST_USE enum err role_inherit(
    struct tx *tx, const char *id, const char *parent_id, struct arena *a, const char **ret_circle);
MUST_USE enum err role_disinherit(struct tx *tx, const char *id, const char *parent_id);

/**
 * role_check_circle(db, id, parent_id, a, ret_circle):
 * ERR_TAKEN and ${ret_circle} as role_inherit() has them, and nothing changed.
 */
MUST_USE enum err role_check_circle(
    struct db *db, const char *id, const char *parent_id, struct arena *a, const char **ret_circle);

/**
 * role_assign(tx, user_id, role_name, expires_at, now):
 * Give the user a role, until ${expires_at} (0: without end); one held already is held until then.
 * Errors: ERR_NOT_FOUND when there is no such role; ERR_DB.
 */
MUST_USE enum err role_assign(
    struct tx *tx, const char *user_id, const char *role_name, int64_t expires_at, int64_t now);

/**
 * role_unassign(tx, user_id, role_id), role_count_holders(db, role_id, ret_count):
 * Take it away; how many users hold it directly and for good, and can sign in:
 * neither disabled, locked nor hidden, with a password.
 * Errors: ERR_NOT_FOUND when the user does not hold it directly; ERR_DB.
 */
MUST_USE enum err role_unassign(struct tx *tx, const char *user_id, const char *role_id);
MUST_USE enum err role_count_holders(struct db *db, const char *role_id, int64_t *ret_count);

/* What a user holds directly. */
struct assignment {
	struct role role;
	int64_t assigned_at;
	int64_t expires_at; /* 0: without end */
};

/**
 * role_assignments(db, user_id, now, a, each, arg):
 * Call ${each} for each role that the user holds directly at ${now}, in the order of their names.
 * Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err role_assignments(struct db *db, const char *user_id, int64_t now, struct arena *a,
    void (*each)(void *arg, const struct assignment *assignment), void *arg);

/**
 * role_held(db, user_id, now, a, ret_held), role_next_end(db, user_id, now, ret_at):
 * The roles that the user holds at ${now}, the direct ones first; when the first of these ends,
 * INT64_MAX when none does. Errors: ERR_NOMEM, also beyond 1024; ERR_DB.
 */
MUST_USE enum err
role_held(struct db *db, const char *user_id, int64_t now, struct arena *a, struct held *ret_held);
MUST_USE enum err role_next_end(struct db *db, const char *user_id, int64_t now, int64_t *ret_at);

/**
 * role_held_new(ret_arena):
 * An empty list, and the memory that it and its texts live in, which the caller ends by
 * arena_free(): a list is large and needed for a moment, and a request reads up to a dozen.
 * Errors: NULL when memory is out.
 */
struct held *role_held_new(struct arena **ret_arena);

/**
 * role_hold(held, id), role_inherited(db, a, held), role_rights_of_held(db, held, a, ret_roles,
 * ret_permissions):
 * The three steps of the functions around this one, for whoever holds roles in another way: ${held}
 * holds the role ${id} (of the caller's arena) directly; and all that those inherit from; the names
 * of all roles and permissions, as in role_rights(). Errors: ERR_NOMEM, also beyond 1024 and when
 * ${id} is NULL; ERR_DB.
 */
MUST_USE enum err role_hold(struct held *held, char *id);
MUST_USE enum err role_inherited(struct db *db, struct arena *a, struct held *held);
MUST_USE enum err role_rights_of_held(struct db *db, const struct held *held, struct arena *a,
    struct names *ret_roles, struct names *ret_permissions);

/**
 * role_held_anywhere(db, user_id, now, a, ret_held):
 * As role_held(), and what the user holds in whatever org: all that who takes over the account
 * gets.
 */
MUST_USE enum err role_held_anywhere(
    struct db *db, const char *user_id, int64_t now, struct arena *a, struct held *ret_held);

/**
 * role_rights(db, user_id, now, a, ret_roles, ret_permissions):
 * The names of all roles that the user holds at ${now}, and of all permissions those hold (NULL:
 * not wanted). Sorted. Errors: ERR_NOMEM, also beyond 1024; ERR_DB.
 */
MUST_USE enum err role_rights(struct db *db, const char *user_id, int64_t now, struct arena *a,
    struct names *ret_roles, struct names *ret_permissions);

/**
 * role_rights_of_key(db, key_id, now, a, ret_roles, ret_permissions),
 * role_next_end_of_key(db, key_id, now, ret_at): The same of an API key that is no user's.
 */
MUST_USE enum err role_rights_of_key(struct db *db, const char *key_id, int64_t now,
    struct arena *a, struct names *ret_roles, struct names *ret_permissions);
MUST_USE enum err
role_next_end_of_key(struct db *db, const char *key_id, int64_t now, int64_t *ret_at);

/**
 * role_held_by_role(db, id, a, ret_held), role_rights_of_role(db, id, a, ret_roles,
 * ret_permissions): The same of who holds the role ${id} and no other.
 */
MUST_USE enum err
role_held_by_role(struct db *db, const char *id, struct arena *a, struct held *ret_held);
MUST_USE enum err role_rights_of_role(struct db *db, const char *id, struct arena *a,
    struct names *ret_roles, struct names *ret_permissions);

/**
 * role_held_by_group(db, group_id, a, ret_held), role_held_permissions(db, held, a, ret_names):
 * The roles that the group gives its members; and all that ${held} give, on whatever condition,
 * sorted. Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
role_held_by_group(struct db *db, const char *group_id, struct arena *a, struct held *ret_held);
MUST_USE enum err role_held_permissions(
    struct db *db, const struct held *held, struct arena *a, struct names *ret_names);

#endif
