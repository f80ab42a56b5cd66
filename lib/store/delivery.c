/* Deliveries: one event each, on its way to one webhook. */
#include "store/delivery.h"

#include <string.h>

#include "store/webhook.h"

#define COLUMNS \
	"id, webhook_id, seq, type, payload, secret, sealed, state, attempts, next_at, " \
	"give_up_at, " \
	"http_status, last_error, took_ms, created_at, sent_at"
/* The same without what is sent, which may be some KiB each: for lists, of which nobody reads it.
 */
#define LIST_COLUMNS \
	"id, webhook_id, seq, type, '', secret, NULL, state, attempts, next_at, give_up_at, " \
	"http_status, last_error, took_ms, created_at, sent_at"
#define LOOKED_AT_MAX 1000
#define GIVEN_UP_MAX 500 /* at once: some 10 ms of the turn to write */

/* What is given up, before WHERE. */
#define GIVE_UP \
	"UPDATE webhook_deliveries SET state = 'dead', next_at = NULL, sealed = NULL, " \
	"last_error = CASE last_error WHEN '' THEN 'it was too late when it could have been " \
	"tried' ELSE last_error END "

bool
delivery_state_ok(const char *state)
{
	static const char *const states[] = { "queued", "sending", "sent", "dead" };
	size_t i;

	for (i = 0; i < COUNT(states); i++)
		if (strcmp(states[i], state) == 0)
			return (true);
	return (false);
}

enum err
delivery_add(struct tx *tx, const struct delivery *d)
{
	static const char sql[] =
	    "INSERT INTO webhook_deliveries (" COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
	    "?7, 'queued', 0, ?8, ?9, NULL, '', NULL, ?10, NULL)";
	const struct db_arg args[] = { DB_TEXT(d->id), DB_TEXT(d->webhook_id), DB_INT(d->seq),
		DB_TEXT(d->type), DB_TEXT(d->payload), DB_INT(d->secret), DB_TEXT(d->sealed),
		DB_INT(d->next_at), DB_INT(d->give_up_at), DB_INT(d->created_at) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

static enum err
read_row(struct stmt *stmt, struct arena *a, struct delivery *ret_delivery)
{
	struct delivery d = {
		.id = db_text(stmt, 0, a),
		.webhook_id = db_text(stmt, 1, a),
		.seq = db_int(stmt, 2),
		.type = db_text(stmt, 3, a),
		.payload = db_text(stmt, 4, a),
		.secret = db_int(stmt, 5) != 0,
		.sealed = db_text(stmt, 6, a),
		.state = db_text(stmt, 7, a),
		.attempts = db_int(stmt, 8),
		.next_at = db_int(stmt, 9),
		.give_up_at = db_int(stmt, 10),
		.http_status = db_int(stmt, 11),
		.last_error = db_text(stmt, 12, a),
		.took_ms = db_int(stmt, 13),
		.created_at = db_int(stmt, 14),
		.sent_at = db_int(stmt, 15),
	};

	if (d.id == NULL || d.webhook_id == NULL || d.type == NULL || d.payload == NULL ||
	    d.state == NULL || d.last_error == NULL || (d.sealed == NULL && !db_is_null(stmt, 6)))
		return (ERR_NOMEM);
	*ret_delivery = d;
	return (ERR_OK);
}

/* The row that ${sql} gives. */
static enum err
find(struct db *db, const char *sql, const struct db_arg *args, size_t count, struct arena *a,
    struct delivery *ret_delivery)
{
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, count, &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		e = read_row(stmt, a, ret_delivery);
	db_end(stmt);
	return (e);
}

enum err
delivery_find(struct db *db, const char *id, struct arena *a, struct delivery *ret_delivery)
{
	static const char sql[] = "SELECT " COLUMNS " FROM webhook_deliveries WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id) };

	return (find(db, sql, args, COUNT(args), a, ret_delivery));
}

enum err
delivery_list(struct db *db, const char *webhook_id, const char *state, const char *before,
    int64_t limit, struct arena *a, void (*each)(void *arg, const struct delivery *d), void *arg,
    const char **ret_last)
{
	static const char sql[] = "SELECT " LIST_COLUMNS ", ?4 IS NULL OR state = ?4 FROM "
	                          "webhook_deliveries WHERE webhook_id = ?1 AND id < ?2 ORDER BY "
	                          "id DESC LIMIT ?3";
	/* No id is greater than '~'. */
	const struct db_arg args[] = { DB_TEXT(webhook_id), DB_TEXT(before == NULL ? "~" : before),
		DB_INT(LOOKED_AT_MAX + 1), DB_TEXT(state) };
	int64_t listed = 0, seen = 0;
	struct stmt *stmt;
	struct delivery d;
	enum err e;

	*ret_last = NULL;
	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK) {
		if (listed == limit || seen++ == LOOKED_AT_MAX)
			break;
		if (db_int(stmt, 16) == 0) {
			/* Of these only where to go on from is copied. */
			if ((*ret_last = db_text(stmt, 0, a)) == NULL) {
				e = ERR_NOMEM;
				break;
			}
			continue;
		}
		if ((e = read_row(stmt, a, &d)) != ERR_OK)
			break;
		*ret_last = d.id;
		each(arg, &d);
		listed++;
	}
	db_end(stmt);
	if (e == ERR_NOT_FOUND)
		*ret_last = NULL;
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
delivery_waits(struct db *db, const char *webhook_id, const char *type, bool *ret_waits)
{
	static const char sql[] =
	    "SELECT EXISTS (SELECT 1 FROM webhook_deliveries WHERE webhook_id = ?1 AND next_at IS "
	    "NOT NULL AND type = ?2) OR EXISTS (SELECT 1 FROM webhook_deliveries WHERE webhook_id "
	    "= ?1 AND state = 'sending' AND type = ?2)";
	const struct db_arg args[] = { DB_TEXT(webhook_id), DB_TEXT(type) };
	int64_t waits;
	enum err e;

	if ((e = db_number(db, sql, args, COUNT(args), 0, &waits)) == ERR_OK)
		*ret_waits = waits != 0;
	return (e);
}

enum err
delivery_count(struct db *db, int64_t now, struct delivery_counts *ret_counts)
{
	static const char queued[] =
	    "SELECT count(*) FROM webhook_deliveries WHERE next_at IS NOT NULL";
	static const char sent[] =
	    "SELECT count(*) FROM webhook_deliveries WHERE sent_at IS NOT NULL";
	static const char dead[] = "SELECT count(*) FROM webhook_deliveries WHERE state = 'dead'";
	/* Not the webhook's next_at, which is its place in the queue: after each try the last. */
	static const char due[] =
	    "SELECT min(max(w.quiet_until, (SELECT min(d.next_at) FROM webhook_deliveries d WHERE "
	    "d.webhook_id = w.id AND d.next_at IS NOT NULL))) FROM webhooks w WHERE w.next_at <= "
	    "?1";
	const struct db_arg args[] = { DB_INT(now) };
	struct delivery_counts c;
	enum err e;

	if ((e = db_number(db, queued, NULL, 0, 0, &c.queued)) == ERR_OK &&
	    (e = db_number(db, sent, NULL, 0, 0, &c.sent)) == ERR_OK &&
	    (e = db_number(db, dead, NULL, 0, 0, &c.dead)) == ERR_OK &&
	    (e = db_number(db, due, args, COUNT(args), 0, &c.due_since)) == ERR_OK)
		*ret_counts = c;
	return (e);
}

enum err
delivery_queued(struct db *db, const char *webhook_id, int64_t most, int64_t *ret_count)
{
	static const char sql[] = "SELECT count(*) FROM (SELECT 1 FROM webhook_deliveries WHERE "
	                          "webhook_id = ?1 AND next_at IS NOT NULL LIMIT ?2)";
	const struct db_arg args[] = { DB_TEXT(webhook_id), DB_INT(most) };

	return (db_number(db, sql, args, COUNT(args), 0, ret_count));
}

enum err
delivery_due(struct db *db, int64_t now, bool *ret_due)
{
	static const char sql[] = "SELECT 1 FROM webhooks WHERE next_at <= ?1 LIMIT 1";
	const struct db_arg args[] = { DB_INT(now) };
	int64_t due;
	enum err e;

	if ((e = db_number(db, sql, args, COUNT(args), 0, &due)) == ERR_OK)
		*ret_due = due != 0;
	return (e);
}

static enum err
give_up(struct tx *tx, int64_t now, int64_t limit, int64_t *ret_count)
{
	static const char sql[] =
	    GIVE_UP "WHERE id IN (SELECT id FROM webhook_deliveries WHERE next_at IS NOT NULL AND "
	            "give_up_at <= ?1 ORDER BY give_up_at LIMIT ?2)";
	const struct db_arg args[] = { DB_INT(now), DB_INT(limit) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), ret_count));
}

/* Those of one webhook, among the ones that would be next: no more are looked at. */
static enum err
give_up_first(struct tx *tx, const char *webhook_id, int64_t now)
{
	static const char sql[] =
	    GIVE_UP "WHERE id IN (SELECT id FROM (SELECT id, give_up_at FROM webhook_deliveries "
	            "WHERE webhook_id = ?1 AND next_at <= ?2 ORDER BY next_at, seq LIMIT ?3) WHERE "
	            "give_up_at <= ?2)";
	const struct db_arg args[] = { DB_TEXT(webhook_id), DB_INT(now), DB_INT(GIVEN_UP_MAX) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

/* The id that ${sql} gives. */
static enum err
find_id(struct tx *tx, const char *sql, const struct db_arg *args, size_t count, struct arena *a,
    const char **ret_id)
{
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(tx_db(tx), sql, args, count, &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK && (*ret_id = db_text(stmt, 0, a)) == NULL)
		e = ERR_NOMEM;
	db_end(stmt);
	return (e);
}

/* The webhook whose turn it is; ERR_NOT_FOUND: none's. */
static enum err
find_due(struct tx *tx, int64_t now, const struct delivery_most *most, struct arena *a,
    const char **ret_id)
{
	/* There are 50 of the site's at most, and of the others many may be due: so not by the
	 * index of those that are. */
	static const char site[] = "SELECT id FROM webhooks WHERE org_id IS NULL AND +next_at <= "
	                           "?1 ORDER BY +next_at LIMIT 1";
	static const char under_way[] =
	    "SELECT count(*) FROM webhook_deliveries d JOIN webhooks o ON o.id = d.webhook_id "
	    "WHERE d.state = 'sending' AND o.org_id IS NOT NULL";
	static const char orgs[] =
	    "SELECT id FROM webhooks w WHERE next_at <= ?1 AND org_id IS NOT NULL AND ?2 > (SELECT "
	    "count(*) FROM webhook_deliveries d JOIN webhooks o ON o.id = d.webhook_id WHERE "
	    "d.state = 'sending' AND o.org_id = w.org_id) ORDER BY next_at LIMIT 1";
	const struct db_arg args[] = { DB_INT(now), DB_INT(most->org) };
	int64_t busy;
	enum err e;

	if ((e = find_id(tx, site, args, 1, a, ret_id)) != ERR_NOT_FOUND ||
	    (e = db_number(tx_db(tx), under_way, NULL, 0, 0, &busy)) != ERR_OK)
		return (e);
	return (
	    busy >= most->orgs ? ERR_NOT_FOUND : find_id(tx, orgs, args, COUNT(args), a, ret_id));
}

enum err
delivery_take(struct tx *tx, int64_t now, const struct delivery_most *most, struct arena *a,
    struct delivery *ret_delivery, bool *ret_more)
{
	static const char sql[] =
	    "UPDATE webhook_deliveries SET state = 'sending', next_at = NULL, attempts = attempts "
	    "+ 1 WHERE id = (SELECT id FROM webhook_deliveries WHERE webhook_id = ?1 AND next_at "
	    "<= ?2 ORDER BY next_at, seq LIMIT 1) AND give_up_at > ?2 RETURNING " COLUMNS;
	const char *id;
	enum err e;

	ret_delivery->id = NULL;
	*ret_more = false;
	if ((e = find_due(tx, now, most, a, &id)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_OK : e);
	e = find(tx_db(tx), sql, (struct db_arg[]){ DB_TEXT(id), DB_INT(now) }, 2, a, ret_delivery);
	if (e == ERR_NOT_FOUND) {
		/* Given up, or nothing is there that was: either way it is nearer to the end. */
		*ret_more = true;
		e = give_up_first(tx, id, now);
	}
	return (e == ERR_OK ? webhook_schedule(tx, id, now) : e);
}

enum err
delivery_recover(struct tx *tx, int64_t now)
{
	static const char sql[] =
	    "UPDATE webhook_deliveries SET state = 'queued', next_at = ?1 WHERE state = 'sending'";
	const struct db_arg args[] = { DB_INT(now) };
	enum err e;

	if ((e = db_run(tx_db(tx), sql, args, COUNT(args), NULL)) != ERR_OK)
		return (e);
	return (webhook_schedule(tx, NULL, now));
}

/* ${sql} gets ?1 id, ?2 now or when next, ?3 status, ?4 error, ?5 how long it took. */
static enum err
end(struct tx *tx, const char *sql, const struct delivery *d, const struct delivery_try *t,
    int64_t at)
{
	const struct db_arg args[] = { DB_TEXT(d->id), DB_INT(at), DB_INT(t->http_status),
		DB_TEXT(t->error), DB_INT(t->took_ms) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

#define END_OF_TRY \
	"http_status = nullif(?3, 0), last_error = ?4, took_ms = ?5 WHERE id = ?1 AND state = " \
	"'sending'"

enum err
delivery_sent(struct tx *tx, const struct delivery *d, const struct delivery_try *t)
{
	static const char sql[] = "UPDATE webhook_deliveries SET state = 'sent', sent_at = ?2, "
	                          "sealed = NULL, " END_OF_TRY;

	return (end(tx, sql, d, t, t->now));
}

enum err
delivery_dead(struct tx *tx, const struct delivery *d, const struct delivery_try *t)
{
	static const char sql[] = "UPDATE webhook_deliveries SET state = 'dead', sealed = "
	                          "NULL, " END_OF_TRY;

	return (end(tx, sql, d, t, t->now));
}

enum err
delivery_later(
    struct tx *tx, const struct delivery *d, const struct delivery_try *t, int64_t next_at)
{
	static const char sql[] = "UPDATE webhook_deliveries SET state = 'queued', next_at = "
	                          "min(?2, give_up_at), " END_OF_TRY;

	return (end(tx, sql, d, t, next_at));
}

enum err
delivery_back(struct tx *tx, const struct delivery *d, int64_t now)
{
	static const char sql[] =
	    "UPDATE webhook_deliveries SET state = 'queued', next_at = ?2, attempts = attempts - 1 "
	    "WHERE id = ?1 AND state = 'sending'";
	const struct db_arg args[] = { DB_TEXT(d->id), DB_INT(now) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
delivery_resend(struct tx *tx, const char *id, int64_t now, int64_t give_up_at)
{
	static const char sql[] =
	    "UPDATE webhook_deliveries SET next_at = ?2, sent_at = NULL, attempts = CASE state "
	    "WHEN 'queued' THEN attempts ELSE 0 END, give_up_at = CASE state WHEN 'queued' THEN "
	    "give_up_at ELSE ?3 END, state = 'queued' WHERE id = ?1 AND state IN ('queued', "
	    "'sent', 'dead')";
	const struct db_arg args[] = { DB_TEXT(id), DB_INT(now), DB_INT(give_up_at) };

	return (db_change(tx_db(tx), sql, args, COUNT(args)));
}

enum err
delivery_purge(struct tx *tx, int64_t now, int64_t sent_before, int64_t dead_before, int64_t limit,
    bool *ret_more)
{
	static const char sent[] =
	    "DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM webhook_deliveries WHERE "
	    "sent_at < ?1 ORDER BY sent_at LIMIT ?2)";
	static const char dead[] =
	    "DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM webhook_deliveries WHERE "
	    "state = 'dead' AND created_at < ?1 ORDER BY created_at LIMIT ?2)";
	const struct db_arg sent_args[] = { DB_INT(sent_before), DB_INT(limit) };
	const struct db_arg dead_args[] = { DB_INT(dead_before), DB_INT(limit) };
	int64_t given_up, were_sent, were_dead;
	enum err e;

	if ((e = give_up(tx, now, limit, &given_up)) != ERR_OK ||
	    (e = db_run(tx_db(tx), sent, sent_args, 2, &were_sent)) != ERR_OK ||
	    (e = db_run(tx_db(tx), dead, dead_args, 2, &were_dead)) != ERR_OK)
		return (e);
	*ret_more = given_up >= limit || were_sent >= limit || were_dead >= limit;
	return (ERR_OK);
}
