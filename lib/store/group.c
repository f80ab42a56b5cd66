/* Groups of users, of which every user has one of the own: what they are. */
#include "store/group.h"

#define COLUMNS "g.id, g.name, g.description, g.home_user_id, g.created_at"

static enum err
take_row(struct stmt *stmt, struct arena *a, struct group *ret_group)
{

	*ret_group = (struct group){
		.id = db_text(stmt, 0, a),
		.name = db_text(stmt, 1, a),
		.description = db_text(stmt, 2, a),
		.home_user_id = db_text(stmt, 3, a),
		.created_at = db_int(stmt, 4),
	};
	return (ret_group->id == NULL || ret_group->name == NULL ||
	                ret_group->description == NULL ||
	                (ret_group->home_user_id == NULL && !db_is_null(stmt, 3))
	            ? ERR_NOMEM
	            : ERR_OK);
}

static enum err
find(struct db *db, const char *sql, const char *key, struct arena *a, struct group *ret_group)
{
	const struct db_arg args[] = { DB_TEXT(key) };
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		e = take_row(stmt, a, ret_group);
	db_end(stmt);
	return (e);
}

enum err
group_find(struct db *db, const char *id, struct arena *a, struct group *ret_group)
{
	static const char sql[] = "SELECT " COLUMNS " FROM groups g WHERE g.id = ?1";

	return (find(db, sql, id, a, ret_group));
}

enum err
group_find_name(struct db *db, const char *name, struct arena *a, struct group *ret_group)
{
	static const char sql[] =
	    "SELECT " COLUMNS
	    " FROM groups g WHERE g.name = ?1 AND coalesce(g.home_user_id, '') = ''";

	return (find(db, sql, name, a, ret_group));
}

static enum err
list(struct db *db, const char *sql, const struct db_arg *args, size_t count, struct arena *a,
    void (*each)(void *arg, const struct group *group), void *arg)
{
	struct group g;
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, count, &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK && (e = take_row(stmt, a, &g)) == ERR_OK)
		each(arg, &g);
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
group_list(struct db *db, const char *after, int64_t limit, struct arena *a,
    void (*each)(void *arg, const struct group *group), void *arg)
{
	static const char sql[] =
	    "SELECT " COLUMNS " FROM groups g WHERE coalesce(g.home_user_id, '') = '' "
	    "AND g.name > ?1 ORDER BY g.name LIMIT ?2";
	const struct db_arg args[] = { DB_TEXT(after), DB_INT(limit) };

	return (list(db, sql, args, COUNT(args), a, each, arg));
}

enum err
group_list_of(struct db *db, const char *user_id, const char *after, int64_t limit, struct arena *a,
    void (*each)(void *arg, const struct group *group), void *arg)
{
	static const char sql[] =
	    "SELECT " COLUMNS " FROM group_members gm JOIN groups g ON g.id = gm.group_id "
	    "WHERE gm.user_id = ?1 AND gm.group_id > ?2 ORDER BY gm.group_id LIMIT ?3";
	const struct db_arg args[] = { DB_TEXT(user_id), DB_TEXT(after), DB_INT(limit) };

	return (list(db, sql, args, COUNT(args), a, each, arg));
}

enum err
group_add(struct tx *tx, const struct group *g)
{
	static const char sql[] = "INSERT INTO groups (id, name, description, home_user_id, "
	                          "created_at) VALUES (?1, ?2, ?3, ?4, ?5)";
	const struct db_arg args[] = { DB_TEXT(g->id), DB_TEXT(g->name), DB_TEXT(g->description),
		DB_TEXT(g->home_user_id), DB_INT(g->created_at) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
group_add_home(
    struct tx *tx, const char *group_id, const char *user_id, const char *name, int64_t now)
{
	const struct group home = {
		.id = group_id,
		.name = name,
		.description = "",
		.home_user_id = user_id,
		.created_at = now,
	};
	bool added;
	enum err e;

	if ((e = group_add(tx, &home)) != ERR_OK)
		return (e);
	return (group_add_member(tx, group_id, user_id, now, &added));
}

enum err
group_set(struct tx *tx, const struct group *g)
{
	static const char sql[] = "UPDATE groups SET name = ?2, description = ?3 WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(g->id), DB_TEXT(g->name), DB_TEXT(g->description) };
	const enum err e = db_change(tx_db(tx), sql, args, COUNT(args));

	/* What is remembered of how somebody came to a role names its group. */
	return (e == ERR_OK ? tx_touch(tx, NULL) : e);
}

enum err
group_drop(struct tx *tx, const char *id)
{
	static const char sql[] = "DELETE FROM groups WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id) };
	const enum err e = db_change(tx_db(tx), sql, args, COUNT(args));

	return (e == ERR_OK ? tx_touch(tx, NULL) : e);
}
