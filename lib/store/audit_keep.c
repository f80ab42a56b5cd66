/* How long the audit log is kept, and cutting off what is older. */
#include "store/audit.h"

static enum err
read_cut(struct stmt *stmt, struct audit_cut *ret_cut)
{

	ret_cut->through_seq = db_int(stmt, 0);
	ret_cut->cut_at = db_int(stmt, 2);
	if (!db_blob(stmt, 1, ret_cut->mac, sizeof ret_cut->mac) ||
	    !db_blob(stmt, 3, ret_cut->seal, sizeof ret_cut->seal))
		return (ERR_DB);
	return (ERR_OK);
}

enum err
audit_each_cut(struct db *db, void (*each)(void *arg, const struct audit_cut *cut), void *arg)
{
	static const char sql[] = "SELECT through_seq, mac, cut_at, seal FROM audit_cuts "
	                          "ORDER BY through_seq DESC";
	struct audit_cut cut;
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, NULL, 0, &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK && (e = read_cut(stmt, &cut)) == ERR_OK)
		each(arg, &cut);
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
audit_find_cut(struct db *db, struct audit_cut *ret_cut)
{
	static const char sql[] = "SELECT through_seq, mac, cut_at, seal FROM audit_cuts "
	                          "ORDER BY through_seq DESC LIMIT 1";
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, NULL, 0, &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		e = read_cut(stmt, ret_cut);
	db_end(stmt);
	return (e);
}

enum err
audit_add_cut(struct tx *tx, const struct audit_cut *cut)
{
	static const char sql[] = "INSERT INTO audit_cuts (through_seq, mac, cut_at, seal) "
	                          "VALUES (?1, ?2, ?3, ?4)";
	const struct db_arg args[] = { DB_INT(cut->through_seq), DB_BLOB(cut->mac, AUDIT_MAC_LEN),
		DB_INT(cut->cut_at), DB_BLOB(cut->seal, AUDIT_MAC_LEN) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

/* The index has no copy of the text: it must be told what to forget. */
static enum err
drop_words(struct tx *tx, int64_t through)
{
	static const char sql[] =
	    "INSERT INTO audit_words (audit_words, rowid, action, object_id, details, ip_address, "
	    "user_agent) SELECT 'delete', seq, action, object_id, details, ip_address, user_agent "
	    "FROM audit_log WHERE seq <= ?1";
	const struct db_arg args[] = { DB_INT(through) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
audit_drop(struct tx *tx, int64_t through)
{
	static const char sql[] = "DELETE FROM audit_log WHERE seq <= ?1";
	const struct db_arg args[] = { DB_INT(through) };
	enum err e;

	if ((e = drop_words(tx, through)) != ERR_OK)
		return (e);
	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
audit_find_retention(struct db *db, struct audit_retention *ret_retention)
{
	static const char sql[] =
	    "SELECT coalesce(keep_days, 0), set_seq, seal FROM audit_retention WHERE id = 1";
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, NULL, 0, &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK) {
		ret_retention->keep_days = db_int(stmt, 0);
		ret_retention->set_seq = db_int(stmt, 1);
		if (!db_blob(stmt, 2, ret_retention->seal, sizeof ret_retention->seal))
			e = ERR_DB;
	}
	db_end(stmt);
	return (e);
}

enum err
audit_set_retention(struct tx *tx, const struct audit_retention *retention)
{
	static const char sql[] =
	    "INSERT INTO audit_retention (id, keep_days, set_seq, seal) "
	    "VALUES (1, nullif(?1, 0), ?2, ?3) ON CONFLICT (id) DO UPDATE SET "
	    "keep_days = excluded.keep_days, set_seq = excluded.set_seq, seal = excluded.seal";
	const struct db_arg args[] = { DB_INT(retention->keep_days), DB_INT(retention->set_seq),
		DB_BLOB(retention->seal, AUDIT_MAC_LEN) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}
