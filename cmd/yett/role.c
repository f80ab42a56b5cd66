/* yett role: which there are, and who holds them. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "commands.h"
#include "http/json.h"
#include "store/org_role.h"
#include "table.h"
#include "user_change.h"
#include "who.h"
#include "whose.h"

#define PAGE 500

struct listing {
	struct tool *tool;
	struct db *db;
	struct table *table;
	struct json json;
	struct cJSON *array; /* NULL: a table */
	struct names *names;
	struct cJSON *conditions; /* of the role that is being added */
	const char *last;
	size_t count;
	enum err err;
};

static void
add_condition(void *arg, const struct permit *p)
{
	struct listing *l = arg;
	struct json item;

	if (p->condition == NULL)
		return;
	item = json_object(l->tool->arena);
	json_add_text(&item, "permission", p->permission);
	json_add_text(&item, "condition", p->condition);
	json_append(&l->json, l->conditions, &item);
}

static enum err
add_json(struct listing *l, const struct role *role)
{
	struct json item = json_object(l->tool->arena);
	enum err e;

	json_add_text(&item, "id", role->id);
	json_add_text(&item, "name", role->name);
	json_add_text(&item, "description", role->description);
	if ((e = role_own_permissions(l->db, role->id, l->tool->arena, l->names)) != ERR_OK)
		return (e);
	json_add_texts(&item, "permissions", l->names->items, l->names->count);
	l->conditions = json_add_array(&item, "conditional_permissions");
	if ((e = role_permits(l->db, role->id, l->tool->arena, add_condition, l)) != ERR_OK)
		return (e);
	if ((e = role_parents(l->db, role->id, l->tool->arena, l->names)) != ERR_OK)
		return (e);
	json_add_texts(&item, "parents", l->names->items, l->names->count);
	json_append(&l->json, l->array, &item);
	return (ERR_OK);
}

static enum err
add_row(struct listing *l, const struct role *role)
{
	struct arena *a = l->tool->arena;
	const char *permissions, *parents;
	enum err e;

	if ((e = role_own_permissions(l->db, role->id, a, l->names)) != ERR_OK)
		return (e);
	permissions = table_join(a, l->names->items, l->names->count);
	if ((e = role_parents(l->db, role->id, a, l->names)) != ERR_OK)
		return (e);
	parents = table_join(a, l->names->items, l->names->count);
	if (permissions == NULL || parents == NULL)
		return (ERR_NOMEM);
	table_add(
	    l->table, (const char *const[]){ role->name, permissions, parents, role->description });
	return (ERR_OK);
}

static void
list_one(void *arg, const struct role *role)
{
	struct listing *l = arg;

	if (l->err != ERR_OK)
		return;
	l->count++;
	l->last = role->name;
	l->err = l->array != NULL ? add_json(l, role) : add_row(l, role);
}

/* Those that every org has, then its own, at most 200. */
static enum err
read_org(struct listing *l, const char *org_id)
{
	static const char *const ids[] = { ROLE_ORG_OWNER, ROLE_ORG_ADMIN, ROLE_ORG_MEMBER };
	struct role role;
	enum err e;
	size_t i;

	for (i = 0; i < COUNT(ids); i++) {
		if ((e = role_find(l->db, ids[i], l->tool->arena, &role)) != ERR_OK)
			return (e);
		list_one(l, &role);
	}
	l->count = 0;
	return (org_role_list(l->db, org_id, "", ORG_ROLES_MAX, l->tool->arena, list_one, l));
}

/* Page by page, so that no read goes on for long. */
static int
read_all(struct listing *l, const char *org_id)
{
	enum err e;

	l->last = "";
	do {
		l->count = 0;
		if ((e = store_read(l->tool->store, &l->db)) != ERR_OK)
			break;
		e = org_id != NULL ? read_org(l, org_id)
		                   : role_list(l->db, l->last, PAGE, l->tool->arena, list_one, l);
		store_read_end(l->tool->store, l->db);
		if (e == ERR_OK)
			e = l->err;
	} while (e == ERR_OK && l->count == PAGE);
	return (e == ERR_OK ? 0 : tool_fail("roles cannot be read (%s)", err_slug(e)));
}

int
cmd_role_list(struct tool *t)
{
	static const char *const names[] = { "NAME", "PERMISSIONS", "INHERITS FROM",
		"DESCRIPTION" };
	struct listing l = { .tool = t, .json = json_object(t->arena) };
	const char *whose = tool_value(t, "--org");
	struct org org = { .id = NULL };
	int status;

	status = whose != NULL ? whose_read(t, whose, &org) : tool_open_store(t);
	if (status != 0)
		return (status);
	if (tool_has(t, "--json"))
		l.array = json_add_array(&l.json, "items");
	l.names = arena_alloc(t->arena, sizeof *l.names);
	l.table = table_new(t->arena, COUNT(names), names);
	if (l.names == NULL || l.table == NULL)
		return (tool_fail("out of memory"));
	if ((status = read_all(&l, org.id)) != 0)
		return (status);
	if (l.array == NULL)
		return (table_print(l.table));
	return (tool_print_json(&l.json));
}

/* A role of a user, to give or to take. */
struct change {
	struct tool *tool;
	const char *user_id;
	const char *role;
	int64_t expires_at;
};

static enum err
note(struct tx *tx, const struct change *c, const char *action, const struct role *role)
{
	struct json details = json_object(c->tool->arena);

	json_add_text(&details, "role_id", role->id);
	json_add_text(&details, "role", role->name);
	if (c->expires_at != 0)
		json_add_time(&details, "expires_at", c->expires_at);
	return (user_change_note(c->tool, tx, action, c->user_id, &details));
}

static enum err
write_grant(struct tx *tx, void *arg)
{
	const struct change *c = arg;
	struct role role;
	enum err e;

	if ((e = role_find_name(tx_db(tx), c->role, c->tool->arena, &role)) != ERR_OK ||
	    (e = role_assign(tx, c->user_id, c->role, c->expires_at, clock_ms())) != ERR_OK)
		return (e);
	return (note(tx, c, "role.assigned", &role));
}

static enum err
write_revoke(struct tx *tx, void *arg)
{
	const struct change *c = arg;
	struct role role;
	enum err e;

	if ((e = role_find_name(tx_db(tx), c->role, c->tool->arena, &role)) != ERR_OK ||
	    (e = role_unassign(tx, c->user_id, role.id)) != ERR_OK)
		return (e);
	return (note(tx, c, "role.unassigned", &role));
}

static int
change(
    struct tool *t, enum err (*how)(struct tx *tx, void *arg), struct change *c, const char *absent)
{
	struct user u;
	int status;
	enum err e;

	c->tool = t;
	c->role = t->words[1];
	if ((status = tool_open_store(t)) != 0 || (status = tool_open_master(t)) != 0 ||
	    (status = who_read(t, t->words[0], &u)) != 0)
		return (status);
	c->user_id = u.id;
	if ((e = store_write(t->store, how, c)) == ERR_NOT_FOUND)
		return (tool_fail("role: %s \"%s\"", absent, c->role));
	if (e != ERR_OK)
		return (tool_fail("the change cannot be stored (%s)", err_slug(e)));
	printf("%s %s %s\n", u.email,
	    how == write_grant ? "now has the role" : "no more has the role", c->role);
	return (0);
}

/* In an org: as "yett org" does it, with the words in its order. */
static int
change_in_org(struct tool *t, const char *org, int (*how)(struct tool *t))
{

	t->words[2] = t->words[1];
	t->words[1] = t->words[0];
	t->words[0] = org;
	t->words_count++;
	return (how(t));
}

int
cmd_role_grant(struct tool *t)
{
	const char *until = tool_value(t, "--until");
	struct change c = { .expires_at = 0 };

	if (tool_has(t, "--org"))
		return (change_in_org(t, tool_value(t, "--org"), cmd_org_grant));
	if (until != NULL && (!clock_parse(until, &c.expires_at) || c.expires_at <= clock_ms()))
		return (tool_fail("--until: must be a time to come, such as 2027-01-31T12:00:00Z"));
	return (change(t, write_grant, &c, "there is no"));
}

int
cmd_role_revoke(struct tool *t)
{
	struct change c = { .expires_at = 0 };

	if (tool_has(t, "--org"))
		return (change_in_org(t, tool_value(t, "--org"), cmd_org_revoke));
	return (change(t, write_revoke, &c, "the user does not hold"));
}
