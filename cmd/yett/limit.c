/* yett limit: how many requests are let through, and of whom. */
#include <stdio.h>

#include "commands.h"
#include "store/limit_policy.h"
#include "table.h"

struct listing {
	struct tool *tool;
	struct json json;
	struct cJSON *array;
	struct table *table;
};

static const char *
print_number(struct tool *t, int64_t number)
{

	return (arena_print(t->arena, "%lld", (long long)number));
}

static void
add_members(struct json *j, const struct limit_policy *p)
{

	json_add_text(j, "id", p->id);
	json_add_text(j, "name", p->name);
	json_add_text(j, "scope", limit_policy_scope_name(p->scope));
	json_add_number(j, "limit_count", p->limit_count);
	json_add_number(j, "window_sec", p->window_sec);
	json_add_text(j, "description", p->description);
	json_add_time(j, "created_at", p->created_at);
}

static void
list_one(void *arg, const struct limit_policy *p)
{
	struct listing *l = arg;
	struct json item = json_object(l->tool->arena);

	add_members(&item, p);
	json_append(&l->json, l->array, &item);
	table_add(l->table, (const char *const[]){ p->name, limit_policy_scope_name(p->scope),
	                        print_number(l->tool, p->limit_count),
	                        print_number(l->tool, p->window_sec), p->description });
}

static int
begin(struct tool *t, struct listing *l, const char *const *names, size_t count)
{

	l->tool = t;
	l->json = json_object(t->arena);
	if ((l->table = table_new(t->arena, count, names)) == NULL)
		return (tool_fail("out of memory"));
	return (tool_open_store(t));
}

int
cmd_limit_list(struct tool *t)
{
	static const char *const names[] = { "NAME", "COUNTS BY", "REQUESTS", "IN SECONDS",
		"DESCRIPTION" };
	struct listing l;
	struct db *db;
	int status;
	enum err e;

	if ((status = begin(t, &l, names, COUNT(names))) != 0)
		return (status);
	l.array = json_add_array(&l.json, "items");
	if ((e = store_read(t->store, &db)) != ERR_OK)
		return (tool_fail("the database cannot be read (%s)", err_slug(e)));
	e = limit_policy_list(db, "", LIMIT_POLICIES_MAX, t->arena, list_one, &l);
	store_read_end(t->store, db);
	if (e != ERR_OK)
		return (tool_fail("rate limits cannot be read (%s)", err_slug(e)));
	return (tool_has(t, "--json") ? tool_print_json(&l.json) : table_print(l.table));
}

static void
show_one(void *arg, const struct limit_assignment *as)
{
	struct listing *l = arg;
	struct json item = json_object(l->tool->arena);
	const char *scope = limit_policy_scope_name(as->scope);
	const char *who = as->target.who;

	json_add_text(&item, "id", as->id);
	if (who != NULL)
		json_add_text(&item, scope, who);
	if (as->target.route != NULL)
		json_add_text(&item, "route", as->target.route);
	json_add_bool(&item, "everybody", who == NULL);
	json_append(&l->json, l->array, &item);
	table_add(l->table, (const char *const[]){ who != NULL ? who : "everybody",
	                        as->target.route != NULL ? as->target.route : "all routes" });
}

static int
print_policy(struct tool *t, const struct limit_policy *p, struct listing *l)
{

	if (tool_has(t, "--json"))
		return (tool_print_json(&l->json));
	printf("%s: each %s %lld requests in %lld s\n", p->name, limit_policy_scope_name(p->scope),
	    (long long)p->limit_count, (long long)p->window_sec);
	if (p->description[0] != '\0') {
		table_text(p->description);
		putchar('\n');
	}
	if (table_count(l->table) == 0) {
		puts("It is assigned to nobody.");
		return (0);
	}
	putchar('\n');
	return (table_print(l->table));
}

int
cmd_limit_show(struct tool *t)
{
	static const char *const names[] = { "FOR", "AT" };
	struct limit_policy policy;
	struct listing l;
	struct db *db;
	int status;
	enum err e;

	if ((status = begin(t, &l, names, COUNT(names))) != 0)
		return (status);
	if ((e = store_read(t->store, &db)) != ERR_OK)
		return (tool_fail("the database cannot be read (%s)", err_slug(e)));
	if ((e = limit_policy_find_name(db, t->words[0], t->arena, &policy)) == ERR_OK) {
		add_members(&l.json, &policy);
		l.array = json_add_array(&l.json, "assignments");
		e = limit_policy_assignments(
		    db, policy.id, "", LIMIT_ASSIGNMENTS_MAX, t->arena, show_one, &l);
	}
	store_read_end(t->store, db);
	if (e == ERR_NOT_FOUND)
		return (tool_fail("there is no rate limit \"%s\"", t->words[0]));
	if (e != ERR_OK)
		return (tool_fail("the rate limit cannot be read (%s)", err_slug(e)));
	return (print_policy(t, &policy, &l));
}
