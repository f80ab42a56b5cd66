/* Roles and permissions, and who holds them. */
#include "store/role.h"

#define HELD \
	"WITH RECURSIVE held (id) AS (SELECT role_id FROM user_roles WHERE user_id = ?1 " \
	"UNION SELECT p.parent_role_id FROM role_parents p JOIN held h ON p.role_id = h.id) "

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

static enum err
list_names(
    struct db *db, const char *sql, const char *user_id, struct arena *a, struct names *ret_names)
{
	const struct db_arg args[] = { DB_TEXT(user_id) };
	struct stmt *stmt;
	enum err e;

	ret_names->count = 0;
	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK) {
		if (ret_names->count == ROLE_NAMES_MAX ||
		    (ret_names->items[ret_names->count] = db_text(stmt, 0, a)) == NULL) {
			e = ERR_NOMEM;
			break;
		}
		ret_names->count++;
	}
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
role_names(struct db *db, const char *user_id, struct arena *a, struct names *ret_names)
{
	static const char sql[] =
	    HELD "SELECT name FROM roles WHERE id IN (SELECT id FROM held) ORDER BY name";

	return (list_names(db, sql, user_id, a, ret_names));
}

enum err
role_permissions(struct db *db, const char *user_id, struct arena *a, struct names *ret_names)
{
	static const char sql[] =
	    HELD "SELECT DISTINCT p.name FROM held h JOIN role_permissions rp ON rp.role_id = h.id "
	         "JOIN permissions p ON p.id = rp.permission_id ORDER BY p.name";

	return (list_names(db, sql, user_id, a, ret_names));
}
