/* Is the log what was written? And what can be kept elsewhere to find out later. */
#include "verify.h"

#include <string.h>

#include "access/app.h"
#include "access/audit_verify.h"
#include "base/clock.h"
#include "base/text.h"
#include "http/form.h"
#include "http/reply.h"

#define ROWS_USUAL 10000 /* some 100 ms */
#define ROWS_MAX 50000
#define FINDINGS_MAX 100

struct asked {
	int64_t after;
	int64_t limit;
	const char *head; /* NULL: none */
	struct audit_kept kept;
};

struct answer {
	struct req *req;
	struct json json;
	struct cJSON *findings;
	size_t count;
};

static enum err
take(struct req *r, struct asked *in, const char *name, const char *value)
{
	enum err e;

	if (strcmp(name, "limit") == 0)
		return (text_number(value, 1, ROWS_MAX, &in->limit)
		            ? ERR_OK
		            : req_field_error(r, name, "must be a number from 1 to 50000"));
	if (strcmp(name, "after") == 0)
		return (
		    text_number(value, 0, INT64_MAX - 1, &in->after)
		        ? ERR_OK
		        : req_field_error(r, name, "must be the \"next\" of the answer before"));
	if (strcmp(name, "head") != 0)
		return (req_field_error(
		    r, arena_copy_len(r->arena, name, text_cut(name, 64)), "is not known here"));
	in->head = value;
	if ((e = audit_head_parse(r->app->master, value, &in->kept)) == ERR_SYNTAX)
		return (req_field_error(r, name, "must be a token of GET /audit/head"));
	return (e == ERR_CRYPTO ? req_field_error(r, name, "is forged, or another site's") : e);
}

static enum err
read_query(struct req *r, struct asked *in)
{
	struct form *form = arena_alloc(r->arena, sizeof *form);
	enum err e = ERR_OK;
	bool repeated;
	size_t i;

	in->limit = ROWS_USUAL;
	if (form == NULL)
		return (ERR_NOMEM);
	if (r->query == NULL)
		return (ERR_OK);
	if (form_parse(r->query, strlen(r->query), r->arena, form) != ERR_OK)
		return (req_fail(r, ERR_BAD_REQUEST, "the query is malformed"));
	for (i = 0; i < form->count && e == ERR_OK; i++) {
		if (form_get(form, form->pairs[i].name, &repeated) != form->pairs[i].value)
			return (req_field_error(r, form->pairs[i].name, "is there twice"));
		e = take(r, in, form->pairs[i].name, form->pairs[i].value);
	}
	return (e);
}

static void
add_finding(void *arg, const struct audit_finding *f)
{
	struct answer *answer = arg;
	struct arena *a = answer->req->arena;
	struct json item;

	if (answer->count++ >= FINDINGS_MAX)
		return;
	item = json_object(a);
	json_add_text(&item, "what", f->what);
	/* Not as a number of JSON's, which is a double: the strange ones are large. */
	json_add_raw(
	    &item, "seq", f->seq == 0 ? "null" : arena_print(a, "%lld", (long long)f->seq));
	json_add_text(
	    &item, "id", f->id == NULL || text_utf8_ok(f->id, strlen(f->id)) ? f->id : NULL);
	json_add_text(&item, "detail", f->detail);
	json_append(&answer->json, answer->findings, &item);
}

static enum err
check_head(struct audit_verify *v, const struct asked *in, struct json *j)
{
	bool comparable;
	enum err e;

	if (in->head == NULL)
		return (ERR_OK);
	if ((e = audit_verify_kept(v, &in->kept, &comparable)) == ERR_OK)
		json_add_bool(j, "head_comparable", comparable);
	return (e);
}

enum err
verify_get(struct req *r)
{
	struct asked in = { .after = 0 };
	struct answer answer = { .req = r, .json = json_object(r->arena) };
	struct audit_verify v = { .store = r->app->store,
		.master = r->app->master,
		.found = add_finding,
		.arg = &answer };
	struct json *j = &answer.json;
	enum err e;

	if ((e = read_query(r, &in)) != ERR_OK)
		return (e);
	answer.findings = json_add_array(j, "findings");
	if ((e = audit_verify_begin(&v, in.after)) == ERR_OK &&
	    (e = audit_verify_go(&v, in.limit)) == ERR_OK)
		e = check_head(&v, &in, j);
	audit_verify_end(&v);
	if (e != ERR_OK)
		return (e);
	json_add_bool(j, "ok", answer.count == 0);
	json_add_number(j, "count", (int64_t)answer.count);
	json_add_number(j, "rows", v.rows);
	json_add_number(j, "through", v.through);
	json_add_text(
	    j, "next", v.at_end ? NULL : arena_print(r->arena, "%lld", (long long)v.through));
	return (reply_json(r, 200, j));
}

enum err
verify_get_head(struct req *r)
{
	char hex[2 * AUDIT_MAC_LEN + 1];
	struct json j = json_object(r->arena);
	struct audit_kept kept;
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = audit_head_take(db, r->app->master, clock_ms(), &kept);
	store_read_end(r->app->store, db);
	if (e == ERR_CRYPTO)
		return (req_fail(r, e, "the end of the log is not as it was left: verify it"));
	if (e != ERR_OK)
		return (e);
	audit_head_hex(kept.mac, hex);
	json_add_number(&j, "seq", kept.seq);
	json_add_text(&j, "mac", hex);
	json_add_time(&j, "taken_at", kept.taken_at);
	json_add_text(&j, "token", audit_head_print(r->app->master, &kept, r->arena));
	return (reply_json(r, 200, &j));
}
