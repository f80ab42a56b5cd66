/* yett audit attempts: who tried to sign in, the newest first. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "commands.h"
#include "http/json.h"
#include "store/attempt.h"
#include "table.h"
#include "who.h"

#define LIMIT_USUAL 50
#define LIMIT_MAX 10000
#define ROWS_MAX 2000 /* looked at in one read: some 400 bytes each */
#define SCRATCH_MAX ((size_t)16 << 20)

struct listing {
	struct tool *tool;
	struct db *db;
	struct attempt_filter filter;
	struct arena *scratch; /* wiped after each read */
	int64_t left;          /* so many more are wanted */
	int64_t before;
	char before_id[ID_SIZE];
	bool more;
	struct table *table;
	struct json json;
	struct cJSON *array; /* NULL: a table */
	enum err err;
};

/* The address of whom it was about, as it is now. */
static const char *
find_email(struct listing *l, const char *user_id)
{
	struct user u;
	enum err e;

	if (user_id == NULL)
		return ("-");
	if ((e = user_find(l->db, USER_BY_ID, user_id, l->scratch, &u)) == ERR_OK)
		return (arena_copy(l->tool->arena, u.email));
	if (e != ERR_NOT_FOUND)
		l->err = e;
	return ("-");
}

static void
list_one(void *arg, const struct attempt_row *attempt)
{
	struct listing *l = arg;
	struct arena *a = l->tool->arena;
	struct json item;

	l->left--;
	if (l->err != ERR_OK)
		return;
	if (l->array == NULL) {
		table_add(l->table,
		    (const char *const[]){ table_time(a, attempt->attempted_at),
		        attempt->success ? "signed in" : "refused", find_email(l, attempt->user_id),
		        arena_copy(a, attempt->ip_address), arena_copy(a, attempt->user_agent) });
		return;
	}
	item = json_object(a);
	json_add_text(&item, "id", attempt->id);
	json_add_text(&item, "user_id", attempt->user_id);
	json_add_time(&item, "attempted_at", attempt->attempted_at);
	json_add_bool(&item, "success", attempt->success);
	json_add_text(&item, "ip_address", attempt->ip_address);
	json_add_text(&item, "user_agent", attempt->user_agent);
	json_append(&l->json, l->array, &item);
}

/* One read of some rows, from where the last one ended. */
static enum err
read_some(struct listing *l)
{
	struct attempt_row last = { .id = NULL };
	enum err e;

	if ((e = store_read(l->tool->store, &l->db)) != ERR_OK)
		return (e);
	e = attempt_list(l->db, &l->filter, l->before, l->before_id, ROWS_MAX, l->left, l->scratch,
	    list_one, l, &last);
	store_read_end(l->tool->store, l->db);
	if (e == ERR_OK && (l->more = last.id != NULL)) {
		l->before = last.attempted_at;
		snprintf(l->before_id, sizeof l->before_id, "%s", last.id);
	}
	arena_reset(l->scratch);
	return (e == ERR_OK ? l->err : e);
}

static int
read_all(struct listing *l)
{
	enum err e;

	if ((l->scratch = arena_new(SCRATCH_MAX)) == NULL)
		return (tool_fail("out of memory"));
	do
		e = read_some(l);
	while (e == ERR_OK && l->more && l->left > 0);
	arena_free(l->scratch);
	return (e == ERR_OK ? 0 : tool_fail("the attempts cannot be read (%s)", err_slug(e)));
}

static int
read_user(struct tool *t, struct listing *l)
{
	const char *who = tool_value(t, "--user");
	struct user u;
	int status;

	if (who == NULL || (status = who_read(t, who, &u)) != 0)
		return (who == NULL ? 0 : status);
	l->filter.user_id = u.id;
	return (0);
}

/* "MS.ID", as we gave it. */
static bool
read_place(struct tool *t, struct listing *l)
{
	const char *text = tool_value(t, "--after"), *dot, *digits;

	if (text == NULL)
		return (true);
	if ((dot = strchr(text, '.')) == NULL || !id_ok(dot + 1) ||
	    (digits = arena_copy_len(t->arena, text, (size_t)(dot - text))) == NULL)
		return (false);
	snprintf(l->before_id, sizeof l->before_id, "%s", dot + 1);
	return (text_number(digits, 0, INT64_MAX, &l->before));
}

static int
read_times(struct tool *t, struct listing *l)
{
	static const char must[] = "must be a time such as 2027-01-31T12:00:00Z";
	const char *from = tool_value(t, "--from"), *to = tool_value(t, "--to");
	int64_t end = INT64_MAX;

	if (from != NULL && !clock_parse(from, &l->filter.from))
		return (tool_fail("--from: %s", must));
	if (to != NULL && !clock_parse(to, &end))
		return (tool_fail("--to: %s", must));
	if (end <= l->filter.from)
		return (tool_fail("--to: must be after --from"));
	if (end < l->before) {
		l->before = end;
		l->before_id[0] = '\0';
	}
	return (0);
}

static int
read_options(struct tool *t, struct listing *l)
{
	const char *success = tool_value(t, "--success");
	int status;

	l->before = INT64_MAX;
	if (!tool_number(t, "--limit", LIMIT_USUAL, LIMIT_MAX, &l->left))
		return (tool_misuse(t, "--limit must be a number from 1 to %d", LIMIT_MAX));
	if (!read_place(t, l))
		return (tool_misuse(t, "--after must be the \"next\" of the list before"));
	if (success != NULL && strcmp(success, "true") != 0 && strcmp(success, "false") != 0)
		return (tool_fail("--success: must be true or false"));
	if (success != NULL)
		l->filter.success = strcmp(success, "true") == 0 ? "1" : "0";
	l->filter.ip_address = tool_value(t, "--address");
	if ((status = read_times(t, l)) != 0 || (status = tool_open_store(t)) != 0)
		return (status);
	return (read_user(t, l));
}

int
cmd_audit_attempts(struct tool *t)
{
	static const char *const names[] = { "TIME", "RESULT", "USER", "ADDRESS", "AGENT" };
	struct listing l = { .tool = t, .json = json_object(t->arena) };
	const char *next;
	int status;

	if ((status = read_options(t, &l)) != 0)
		return (status);
	if (tool_has(t, "--json"))
		l.array = json_add_array(&l.json, "items");
	if ((l.table = table_new(t->arena, COUNT(names), names)) == NULL)
		return (tool_fail("out of memory"));
	if ((status = read_all(&l)) != 0)
		return (status);
	next = l.more ? arena_print(t->arena, "%lld.%s", (long long)l.before, l.before_id) : NULL;
	if (l.array != NULL) {
		json_add_text(&l.json, "next", next);
		return (tool_print_json(&l.json));
	}
	if ((status = table_print(l.table)) == 0 && next != NULL)
		tool_warn("there may be more: --after %s", next);
	return (status);
}
