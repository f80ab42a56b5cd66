/* Sessions: one row a sign-in, whatever carries it. */
#include "store/session.h"

#include <string.h>

#define COLUMNS \
	"id, user_id, kind, token_hash, generation, token_id, rotated_at, created_at, " \
	"last_seen_at, " \
	"expires_at, ends_at, revoked_at, amr, ip_address, user_agent, actor_user_id, org_id"

static const char *const kind_names[] = {
	[SESSION_COOKIE] = "cookie",
	[SESSION_REFRESH] = "refresh",
	[SESSION_OPAQUE] = "opaque",
};

const char *
session_kind_name(enum session_kind kind)
{

	return (kind_names[kind]);
}

static bool
find_kind(const char *name, enum session_kind *ret_kind)
{
	size_t i;

	for (i = 0; i < COUNT(kind_names); i++)
		if (name != NULL && strcmp(name, kind_names[i]) == 0) {
			*ret_kind = (enum session_kind)i;
			return (true);
		}
	return (false);
}

static enum err
take_row(struct stmt *stmt, struct arena *a, struct session *ret_session)
{
	struct session s = {
		.id = db_text(stmt, 0, a),
		.user_id = db_text(stmt, 1, a),
		.generation = db_int(stmt, 4),
		.token_id = db_text(stmt, 5, a),
		.rotated_at = db_int(stmt, 6),
		.created_at = db_int(stmt, 7),
		.last_seen_at = db_int(stmt, 8),
		.expires_at = db_int(stmt, 9),
		.ends_at = db_int(stmt, 10),
		.revoked_at = db_int(stmt, 11),
		.amr = db_text(stmt, 12, a),
		.ip_address = db_text(stmt, 13, a),
		.user_agent = db_text(stmt, 14, a),
		.actor_user_id = db_text(stmt, 15, a),
		.org_id = db_text(stmt, 16, a),
	};

	if (!find_kind(db_text(stmt, 2, a), &s.kind) ||
	    !db_blob(stmt, 3, s.token_hash, sizeof s.token_hash))
		return (ERR_DB);
	if (s.id == NULL || s.user_id == NULL || s.token_id == NULL || s.amr == NULL ||
	    s.ip_address == NULL || s.user_agent == NULL ||
	    (s.actor_user_id == NULL && !db_is_null(stmt, 15)) ||
	    (s.org_id == NULL && !db_is_null(stmt, 16)))
		return (ERR_NOMEM);
	*ret_session = s;
	return (ERR_OK);
}

enum err
session_add(struct tx *tx, const struct session *s)
{
	static const char sql[] =
	    "INSERT INTO sessions (id, user_id, kind, token_hash, generation, token_id, "
	    "rotated_at, "
	    "created_at, last_seen_at, expires_at, ends_at, amr, ip_address, user_agent, "
	    "actor_user_id, org_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
	    "?13, ?14, ?15, ?16)";
	const struct db_arg args[] = {
		DB_TEXT(s->id),
		DB_TEXT(s->user_id),
		DB_TEXT(kind_names[s->kind]),
		DB_BLOB(s->token_hash, sizeof s->token_hash),
		DB_INT(s->generation),
		DB_TEXT(s->token_id),
		DB_INT(s->rotated_at),
		DB_INT(s->created_at),
		DB_INT(s->last_seen_at),
		DB_INT(s->expires_at),
		DB_INT(s->ends_at),
		DB_TEXT(s->amr),
		DB_TEXT(s->ip_address),
		DB_TEXT(s->user_agent),
		DB_TEXT(s->actor_user_id),
		DB_TEXT(s->org_id),
	};

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

static enum err
find(struct db *db, const char *sql, const struct db_arg *args, size_t count, struct arena *a,
    struct session *ret_session)
{
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, count, &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		e = take_row(stmt, a, ret_session);
	db_end(stmt);
	return (e);
}

enum err
session_find(struct db *db, const char *id, struct arena *a, struct session *ret_session)
{
	static const char sql[] = "SELECT " COLUMNS " FROM sessions WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id) };

	return (find(db, sql, args, COUNT(args), a, ret_session));
}

enum err
session_find_token(struct db *db, const unsigned char hash[static SESSION_HASH_LEN],
    struct arena *a, struct session *ret_session)
{
	static const char sql[] =
	    "SELECT " COLUMNS " FROM sessions WHERE token_hash = ?1 AND kind <> 'refresh'";
	const struct db_arg args[] = { DB_BLOB(hash, SESSION_HASH_LEN) };

	return (find(db, sql, args, COUNT(args), a, ret_session));
}

bool
session_live(const struct session *s, int64_t now)
{

	return (s->revoked_at == 0 && now < s->expires_at && now < s->ends_at);
}

enum err
session_rotate(struct tx *tx, const struct session *s)
{
	static const char sql[] =
	    "UPDATE sessions SET token_hash = ?2, generation = ?3, token_id = ?4, rotated_at = ?5, "
	    "last_seen_at = ?6, expires_at = ?7 WHERE id = ?1 AND revoked_at IS NULL";
	const struct db_arg args[] = {
		DB_TEXT(s->id),
		DB_BLOB(s->token_hash, sizeof s->token_hash),
		DB_INT(s->generation),
		DB_TEXT(s->token_id),
		DB_INT(s->rotated_at),
		DB_INT(s->last_seen_at),
		DB_INT(s->expires_at),
	};

	return (db_change(tx_db(tx), sql, args, COUNT(args)));
}

enum err
session_set_org(struct tx *tx, const char *id, const char *org_id)
{
	static const char sql[] = "UPDATE sessions SET org_id = ?2 WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(org_id) };
	const enum err e = db_change(tx_db(tx), sql, args, COUNT(args));

	return (e == ERR_OK ? tx_touch(tx, id) : e);
}

enum err
session_revoke(struct tx *tx, const char *id, const char *user_id, int64_t now)
{
	static const char sql[] =
	    "UPDATE sessions SET revoked_at = ?3 "
	    "WHERE id = ?1 AND user_id = coalesce(?2, user_id) AND revoked_at IS NULL";
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(user_id), DB_INT(now) };
	const enum err e = db_change(tx_db(tx), sql, args, COUNT(args));

	return (e == ERR_OK ? tx_touch(tx, id) : e);
}

enum err
session_revoke_all(struct tx *tx, const char *user_id, const enum session_kind *kind,
    const char *except_id, int64_t now, int64_t *ret_count)
{
	static const char sql[] =
	    "UPDATE sessions SET revoked_at = ?4 WHERE (user_id = ?1 OR actor_user_id = ?1) "
	    "AND kind = coalesce(?2, kind) "
	    "AND id <> coalesce(?3, '') AND revoked_at IS NULL AND expires_at > ?4";
	const struct db_arg args[] = {
		DB_TEXT(user_id),
		DB_TEXT(kind == NULL ? NULL : kind_names[*kind]),
		DB_TEXT(except_id),
		DB_INT(now),
	};
	enum err e;

	if ((e = db_run(tx_db(tx), sql, args, COUNT(args), ret_count)) != ERR_OK)
		return (e);
	/* What is remembered of any session hangs on its user, too: one touch for all of them. */
	return (tx_touch(tx, user_id));
}

enum err
session_revoke_everybody(struct tx *tx, int64_t now, int64_t *ret_count)
{
	static const char sql[] =
	    "UPDATE sessions SET revoked_at = ?1 WHERE revoked_at IS NULL AND expires_at > ?1";
	const struct db_arg args[] = { DB_INT(now) };
	enum err e;

	if ((e = db_run(tx_db(tx), sql, args, COUNT(args), ret_count)) != ERR_OK)
		return (e);
	return (tx_touch(tx, NULL));
}

enum err
session_see(struct tx *tx, const char *id, int64_t now)
{
	static const char sql[] =
	    "UPDATE sessions SET last_seen_at = max(last_seen_at, ?2) WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id), DB_INT(now) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

static enum err
list(struct db *db, const char *sql, const struct db_arg *args, size_t count, struct arena *a,
    void (*each)(void *arg, const struct session *s), void *arg)
{
	struct session s;
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, count, &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK && (e = take_row(stmt, a, &s)) == ERR_OK)
		each(arg, &s);
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
session_list(struct db *db, const char *user_id, int64_t now, struct arena *a,
    void (*each)(void *arg, const struct session *s), void *arg)
{
	static const char sql[] =
	    "SELECT " COLUMNS " FROM sessions WHERE user_id = ?1 AND revoked_at IS NULL "
	    "AND expires_at > ?2 AND ends_at > ?2 ORDER BY id DESC LIMIT 200";
	const struct db_arg args[] = { DB_TEXT(user_id), DB_INT(now) };

	return (list(db, sql, args, COUNT(args), a, each, arg));
}

enum err
session_list_all(struct db *db, int64_t now, int64_t limit, struct arena *a,
    void (*each)(void *arg, const struct session *s), void *arg)
{
	static const char sql[] = "SELECT " COLUMNS " FROM sessions WHERE revoked_at IS NULL "
	                          "AND expires_at > ?1 AND ends_at > ?1 ORDER BY id DESC LIMIT ?2";
	const struct db_arg args[] = { DB_INT(now), DB_INT(limit) };

	return (list(db, sql, args, COUNT(args), a, each, arg));
}

enum err
session_newest(struct db *db, int64_t *ret_at)
{
	static const char sql[] = "SELECT created_at FROM sessions ORDER BY id DESC LIMIT 1";

	return (db_number(db, sql, NULL, 0, 0, ret_at));
}

enum err
session_purge(struct tx *tx, int64_t before, int64_t limit, int64_t *ret_count)
{
	static const char sql[] =
	    "DELETE FROM sessions WHERE id IN "
	    "(SELECT id FROM sessions WHERE expires_at < ?1 ORDER BY expires_at LIMIT ?2)";
	const struct db_arg args[] = { DB_INT(before), DB_INT(limit) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), ret_count));
}
