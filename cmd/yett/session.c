/* yett session: who is signed in, and ending that. */
#include <stdio.h>

#include "access/device.h"
#include "access/ticket.h"
#include "base/clock.h"
#include "base/id.h"
#include "commands.h"
#include "http/json.h"
#include "store/session.h"
#include "table.h"
#include "user_change.h"
#include "who.h"

#define LIMIT_USUAL 200
#define LIMIT_MAX 10000

struct listing {
	struct tool *tool;
	struct db *db;
	struct table *table;
	struct json json;
	struct cJSON *array; /* NULL: a table is asked for */
	int64_t count;
	int64_t limit;
	enum err err;
};

static void
add_json(struct listing *l, const struct session *s, const struct user *u)
{
	struct json item = json_object(l->tool->arena);

	json_add_text(&item, "id", s->id);
	json_add_text(&item, "user_id", s->user_id);
	json_add_text(&item, "email", u->email);
	json_add_text(&item, "actor_user_id", s->actor_user_id);
	json_add_text(&item, "kind", session_kind_name(s->kind));
	json_add_text(&item, "device", device_name(s->user_agent, l->tool->arena));
	json_add_text(&item, "user_agent", s->user_agent);
	json_add_text(&item, "ip_address", s->ip_address);
	json_add_time(&item, "created_at", s->created_at);
	json_add_time(&item, "last_seen_at", s->last_seen_at);
	json_add_time(&item, "expires_at", s->expires_at);
	json_append(&l->json, l->array, &item);
}

static void
list_one(void *arg, const struct session *s)
{
	struct listing *l = arg;
	struct arena *a = l->tool->arena;
	struct user u;

	if (l->err != ERR_OK || l->count++ >= l->limit)
		return;
	if ((l->err = user_find(l->db, USER_BY_ID, s->user_id, a, &u)) != ERR_OK)
		return;
	if (l->array != NULL) {
		add_json(l, s, &u);
	} else {
		const char *const cells[] = { s->id, u.email, session_kind_name(s->kind),
			device_name(s->user_agent, a), s->ip_address, table_time(a, s->created_at),
			table_time(a, s->last_seen_at), table_time(a, s->expires_at) };

		table_add(l->table, cells);
	}
}

static int
read_list(struct listing *l)
{
	struct tool *t = l->tool;
	const int64_t now = clock_ms();
	struct user u;
	int status;
	enum err e;

	if ((e = store_read(t->store, &l->db)) != ERR_OK)
		return (tool_fail("the database cannot be read (%s)", err_slug(e)));
	status = t->words_count > 0 ? who_find(t, l->db, t->words[0], &u) : 0;
	if (status == 0)
		e = t->words_count > 0
		        ? session_list(l->db, u.id, now, t->arena, list_one, l)
		        : session_list_all(l->db, now, l->limit + 1, t->arena, list_one, l);
	store_read_end(t->store, l->db);
	if (status != 0)
		return (status);
	if (e != ERR_OK || (e = l->err) != ERR_OK)
		return (tool_fail("the sessions cannot be listed (%s)", err_slug(e)));
	return (0);
}

int
cmd_session_list(struct tool *t)
{
	static const char *const names[] = { "ID", "EMAIL", "KIND", "DEVICE", "ADDRESS", "CREATED",
		"LAST SEEN", "EXPIRES" };
	struct listing l = { .tool = t };
	int status;

	if (!tool_number(t, "--limit", LIMIT_USUAL, LIMIT_MAX, &l.limit))
		return (tool_misuse(t, "--limit must be a number from 1 to %d", LIMIT_MAX));
	if ((status = tool_open_store(t)) != 0)
		return (status);
	l.json = json_object(t->arena);
	if (tool_has(t, "--json"))
		l.array = json_add_array(&l.json, "items");
	if ((l.table = table_new(t->arena, COUNT(names), names)) == NULL)
		return (tool_fail("out of memory"));
	if ((status = read_list(&l)) != 0)
		return (status);
	if (l.array == NULL) {
		if ((status = table_print(l.table)) == 0 && l.count > l.limit)
			tool_warn("there are more: --limit N");
		return (status);
	}
	return (tool_print_json(&l.json));
}

/* What to end: one of ${id}, ${user_id}, or neither for all. */
struct ending {
	struct tool *tool;
	const char *id;
	const char *user_id;
	int64_t now;
	int64_t count;
};

/* Actions as the programs call them. */
static enum err
write_one(struct tx *tx, struct ending *in)
{
	struct json details = json_object(in->tool->arena);
	const struct event ev = { .action = "session.ended",
		.object_type = "session",
		.object_id = in->id,
		.details = &details };
	struct session s;
	enum err e;

	in->count = 1;
	if ((e = session_find(tx_db(tx), in->id, in->tool->arena, &s)) != ERR_OK ||
	    (e = session_revoke(tx, in->id, NULL, in->now)) != ERR_OK)
		return (e);
	json_add_text(&details, "user_id", s.user_id);
	json_add_text(&details, "why", "ended by the tool");
	return (tool_note(in->tool, tx, &ev));
}

static enum err
write_ending(struct tx *tx, void *arg)
{
	struct ending *in = arg;
	struct json details = json_object(in->tool->arena);
	enum err e;

	if (in->id != NULL)
		return (write_one(tx, in));
	if (in->user_id != NULL && (e = ticket_forget_all(tx, in->user_id)) != ERR_OK)
		return (e);
	if (in->user_id != NULL)
		e = session_revoke_all(tx, in->user_id, NULL, NULL, in->now, &in->count);
	else
		e = session_revoke_everybody(tx, in->now, &in->count);
	if (e != ERR_OK)
		return (e);
	json_add_number(&details, "count", in->count);
	return (user_change_note(in->tool, tx, "sessions.ended", in->user_id, &details));
}

int
cmd_session_revoke(struct tool *t)
{
	const char *who = tool_value(t, "--user");
	struct ending in = {
		.tool = t, .id = t->words_count > 0 ? t->words[0] : NULL, .now = clock_ms()
	};
	struct user u;
	int status;
	enum err e;

	if ((in.id != NULL) + (who != NULL) + tool_has(t, "--all") != 1)
		return (tool_misuse(t, "one of ID, --user WHO and --all is needed"));
	if (in.id != NULL && !id_ok(in.id))
		return (tool_fail("that is no session's id: \"yett session list\" shows them"));
	if ((status = tool_open_store(t)) != 0 || (status = tool_open_master(t)) != 0 ||
	    (who != NULL && (status = who_read(t, who, &u)) != 0))
		return (status);
	if (who != NULL)
		in.user_id = u.id;
	if ((e = store_write(t->store, write_ending, &in)) == ERR_NOT_FOUND)
		return (tool_fail("there is no such session, or it has ended already"));
	if (e != ERR_OK)
		return (tool_fail("the sessions cannot be ended (%s)", err_slug(e)));
	printf("sessions ended: %lld\n", (long long)in.count);
	return (0);
}
