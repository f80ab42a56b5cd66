/* The outbox: mail to send, written in the transaction of its cause. */
#include "store/outbox.h"

#define COLUMNS \
	"id, kind, to_address, user_id, locale, params, secret, sealed, message_id, state, " \
	"attempts, next_at, give_up_at, last_error, created_at, sent_at"
#define GIVEN_UP_MAX 500 /* at once: some 10 ms of the turn to write */

enum err
outbox_add(struct tx *tx, const struct outbox_mail *mail)
{
	static const char sql[] =
	    "INSERT INTO outbox (" COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
	    "'queued', 0, ?10, ?11, '', ?12, NULL)";
	const struct db_arg args[] = { DB_TEXT(mail->id), DB_TEXT(mail->kind),
		DB_TEXT(mail->to_address), DB_TEXT(mail->user_id), DB_TEXT(mail->locale),
		DB_TEXT(mail->params), DB_INT(mail->secret), DB_TEXT(mail->sealed),
		DB_TEXT(mail->message_id), DB_INT(mail->next_at), DB_INT(mail->give_up_at),
		DB_INT(mail->created_at) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

static enum err
read_row(struct stmt *stmt, struct arena *a, struct outbox_mail *ret_mail)
{
	struct outbox_mail m = {
		.id = db_text(stmt, 0, a),
		.kind = db_text(stmt, 1, a),
		.to_address = db_text(stmt, 2, a),
		.user_id = db_text(stmt, 3, a),
		.locale = db_text(stmt, 4, a),
		.params = db_text(stmt, 5, a),
		.secret = db_int(stmt, 6) != 0,
		.sealed = db_text(stmt, 7, a),
		.message_id = db_text(stmt, 8, a),
		.state = db_text(stmt, 9, a),
		.attempts = db_int(stmt, 10),
		.next_at = db_int(stmt, 11),
		.give_up_at = db_int(stmt, 12),
		.last_error = db_text(stmt, 13, a),
		.created_at = db_int(stmt, 14),
		.sent_at = db_int(stmt, 15),
	};

	if (m.id == NULL || m.kind == NULL || m.to_address == NULL || m.locale == NULL ||
	    m.params == NULL || m.message_id == NULL || m.state == NULL || m.last_error == NULL ||
	    (m.user_id == NULL && !db_is_null(stmt, 3)) ||
	    (m.sealed == NULL && !db_is_null(stmt, 7)))
		return (ERR_NOMEM);
	*ret_mail = m;
	return (ERR_OK);
}

enum err
outbox_find(struct db *db, const char *id, struct arena *a, struct outbox_mail *ret_mail)
{
	static const char sql[] = "SELECT " COLUMNS " FROM outbox WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id) };
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		e = read_row(stmt, a, ret_mail);
	db_end(stmt);
	return (e);
}

enum err
outbox_list(struct db *db, const char *state, int64_t limit, struct arena *a,
    void (*each)(void *arg, const struct outbox_mail *mail), void *arg)
{
	static const char all[] = "SELECT " COLUMNS " FROM outbox ORDER BY id DESC LIMIT ?1";
	static const char some[] = "SELECT " COLUMNS " FROM outbox WHERE state = ?2 "
	                           "ORDER BY created_at DESC, id DESC LIMIT ?1";
	const struct db_arg args[] = { DB_INT(limit), DB_TEXT(state) };
	struct outbox_mail mail;
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, state == NULL ? all : some, args, state == NULL ? 1 : 2, &stmt)) !=
	    ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK && (e = read_row(stmt, a, &mail)) == ERR_OK)
		each(arg, &mail);
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
outbox_count(struct db *db, int64_t now, struct outbox_counts *ret_counts)
{
	static const char sql[] = "SELECT count(*) FROM outbox WHERE state = ?1";
	static const char oldest[] = "SELECT min(next_at) FROM outbox WHERE next_at <= ?1";
	const struct db_arg args[] = { DB_INT(now) };
	struct outbox_counts c;
	const struct {
		const char *state;
		int64_t *count;
	} states[] = { { "queued", &c.queued }, { "sending", &c.sending }, { "sent", &c.sent },
		{ "dead", &c.dead } };
	enum err e;
	size_t i;

	for (i = 0; i < COUNT(states); i++)
		if ((e = db_number(db, sql, (struct db_arg[]){ DB_TEXT(states[i].state) }, 1, 0,
		         states[i].count)) != ERR_OK)
			return (e);
	if ((e = db_number(db, oldest, args, COUNT(args), 0, &c.due_since)) == ERR_OK)
		*ret_counts = c;
	return (e);
}

enum err
outbox_due(struct db *db, int64_t now, bool *ret_due)
{
	static const char sql[] = "SELECT 1 FROM outbox WHERE next_at <= ?1 LIMIT 1";
	const struct db_arg args[] = { DB_INT(now) };
	int64_t due;
	enum err e;

	if ((e = db_number(db, sql, args, COUNT(args), 0, &due)) == ERR_OK)
		*ret_due = due != 0;
	return (e);
}

/* Among those that would be next: no more are looked at. */
static enum err
give_up(struct tx *tx, int64_t now)
{
	static const char sql[] =
	    "UPDATE outbox SET state = 'dead', next_at = NULL, sealed = NULL, last_error = CASE "
	    "last_error WHEN '' THEN 'it was too late when it could have been tried' ELSE "
	    "last_error END WHERE id IN (SELECT id FROM (SELECT id, give_up_at FROM outbox WHERE "
	    "next_at <= ?1 ORDER BY next_at LIMIT ?2) WHERE give_up_at <= ?1)";
	const struct db_arg args[] = { DB_INT(now), DB_INT(GIVEN_UP_MAX) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

/* Give up, when the next one is to be. */
static enum err
begin_take(struct tx *tx, int64_t now, bool *ret_more)
{
	static const char sql[] = "SELECT give_up_at <= ?1 FROM outbox WHERE next_at <= ?1 ORDER "
	                          "BY next_at LIMIT 1";
	const struct db_arg args[] = { DB_INT(now) };
	int64_t over;
	enum err e;

	if ((e = db_number(tx_db(tx), sql, args, COUNT(args), 0, &over)) != ERR_OK)
		return (e);
	*ret_more = over != 0;
	return (over != 0 ? give_up(tx, now) : ERR_OK);
}

enum err
outbox_take(
    struct tx *tx, int64_t now, struct arena *a, struct outbox_mail *ret_mail, bool *ret_more)
{
	static const char sql[] =
	    "UPDATE outbox SET state = 'sending', next_at = NULL, attempts = attempts + 1 "
	    "WHERE id = (SELECT id FROM outbox WHERE next_at <= ?1 ORDER BY next_at LIMIT 1) "
	    "RETURNING " COLUMNS;
	const struct db_arg args[] = { DB_INT(now) };
	struct stmt *stmt;
	enum err e;

	*ret_mail = (struct outbox_mail){ .id = NULL };
	if ((e = begin_take(tx, now, ret_more)) != ERR_OK || *ret_more ||
	    (e = db_query(tx_db(tx), sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		e = read_row(stmt, a, ret_mail);
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
outbox_recover(struct tx *tx, int64_t now)
{
	static const char sql[] =
	    "UPDATE outbox SET state = 'queued', next_at = ?1 WHERE state = 'sending'";
	const struct db_arg args[] = { DB_INT(now) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
outbox_sent(struct tx *tx, const char *id, int64_t now)
{
	static const char sql[] =
	    "UPDATE outbox SET state = 'sent', sent_at = ?2, sealed = NULL, last_error = '' "
	    "WHERE id = ?1 AND state = 'sending'";
	const struct db_arg args[] = { DB_TEXT(id), DB_INT(now) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
outbox_dead(struct tx *tx, const char *id, const char *error)
{
	static const char sql[] = "UPDATE outbox SET state = 'dead', sealed = NULL, last_error = "
	                          "?2 WHERE id = ?1 AND state = 'sending'";
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(error) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
outbox_later(struct tx *tx, const char *id, int64_t next_at, const char *error)
{
	static const char sql[] =
	    "UPDATE outbox SET state = 'queued', next_at = min(?2, give_up_at), last_error = ?3 "
	    "WHERE id = ?1 AND state = 'sending'";
	const struct db_arg args[] = { DB_TEXT(id), DB_INT(next_at), DB_TEXT(error) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
outbox_back(struct tx *tx, const char *id, int64_t now)
{
	static const char sql[] = "UPDATE outbox SET state = 'queued', next_at = ?2, attempts = "
	                          "attempts - 1 WHERE id = ?1 AND state = 'sending'";
	const struct db_arg args[] = { DB_TEXT(id), DB_INT(now) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
outbox_resend(struct tx *tx, const char *id, int64_t now, int64_t give_up_at)
{
	static const char sql[] =
	    "UPDATE outbox SET next_at = ?2, attempts = CASE state WHEN 'dead' THEN 0 ELSE "
	    "attempts END, give_up_at = CASE state WHEN 'dead' THEN ?3 ELSE give_up_at END, "
	    "state = 'queued' WHERE id = ?1 AND state IN ('queued', 'dead')";
	const struct db_arg args[] = { DB_TEXT(id), DB_INT(now), DB_INT(give_up_at) };

	return (db_change(tx_db(tx), sql, args, COUNT(args)));
}

enum err
outbox_drop(struct tx *tx, const char *id)
{
	static const char sql[] = "DELETE FROM outbox WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id) };

	return (db_change(tx_db(tx), sql, args, COUNT(args)));
}

enum err
outbox_purge(struct tx *tx, int64_t sent_before, int64_t dead_before, int64_t limit, bool *ret_more)
{
	static const char sent[] = "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE "
	                           "sent_at < ?1 ORDER BY sent_at LIMIT ?2)";
	static const char dead[] =
	    "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE state = 'dead' AND "
	    "created_at < ?1 ORDER BY created_at LIMIT ?2)";
	const struct db_arg sent_args[] = { DB_INT(sent_before), DB_INT(limit) };
	const struct db_arg dead_args[] = { DB_INT(dead_before), DB_INT(limit) };
	int64_t were_sent, were_dead;
	enum err e;

	if ((e = db_run(tx_db(tx), sent, sent_args, 2, &were_sent)) != ERR_OK ||
	    (e = db_run(tx_db(tx), dead, dead_args, 2, &were_dead)) != ERR_OK)
		return (e);
	*ret_more = were_sent >= limit || were_dead >= limit;
	return (ERR_OK);
}
