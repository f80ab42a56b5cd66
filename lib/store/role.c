/* Roles and permissions, and who holds them. */
#include "store/role.h"

#include <stdlib.h>
#include <string.h>

enum err
role_assign(struct tx *tx, const char *user_id, const char *role_name, int64_t now)
{
	static const char find[] = "SELECT id FROM roles WHERE name = ?1";
	static const char sql[] =
	    "INSERT INTO user_roles (user_id, role_id, assigned_at) "
	    "SELECT ?1, id, ?3 FROM roles WHERE name = ?2 ON CONFLICT DO NOTHING";
	const struct db_arg name[] = { DB_TEXT(role_name) };
	const struct db_arg args[] = { DB_TEXT(user_id), DB_TEXT(role_name), DB_INT(now) };
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(tx_db(tx), find, name, COUNT(name), &stmt)) != ERR_OK)
		return (e);
	e = db_next(stmt);
	db_end(stmt);
	if (e != ERR_OK || (e = db_run(tx_db(tx), sql, args, COUNT(args), NULL)) != ERR_OK)
		return (e);
	return (tx_touch(tx, user_id));
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

/*
 * The ids of the roles that the user holds, directly or inherited; a circle ends where it closes.
 * One recursive statement would do, with three temporary trees made and dropped for it: 95,000
 * instructions, where this takes some 8,000.
 */
static enum err
find_held(struct db *db, const char *user_id, struct arena *a, struct names *ret_held)
{
	static const char direct[] = "SELECT role_id FROM user_roles WHERE user_id = ?1";
	static const char above[] = "SELECT parent_role_id FROM role_parents WHERE role_id = ?1";
	enum err e;
	size_t i;

	ret_held->count = 0;
	e = add_names(db, direct, user_id, a, ret_held);
	for (i = 0; e == ERR_OK && i < ret_held->count; i++)
		e = add_names(db, above, ret_held->items[i], a, ret_held);
	return (e);
}

static int
by_name(const void *a, const void *b)
{

	return (strcmp(*(char *const *)a, *(char *const *)b));
}

/* What ${sql} gives for each of the roles that the user holds. */
static enum err
list_names(
    struct db *db, const char *sql, const char *user_id, struct arena *a, struct names *ret_names)
{
	struct names *held = arena_alloc(a, sizeof *held);
	enum err e;
	size_t i;

	if (held == NULL)
		return (ERR_NOMEM);
	ret_names->count = 0;
	e = find_held(db, user_id, a, held);
	for (i = 0; e == ERR_OK && i < held->count; i++)
		e = add_names(db, sql, held->items[i], a, ret_names);
	qsort(ret_names->items, ret_names->count, sizeof ret_names->items[0], by_name);
	return (e);
}

enum err
role_names(struct db *db, const char *user_id, struct arena *a, struct names *ret_names)
{
	static const char sql[] = "SELECT name FROM roles WHERE id = ?1";

	return (list_names(db, sql, user_id, a, ret_names));
}

enum err
role_permissions(struct db *db, const char *user_id, struct arena *a, struct names *ret_names)
{
	static const char sql[] =
	    "SELECT p.name FROM role_permissions rp JOIN permissions p ON p.id = rp.permission_id "
	    "WHERE rp.role_id = ?1";

	return (list_names(db, sql, user_id, a, ret_names));
}
