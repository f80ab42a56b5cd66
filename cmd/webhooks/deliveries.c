/* What was sent to a webhook, or is to be: listed, seen, tried, sent again. */
#include "deliveries.h"

#include <string.h>

#include "access/app.h"
#include "access/audit.h"
#include "access/subject.h"
#include "access/webhook.h"
#include "allow.h"
#include "base/clock.h"
#include "base/id.h"
#include "http/reply.h"

#define PAGE_MAX 100

struct listing {
	struct req *req;
	struct json *json;
	struct cJSON *items;
};

static void
list_one(void *arg, const struct delivery *d)
{
	struct listing *l = arg;
	struct json item = webhook_print_delivery(d, l->req->arena);

	json_append(l->json, l->items, &item);
}

enum err
deliveries_list(struct req *r)
{
	const char *state = req_query(r, "state"), *after = req_query(r, "after"), *last = NULL;
	struct json j = json_object(r->arena);
	struct listing l = { .req = r, .json = &j, .items = json_add_array(&j, "items") };
	struct webhook w;
	struct db *db;
	enum err e;

	if (state != NULL && !delivery_state_ok(state))
		return (req_field_error(r, "state", "must be queued, sending, sent or dead"));
	if (after != NULL && !id_ok(after))
		return (req_field_error(r, "after", "must be what next said"));
	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if ((e = allow_find(r, db, "webhooks:read", &w)) == ERR_OK)
		e = delivery_list(db, r->id, state, after, PAGE_MAX, r->arena, list_one, &l, &last);
	store_read_end(r->app->store, db);
	if (e != ERR_OK)
		return (e);
	json_add_text(&j, "next", last);
	return (reply_json(r, 200, &j));
}

/* Of the webhook that the path names. */
static enum err
find(struct req *r, struct db *db, struct delivery *ret_delivery)
{
	enum err e;

	if ((e = delivery_find(db, r->item_id, r->arena, ret_delivery)) != ERR_OK)
		return (e);
	return (strcmp(ret_delivery->webhook_id, r->id) == 0 ? ERR_OK : ERR_NOT_FOUND);
}

static enum err
reply_delivery(struct req *r, int status, const struct delivery *d)
{
	struct json j = webhook_print_delivery(d, r->arena);

	return (reply_json(r, status, &j));
}

enum err
deliveries_get(struct req *r)
{
	struct delivery d;
	struct webhook w;
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if ((e = allow_find(r, db, "webhooks:read", &w)) == ERR_OK)
		e = find(r, db, &d);
	store_read_end(r->app->store, db);
	return (e == ERR_OK ? reply_delivery(r, 200, &d) : e);
}

struct change {
	struct req *req;
	struct webhook webhook;
	struct delivery delivery;
};

static enum err
begin(struct tx *tx, struct change *c)
{
	enum err e;

	if ((e = subject_recheck(tx, c->req)) != ERR_OK)
		return (e);
	return (allow_find(c->req, tx_db(tx), "webhooks:update", &c->webhook));
}

static enum err
write_test(struct tx *tx, void *arg)
{
	struct change *c = arg;
	enum err e;

	if ((e = begin(tx, c)) != ERR_OK)
		return (e);
	e = webhook_test(tx, &c->webhook, clock_ms(), c->req->arena, &c->delivery);
	if (e == ERR_TAKEN)
		return (req_fail(c->req, e, "a test waits to be sent already"));
	return (e == ERR_FORBIDDEN ? req_fail(c->req, e, "the webhook is disabled") : e);
}

enum err
deliveries_test(struct req *r)
{
	struct change c = { .req = r };
	enum err e;

	if ((e = store_write(r->app->store, write_test, &c)) != ERR_OK)
		return (e);
	return (reply_delivery(r, 202, &c.delivery));
}

static enum err
write_resend(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct req *r = c->req;
	struct json details = json_object(r->arena);
	enum err e;

	if ((e = begin(tx, c)) != ERR_OK)
		return (e);
	e = webhook_resend(tx, &c->webhook, r->item_id, clock_ms(), r->arena, &c->delivery);
	if (e == ERR_FORBIDDEN)
		return (req_fail(r, e, "%s",
		    c->webhook.enabled ? "it is being sent this moment"
		                       : "the webhook is disabled"));
	if (e == ERR_CRYPTO)
		return (req_fail(r, ERR_FORBIDDEN, "what it said was a secret, and is gone"));
	if (e != ERR_OK)
		return (e);
	json_add_text(&details, "delivery_id", c->delivery.id);
	json_add_text(&details, "type", c->delivery.type);
	json_add_text(&details, "state", c->delivery.state);
	return (audit_note(tx, r,
	    &(struct event){ .action = "webhook.resent",
	        .object_type = "webhook",
	        .object_id = c->webhook.id,
	        .org_id = c->webhook.org_id,
	        .details = &details }));
}

enum err
deliveries_resend(struct req *r)
{
	struct change c = { .req = r };
	struct db *db;
	enum err e;

	if ((e = store_write(r->app->store, write_resend, &c)) != ERR_OK ||
	    (e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = find(r, db, &c.delivery);
	store_read_end(r->app->store, db);
	return (e == ERR_OK ? reply_delivery(r, 202, &c.delivery) : e);
}
