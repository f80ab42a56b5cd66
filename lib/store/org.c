/* Organisations and who belongs to them. */
#include "store/org.h"

#include <string.h>

#define COLUMNS "o.id, o.name, o.slug, o.metadata, o.seat_limit, o.created_at, o.updated_at"

static enum err
take_row(struct stmt *stmt, struct arena *a, struct org *ret_org)
{

	*ret_org = (struct org){
		.id = db_text(stmt, 0, a),
		.name = db_text(stmt, 1, a),
		.slug = db_text(stmt, 2, a),
		.metadata = db_text(stmt, 3, a),
		.seat_limit = db_is_null(stmt, 4) ? 0 : db_int(stmt, 4),
		.created_at = db_int(stmt, 5),
		.updated_at = db_int(stmt, 6),
	};
	if (ret_org->id == NULL || ret_org->name == NULL || ret_org->slug == NULL ||
	    ret_org->metadata == NULL)
		return (ERR_NOMEM);
	return (ERR_OK);
}

static enum err
find(struct db *db, const char *sql, const char *key, struct arena *a, struct org *ret_org)
{
	const struct db_arg args[] = { DB_TEXT(key) };
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		e = take_row(stmt, a, ret_org);
	db_end(stmt);
	return (e);
}

enum err
org_find(struct db *db, const char *id, struct arena *a, struct org *ret_org)
{
	static const char sql[] = "SELECT " COLUMNS " FROM orgs o WHERE o.id = ?1";

	return (find(db, sql, id, a, ret_org));
}

enum err
org_find_slug(struct db *db, const char *slug, struct arena *a, struct org *ret_org)
{
	static const char sql[] = "SELECT " COLUMNS " FROM orgs o WHERE o.slug = ?1";

	return (find(db, sql, slug, a, ret_org));
}

enum err
org_add(struct tx *tx, const struct org *org)
{
	static const char sql[] =
	    "INSERT INTO orgs (id, name, slug, metadata, seat_limit, created_at, updated_at) "
	    "VALUES (?1, ?2, ?3, ?4, nullif(?5, 0), ?6, ?6)";
	const struct db_arg args[] = { DB_TEXT(org->id), DB_TEXT(org->name), DB_TEXT(org->slug),
		DB_TEXT(org->metadata), DB_INT(org->seat_limit), DB_INT(org->created_at) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
org_set(struct tx *tx, const struct org *org)
{
	static const char sql[] =
	    "UPDATE orgs SET name = ?2, slug = ?3, metadata = ?4, seat_limit = nullif(?5, 0), "
	    "updated_at = ?6 WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(org->id), DB_TEXT(org->name), DB_TEXT(org->slug),
		DB_TEXT(org->metadata), DB_INT(org->seat_limit), DB_INT(org->updated_at) };
	const enum err e = db_change(tx_db(tx), sql, args, COUNT(args));

	/* The guard remembers of users the slugs of their orgs. */
	return (e == ERR_OK ? tx_touch(tx, NULL) : e);
}

enum err
org_drop(struct tx *tx, const char *id)
{
	static const char sql[] = "DELETE FROM orgs WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id) };
	const enum err e = db_change(tx_db(tx), sql, args, COUNT(args));

	/* Its keys go as well, and nobody knows here what is remembered of them. */
	return (e == ERR_OK ? tx_touch(tx, NULL) : e);
}

static enum err
list(struct db *db, const char *sql, const struct db_arg *args, size_t count, struct arena *a,
    void (*each)(void *arg, const struct org *org), void *arg)
{
	struct stmt *stmt;
	struct org org;
	enum err e;

	if ((e = db_query(db, sql, args, count, &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK && (e = take_row(stmt, a, &org)) == ERR_OK)
		each(arg, &org);
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
org_list(struct db *db, const char *after, int64_t limit, struct arena *a,
    void (*each)(void *arg, const struct org *org), void *arg)
{
	static const char sql[] =
	    "SELECT " COLUMNS " FROM orgs o WHERE o.id > ?1 ORDER BY o.id LIMIT ?2";
	const struct db_arg args[] = { DB_TEXT(after), DB_INT(limit) };

	return (list(db, sql, args, COUNT(args), a, each, arg));
}

enum err
org_list_of(struct db *db, const char *user_id, const char *after, int64_t limit, struct arena *a,
    void (*each)(void *arg, const struct org *org), void *arg)
{
	static const char sql[] =
	    "SELECT " COLUMNS " FROM user_orgs uo JOIN orgs o ON o.id = uo.org_id "
	    "WHERE uo.user_id = ?1 AND uo.org_id > ?2 ORDER BY uo.org_id LIMIT ?3";
	const struct db_arg args[] = { DB_TEXT(user_id), DB_TEXT(after), DB_INT(limit) };

	return (list(db, sql, args, COUNT(args), a, each, arg));
}

enum err
org_has_member(struct db *db, const char *org_id, const char *user_id, bool *ret_is)
{
	static const char sql[] =
	    "SELECT count(*) FROM user_orgs WHERE user_id = ?1 AND org_id = ?2";
	const struct db_arg args[] = { DB_TEXT(user_id), DB_TEXT(org_id) };
	int64_t count;
	enum err e;

	if ((e = db_number(db, sql, args, COUNT(args), 0, &count)) == ERR_OK)
		*ret_is = count > 0;
	return (e);
}

static enum err
take_member(struct stmt *stmt, struct arena *a, struct org_member *ret_member)
{

	*ret_member = (struct org_member){
		.user_id = db_text(stmt, 0, a),
		.email = db_text(stmt, 1, a),
		.username = db_text(stmt, 2, a),
		.name = db_text(stmt, 3, a),
		.joined_at = db_int(stmt, 4),
	};
	return (ret_member->user_id == NULL || ret_member->email == NULL ? ERR_NOMEM : ERR_OK);
}

enum err
org_member_find(struct db *db, const char *org_id, const char *user_id, struct arena *a,
    struct org_member *ret_member)
{
	static const char sql[] =
	    "SELECT u.id, u.email, u.username, u.name, uo.joined_at FROM user_orgs uo "
	    "JOIN users u ON u.id = uo.user_id WHERE uo.user_id = ?1 AND uo.org_id = ?2";
	const struct db_arg args[] = { DB_TEXT(user_id), DB_TEXT(org_id) };
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
org_member_count(struct db *db, const char *org_id, int64_t *ret_count)
{
	static const char sql[] = "SELECT count(*) FROM user_orgs WHERE org_id = ?1";
	const struct db_arg args[] = { DB_TEXT(org_id) };

	return (db_number(db, sql, args, COUNT(args), 0, ret_count));
}

/* Is there a seat for one more? Only an org with a limit has its members counted. */
static enum err
check_seats(struct db *db, const char *org_id)
{
	static const char sql[] = "SELECT coalesce(seat_limit, 0) FROM orgs WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(org_id) };
	int64_t limit, count;
	enum err e;

	if ((e = db_number(db, sql, args, COUNT(args), -1, &limit)) != ERR_OK)
		return (e);
	if (limit <= 0)
		return (limit < 0 ? ERR_NOT_FOUND : ERR_OK);
	if ((e = org_member_count(db, org_id, &count)) != ERR_OK)
		return (e);
	return (count < limit ? ERR_OK : ERR_SEATS);
}

enum err
org_member_add(struct tx *tx, const char *org_id, const char *user_id, int64_t now)
{
	static const char sql[] =
	    "INSERT INTO user_orgs (user_id, org_id, joined_at) VALUES (?1, ?2, ?3)";
	const struct db_arg args[] = { DB_TEXT(user_id), DB_TEXT(org_id), DB_INT(now) };
	bool is;
	enum err e;

	if ((e = org_has_member(tx_db(tx), org_id, user_id, &is)) != ERR_OK)
		return (e);
	if (is)
		return (ERR_TAKEN);
	if ((e = check_seats(tx_db(tx), org_id)) != ERR_OK)
		return (e);
	if ((e = db_run(tx_db(tx), sql, args, COUNT(args), NULL)) != ERR_OK)
		return (e);
	return (tx_touch(tx, user_id));
}

enum err
org_member_drop(struct tx *tx, const char *org_id, const char *user_id)
{
	static const char leave[] = "UPDATE sessions SET org_id = NULL "
	                            "WHERE user_id = ?1 AND org_id = ?2";
	static const char drop[] = "DELETE FROM user_orgs WHERE user_id = ?1 AND org_id = ?2";
	const struct db_arg args[] = { DB_TEXT(user_id), DB_TEXT(org_id) };
	enum err e;

	if ((e = db_run(tx_db(tx), leave, args, COUNT(args), NULL)) != ERR_OK ||
	    (e = db_change(tx_db(tx), drop, args, COUNT(args))) != ERR_OK)
		return (e);
	return (tx_touch(tx, user_id));
}

enum err
org_member_list(struct db *db, const char *org_id, const char *after, int64_t limit,
    struct arena *a, void (*each)(void *arg, const struct org_member *member), void *arg)
{
	static const char sql[] =
	    "SELECT u.id, u.email, u.username, u.name, uo.joined_at FROM user_orgs uo "
	    "JOIN users u ON u.id = uo.user_id WHERE uo.org_id = ?1 AND uo.user_id > ?2 "
	    "ORDER BY uo.user_id LIMIT ?3";
	const struct db_arg args[] = { DB_TEXT(org_id), DB_TEXT(after), DB_INT(limit) };
	struct org_member member;
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK && (e = take_member(stmt, a, &member)) == ERR_OK)
		each(arg, &member);
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}
