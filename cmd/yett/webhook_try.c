/* yett webhook test, yett webhook resend: does it arrive? */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/id.h"
#include "commands.h"
#include "webhook.h"

#define WAIT_MS 20000 /* webhook.timeout_s is 15 as a rule */
#define LOOK_MS 50

struct change {
	struct tool *tool;
	struct webhook webhook;
	struct delivery delivery;
};

static int
look(struct tool *t, const char *id, struct delivery *ret_delivery)
{
	struct db *db;
	enum err e;

	if ((e = store_read(t->store, &db)) == ERR_OK) {
		e = delivery_find(db, id, t->arena, ret_delivery);
		store_read_end(t->store, db);
	}
	return (e == ERR_OK ? 0 : tool_fail("the delivery cannot be read (%s)", err_slug(e)));
}

/* Wait until it was sent, or tried in vain. */
static int
wait_for(struct tool *t, const char *id)
{
	const int64_t begun = clock_steady_ms();
	struct delivery d;
	int status;

	do {
		nanosleep(&(struct timespec){ .tv_nsec = LOOK_MS * 1000000L }, NULL);
		if ((status = look(t, id, &d)) != 0)
			return (status);
		if (strcmp(d.state, "sent") == 0) {
			printf("answered by %lld after %lld ms\n", (long long)d.http_status,
			    (long long)d.took_ms);
			return (0);
		}
		if (strcmp(d.state, "sending") != 0 && d.last_error[0] != '\0')
			return (tool_fail("delivery %s is %s: %s", id, d.state, d.last_error));
	} while (clock_steady_ms() - begun < WAIT_MS);
	return (tool_fail("delivery %s is %s, and was not sent in %d s: does the courier run? "
	                  "\"yett doctor\" knows",
	    id, d.state, WAIT_MS / 1000));
}

static enum err
write_test(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct tool *t = c->tool;
	enum err e;

	if ((e = webhook_find(tx_db(tx), t->words[0], t->arena, &c->webhook)) != ERR_OK)
		return (e);
	return (webhook_test(tx, &c->webhook, clock_ms(), t->arena, &c->delivery));
}

int
cmd_webhook_test(struct tool *t)
{
	struct change c = { .tool = t };
	int status;
	enum err e;

	if ((status = tool_open_store(t)) != 0)
		return (status);
	if ((e = store_write(t->store, write_test, &c)) == ERR_NOT_FOUND)
		return (webhook_missing(t->words[0]));
	if (e == ERR_TAKEN)
		return (tool_fail("a test waits to be sent already"));
	if (e == ERR_FORBIDDEN)
		return (tool_fail("the webhook is disabled"));
	if (e != ERR_OK)
		return (tool_fail("the test cannot be stored (%s)", err_slug(e)));
	printf("queued as %s\n", c.delivery.id);
	fflush(stdout);
	return (tool_has(t, "--no-wait") ? 0 : wait_for(t, c.delivery.id));
}

static enum err
write_resend(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct tool *t = c->tool;
	struct json details = json_object(t->arena);
	enum err e;

	if ((e = delivery_find(tx_db(tx), t->words[0], t->arena, &c->delivery)) != ERR_OK ||
	    (e = webhook_find(tx_db(tx), c->delivery.webhook_id, t->arena, &c->webhook)) !=
	        ERR_OK ||
	    (e = webhook_resend(
	         tx, &c->webhook, t->words[0], clock_ms(), t->arena, &c->delivery)) != ERR_OK)
		return (e);
	json_add_text(&details, "delivery_id", c->delivery.id);
	json_add_text(&details, "type", c->delivery.type);
	json_add_text(&details, "state", c->delivery.state);
	return (tool_note(t, tx,
	    &(struct event){ .action = "webhook.resent",
	        .object_type = "webhook",
	        .object_id = c->webhook.id,
	        .org_id = c->webhook.org_id,
	        .details = &details }));
}

int
cmd_webhook_resend(struct tool *t)
{
	struct change c = { .tool = t };
	int status;
	enum err e;

	if ((status = tool_open_store(t)) != 0 || (status = tool_open_master(t)) != 0)
		return (status);
	if ((e = store_write(t->store, write_resend, &c)) == ERR_NOT_FOUND)
		return (tool_fail(
		    "there is no delivery %s", id_ok(t->words[0]) ? t->words[0] : "of that id"));
	if (e == ERR_FORBIDDEN)
		return (tool_fail(c.webhook.enabled ? "it is being sent this moment"
		                                    : "its webhook is disabled"));
	if (e == ERR_CRYPTO)
		return (tool_fail("what it said was a secret, and is gone"));
	if (e != ERR_OK)
		return (tool_fail("the change cannot be stored (%s)", err_slug(e)));
	printf("%s is due now\n", c.delivery.type);
	return (0);
}
