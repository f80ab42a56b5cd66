/* What comes of holding roles: those that they inherit from, and all their permissions. */
#include <stdlib.h>
#include <string.h>

#include "store/role.h"

/* The list, what it inherits on the way, and two ids of each: some 140 KiB. */
#define HELD_MAX ((size_t)256 << 10)

struct held *
role_held_new(struct arena **ret_arena)
{
	struct arena *a = arena_new(HELD_MAX);
	struct held *held = a == NULL ? NULL : arena_alloc(a, sizeof *held);

	if (held == NULL)
		arena_free(a);
	else
		*ret_arena = a;
	return (held);
}

/* Put ${name} into ${names} unless it is there. */
static enum err
add_name(struct names *names, char *name)
{
	size_t i;

	if (name == NULL)
		return (ERR_NOMEM);
	for (i = 0; i < names->count; i++)
		if (strcmp(names->items[i], name) == 0)
			return (ERR_OK);
	if (names->count == ROLE_NAMES_MAX)
		return (ERR_NOMEM);
	names->items[names->count++] = name;
	return (ERR_OK);
}

/* Put into ${names} what ${sql}, which takes ${id}, gives. */
static enum err
add_names(struct db *db, const char *sql, const char *id, struct arena *a, struct names *names)
{
	const struct db_arg args[] = { DB_TEXT(id) };
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while (
	    (e = db_next(stmt)) == ERR_OK && (e = add_name(names, db_text(stmt, 0, a))) == ERR_OK)
		;
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

static int
by_name(const void *a, const void *b)
{

	return (strcmp(*(char *const *)a, *(char *const *)b));
}

static void
sort(struct names *names)
{

	qsort(names->items, names->count, sizeof names->items[0], by_name);
}

static const char permissions_of[] =
    "SELECT p.name FROM role_permissions rp JOIN permissions p ON p.id = rp.permission_id "
    "WHERE rp.role_id = ?1 AND rp.condition IS NULL";
static const char any_permissions_of[] =
    "SELECT p.name FROM role_permissions rp JOIN permissions p ON p.id = rp.permission_id "
    "WHERE rp.role_id = ?1";

enum err
role_own_permissions(struct db *db, const char *id, struct arena *a, struct names *ret_names)
{
	enum err e;

	ret_names->count = 0;
	e = add_names(db, permissions_of, id, a, ret_names);
	sort(ret_names);
	return (e);
}

enum err
role_permits(struct db *db, const char *id, struct arena *a,
    void (*each)(void *arg, const struct permit *p), void *arg)
{
	static const char sql[] = "SELECT p.name, rp.condition FROM role_permissions rp JOIN "
	                          "permissions p ON p.id = rp.permission_id WHERE rp.role_id = ?1";
	const struct db_arg args[] = { DB_TEXT(id) };
	struct permit one;
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK) {
		one.permission = db_text(stmt, 0, a);
		one.condition = db_text(stmt, 1, a);
		if (one.permission == NULL || (one.condition == NULL && !db_is_null(stmt, 1))) {
			e = ERR_NOMEM;
			break;
		}
		each(arg, &one);
	}
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
role_parents(struct db *db, const char *id, struct arena *a, struct names *ret_names)
{
	static const char sql[] = "SELECT r.name FROM role_parents rp JOIN roles r ON "
	                          "r.id = rp.parent_role_id WHERE rp.role_id = ?1";
	enum err e;

	ret_names->count = 0;
	e = add_names(db, sql, id, a, ret_names);
	sort(ret_names);
	return (e);
}

/* Put a role into ${held} unless it is there. */
static enum err
add_held(struct held *held, char *id, int via)
{
	size_t i;

	if (id == NULL)
		return (ERR_NOMEM);
	for (i = 0; i < held->count; i++)
		if (strcmp(held->items[i].id, id) == 0)
			return (ERR_OK);
	if (held->count == ROLE_NAMES_MAX)
		return (ERR_NOMEM);
	held->items[held->count].id = id;
	held->items[held->count].group_id = NULL;
	held->items[held->count++].via = via;
	return (ERR_OK);
}

/*
 * Add what ${held} inherits, level by level; a circle ends where it closes. One recursive statement
 * would do, with three temporary trees made and dropped for it: 95,000 instructions, where this
 * takes some 8,000.
 */
enum err
role_inherited(struct db *db, struct arena *a, struct held *held)
{
	static const char above[] = "SELECT parent_role_id FROM role_parents WHERE role_id = ?1";
	struct names *parents = arena_alloc(a, sizeof *parents);
	enum err e = ERR_OK;
	size_t i, k;

	if (parents == NULL)
		return (ERR_NOMEM);
	for (i = 0; e == ERR_OK && i < held->count; i++) {
		parents->count = 0;
		e = add_names(db, above, held->items[i].id, a, parents);
		for (k = 0; e == ERR_OK && k < parents->count; k++)
			e = add_held(held, parents->items[k], (int)i);
	}
	return (e);
}

/* A role that is held directly, through the group ${group_id}, or NULL. */
static enum err
add_direct(struct held *held, char *id, char *group_id)
{
	const size_t count = held->count;
	enum err e;

	if ((e = add_held(held, id, -1)) == ERR_OK && held->count > count)
		held->items[count].group_id = group_id;
	return (e);
}

/* The roles that ${sql} gives for ${id} at ${now}, each with the group that it comes through or
 * NULL, and what they inherit. */
static enum err
read_held(struct db *db, const char *sql, const char *id, int64_t now, struct arena *a,
    struct held *ret_held)
{
	const struct db_arg args[] = { DB_TEXT(id), DB_INT(now) };
	struct stmt *stmt;
	enum err e;

	ret_held->count = 0;
	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK &&
	       (e = add_direct(ret_held, db_text(stmt, 0, a), db_text(stmt, 1, a))) == ERR_OK)
		;
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? role_inherited(db, a, ret_held) : e);
}

enum err
role_hold(struct held *held, char *id)
{

	return (add_held(held, id, -1));
}

enum err
role_held(struct db *db, const char *user_id, int64_t now, struct arena *a, struct held *ret_held)
{
	static const char direct[] =
	    "SELECT role_id, NULL FROM user_roles WHERE user_id = ?1 "
	    "AND (expires_at IS NULL OR expires_at > ?2) "
	    "UNION ALL SELECT gr.role_id, min(gm.group_id) FROM group_members gm "
	    "JOIN group_roles gr ON gr.group_id = gm.group_id "
	    "WHERE gm.user_id = ?1 GROUP BY gr.role_id";

	return (read_held(db, direct, user_id, now, a, ret_held));
}

enum err
role_held_by_group(struct db *db, const char *group_id, struct arena *a, struct held *ret_held)
{
	static const char sql[] = "SELECT role_id FROM group_roles WHERE group_id = ?1";
	const struct db_arg args[] = { DB_TEXT(group_id) };
	struct stmt *stmt;
	enum err e;

	ret_held->count = 0;
	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK &&
	       (e = add_held(ret_held, db_text(stmt, 0, a), -1)) == ERR_OK)
		;
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? role_inherited(db, a, ret_held) : e);
}

enum err
role_held_anywhere(
    struct db *db, const char *user_id, int64_t now, struct arena *a, struct held *ret_held)
{
	static const char direct[] =
	    "SELECT role_id FROM user_roles WHERE user_id = ?1 "
	    "AND (expires_at IS NULL OR expires_at > ?2) "
	    "UNION ALL SELECT gr.role_id FROM group_members gm "
	    "JOIN group_roles gr ON gr.group_id = gm.group_id WHERE gm.user_id = ?1 "
	    "UNION ALL SELECT role_id FROM user_org_roles WHERE user_id = ?1 "
	    "AND (expires_at IS NULL OR expires_at > ?2)";

	return (read_held(db, direct, user_id, now, a, ret_held));
}

enum err
role_next_end(struct db *db, const char *user_id, int64_t now, int64_t *ret_at)
{
	static const char sql[] =
	    "SELECT min(expires_at) FROM user_roles WHERE user_id = ?1 AND expires_at > ?2";
	const struct db_arg args[] = { DB_TEXT(user_id), DB_INT(now) };

	return (db_number(db, sql, args, COUNT(args), INT64_MAX, ret_at));
}

/* What ${sql} gives for each of ${held}. */
static enum err
list_names(struct db *db, const char *sql, const struct held *held, struct arena *a,
    struct names *ret_names)
{
	enum err e = ERR_OK;
	size_t i;

	ret_names->count = 0;
	for (i = 0; e == ERR_OK && i < held->count; i++)
		e = add_names(db, sql, held->items[i].id, a, ret_names);
	sort(ret_names);
	return (e);
}

enum err
role_rights_of_held(struct db *db, const struct held *held, struct arena *a,
    struct names *ret_roles, struct names *ret_permissions)
{
	static const char name_of[] = "SELECT name FROM roles WHERE id = ?1";
	enum err e;

	if (ret_roles != NULL && (e = list_names(db, name_of, held, a, ret_roles)) != ERR_OK)
		return (e);
	return (ret_permissions == NULL ? ERR_OK
	                                : list_names(db, permissions_of, held, a, ret_permissions));
}

enum err
role_rights(struct db *db, const char *user_id, int64_t now, struct arena *a,
    struct names *ret_roles, struct names *ret_permissions)
{
	struct arena *scratch;
	struct held *held = role_held_new(&scratch);
	enum err e;

	if (held == NULL)
		return (ERR_NOMEM);
	if ((e = role_held(db, user_id, now, scratch, held)) == ERR_OK)
		e = role_rights_of_held(db, held, a, ret_roles, ret_permissions);
	arena_free(scratch);
	return (e);
}

enum err
role_rights_of_key(struct db *db, const char *key_id, int64_t now, struct arena *a,
    struct names *ret_roles, struct names *ret_permissions)
{
	static const char direct[] =
	    "SELECT role_id, NULL FROM api_key_roles WHERE api_key_id = ?1 "
	    "AND (expires_at IS NULL OR expires_at > ?2)";
	struct arena *scratch;
	struct held *held = role_held_new(&scratch);
	enum err e;

	if (held == NULL)
		return (ERR_NOMEM);
	if ((e = read_held(db, direct, key_id, now, scratch, held)) == ERR_OK)
		e = role_rights_of_held(db, held, a, ret_roles, ret_permissions);
	arena_free(scratch);
	return (e);
}

enum err
role_next_end_of_key(struct db *db, const char *key_id, int64_t now, int64_t *ret_at)
{
	static const char sql[] =
	    "SELECT min(expires_at) FROM api_key_roles WHERE api_key_id = ?1 AND expires_at > ?2";
	const struct db_arg args[] = { DB_TEXT(key_id), DB_INT(now) };

	return (db_number(db, sql, args, COUNT(args), INT64_MAX, ret_at));
}

enum err
role_held_by_role(struct db *db, const char *id, struct arena *a, struct held *ret_held)
{
	enum err e;

	ret_held->count = 0;
	if ((e = add_held(ret_held, arena_copy(a, id), -1)) != ERR_OK)
		return (e);
	return (role_inherited(db, a, ret_held));
}

enum err
role_rights_of_role(struct db *db, const char *id, struct arena *a, struct names *ret_roles,
    struct names *ret_permissions)
{
	struct arena *scratch;
	struct held *held = role_held_new(&scratch);
	enum err e;

	if (held == NULL)
		return (ERR_NOMEM);
	if ((e = role_held_by_role(db, id, scratch, held)) == ERR_OK)
		e = role_rights_of_held(db, held, a, ret_roles, ret_permissions);
	arena_free(scratch);
	return (e);
}

enum err
role_all_permissions(struct db *db, const char *id, struct arena *a, struct names *ret_names)
{

	return (role_rights_of_role(db, id, a, NULL, ret_names));
}

enum err
role_held_permissions(
    struct db *db, const struct held *held, struct arena *a, struct names *ret_names)
{

	return (list_names(db, any_permissions_of, held, a, ret_names));
}

enum err
role_possible_permissions(struct db *db, const char *id, struct arena *a, struct names *ret_names)
{
	struct arena *scratch;
	struct held *held = role_held_new(&scratch);
	enum err e;

	if (held == NULL)
		return (ERR_NOMEM);
	if ((e = role_held_by_role(db, id, scratch, held)) == ERR_OK)
		e = role_held_permissions(db, held, a, ret_names);
	arena_free(scratch);
	return (e);
}
