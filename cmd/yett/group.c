/* yett group: which there are, and who is in them. */
#include "group.h"

#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "commands.h"

#define LIMIT_USUAL 1000
#define LIMIT_MAX 10000

/* Groups or members being listed: as a table, or as JSON when ${array} is not NULL. */
struct listing {
	struct tool *tool;
	struct db *db;
	struct table *table;
	struct json json;
	struct cJSON *array;
	char *roles[GROUP_ROLES_MAX]; /* of one group */
	size_t roles_count;
	const char *last;
	int64_t count;
	int64_t limit;
	bool more;
	enum err err;
};

static void
take_role(void *arg, const struct assignment *as)
{
	struct listing *l = arg;

	if (l->err != ERR_OK || l->roles_count == COUNT(l->roles))
		return;
	if ((l->roles[l->roles_count] = arena_copy(l->tool->arena, as->role.name)) == NULL)
		l->err = ERR_NOMEM;
	else
		l->roles_count++;
}

static enum err
read_roles(struct listing *l, const char *id)
{
	enum err e;

	l->roles_count = 0;
	e = group_roles(l->db, id, l->tool->arena, take_role, l);
	return (e != ERR_OK ? e : l->err);
}

static void
add_json(struct json *j, const struct listing *l, const struct group *g)
{

	json_add_text(j, "id", g->id);
	json_add_text(j, "name", g->name);
	json_add_text(j, "description", g->description);
	json_add_text(j, "home_user_id", g->home_user_id);
	json_add_texts(j, "roles", l->roles, l->roles_count);
	json_add_time(j, "created_at", g->created_at);
}

static void
list_one(void *arg, const struct group *g)
{
	struct listing *l = arg;
	struct arena *a = l->tool->arena;
	struct json item;

	if (l->err != ERR_OK || (l->more = l->count == l->limit))
		return;
	l->count++;
	l->last = g->name;
	if ((l->err = read_roles(l, g->id)) != ERR_OK)
		return;
	if (l->array != NULL) {
		item = json_object(a);
		add_json(&item, l, g);
		json_append(&l->json, l->array, &item);
	} else {
		const char *const cells[] = { g->id, g->name,
			table_join(a, l->roles, l->roles_count), g->description };

		table_add(l->table, cells);
	}
}

static int
begin(struct listing *l, size_t columns, const char *const *names, const char *array)
{
	struct tool *t = l->tool;
	int status;

	if (!tool_number(t, "--limit", LIMIT_USUAL, LIMIT_MAX, &l->limit))
		return (tool_misuse(t, "--limit must be a number from 1 to %d", LIMIT_MAX));
	if ((status = tool_open_store(t)) != 0)
		return (status);
	l->json = json_object(t->arena);
	if (tool_has(t, "--json"))
		l->array = json_add_array(&l->json, array);
	l->table = table_new(t->arena, columns, names);
	return (l->table == NULL ? tool_fail("out of memory") : 0);
}

static int
print(struct listing *l)
{
	int status;

	if (l->array != NULL) {
		json_add_text(&l->json, "next", l->more ? l->last : NULL);
		return (tool_print_json(&l->json));
	}
	if ((status = table_print(l->table)) == 0 && l->more)
		tool_warn("there are more: --limit N, or --after the last of these");
	return (status);
}

int
cmd_group_list(struct tool *t)
{
	static const char *const names[] = { "ID", "NAME", "ROLES", "DESCRIPTION" };
	const char *after = tool_value(t, "--after");
	struct listing l = { .tool = t };
	int status;
	enum err e;

	if ((status = begin(&l, COUNT(names), names, "items")) != 0)
		return (status);
	if ((e = store_read(t->store, &l.db)) == ERR_OK) {
		e = group_list(
		    l.db, after == NULL ? "" : after, l.limit + 1, t->arena, list_one, &l);
		store_read_end(t->store, l.db);
	}
	if (e != ERR_OK || (e = l.err) != ERR_OK)
		return (tool_fail("the groups cannot be listed (%s)", err_slug(e)));
	return (print(&l));
}

static void
list_member(void *arg, const struct member *m)
{
	struct listing *l = arg;
	struct json item;

	if ((l->more = l->count == l->limit))
		return;
	l->count++;
	l->last = m->user_id;
	if (l->array != NULL) {
		item = json_object(l->tool->arena);
		json_add_text(&item, "id", m->user_id);
		json_add_text(&item, "email", m->email);
		json_add_text(&item, "username", m->username);
		json_add_text(&item, "name", m->name);
		json_add_time(&item, "added_at", m->added_at);
		json_append(&l->json, l->array, &item);
	} else {
		const char *const cells[] = { m->user_id, m->email, m->username,
			table_time(l->tool->arena, m->added_at) };

		table_add(l->table, cells);
	}
}

enum err
group_named(struct db *db, const char *name, struct arena *a, struct group *ret_group)
{
	enum err e = ERR_NOT_FOUND;

	/* A name may look like an id. */
	if (id_ok(name))
		e = group_find(db, name, a, ret_group);
	return (e == ERR_NOT_FOUND ? group_find_name(db, name, a, ret_group) : e);
}

static enum err
read_group(struct listing *l, struct group *ret_group)
{
	struct tool *t = l->tool;
	const char *after = tool_value(t, "--after");
	enum err e;

	if ((e = group_named(l->db, t->words[0], t->arena, ret_group)) != ERR_OK ||
	    (e = read_roles(l, ret_group->id)) != ERR_OK)
		return (e);
	return (group_members(l->db, ret_group->id, after == NULL ? "" : after, l->limit + 1,
	    t->arena, list_member, l));
}

static void
print_head(const struct listing *l, const struct group *g)
{
	const char *roles = table_join(l->tool->arena, l->roles, l->roles_count);

	fputs("id           ", stdout);
	table_text(g->id);
	fputs("\nname         ", stdout);
	table_text(g->name);
	fputs("\ndescription  ", stdout);
	table_text(g->description);
	fputs("\nroles        ", stdout);
	table_text(roles == NULL ? "" : roles);
	puts(g->home_user_id != NULL ? "\nkind         a user's own\n"
	                             : "\nkind         made by an admin\n");
}

int
cmd_group_show(struct tool *t)
{
	static const char *const names[] = { "MEMBER", "EMAIL", "USERNAME", "ADDED" };
	struct listing l = { .tool = t };
	struct group g;
	int status;
	enum err e;

	if ((status = begin(&l, COUNT(names), names, "members")) != 0)
		return (status);
	if ((e = store_read(t->store, &l.db)) == ERR_OK) {
		e = read_group(&l, &g);
		store_read_end(t->store, l.db);
	}
	if (e == ERR_NOT_FOUND)
		return (tool_fail("there is no group \"%s\"", t->words[0]));
	if (e != ERR_OK)
		return (tool_fail("the group cannot be read (%s)", err_slug(e)));
	if (l.array != NULL)
		add_json(&l.json, &l, &g);
	else
		print_head(&l, &g);
	return (print(&l));
}
