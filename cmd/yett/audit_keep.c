/* yett audit: how much was done, and how long that is kept. */
#include <stdio.h>
#include <string.h>

#include "access/audit.h"
#include "access/audit_keep.h"
#include "access/audit_stats.h"
#include "base/clock.h"
#include "base/text.h"
#include "commands.h"
#include "table.h"

#define DAY_MS ((int64_t)86400000)
#define DAYS_USUAL 30

/* The day of an option. */
static int
read_day(const struct tool *t, const char *option, int64_t *ret_at)
{
	const char *value = tool_value(t, option);

	if (value == NULL || audit_stats_day(value, ret_at))
		return (0);
	return (tool_fail("%s: must be a day such as 2027-01-31", option));
}

static int
print_stats(struct tool *t, const struct audit_stats *s)
{
	static const char *const names[] = { "ACTION", "COUNT" };
	struct json j = json_object(t->arena), days = json_object(t->arena);
	struct json actions = json_object(t->arena);
	struct table *table = table_new(t->arena, COUNT(names), names);
	size_t i;

	if (table == NULL)
		return (tool_fail("out of memory"));
	for (i = 0; i < s->actions_count; i++) {
		const char *const cells[] = { s->actions[i].name,
			arena_print(t->arena, "%lld", (long long)s->actions[i].count) };

		table_add(table, cells);
		json_add_number(&actions, s->actions[i].name, s->actions[i].count);
	}
	if (!tool_has(t, "--json"))
		return (table_print(table));
	for (i = 0; i < s->days_count; i++)
		json_add_number(
		    &days, audit_stats_print(s->first_day + (int64_t)i, t->arena), s->days[i]);
	json_add_number(&j, "total", s->total);
	json_add_raw(&j, "actions", json_print(&actions));
	json_add_raw(&j, "days", json_print(&days));
	return (tool_print_json(&j));
}

int
cmd_audit_stats(struct tool *t)
{
	struct audit_stats *s = arena_alloc(t->arena, sizeof *s);
	int64_t to = clock_ms(), from;
	struct db *db;
	int status;
	enum err e;

	if (s == NULL)
		return (tool_fail("out of memory"));
	if ((status = read_day(t, "--to", &to)) != 0)
		return (status);
	from = to < DAYS_USUAL * DAY_MS ? 0 : to - (DAYS_USUAL - 1) * DAY_MS;
	if ((status = read_day(t, "--from", &from)) != 0)
		return (status);
	if (from > to)
		return (tool_fail("--from: must not be after --to"));
	if ((status = tool_open_store(t)) != 0)
		return (status);
	if ((e = store_read(t->store, &db)) == ERR_OK) {
		e = audit_stats_read(db, from, to, t->arena, s);
		store_read_end(t->store, db);
	}
	if (e == ERR_TOO_LARGE)
		return (
		    tool_fail("--from: must be at most %d days before --to", AUDIT_STATS_DAYS_MAX));
	return (e == ERR_OK ? print_stats(t, s)
	                    : tool_fail("the audit log cannot be read (%s)", err_slug(e)));
}

struct change {
	struct tool *tool;
	int64_t days; /* 0: for good */
};

static enum err
write_retention(struct tx *tx, void *arg)
{
	const struct change *c = arg;
	struct json details = json_object(c->tool->arena);
	enum err e;

	if (c->days == 0)
		json_add_text(&details, "keep_days", NULL);
	else
		json_add_number(&details, "keep_days", c->days);
	if ((e = tool_note(c->tool, tx,
	         &(struct event){ .action = "audit.retention_set",
	             .object_type = "audit",
	             .details = &details })) != ERR_OK)
		return (e);
	return (audit_keep_set(tx, c->tool->master, c->days));
}

static int
show_retention(struct tool *t)
{
	int64_t days = 0;
	struct db *db;
	enum err e;

	if ((e = store_read(t->store, &db)) == ERR_OK) {
		e = audit_keep_find(db, t->master, &days);
		store_read_end(t->store, db);
	}
	if (e == ERR_CRYPTO)
		return (tool_fail("somebody else than Yett has set how long rows are kept: nothing "
		                  "is deleted until you set it again"));
	if (e != ERR_OK)
		return (tool_fail("the database cannot be read (%s)", err_slug(e)));
	if (days == 0)
		puts("rows are kept for good");
	else
		printf("rows are kept for %lld days\n", (long long)days);
	return (0);
}

int
cmd_audit_retention(struct tool *t)
{
	struct change c = { .tool = t };
	int status;
	enum err e;

	if (t->words_count > 0 && strcmp(t->words[0], "forever") != 0 &&
	    !text_number(t->words[0], AUDIT_KEEP_MIN, AUDIT_KEEP_MAX, &c.days))
		return (tool_fail("DAYS: must be a number from %d to %d, or \"forever\"",
		    AUDIT_KEEP_MIN, AUDIT_KEEP_MAX));
	if ((status = tool_open_store(t)) != 0 || (status = tool_open_master(t)) != 0)
		return (status);
	if (t->words_count > 0 && (e = store_write(t->store, write_retention, &c)) != ERR_OK)
		return (tool_fail("the change cannot be stored (%s)", err_slug(e)));
	return (show_retention(t));
}

int
cmd_audit_cut(struct tool *t)
{
	int64_t count = 1, total = 0;
	enum err e = ERR_OK;
	int status;

	if ((status = tool_open_store(t)) != 0 || (status = tool_open_master(t)) != 0)
		return (status);
	while (e == ERR_OK && count > 0)
		if ((e = audit_keep_cut(t->store, t->master, &count)) == ERR_OK)
			total += count;
	if (e == ERR_CRYPTO)
		return (
		    tool_fail("what should be deleted is not what was written, so it stays: run "
		              "\"yett audit verify\""));
	if (e != ERR_OK)
		return (tool_fail("the audit log cannot be shortened (%s)", err_slug(e)));
	printf("rows deleted: %lld\n", (long long)total);
	return (0);
}
