/* yett org: seeing organisations. */
#include <stdio.h>

#include "commands.h"
#include "http/json.h"
#include "store/org.h"
#include "table.h"
#include "whose.h"

#define LIMIT_USUAL 1000
#define LIMIT_MAX 10000

struct listing {
	struct tool *tool;
	struct table *table;
	struct json json;
	struct cJSON *array; /* NULL: a table */
	int64_t count;
	int64_t limit;
	bool more;
	const char *last;
};

static struct json
make_json(struct tool *t, const struct org *org)
{
	struct json j = json_object(t->arena);

	json_add_text(&j, "id", org->id);
	json_add_text(&j, "name", org->name);
	json_add_text(&j, "slug", org->slug);
	if (org->seat_limit != 0)
		json_add_number(&j, "seat_limit", org->seat_limit);
	else
		json_add_text(&j, "seat_limit", NULL);
	json_add_raw(&j, "metadata", org->metadata);
	json_add_time(&j, "created_at", org->created_at);
	json_add_time(&j, "updated_at", org->updated_at);
	return (j);
}

static const char *
print_seats(struct tool *t, const struct org *org)
{

	return (
	    org->seat_limit == 0 ? "-" : arena_print(t->arena, "%lld", (long long)org->seat_limit));
}

static void
list_one(void *arg, const struct org *org)
{
	struct listing *l = arg;
	struct json item;

	if ((l->more = l->count == l->limit))
		return;
	l->count++;
	l->last = org->id;
	if (l->array == NULL) {
		table_add(l->table,
		    (const char *const[]){ org->slug, org->name, print_seats(l->tool, org),
		        table_time(l->tool->arena, org->created_at), org->id });
		return;
	}
	item = make_json(l->tool, org);
	json_append(&l->json, l->array, &item);
}

int
cmd_org_list(struct tool *t)
{
	static const char *const names[] = { "SLUG", "NAME", "SEATS", "CREATED", "ID" };
	const char *after = tool_value(t, "--after");
	struct listing l = { .tool = t, .json = json_object(t->arena) };
	struct db *db;
	int status;
	enum err e;

	if (!tool_number(t, "--limit", LIMIT_USUAL, LIMIT_MAX, &l.limit))
		return (tool_misuse(t, "--limit: must be a number from 1 to %d", LIMIT_MAX));
	if ((status = tool_open_store(t)) != 0)
		return (status);
	if (tool_has(t, "--json"))
		l.array = json_add_array(&l.json, "items");
	if ((l.table = table_new(t->arena, COUNT(names), names)) == NULL)
		return (tool_fail("out of memory"));
	if ((e = store_read(t->store, &db)) == ERR_OK) {
		e = org_list(db, after == NULL ? "" : after, l.limit + 1, t->arena, list_one, &l);
		store_read_end(t->store, db);
	}
	if (e != ERR_OK)
		return (tool_fail("the organisations cannot be read (%s)", err_slug(e)));
	if (l.array != NULL) {
		json_add_text(&l.json, "next", l.more ? l.last : NULL);
		return (tool_print_json(&l.json));
	}
	if ((status = table_print(l.table)) == 0 && l.more)
		printf("there are more: --after %s\n", l.last);
	return (status);
}

static void
print_org(struct tool *t, const struct org *org, int64_t members)
{

	printf("id          %s\n", org->id);
	printf("name        ");
	table_text(org->name);
	printf("\nslug        %s\n", org->slug);
	printf("members     %lld\n", (long long)members);
	printf("seats       %s\n", print_seats(t, org));
	printf("metadata    ");
	table_text(org->metadata);
	printf("\ncreated     %s\n", table_time(t->arena, org->created_at));
	printf("changed     %s\n", table_time(t->arena, org->updated_at));
}

int
cmd_org_show(struct tool *t)
{
	int64_t members;
	struct json j;
	struct org org;
	struct db *db;
	int status;
	enum err e;

	if ((status = whose_read(t, t->words[0], &org)) != 0)
		return (status);
	if ((e = store_read(t->store, &db)) == ERR_OK) {
		e = org_member_count(db, org.id, &members);
		store_read_end(t->store, db);
	}
	if (e != ERR_OK)
		return (tool_fail("the organisation cannot be read (%s)", err_slug(e)));
	if (!tool_has(t, "--json")) {
		print_org(t, &org, members);
		return (0);
	}
	j = make_json(t, &org);
	json_add_number(&j, "members", members);
	return (tool_print_json(&j));
}
