/* The waitlist: who asked to be let in. */
#include "store/waitlist.h"

#include <string.h>

#define COLUMNS \
	"id, email, name, note, locale, state, placed_at, created_at, coalesce(invited_at, 0), " \
	"user_id"

static const char *const state_names[WAITLIST_STATES] = {
	[WAITLIST_UNCONFIRMED] = "unconfirmed",
	[WAITLIST_WAITING] = "waiting",
	[WAITLIST_INVITED] = "invited",
	[WAITLIST_REFUSED] = "refused",
	[WAITLIST_JOINED] = "joined",
};

const char *
waitlist_state_name(enum waitlist_state state)
{

	return (state_names[state]);
}

bool
waitlist_state_find(const char *name, enum waitlist_state *ret_state)
{
	size_t i;

	for (i = 0; i < COUNT(state_names); i++) {
		if (strcmp(state_names[i], name) != 0)
			continue;
		*ret_state = (enum waitlist_state)i;
		return (true);
	}
	return (false);
}

static enum err
take_row(struct stmt *stmt, struct arena *a, struct waiter *ret_waiter)
{
	const char *state = db_text(stmt, 5, a);
	struct waiter w = {
		.id = db_text(stmt, 0, a),
		.email = db_text(stmt, 1, a),
		.name = db_text(stmt, 2, a),
		.note = db_text(stmt, 3, a),
		.locale = db_text(stmt, 4, a),
		.placed_at = db_int(stmt, 6),
		.created_at = db_int(stmt, 7),
		.invited_at = db_int(stmt, 8),
		.user_id = db_text(stmt, 9, a),
	};

	if (state == NULL || w.id == NULL || w.email == NULL || w.name == NULL || w.note == NULL ||
	    (w.locale == NULL && !db_is_null(stmt, 4)) ||
	    (w.user_id == NULL && !db_is_null(stmt, 9)))
		return (ERR_NOMEM);
	if (!waitlist_state_find(state, &w.state))
		return (ERR_DB);
	*ret_waiter = w;
	return (ERR_OK);
}

static enum err
find(struct db *db, const char *sql, const char *key, struct arena *a, struct waiter *ret_waiter)
{
	const struct db_arg args[] = { DB_TEXT(key) };
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, sql, args, COUNT(args), &stmt)) != ERR_OK)
		return (e);
	if ((e = db_next(stmt)) == ERR_OK)
		e = take_row(stmt, a, ret_waiter);
	db_end(stmt);
	return (e);
}

enum err
waitlist_add(struct tx *tx, const struct waiter *w)
{
	static const char sql[] =
	    "INSERT INTO waitlist (id, email, name, note, locale, state, placed_at, created_at) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
	const struct db_arg args[] = { DB_TEXT(w->id), DB_TEXT(w->email), DB_TEXT(w->name),
		DB_TEXT(w->note), DB_TEXT(w->locale), DB_TEXT(state_names[w->state]),
		DB_INT(w->placed_at), DB_INT(w->created_at) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

enum err
waitlist_find(struct db *db, const char *id, struct arena *a, struct waiter *ret_waiter)
{
	static const char sql[] = "SELECT " COLUMNS " FROM waitlist WHERE id = ?1";

	return (find(db, sql, id, a, ret_waiter));
}

enum err
waitlist_find_email(struct db *db, const char *email, struct arena *a, struct waiter *ret_waiter)
{
	static const char sql[] = "SELECT " COLUMNS " FROM waitlist WHERE email = ?1";

	return (find(db, sql, email, a, ret_waiter));
}

enum err
waitlist_list(struct db *db, enum waitlist_state state, int64_t after_at, const char *after_id,
    int64_t limit, struct arena *a, void (*each)(void *arg, const struct waiter *w), void *arg)
{
	static const char all[] =
	    "SELECT " COLUMNS " FROM waitlist "
	    "WHERE (placed_at, id) > (?1, ?2) ORDER BY placed_at, id LIMIT ?3";
	static const char some[] =
	    "SELECT " COLUMNS " FROM waitlist WHERE state = ?4 AND (placed_at, id) > (?1, ?2) "
	    "ORDER BY placed_at, id LIMIT ?3";
	const bool any = state == WAITLIST_STATES;
	const struct db_arg args[] = { DB_INT(after_at), DB_TEXT(after_id), DB_INT(limit),
		DB_TEXT(any ? NULL : state_names[state]) };
	struct waiter w;
	struct stmt *stmt;
	enum err e;

	if ((e = db_query(db, any ? all : some, args, any ? 3 : 4, &stmt)) != ERR_OK)
		return (e);
	while ((e = db_next(stmt)) == ERR_OK && (e = take_row(stmt, a, &w)) == ERR_OK)
		each(arg, &w);
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
waitlist_position(struct db *db, const struct waiter *w, int64_t *ret_position)
{
	static const char sql[] = "SELECT count(*) FROM waitlist WHERE state = 'waiting' AND "
	                          "(placed_at, id) <= (?1, ?2)";
	const struct db_arg args[] = { DB_INT(w->placed_at), DB_TEXT(w->id) };

	return (db_number(db, sql, args, COUNT(args), 0, ret_position));
}

enum err
waitlist_set(struct tx *tx, const struct waiter *w)
{
	static const char sql[] =
	    "UPDATE waitlist SET name = ?2, note = ?3, locale = ?4, state = ?5, placed_at = ?6, "
	    "invited_at = nullif(?7, 0), user_id = ?8 WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(w->id), DB_TEXT(w->name), DB_TEXT(w->note),
		DB_TEXT(w->locale), DB_TEXT(state_names[w->state]), DB_INT(w->placed_at),
		DB_INT(w->invited_at), DB_TEXT(w->user_id) };

	return (db_change(tx_db(tx), sql, args, COUNT(args)));
}

enum err
waitlist_settle(struct tx *tx)
{
	static const char sql[] =
	    "UPDATE waitlist SET state = 'joined', "
	    "user_id = (SELECT id FROM users WHERE email_key = waitlist.email) "
	    "WHERE state IN ('waiting', 'invited') "
	    "AND EXISTS (SELECT 1 FROM users WHERE email_key = waitlist.email)";

	return (db_run(tx_db(tx), sql, NULL, 0, NULL));
}

enum err
waitlist_drop(struct tx *tx, const char *id)
{
	static const char sql[] = "DELETE FROM waitlist WHERE id = ?1";
	const struct db_arg args[] = { DB_TEXT(id) };

	return (db_change(tx_db(tx), sql, args, COUNT(args)));
}

enum err
waitlist_purge(struct tx *tx, int64_t before, int64_t limit, int64_t *ret_count)
{
	static const char sql[] = "DELETE FROM waitlist WHERE id IN (SELECT id FROM waitlist "
	                          "WHERE state = 'unconfirmed' AND placed_at < ?1 "
	                          "ORDER BY placed_at LIMIT ?2)";
	const struct db_arg args[] = { DB_INT(before), DB_INT(limit) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), ret_count));
}
