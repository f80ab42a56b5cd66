/* Who is on the list, for who may see that; for a browser the page to ask by. */
#include "list.h"

#include <inttypes.h>
#include <string.h>

#include "access/admit.h"
#include "access/app.h"
#include "access/waiting.h"
#include "ask.h"
#include "base/cursor.h"
#include "base/id.h"
#include "base/text.h"
#include "http/form.h"
#include "http/reply.h"

#define PAGE_MAX 100

struct listing {
	struct req *req;
	enum waitlist_state state; /* WAITLIST_STATES: any */
	int64_t limit;
	int64_t after_at;
	const char *after_id;
	struct json *json;
	struct cJSON *items;
	int64_t count;
	int64_t last_at;
	const char *last_id;
	bool more;
};

static enum err
take_after(struct listing *l, const char *value)
{
	const char *parts[2];

	if (!cursor_parse(value, l->req->arena, parts, COUNT(parts)) ||
	    !text_number(parts[0], 0, INT64_MAX, &l->after_at) || !id_ok(parts[1]))
		return (req_field_error(l->req, "after", "is not what a page gave as next"));
	l->after_id = parts[1];
	return (ERR_OK);
}

static enum err
take(struct listing *l, const char *name, const char *value)
{

	if (strcmp(name, "after") == 0)
		return (take_after(l, value));
	if (strcmp(name, "limit") == 0)
		return (text_number(value, 1, PAGE_MAX, &l->limit)
		            ? ERR_OK
		            : req_field_error(l->req, "limit", "must be a number from 1 to 100"));
	if (strcmp(name, "state") == 0)
		return (waitlist_state_find(value, &l->state)
		            ? ERR_OK
		            : req_field_error(l->req, "state",
		                  "must be waiting, invited, refused, joined or unconfirmed"));
	return (req_field_error(l->req, "query", "has a member that is not known here"));
}

/* A filter that is mistyped is not to be a list of everybody. */
static enum err
read_query(struct listing *l)
{
	struct req *r = l->req;
	struct form form;
	bool repeated;
	enum err e;
	size_t i;

	if (r->query == NULL)
		return (ERR_OK);
	if (form_parse(r->query, strlen(r->query), r->arena, &form) != ERR_OK)
		return (req_fail(r, ERR_BAD_REQUEST, "the query is malformed"));
	for (i = 0; i < form.count; i++) {
		if (form_get(&form, form.pairs[i].name, &repeated) != NULL && repeated)
			return (req_field_error(r, form.pairs[i].name, "is there twice"));
		if ((e = take(l, form.pairs[i].name, form.pairs[i].value)) != ERR_OK)
			return (e);
	}
	return (ERR_OK);
}

static void
list_one(void *arg, const struct waiter *w)
{
	struct listing *l = arg;
	struct json item;

	if ((l->more = l->count == l->limit))
		return;
	l->count++;
	l->last_at = w->placed_at;
	l->last_id = w->id;
	item = json_object(l->req->arena);
	waiting_print(&item, w);
	json_append(l->json, l->items, &item);
}

static enum err
print_next(const struct listing *l, const char **ret_next)
{
	struct arena *a = l->req->arena;
	const char *at = arena_print(a, "%" PRId64, l->last_at);

	*ret_next = NULL;
	if (!l->more)
		return (ERR_OK);
	if (at != NULL)
		*ret_next = cursor_print(a, (const char *const[]){ at, l->last_id }, 2);
	return (*ret_next == NULL ? ERR_NOMEM : ERR_OK);
}

static enum err
reply_list(struct req *r)
{
	struct json j = json_object(r->arena);
	struct listing l = { .req = r,
		.state = WAITLIST_STATES,
		.limit = PAGE_MAX,
		.after_id = "",
		.json = &j,
		.items = json_add_array(&j, "items") };
	const char *next;
	struct db *db;
	enum err e;

	if ((e = read_query(&l)) != ERR_OK || (e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = waitlist_list(db, l.state, l.after_at, l.after_id, l.limit + 1, r->arena, list_one, &l);
	store_read_end(r->app->store, db);
	if (e != ERR_OK || (e = print_next(&l, &next)) != ERR_OK)
		return (e);
	json_add_text(&j, "next", next);
	return (reply_json(r, 200, &j));
}

enum err
list_get(struct req *r)
{
	enum err e;

	if (req_accepts(r, "text/html"))
		return (ask_get(r));
	return ((e = admit_holder(r)) == ERR_OK ? reply_list(r) : e);
}
