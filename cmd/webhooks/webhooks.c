/* Webhooks: listed, made, seen, changed, given another secret, dropped. */
#include "webhooks.h"

#include <string.h>

#include "access/app.h"
#include "access/audit.h"
#include "access/subject.h"
#include "access/webhook.h"
#include "access/webhook_url.h"
#include "allow.h"
#include "base/clock.h"
#include "base/id.h"
#include "http/input.h"
#include "http/reply.h"

#define PAGE_MAX WEBHOOK_COUNT_MAX /* all that there can be */
#define PAGE_TEXT_MAX ((size_t)128 * 1024)

struct listing {
	struct req *req;
	struct json *json;
	struct cJSON *items;
	int64_t now;
	size_t count, text_len;
	const char *last;
	bool more;
};

static void
list_one(void *arg, const struct webhook *w)
{
	struct listing *l = arg;
	struct json item;

	if (l->more || (l->more = l->count == PAGE_MAX || l->text_len > PAGE_TEXT_MAX))
		return;
	l->count++;
	l->text_len += strlen(w->url) + strlen(w->events) + strlen(w->description);
	l->last = w->id;
	item = webhook_print(w, l->now, l->req->arena);
	json_append(l->json, l->items, &item);
}

enum err
webhooks_list(struct req *r)
{
	const char *org_id = req_query(r, "org"), *after = req_query(r, "after");
	struct json j = json_object(r->arena);
	struct listing l = {
		.req = r, .json = &j, .items = json_add_array(&j, "items"), .now = clock_ms()
	};
	struct db *db;
	enum err e;

	if (org_id != NULL && !id_ok(org_id))
		return (req_field_error(r, "org", "must be the id of an organisation"));
	if (after != NULL && !id_ok(after))
		return (req_field_error(r, "after", "must be what next said"));
	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if ((e = allow_of(r, db, org_id, "webhooks:read")) == ERR_OK)
		e = webhook_list(db, org_id == NULL ? WEBHOOK_OF_SITE : WEBHOOK_OF_ORG, org_id,
		    after, PAGE_MAX + 1, r->arena, list_one, &l);
	store_read_end(r->app->store, db);
	if (e != ERR_OK)
		return (e);
	json_add_text(&j, "next", l.more ? l.last : NULL);
	return (reply_json(r, 200, &j));
}

static enum err
reply_webhook(struct req *r, int status, const struct webhook *w, const char *secret)
{
	struct json j = webhook_print(w, clock_ms(), r->arena);

	if (secret != NULL)
		json_add_text(&j, "secret", secret);
	return (reply_json(r, status, &j));
}

enum err
webhooks_get(struct req *r)
{
	struct webhook w;
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = allow_find(r, db, "webhooks:read", &w);
	store_read_end(r->app->store, db);
	return (e == ERR_OK ? reply_webhook(r, 200, &w, NULL) : e);
}

/* What the body says, and what the transaction makes of it. */
struct change {
	struct req *req;
	enum err (*how)(struct tx *tx, struct change *c);
	const char *permission;
	const char *action; /* as the audit log calls it */
	const char *url, *org_id, *description;
	struct text_list events;
	enum flag enabled;
	int64_t overlap_s;
	const char *new_events; /* NULL: as they are */
	const char *secret;     /* that was made */
	bool begins;            /* it gets events from now on */
	int64_t now;
	struct webhook webhook;
};

static enum err write_set(struct tx *tx, struct change *c);
static enum err write_rotated(struct tx *tx, struct change *c);

/* Of a change, which members the body had. */
static void
add_fields(struct json *j, const struct change *c)
{
	char url[] = "url", events[] = "events", description[] = "description";
	char enabled[] = "enabled", *fields[4];
	size_t count = 0;

	if (c->url != NULL)
		fields[count++] = url;
	if (c->new_events != NULL)
		fields[count++] = events;
	if (c->description != NULL)
		fields[count++] = description;
	if (c->enabled != FLAG_ABSENT)
		fields[count++] = enabled;
	json_add_texts(j, "fields", fields, count);
}

static enum err
note(struct tx *tx, struct change *c)
{
	struct json details = webhook_details(&c->webhook, c->req->arena);

	if (c->how == write_set)
		add_fields(&details, c);
	if (c->how == write_rotated)
		json_add_number(&details, "overlap_s", c->overlap_s);
	return (audit_note(tx, c->req,
	    &(struct event){ .action = c->action,
	        .object_type = "webhook",
	        .object_id = c->webhook.id,
	        .org_id = c->webhook.org_id,
	        .details = &details }));
}

static enum err
run_change(struct tx *tx, void *arg)
{
	struct change *c = arg;
	enum err e;

	if ((e = subject_recheck(tx, c->req)) != ERR_OK)
		return (e);
	e = c->req->id != NULL ? allow_find(c->req, tx_db(tx), c->permission, &c->webhook)
	                       : allow_of(c->req, tx_db(tx), c->org_id, c->permission);
	if (e != ERR_OK || (e = c->how(tx, c)) != ERR_OK || (e = note(tx, c)) != ERR_OK)
		return (e);
	/* Not what was done before, nor this. */
	return (c->begins ? webhook_begin(tx, c->webhook.id) : ERR_OK);
}

static enum err
change(struct req *r, struct change *c, const char *permission, const char *action,
    enum err (*how)(struct tx *tx, struct change *c))
{

	c->req = r;
	c->permission = permission;
	c->action = action;
	c->how = how;
	c->now = clock_ms();
	return (store_write(r->app->store, run_change, c));
}

/* What the body says of url and events, for a webhook of an org or of the site. */
static enum err
check(struct change *c, bool of_org)
{
	struct req *r = c->req;
	const char *wrong;
	enum err e;

	if (c->url != NULL && (wrong = webhook_url_wrong(&r->app->conf, c->url, of_org)) != NULL)
		return (req_field_error(r, "url", wrong));
	if (c->events.items == NULL)
		return (ERR_OK);
	if ((e = webhook_events(&c->events, of_org, r->arena, &c->new_events, &wrong)) ==
	    ERR_FIELDS)
		return (req_field_error(r, "events", wrong));
	return (e == ERR_OK ? allow_events(r, c->new_events, "events") : e);
}

static enum err
write_new(struct tx *tx, struct change *c)
{
	struct req *r = c->req;
	enum err e;

	if ((e = check(c, c->org_id != NULL)) != ERR_OK)
		return (e);
	c->webhook = (struct webhook){ .org_id = c->org_id,
		.url = c->url,
		.events = c->new_events,
		.description = c->description == NULL ? "" : c->description,
		.enabled = true,
		.created_at = c->now,
		.updated_at = c->now };
	c->begins = true;
	e = webhook_make(tx, r->app->master, &c->webhook, r->arena, &c->secret);
	if (e == ERR_LIMIT)
		return (req_field_error(r, "url", "is one too many: there are 50 already"));
	return (e);
}

enum err
webhooks_add(struct req *r)
{
	static const struct field fields[] = {
		{ "url", FIELD_TEXT, offsetof(struct change, url), 1, WEBHOOK_URL_MAX, 0 },
		{ "events", FIELD_TEXTS, offsetof(struct change, events), 1, WEBHOOK_EVENT_MAX, 0 },
		{ "org", FIELD_TEXT, offsetof(struct change, org_id), 1, 36, FIELD_OPTIONAL },
		{ "description", FIELD_TEXT, offsetof(struct change, description), 0,
		    WEBHOOK_DESCRIPTION_MAX, FIELD_OPTIONAL },
	};
	struct change c = { .url = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &c)) != ERR_OK)
		return (e);
	if (c.org_id != NULL && !id_ok(c.org_id))
		return (req_field_error(r, "org", "must be the id of an organisation"));
	if ((e = change(r, &c, "webhooks:create", "webhook.created", write_new)) != ERR_OK)
		return (e);
	return (reply_webhook(r, 201, &c.webhook, c.secret));
}

static enum err
write_set(struct tx *tx, struct change *c)
{
	struct webhook *w = &c->webhook;
	enum err e;

	/* Whoever changes where codes go must be as strong as who said that they go there. */
	if ((e = allow_events(c->req, w->events, NULL)) != ERR_OK ||
	    (e = check(c, w->org_id != NULL)) != ERR_OK)
		return (e);
	if (c->url != NULL)
		w->url = c->url;
	if (c->new_events != NULL)
		w->events = c->new_events;
	if (c->description != NULL)
		w->description = c->description;
	c->begins = c->enabled == FLAG_YES && !w->enabled;
	if (c->enabled != FLAG_ABSENT)
		w->enabled = c->enabled == FLAG_YES;
	w->updated_at = c->now;
	return (webhook_change(tx, w, c->begins || c->url != NULL));
}

enum err
webhooks_set(struct req *r)
{
	static const struct field fields[] = {
		{ "url", FIELD_TEXT, offsetof(struct change, url), 1, WEBHOOK_URL_MAX,
		    FIELD_OPTIONAL },
		{ "events", FIELD_TEXTS, offsetof(struct change, events), 1, WEBHOOK_EVENT_MAX,
		    FIELD_OPTIONAL },
		{ "description", FIELD_TEXT, offsetof(struct change, description), 0,
		    WEBHOOK_DESCRIPTION_MAX, FIELD_OPTIONAL },
		{ "enabled", FIELD_FLAG, offsetof(struct change, enabled), 0, 0, FIELD_OPTIONAL },
	};
	struct change c = { .url = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &c)) != ERR_OK ||
	    (e = change(r, &c, "webhooks:update", "webhook.updated", write_set)) != ERR_OK)
		return (e);
	return (reply_webhook(r, 200, &c.webhook, NULL));
}

static enum err
write_rotated(struct tx *tx, struct change *c)
{
	enum err e;

	if ((e = allow_events(c->req, c->webhook.events, NULL)) != ERR_OK)
		return (e);
	return (webhook_rotate(
	    tx, c->req->app->master, &c->webhook, c->overlap_s, c->now, c->req->arena, &c->secret));
}

enum err
webhooks_rotate(struct req *r)
{
	static const struct field fields[] = {
		{ "overlap_s", FIELD_NUMBER, offsetof(struct change, overlap_s), 0,
		    WEBHOOK_OVERLAP_MAX_S, FIELD_OPTIONAL },
	};
	struct change c = { .overlap_s = WEBHOOK_OVERLAP_S };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &c)) != ERR_OK ||
	    (e = change(r, &c, "webhooks:update", "webhook.rotated", write_rotated)) != ERR_OK)
		return (e);
	return (reply_webhook(r, 200, &c.webhook, c.secret));
}

static enum err
write_drop(struct tx *tx, struct change *c)
{

	return (webhook_drop(tx, c->webhook.id));
}

enum err
webhooks_drop(struct req *r)
{
	struct change c = { .url = NULL };
	enum err e;

	if ((e = change(r, &c, "webhooks:delete", "webhook.deleted", write_drop)) != ERR_OK)
		return (e);
	return (reply_none(r));
}
