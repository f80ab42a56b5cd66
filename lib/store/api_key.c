/* API keys: their rows, and how much they are used. */
#include "store/api_key.h"

#define COLUMNS \
	"id, user_id, org_id, name, key_hash, hint, scopes, networks, created_at, created_by, " \
	"expires_at, revoked_at, replaced_by, last_used_at, last_used_ip"

/* What a time is that the database has as NULL. */
static struct db_arg
some_time(int64_t at)
{
	const struct db_arg time = DB_INT(at), none = DB_TEXT(NULL);

	return (at != 0 ? time : none);
}

static enum err
take_row(struct stmt *stmt, struct arena *a, struct api_key *ret_key)
{
	static const int optional[] = { 1, 2, 9, 12, 14 };
	const char *texts[15];
	size_t i;

	ret_key->id = db_text(stmt, 0, a);
	ret_key->name = db_text(stmt, 3, a);
	ret_key->hint = db_text(stmt, 5, a);
	ret_key->scopes = db_text(stmt, 6, a);
	ret_key->networks = db_text(stmt, 7, a);
	if (ret_key->id == NULL || ret_key->name == NULL || ret_key->hint == NULL ||
	    ret_key->scopes == NULL || ret_key->networks == NULL)
		return (ERR_NOMEM);
	for (i = 0; i < COUNT(optional); i++) {
		texts[optional[i]] = db_text(stmt, optional[i], a);
		if (texts[optional[i]] == NULL && !db_is_null(stmt, optional[i]))
			return (ERR_NOMEM);
	}
	ret_key->user_id = texts[1];
	ret_key->org_id = texts[2];
	ret_key->created_at = db_int(stmt, 8);
	ret_key->created_by = texts[9];
	ret_key->expires_at = db_int(stmt, 10);
	ret_key->revoked_at = db_int(stmt, 11);
	ret_key->replaced_by = texts[12];
	ret_key->last_used_at = db_int(stmt, 13);
	ret_key->last_used_ip = texts[14];
	return (db_blob(stmt, 4, ret_key->hash, sizeof ret_key->hash) ? ERR_OK : ERR_DB);
}

enum err
api_key_add(struct tx *tx, const struct api_key *k)
{
	static const char sql[] =
	    "INSERT INTO api_keys (id, user_id, org_id, name, key_hash, hint, scopes, networks, "
	    "created_at, created_by, expires_at) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
	const struct db_arg args[] = { DB_TEXT(k->id), DB_TEXT(k->user_id), DB_TEXT(k->org_id),
		DB_TEXT(k->name), DB_BLOB(k->hash, sizeof k->hash), DB_TEXT(k->hint),
		DB_TEXT(k->scopes), DB_TEXT(k->networks), DB_INT(k->created_at),
		DB_TEXT(k->created_by), some_time(k->expires_at) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

static enum err
find(struct db *db, const char *sql, const struct db_arg *arg, struct arena *a,
    struct api_key *ret_key)
{
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, arg, 1, &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		e = take_row(stmt, a, ret_key);
	db_end(stmt);
	return (e);
}

enum err
api_key_find(struct db *db, const char *id, struct arena *a, struct api_key *ret_key)
{
	static const char sql[] = "SELECT " COLUMNS " FROM api_keys WHERE id = ?1";
	const struct db_arg arg = DB_TEXT(id);

	return (find(db, sql, &arg, a, ret_key));
}

enum err
api_key_find_hash(struct db *db, const unsigned char hash[static API_KEY_HASH_LEN], struct arena *a,
    struct api_key *ret_key)
{
	static const char sql[] = "SELECT " COLUMNS " FROM api_keys WHERE key_hash = ?1";
	const struct db_arg arg = DB_BLOB(hash, API_KEY_HASH_LEN);

	return (find(db, sql, &arg, a, ret_key));
}

bool
api_key_alive(const struct api_key *k, int64_t now)
{

	return (k->revoked_at == 0 && (k->expires_at == 0 || k->expires_at > now));
}

enum err
api_key_set(struct tx *tx, const struct api_key *k)
{
	static const char sql[] =
	    "UPDATE api_keys SET name = ?2, scopes = ?3, networks = ?4, expires_at = ?5, "
	    "revoked_at = ?6, replaced_by = ?7 WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(k->id), DB_TEXT(k->name), DB_TEXT(k->scopes),
		DB_TEXT(k->networks), some_time(k->expires_at), some_time(k->revoked_at),
		DB_TEXT(k->replaced_by) };
	const enum err e = db_change(tx_db(tx), sql, args, COUNT(args));

	return (e == ERR_OK ? tx_touch(tx, k->id) : e);
}

enum err
api_key_revoke_all(struct tx *tx, const char *user_id, int64_t now, int64_t *ret_count)
{
	static const char sql[] =
	    "UPDATE api_keys SET revoked_at = ?2 WHERE user_id = ?1 AND revoked_at IS NULL";
	const struct db_arg args[] = { DB_TEXT(user_id), DB_INT(now) };
	enum err e;

	if ((e = db_run(tx_db(tx), sql, args, COUNT(args), ret_count)) != ERR_OK)
		return (e);
	return (tx_touch(tx, user_id));
}

enum err
api_key_count(struct db *db, const char *user_id, int64_t now, int64_t *ret_count)
{
	static const char sql[] = "SELECT count(*) FROM api_keys WHERE user_id = ?1 AND "
	                          "revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?2)";
	const struct db_arg args[] = { DB_TEXT(user_id), DB_INT(now) };

	return (db_number(db, sql, args, COUNT(args), 0, ret_count));
}

enum err
api_key_list(struct db *db, enum api_key_owner owner, const char *user_id, const char *before,
    int64_t limit, struct arena *a, bool (*each)(void *arg, const struct api_key *k), void *arg)
{
	static const char *const sql[] = {
		[API_KEY_OF_USER] = "SELECT " COLUMNS " FROM api_keys WHERE user_id = ?3 "
		                    "AND id < ?1 ORDER BY id DESC LIMIT ?2",
		[API_KEY_OF_SERVICE] = "SELECT " COLUMNS " FROM api_keys WHERE user_id IS NULL "
		                       "AND id < ?1 ORDER BY id DESC LIMIT ?2",
		[API_KEY_OF_ANYBODY] = "SELECT " COLUMNS " FROM api_keys WHERE id < ?1 "
		                       "ORDER BY id DESC LIMIT ?2",
	};
	/* No id is above "g": they are hexadecimal. */
	const struct db_arg args[] = { DB_TEXT(before != NULL ? before : "g"), DB_INT(limit),
		DB_TEXT(user_id) };
	struct stmt *stmt;
	struct api_key k;
	enum err e;

	if ((e = db_query(db, sql[owner], args, owner == API_KEY_OF_USER ? 3 : 2, &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK && (e = take_row(stmt, a, &k)) == ERR_OK)
		if (!each(arg, &k))
			break;
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
api_key_fits_org(struct db *db, const char *user_id, const char *org_id, bool *ret_fits)
{
	static const char member[] =
	    "SELECT count(*) FROM user_orgs WHERE org_id = ?1 AND user_id = ?2";
	static const char org[] = "SELECT count(*) FROM orgs WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(org_id), DB_TEXT(user_id) };
	int64_t count;
	enum err e;

	e = user_id != NULL ? db_number(db, member, args, 2, 0, &count)
	                    : db_number(db, org, args, 1, 0, &count);
	*ret_fits = e == ERR_OK && count > 0;
	return (e);
}

enum err
api_key_note_use(struct tx *tx, const char *id, int64_t at, const char *ip)
{
	static const char sql[] =
	    "UPDATE api_keys SET last_used_at = ?2, last_used_ip = nullif(?3, '') "
	    "WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at < ?2)";
	const struct db_arg args[] = { DB_TEXT(id), DB_INT(at), DB_TEXT(ip) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
api_key_add_usage(struct tx *tx, const char *id, int64_t day, int64_t requests)
{
	static const char sql[] =
	    "INSERT INTO api_key_usage (api_key_id, day, requests) "
	    "SELECT id, ?2, ?3 FROM api_keys WHERE id = ?1 "
	    "ON CONFLICT (api_key_id, day) DO UPDATE SET requests = requests + excluded.requests";
	const struct db_arg args[] = { DB_TEXT(id), DB_INT(day), DB_INT(requests) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
api_key_usage(struct db *db, const char *id, int64_t from_day, int64_t to_day,
    void (*each)(void *arg, int64_t day, int64_t requests), void *arg)
{
	static const char sql[] = "SELECT day, requests FROM api_key_usage "
	                          "WHERE api_key_id = ?1 AND day BETWEEN ?2 AND ?3 ORDER BY day";
	const struct db_arg args[] = { DB_TEXT(id), DB_INT(from_day), DB_INT(to_day) };
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK)
		each(arg, db_int(stmt, 0), db_int(stmt, 1));
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}
