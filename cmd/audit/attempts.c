/* Who tried to sign in. */
#include "attempts.h"

#include <string.h>

#include "access/app.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "http/form.h"
#include "http/reply.h"
#include "store/attempt.h"

#define LIMIT_USUAL 50
#define LIMIT_MAX 200
#define ROWS_MAX 800 /* looked at in one request: some 400 bytes of its arena each */

struct asked {
	struct attempt_filter filter;
	int64_t limit;
	int64_t before;
	const char *before_id;
};

/* "MS.ID", as we gave it. */
static bool
parse_place(struct req *r, const char *text, struct asked *in)
{
	const char *dot = strchr(text, '.');
	const char *digits;

	if (dot == NULL || !id_ok(dot + 1) ||
	    (digits = arena_copy_len(r->arena, text, (size_t)(dot - text))) == NULL)
		return (false);
	in->before_id = dot + 1;
	return (text_number(digits, 0, INT64_MAX, &in->before));
}

static enum err
take(struct req *r, struct asked *in, const char *name, const char *value, int64_t *to)
{

	if (strcmp(name, "user") == 0) {
		in->filter.user_id = value;
		return (
		    id_ok(value) ? ERR_OK : req_field_error(r, name, "must be the id of a user"));
	}
	if (strcmp(name, "success") == 0) {
		in->filter.success = strcmp(value, "true") == 0 ? "1" : "0";
		return (strcmp(value, "true") == 0 || strcmp(value, "false") == 0
		            ? ERR_OK
		            : req_field_error(r, name, "must be true or false"));
	}
	if (strcmp(name, "ip_address") == 0) {
		in->filter.ip_address = value;
		return (value[0] != '\0' && strlen(value) <= 64
		            ? ERR_OK
		            : req_field_error(r, name, "must have 1 to 64 bytes"));
	}
	if (strcmp(name, "from") == 0 || strcmp(name, "to") == 0)
		return (
		    clock_parse(value, name[0] == 'f' ? &in->filter.from : to)
		        ? ERR_OK
		        : req_field_error(r, name, "must be a time such as 2027-01-31T12:00:00Z"));
	if (strcmp(name, "limit") == 0)
		return (text_number(value, 1, LIMIT_MAX, &in->limit)
		            ? ERR_OK
		            : req_field_error(r, name, "must be a number from 1 to 200"));
	if (strcmp(name, "after") == 0)
		return (parse_place(r, value, in)
		            ? ERR_OK
		            : req_field_error(r, name, "must be the \"next\" of the page before"));
	return (req_field_error(
	    r, arena_copy_len(r->arena, name, text_cut(name, 64)), "is not known here"));
}

static enum err
read_query(struct req *r, struct asked *in)
{
	struct form *form = arena_alloc(r->arena, sizeof *form);
	int64_t to = INT64_MAX;
	enum err e = ERR_OK, one;
	bool repeated;
	size_t i;

	in->limit = LIMIT_USUAL;
	in->before = INT64_MAX;
	in->before_id = "";
	if (form == NULL)
		return (ERR_NOMEM);
	if (r->query == NULL)
		return (ERR_OK);
	if (form_parse(r->query, strlen(r->query), r->arena, form) != ERR_OK)
		return (req_fail(r, ERR_BAD_REQUEST, "the query is malformed"));
	for (i = 0; i < form->count; i++) {
		if (form_get(form, form->pairs[i].name, &repeated) != form->pairs[i].value)
			one = req_field_error(r, form->pairs[i].name, "is there twice");
		else
			one = take(r, in, form->pairs[i].name, form->pairs[i].value, &to);
		e = one == ERR_OK ? e : one;
	}
	if (e == ERR_OK && to <= in->filter.from)
		return (req_field_error(r, "to", "must be after from"));
	if (to < in->before) {
		in->before = to;
		in->before_id = "";
	}
	return (e);
}

struct listing {
	struct req *req;
	struct json json;
	struct cJSON *items;
};

static void
list_one(void *arg, const struct attempt_row *attempt)
{
	struct listing *l = arg;
	struct json item = json_object(l->req->arena);

	json_add_text(&item, "id", attempt->id);
	json_add_text(&item, "user_id", attempt->user_id);
	json_add_time(&item, "attempted_at", attempt->attempted_at);
	json_add_bool(&item, "success", attempt->success);
	json_add_text(&item, "ip_address", attempt->ip_address);
	json_add_text(&item, "user_agent", attempt->user_agent);
	json_append(&l->json, l->items, &item);
}

enum err
attempts_list(struct req *r)
{
	struct listing l = { .req = r, .json = json_object(r->arena) };
	struct attempt_row last = { .id = NULL };
	struct asked in = { .limit = 0 };
	struct db *db;
	enum err e;

	if ((e = read_query(r, &in)) != ERR_OK)
		return (e);
	l.items = json_add_array(&l.json, "items");
	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = attempt_list(db, &in.filter, in.before, in.before_id, ROWS_MAX, in.limit, r->arena,
	    list_one, &l, &last);
	store_read_end(r->app->store, db);
	if (e != ERR_OK)
		return (e);
	json_add_text(&l.json, "next",
	    last.id == NULL
	        ? NULL
	        : arena_print(r->arena, "%lld.%s", (long long)last.attempted_at, last.id));
	return (reply_json(r, 200, &l.json));
}
