/* yett impersonation: who acted in whose name, and ending that. */
#include <stdio.h>

#include "base/clock.h"
#include "base/id.h"
#include "commands.h"
#include "store/impersonation.h"
#include "store/session.h"
#include "table.h"
#include "who.h"

#define LIMIT_USUAL 200
#define LIMIT_MAX 10000

struct listing {
	struct tool *tool;
	struct db *db;
	struct table *table;
	struct json json;
	struct cJSON *array; /* NULL: a table */
	int64_t now;
	int64_t count;
	int64_t limit;
	bool more;
	const char *last;
	enum err err;
};

static void
add_json(struct listing *l, const struct impersonation *im)
{
	struct json item = json_object(l->tool->arena);

	json_add_text(&item, "id", im->id);
	json_add_text(&item, "admin_user_id", im->admin_user_id);
	json_add_text(&item, "impersonated_user_id", im->impersonated_user_id);
	json_add_text(&item, "session_id", im->session_id);
	json_add_text(&item, "reason", im->reason);
	json_add_time(&item, "started_at", im->started_at);
	json_add_time(&item, "expires_at", im->expires_at);
	if (im->ended_at != 0)
		json_add_time(&item, "ended_at", im->ended_at);
	else
		json_add_text(&item, "ended_at", NULL);
	json_add_text(&item, "ip_address", im->ip_address);
	json_add_text(&item, "user_agent", im->user_agent);
	json_append(&l->json, l->array, &item);
}

/* The address of ${id}, or the id of who is gone. */
static const char *
name_of(struct listing *l, const char *id)
{
	struct user u;
	enum err e;

	if ((e = user_find(l->db, USER_BY_ID, id, l->tool->arena, &u)) == ERR_OK)
		return (u.email);
	if (e != ERR_NOT_FOUND)
		l->err = e;
	return (id);
}

static void
list_one(void *arg, const struct impersonation *im)
{
	struct listing *l = arg;
	struct arena *a = l->tool->arena;
	const char *state = im->ended_at != 0         ? "ended"
	                    : im->expires_at > l->now ? "runs"
	                                              : "expired";

	if (l->err != ERR_OK || (l->more = l->count == l->limit))
		return;
	l->count++;
	l->last = im->id;
	if (l->array != NULL) {
		add_json(l, im);
	} else {
		const char *const cells[] = { im->id, name_of(l, im->admin_user_id),
			name_of(l, im->impersonated_user_id), state, table_time(a, im->started_at),
			table_time(a, im->ended_at != 0 ? im->ended_at : im->expires_at),
			im->ip_address, im->reason };

		table_add(l->table, cells);
	}
}

/* Who an option names; NULL when it is not given. */
static int
read_who(struct tool *t, const char *option, const char **ret_id)
{
	const char *who = tool_value(t, option);
	struct user u;
	int status;

	*ret_id = NULL;
	if (who == NULL)
		return (0);
	/* Of who is gone the log remains. */
	if (id_ok(who)) {
		*ret_id = who;
		return (0);
	}
	if ((status = who_read(t, who, &u)) == 0)
		*ret_id = u.id;
	return (status);
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
		tool_warn("there are more: --after %s", l->last);
	return (status);
}

int
cmd_impersonation_list(struct tool *t)
{
	static const char *const names[] = { "ID", "ADMIN", "AS", "STATE", "STARTED", "UNTIL",
		"ADDRESS", "REASON" };
	struct impersonation_filter filter = { .before = tool_value(t, "--after") };
	struct listing l = { .tool = t, .now = clock_ms() };
	int status;
	enum err e;

	if (!tool_number(t, "--limit", LIMIT_USUAL, LIMIT_MAX, &l.limit))
		return (tool_misuse(t, "--limit must be a number from 1 to %d", LIMIT_MAX));
	if ((status = tool_open_store(t)) != 0 ||
	    (status = read_who(t, "--admin", &filter.admin_user_id)) != 0 ||
	    (status = read_who(t, "--user", &filter.impersonated_user_id)) != 0)
		return (status);
	l.json = json_object(t->arena);
	if (tool_has(t, "--json"))
		l.array = json_add_array(&l.json, "items");
	if ((l.table = table_new(t->arena, COUNT(names), names)) == NULL)
		return (tool_fail("out of memory"));
	if ((e = store_read(t->store, &l.db)) == ERR_OK) {
		e = impersonation_list(l.db, &filter, l.limit + 1, t->arena, list_one, &l);
		store_read_end(t->store, l.db);
	}
	if (e != ERR_OK || (e = l.err) != ERR_OK)
		return (tool_fail("the impersonations cannot be listed (%s)", err_slug(e)));
	return (print(&l));
}

static enum err
write_end(struct tx *tx, void *arg)
{
	struct tool *t = arg;
	struct json details = json_object(t->arena);
	struct event ev = {
		.action = "impersonation.ended", .object_type = "user", .details = &details
	};
	struct impersonation im;
	enum err e;

	if ((e = impersonation_find(tx_db(tx), t->words[0], t->arena, &im)) != ERR_OK)
		return (e);
	if (im.expires_at <= clock_ms())
		return (ERR_NOT_FOUND);
	if ((e = session_revoke(tx, im.session_id, NULL, clock_ms())) != ERR_OK)
		return (e);
	ev.object_id = im.impersonated_user_id;
	json_add_text(&details, "session_id", im.session_id);
	json_add_text(&details, "why", "ended by the tool");
	return (tool_note(t, tx, &ev));
}

int
cmd_impersonation_end(struct tool *t)
{
	int status;
	enum err e;

	if ((status = tool_open_store(t)) != 0 || (status = tool_open_master(t)) != 0)
		return (status);
	if ((e = store_write(t->store, write_end, t)) == ERR_NOT_FOUND)
		return (tool_fail("there is no such impersonation, or it has ended already: "
		                  "\"yett impersonation list\" shows them"));
	if (e != ERR_OK)
		return (tool_fail("it cannot be ended (%s)", err_slug(e)));
	puts("ended");
	return (0);
}
