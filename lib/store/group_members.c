/* Groups of users: who is in them, and which roles that gives. */
#include "store/group.h"

#define COLUMNS "u.id, u.email, u.username, u.name, gm.added_at"

static enum err
take_member(struct stmt *stmt, struct arena *a, struct member *ret_member)
{

	*ret_member = (struct member){
		.user_id = db_text(stmt, 0, a),
		.email = db_text(stmt, 1, a),
		.username = db_text(stmt, 2, a),
		.name = db_text(stmt, 3, a),
		.added_at = db_int(stmt, 4),
	};
	return (ret_member->user_id == NULL || ret_member->email == NULL ||
	                (ret_member->username == NULL && !db_is_null(stmt, 2)) ||
	                (ret_member->name == NULL && !db_is_null(stmt, 3))
	            ? ERR_NOMEM
	            : ERR_OK);
}

enum err
group_members(struct db *db, const char *id, const char *after, int64_t limit, struct arena *a,
    void (*each)(void *arg, const struct member *member), void *arg)
{
	static const char sql[] =
	    "SELECT " COLUMNS " FROM group_members gm JOIN users u ON u.id = gm.user_id "
	    "WHERE gm.group_id = ?1 AND gm.user_id > ?2 ORDER BY gm.user_id LIMIT ?3";
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(after), DB_INT(limit) };
	struct member m;
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK && (e = take_member(stmt, a, &m)) == ERR_OK)
		each(arg, &m);
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
group_find_member(
    struct db *db, const char *id, const char *user_id, struct arena *a, struct member *ret_member)
{
	static const char sql[] =
	    "SELECT " COLUMNS " FROM group_members gm JOIN users u ON u.id = gm.user_id "
	    "WHERE gm.group_id = ?1 AND gm.user_id = ?2";
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(user_id) };
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		e = take_member(stmt, a, ret_member);
	db_end(stmt);
	return (e);
}

enum err
group_add_member(struct tx *tx, const char *id, const char *user_id, int64_t now, bool *ret_added)
{
	static const char sql[] = "INSERT INTO group_members (group_id, user_id, added_at) "
	                          "VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(user_id), DB_INT(now) };
	int64_t changes;
	enum err e;

	if ((e = db_run(tx_db(tx), sql, args, COUNT(args), &changes)) != ERR_OK)
		return (e);
	*ret_added = changes > 0;
	return (tx_touch(tx, user_id));
}

enum err
group_drop_member(struct tx *tx, const char *id, const char *user_id)
{
	static const char sql[] = "DELETE FROM group_members WHERE group_id = ?1 AND user_id = ?2";
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(user_id) };
	const enum err e = db_change(tx_db(tx), sql, args, COUNT(args));

	return (e == ERR_OK ? tx_touch(tx, user_id) : e);
}

enum err
group_roles(struct db *db, const char *id, struct arena *a,
    void (*each)(void *arg, const struct assignment *assignment), void *arg)
{
	/* At most GROUP_ROLES_MAX are sorted. */
	static const char sql[] =
	    "SELECT r.id, r.name, r.description, r.created_at, gr.assigned_at FROM group_roles gr "
	    "JOIN roles r ON r.id = gr.role_id WHERE gr.group_id = ?1 ORDER BY r.name";
	const struct db_arg args[] = { DB_TEXT(id) };
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK) {
		const struct assignment one = {
			.role = {
				.id = db_text(stmt, 0, a),
				.name = db_text(stmt, 1, a),
				.description = db_text(stmt, 2, a),
				.created_at = db_int(stmt, 3),
			},
			.assigned_at = db_int(stmt, 4),
		};

		if (one.role.id == NULL || one.role.name == NULL || one.role.description == NULL) {
			e = ERR_NOMEM;
			break;
		}
		each(arg, &one);
	}
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

static enum err
count_roles(struct db *db, const char *id, int64_t *ret_count)
{
	static const char sql[] = "SELECT count(*) FROM group_roles WHERE group_id = ?1";
	const struct db_arg args[] = { DB_TEXT(id) };

	return (db_number(db, sql, args, COUNT(args), 0, ret_count));
}

enum err
group_add_role(struct tx *tx, const char *id, const char *role_id, int64_t now, bool *ret_added)
{
	static const char sql[] = "INSERT INTO group_roles (group_id, role_id, assigned_at) "
	                          "VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(role_id), DB_INT(now) };
	int64_t changes, count;
	enum err e;

	if ((e = db_run(tx_db(tx), sql, args, COUNT(args), &changes)) != ERR_OK ||
	    (e = count_roles(tx_db(tx), id, &count)) != ERR_OK)
		return (e);
	if (count > GROUP_ROLES_MAX)
		return (ERR_LIMIT);
	*ret_added = changes > 0;
	return (tx_touch(tx, NULL));
}

enum err
group_drop_role(struct tx *tx, const char *id, const char *role_id)
{
	static const char sql[] = "DELETE FROM group_roles WHERE group_id = ?1 AND role_id = ?2";
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(role_id) };
	const enum err e = db_change(tx_db(tx), sql, args, COUNT(args));

	return (e == ERR_OK ? tx_touch(tx, NULL) : e);
}
