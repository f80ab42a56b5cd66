/* How long the audit log is kept, and deleting what is older. */
#include "access/audit_keep.h"

#include <string.h>

#include "access/audit.h"
#include "base/clock.h"

#define DAY_MS ((int64_t)86400000)
#define CUT_MAX 500 /* rows deleted at once: some 20 ms of the turn to write */
#define ARENA_MAX ((size_t)64 << 20)

/* The newest row that says how long rows are kept; 0: there is none any more. */
static enum err
find_set_seq(struct db *db, int64_t *ret_seq)
{
	struct stmt *stmt;
	enum err e;

	*ret_seq = 0;
	if ((e = audit_seek(db, AUDIT_BY_ACTION, "audit.retention_set", INT64_MAX, &stmt)) !=
	    ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		*ret_seq = db_int(stmt, 0);
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
audit_keep_find(struct db *db, const struct master *m, int64_t *ret_days)
{
	struct audit_retention kept;
	int64_t set_seq;
	enum err e;

	if ((e = audit_find_retention(db, &kept)) == ERR_NOT_FOUND) {
		*ret_days = 0;
		return (ERR_OK);
	}
	if (e != ERR_OK || (e = find_set_seq(db, &set_seq)) != ERR_OK)
		return (e);
	/* The row may have been deleted by now, as all old ones; one that came later may not be
	 * there. */
	if (!audit_retention_ok(m, &kept) || set_seq > kept.set_seq)
		return (ERR_CRYPTO);
	*ret_days = kept.keep_days;
	return (ERR_OK);
}

enum err
audit_keep_set(struct tx *tx, const struct master *m, int64_t days)
{
	struct audit_retention kept = { .keep_days = days };
	struct audit_head head;
	enum err e;

	if ((e = audit_find_head(tx_db(tx), &head)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_DB : e);
	kept.set_seq = head.seq;
	audit_seal_retention(m, &kept, kept.seal);
	return (audit_set_retention(tx, &kept));
}

struct cutting {
	const struct master *master;
	struct arena *arena;
	int64_t before; /* ms: what is older is deleted */
	int64_t days;
	int64_t count;
	struct audit_cut cut;
};

/* The chain up to here is right, or nothing is deleted. ERR_NOT_FOUND: from here on rows stay. */
static enum err
take_row(void *arg, const struct audit_row *row, bool whole)
{
	struct cutting *c = arg;
	unsigned char mac[AUDIT_MAC_LEN];
	enum err e;

	if (row->occurred_at >= c->before)
		return (ERR_NOT_FOUND);
	if (!whole || row->seq != c->cut.through_seq + 1)
		return (ERR_CRYPTO);
	if ((e = audit_mac(c->master, c->cut.mac, row, c->arena, mac)) != ERR_OK)
		return (e);
	if (!secret_equal(mac, row->mac, sizeof mac))
		return (ERR_CRYPTO);
	c->cut.through_seq = row->seq;
	memcpy(c->cut.mac, mac, sizeof mac);
	c->count++;
	return (ERR_OK);
}

/* Up to where may be deleted? */
static enum err
find_place(struct db *db, struct cutting *c)
{
	enum err e;

	if ((e = audit_keep_find(db, c->master, &c->days)) != ERR_OK || c->days == 0)
		return (e);
	c->before = clock_ms() - c->days * DAY_MS;
	if ((e = audit_find_cut(db, &c->cut)) == ERR_OK && !audit_cut_ok(c->master, &c->cut))
		return (ERR_CRYPTO);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return (e);
	e = audit_each(db, INT64_MIN, CUT_MAX, c->arena, take_row, c);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

static enum err
note(struct tx *tx, struct cutting *c)
{
	static const struct audit_actor who = { .kind = "system" };
	struct json details = json_object(c->arena);

	json_add_number(&details, "through_seq", c->cut.through_seq);
	json_add_number(&details, "rows", c->count);
	json_add_number(&details, "keep_days", c->days);
	return (audit_note_as(tx, c->master, &who,
	    &(struct event){ .action = "audit.cut", .object_type = "audit", .details = &details },
	    c->arena));
}

static enum err
run_cut(struct tx *tx, void *arg)
{
	struct cutting *c = arg;
	enum err e;

	if ((e = find_place(tx_db(tx), c)) != ERR_OK || c->count == 0)
		return (e);
	c->cut.cut_at = clock_ms();
	audit_seal_cut(c->master, &c->cut, c->cut.seal);
	if ((e = audit_add_cut(tx, &c->cut)) != ERR_OK ||
	    (e = audit_drop(tx, c->cut.through_seq)) != ERR_OK)
		return (e);
	return (note(tx, c));
}

/* Once a day is enough: each cut adds a row by itself. */
static enum err
is_due(struct db *db, const struct master *m, bool *ret_due)
{
	int64_t days, first, at;
	enum err e;

	*ret_due = false;
	if ((e = audit_keep_find(db, m, &days)) != ERR_OK || days == 0)
		return (e);
	if ((e = audit_first(db, &first)) != ERR_OK || (e = audit_time(db, first, &at)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_OK : e);
	*ret_due = at < clock_ms() - (days + 1) * DAY_MS;
	return (ERR_OK);
}

enum err
audit_keep_cut(struct store *s, const struct master *m, int64_t *ret_count)
{
	struct cutting c = { .master = m };
	struct db *db;
	bool due;
	enum err e;

	*ret_count = 0;
	if ((e = store_read(s, &db)) != ERR_OK)
		return (e);
	e = is_due(db, m, &due);
	store_read_end(s, db);
	if (e != ERR_OK || !due)
		return (e);
	if ((c.arena = arena_new(ARENA_MAX)) == NULL)
		return (ERR_NOMEM);
	if ((e = store_write(s, run_cut, &c)) == ERR_OK)
		*ret_count = c.count;
	arena_free(c.arena);
	return (e);
}
