/* yett webhook: where events are told to, and what became of them. */
#include "webhook.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "commands.h"
#include "listing.h"
#include "whose.h"

#define LIMIT_USUAL 50
#define LIMIT_MAX 10000
#define LIST_MAX 10000

/* How it stands with it. */
static const char *
standing(const struct webhook *w)
{

	if (w->gone_at != 0)
		return ("gone");
	if (!w->enabled)
		return ("disabled");
	return (w->failures > 0 ? "failing" : "enabled");
}

static void
list_one(void *arg, const struct webhook *w)
{
	struct listing *l = arg;
	struct json item;

	if (l->array == NULL) {
		table_add(
		    l->table, (const char *const[]){ w->id, w->org_id == NULL ? "-" : w->org_id,
		                  standing(w), w->events, w->url });
		return;
	}
	item = webhook_print(w, clock_ms(), l->tool->arena);
	json_append(&l->json, l->array, &item);
}

int
cmd_webhook_list(struct tool *t)
{
	static const char *const names[] = { "ID", "ORG", "STATE", "EVENTS", "URL" };
	const char *whose = tool_value(t, "--org");
	struct org org = { .id = NULL };
	struct listing l;
	struct db *db;
	int status;
	enum err e;

	status = whose != NULL ? whose_read(t, whose, &org) : tool_open_store(t);
	if (status != 0 || (status = listing_begin(t, &l, COUNT(names), names)) != 0)
		return (status);
	if ((e = store_read(t->store, &db)) == ERR_OK) {
		e = webhook_list(db, whose != NULL ? WEBHOOK_OF_ORG : WEBHOOK_OF_ANYBODY, org.id,
		    NULL, LIST_MAX, t->arena, list_one, &l);
		store_read_end(t->store, db);
	}
	return (listing_end(&l, e, "webhooks"));
}

int
webhook_missing(const char *id)
{

	return (tool_fail("there is no webhook %s", id_ok(id) ? id : "of that id"));
}

static int
find(struct tool *t, struct webhook *ret_webhook)
{
	struct db *db;
	int status;
	enum err e;

	if ((status = tool_open_store(t)) != 0)
		return (status);
	if ((e = store_read(t->store, &db)) == ERR_OK) {
		e = webhook_find(db, t->words[0], t->arena, ret_webhook);
		store_read_end(t->store, db);
	}
	if (e == ERR_NOT_FOUND)
		return (webhook_missing(t->words[0]));
	return (e == ERR_OK ? 0 : tool_fail("the webhook cannot be read (%s)", err_slug(e)));
}

int
cmd_webhook_show(struct tool *t)
{
	struct webhook w;
	struct json j;
	int status;

	if ((status = find(t, &w)) != 0)
		return (status);
	if (tool_has(t, "--json")) {
		j = webhook_print(&w, clock_ms(), t->arena);
		return (tool_print_json(&j));
	}
	table_line("id", 12, w.id);
	table_line("org", 12, w.org_id);
	table_line("url", 12, w.url);
	table_line("events", 12, w.events);
	table_line("description", 12, w.description);
	table_line("state", 12, standing(&w));
	table_line("failures", 12, arena_print(t->arena, "%lld", (long long)w.failures));
	table_line("quiet until", 12, table_time(t->arena, w.quiet_until));
	table_line("left out", 12, table_time(t->arena, w.left_out_at));
	table_line("old secret", 12, table_time(t->arena, w.old_until));
	table_line("created", 12, table_time(t->arena, w.created_at));
	table_line("updated", 12, table_time(t->arena, w.updated_at));
	return (0);
}

static void
list_delivery(void *arg, const struct delivery *d)
{
	struct listing *l = arg;
	struct arena *a = l->tool->arena;
	struct json item;

	if (l->array != NULL) {
		item = webhook_print_delivery(d, a);
		json_append(&l->json, l->array, &item);
		return;
	}
	table_add(l->table,
	    (const char *const[]){ table_time(a, d->created_at), d->type, d->state,
	        arena_print(a, "%lld", (long long)d->attempts),
	        d->http_status == 0 ? "-" : arena_print(a, "%lld", (long long)d->http_status),
	        table_time(a, d->next_at), d->id, d->last_error });
}

int
cmd_webhook_deliveries(struct tool *t)
{
	static const char *const names[] = { "CREATED", "TYPE", "STATE", "TRIES", "HTTP", "NEXT",
		"ID", "ERROR" };
	const char *state = tool_value(t, "--state"), *last;
	struct listing l;
	struct webhook w;
	struct db *db;
	int64_t limit;
	int status;
	enum err e;

	if (state != NULL && !delivery_state_ok(state))
		return (tool_misuse(t, "--state: must be queued, sending, sent or dead"));
	if (!tool_number(t, "--limit", LIMIT_USUAL, LIMIT_MAX, &limit))
		return (tool_misuse(t, "--limit: must be a number from 1 to %d", LIMIT_MAX));
	if ((status = find(t, &w)) != 0 ||
	    (status = listing_begin(t, &l, COUNT(names), names)) != 0)
		return (status);
	if ((e = store_read(t->store, &db)) == ERR_OK) {
		e = delivery_list(db, w.id, state, NULL, limit, t->arena, list_delivery, &l, &last);
		store_read_end(t->store, db);
	}
	return (listing_end(&l, e, "deliveries"));
}
