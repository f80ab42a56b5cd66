/* The rules of the guard that are in the database, as an API. */
#include "rules.h"

#include "access/app.h"
#include "access/audit.h"
#include "access/guard_admin.h"
#include "access/guard_conf.h"
#include "access/subject.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "http/reply.h"
#include "members.h"

#define PAGE_MAX 20 /* of the largest, within the memory of a request */

/* What one of the transactions here needs. */
struct change {
	struct req *req;
	enum err (*how)(struct tx *tx, struct change *c);
	const char *action; /* as the audit log calls it */
	struct members members;
	struct guard_row before, row; /* as it was; as it becomes */
	char new_id[ID_SIZE];
};

struct listing {
	struct req *req;
	struct json *json;
	struct cJSON *items;
	size_t count;
	int64_t last; /* position */
	bool more;
};

static void
list_one(void *arg, const struct guard_row *row)
{
	struct listing *l = arg;
	struct json item;

	if ((l->more = l->count == PAGE_MAX))
		return;
	l->count++;
	l->last = row->position;
	item = json_object(l->req->arena);
	guard_admin_add_row(&item, row);
	json_append(l->json, l->items, &item);
}

static void
list_configured(void *arg, const struct guard_rule *rule, const char *text)
{
	struct listing *l = arg;

	(void)rule;
	json_append_text(l->json, l->items, text);
}

/* Those of yett.conf, which come before all others: they were checked when the program began. */
static enum err
add_configured(struct req *r, struct json *j)
{
	struct listing l = { .req = r, .json = j, .items = json_add_array(j, "configured") };
	char message[CONF_MESSAGE_SIZE];

	return (guard_conf_each(&r->app->conf, r->arena, list_configured, &l, message));
}

enum err
rules_list(struct req *r)
{
	struct json j = json_object(r->arena);
	struct listing l = { .req = r, .json = &j, .items = json_add_array(&j, "items") };
	const char *after = req_query(r, "after");
	struct db *db;
	enum err e;

	if (after != NULL && !text_number(after, 0, GUARD_POSITION_MAX, &l.last))
		return (req_field_error(r, "after", "must be a position"));
	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = guard_rule_list(db, l.last, PAGE_MAX + 1, r->arena, list_one, &l);
	store_read_end(r->app->store, db);
	if (e != ERR_OK)
		return (e);
	json_add_text(&j, "next", l.more ? arena_print(r->arena, "%lld", (long long)l.last) : NULL);
	if (after == NULL && (e = add_configured(r, &j)) != ERR_OK)
		return (e);
	return (reply_json(r, 200, &j));
}

static enum err
reply_rule(struct req *r, int status, const char *id)
{
	struct json j = json_object(r->arena);
	struct guard_row row;
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = guard_rule_find(db, id, r->arena, &row);
	store_read_end(r->app->store, db);
	if (e != ERR_OK)
		return (e);
	guard_admin_add_row(&j, &row);
	return (reply_json(r, status, &j));
}

enum err
rules_get(struct req *r)
{

	return (reply_rule(r, 200, r->id));
}

static enum err
run_change(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct req *r = c->req;
	struct json details;
	const struct event ev = { .action = c->action,
		.object_type = "guard_rule",
		.object_id = r->id != NULL ? r->id : c->new_id,
		.details = &details };
	enum err e;

	if ((e = subject_recheck(tx, r)) != ERR_OK)
		return (e);
	if (r->id != NULL &&
	    (e = guard_rule_find(tx_db(tx), r->id, r->arena, &c->before)) != ERR_OK)
		return (e);
	if (r->id != NULL)
		c->row = c->before;
	if ((e = c->how(tx, c)) == ERR_TAKEN)
		return (req_field_error(
		    r, "position", "is taken, and so is all behind it: move one of these away"));
	if (e != ERR_OK)
		return (e);
	details = json_object(r->arena);
	guard_admin_details(&details, r->id != NULL ? &c->before : NULL, &c->row);
	return (audit_note(tx, r, &ev));
}

static enum err
change(struct req *r, struct change *c, const char *action,
    enum err (*how)(struct tx *tx, struct change *c))
{

	c->req = r;
	c->action = action;
	c->how = how;
	return (store_write(r->app->store, run_change, c));
}

/* What the body says of the rule, into the row. */
static enum err
take_rule(struct tx *tx, struct change *c, struct guard_rule *rule)
{
	enum err e;

	if ((e = members_apply(c->req, &c->members, rule, &c->row.rule)) != ERR_OK)
		return (e);
	return (members_check_names(c->req, &c->members, tx_db(tx), rule));
}

static enum err
write_new(struct tx *tx, struct change *c)
{
	struct guard_rule rule = { .path = NULL };
	enum err e;

	if ((e = take_rule(tx, c, &rule)) != ERR_OK)
		return (e);
	if ((e = guard_rule_add(tx, &c->row, &c->row.position)) == ERR_TOO_LARGE)
		return (req_field_error(
		    c->req, "rule", "is one too many: there are 500 rules already"));
	return (e);
}

enum err
rules_add(struct req *r)
{
	struct change c = { .req = r };
	enum err e;

	if ((e = members_read(r, &c.members)) != ERR_OK)
		return (e);
	id_new(c.new_id);
	c.row = (struct guard_row){ .id = c.new_id,
		.position = c.members.position,
		.description = c.members.description == NULL ? "" : c.members.description,
		.created_at = clock_ms() };
	if ((e = change(r, &c, "guard_rule.created", write_new)) != ERR_OK)
		return (e);
	return (reply_rule(r, 201, c.new_id));
}

/* The rule that is there, for its members to be changed. */
static enum err
parse_old(struct change *c, struct guard_rule *ret_rule)
{
	char message[GUARD_MESSAGE_SIZE];
	enum err e;

	if (c->members.rule != NULL)
		return (ERR_OK);
	e = guard_rule_parse(c->before.rule, c->req->arena, ret_rule, message);
	if (e == ERR_FIELDS)
		return (req_field_error(
		    c->req, "rule", "is missing: what is there is none, so all of it is needed"));
	return (e);
}

static enum err
write_set(struct tx *tx, struct change *c)
{
	const struct members *m = &c->members;
	struct guard_rule rule = { .path = NULL };
	enum err e;

	if (members_say_rule(m) &&
	    ((e = parse_old(c, &rule)) != ERR_OK || (e = take_rule(tx, c, &rule)) != ERR_OK))
		return (e);
	if (m->description != NULL)
		c->row.description = m->description;
	c->row.updated_at = clock_ms();
	if ((e = guard_rule_set(tx, &c->row)) != ERR_OK)
		return (e);
	if (m->position == 0 || m->position == c->row.position)
		return (ERR_OK);
	c->row.position = m->position;
	return (guard_rule_move(tx, c->row.id, m->position, c->row.updated_at));
}

enum err
rules_set(struct req *r)
{
	struct change c = { .req = r };
	enum err e;

	if ((e = members_read(r, &c.members)) != ERR_OK ||
	    (e = change(r, &c, "guard_rule.updated", write_set)) != ERR_OK)
		return (e);
	return (reply_rule(r, 200, r->id));
}

static enum err
write_drop(struct tx *tx, struct change *c)
{

	return (guard_rule_drop(tx, c->row.id));
}

enum err
rules_drop(struct req *r)
{
	struct change c = { .req = r };
	enum err e;

	if ((e = change(r, &c, "guard_rule.deleted", write_drop)) != ERR_OK)
		return (e);
	return (reply_none(r));
}
