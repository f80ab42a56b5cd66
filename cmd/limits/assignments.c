/* Which requests a rate limit policy holds for. */
#include "assignments.h"

#include "access/app.h"
#include "access/audit.h"
#include "access/subject.h"
#include "base/clock.h"
#include "base/id.h"
#include "http/reply.h"
#include "target.h"

#define PAGE_MAX 100

struct listing {
	struct req *req;
	struct json *json;
	struct cJSON *items;
	size_t count;
	const char *last;
	bool more;
};

static void
list_one(void *arg, const struct limit_assignment *as)
{
	struct listing *l = arg;
	struct json item;

	if ((l->more = l->count == PAGE_MAX))
		return;
	l->count++;
	l->last = as->id;
	item = json_object(l->req->arena);
	json_add_text(&item, "id", as->id);
	target_add(&item, as->scope, &as->target);
	json_add_bool(&item, "everybody", as->target.who == NULL);
	json_add_time(&item, "created_at", as->created_at);
	json_append(l->json, l->items, &item);
}

enum err
assignments_list(struct req *r)
{
	struct json j = json_object(r->arena);
	struct listing l = { .req = r, .json = &j, .items = json_add_array(&j, "items") };
	const char *after = req_query(r, "after");
	struct limit_policy policy;
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if ((e = limit_policy_find(db, r->id, r->arena, &policy)) == ERR_OK)
		e = limit_policy_assignments(
		    db, r->id, after == NULL ? "" : after, PAGE_MAX + 1, r->arena, list_one, &l);
	store_read_end(r->app->store, db);
	if (e != ERR_OK)
		return (e);
	json_add_text(&j, "next", l.more ? l.last : NULL);
	return (reply_json(r, 200, &j));
}

/* What one of the transactions here needs. */
struct change {
	struct req *req;
	enum err (*how)(struct tx *tx, struct change *c);
	struct limit_policy policy;
	struct target target;
	char new_id[ID_SIZE];
	int64_t now;
};

static enum err
run_change(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct req *r = c->req;
	enum err e;

	if ((e = subject_recheck(tx, r)) != ERR_OK ||
	    (e = limit_policy_find(tx_db(tx), r->id, r->arena, &c->policy)) != ERR_OK ||
	    (e = target_mean(r, c->policy.scope, &c->target)) != ERR_OK)
		return (e);
	return (c->how(tx, c));
}

static enum err
change(struct req *r, enum err (*how)(struct tx *tx, struct change *c))
{
	struct change c = { .req = r, .how = how, .now = clock_ms() };
	enum err e;

	if ((e = target_read_body(r, &c.target)) != ERR_OK)
		return (e);
	id_new(c.new_id);
	if ((e = store_write(r->app->store, run_change, &c)) != ERR_OK)
		return (e);
	return (assignments_list(r));
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
	target_add(&details, c->policy.scope, &c->target.means);
	return (audit_note(tx, c->req, &ev));
}

static enum err
write_add(struct tx *tx, struct change *c)
{
	const struct limit_assignment as = {
		.id = c->new_id,
		.policy_id = c->policy.id,
		.scope = c->policy.scope,
		.target = c->target.means,
		.created_at = c->now,
	};
	const char *name = limit_policy_scope_name(c->policy.scope);
	enum err e = ERR_OK;

	if (as.target.who != NULL)
		e = limit_policy_has(tx_db(tx), as.scope, as.target.who);
	if (e == ERR_NOT_FOUND)
		return (req_field_error(c->req, name, "there is none with this id"));
	if (e != ERR_OK)
		return (e);
	if ((e = limit_policy_assign(tx, &as)) == ERR_TOO_LARGE)
		return (req_field_error(
		    c->req, name, "is one too many: there are 4096 assignments already"));
	return (e != ERR_OK ? e : note(tx, c, "limit.assigned"));
}

enum err
assignments_add(struct req *r)
{

	return (change(r, write_add));
}

static enum err
write_drop(struct tx *tx, struct change *c)
{
	enum err e;

	if ((e = limit_policy_unassign(tx, &c->policy, &c->target.means)) == ERR_NOT_FOUND)
		return (req_fail(c->req, e, "the policy is not assigned so"));
	return (e != ERR_OK ? e : note(tx, c, "limit.unassigned"));
}

enum err
assignments_drop(struct req *r)
{

	return (change(r, write_drop));
}
