/* yett org: who belongs to an organisation, and is what there. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "commands.h"
#include "http/json.h"
#include "store/org_role.h"
#include "table.h"
#include "who.h"
#include "whose.h"

#define LIMIT_USUAL 1000
#define LIMIT_MAX 10000

struct listing {
	struct tool *tool;
	struct db *db;
	struct org org;
	struct table *table;
	struct json json;
	struct cJSON *array; /* NULL: a table */
	struct names names;  /* of the roles of one member */
	int64_t count;
	int64_t limit;
	bool more;
	const char *last;
	enum err err;
};

static void
add_role(void *arg, const struct assignment *as)
{
	struct listing *l = arg;
	char *name = arena_copy(l->tool->arena, as->role.name);

	if (name == NULL)
		l->err = ERR_NOMEM;
	else if (l->names.count < ROLE_NAMES_MAX)
		l->names.items[l->names.count++] = name;
}

static void
add_member(struct listing *l, const struct org_member *m)
{
	struct arena *a = l->tool->arena;
	struct json item;

	if (l->array == NULL) {
		table_add(l->table,
		    (const char *const[]){ m->email, table_join(a, l->names.items, l->names.count),
		        table_time(a, m->joined_at), m->user_id });
		return;
	}
	item = json_object(a);
	json_add_text(&item, "user_id", m->user_id);
	json_add_text(&item, "email", m->email);
	json_add_text(&item, "username", m->username);
	json_add_text(&item, "name", m->name);
	json_add_texts(&item, "roles", l->names.items, l->names.count);
	json_add_time(&item, "joined_at", m->joined_at);
	json_append(&l->json, l->array, &item);
}

static void
list_one(void *arg, const struct org_member *m)
{
	struct listing *l = arg;
	enum err e;

	if (l->err != ERR_OK || (l->more = l->count == l->limit))
		return;
	l->count++;
	l->last = m->user_id;
	l->names.count = 0;
	e = org_role_assignments(
	    l->db, l->org.id, m->user_id, clock_ms(), l->tool->arena, add_role, l);
	if (e != ERR_OK)
		l->err = e;
	else
		add_member(l, m);
}

static int
read_all(struct listing *l, const char *after)
{
	struct tool *t = l->tool;
	enum err e;

	if ((e = store_read(t->store, &l->db)) == ERR_OK) {
		e = org_member_list(l->db, l->org.id, after == NULL ? "" : after, l->limit + 1,
		    t->arena, list_one, l);
		store_read_end(t->store, l->db);
	}
	if (e != ERR_OK || (e = l->err) != ERR_OK)
		return (tool_fail("the members cannot be read (%s)", err_slug(e)));
	return (0);
}

int
cmd_org_members(struct tool *t)
{
	static const char *const names[] = { "EMAIL", "ROLES", "JOINED", "ID" };
	struct listing l = { .tool = t, .json = json_object(t->arena) };
	int status;

	if (!tool_number(t, "--limit", LIMIT_USUAL, LIMIT_MAX, &l.limit))
		return (tool_misuse(t, "--limit: must be a number from 1 to %d", LIMIT_MAX));
	if ((status = whose_read(t, t->words[0], &l.org)) != 0)
		return (status);
	if (tool_has(t, "--json"))
		l.array = json_add_array(&l.json, "items");
	if ((l.table = table_new(t->arena, COUNT(names), names)) == NULL)
		return (tool_fail("out of memory"));
	if ((status = read_all(&l, tool_value(t, "--after"))) != 0)
		return (status);
	if (l.array != NULL) {
		json_add_text(&l.json, "next", l.more ? l.last : NULL);
		return (tool_print_json(&l.json));
	}
	if ((status = table_print(l.table)) == 0 && l.more)
		printf("there are more: --after %s\n", l.last);
	return (status);
}

/* A member, to add or remove, to give a role or to take one. */
struct change {
	struct tool *tool;
	enum err (*how)(struct tx *tx, struct change *c);
	const char *action; /* as the audit log calls it */
	struct org org;
	struct user user;
	const char *role_key; /* NULL: none */
	struct role role;
	int64_t expires_at;
	int64_t now;
	struct json details;
	const char *refusal; /* why not, for a person */
};

static enum err
refuse(struct change *c, enum err e, enum err when, const char *why)
{

	if (e != when)
		return (e);
	c->refusal = why;
	return (ERR_FIELDS);
}

static enum err
find_role(struct tx *tx, struct change *c)
{
	enum err e;

	if (c->role_key == NULL)
		return (ERR_OK);
	if ((e = org_role_get(tx_db(tx), c->org.id, c->role_key, c->tool->arena, &c->role)) !=
	    ERR_OK)
		return (refuse(c, e, ERR_NOT_FOUND, "there is no such role there"));
	json_add_text(&c->details, "role_id", c->role.id);
	json_add_text(&c->details, "role", c->role.name);
	if (c->expires_at != 0)
		json_add_time(&c->details, "expires_at", c->expires_at);
	return (ERR_OK);
}

/* The last owner stays one, as over HTTP. */
static enum err
run(struct tx *tx, void *arg)
{
	struct change *c = arg;
	int64_t before, after;
	enum err e;

	if ((e = org_role_count_owners(tx_db(tx), c->org.id, &before)) != ERR_OK ||
	    (e = find_role(tx, c)) != ERR_OK || (e = c->how(tx, c)) != ERR_OK ||
	    (e = org_role_count_owners(tx_db(tx), c->org.id, &after)) != ERR_OK)
		return (e);
	if (before > 0 && after == 0)
		return (refuse(c, ERR_OK, ERR_OK, "the last owner stays one, without an end"));
	return (tool_note(c->tool, tx,
	    &(struct event){ .action = c->action,
	        .object_type = "user",
	        .object_id = c->user.id,
	        .org_id = c->org.id,
	        .details = &c->details }));
}

static int
change(struct tool *t, struct change *c, const char *action,
    enum err (*how)(struct tx *tx, struct change *c))
{
	const char *until = tool_value(t, "--until");
	int status;
	enum err e;

	c->tool = t;
	c->action = action;
	c->how = how;
	c->now = clock_ms();
	c->details = json_object(t->arena);
	if (until != NULL && (!clock_parse(until, &c->expires_at) || c->expires_at <= c->now))
		return (tool_fail("--until: must be a time to come, such as 2027-01-31T12:00:00Z"));
	if ((status = whose_read(t, t->words[0], &c->org)) != 0 ||
	    (status = who_read(t, t->words[1], &c->user)) != 0)
		return (status);
	if ((e = store_write(t->store, run, c)) == ERR_FIELDS && c->refusal != NULL)
		return (tool_fail("%s", c->refusal));
	return (e == ERR_OK ? 0 : tool_fail("the change cannot be stored (%s)", err_slug(e)));
}

static enum err
write_join(struct tx *tx, struct change *c)
{
	enum err e;

	e = org_member_add(tx, c->org.id, c->user.id, c->now);
	e = refuse(c, e, ERR_TAKEN, "the user is a member already");
	if ((e = refuse(c, e, ERR_SEATS, "no seat is left: org edit --seats")) != ERR_OK)
		return (e);
	return (org_role_assign(tx, c->org.id, c->user.id, c->role.id, c->expires_at, c->now));
}

int
cmd_org_join(struct tool *t)
{
	const char *role = tool_value(t, "--role");
	struct change c = { .role_key = role != NULL ? role : ROLE_ORG_MEMBER };
	int status;

	if ((status = change(t, &c, "org_member.added", write_join)) == 0)
		printf("%s now belongs to %s as %s\n", c.user.email, c.org.slug, c.role.name);
	return (status);
}

static enum err
write_leave(struct tx *tx, struct change *c)
{

	return (refuse(
	    c, org_member_drop(tx, c->org.id, c->user.id), ERR_NOT_FOUND, "the user is no member"));
}

int
cmd_org_leave(struct tool *t)
{
	struct change c = { .role_key = NULL };
	int status;

	if ((status = change(t, &c, "org_member.removed", write_leave)) == 0)
		printf("%s no more belongs to %s\n", c.user.email, c.org.slug);
	return (status);
}

static enum err
write_grant(struct tx *tx, struct change *c)
{
	bool is;
	enum err e;

	if ((e = org_has_member(tx_db(tx), c->org.id, c->user.id, &is)) != ERR_OK)
		return (e);
	if (!is)
		return (refuse(c, ERR_OK, ERR_OK, "the user is no member: org join"));
	return (org_role_assign(tx, c->org.id, c->user.id, c->role.id, c->expires_at, c->now));
}

int
cmd_org_grant(struct tool *t)
{
	struct change c = { .role_key = t->words[2] };
	int status;

	if ((status = change(t, &c, "org_role.assigned", write_grant)) == 0)
		printf("%s now has the role %s in %s\n", c.user.email, c.role.name, c.org.slug);
	return (status);
}

static enum err
write_revoke(struct tx *tx, struct change *c)
{

	return (refuse(c, org_role_unassign(tx, c->org.id, c->user.id, c->role.id), ERR_NOT_FOUND,
	    "the user does not hold this role there"));
}

int
cmd_org_revoke(struct tool *t)
{
	struct change c = { .role_key = t->words[2] };
	int status;

	if ((status = change(t, &c, "org_role.unassigned", write_revoke)) == 0)
		printf("%s no more has the role %s in %s\n", c.user.email, c.role.name, c.org.slug);
	return (status);
}
