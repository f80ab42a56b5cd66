/* Rate limit policies: how many requests in how long, counted by what. */
#include "policies.h"

#include <string.h>

#include "access/app.h"
#include "access/audit.h"
#include "access/quota_words.h"
#include "access/right.h"
#include "access/subject.h"
#include "base/clock.h"
#include "base/id.h"
#include "http/input.h"
#include "http/reply.h"

#define PAGE_MAX 100

/* What one of the transactions here needs. */
struct change {
	struct req *req;
	enum err (*how)(struct tx *tx, struct change *c);
	const char *name, *scope, *description; /* NULL: as it is */
	int64_t limit_count, window_sec;        /* 0: as it is */
	struct limit_policy policy;             /* that the path names, as it was; or the new one */
	char new_id[ID_SIZE];
};

static void
add_policy(struct json *j, const struct limit_policy *p)
{

	json_add_text(j, "id", p->id);
	json_add_text(j, "name", p->name);
	json_add_text(j, "scope", limit_policy_scope_name(p->scope));
	json_add_number(j, "limit_count", p->limit_count);
	json_add_number(j, "window_sec", p->window_sec);
	json_add_text(j, "description", p->description);
	json_add_time(j, "created_at", p->created_at);
}

struct listing {
	struct req *req;
	struct json *json;
	struct cJSON *items;
	size_t count;
	const char *last;
	bool more;
};

static void
list_one(void *arg, const struct limit_policy *policy)
{
	struct listing *l = arg;
	struct json item;

	if ((l->more = l->count == PAGE_MAX))
		return;
	l->count++;
	l->last = policy->name;
	item = json_object(l->req->arena);
	add_policy(&item, policy);
	json_append(l->json, l->items, &item);
}

enum err
policies_list(struct req *r)
{
	struct json j = json_object(r->arena);
	struct listing l = { .req = r, .json = &j, .items = json_add_array(&j, "items") };
	const char *after = req_query(r, "after");
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = limit_policy_list(db, after == NULL ? "" : after, PAGE_MAX + 1, r->arena, list_one, &l);
	store_read_end(r->app->store, db);
	if (e != ERR_OK)
		return (e);
	json_add_text(&j, "next", l.more ? l.last : NULL);
	return (reply_json(r, 200, &j));
}

static enum err
reply_policy(struct req *r, int status, const char *id)
{
	struct json j = json_object(r->arena);
	struct limit_policy policy;
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = limit_policy_find(db, id, r->arena, &policy);
	store_read_end(r->app->store, db);
	if (e != ERR_OK)
		return (e);
	add_policy(&j, &policy);
	return (reply_json(r, status, &j));
}

enum err
policies_get(struct req *r)
{

	return (reply_policy(r, 200, r->id));
}

static enum err
run_change(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct req *r = c->req;
	enum err e;

	if ((e = subject_recheck(tx, r)) != ERR_OK)
		return (e);
	if (r->id != NULL &&
	    (e = limit_policy_find(tx_db(tx), r->id, r->arena, &c->policy)) != ERR_OK)
		return (e);
	return (c->how(tx, c));
}

static enum err
change(struct req *r, struct change *c, enum err (*how)(struct tx *tx, struct change *c))
{

	c->req = r;
	c->how = how;
	return (store_write(r->app->store, run_change, c));
}

static enum err
note(struct tx *tx, struct change *c, const char *action)
{
	struct json details = json_object(c->req->arena);
	const struct event ev = { .action = action,
		.object_type = "limit",
		.object_id = c->policy.id,
		.details = &details };

	json_add_text(&details, "name", c->policy.name);
	json_add_text(&details, "scope", limit_policy_scope_name(c->policy.scope));
	json_add_number(&details, "limit_count", c->policy.limit_count);
	json_add_number(&details, "window_sec", c->policy.window_sec);
	return (audit_note(tx, c->req, &ev));
}

/* What any policy must be. */
static enum err
check(struct req *r, const struct limit_policy *p)
{

	if (!right_role_ok(p->name))
		return (req_field_error(r, "name",
		    "must have 2 to 64 small letters, digits, '.', '_' or '-', a letter first"));
	if (!quota_words_rate_ok(p->limit_count, p->window_sec))
		return (req_field_error(r, "limit_count", "must be at most 25600 a second"));
	return (ERR_OK);
}

static enum err
write_new(struct tx *tx, struct change *c)
{
	enum err e;

	if ((e = limit_policy_add(tx, &c->policy)) == ERR_TOO_LARGE)
		return (req_field_error(
		    c->req, "name", "is one too many: there are 256 policies already"));
	return (e != ERR_OK ? e : note(tx, c, "limit.created"));
}

enum err
policies_add(struct req *r)
{
	static const struct field fields[] = {
		{ "name", FIELD_TEXT, offsetof(struct change, name), 1, 64, 0 },
		{ "scope", FIELD_TEXT, offsetof(struct change, scope), 1, 64, 0 },
		{ "limit_count", FIELD_NUMBER, offsetof(struct change, limit_count), 1,
		    QUOTA_COUNT_MAX, 0 },
		{ "window_sec", FIELD_NUMBER, offsetof(struct change, window_sec), 1,
		    QUOTA_WINDOW_MAX, 0 },
		{ "description", FIELD_TEXT, offsetof(struct change, description), 0, 500,
		    FIELD_OPTIONAL },
	};
	struct change c = { .name = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &c)) != ERR_OK)
		return (e);
	id_new(c.new_id);
	c.policy = (struct limit_policy){ .id = c.new_id,
		.name = c.name,
		.limit_count = c.limit_count,
		.window_sec = c.window_sec,
		.description = c.description == NULL ? "" : c.description,
		.created_at = clock_ms() };
	if (!limit_policy_scope_find(c.scope, &c.policy.scope))
		return (req_field_error(r, "scope", "must be user, org, key, network or route"));
	if ((e = check(r, &c.policy)) != ERR_OK)
		return (e);
	if ((e = change(r, &c, write_new)) == ERR_TAKEN)
		req_field_error(r, "name", "is another policy's");
	return (e != ERR_OK ? e : reply_policy(r, 201, c.new_id));
}

static enum err
write_set(struct tx *tx, struct change *c)
{
	enum err e;

	if (c->name != NULL)
		c->policy.name = c->name;
	if (c->limit_count != 0)
		c->policy.limit_count = c->limit_count;
	if (c->window_sec != 0)
		c->policy.window_sec = c->window_sec;
	if (c->description != NULL)
		c->policy.description = c->description;
	if ((e = check(c->req, &c->policy)) != ERR_OK ||
	    (e = limit_policy_set(tx, &c->policy)) != ERR_OK)
		return (e);
	return (note(tx, c, "limit.updated"));
}

enum err
policies_set(struct req *r)
{
	static const struct field fields[] = {
		{ "name", FIELD_TEXT, offsetof(struct change, name), 1, 64, FIELD_OPTIONAL },
		{ "limit_count", FIELD_NUMBER, offsetof(struct change, limit_count), 1,
		    QUOTA_COUNT_MAX, FIELD_OPTIONAL },
		{ "window_sec", FIELD_NUMBER, offsetof(struct change, window_sec), 1,
		    QUOTA_WINDOW_MAX, FIELD_OPTIONAL },
		{ "description", FIELD_TEXT, offsetof(struct change, description), 0, 500,
		    FIELD_OPTIONAL },
	};
	struct change c = { .name = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &c)) != ERR_OK)
		return (e);
	if ((e = change(r, &c, write_set)) == ERR_TAKEN)
		req_field_error(r, "name", "is another policy's");
	return (e != ERR_OK ? e : reply_policy(r, 200, r->id));
}

static enum err
write_drop(struct tx *tx, struct change *c)
{
	enum err e;

	if ((e = limit_policy_drop(tx, c->policy.id)) != ERR_OK)
		return (e);
	return (note(tx, c, "limit.deleted"));
}

enum err
policies_drop(struct req *r)
{
	struct change c = { .name = NULL };
	enum err e;

	if ((e = change(r, &c, write_drop)) != ERR_OK)
		return (e);
	return (reply_none(r));
}
