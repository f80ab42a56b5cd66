/* yett audit: what was done. */
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "access/audit.h"
#include "access/audit_print.h"
#include "audit_filter.h"
#include "commands.h"
#include "table.h"

#define LIMIT_USUAL 50
#define LIMIT_MAX 10000
#define PAGE 500
#define SCRATCH_MAX ((size_t)16 << 20)

/* Rows, a page after another, each in a read of its own. */
struct listing {
	struct tool *tool;
	struct audit_filter filter;
	struct arena *scratch; /* wiped after each page */
	void (*each)(void *arg, const struct audit_row *row);
	int64_t before;
	int64_t left; /* so many more are wanted */
	struct table *table;
	struct json json;
	struct cJSON *array; /* NULL: no JSON is asked for */
	bool csv;
	bool failed;
};

static int
read_pages(struct listing *l)
{
	struct tool *t = l->tool;
	struct db *db;
	enum err e = ERR_OK;

	while (e == ERR_OK && l->before != 0 && l->left > 0) {
		if ((e = store_read(t->store, &db)) != ERR_OK)
			break;
		e = audit_find(db, &l->filter, l->before, l->left < PAGE ? l->left : PAGE,
		    l->scratch, l->each, l, &l->before);
		store_read_end(t->store, db);
		arena_reset(l->scratch);
		if (e == ERR_OK && l->failed)
			e = ERR_NOMEM;
	}
	return (e == ERR_OK ? 0 : tool_fail("the audit log cannot be read (%s)", err_slug(e)));
}

/* "user 0190...", or only what it is. */
static const char *
two(struct arena *a, const char *what, const char *id)
{

	return (id == NULL ? arena_copy(a, what) : arena_print(a, "%s %s", what, id));
}

static void
add_json(struct listing *l, const char *text)
{
	const char *detail;
	struct cJSON *item;

	/* A copy, for the tree outlives the text. */
	if ((text = arena_copy(l->tool->arena, text)) == NULL ||
	    json_parse(text, strlen(text), l->tool->arena, &item, &detail) != ERR_OK)
		l->failed = true;
	else
		cJSON_AddItemToArray(l->array, item);
}

static void
list_one(void *arg, const struct audit_row *row)
{
	struct listing *l = arg;
	struct arena *a = l->tool->arena;
	const char *const cells[] = { arena_print(a, "%lld", (long long)row->seq),
		table_time(a, row->occurred_at), arena_copy(a, row->action),
		two(a, row->actor, row->user_id), two(a, row->object_type, row->object_id),
		arena_copy(a, row->ip_address), arena_copy(a, row->details) };

	l->left--;
	if (l->array != NULL) {
		add_json(l, audit_print_json(row, l->scratch));
	} else {
		table_add(l->table, cells);
	}
}

int
cmd_audit_list(struct tool *t)
{
	static const char *const names[] = { "ROW", "TIME", "ACTION", "BY", "OBJECT", "ADDRESS",
		"DETAILS" };
	struct listing l = { .tool = t, .each = list_one, .before = INT64_MAX };
	int status;

	if (!tool_number(t, "--limit", LIMIT_USUAL, LIMIT_MAX, &l.left))
		return (tool_misuse(t, "--limit must be a number from 1 to %d", LIMIT_MAX));
	if (!tool_number(t, "--after", INT64_MAX, INT64_MAX, &l.before))
		return (tool_misuse(t, "--after must be the number of a row"));
	if ((status = tool_open_store(t)) != 0 || (status = audit_filter_read(t, &l.filter)) != 0)
		return (status);
	l.json = json_object(t->arena);
	if (tool_has(t, "--json"))
		l.array = json_add_array(&l.json, "items");
	l.scratch = arena_new(SCRATCH_MAX);
	l.table = table_new(t->arena, COUNT(names), names);
	status = l.scratch == NULL || l.table == NULL ? tool_fail("out of memory") : read_pages(&l);
	arena_free(l.scratch);
	if (status != 0)
		return (status);
	if (l.array == NULL) {
		if ((status = table_print(l.table)) == 0 && l.before != 0)
			tool_warn("there may be more: --after %lld", (long long)l.before);
		return (status);
	}
	json_add_text(&l.json, "next",
	    l.before == 0 ? NULL : arena_print(t->arena, "%lld", (long long)l.before));
	return (tool_print_json(&l.json));
}

static void
export_one(void *arg, const struct audit_row *row)
{
	struct listing *l = arg;
	const char *text =
	    l->csv ? audit_print_csv(row, l->scratch) : audit_print_json(row, l->scratch);

	if (text == NULL)
		l->failed = true;
	else
		printf(l->csv ? "%s" : "%s\n", text);
}

static enum err
write_export(struct tx *tx, void *arg)
{
	const struct listing *l = arg;
	struct json details = json_object(l->tool->arena);

	json_add_text(&details, "format", l->csv ? "csv" : "ndjson");
	return (tool_note(l->tool, tx,
	    &(struct event){
	        .action = "audit.exported", .object_type = "audit", .details = &details }));
}

int
cmd_audit_export(struct tool *t)
{
	struct listing l = {
		.tool = t, .each = export_one, .before = INT64_MAX, .left = INT64_MAX
	};
	const char *format = tool_value(t, "--format");
	int status;
	enum err e;

	l.csv = format != NULL && strcmp(format, "csv") == 0;
	if (format != NULL && !l.csv && strcmp(format, "ndjson") != 0)
		return (tool_misuse(t, "--format must be ndjson or csv"));
	if ((status = tool_open_store(t)) != 0 || (status = tool_open_master(t)) != 0 ||
	    (status = audit_filter_read(t, &l.filter)) != 0)
		return (status);
	if ((e = store_write(t->store, write_export, &l)) != ERR_OK)
		return (tool_fail("the audit log cannot be written (%s)", err_slug(e)));
	if ((l.scratch = arena_new(SCRATCH_MAX)) == NULL)
		return (tool_fail("out of memory"));
	if (l.csv)
		printf("%s", audit_print_titles(t->arena));
	status = read_pages(&l);
	arena_free(l.scratch);
	return (status);
}
