/* Rows of the log, a page at a time or all in one stream. */
#include "list.h"

#include <string.h>

#include "access/app.h"
#include "access/audit.h"
#include "access/audit_print.h"
#include "access/subject.h"
#include "filter.h"
#include "http/reply.h"

#define SCRATCH_MAX ((size_t)2 << 20) /* a row and what is made of it on the way */

/* Rows as text, one after the other; what each took on the way is taken back at once. */
struct lines {
	struct arena *out;
	struct arena *scratch;
	char *(*print)(const struct audit_row *row, struct arena *a);
	const char *items[FILTER_LIMIT_MAX];
	size_t count;
	size_t bytes;
	bool failed;
};

static void
add_line(void *arg, const struct audit_row *row)
{
	struct lines *l = arg;
	const char *text = l->print(row, l->scratch);

	if ((text = arena_copy(l->out, text)) == NULL) {
		l->failed = true;
	} else {
		l->bytes += strlen(text);
		l->items[l->count++] = text;
	}
	arena_reset(l->scratch);
}

/* A page of rows; ${ret_next} is what to go on before, 0: nothing. */
static enum err
read_lines(struct req *r, const struct query *q, struct lines *l, int64_t *ret_next)
{
	struct db *db;
	enum err e;

	if ((l->scratch = arena_new(SCRATCH_MAX)) == NULL)
		return (ERR_NOMEM);
	if ((e = store_read(r->app->store, &db)) == ERR_OK) {
		e = audit_find(
		    db, &q->filter, q->before, q->limit, l->scratch, add_line, l, ret_next);
		store_read_end(r->app->store, db);
	}
	arena_free(l->scratch);
	return (e == ERR_OK && l->failed ? ERR_NOMEM : e);
}

/* ${before}, and all lines with ${between} between them; NULL without memory. */
static char *
join(const struct lines *l, const char *before, const char *between)
{
	const size_t len = strlen(between);
	char *text = arena_alloc(l->out, strlen(before) + l->bytes + l->count * len + 1), *p = text;
	size_t i;

	if (text == NULL)
		return (NULL);
	p = stpcpy(p, before);
	for (i = 0; i < l->count; i++) {
		p = stpcpy(p, l->items[i]);
		if (i + 1 < l->count)
			p = stpcpy(p, between);
	}
	return (text);
}

enum err
list_get(struct req *r)
{
	struct lines *l = arena_alloc(r->arena, sizeof *l);
	const char *items, *text;
	struct query q;
	int64_t next = 0;
	enum err e;

	if (l == NULL)
		return (ERR_NOMEM);
	l->out = r->arena;
	l->print = audit_print_json;
	if ((e = filter_read(r, true, &q)) != ERR_OK || (e = read_lines(r, &q, l, &next)) != ERR_OK)
		return (e);
	if ((items = join(l, "", ",")) == NULL)
		return (ERR_NOMEM);
	text = next == 0 ? arena_print(r->arena, "{\"items\":[%s],\"next\":null}", items)
	                 : arena_print(r->arena, "{\"items\":[%s],\"next\":\"%lld\"}", items,
	                       (long long)next);
	return (reply_text(r, 200, "application/json", text));
}

enum err
list_get_one(struct req *r)
{
	struct audit_row row;
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = audit_get_id(db, r->id, r->arena, &row);
	store_read_end(r->app->store, db);
	if (e != ERR_OK)
		return (e);
	return (reply_text(r, 200, "application/json", audit_print_json(&row, r->arena)));
}

/* Where an export is. */
struct export
{
	struct query query;
	bool begun;
	bool ended;
};

static enum err
note(struct tx *tx, void *arg)
{
	struct req *r = arg;
	const struct export *x = r->stream_state;
	struct json details = json_object(r->arena);
	enum err e;

	if ((e = subject_recheck(tx, r)) != ERR_OK)
		return (e);
	json_add_text(&details, "format", x->query.csv ? "csv" : "ndjson");
	json_add_text(&details, "filters", x->query.names);
	return (audit_note(tx, r,
	    &(struct event){
	        .action = "audit.exported", .object_type = "audit", .details = &details }));
}

/* Before the first part: the answer may still be another. */
static enum err
begin(struct req *r, const struct export *x)
{
	enum err e;

	if ((e = store_write(r->app->store, note, r)) != ERR_OK)
		return (e);
	return (reply_header(r, "Content-Disposition",
	    x->query.csv ? "attachment; filename=\"audit.csv\""
	                 : "attachment; filename=\"audit.ndjson\""));
}

static char *
print_line(const struct audit_row *row, struct arena *a)
{
	char *text = audit_print_json(row, a);

	return (text == NULL ? NULL : arena_print(a, "%s\n", text));
}

/* The next page that has rows, or the end. Each page is a read of its own: the client may be slow,
 * and rows that were added since are newer than where it is. Who may no longer see them gets none,
 * and no end either. */
static enum err
export_part(struct req *r, struct arena *part, const char **ret_bytes, size_t *ret_len)
{
	struct export *x = r->stream_state;
	const char *before = "";
	struct lines *l;
	int64_t next;
	enum err e;

	*ret_len = 0;
	if (!x->begun && (e = begin(r, x)) != ERR_OK)
		return (e);
	if (!x->begun && x->query.csv && (before = audit_print_titles(part)) == NULL)
		return (ERR_NOMEM);
	x->begun = true;
	if ((l = arena_alloc(part, sizeof *l)) == NULL)
		return (ERR_NOMEM);
	l->out = part;
	l->print = x->query.csv ? audit_print_csv : print_line;
	while (!x->ended && l->count == 0) {
		if ((e = subject_check_still(r)) != ERR_OK ||
		    (e = read_lines(r, &x->query, l, &next)) != ERR_OK)
			return (e);
		x->ended = next == 0;
		x->query.before = next;
	}
	if ((*ret_bytes = join(l, before, "")) == NULL)
		return (ERR_NOMEM);
	*ret_len = strlen(*ret_bytes);
	return (ERR_OK);
}

enum err
list_export(struct req *r)
{
	struct export *x = arena_alloc(r->arena, sizeof *x);
	enum err e;

	if (x == NULL)
		return (ERR_NOMEM);
	if ((e = filter_read(r, false, &x->query)) != ERR_OK)
		return (e);
	x->query.limit = FILTER_LIMIT_MAX;
	reply_stream(r, 200, x->query.csv ? "text/csv; charset=utf-8" : "application/x-ndjson",
	    export_part, x);
	return (ERR_OK);
}
