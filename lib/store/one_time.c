/* One-time tokens: those that are open. */
#include "store/one_time.h"

#include <string.h>

#define COLUMNS \
	"id, purpose, token_hash, code_mac, user_id, email, data, browser_hash, tries_left, " \
	"created_at, expires_at"

enum err
one_time_add(struct tx *tx, const struct one_time *t)
{
	static const char sql[] = "INSERT INTO one_time_tokens (" COLUMNS ") "
	                          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
	const struct db_arg args[] = {
		DB_TEXT(t->id),
		DB_TEXT(t->purpose),
		DB_BLOB(t->token_hash, sizeof t->token_hash),
		DB_BLOB(t->has_code ? t->code_mac : NULL, sizeof t->code_mac),
		DB_TEXT(t->user_id),
		DB_TEXT(t->email),
		DB_TEXT(t->data),
		DB_BLOB(t->has_browser ? t->browser_hash : NULL, sizeof t->browser_hash),
		DB_INT(t->tries_left),
		DB_INT(t->created_at),
		DB_INT(t->expires_at),
	};

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

static enum err
read_row(struct stmt *stmt, struct arena *a, struct one_time *ret)
{
	struct one_time t = {
		.id = db_text(stmt, 0, a),
		.purpose = db_text(stmt, 1, a),
		.user_id = db_text(stmt, 4, a),
		.email = db_text(stmt, 5, a),
		.data = db_text(stmt, 6, a),
		.tries_left = db_int(stmt, 8),
		.created_at = db_int(stmt, 9),
		.expires_at = db_int(stmt, 10),
	};

	if (!db_blob(stmt, 2, t.token_hash, sizeof t.token_hash))
		return (ERR_DB);
	t.has_code = db_blob(stmt, 3, t.code_mac, sizeof t.code_mac);
	t.has_browser = db_blob(stmt, 7, t.browser_hash, sizeof t.browser_hash);
	if (t.id == NULL || t.purpose == NULL || t.email == NULL || t.data == NULL ||
	    (t.user_id == NULL && !db_is_null(stmt, 4)))
		return (ERR_NOMEM);
	*ret = t;
	return (ERR_OK);
}

static enum err
find(struct db *db, const char *sql, const struct db_arg *args, size_t count, struct arena *a,
    struct one_time *ret)
{
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, count, &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		e = read_row(stmt, a, ret);
	db_end(stmt);
	return (e);
}

enum err
one_time_find(struct db *db, const char *purpose,
    const unsigned char token_hash[static ONE_TIME_HASH_LEN], struct arena *a, struct one_time *ret)
{
	static const char sql[] =
	    "SELECT " COLUMNS " FROM one_time_tokens WHERE token_hash = ?1 AND purpose = ?2";
	const struct db_arg args[] = { DB_BLOB(token_hash, ONE_TIME_HASH_LEN), DB_TEXT(purpose) };

	return (find(db, sql, args, COUNT(args), a, ret));
}

enum err
one_time_find_id(
    struct db *db, const char *purpose, const char *id, struct arena *a, struct one_time *ret)
{
	static const char sql[] =
	    "SELECT " COLUMNS " FROM one_time_tokens WHERE id = ?1 AND purpose = ?2";
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(purpose) };

	return (find(db, sql, args, COUNT(args), a, ret));
}

enum err
one_time_find_code(struct db *db, const char *purpose, const char *email,
    const unsigned char *browser, struct arena *a, struct one_time *ret)
{
	static const char sql[] =
	    "SELECT " COLUMNS " FROM one_time_tokens WHERE email = ?1 AND purpose = ?2 AND "
	    "code_mac IS NOT NULL AND (browser_hash IS NULL OR browser_hash = ?3) "
	    "ORDER BY browser_hash IS NULL, id DESC LIMIT 1";
	const struct db_arg args[] = { DB_TEXT(email), DB_TEXT(purpose),
		DB_BLOB(browser, ONE_TIME_HASH_LEN) };

	return (find(db, sql, args, COUNT(args), a, ret));
}

enum err
one_time_find_newest(struct db *db, const char *purpose, const char *email, int64_t now,
    struct arena *a, struct one_time *ret)
{
	static const char sql[] =
	    "SELECT " COLUMNS " FROM one_time_tokens WHERE email = ?1 AND purpose = ?2 AND "
	    "user_id IS NULL AND expires_at > ?3 ORDER BY id DESC LIMIT 1";
	const struct db_arg args[] = { DB_TEXT(email), DB_TEXT(purpose), DB_INT(now) };

	return (find(db, sql, args, COUNT(args), a, ret));
}

enum err
one_time_list_sign_up(struct db *db, const char *before, int64_t now, int64_t limit,
    struct arena *a, void (*each)(void *arg, const struct one_time *t), void *arg)
{
	/* The purpose is no parameter: SQLite takes the index of these rows alone only when it
	 * reads the very condition of that. */
	static const char sql[] =
	    "SELECT " COLUMNS " FROM one_time_tokens WHERE purpose = 'sign-up' AND id < ?1 AND "
	    "expires_at > ?2 ORDER BY id DESC LIMIT ?3";
	const struct db_arg args[] = {
		DB_TEXT(before == NULL ? "g" : before), /* after any id */
		DB_INT(now),
		DB_INT(limit),
	};
	struct one_time t;
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK && (e = read_row(stmt, a, &t)) == ERR_OK)
		each(arg, &t);
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
one_time_miss(struct tx *tx, const char *id)
{
	static const char sql[] = "UPDATE one_time_tokens SET tries_left = tries_left - 1 "
	                          "WHERE id = ?1 AND tries_left > 0";
	const struct db_arg args[] = { DB_TEXT(id) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
one_time_drop_older(struct tx *tx, const struct one_time *t)
{
	static const char of_user[] = "DELETE FROM one_time_tokens WHERE user_id = ?1 AND "
	                              "purpose = ?2 AND browser_hash IS ?3";
	static const char of_address[] = "DELETE FROM one_time_tokens WHERE email = ?1 AND "
	                                 "purpose = ?2 AND user_id IS NULL AND browser_hash IS ?3";
	const struct db_arg args[] = { DB_TEXT(t->user_id != NULL ? t->user_id : t->email),
		DB_TEXT(t->purpose),
		DB_BLOB(t->has_browser ? t->browser_hash : NULL, sizeof t->browser_hash) };

	return (
	    db_run(tx_db(tx), t->user_id != NULL ? of_user : of_address, args, COUNT(args), NULL));
}

enum err
one_time_drop(struct tx *tx, const char *id)
{
	static const char sql[] = "DELETE FROM one_time_tokens WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
one_time_drop_email(struct tx *tx, const char *purpose, const char *email)
{
	static const char sql[] = "DELETE FROM one_time_tokens WHERE email = ?1 AND purpose = ?2";
	const struct db_arg args[] = { DB_TEXT(email), DB_TEXT(purpose) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
one_time_drop_user(struct tx *tx, const char *purpose, const char *user_id)
{
	static const char sql[] = "DELETE FROM one_time_tokens WHERE user_id = ?1 AND "
	                          "(?2 IS NULL OR purpose = ?2)";
	const struct db_arg args[] = { DB_TEXT(user_id), DB_TEXT(purpose) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
one_time_purge(struct tx *tx, int64_t before, int64_t limit, int64_t *ret_count)
{
	static const char sql[] =
	    "DELETE FROM one_time_tokens WHERE id IN (SELECT id FROM one_time_tokens WHERE "
	    "expires_at < ?1 ORDER BY expires_at LIMIT ?2)";
	const struct db_arg args[] = { DB_INT(before), DB_INT(limit) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), ret_count));
}
