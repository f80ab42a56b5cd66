/* Roles: what they are, what they hold, from whom they inherit, whom they are given to. */
#include "store/role.h"

#include <string.h>

#define BUILT_IN "00000000-0000-7000-8000-0000000000" /* and two digits */

bool
role_is_built_in(const char *id)
{

	return (strncmp(id, BUILT_IN, sizeof BUILT_IN - 1) == 0);
}

bool
role_is_of_orgs(const char *id)
{

	return (strcmp(id, ROLE_ORG_OWNER) == 0 || strcmp(id, ROLE_ORG_ADMIN) == 0 ||
	        strcmp(id, ROLE_ORG_MEMBER) == 0);
}

/* ${sql} must give id, name, description and created_at. */
static enum err
read_role(struct stmt *stmt, struct arena *a, struct role *ret_role)
{

	ret_role->id = db_text(stmt, 0, a);
	ret_role->name = db_text(stmt, 1, a);
	ret_role->description = db_text(stmt, 2, a);
	ret_role->created_at = db_int(stmt, 3);
	return (ret_role->id == NULL || ret_role->name == NULL || ret_role->description == NULL
	            ? ERR_NOMEM
	            : ERR_OK);
}

static enum err
find(struct db *db, const char *sql, const char *key, struct arena *a, struct role *ret_role)
{
	const struct db_arg args[] = { DB_TEXT(key) };
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		e = read_role(stmt, a, ret_role);
	db_end(stmt);
	return (e);
}

enum err
role_find(struct db *db, const char *id, struct arena *a, struct role *ret_role)
{
	static const char sql[] = "SELECT id, name, description, created_at FROM roles "
	                          "WHERE id = ?1 AND org_id IS NULL";

	return (find(db, sql, id, a, ret_role));
}

enum err
role_name(struct db *db, const char *id, struct arena *a, char **ret_name)
{
	static const char sql[] = "SELECT name FROM roles WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id) };
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK && (*ret_name = db_text(stmt, 0, a)) == NULL)
		e = ERR_NOMEM;
	db_end(stmt);
	return (e);
}

enum err
role_of_org(struct db *db, const char *id, bool *ret_is)
{
	static const char sql[] = "SELECT count(org_id) FROM roles WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id) };
	int64_t count;
	enum err e;

	if ((e = db_number(db, sql, args, COUNT(args), 0, &count)) == ERR_OK)
		*ret_is = count > 0;
	return (e);
}

enum err
role_find_name(struct db *db, const char *name, struct arena *a, struct role *ret_role)
{
	static const char sql[] = "SELECT id, name, description, created_at FROM roles WHERE name "
	                          "= ?1 AND org_id IS NULL";

	return (find(db, sql, name, a, ret_role));
}

enum err
role_list(struct db *db, const char *after, int64_t limit, struct arena *a,
    void (*each)(void *arg, const struct role *role), void *arg)
{
	static const char sql[] = "SELECT id, name, description, created_at FROM roles "
	                          "WHERE name > ?1 AND org_id IS NULL ORDER BY name LIMIT ?2";
	const struct db_arg args[] = { DB_TEXT(after), DB_INT(limit) };
	struct stmt *stmt;
	struct role role;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK && (e = read_role(stmt, a, &role)) == ERR_OK)
		each(arg, &role);
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

/* A change of what roles are, which concerns whoever holds them. */
static enum err
change(struct tx *tx, const char *sql, const struct db_arg *args, size_t count)
{
	const enum err e = db_change(tx_db(tx), sql, args, count);

	return (e == ERR_OK ? tx_touch(tx, NULL) : e);
}

/* Is the number that ${sql} gives below ${max}? */
static enum err
check_count(struct tx *tx, const char *sql, const struct db_arg *args, size_t count, int64_t max)
{
	int64_t number;
	enum err e;

	if ((e = db_number(tx_db(tx), sql, args, count, 0, &number)) != ERR_OK)
		return (e);
	return (number < max ? ERR_OK : ERR_LIMIT);
}

/* Permissions that no role holds any more, but for those that came with the site. */
static enum err
forget_permissions(struct tx *tx)
{
	static const char sql[] =
	    "DELETE FROM permissions WHERE org_id IS NULL AND description = '' AND NOT EXISTS "
	    "(SELECT 1 FROM role_permissions WHERE permission_id = permissions.id)";

	return (db_run(tx_db(tx), sql, NULL, 0, NULL));
}

enum err
role_add(struct tx *tx, const struct role *role)
{
	static const char roles[] = "SELECT count(*) FROM roles WHERE org_id IS NULL";
	static const char sql[] =
	    "INSERT INTO roles (id, name, description, created_at) VALUES (?1, ?2, ?3, ?4)";
	const struct db_arg args[] = { DB_TEXT(role->id), DB_TEXT(role->name),
		DB_TEXT(role->description), DB_INT(role->created_at) };
	enum err e;

	if ((e = check_count(tx, roles, NULL, 0, ROLES_MAX)) != ERR_OK)
		return (e);
	return (change(tx, sql, args, COUNT(args)));
}

enum err
role_set(struct tx *tx, const struct role *role)
{
	static const char sql[] = "UPDATE roles SET name = ?2, description = ?3 WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(role->id), DB_TEXT(role->name),
		DB_TEXT(role->description) };

	return (change(tx, sql, args, COUNT(args)));
}

enum err
role_drop(struct tx *tx, const char *id)
{
	static const char sql[] = "DELETE FROM roles WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id) };
	enum err e;

	if ((e = change(tx, sql, args, COUNT(args))) != ERR_OK)
		return (e);
	return (forget_permissions(tx));
}

/* Make the permission ${name} unless it is there. */
static enum err
make_permission(struct tx *tx, const char *name, const char *id, int64_t now)
{
	static const char others[] =
	    "SELECT count(*) FROM permissions WHERE org_id IS NULL AND name <> ?1";
	static const char sql[] = "INSERT INTO permissions (id, name, created_at) "
	                          "VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
	const struct db_arg names[] = { DB_TEXT(name) };
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(name), DB_INT(now) };
	enum err e;

	if ((e = check_count(tx, others, names, COUNT(names), ROLE_PERMISSIONS_MAX)) != ERR_OK)
		return (e);
	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
role_allow(struct tx *tx, const char *id, const char *permission, const char *condition,
    const char *permission_id, int64_t now)
{
	static const char conditions[] =
	    "SELECT count(*) FROM role_permissions rp JOIN permissions p ON p.id = "
	    "rp.permission_id WHERE rp.role_id = ?1 AND rp.condition IS NOT NULL AND p.name <> ?2";
	static const char sql[] =
	    "INSERT INTO role_permissions (role_id, permission_id, condition) "
	    "SELECT ?1, id, ?3 FROM permissions WHERE name = ?2 AND org_id IS NULL "
	    "ON CONFLICT DO UPDATE SET condition = excluded.condition";
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(permission), DB_TEXT(condition) };
	enum err e;

	if ((condition != NULL &&
	        (e = check_count(tx, conditions, args, 2, ROLE_CONDITIONS_MAX)) != ERR_OK) ||
	    (e = make_permission(tx, permission, permission_id, now)) != ERR_OK ||
	    (e = db_run(tx_db(tx), sql, args, COUNT(args), NULL)) != ERR_OK)
		return (e);
	return (tx_touch(tx, NULL));
}

enum err
role_forbid(struct tx *tx, const char *id, const char *permission)
{
	static const char sql[] =
	    "DELETE FROM role_permissions WHERE role_id = ?1 AND permission_id = "
	    "(SELECT id FROM permissions WHERE name = ?2 AND org_id IS NULL)";
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(permission) };
	enum err e;

	if ((e = change(tx, sql, args, COUNT(args))) != ERR_OK)
		return (e);
	return (forget_permissions(tx));
}

/* "a > b > a", where a, the role ${id}, would inherit from the first of ${held}, and the one at
 * ${at} is a again. */
static enum err
print_circle(struct db *db, const char *id, const struct held *held, int at, struct arena *a,
    const char **ret_circle)
{
	const char *text = "";
	char *name;
	enum err e;

	for (; at >= 0; at = held->items[at].via) {
		if ((e = role_name(db, held->items[at].id, a, &name)) != ERR_OK)
			return (e);
		text = arena_print(a, "%s%s%s", name, text[0] == '\0' ? "" : " > ", text);
		if (text == NULL)
			return (ERR_NOMEM);
	}
	if ((e = role_name(db, id, a, &name)) != ERR_OK)
		return (e);
	*ret_circle = arena_print(a, "%s > %s", name, text);
	return (*ret_circle == NULL ? ERR_NOMEM : ERR_TAKEN);
}

enum err
role_check_circle(
    struct db *db, const char *id, const char *parent_id, struct arena *a, const char **ret_circle)
{
	struct held *held = arena_alloc(a, sizeof *held);
	enum err e;
	size_t i;

	if (held == NULL)
		return (ERR_NOMEM);
	if ((e = role_held_by_role(db, parent_id, a, held)) != ERR_OK)
		return (e);
	for (i = 0; i < held->count; i++)
		if (strcmp(held->items[i].id, id) == 0)
			return (print_circle(db, id, held, (int)i, a, ret_circle));
	return (ERR_OK);
}

enum err
role_inherit(
    struct tx *tx, const char *id, const char *parent_id, struct arena *a, const char **ret_circle)
{
	static const char sql[] = "INSERT INTO role_parents (role_id, parent_role_id) "
	                          "VALUES (?1, ?2) ON CONFLICT DO NOTHING";
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(parent_id) };
	enum err e;

	if ((e = role_check_circle(tx_db(tx), id, parent_id, a, ret_circle)) != ERR_OK)
		return (e);
	if ((e = db_run(tx_db(tx), sql, args, COUNT(args), NULL)) != ERR_OK)
		return (e);
	return (tx_touch(tx, NULL));
}

enum err
role_disinherit(struct tx *tx, const char *id, const char *parent_id)
{
	static const char sql[] =
	    "DELETE FROM role_parents WHERE role_id = ?1 AND parent_role_id = ?2";
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(parent_id) };

	return (change(tx, sql, args, COUNT(args)));
}

enum err
role_assign(
    struct tx *tx, const char *user_id, const char *role_name, int64_t expires_at, int64_t now)
{
	static const char find_sql[] = "SELECT id FROM roles WHERE name = ?1 AND org_id IS NULL";
	static const char sql[] =
	    "INSERT INTO user_roles (user_id, role_id, assigned_at, expires_at) "
	    "SELECT ?1, id, ?3, nullif(?4, 0) FROM roles WHERE name = ?2 AND org_id IS NULL "
	    "ON CONFLICT DO UPDATE SET expires_at = excluded.expires_at";
	const struct db_arg name[] = { DB_TEXT(role_name) };
	const struct db_arg args[] = { DB_TEXT(user_id), DB_TEXT(role_name), DB_INT(now),
		DB_INT(expires_at) };
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(tx_db(tx), find_sql, name, COUNT(name), &stmt)) != ERR_OK)
		return (e);
	e = db_next(stmt);
	db_end(stmt);
	if (e != ERR_OK || (e = db_run(tx_db(tx), sql, args, COUNT(args), NULL)) != ERR_OK)
		return (e);
	return (tx_touch(tx, user_id));
}

enum err
role_unassign(struct tx *tx, const char *user_id, const char *role_id)
{
	static const char sql[] = "DELETE FROM user_roles WHERE user_id = ?1 AND role_id = ?2";
	const struct db_arg args[] = { DB_TEXT(user_id), DB_TEXT(role_id) };
	const enum err e = db_change(tx_db(tx), sql, args, COUNT(args));

	return (e == ERR_OK ? tx_touch(tx, user_id) : e);
}

enum err
role_count_holders(struct db *db, const char *role_id, int64_t *ret_count)
{
	static const char sql[] =
	    "SELECT count(*) FROM user_roles ur JOIN users u ON u.id = ur.user_id WHERE "
	    "ur.role_id = ?1 AND ur.expires_at IS NULL AND u.enabled = 1 AND u.locked = 0 "
	    "AND u.hidden = 0 AND u.password_hash IS NOT NULL";
	const struct db_arg args[] = { DB_TEXT(role_id) };

	return (db_number(db, sql, args, COUNT(args), 0, ret_count));
}

enum err
role_assignments(struct db *db, const char *user_id, int64_t now, struct arena *a,
    void (*each)(void *arg, const struct assignment *assignment), void *arg)
{
	static const char sql[] =
	    "SELECT r.id, r.name, r.description, r.created_at, ur.assigned_at, ur.expires_at "
	    "FROM user_roles ur JOIN roles r ON r.id = ur.role_id WHERE ur.user_id = ?1 "
	    "AND (ur.expires_at IS NULL OR ur.expires_at > ?2) ORDER BY r.name";
	const struct db_arg args[] = { DB_TEXT(user_id), DB_INT(now) };
	struct assignment one;
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK && (e = read_role(stmt, a, &one.role)) == ERR_OK) {
		one.assigned_at = db_int(stmt, 4);
		one.expires_at = db_is_null(stmt, 5) ? 0 : db_int(stmt, 5);
		each(arg, &one);
	}
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}
