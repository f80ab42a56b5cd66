/* The rules of the guard as they are stored: texts, in an order that admins give. */
#include "store/guard_rule.h"

#define COLUMNS "id, position, rule, description, created_at, updated_at"

/* The SQL must give COLUMNS. */
static enum err
take_row(struct stmt *stmt, struct arena *a, struct guard_row *ret_row)
{

	*ret_row = (struct guard_row){
		.id = db_text(stmt, 0, a),
		.position = db_int(stmt, 1),
		.rule = db_text(stmt, 2, a),
		.description = db_text(stmt, 3, a),
		.created_at = db_int(stmt, 4),
		.updated_at = db_int(stmt, 5),
	};
	return (ret_row->id == NULL || ret_row->rule == NULL || ret_row->description == NULL
	            ? ERR_NOMEM
	            : ERR_OK);
}

static enum err
find(struct db *db, const char *sql, const struct db_arg *arg, struct arena *a,
    struct guard_row *ret_row)
{
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, arg, 1, &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		e = take_row(stmt, a, ret_row);
	db_end(stmt);
	return (e);
}

enum err
guard_rule_find(struct db *db, const char *id, struct arena *a, struct guard_row *ret_row)
{
	static const char sql[] = "SELECT " COLUMNS " FROM guard_rules WHERE id = ?1";
	const struct db_arg arg = DB_TEXT(id);

	return (find(db, sql, &arg, a, ret_row));
}

enum err
guard_rule_find_at(struct db *db, int64_t position, struct arena *a, struct guard_row *ret_row)
{
	static const char sql[] = "SELECT " COLUMNS " FROM guard_rules WHERE position = ?1";
	const struct db_arg arg = DB_INT(position);

	return (find(db, sql, &arg, a, ret_row));
}

enum err
guard_rule_list(struct db *db, int64_t after, int64_t limit, struct arena *a,
    void (*each)(void *arg, const struct guard_row *row), void *arg)
{
	static const char sql[] =
	    "SELECT " COLUMNS " FROM guard_rules WHERE position > ?1 ORDER BY position LIMIT "
	    "?2";
	const struct db_arg args[] = { DB_INT(after), DB_INT(limit) };
	struct guard_row row;
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK && (e = take_row(stmt, a, &row)) == ERR_OK)
		each(arg, &row);
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

/* The guard has the rules in memory, under a version of their own: to read 500 takes some 30 ms,
 * too much for each change of an org. */
static enum err
change(struct tx *tx, const char *sql, const struct db_arg *args, size_t count)
{
	const enum err e = db_change(tx_db(tx), sql, args, count);

	return (e == ERR_OK ? tx_touch(tx, GUARD_RULES_ID) : e);
}

/* Let nothing be at ${position}: what is there and right behind it moves on by one. By way of
 * negative numbers, for UNIQUE is looked at after each row. */
static enum err
make_room(struct tx *tx, int64_t position)
{
	static const char free_sql[] =
	    "SELECT min(place) FROM (SELECT ?1 AS place "
	    "UNION ALL SELECT position + 1 FROM guard_rules WHERE position >= ?1) AS places "
	    "WHERE place NOT IN (SELECT position FROM guard_rules)";
	static const char away_sql[] = "UPDATE guard_rules SET position = -position - 1 "
	                               "WHERE position >= ?1 AND position < ?2";
	static const char back_sql[] =
	    "UPDATE guard_rules SET position = -position WHERE position < 0";
	struct db_arg args[] = { DB_INT(position), DB_INT(position) };
	int64_t place;
	enum err e;

	if ((e = db_number(tx_db(tx), free_sql, args, 1, position, &place)) != ERR_OK)
		return (e);
	if (place > GUARD_POSITION_MAX)
		return (ERR_TAKEN);
	if (place == position)
		return (ERR_OK);
	args[1].number = place;
	if ((e = db_run(tx_db(tx), away_sql, args, COUNT(args), NULL)) != ERR_OK)
		return (e);
	return (db_run(tx_db(tx), back_sql, NULL, 0, NULL));
}

enum err
guard_rule_add(struct tx *tx, const struct guard_row *row, int64_t *ret_position)
{
	static const char last_sql[] = "SELECT max(position) + 1 FROM guard_rules";
	static const char sql[] = "INSERT INTO guard_rules (" COLUMNS ") "
	                          "SELECT ?1, ?2, ?3, ?4, ?5, ?5 "
	                          "WHERE (SELECT count(*) FROM guard_rules) < ?6";
	struct db_arg args[] = { DB_TEXT(row->id), DB_INT(row->position), DB_TEXT(row->rule),
		DB_TEXT(row->description), DB_INT(row->created_at), DB_INT(GUARD_ROWS_MAX) };
	int64_t *position = &args[1].number;
	enum err e;

	if (*position == 0 && (e = db_number(tx_db(tx), last_sql, NULL, 0, 1, position)) != ERR_OK)
		return (e);
	if ((e = make_room(tx, *position)) != ERR_OK)
		return (e);
	if ((e = change(tx, sql, args, COUNT(args))) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_TOO_LARGE : e);
	*ret_position = *position;
	return (ERR_OK);
}

enum err
guard_rule_set(struct tx *tx, const struct guard_row *row)
{
	static const char sql[] =
	    "UPDATE guard_rules SET rule = ?2, description = ?3, updated_at = ?4 WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(row->id), DB_TEXT(row->rule),
		DB_TEXT(row->description), DB_INT(row->updated_at) };

	return (change(tx, sql, args, COUNT(args)));
}

enum err
guard_rule_drop(struct tx *tx, const char *id)
{
	static const char sql[] = "DELETE FROM guard_rules WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id) };

	return (change(tx, sql, args, COUNT(args)));
}

enum err
guard_rule_move(struct tx *tx, const char *id, int64_t position, int64_t now)
{
	static const char sql[] =
	    "UPDATE guard_rules SET position = ?2, updated_at = ?3 WHERE id = ?1";
	struct db_arg args[] = { DB_TEXT(id), DB_INT(0), DB_INT(now) };
	enum err e;

	/* Out of its place first, which is free for the others. */
	if ((e = change(tx, sql, args, COUNT(args))) != ERR_OK ||
	    (e = make_room(tx, position)) != ERR_OK)
		return (e);
	args[1].number = position;
	return (change(tx, sql, args, COUNT(args)));
}

enum err
guard_rule_probe(struct db *db)
{
	static const char sql[] =
	    "SELECT (SELECT 1 FROM guard_rules LIMIT 1), (SELECT 1 FROM users LIMIT 1), "
	    "(SELECT 1 FROM sessions LIMIT 1), (SELECT 1 FROM api_keys LIMIT 1), "
	    "(SELECT 1 FROM user_roles LIMIT 1), (SELECT 1 FROM roles LIMIT 1), "
	    "(SELECT 1 FROM role_permissions LIMIT 1), (SELECT 1 FROM role_parents LIMIT 1), "
	    "(SELECT 1 FROM user_orgs LIMIT 1), (SELECT 1 FROM group_members LIMIT 1)";
	int64_t any;

	return (db_number(db, sql, NULL, 0, 0, &any));
}
