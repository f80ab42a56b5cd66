/* Roles inside an org: the org's own, and what its members hold there and nowhere else. */
#include "store/org_role.h"

#include "base/id.h"

/* The columns from the first on: id, name, description, created_at. */
static enum err
take_role(struct stmt *stmt, struct arena *a, struct role *ret_role)
{

	*ret_role = (struct role){
		.id = db_text(stmt, 0, a),
		.name = db_text(stmt, 1, a),
		.description = db_text(stmt, 2, a),
		.created_at = db_int(stmt, 3),
	};
	return (ret_role->id == NULL || ret_role->name == NULL || ret_role->description == NULL
	            ? ERR_NOMEM
	            : ERR_OK);
}

static enum err
find(struct db *db, const char *sql, const char *org_id, const char *key, struct arena *a,
    struct role *ret_role)
{
	const struct db_arg args[] = { DB_TEXT(org_id), DB_TEXT(key) };
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		e = take_role(stmt, a, ret_role);
	db_end(stmt);
	return (e);
}

enum err
org_role_find(
    struct db *db, const char *org_id, const char *id, struct arena *a, struct role *ret_role)
{
	static const char sql[] = "SELECT id, name, description, created_at FROM roles "
	                          "WHERE id = ?2 AND org_id = ?1";

	return (find(db, sql, org_id, id, a, ret_role));
}

enum err
org_role_get(
    struct db *db, const char *org_id, const char *key, struct arena *a, struct role *ret_role)
{
	static const char by_id[] = "SELECT id, name, description, created_at FROM roles "
	                            "WHERE id = ?2 AND coalesce(org_id, ?1) = ?1";
	static const char by_name[] = "SELECT id, name, description, created_at FROM roles "
	                              "WHERE name = ?2 AND coalesce(org_id, '') = ?1";
	enum err e;

	if (id_ok(key))
		return (find(db, by_id, org_id, key, a, ret_role));
	if ((e = find(db, by_name, org_id, key, a, ret_role)) == ERR_NOT_FOUND)
		e = find(db, by_name, "", key, a, ret_role);
	return (e);
}

enum err
org_role_list(struct db *db, const char *org_id, const char *after, int64_t limit, struct arena *a,
    void (*each)(void *arg, const struct role *role), void *arg)
{
	static const char sql[] = "SELECT id, name, description, created_at FROM roles "
	                          "WHERE org_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
	const struct db_arg args[] = { DB_TEXT(org_id), DB_TEXT(after), DB_INT(limit) };
	struct stmt *stmt;
	struct role role;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK && (e = take_role(stmt, a, &role)) == ERR_OK)
		each(arg, &role);
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

/* A change that must have changed something of what ${id}, a user or an org, names. */
static enum err
change(struct tx *tx, const char *sql, const struct db_arg *args, size_t count, const char *id)
{
	const enum err e = db_change(tx_db(tx), sql, args, count);

	return (e == ERR_OK ? tx_touch(tx, id) : e);
}

static enum err
check_count(struct db *db, const char *sql, const char *id, int64_t max)
{
	const struct db_arg args[] = { DB_TEXT(id) };
	int64_t count;
	enum err e;

	if ((e = db_number(db, sql, args, COUNT(args), 0, &count)) != ERR_OK)
		return (e);
	return (count <= max ? ERR_OK : ERR_LIMIT);
}

/* Permissions that no role of the org holds any more need not be counted. */
static enum err
drop_unused(struct tx *tx, const char *org_id)
{
	static const char sql[] =
	    "DELETE FROM permissions WHERE org_id = ?1 AND NOT EXISTS "
	    "(SELECT 1 FROM role_permissions rp WHERE rp.permission_id = permissions.id)";
	const struct db_arg args[] = { DB_TEXT(org_id) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
org_role_add(struct tx *tx, const char *org_id, const struct role *role)
{
	static const char count[] = "SELECT count(*) FROM roles WHERE org_id = ?1";
	static const char sql[] = "INSERT INTO roles (id, org_id, name, description, created_at) "
	                          "VALUES (?1, ?2, ?3, ?4, ?5)";
	const struct db_arg args[] = { DB_TEXT(role->id), DB_TEXT(org_id), DB_TEXT(role->name),
		DB_TEXT(role->description), DB_INT(role->created_at) };
	enum err e;

	if ((e = change(tx, sql, args, COUNT(args), org_id)) != ERR_OK)
		return (e);
	return (check_count(tx_db(tx), count, org_id, ORG_ROLES_MAX));
}

enum err
org_role_set(struct tx *tx, const char *org_id, const struct role *role)
{
	static const char sql[] =
	    "UPDATE roles SET name = ?3, description = ?4 WHERE id = ?2 AND org_id = ?1";
	const struct db_arg args[] = { DB_TEXT(org_id), DB_TEXT(role->id), DB_TEXT(role->name),
		DB_TEXT(role->description) };

	return (change(tx, sql, args, COUNT(args), org_id));
}

enum err
org_role_drop(struct tx *tx, const char *org_id, const char *id)
{
	static const char sql[] = "DELETE FROM roles WHERE id = ?2 AND org_id = ?1";
	const struct db_arg args[] = { DB_TEXT(org_id), DB_TEXT(id) };
	enum err e;

	if ((e = change(tx, sql, args, COUNT(args), org_id)) != ERR_OK)
		return (e);
	return (drop_unused(tx, org_id));
}

enum err
org_role_allow(struct tx *tx, const char *org_id, const char *id, const char *permission,
    const char *condition, const char *permission_id, int64_t now)
{
	static const char count[] = "SELECT count(*) FROM permissions WHERE org_id = ?1";
	static const char conditions[] = "SELECT count(*) FROM role_permissions "
	                                 "WHERE role_id = ?1 AND condition IS NOT NULL";
	static const char make[] = "INSERT INTO permissions (id, org_id, name, created_at) "
	                           "VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
	static const char allow[] =
	    "INSERT INTO role_permissions (role_id, permission_id, condition) "
	    "SELECT ?1, id, ?4 FROM permissions WHERE name = ?2 AND coalesce(org_id, '') = ?3 "
	    "ON CONFLICT DO UPDATE SET condition = excluded.condition";
	const struct db_arg made[] = { DB_TEXT(permission_id), DB_TEXT(org_id), DB_TEXT(permission),
		DB_INT(now) };
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(permission), DB_TEXT(org_id),
		DB_TEXT(condition) };
	enum err e;

	if ((e = db_run(tx_db(tx), make, made, COUNT(made), NULL)) != ERR_OK ||
	    (e = check_count(tx_db(tx), count, org_id, ORG_PERMISSIONS_MAX)) != ERR_OK ||
	    (e = db_run(tx_db(tx), allow, args, COUNT(args), NULL)) != ERR_OK ||
	    (e = check_count(tx_db(tx), conditions, id, ROLE_CONDITIONS_MAX)) != ERR_OK)
		return (e);
	return (tx_touch(tx, org_id));
}

enum err
org_role_forbid(struct tx *tx, const char *org_id, const char *id, const char *permission)
{
	static const char sql[] =
	    "DELETE FROM role_permissions WHERE role_id = ?1 AND permission_id = "
	    "(SELECT id FROM permissions WHERE name = ?2 AND coalesce(org_id, '') = ?3)";
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(permission), DB_TEXT(org_id) };
	enum err e;

	if ((e = change(tx, sql, args, COUNT(args), org_id)) != ERR_OK)
		return (e);
	return (drop_unused(tx, org_id));
}

enum err
org_role_inherit(struct tx *tx, const char *org_id, const char *id, const char *parent_id,
    struct arena *a, const char **ret_circle)
{
	static const char sql[] = "INSERT INTO role_parents (role_id, parent_role_id) "
	                          "VALUES (?1, ?2) ON CONFLICT DO NOTHING";
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(parent_id) };
	enum err e;

	if ((e = role_check_circle(tx_db(tx), id, parent_id, a, ret_circle)) != ERR_OK ||
	    (e = db_run(tx_db(tx), sql, args, COUNT(args), NULL)) != ERR_OK)
		return (e);
	return (tx_touch(tx, org_id));
}

enum err
org_role_disinherit(struct tx *tx, const char *org_id, const char *id, const char *parent_id)
{
	static const char sql[] =
	    "DELETE FROM role_parents WHERE role_id = ?1 AND parent_role_id = ?2";
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(parent_id) };

	return (change(tx, sql, args, COUNT(args), org_id));
}

enum err
org_role_assign(struct tx *tx, const char *org_id, const char *user_id, const char *role_id,
    int64_t expires_at, int64_t now)
{
	static const char sql[] =
	    "INSERT INTO user_org_roles (user_id, org_id, role_id, assigned_at, expires_at) "
	    "SELECT ?1, ?2, id, ?4, nullif(?5, 0) FROM roles "
	    "WHERE id = ?3 AND coalesce(org_id, ?2) = ?2 "
	    "ON CONFLICT DO UPDATE SET expires_at = excluded.expires_at";
	const struct db_arg args[] = { DB_TEXT(user_id), DB_TEXT(org_id), DB_TEXT(role_id),
		DB_INT(now), DB_INT(expires_at) };

	return (change(tx, sql, args, COUNT(args), user_id));
}

enum err
org_role_unassign(struct tx *tx, const char *org_id, const char *user_id, const char *role_id)
{
	static const char sql[] =
	    "DELETE FROM user_org_roles WHERE user_id = ?1 AND org_id = ?2 AND role_id = ?3";
	const struct db_arg args[] = { DB_TEXT(user_id), DB_TEXT(org_id), DB_TEXT(role_id) };

	return (change(tx, sql, args, COUNT(args), user_id));
}

enum err
org_role_count_owners(struct db *db, const char *org_id, int64_t *ret_count)
{
	static const char sql[] =
	    "SELECT count(*) FROM user_org_roles ur JOIN users u ON u.id = ur.user_id "
	    "WHERE ur.org_id = ?1 AND ur.role_id = ?2 AND ur.expires_at IS NULL "
	    "AND u.enabled = 1 AND u.locked = 0";
	const struct db_arg args[] = { DB_TEXT(org_id), DB_TEXT(ROLE_ORG_OWNER) };

	return (db_number(db, sql, args, COUNT(args), 0, ret_count));
}

enum err
org_role_assignments(struct db *db, const char *org_id, const char *user_id, int64_t now,
    struct arena *a, void (*each)(void *arg, const struct assignment *assignment), void *arg)
{
	static const char sql[] =
	    "SELECT r.id, r.name, r.description, r.created_at, ur.assigned_at, ur.expires_at "
	    "FROM user_org_roles ur JOIN roles r ON r.id = ur.role_id "
	    "WHERE ur.user_id = ?1 AND ur.org_id = ?2 "
	    "AND (ur.expires_at IS NULL OR ur.expires_at > ?3) ORDER BY ur.role_id";
	const struct db_arg args[] = { DB_TEXT(user_id), DB_TEXT(org_id), DB_INT(now) };
	struct assignment one;
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK && (e = take_role(stmt, a, &one.role)) == ERR_OK) {
		one.assigned_at = db_int(stmt, 4);
		one.expires_at = db_is_null(stmt, 5) ? 0 : db_int(stmt, 5);
		each(arg, &one);
	}
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
org_role_held(struct db *db, const char *org_id, const char *user_id, int64_t now, struct arena *a,
    struct held *ret_held)
{
	static const char direct[] =
	    "SELECT role_id FROM user_org_roles WHERE user_id = ?1 AND org_id = ?2 "
	    "AND (expires_at IS NULL OR expires_at > ?3)";
	const struct db_arg args[] = { DB_TEXT(user_id), DB_TEXT(org_id), DB_INT(now) };
	struct stmt *stmt;
	enum err e;

	ret_held->count = 0;
	if ((e = db_query(db, direct, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK &&
	       (e = role_hold(ret_held, db_text(stmt, 0, a))) == ERR_OK)
		;
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? role_inherited(db, a, ret_held) : e);
}

enum err
org_role_next_end(
    struct db *db, const char *org_id, const char *user_id, int64_t now, int64_t *ret_at)
{
	static const char sql[] = "SELECT min(expires_at) FROM user_org_roles "
	                          "WHERE user_id = ?1 AND org_id = ?2 AND expires_at > ?3";
	const struct db_arg args[] = { DB_TEXT(user_id), DB_TEXT(org_id), DB_INT(now) };

	return (db_number(db, sql, args, COUNT(args), INT64_MAX, ret_at));
}

enum err
org_role_rights(struct db *db, const char *org_id, const char *user_id, int64_t now,
    struct arena *a, struct names *ret_roles, struct names *ret_permissions)
{
	struct arena *scratch;
	struct held *held = role_held_new(&scratch);
	enum err e;

	if (held == NULL)
		return (ERR_NOMEM);
	if ((e = org_role_held(db, org_id, user_id, now, scratch, held)) == ERR_OK)
		e = role_rights_of_held(db, held, a, ret_roles, ret_permissions);
	arena_free(scratch);
	return (e);
}
