/* Webhooks: where what happens is told to, and how far the audit log has been told. */
#include "store/webhook.h"

#define COLUMNS \
	"id, org_id, url, events, description, enabled, gone_at, sealed, old_sealed, old_until, " \
	"failures, quiet_until, next_at, created_at, updated_at, left_out_at"

enum err
webhook_add(struct tx *tx, const struct webhook *w)
{
	static const char sql[] =
	    "INSERT INTO webhooks (id, org_id, url, events, description, enabled, sealed, "
	    "since_seq, failures, quiet_until, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, "
	    "1, ?6, 0, 0, 0, ?7, ?7)";
	const struct db_arg args[] = { DB_TEXT(w->id), DB_TEXT(w->org_id), DB_TEXT(w->url),
		DB_TEXT(w->events), DB_TEXT(w->description), DB_TEXT(w->sealed),
		DB_INT(w->created_at) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
webhook_set(struct tx *tx, const struct webhook *w)
{
	static const char sql[] =
	    "UPDATE webhooks SET url = ?2, events = ?3, description = ?4, enabled = ?5, next_at = "
	    "CASE ?5 WHEN 1 THEN next_at END, gone_at = nullif(?6, 0), sealed = ?7, old_sealed = "
	    "?8, old_until = nullif(?9, 0), updated_at = ?10, left_out_at = nullif(?11, 0) WHERE "
	    "id = ?1";
	const struct db_arg args[] = { DB_TEXT(w->id), DB_TEXT(w->url), DB_TEXT(w->events),
		DB_TEXT(w->description), DB_INT(w->enabled), DB_INT(w->gone_at), DB_TEXT(w->sealed),
		DB_TEXT(w->old_sealed), DB_INT(w->old_until), DB_INT(w->updated_at),
		DB_INT(w->left_out_at) };
	const enum err e = db_change(tx_db(tx), sql, args, COUNT(args));

	return (e == ERR_OK ? webhook_schedule(tx, w->id, w->updated_at) : e);
}

enum err
webhook_begin(struct tx *tx, const char *id)
{
	/* While no other is enabled nobody goes along the log, so what lies between is for none. */
	static const char bookmark[] =
	    "UPDATE webhook_bookmark SET seq = (SELECT coalesce(max(seq), 0) FROM audit_log) "
	    "WHERE NOT EXISTS (SELECT 1 FROM webhooks WHERE enabled = 1 AND id <> ?1)";
	static const char since[] = "UPDATE webhooks SET since_seq = (SELECT coalesce(max(seq), 0) "
	                            "FROM audit_log) WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id) };
	enum err e;

	if ((e = db_run(tx_db(tx), bookmark, args, COUNT(args), NULL)) != ERR_OK)
		return (e);
	return (db_run(tx_db(tx), since, args, COUNT(args), NULL));
}

static enum err
read_row(struct stmt *stmt, struct arena *a, struct webhook *ret_webhook)
{
	struct webhook w = {
		.id = db_text(stmt, 0, a),
		.org_id = db_text(stmt, 1, a),
		.url = db_text(stmt, 2, a),
		.events = db_text(stmt, 3, a),
		.description = db_text(stmt, 4, a),
		.enabled = db_int(stmt, 5) != 0,
		.gone_at = db_int(stmt, 6),
		.sealed = db_text(stmt, 7, a),
		.old_sealed = db_text(stmt, 8, a),
		.old_until = db_int(stmt, 9),
		.failures = db_int(stmt, 10),
		.quiet_until = db_int(stmt, 11),
		.next_at = db_int(stmt, 12),
		.created_at = db_int(stmt, 13),
		.updated_at = db_int(stmt, 14),
		.left_out_at = db_int(stmt, 15),
	};

	if (w.id == NULL || w.url == NULL || w.events == NULL || w.description == NULL ||
	    w.sealed == NULL || (w.org_id == NULL && !db_is_null(stmt, 1)) ||
	    (w.old_sealed == NULL && !db_is_null(stmt, 8)))
		return (ERR_NOMEM);
	*ret_webhook = w;
	return (ERR_OK);
}

enum err
webhook_find(struct db *db, const char *id, struct arena *a, struct webhook *ret_webhook)
{
	static const char sql[] = "SELECT " COLUMNS " FROM webhooks WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id) };
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		e = read_row(stmt, a, ret_webhook);
	db_end(stmt);
	return (e);
}

enum err
webhook_drop(struct tx *tx, const char *id)
{
	static const char sql[] = "DELETE FROM webhooks WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id) };

	return (db_change(tx_db(tx), sql, args, COUNT(args)));
}

enum err
webhook_list(struct db *db, enum webhook_of of, const char *org_id, const char *after,
    int64_t limit, struct arena *a, void (*each)(void *arg, const struct webhook *w), void *arg)
{
	static const char all[] =
	    "SELECT " COLUMNS " FROM webhooks WHERE id > ?1 ORDER BY id LIMIT ?2";
	static const char some[] = "SELECT " COLUMNS " FROM webhooks WHERE org_id IS ?3 AND id > "
	                           "?1 ORDER BY id LIMIT ?2";
	const struct db_arg args[] = { DB_TEXT(after == NULL ? "" : after), DB_INT(limit),
		DB_TEXT(of == WEBHOOK_OF_ORG ? org_id : NULL) };
	struct webhook w;
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, of == WEBHOOK_OF_ANYBODY ? all : some, args,
	         of == WEBHOOK_OF_ANYBODY ? 2 : 3, &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK && (e = read_row(stmt, a, &w)) == ERR_OK)
		each(arg, &w);
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
webhook_count(struct db *db, const char *org_id, int64_t *ret_count)
{
	static const char sql[] = "SELECT count(*) FROM webhooks WHERE org_id IS ?1";
	const struct db_arg args[] = { DB_TEXT(org_id) };

	return (db_number(db, sql, args, COUNT(args), 0, ret_count));
}

enum err
webhook_each_for(struct db *db, const char *org_id, int64_t seq, int64_t limit, struct arena *a,
    enum err (*each)(void *arg, const char *id, const char *events), void *arg)
{
	static const char sql[] =
	    "SELECT id, events FROM webhooks WHERE enabled = 1 AND org_id IS NULL AND since_seq < "
	    "?2 UNION ALL SELECT id, events FROM webhooks WHERE enabled = 1 AND org_id = ?1 AND "
	    "since_seq < ?2 LIMIT ?3";
	const struct db_arg args[] = { DB_TEXT(org_id), DB_INT(seq), DB_INT(limit) };
	const char *id, *events;
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK) {
		id = db_text(stmt, 0, a);
		events = db_text(stmt, 1, a);
		if ((e = id == NULL || events == NULL ? ERR_NOMEM : each(arg, id, events)) !=
		    ERR_OK)
			break;
	}
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
webhook_behind(struct db *db, bool *ret_behind)
{
	static const char sql[] =
	    "SELECT EXISTS (SELECT 1 FROM webhooks WHERE enabled = 1) AND (SELECT max(seq) FROM "
	    "audit_log) > (SELECT seq FROM webhook_bookmark)";
	int64_t behind;
	enum err e;

	if ((e = db_number(db, sql, NULL, 0, 0, &behind)) == ERR_OK)
		*ret_behind = behind != 0;
	return (e);
}

enum err
webhook_bookmark(struct db *db, int64_t *ret_seq)
{
	static const char sql[] = "SELECT seq FROM webhook_bookmark";

	return (db_number(db, sql, NULL, 0, 0, ret_seq));
}

enum err
webhook_set_bookmark(struct tx *tx, int64_t seq)
{
	static const char sql[] = "UPDATE webhook_bookmark SET seq = ?1";
	const struct db_arg args[] = { DB_INT(seq) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
webhook_skip(struct tx *tx, int64_t *ret_seq)
{
	static const char sql[] = "SELECT min(seq) FROM audit_log WHERE seq > (SELECT seq FROM "
	                          "webhook_bookmark)";
	int64_t seq;
	enum err e;

	if ((e = db_number(tx_db(tx), sql, NULL, 0, 0, &seq)) != ERR_OK ||
	    (seq != 0 && (e = webhook_set_bookmark(tx, seq)) != ERR_OK))
		return (e);
	*ret_seq = seq;
	return (ERR_OK);
}

#define OLDEST \
	"(SELECT min(d.next_at) FROM webhook_deliveries d WHERE d.webhook_id = webhooks.id AND " \
	"d.next_at IS NOT NULL)"

/* max() of a NULL is NULL: nothing waits, nothing is due. Who is in the queue keeps his place; who
 * comes into it, say after a try, stands at its end, however old what he has is. */
#define SCHEDULE \
	"UPDATE webhooks SET next_at = CASE WHEN enabled = 0 OR EXISTS (SELECT 1 FROM " \
	"webhook_deliveries d WHERE d.webhook_id = webhooks.id AND d.state = 'sending') THEN " \
	"NULL WHEN next_at <= ?1 AND max(quiet_until, " OLDEST ") <= ?1 THEN next_at ELSE " \
	"max(?1, quiet_until, " OLDEST ") END"

enum err
webhook_schedule(struct tx *tx, const char *id, int64_t now)
{
	static const char all[] = SCHEDULE;
	static const char one[] = SCHEDULE " WHERE id = ?2";
	const struct db_arg args[] = { DB_INT(now), DB_TEXT(id) };

	return (db_run(tx_db(tx), id == NULL ? all : one, args, id == NULL ? 1 : 2, NULL));
}

enum err
webhook_note(struct tx *tx, const char *id, int64_t failures, int64_t quiet_until)
{
	static const char sql[] =
	    "UPDATE webhooks SET failures = ?2, quiet_until = ?3 WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id), DB_INT(failures), DB_INT(quiet_until) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
webhook_left_out(struct tx *tx, const char *id, int64_t now, bool *ret_first)
{
	static const char sql[] =
	    "UPDATE webhooks SET left_out_at = ?2 WHERE id = ?1 AND left_out_at IS NULL";
	const struct db_arg args[] = { DB_TEXT(id), DB_INT(now) };
	int64_t changes;
	enum err e;

	if ((e = db_run(tx_db(tx), sql, args, COUNT(args), &changes)) == ERR_OK)
		*ret_first = changes > 0;
	return (e);
}

enum err
webhook_forget(struct tx *tx, int64_t now, int64_t left_out_before)
{
	static const char secrets[] =
	    "UPDATE webhooks SET old_sealed = NULL, old_until = NULL WHERE old_until <= ?1";
	static const char left_out[] =
	    "UPDATE webhooks SET left_out_at = NULL WHERE left_out_at < ?1";
	enum err e;

	if ((e = db_run(tx_db(tx), secrets, (struct db_arg[]){ DB_INT(now) }, 1, NULL)) != ERR_OK)
		return (e);
	return (db_run(tx_db(tx), left_out, (struct db_arg[]){ DB_INT(left_out_before) }, 1, NULL));
}

enum err
webhook_total(struct db *db, struct webhook_counts *ret_counts)
{
	static const char enabled[] = "SELECT count(*) FROM webhooks WHERE enabled = 1";
	static const char failing[] =
	    "SELECT count(*) FROM webhooks WHERE enabled = 1 AND failures > 0";
	static const char gone[] = "SELECT count(*) FROM webhooks WHERE gone_at IS NOT NULL";
	static const char left_out[] =
	    "SELECT count(*) FROM webhooks WHERE left_out_at IS NOT NULL";
	struct webhook_counts c;
	enum err e;

	if ((e = db_number(db, enabled, NULL, 0, 0, &c.enabled)) == ERR_OK &&
	    (e = db_number(db, failing, NULL, 0, 0, &c.failing)) == ERR_OK &&
	    (e = db_number(db, gone, NULL, 0, 0, &c.gone)) == ERR_OK &&
	    (e = db_number(db, left_out, NULL, 0, 0, &c.left_out)) == ERR_OK)
		*ret_counts = c;
	return (e);
}
