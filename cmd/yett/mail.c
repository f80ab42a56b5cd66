/* yett mail: what is to be sent, was sent, or could not be. */
#include <stdio.h>
#include <string.h>

#include "access/mailing.h"
#include "base/clock.h"
#include "base/id.h"
#include "commands.h"
#include "listing.h"
#include "proto/mail.h"

#define LIMIT_USUAL 50
#define LIMIT_MAX 10000

/* Never its secret. */
static struct json
to_json(const struct outbox_mail *m, struct arena *a)
{
	struct json j = json_object(a);

	json_add_text(&j, "id", m->id);
	json_add_text(&j, "kind", m->kind);
	json_add_text(&j, "to", m->to_address);
	json_add_text(&j, "user_id", m->user_id);
	json_add_text(&j, "locale", m->locale);
	json_add_raw(&j, "params", m->params);
	json_add_bool(&j, "secret", m->secret);
	json_add_text(&j, "message_id", m->message_id);
	json_add_text(&j, "state", m->state);
	json_add_number(&j, "attempts", m->attempts);
	json_add_time_or_null(&j, "next_at", m->next_at);
	json_add_time(&j, "give_up_at", m->give_up_at);
	json_add_text(&j, "last_error", m->last_error);
	json_add_time(&j, "created_at", m->created_at);
	json_add_time_or_null(&j, "sent_at", m->sent_at);
	return (j);
}

static void
list_one(void *arg, const struct outbox_mail *m)
{
	struct listing *l = arg;
	struct arena *a = l->tool->arena;
	struct json item;

	if (l->array != NULL) {
		item = to_json(m, a);
		json_append(&l->json, l->array, &item);
		return;
	}
	table_add(
	    l->table, (const char *const[]){ table_time(a, m->created_at), m->kind, m->to_address,
	                  m->state, arena_print(a, "%lld", (long long)m->attempts),
	                  table_time(a, m->next_at), m->id, m->last_error });
}

int
cmd_mail_list(struct tool *t)
{
	static const char *const names[] = { "CREATED", "KIND", "TO", "STATE", "TRIES", "NEXT",
		"ID", "ERROR" };
	static const char *const states[] = { "queued", "sending", "sent", "dead" };
	const char *state = tool_value(t, "--state");
	struct listing l;
	bool known = state == NULL;
	struct db *db;
	int64_t limit;
	size_t i;
	int status;
	enum err e;

	for (i = 0; i < COUNT(states) && !known; i++)
		known = strcmp(state, states[i]) == 0;
	if (!known)
		return (tool_misuse(t, "--state: must be queued, sending, sent or dead"));
	if (!tool_number(t, "--limit", LIMIT_USUAL, LIMIT_MAX, &limit))
		return (tool_misuse(t, "--limit: must be a number from 1 to %d", LIMIT_MAX));
	if ((status = tool_open_store(t)) != 0 ||
	    (status = listing_begin(t, &l, COUNT(names), names)) != 0)
		return (status);
	if ((e = store_read(t->store, &db)) == ERR_OK) {
		e = outbox_list(db, state, limit, t->arena, list_one, &l);
		store_read_end(t->store, db);
	}
	return (listing_end(&l, e, "outbox"));
}

static int
no_such_mail(const struct tool *t)
{

	return (tool_fail("there is no mail %s", id_ok(t->words[0]) ? t->words[0] : "of that id"));
}

static void
print_mail(struct arena *a, const struct outbox_mail *m)
{

	table_line("id", 11, m->id);
	table_line("kind", 11, m->kind);
	table_line("to", 11, m->to_address);
	table_line("user", 11, m->user_id);
	table_line("locale", 11, m->locale);
	table_line("params", 11, m->params);
	table_line("secret", 11, !m->secret ? "none" : m->sealed != NULL ? "sealed" : "gone");
	table_line("message id", 11, m->message_id);
	table_line("state", 11, m->state);
	table_line("tries", 11, arena_print(a, "%lld", (long long)m->attempts));
	table_line("next", 11, table_time(a, m->next_at));
	table_line("give up", 11, table_time(a, m->give_up_at));
	table_line("error", 11, m->last_error);
	table_line("created", 11, table_time(a, m->created_at));
	table_line("sent", 11, table_time(a, m->sent_at));
}

int
cmd_mail_show(struct tool *t)
{
	struct outbox_mail m;
	struct json j;
	struct db *db;
	int status;
	enum err e;

	if ((status = tool_open_store(t)) != 0)
		return (status);
	if ((e = store_read(t->store, &db)) == ERR_OK) {
		e = outbox_find(db, t->words[0], t->arena, &m);
		store_read_end(t->store, db);
	}
	if (e == ERR_NOT_FOUND)
		return (no_such_mail(t));
	if (e != ERR_OK)
		return (tool_fail("the outbox cannot be read (%s)", err_slug(e)));
	if (tool_has(t, "--json")) {
		j = to_json(&m, t->arena);
		return (tool_print_json(&j));
	}
	print_mail(t->arena, &m);
	return (0);
}

struct change {
	struct tool *tool;
	struct outbox_mail mail;
};

static enum err
note(struct tx *tx, const struct change *c, const char *action)
{
	struct json details = json_object(c->tool->arena);

	json_add_text(&details, "kind", c->mail.kind);
	json_add_text(&details, "state", c->mail.state);
	return (tool_note(c->tool, tx,
	    &(struct event){ .action = action,
	        .object_type = "mail",
	        .object_id = c->mail.id,
	        .details = &details }));
}

/* ERR_FORBIDDEN: it is sent, or just now being sent; ERR_CRYPTO: it would lack its link. */
static enum err
write_resend(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct tool *t = c->tool;
	const int64_t now = clock_ms();
	enum err e;

	if ((e = outbox_find(tx_db(tx), t->words[0], t->arena, &c->mail)) != ERR_OK)
		return (e);
	if (c->mail.secret && c->mail.sealed == NULL && strcmp(c->mail.state, "dead") == 0)
		return (ERR_CRYPTO);
	if ((e = outbox_resend(tx, c->mail.id, now, now + MAILING_TRY_MS)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_FORBIDDEN : e);
	return (note(tx, c, "mail.resent"));
}

int
cmd_mail_resend(struct tool *t)
{
	struct change c = { .tool = t };
	int status;
	enum err e;

	if ((status = tool_open_store(t)) != 0 || (status = tool_open_master(t)) != 0)
		return (status);
	if ((e = store_write(t->store, write_resend, &c)) == ERR_NOT_FOUND)
		return (no_such_mail(t));
	if (e == ERR_CRYPTO)
		return (
		    tool_fail("it had a link or a code, which is gone: have whoever wanted it ask "
		              "for another"));
	if (e == ERR_FORBIDDEN)
		return (tool_fail(
		    "only what is queued or dead can be sent again: it is %s", c.mail.state));
	if (e != ERR_OK)
		return (tool_fail("the change cannot be stored (%s)", err_slug(e)));
	printf("%s to %s is due now\n", c.mail.kind, c.mail.to_address);
	return (0);
}

static enum err
write_delete(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct tool *t = c->tool;
	enum err e;

	if ((e = outbox_find(tx_db(tx), t->words[0], t->arena, &c->mail)) != ERR_OK ||
	    (e = outbox_drop(tx, c->mail.id)) != ERR_OK)
		return (e);
	return (note(tx, c, "mail.deleted"));
}

int
cmd_mail_delete(struct tool *t)
{
	struct change c = { .tool = t };
	int status;
	enum err e;

	if ((status = tool_open_store(t)) != 0 || (status = tool_open_master(t)) != 0)
		return (status);
	if ((e = store_write(t->store, write_delete, &c)) == ERR_NOT_FOUND)
		return (no_such_mail(t));
	if (e != ERR_OK)
		return (tool_fail("the change cannot be stored (%s)", err_slug(e)));
	printf("%s to %s is deleted%s\n", c.mail.kind, c.mail.to_address,
	    strcmp(c.mail.state, "sending") == 0 ? "; it may be sent this very moment" : "");
	return (0);
}
