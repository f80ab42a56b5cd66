/* Lists of users: each a walk along an index, whatever is asked for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/user.h"

#define BATCH 64         /* users of one list looked at before one leaps in the other */
#define LOOKS_MAX 640    /* users looked at for one page, at some 3 us each */
#define FEW_MAX 150      /* users of a filter that are read rather than searched for */
#define FIRST_ID ""      /* before any */
#define LAST_ID "g"      /* after any */
#define LAST_TEXT "\x7f" /* after any address or username, which are ASCII */
#define ALL_STATES 0xffU /* of enabled, locked and confirmed, a bit each: see mask_of() */

/*
 * One branch for each of the eight states, each along the same index; SQLite merges them without
 * sorting, and ends when it has enough. ?1 has a bit for each state that is wanted, ?2 and ?3 are
 * the key and the id to go on from, ?4 is how many.
 */
#define BRANCH(enabled, locked, confirmed, bit, what, where) \
	"SELECT " what " FROM users WHERE enabled = " #enabled " AND locked = " #locked \
	" AND email_confirmed = " #confirmed " AND (?1 & " #bit ") AND " where
#define MERGED(what, where, order) \
	BRANCH(0, 0, 0, 1, what, where) \
	" UNION ALL " BRANCH(1, 0, 0, 2, what, where) " UNION ALL " BRANCH(0, 1, 0, 4, what, \
	    where) " UNION ALL " BRANCH(1, 1, 0, 8, what, where) " UNION ALL " BRANCH(0, 0, 1, 16, \
	    what, where) " UNION ALL " BRANCH(1, 0, 1, 32, what, where) " UNION ALL " BRANCH(0, 1, \
	    1, 64, what, where) " UNION ALL " BRANCH(1, 1, 1, 128, what, where) " ORDER BY " order \
	                                                                        " LIMIT ?4"

static const char *const merged_sql[][2] = {
	[USER_ORDER_CREATED] = {
		MERGED("'', id", "id > ?3", "2"),
		MERGED("'', id", "id < ?3", "2 DESC"),
	},
	[USER_ORDER_EMAIL] = {
		MERGED("email_key, id", "(email_key, id) > (?2, ?3)", "1, 2"),
		MERGED("email_key, id", "(email_key, id) < (?2, ?3)", "1 DESC, 2 DESC"),
	},
	[USER_ORDER_USERNAME] = {
		MERGED("username_place, id", "(username_place, id) > (?2, ?3)", "1, 2"),
		MERGED("username_place, id", "(username_place, id) < (?2, ?3)", "1 DESC, 2 DESC"),
	},
	[USER_ORDER_ACTIVE] = {
		MERGED("active_place, id", "(active_place, id) > (?2, ?3)", "1, 2"),
		MERGED("active_place, id", "(active_place, id) < (?2, ?3)", "1 DESC, 2 DESC"),
	},
};

/* Who holds the role ?1. */
static const char *const role_sql[] = {
	"SELECT '', user_id FROM user_roles WHERE role_id = ?1 AND user_id > ?2 "
	"AND (expires_at IS NULL OR expires_at > ?3) ORDER BY user_id LIMIT ?4",
	"SELECT '', user_id FROM user_roles WHERE role_id = ?1 AND user_id < ?2 "
	"AND (expires_at IS NULL OR expires_at > ?3) ORDER BY user_id DESC LIMIT ?4",
};

/* Whose words match ?1. */
static const char *const words_sql[] = {
	"SELECT '', u.id, w.rowid FROM users_words w JOIN users u ON u.number = w.rowid "
	"WHERE users_words MATCH ?1 AND w.rowid > ?2 ORDER BY w.rowid LIMIT ?3",
	"SELECT '', u.id, w.rowid FROM users_words w JOIN users u ON u.number = w.rowid "
	"WHERE users_words MATCH ?1 AND w.rowid < ?2 ORDER BY w.rowid DESC LIMIT ?3",
};

/* One user: does he hold the role; in which state is he? */
static const char holds_sql[] = "SELECT 1 FROM user_roles WHERE user_id = ?1 AND role_id = ?2 "
                                "AND (expires_at IS NULL OR expires_at > ?3)";
static const char state_sql[] =
    "SELECT 1 << (enabled + 2 * locked + 4 * email_confirmed) FROM users WHERE id = ?1";

/* One user: is the text ?2, as a pattern, in what is searched for? */
static const char text_sql[] =
    "SELECT 1 FROM users WHERE id = ?1 AND (email LIKE ?2 ESCAPE '\\' OR "
    "username LIKE ?2 ESCAPE '\\' OR name LIKE ?2 ESCAPE '\\')";

/* One list being made. */
struct walk {
	struct db *db;
	const struct user_filter *filter;
	struct arena *arena;
	struct user_page *page;
	struct user_place at; /* the last that was looked at */
	size_t limit;
	size_t looks;
	int64_t now;
	unsigned int mask;
	const char *pattern;     /* that each user must fit, too; NULL: whatever */
	struct user_page *batch; /* room for what comes from an index at once */
};

static bool
fits(enum user_wish wish, bool is)
{

	return (wish == USER_EITHER || (wish == USER_YES) == is);
}

/* The states that are wanted: 1 << (enabled + 2 * locked + 4 * confirmed). */
static unsigned int
mask_of(const struct user_filter *f)
{
	unsigned int mask = 0, state;

	for (state = 0; state < 8; state++)
		if (fits(f->enabled, (state & 1) != 0) && fits(f->locked, (state & 2) != 0) &&
		    fits(f->email_confirmed, (state & 4) != 0))
			mask |= 1U << state;
	return (mask);
}

/* Fill ${p} with what ${sql} gives: key, id, and with words the number. */
static enum err
read_places(struct walk *w, const char *sql, const struct db_arg *args, size_t count,
    bool with_number, struct user_page *p)
{
	struct user_place *place;
	struct stmt *stmt;
	enum err e;

	p->count = 0;
	if ((e = db_query(w->db, sql, args, count, &stmt)) != ERR_OK)
		return (e);
	while (p->count < COUNT(p->items) && (e = db_next(stmt)) == ERR_OK) {
		place = &p->items[p->count];
		place->key = db_text(stmt, 0, w->arena);
		place->id = db_text(stmt, 1, w->arena);
		place->number = with_number ? db_int(stmt, 2) : 0;
		if (place->key == NULL || place->id == NULL) {
			e = ERR_NOMEM;
			break;
		}
		p->count++;
	}
	db_end(stmt);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

/* The next ${count} users in one of the wanted states after w->at. */
static enum err
next_in_state(struct walk *w, size_t count, struct user_page *p)
{
	const struct user_filter *f = w->filter;
	const bool numeric = f->order == USER_ORDER_ACTIVE;
	const struct db_arg args[] = {
		DB_INT(w->mask),
		{ .type = numeric ? DB_ARG_INT : DB_ARG_TEXT,
		    .bytes = w->at.key,
		    .number = numeric ? strtoll(w->at.key, NULL, 10) : 0 },
		DB_TEXT(w->at.id),
		DB_INT((int64_t)count),
	};

	return (read_places(w, merged_sql[f->order][f->descending], args, COUNT(args), false, p));
}

static enum err
next_in_role(struct walk *w, size_t count, struct user_page *p)
{
	const struct db_arg args[] = { DB_TEXT(w->filter->role_id), DB_TEXT(w->at.id),
		DB_INT(w->now), DB_INT((int64_t)count) };

	return (read_places(w, role_sql[w->filter->descending], args, COUNT(args), false, p));
}

/* ${text} as a phrase, and the marks of the wanted states.  Source: SQLite FTS5, 3. */
static const char *
print_match(struct walk *w)
{
	const struct user_filter *f = w->filter;
	const struct {
		enum user_wish wish;
		char letter;
	} marks[] = { { f->enabled, 'e' }, { f->locked, 'l' }, { f->email_confirmed, 'c' } };
	const char *from = f->text, *match;
	char *phrase, *to;
	size_t i;

	if ((phrase = to = arena_alloc(w->arena, 2 * strlen(f->text) + 1)) == NULL)
		return (NULL);
	for (; *from != '\0'; *to++ = *from++)
		if (*from == '"')
			*to++ = '"';
	match = arena_print(w->arena, "{email username name} : \"%s\"", phrase);
	for (i = 0; i < COUNT(marks) && match != NULL; i++)
		if (marks[i].wish != USER_EITHER)
			match = arena_print(w->arena, "%s AND {marks} : \"%c:%d\"", match,
			    marks[i].letter, marks[i].wish == USER_YES);
	return (match);
}

static enum err
next_in_words(struct walk *w, size_t count, struct user_page *p)
{
	const struct db_arg args[] = { DB_TEXT(print_match(w)), DB_INT(w->at.number),
		DB_INT((int64_t)count) };

	if (args[0].bytes == NULL)
		return (ERR_NOMEM);
	return (read_places(w, words_sql[w->filter->descending], args, COUNT(args), true, p));
}

static enum err
holds_role(struct walk *w, const char *id, bool *ret_holds)
{
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(w->filter->role_id), DB_INT(w->now) };
	int64_t holds;
	enum err e;

	if ((e = db_number(w->db, holds_sql, args, COUNT(args), 0, &holds)) == ERR_OK)
		*ret_holds = holds != 0;
	return (e);
}

static enum err
is_in_state(struct walk *w, const char *id, bool *ret_is)
{
	const struct db_arg args[] = { DB_TEXT(id) };
	int64_t state;
	enum err e;

	if ((e = db_number(w->db, state_sql, args, COUNT(args), 0, &state)) == ERR_OK)
		*ret_is = (w->mask & (unsigned int)state) != 0;
	return (e);
}

/* Does the user ${id} have the role, and the text, that are asked for? */
static enum err
is_wanted(struct walk *w, const char *id, bool *ret_is)
{
	const struct db_arg args[] = { DB_TEXT(id), DB_TEXT(w->pattern) };
	int64_t has = 1;
	enum err e;

	*ret_is = true;
	if (w->filter->role_id != NULL && ((e = holds_role(w, id, ret_is)) != ERR_OK || !*ret_is))
		return (e);
	if (w->pattern != NULL &&
	    (e = db_number(w->db, text_sql, args, COUNT(args), 0, &has)) != ERR_OK)
		return (e);
	*ret_is = has != 0;
	return (ERR_OK);
}

/* ${place} belongs to the list; false when the page has no room for it. */
static bool
take(struct walk *w, const struct user_place *place)
{

	if (w->page->count == w->limit) {
		w->page->more = true;
		return (false);
	}
	w->page->items[w->page->count++] = *place;
	return (true);
}

/* Take of the batch who is wanted. */
static enum err
take_batch(struct walk *w, bool *ret_full)
{
	bool wanted;
	enum err e;
	size_t i;

	*ret_full = false;
	for (i = 0; i < w->batch->count && !*ret_full; i++) {
		w->looks++;
		if ((e = is_wanted(w, w->batch->items[i].id, &wanted)) != ERR_OK)
			return (e);
		if (wanted && !take(w, &w->batch->items[i]))
			*ret_full = true;
		else
			w->at = w->batch->items[i];
	}
	return (ERR_OK);
}

/* To the next who holds the role: nobody before is in the list. */
static enum err
leap(struct walk *w, bool *ret_end, bool *ret_full)
{
	struct user_place place;
	bool is;
	enum err e;

	if ((e = next_in_role(w, 1, w->batch)) != ERR_OK)
		return (e);
	if ((*ret_end = w->batch->count == 0))
		return (ERR_OK);
	place = w->batch->items[0];
	if ((e = is_in_state(w, place.id, &is)) != ERR_OK ||
	    (is && (e = is_wanted(w, place.id, &is)) != ERR_OK))
		return (e);
	if (is && !take(w, &place))
		*ret_full = true;
	else
		w->at = place;
	return (ERR_OK);
}

/* Batch after batch by ${next}, until the page is full, the list at its end, or enough looked at.
 */
static enum err
walk(struct walk *w, size_t batch,
    enum err (*next)(struct walk *w, size_t count, struct user_page *p), bool leaping)
{
	bool full = false, end = false;
	size_t before;
	enum err e;

	while (!full && !end) {
		before = w->page->count;
		if (w->looks >= LOOKS_MAX) {
			w->page->more = true;
			break;
		}
		if ((e = next(w, batch, w->batch)) != ERR_OK)
			return (e);
		end = w->batch->count < batch;
		if ((e = take_batch(w, &full)) != ERR_OK)
			return (e);
		if (leaping && !end && !full && w->page->count == before &&
		    (e = leap(w, &end, &full)) != ERR_OK)
			return (e);
	}
	return (ERR_OK);
}

/* Where a list begins. */
static struct user_place
beginning(const struct user_filter *f)
{

	if (!f->descending)
		return (
		    (struct user_place){ f->order == USER_ORDER_ACTIVE ? "-1" : "", FIRST_ID, 0 });
	return (
	    (struct user_place){ f->order == USER_ORDER_ACTIVE ? "9223372036854775807" : LAST_TEXT,
	        LAST_ID, INT64_MAX });
}

/* ${text} anywhere, for LIKE; NULL when it is not ASCII, where LIKE and the index of words differ,
 * or there is no memory. */
static const char *
print_pattern(struct walk *w)
{
	const char *from = w->filter->text;
	char *pattern = arena_alloc(w->arena, 2 * strlen(from) + 3), *to = pattern;

	if (pattern == NULL)
		return (NULL);
	for (*to++ = '%'; *from != '\0'; *to++ = *from++) {
		if ((unsigned char)*from > 0x7f)
			return (NULL);
		if (strchr("%_\\", *from) != NULL)
			*to++ = '\\';
	}
	*to = '%';
	return (pattern);
}

/*
 * To look for a text that many have, in a filter that few pass, one would have to look up every
 * word of it for each of the few. Then each of them is read instead, and a place in such a list has
 * no number.
 */
static enum err
choose_rows(struct walk *w, bool begun)
{
	const char *pattern;
	enum err e = ERR_OK;

	if (w->filter->text == NULL || (w->mask == ALL_STATES && w->filter->role_id == NULL) ||
	    (pattern = print_pattern(w)) == NULL)
		return (ERR_OK);
	if (!begun) {
		e = w->filter->role_id != NULL ? next_in_role(w, FEW_MAX + 1, w->batch)
		                               : next_in_state(w, FEW_MAX + 1, w->batch);
		if (e != ERR_OK || w->batch->count > FEW_MAX)
			return (e);
	} else if (w->at.number != 0) {
		return (ERR_OK);
	}
	w->pattern = pattern;
	return (e);
}

enum err
user_list(struct db *db, const struct user_filter *filter, const struct user_place *after,
    int64_t now, size_t limit, struct arena *a, struct user_page *ret_page)
{
	struct walk w = { .db = db,
		.filter = filter,
		.arena = a,
		.page = ret_page,
		.at = after != NULL ? *after : beginning(filter),
		.limit = limit < USER_PAGE_MAX ? limit : USER_PAGE_MAX,
		.now = now,
		.mask = mask_of(filter) };
	enum err e;

	ret_page->count = 0;
	ret_page->more = false;
	if ((w.batch = arena_alloc(a, sizeof *w.batch)) == NULL)
		return (ERR_NOMEM);
	if ((e = choose_rows(&w, after != NULL)) != ERR_OK)
		return (e);
	if (filter->text != NULL && w.pattern == NULL)
		e = walk(&w, filter->role_id != NULL ? BATCH : w.limit + 1, next_in_words, false);
	else if (filter->role_id == NULL)
		e = walk(&w, w.limit + 1, next_in_state, false);
	else if (w.mask != ALL_STATES)
		e = walk(&w, BATCH, next_in_state, true);
	else
		e = walk(&w, w.limit + 1, next_in_role, false);
	ret_page->next = w.at;
	return (e);
}
