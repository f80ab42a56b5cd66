/* yett audit: is the log what was written? */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "access/audit_verify.h"
#include "base/clock.h"
#include "base/text.h"
#include "commands.h"
#include "table.h"

#define FINDINGS_MAX 1000
#define LINE_SIZE 512 /* a head has some 170 bytes */

struct report {
	struct tool *tool;
	struct table *table;
	struct json json;
	struct cJSON *array;
	int64_t count;
	int64_t given;   /* heads */
	int64_t heads;   /* of these, that were compared, */
	int64_t skipped; /* or cannot be any more */
};

static void
add_finding(void *arg, const struct audit_finding *f)
{
	struct report *in = arg;
	struct arena *a = in->tool->arena;
	const char *const cells[] = { arena_copy(a, f->what),
		f->seq == 0 ? "-" : arena_print(a, "%lld", (long long)f->seq),
		f->id == NULL ? "-" : arena_copy(a, f->id), arena_copy(a, f->detail) };
	struct json item;

	if (in->count++ >= FINDINGS_MAX)
		return;
	table_add(in->table, cells);
	item = json_object(a);
	json_add_text(&item, "what", f->what);
	/* Not as a number of JSON's, which is a double: the strange ones are large. */
	json_add_raw(
	    &item, "seq", f->seq == 0 ? "null" : arena_print(a, "%lld", (long long)f->seq));
	json_add_text(
	    &item, "id", f->id == NULL || text_utf8_ok(f->id, strlen(f->id)) ? f->id : NULL);
	json_add_text(&item, "detail", f->detail);
	json_append(&in->json, in->array, &item);
}

static int
check_head(struct report *in, struct audit_verify *v, const char *text)
{
	struct audit_kept kept;
	bool comparable;
	enum err e;

	in->given++;
	if ((e = audit_head_parse(v->master, text, &kept)) == ERR_SYNTAX)
		return (
		    tool_fail("--head: there is a line that \"yett audit head\" did not print"));
	if (e == ERR_CRYPTO) {
		add_finding(in, &(struct audit_finding){ "kept", 0, NULL,
		                    "a head that was given is forged, or another site's" });
		return (0);
	}
	if (e != ERR_OK || (e = audit_verify_kept(v, &kept, &comparable)) != ERR_OK)
		return (tool_fail("the audit log cannot be read (%s)", err_slug(e)));
	in->heads += comparable;
	in->skipped += !comparable;
	return (0);
}

/* The heads that --head gives: one, or a file with one a line. */
static int
check_heads(struct report *in, struct audit_verify *v)
{
	const char *value = tool_value(in->tool, "--head");
	char line[LINE_SIZE];
	int status = 0;
	FILE *f;

	if (value == NULL || text_starts(value, "yett-head."))
		return (value == NULL ? 0 : check_head(in, v, value));
	if ((f = fopen(value, "r")) == NULL)
		return (tool_fail("--head: %s: %s", value, strerror(errno)));
	while (status == 0 && fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] != '\0')
			status = check_head(in, v, line);
	}
	if (status == 0 && ferror(f))
		status = tool_fail("--head: %s cannot be read", value);
	fclose(f);
	if (status == 0 && in->given == 0)
		status = tool_fail("--head: there is no head in %s", value);
	return (status);
}

static int
walk(struct report *in, struct audit_verify *v)
{
	enum err e;

	if ((e = audit_verify_begin(v, 0)) == ERR_OK &&
	    (e = audit_verify_go(v, INT64_MAX)) == ERR_OK)
		e = audit_verify_rest(v);
	if (e != ERR_OK)
		return (tool_fail("the audit log cannot be read (%s)", err_slug(e)));
	return (check_heads(in, v));
}

static int
print_report(struct report *in, const struct audit_verify *v)
{
	struct json *j = &in->json;
	int status;

	if (tool_has(in->tool, "--json")) {
		json_add_bool(j, "ok", in->count == 0);
		json_add_number(j, "count", in->count);
		json_add_number(j, "rows", v->rows);
		json_add_number(j, "through", v->through);
		json_add_number(j, "heads", in->heads);
		json_add_number(j, "heads_too_old", in->skipped);
		status = tool_print_json(j);
	} else if (in->count == 0) {
		printf("the audit log is what was written: %lld rows, the last is %lld; heads "
		       "compared: %lld\n",
		    (long long)v->rows, (long long)v->through, (long long)in->heads);
		status = 0;
	} else {
		status = table_print(in->table);
	}
	if (in->skipped > 0)
		tool_warn(
		    "heads of rows that retention has deleted since, and that say nothing any "
		    "more: %lld",
		    (long long)in->skipped);
	if (in->count == 0 || status != 0)
		return (status);
	return (tool_fail("the audit log is NOT what was written: %lld findings among %lld rows",
	    (long long)in->count, (long long)v->rows));
}

int
cmd_audit_verify(struct tool *t)
{
	static const char *const names[] = { "WHAT", "ROW", "ID", "DETAIL" };
	struct report in = { .tool = t, .json = json_object(t->arena) };
	struct audit_verify v = { .found = add_finding, .arg = &in };
	int status;

	if ((status = tool_open_store(t)) != 0 || (status = tool_open_master(t)) != 0)
		return (status);
	in.array = json_add_array(&in.json, "findings");
	if ((in.table = table_new(t->arena, COUNT(names), names)) == NULL)
		return (tool_fail("out of memory"));
	v.store = t->store;
	v.master = t->master;
	status = walk(&in, &v);
	audit_verify_end(&v);
	return (status != 0 ? status : print_report(&in, &v));
}

int
cmd_audit_head(struct tool *t)
{
	struct audit_kept kept;
	struct db *db;
	const char *text;
	int status;
	enum err e;

	if ((status = tool_open_store(t)) != 0 || (status = tool_open_master(t)) != 0)
		return (status);
	if ((e = store_read(t->store, &db)) == ERR_OK) {
		e = audit_head_take(db, t->master, clock_ms(), &kept);
		store_read_end(t->store, db);
	}
	if (e == ERR_CRYPTO)
		return (
		    tool_fail("the end of the audit log is not as it was left: run \"yett audit "
		              "verify\""));
	if (e != ERR_OK || (text = audit_head_print(t->master, &kept, t->arena)) == NULL)
		return (tool_fail("the audit log cannot be read (%s)", err_slug(e)));
	puts(text);
	return (0);
}
