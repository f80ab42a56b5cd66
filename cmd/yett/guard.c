/* yett guard: who may see which pages of other applications; the rules, in the order that they are
 * asked in. */
#include <stdio.h>

#include "access/guard_conf.h"
#include "commands.h"
#include "guard_find.h"
#include "table.h"

struct listing {
	struct tool *tool;
	struct json json;
	struct cJSON *array;
	struct table *table;
};

static void
list_configured(void *arg, const struct guard_rule *rule, const char *text)
{
	struct listing *l = arg;
	struct json item = json_object(l->tool->arena);

	json_add_text(&item, "source", "yett.conf");
	json_add_text(&item, "id", NULL);
	json_add_text(&item, "position", NULL);
	guard_admin_add_rule(&item, rule, text);
	json_append(&l->json, l->array, &item);
	table_add(l->table, (const char *const[]){ "yett.conf", text, NULL, NULL });
}

static void
list_one(void *arg, const struct guard_row *row)
{
	struct listing *l = arg;
	struct json item = json_object(l->tool->arena);

	json_add_text(&item, "source", "database");
	guard_admin_add_row(&item, row);
	json_append(&l->json, l->array, &item);
	table_add(l->table,
	    (const char *const[]){ arena_print(l->tool->arena, "%lld", (long long)row->position),
	        arena_copy(l->tool->arena, row->rule), arena_copy(l->tool->arena, row->description),
	        arena_copy(l->tool->arena, row->id) });
}

int
cmd_guard_list(struct tool *t)
{
	static const char *const names[] = { "POSITION", "RULE", "DESCRIPTION", "ID" };
	struct listing l = { .tool = t, .json = json_object(t->arena) };
	char message[CONF_MESSAGE_SIZE] = "out of memory";
	struct db *db;
	int status;
	enum err e;

	if ((l.table = table_new(t->arena, COUNT(names), names)) == NULL)
		return (tool_fail("out of memory"));
	l.array = json_add_array(&l.json, "items");
	if (guard_conf_each(&t->conf, t->arena, list_configured, &l, message) != ERR_OK)
		return (tool_fail("%s", message));
	if ((status = tool_open_store(t)) != 0)
		return (status);
	if ((e = store_read(t->store, &db)) != ERR_OK)
		return (tool_fail("the database cannot be read (%s)", err_slug(e)));
	e = guard_rule_list(db, 0, GUARD_ROWS_MAX, t->arena, list_one, &l);
	store_read_end(t->store, db);
	if (e != ERR_OK)
		return (tool_fail("the rules cannot be read (%s)", err_slug(e)));
	return (tool_has(t, "--json") ? tool_print_json(&l.json) : table_print(l.table));
}

static int
print_row(struct tool *t, const struct guard_row *row)
{
	struct json j = json_object(t->arena);

	if (tool_has(t, "--json")) {
		guard_admin_add_row(&j, row);
		return (tool_print_json(&j));
	}
	printf("%lld: ", (long long)row->position);
	table_text(row->rule);
	putchar('\n');
	if (row->description[0] != '\0') {
		table_text(row->description);
		putchar('\n');
	}
	printf("id %s, made %s, changed %s\n", row->id, table_time(t->arena, row->created_at),
	    table_time(t->arena, row->updated_at));
	return (0);
}

int
cmd_guard_show(struct tool *t)
{
	struct guard_row row;
	struct db *db;
	int status;
	enum err e;

	if ((status = tool_open_store(t)) != 0)
		return (status);
	if ((e = store_read(t->store, &db)) != ERR_OK)
		return (tool_fail("the database cannot be read (%s)", err_slug(e)));
	e = guard_find(db, t->words[0], t->arena, &row);
	store_read_end(t->store, db);
	if (e == ERR_NOT_FOUND)
		return (tool_fail("there is no rule \"%s\" in the database", t->words[0]));
	if (e != ERR_OK)
		return (tool_fail("the rule cannot be read (%s)", err_slug(e)));
	return (print_row(t, &row));
}
