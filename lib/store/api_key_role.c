/* Roles of API keys that are no user's. */
#include "store/api_key.h"

enum err
api_key_assign(struct tx *tx, const char *id, const char *role_id, int64_t expires_at, int64_t now)
{
	static const char sql[] =
	    "INSERT INTO api_key_roles (api_key_id, role_id, assigned_at, expires_at) "
	    "VALUES (?1, ?2, ?3, nullif(?4, 0)) ON CONFLICT (api_key_id, role_id) "
	    "DO UPDATE SET assigned_at = excluded.assigned_at, expires_at = excluded.expires_at";
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(role_id), DB_INT(now),
		DB_INT(expires_at) };
	enum err e;

	if ((e = db_run(tx_db(tx), sql, args, COUNT(args), NULL)) != ERR_OK)
		return (e);
	return (tx_touch(tx, id));
}

enum err
api_key_unassign(struct tx *tx, const char *id, const char *role_id)
{
	static const char sql[] =
	    "DELETE FROM api_key_roles WHERE api_key_id = ?1 AND role_id = ?2";
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(role_id) };
	const enum err e = db_change(tx_db(tx), sql, args, COUNT(args));

	return (e == ERR_OK ? tx_touch(tx, id) : e);
}

enum err
api_key_copy_roles(struct tx *tx, const char *id, const char *new_id, int64_t now)
{
	static const char sql[] =
	    "INSERT INTO api_key_roles (api_key_id, role_id, assigned_at, expires_at) "
	    "SELECT ?2, role_id, assigned_at, expires_at FROM api_key_roles "
	    "WHERE api_key_id = ?1 AND (expires_at IS NULL OR expires_at > ?3)";
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(new_id), DB_INT(now) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
api_key_assignments(struct db *db, const char *id, int64_t now, struct arena *a,
    void (*each)(void *arg, const struct assignment *assignment), void *arg)
{
	static const char sql[] =
	    "SELECT r.id, r.name, r.description, r.created_at, kr.assigned_at, kr.expires_at "
	    "FROM api_key_roles kr JOIN roles r ON r.id = kr.role_id WHERE kr.api_key_id = ?1 "
	    "AND (kr.expires_at IS NULL OR kr.expires_at > ?2) ORDER BY r.name";
	const struct db_arg args[] = { DB_TEXT(id), DB_INT(now) };
	struct assignment one;
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK) {
		one.role = (struct role){ .id = db_text(stmt, 0, a),
			.name = db_text(stmt, 1, a),
			.description = db_text(stmt, 2, a),
			.created_at = db_int(stmt, 3) };
		one.assigned_at = db_int(stmt, 4);
		one.expires_at = db_int(stmt, 5); /* 0 for NULL */
		if (one.role.id == NULL || one.role.name == NULL || one.role.description == NULL) {
			e = ERR_NOMEM;
			break;
		}
		each(arg, &one);
	}
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}
