/* Looking into the audit log: each thing that is asked for is a stream of row numbers, downwards,
 * out of an index of its own; the rows are where all streams meet. */
#include "access/audit_find.h"

#include <string.h>

#include "base/text.h"

#define STREAMS_MAX (AUDIT_BY_WORD + AUDIT_WORDS_MAX)
#define BYTES_MAX ((size_t)256 << 10) /* a page; the arena of a request has 1 MiB */

/*
 * Costs, in steps through an index (some 0.3 µs). Whatever is asked for ends after WORK_MAX of
 * them; each of six words may have to be looked up once more before the first step down is made,
 * which makes every page get somewhere.
 */
#define COST_SEEK 6         /* into a tree */
#define COST_SEEK_WORD 2500 /* into the index of words, where the word is in every row */
#define COST_ROW 30
#define WORK_MAX 16000

struct stream {
	unsigned int by;
	const char *value;
	struct stmt *stmt; /* NULL: not opened yet */
	int64_t at;        /* where it is */
};

struct search {
	struct db *db;
	const struct audit_filter *filter;
	struct stream streams[STREAMS_MAX];
	size_t count;
	int64_t x;      /* all rows above are done */
	int64_t lowest; /* no row below is wanted */
	int64_t work;
	size_t bytes;
};

static bool
is_word_byte(unsigned char c)
{

	return ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	        c >= 0x80);
}

static bool
is_known(const char *const *words, size_t count, const char *word)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(words[i], word) == 0)
			return (true);
	return (false);
}

enum err
audit_find_split(
    const char *text, struct arena *a, const char *words[static AUDIT_WORDS_MAX], size_t *ret_count)
{
	size_t len, count = 0;
	char *word;

	while (*text != '\0') {
		for (len = 0; is_word_byte((unsigned char)text[len]); len++)
			continue;
		if (len == 0) {
			text++;
			continue;
		}
		if ((word = arena_copy_len(a, text, len)) == NULL)
			return (ERR_NOMEM);
		text_lower(word);
		text += len;
		if (is_known(words, count, word))
			continue;
		if (count == AUDIT_WORDS_MAX)
			return (ERR_TOO_LARGE);
		words[count++] = word;
	}
	*ret_count = count;
	return (count == 0 ? ERR_SYNTAX : ERR_OK);
}

static void
add_stream(struct search *s, unsigned int by, const char *value)
{

	if (value != NULL || by == AUDIT_BY_NOTHING)
		s->streams[s->count++] = (struct stream){ .by = by, .value = value };
}

/* Those that are likely to be rare come first: the others then are asked for few rows only. */
static void
add_streams(struct search *s, const struct audit_filter *f)
{
	const size_t len = f->action == NULL ? 0 : strlen(f->action);
	size_t i;

	add_stream(s, AUDIT_BY_OBJECT, f->object_id);
	add_stream(s, AUDIT_BY_KEY, f->key_id);
	add_stream(s, AUDIT_BY_BEHALF, f->on_behalf_of);
	add_stream(s, AUDIT_BY_USER, f->user_id);
	add_stream(s, AUDIT_BY_ADDRESS, f->ip_address);
	add_stream(s, AUDIT_BY_ORG, f->org_id);
	add_stream(
	    s, len > 0 && f->action[len - 1] == '.' ? AUDIT_BY_KIND : AUDIT_BY_ACTION, f->action);
	add_stream(s, AUDIT_BY_TYPE, f->object_type);
	for (i = 0; i < f->words_count; i++)
		add_stream(s, AUDIT_BY_WORD + (unsigned int)i, f->words[i]);
	if (s->count == 0)
		add_stream(s, AUDIT_BY_NOTHING, NULL);
}

static enum err
set_bounds(struct search *s, int64_t before)
{
	int64_t last;
	enum err e;

	s->x = before - 1;
	s->lowest = 1;
	if (s->filter->to != 0) {
		if ((e = audit_last_before(s->db, s->filter->to, &last)) != ERR_OK)
			return (e);
		s->x = last < s->x ? last : s->x;
	}
	if (s->filter->from != 0)
		return (audit_first_since(s->db, s->filter->from, &s->lowest));
	return (ERR_OK);
}

/* Step down to ${s}->x or below, as long as that costs less than looking it up would. */
static enum err
step_down(struct search *s, struct stream *st, int64_t patience)
{
	enum err e;

	while (st->at > s->x && patience-- > 0) {
		s->work++;
		if ((e = db_next(st->stmt)) != ERR_OK)
			return (e);
		st->at = db_int(st->stmt, 0);
	}
	return (ERR_OK);
}

/* Bring the stream to its first row at ${s}->x or below. Errors: ERR_NOT_FOUND: there is none. */
static enum err
move(struct search *s, struct stream *st)
{
	const int64_t cost = st->by >= AUDIT_BY_WORD ? COST_SEEK_WORD : COST_SEEK;
	enum err e;

	if (st->stmt != NULL && (e = step_down(s, st, cost)) != ERR_OK)
		return (e);
	if (st->stmt != NULL && st->at <= s->x)
		return (ERR_OK);
	s->work += cost;
	db_end(st->stmt);
	if ((e = audit_seek(s->db, st->by, st->value, s->x, &st->stmt)) != ERR_OK ||
	    (e = db_next(st->stmt)) != ERR_OK)
		return (e);
	st->at = db_int(st->stmt, 0);
	return (ERR_OK);
}

static bool
is_tired(const struct search *s)
{

	return (s->work > WORK_MAX || s->bytes > BYTES_MAX);
}

/* Go down to where all streams meet. False in ${ret_met}: not found yet, and tired. */
static enum err
meet(struct search *s, bool *ret_met)
{
	size_t agreed = 0, i = 0;
	enum err e;

	*ret_met = false;
	while (agreed < s->count) {
		struct stream *st = &s->streams[i];

		if ((e = move(s, st)) != ERR_OK)
			return (e);
		agreed++;
		if (st->at < s->x) {
			s->x = st->at;
			agreed = 1;
			if (s->x < s->lowest)
				return (ERR_NOT_FOUND);
			if (is_tired(s))
				return (ERR_OK);
		}
		i = (i + 1) % s->count;
	}
	*ret_met = true;
	return (ERR_OK);
}

/* Bounds are of rows; their times decide. */
static enum err
check_time(struct search *s, bool *ret_fits)
{
	const struct audit_filter *f = s->filter;
	int64_t at;
	enum err e;

	*ret_fits = true;
	if (f->from == 0 && f->to == 0)
		return (ERR_OK);
	s->work += COST_SEEK;
	if ((e = audit_time(s->db, s->x, &at)) != ERR_OK)
		return (e);
	*ret_fits = at >= f->from && (f->to == 0 || at < f->to);
	return (ERR_OK);
}

static size_t
bytes_of(const struct audit_row *row)
{

	return (
	    512 + strlen(row->details) + (row->user_agent == NULL ? 0 : strlen(row->user_agent)));
}

/* Errors: ERR_NOT_FOUND when there are no more. */
static enum err
collect(struct search *s, int64_t limit, struct arena *a,
    void (*each)(void *arg, const struct audit_row *row), void *arg)
{
	struct audit_row row;
	bool met, fits;
	enum err e;

	for (; s->x >= s->lowest && !is_tired(s); s->x--) {
		if ((e = meet(s, &met)) != ERR_OK)
			return (e);
		if (!met)
			return (ERR_OK);
		if ((e = check_time(s, &fits)) != ERR_OK)
			return (e);
		if (!fits)
			continue;
		if (limit-- == 0)
			return (ERR_OK);
		s->work += COST_ROW;
		if ((e = audit_get(s->db, s->x, a, &row)) != ERR_OK)
			return (e == ERR_NOT_FOUND ? ERR_DB : e);
		s->bytes += bytes_of(&row);
		each(arg, &row);
	}
	return (s->x < s->lowest ? ERR_NOT_FOUND : ERR_OK);
}

enum err
audit_find(struct db *db, const struct audit_filter *f, int64_t before, int64_t limit,
    struct arena *a, void (*each)(void *arg, const struct audit_row *row), void *arg,
    int64_t *ret_next)
{
	struct search s = { .db = db, .filter = f };
	enum err e;
	size_t i;

	add_streams(&s, f);
	if ((e = set_bounds(&s, before)) == ERR_OK)
		e = collect(&s, limit, a, each, arg);
	for (i = 0; i < s.count; i++)
		db_end(s.streams[i].stmt);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return (e);
	*ret_next = e == ERR_OK ? s.x + 1 : 0;
	return (ERR_OK);
}
