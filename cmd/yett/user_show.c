/* yett user: seeing users. Never the hash of a password. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "commands.h"
#include "http/json.h"
#include "store/role.h"
#include "table.h"
#include "who.h"

#define LIMIT_USUAL 1000
#define LIMIT_MAX 10000

/* A list of users being made: as a table, or as JSON when ${array} is not NULL. */
struct listing {
	struct tool *tool;
	struct db *db;
	struct names *names; /* room for one user's roles or permissions */
	struct table *table;
	struct json json;
	struct cJSON *array;
	const char *last_id;
	int64_t count;
	int64_t limit;
	bool more;
	enum err err;
};

static const char *
state_of(const struct user *u)
{

	return (u->locked ? "locked" : !u->enabled ? "disabled" : "active");
}

/* ${u} as JSON, as the admin sees one. */
static enum err
make_json(
    struct tool *t, struct db *db, const struct user *u, struct names *names, struct json *ret_json)
{
	struct names *permissions = arena_alloc(t->arena, sizeof *permissions);
	struct json j = json_object(t->arena);
	enum err e;

	json_add_text(&j, "id", u->id);
	json_add_text(&j, "email", u->email);
	json_add_bool(&j, "email_confirmed", u->email_confirmed);
	json_add_text(&j, "username", u->username);
	json_add_text(&j, "name", u->name);
	json_add_text(&j, "picture_url", u->picture_url);
	json_add_raw(&j, "properties", u->properties);
	json_add_bool(&j, "has_password", u->password_hash != NULL);
	json_add_bool(&j, "enabled", u->enabled);
	json_add_bool(&j, "locked", u->locked);
	if (permissions == NULL)
		return (ERR_NOMEM);
	if ((e = role_rights(db, u->id, clock_ms(), t->arena, names, permissions)) != ERR_OK)
		return (e);
	json_add_texts(&j, "roles", names->items, names->count);
	json_add_texts(&j, "permissions", permissions->items, permissions->count);
	json_add_time(&j, "created_at", u->created_at);
	if (u->last_active_at != 0)
		json_add_time(&j, "last_active_at", u->last_active_at);
	else
		json_add_text(&j, "last_active_at", NULL);
	*ret_json = j;
	return (ERR_OK);
}

static void
list_one(void *arg, const struct user *u)
{
	struct listing *l = arg;
	struct arena *a = l->tool->arena;
	struct json item;

	if (l->err != ERR_OK || (l->more = l->count == l->limit))
		return;
	l->count++;
	l->last_id = u->id;
	if (l->array != NULL) {
		if ((l->err = make_json(l->tool, l->db, u, l->names, &item)) == ERR_OK)
			json_append(&l->json, l->array, &item);
	} else if ((l->err = role_rights(l->db, u->id, clock_ms(), a, l->names, NULL)) == ERR_OK) {
		const char *const cells[] = { u->id, u->email, u->username, state_of(u),
			table_join(a, l->names->items, l->names->count),
			table_time(a, u->created_at), table_time(a, u->last_active_at) };

		table_add(l->table, cells);
	}
}

static int
print_list(struct listing *l)
{
	int status;

	if (l->array != NULL) {
		json_add_text(&l->json, "next", l->more ? l->last_id : NULL);
		return (tool_print_json(&l->json));
	}
	if ((status = table_print(l->table)) == 0 && l->more)
		tool_warn("there are more: --after %s", l->last_id);
	return (status);
}

int
cmd_user_list(struct tool *t)
{
	static const char *const names[] = { "ID", "EMAIL", "USERNAME", "STATE", "ROLES", "CREATED",
		"LAST SIGN-IN" };
	const char *after = tool_value(t, "--after");
	struct listing l = { .tool = t };
	int status;
	enum err e;

	if (!tool_number(t, "--limit", LIMIT_USUAL, LIMIT_MAX, &l.limit))
		return (tool_misuse(t, "--limit must be a number from 1 to %d", LIMIT_MAX));
	if ((status = tool_open_store(t)) != 0)
		return (status);
	l.json = json_object(t->arena);
	if (tool_has(t, "--json"))
		l.array = json_add_array(&l.json, "items");
	if ((l.names = arena_alloc(t->arena, sizeof *l.names)) == NULL ||
	    (l.table = table_new(t->arena, COUNT(names), names)) == NULL)
		return (tool_fail("out of memory"));
	if ((e = store_read(t->store, &l.db)) != ERR_OK)
		return (tool_fail("the database cannot be read (%s)", err_slug(e)));
	/* One more than asked for tells whether there are more. */
	e = user_list(l.db, after != NULL ? after : "", l.limit + 1, t->arena, list_one, &l);
	store_read_end(t->store, l.db);
	if (e != ERR_OK || (e = l.err) != ERR_OK)
		return (tool_fail("the users cannot be listed (%s)", err_slug(e)));
	return (print_list(&l));
}

static void
print_field(const char *name, const char *value)
{

	if (value == NULL || value[0] == '\0')
		return;
	printf("%-16s ", name);
	table_text(value);
	putchar('\n');
}

static enum err
print_user(struct tool *t, struct db *db, const struct user *u, struct names *names)
{
	struct names *permissions = arena_alloc(t->arena, sizeof *permissions);
	enum err e;

	print_field("id", u->id);
	print_field("email", u->email);
	print_field("email confirmed", u->email_confirmed ? "yes" : "no");
	print_field("username", u->username);
	print_field("name", u->name);
	print_field("picture", u->picture_url);
	print_field("properties", u->properties);
	print_field("password", u->password_hash != NULL ? "set" : "none");
	print_field("state", state_of(u));
	if (permissions == NULL)
		return (ERR_NOMEM);
	if ((e = role_rights(db, u->id, clock_ms(), t->arena, names, permissions)) != ERR_OK)
		return (e);
	print_field("roles", table_join(t->arena, names->items, names->count));
	print_field("permissions", table_join(t->arena, permissions->items, permissions->count));
	print_field("created", table_time(t->arena, u->created_at));
	print_field("last sign-in", table_time(t->arena, u->last_active_at));
	return (ERR_OK);
}

int
cmd_user_show(struct tool *t)
{
	struct names *names = arena_alloc(t->arena, sizeof *names);
	struct json j = { .arena = NULL };
	struct user u;
	struct db *db;
	int status;
	enum err e;

	if (names == NULL)
		return (tool_fail("out of memory"));
	if ((status = tool_open_store(t)) != 0)
		return (status);
	if ((e = store_read(t->store, &db)) != ERR_OK)
		return (tool_fail("the database cannot be read (%s)", err_slug(e)));
	if ((status = who_find(t, db, t->words[0], &u)) == 0)
		e = tool_has(t, "--json") ? make_json(t, db, &u, names, &j)
		                          : print_user(t, db, &u, names);
	store_read_end(t->store, db);
	if (status != 0)
		return (status);
	if (e != ERR_OK)
		return (tool_fail("the user cannot be shown (%s)", err_slug(e)));
	return (j.arena != NULL ? tool_print_json(&j) : 0);
}
