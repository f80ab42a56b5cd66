/* yett webhook: making, changing and dropping where events are told to. */
#include <stdio.h>
#include <string.h>

#include "access/webhook_url.h"
#include "base/clock.h"
#include "base/text.h"
#include "commands.h"
#include "webhook.h"
#include "whose.h"

/* What one of the transactions here needs. */
struct change {
	struct tool *tool;
	enum err (*how)(struct tx *tx, struct change *c);
	const char *action; /* as the audit log calls it */
	struct webhook webhook;
	const char *url, *events, *description; /* NULL: as it is */
	const char *enabled;
	const char *secret; /* that was made */
	int64_t overlap_s, now;
	bool begins;
	struct json details;
	const char *field, *wrong; /* why not, for a person */
};

static enum err
run(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct tool *t = c->tool;
	enum err e;

	if (c->webhook.id != NULL &&
	    (e = webhook_find(tx_db(tx), c->webhook.id, t->arena, &c->webhook)) != ERR_OK)
		return (e);
	if ((e = c->how(tx, c)) != ERR_OK)
		return (e);
	c->details = webhook_details(&c->webhook, t->arena);
	if ((e = tool_note(t, tx,
	         &(struct event){ .action = c->action,
	             .object_type = "webhook",
	             .object_id = c->webhook.id,
	             .org_id = c->webhook.org_id,
	             .details = &c->details })) != ERR_OK)
		return (e);
	return (c->begins ? webhook_begin(tx, c->webhook.id) : ERR_OK);
}

static int
change(struct change *c, const char *action, enum err (*how)(struct tx *tx, struct change *c))
{
	struct tool *t = c->tool;
	int status;
	enum err e;

	c->action = action;
	c->how = how;
	c->now = clock_ms();
	if ((t->store == NULL && (status = tool_open_store(t)) != 0) ||
	    (t->master == NULL && (status = tool_open_master(t)) != 0))
		return (status);
	if ((e = store_write(t->store, run, c)) == ERR_OK)
		return (0);
	if (e == ERR_NOT_FOUND)
		return (webhook_missing(t->words[0]));
	if (e == ERR_FIELDS && c->wrong != NULL)
		return (tool_fail("%s %s", c->field, c->wrong));
	if (e == ERR_LIMIT)
		return (tool_fail("there are %d webhooks already: %s may have no more",
		    WEBHOOK_COUNT_MAX, c->webhook.org_id == NULL ? "the site" : "no org"));
	return (tool_fail("the change cannot be stored (%s)", err_slug(e)));
}

/* The events that the options name; NULL: none do. */
static int
read_events(struct change *c, bool of_org)
{
	const char *items[TOOL_OPTIONS_MAX], *wrong;
	struct text_list events = { .items = items };
	struct tool *t = c->tool;
	enum err e;
	size_t i;

	for (i = 0; i < t->options_count; i++)
		if (strcmp(t->options[i].name, "--event") == 0)
			items[events.count++] = t->options[i].value;
	if (events.count == 0)
		return (0);
	if ((e = webhook_events(&events, of_org, t->arena, &c->events, &wrong)) == ERR_FIELDS)
		return (tool_fail("--event %s", wrong));
	return (e == ERR_OK ? 0 : tool_fail("out of memory"));
}

static int
check_description(const char *text)
{

	if (text == NULL || (strlen(text) <= WEBHOOK_DESCRIPTION_MAX && text_control_free(text) &&
	                        text_utf8_ok(text, strlen(text))))
		return (0);
	return (tool_fail("--description must be text of at most %d bytes, without line breaks",
	    WEBHOOK_DESCRIPTION_MAX));
}

static enum err
write_new(struct tx *tx, struct change *c)
{

	c->begins = true;
	return (webhook_make(tx, c->tool->master, &c->webhook, c->tool->arena, &c->secret));
}

static void
print_secret(const struct change *c)
{

	printf("%s\n%s\n", c->webhook.id, c->secret);
	fflush(stdout);
}

int
cmd_webhook_add(struct tool *t)
{
	const char *whose = tool_value(t, "--org"), *wrong;
	struct change c = { .tool = t, .description = tool_value(t, "--description") };
	struct org org = { .id = NULL };
	int status;

	if ((status = read_events(&c, whose != NULL)) != 0 ||
	    (status = check_description(c.description)) != 0)
		return (status);
	if (c.events == NULL)
		return (tool_misuse(t, "--event is needed, once at least"));
	if ((wrong = webhook_url_wrong(&t->conf, t->words[0], whose != NULL)) != NULL)
		return (tool_fail("the URL %s", wrong));
	if (whose != NULL && (status = whose_read(t, whose, &org)) != 0)
		return (status);
	c.webhook = (struct webhook){ .org_id = org.id,
		.url = t->words[0],
		.events = c.events,
		.description = c.description == NULL ? "" : c.description,
		.enabled = true,
		.created_at = clock_ms() };
	if ((status = change(&c, "webhook.created", write_new)) == 0)
		print_secret(&c);
	return (status);
}

static enum err
write_set(struct tx *tx, struct change *c)
{
	struct webhook *w = &c->webhook;
	const bool of_org = w->org_id != NULL;

	c->field = "--url";
	if (c->url != NULL &&
	    (c->wrong = webhook_url_wrong(&c->tool->conf, c->url, of_org)) != NULL)
		return (ERR_FIELDS);
	c->field = "--event";
	if (c->events != NULL && of_org && webhook_has_secrets(c->events)) {
		c->wrong = "must not have events that hold secrets: no organisation gets those";
		return (ERR_FIELDS);
	}
	w->url = c->url != NULL ? c->url : w->url;
	w->events = c->events != NULL ? c->events : w->events;
	w->description = c->description != NULL ? c->description : w->description;
	if (c->enabled != NULL) {
		c->begins = c->enabled[0] == 't' && !w->enabled;
		w->enabled = c->enabled[0] == 't';
	}
	w->updated_at = c->now;
	return (webhook_change(tx, w, c->begins || c->url != NULL));
}

int
cmd_webhook_edit(struct tool *t)
{
	struct change c = { .tool = t,
		.webhook = { .id = t->words[0] },
		.url = tool_value(t, "--url"),
		.description = tool_value(t, "--description"),
		.enabled = tool_value(t, "--enabled") };
	int status;

	if (t->options_count == 0)
		return (tool_misuse(t, "an option is needed, to say what to change"));
	if (c.enabled != NULL && strcmp(c.enabled, "true") != 0 && strcmp(c.enabled, "false") != 0)
		return (tool_misuse(t, "--enabled must be true or false"));
	if ((status = read_events(&c, false)) != 0 ||
	    (status = check_description(c.description)) != 0 ||
	    (status = change(&c, "webhook.updated", write_set)) != 0)
		return (status);
	printf("changed\n");
	return (0);
}

static enum err
write_rotated(struct tx *tx, struct change *c)
{

	return (webhook_rotate(
	    tx, c->tool->master, &c->webhook, c->overlap_s, c->now, c->tool->arena, &c->secret));
}

int
cmd_webhook_rotate(struct tool *t)
{
	const char *overlap = tool_value(t, "--overlap");
	struct change c = {
		.tool = t, .webhook = { .id = t->words[0] }, .overlap_s = WEBHOOK_OVERLAP_S
	};
	int status;

	if (overlap != NULL && !text_number(overlap, 0, WEBHOOK_OVERLAP_MAX_S, &c.overlap_s))
		return (tool_misuse(t, "--overlap: must be a number of seconds from 0 to %lld",
		    (long long)WEBHOOK_OVERLAP_MAX_S));
	if ((status = change(&c, "webhook.rotated", write_rotated)) == 0)
		print_secret(&c);
	return (status);
}

static enum err
write_drop(struct tx *tx, struct change *c)
{

	return (webhook_drop(tx, c->webhook.id));
}

int
cmd_webhook_delete(struct tool *t)
{
	struct change c = { .tool = t, .webhook = { .id = t->words[0] } };
	int status;

	if ((status = change(&c, "webhook.deleted", write_drop)) != 0)
		return (status);
	printf("deleted, and all that was to be sent there\n");
	return (0);
}
