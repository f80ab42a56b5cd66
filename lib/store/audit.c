/* The audit log: rows that are only added, and the end of their chain. */
#include "store/audit.h"

#define DAY_MS ((int64_t)86400000)

enum err
audit_find_head(struct db *db, struct audit_head *ret_head)
{
	static const char sql[] = "SELECT seq, mac, seal FROM audit_head WHERE id = 1";
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, NULL, 0, &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK) {
		ret_head->seq = db_int(stmt, 0);
		if (!db_blob(stmt, 1, ret_head->mac, sizeof ret_head->mac) ||
		    !db_blob(stmt, 2, ret_head->seal, sizeof ret_head->seal))
			e = ERR_DB;
	}
	db_end(stmt);
	return (e);
}

enum err
audit_set_head(struct tx *tx, const struct audit_head *head)
{
	static const char sql[] =
	    "INSERT INTO audit_head (id, seq, mac, seal) VALUES (1, ?1, ?2, ?3) "
	    "ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, mac = excluded.mac, "
	    "seal = excluded.seal";
	const struct db_arg args[] = { DB_INT(head->seq), DB_BLOB(head->mac, sizeof head->mac),
		DB_BLOB(head->seal, sizeof head->seal) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

static enum err
add_words(struct tx *tx, const struct audit_row *row)
{
	static const char sql[] =
	    "INSERT INTO audit_words (rowid, action, object_id, details, ip_address, user_agent) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
	const struct db_arg args[] = { DB_INT(row->seq), DB_TEXT(row->action),
		DB_TEXT(row->object_id), DB_TEXT(row->details), DB_TEXT(row->ip_address),
		DB_TEXT(row->user_agent) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

static enum err
count(struct tx *tx, const struct audit_row *row)
{
	static const char sql[] = "INSERT INTO audit_days (day, action, count) VALUES (?1, ?2, 1) "
	                          "ON CONFLICT DO UPDATE SET count = count + 1";
	const struct db_arg args[] = { DB_INT(row->occurred_at / DAY_MS), DB_TEXT(row->action) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
audit_add(struct tx *tx, const struct audit_row *row)
{
	static const char sql[] =
	    "INSERT INTO audit_log (seq, id, occurred_at, actor, user_id, on_behalf_of, key_id, "
	    "org_id, action, object_type, object_id, ip_address, user_agent, request_id, details, "
	    "mac) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
	const struct db_arg args[] = { DB_INT(row->seq), DB_TEXT(row->id), DB_INT(row->occurred_at),
		DB_TEXT(row->actor), DB_TEXT(row->user_id), DB_TEXT(row->on_behalf_of),
		DB_TEXT(row->key_id), DB_TEXT(row->org_id), DB_TEXT(row->action),
		DB_TEXT(row->object_type), DB_TEXT(row->object_id), DB_TEXT(row->ip_address),
		DB_TEXT(row->user_agent), DB_TEXT(row->request_id), DB_TEXT(row->details),
		DB_BLOB(row->mac, sizeof row->mac) };
	enum err e;

	if ((e = db_run(tx_db(tx), sql, args, COUNT(args), NULL)) != ERR_OK ||
	    (e = add_words(tx, row)) != ERR_OK)
		return (e);
	return (count(tx, row));
}

enum err
audit_first(struct db *db, int64_t *ret_seq)
{
	static const char sql[] = "SELECT min(seq) FROM audit_log";

	return (db_number(db, sql, NULL, 0, 0, ret_seq));
}

enum err
audit_last(struct db *db, int64_t *ret_seq)
{
	static const char sql[] = "SELECT max(seq) FROM audit_log";

	return (db_number(db, sql, NULL, 0, 0, ret_seq));
}
