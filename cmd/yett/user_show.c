/* yett user: seeing users. Never the hash of a password. */
#include <stdio.h>
#include <string.h>

#include "access/profile.h"
#include "base/clock.h"
#include "commands.h"
#include "http/json.h"
#include "store/role.h"
#include "table.h"
#include "user_wish.h"
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
	struct wish wish;
	struct user_page *page;
	int64_t count;
	int64_t limit;
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

	if (permissions == NULL)
		return (ERR_NOMEM);
	if ((e = role_rights(db, u->id, clock_ms(), t->arena, names, permissions)) != ERR_OK)
		return (e);
	profile_add(&j, u);
	profile_add_admins(&j, u);
	json_add_texts(&j, "roles", names->items, names->count);
	json_add_texts(&j, "permissions", permissions->items, permissions->count);
	*ret_json = j;
	return (ERR_OK);
}

static enum err
list_one(struct listing *l, const struct user *u)
{
	struct arena *a = l->tool->arena;
	struct json item;
	enum err e;

	if (l->array != NULL) {
		if ((e = make_json(l->tool, l->db, u, l->names, &item)) == ERR_OK)
			json_append(&l->json, l->array, &item);
	} else if ((e = role_rights(l->db, u->id, clock_ms(), a, l->names, NULL)) == ERR_OK) {
		const char *const cells[] = { u->id, u->email, u->username, state_of(u),
			table_join(a, l->names->items, l->names->count),
			table_time(a, u->created_at), table_time(a, u->last_active_at) };

		table_add(l->table, cells);
	}
	return (e);
}

static enum err
read_page(struct listing *l)
{
	const int64_t left = l->limit - l->count;
	struct arena *a = l->tool->arena;
	struct user u;
	enum err e;
	size_t i;

	if ((e = user_list(l->db, &l->wish.filter, l->wish.after, clock_ms(),
	         left < USER_PAGE_MAX ? (size_t)left : USER_PAGE_MAX, a, l->page)) != ERR_OK)
		return (e);
	for (i = 0; i < l->page->count; i++)
		if ((e = user_find(l->db, USER_BY_ID, l->page->items[i].id, a, &u)) != ERR_OK ||
		    (e = list_one(l, &u)) != ERR_OK)
			return (e);
	l->count += (int64_t)l->page->count;
	l->wish.place = l->page->next;
	l->wish.after = &l->wish.place;
	return (ERR_OK);
}

/* Page by page, so that no read goes on for long. */
static int
read_all(struct listing *l)
{
	enum err e;

	do {
		if ((e = store_read(l->tool->store, &l->db)) != ERR_OK)
			break;
		e = read_page(l);
		store_read_end(l->tool->store, l->db);
	} while (e == ERR_OK && l->page->more && l->count < l->limit);
	return (e == ERR_OK ? 0 : tool_fail("the users cannot be listed (%s)", err_slug(e)));
}

static int
print_list(struct listing *l)
{
	const char *next = NULL;
	int status;

	if (l->page->more && (next = wish_cursor(&l->wish, &l->page->next, l->tool->arena)) == NULL)
		return (tool_fail("out of memory"));
	if (l->array != NULL) {
		json_add_text(&l->json, "next", next);
		return (tool_print_json(&l->json));
	}
	if ((status = table_print(l->table)) == 0 && next != NULL)
		tool_warn("there are more: --after %s", next);
	return (status);
}

int
cmd_user_list(struct tool *t)
{
	static const char *const names[] = { "ID", "EMAIL", "USERNAME", "STATE", "ROLES", "CREATED",
		"LAST SIGN-IN" };
	struct listing l = { .tool = t };
	int status;

	if (!tool_number(t, "--limit", LIMIT_USUAL, LIMIT_MAX, &l.limit))
		return (tool_misuse(t, "--limit must be a number from 1 to %d", LIMIT_MAX));
	if ((status = tool_open_store(t)) != 0 || (status = user_wish_read(t, &l.wish)) != 0)
		return (status);
	l.json = json_object(t->arena);
	if (tool_has(t, "--json"))
		l.array = json_add_array(&l.json, "items");
	if ((l.names = arena_alloc(t->arena, sizeof *l.names)) == NULL ||
	    (l.page = arena_alloc(t->arena, sizeof *l.page)) == NULL ||
	    (l.table = table_new(t->arena, COUNT(names), names)) == NULL)
		return (tool_fail("out of memory"));
	return ((status = read_all(&l)) != 0 ? status : print_list(&l));
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
	print_field("first name", u->first_name);
	print_field("last name", u->last_name);
	print_field("picture", u->picture_url);
	print_field("language", u->locale);
	print_field("properties", u->properties);
	print_field("password", u->password_hash != NULL ? "set" : "none");
	print_field("new password", u->update_password_required ? "required" : NULL);
	print_field("state", state_of(u));
	print_field("hidden", u->hidden ? "yes" : NULL);
	print_field("may make orgs", u->can_create_orgs ? "yes" : NULL);
	print_field("id of old", u->legacy_user_id);
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
