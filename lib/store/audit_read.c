/* The audit log as it is read: one row, those that have something in common, all in order. */
#include <string.h>

#include "store/audit.h"

#define COLUMNS \
	"seq, id, occurred_at, actor, user_id, on_behalf_of, key_id, org_id, action, " \
	"object_type, " \
	"object_id, ip_address, user_agent, request_id, details, mac"

/* Fill ${ret_row} from the columns above; ${ret_bytes} are the bytes of its texts. */
static enum err
read_row(struct stmt *stmt, struct arena *a, struct audit_row *ret_row, size_t *ret_bytes)
{
	const char **const texts[] = { &ret_row->actor, &ret_row->user_id, &ret_row->on_behalf_of,
		&ret_row->key_id, &ret_row->org_id, &ret_row->action, &ret_row->object_type,
		&ret_row->object_id, &ret_row->ip_address, &ret_row->user_agent,
		&ret_row->request_id, &ret_row->details };
	size_t i;

	ret_row->seq = db_int(stmt, 0);
	if ((ret_row->id = db_text(stmt, 1, a)) == NULL)
		return (ERR_NOMEM);
	*ret_bytes = strlen(ret_row->id);
	ret_row->occurred_at = db_int(stmt, 2);
	for (i = 0; i < COUNT(texts); i++) {
		*texts[i] = db_text(stmt, (int)i + 3, a);
		if (*texts[i] == NULL && !db_is_null(stmt, (int)i + 3))
			return (ERR_NOMEM);
		*ret_bytes += *texts[i] == NULL ? 0 : strlen(*texts[i]);
	}
	if (!db_blob(stmt, 15, ret_row->mac, sizeof ret_row->mac))
		return (ERR_DB);
	return (ERR_OK);
}

static enum err
get(struct db *db, const char *sql, const struct db_arg *arg, struct arena *a,
    struct audit_row *ret_row)
{
	struct stmt *stmt;
	size_t bytes;
	enum err e;

	if ((e = db_query(db, sql, arg, 1, &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		e = read_row(stmt, a, ret_row, &bytes);
	db_end(stmt);
	return (e);
}

enum err
audit_get(struct db *db, int64_t seq, struct arena *a, struct audit_row *ret_row)
{
	static const char sql[] = "SELECT " COLUMNS " FROM audit_log WHERE seq = ?1";
	const struct db_arg arg = DB_INT(seq);

	return (get(db, sql, &arg, a, ret_row));
}

enum err
audit_get_id(struct db *db, const char *id, struct arena *a, struct audit_row *ret_row)
{
	static const char sql[] = "SELECT " COLUMNS " FROM audit_log WHERE id = ?1";
	const struct db_arg arg = DB_TEXT(id);

	return (get(db, sql, &arg, a, ret_row));
}

enum err
audit_time(struct db *db, int64_t seq, int64_t *ret_at)
{
	static const char sql[] = "SELECT occurred_at FROM audit_log WHERE seq = ?1";
	const struct db_arg args[] = { DB_INT(seq) };
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		*ret_at = db_int(stmt, 0);
	db_end(stmt);
	return (e);
}

/* Statements are found by their address, and several words are looked up at once: so the same text
 * has to be there several times. */
#define SEEK_WORD \
	"SELECT rowid FROM audit_words WHERE audit_words MATCH '\"' || ?2 || '\"' AND rowid <= " \
	"?1 " \
	"ORDER BY rowid DESC"

static const char seek_sqls[AUDIT_BY_WORD + AUDIT_WORDS_MAX][160] = {
	[AUDIT_BY_NOTHING] = "SELECT seq FROM audit_log WHERE seq <= ?1 ORDER BY seq DESC",
	[AUDIT_BY_ACTION] =
	    "SELECT seq FROM audit_log WHERE seq <= ?1 AND action = ?2 ORDER BY seq DESC",
	[AUDIT_BY_KIND] =
	    "SELECT seq FROM audit_log WHERE seq <= ?1 AND substr(action, 1, instr(action, '.')) "
	    "= ?2 ORDER BY seq DESC",
	[AUDIT_BY_USER] =
	    "SELECT seq FROM audit_log WHERE seq <= ?1 AND user_id = ?2 ORDER BY seq DESC",
	[AUDIT_BY_BEHALF] =
	    "SELECT seq FROM audit_log WHERE seq <= ?1 AND on_behalf_of = ?2 ORDER BY seq DESC",
	[AUDIT_BY_KEY] =
	    "SELECT seq FROM audit_log WHERE seq <= ?1 AND key_id = ?2 ORDER BY seq DESC",
	[AUDIT_BY_ORG] =
	    "SELECT seq FROM audit_log WHERE seq <= ?1 AND org_id = ?2 ORDER BY seq DESC",
	[AUDIT_BY_TYPE] =
	    "SELECT seq FROM audit_log WHERE seq <= ?1 AND object_type = ?2 ORDER BY seq DESC",
	[AUDIT_BY_OBJECT] =
	    "SELECT seq FROM audit_log WHERE seq <= ?1 AND object_id = ?2 ORDER BY seq DESC",
	[AUDIT_BY_ADDRESS] =
	    "SELECT seq FROM audit_log WHERE seq <= ?1 AND ip_address = ?2 ORDER BY seq DESC",
	[AUDIT_BY_WORD] = SEEK_WORD,
	[AUDIT_BY_WORD + 1] = SEEK_WORD,
	[AUDIT_BY_WORD + 2] = SEEK_WORD,
	[AUDIT_BY_WORD + 3] = SEEK_WORD,
	[AUDIT_BY_WORD + 4] = SEEK_WORD,
	[AUDIT_BY_WORD + 5] = SEEK_WORD,
};

enum err
audit_seek(
    struct db *db, unsigned int by, const char *value, int64_t at_most, struct stmt **ret_stmt)
{
	const struct db_arg args[] = { DB_INT(at_most), DB_TEXT(value) };

	if (by >= COUNT(seek_sqls))
		return (ERR_INTERNAL);
	return (db_query(db, seek_sqls[by], args, by == AUDIT_BY_NOTHING ? 1 : 2, ret_stmt));
}

enum err
audit_last_before(struct db *db, int64_t time, int64_t *ret_seq)
{
	static const char sql[] =
	    "SELECT max(seq) FROM (SELECT seq FROM audit_log WHERE occurred_at < ?1 "
	    "ORDER BY occurred_at DESC LIMIT 1000)";
	const struct db_arg args[] = { DB_INT(time) };

	return (db_number(db, sql, args, COUNT(args), 0, ret_seq));
}

enum err
audit_first_since(struct db *db, int64_t time, int64_t *ret_seq)
{
	static const char sql[] =
	    "SELECT min(seq) FROM (SELECT seq FROM audit_log WHERE occurred_at >= ?1 "
	    "ORDER BY occurred_at LIMIT 1000)";
	const struct db_arg args[] = { DB_INT(time) };

	return (db_number(db, sql, args, COUNT(args), INT64_MAX, ret_seq));
}

enum err
audit_each(struct db *db, int64_t from, int64_t limit, struct arena *a,
    enum err (*each)(void *arg, const struct audit_row *row, bool whole), void *arg)
{
	static const char sql[] =
	    "SELECT " COLUMNS ", length(CAST(id AS BLOB)) + length(CAST(actor AS BLOB)) + "
	    "coalesce(length(CAST(user_id AS BLOB)), 0) + "
	    "coalesce(length(CAST(on_behalf_of AS BLOB)), 0) + "
	    "coalesce(length(CAST(key_id AS BLOB)), 0) + "
	    "coalesce(length(CAST(org_id AS BLOB)), 0) + length(CAST(action AS BLOB)) + "
	    "length(CAST(object_type AS BLOB)) + "
	    "coalesce(length(CAST(object_id AS BLOB)), 0) + "
	    "coalesce(length(CAST(ip_address AS BLOB)), 0) + "
	    "coalesce(length(CAST(user_agent AS BLOB)), 0) + "
	    "coalesce(length(CAST(request_id AS BLOB)), 0) + length(CAST(details AS BLOB)), "
	    "typeof(id) = 'text' AND typeof(occurred_at) = 'integer' AND typeof(actor) = 'text' "
	    "AND typeof(user_id) IN ('text', 'null') AND typeof(on_behalf_of) IN ('text', 'null') "
	    "AND typeof(key_id) IN ('text', 'null') AND typeof(org_id) IN ('text', 'null') "
	    "AND typeof(action) = 'text' AND typeof(object_type) = 'text' "
	    "AND typeof(object_id) IN ('text', 'null') AND typeof(ip_address) IN ('text', 'null') "
	    "AND typeof(user_agent) IN ('text', 'null') AND typeof(request_id) IN ('text', 'null') "
	    "AND typeof(details) = 'text' AND typeof(mac) = 'blob' "
	    "FROM audit_log WHERE seq >= ?1 AND seq < 9223372036854775807 ORDER BY seq LIMIT ?2";
	const struct db_arg args[] = { DB_INT(from), DB_INT(limit) };
	struct audit_row row;
	struct stmt *stmt;
	size_t bytes;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK && (e = read_row(stmt, a, &row, &bytes)) == ERR_OK &&
	       (e = each(arg, &row, db_int(stmt, 16) == (int64_t)bytes && db_int(stmt, 17) == 1)) ==
	           ERR_OK)
		continue;
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
audit_each_day(struct db *db, int64_t from, int64_t to, struct arena *a,
    enum err (*each)(void *arg, int64_t day, const char *action, int64_t count), void *arg)
{
	static const char sql[] = "SELECT day, action, count FROM audit_days "
	                          "WHERE day >= ?1 AND day <= ?2 ORDER BY day, action";
	const struct db_arg args[] = { DB_INT(from), DB_INT(to) };
	struct stmt *stmt;
	const char *action;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK) {
		if ((action = db_text(stmt, 1, a)) == NULL)
			e = ERR_NOMEM;
		else
			e = each(arg, db_int(stmt, 0), action, db_int(stmt, 2));
		if (e != ERR_OK)
			break;
	}
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}
