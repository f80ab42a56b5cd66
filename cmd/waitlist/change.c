/* Letting in, saying no, forgetting. */
#include "change.h"

#include "access/admission.h"
#include "access/app.h"
#include "access/audit.h"
#include "access/subject.h"
#include "access/waiting.h"
#include "base/clock.h"
#include "http/input.h"
#include "http/reply.h"

/* What one of the transactions here needs. */
struct change {
	struct req *req;
	enum err (*how)(struct tx *tx, struct change *c);
	int64_t count; /* invite so many; 0: those of ids */
	struct text_list ids;
	int64_t now;
	int64_t invited;      /* so many were */
	struct waiter waiter; /* whom the path names, as he is then */
};

/* With memory of ${a}: of one row among many. */
static enum err
note(struct tx *tx, const struct req *r, struct arena *a, const char *action, const char *id)
{
	struct req mine = *r;

	mine.arena = a;
	return (audit_note(tx, &mine,
	    &(struct event){ .action = action, .object_type = "waitlist", .object_id = id }));
}

static enum err
note_invited(void *arg, struct tx *tx, struct arena *a, const struct waiter *w)
{

	return (note(tx, arg, a, "waitlist.invited", w->id));
}

static struct post
post_of(struct req *r)
{

	return ((struct post){ &r->app->conf, r->app->master, r->arena, NULL });
}

static enum err
run_change(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct req *r = c->req;
	enum err e;

	if ((e = subject_recheck(tx, r)) != ERR_OK || (e = waitlist_settle(tx)) != ERR_OK)
		return (e);
	c->now = clock_ms();
	if (r->id != NULL && (e = waitlist_find(tx_db(tx), r->id, r->arena, &c->waiter)) != ERR_OK)
		return (e);
	return (c->how(tx, c));
}

/* An invitation that lets nobody in is not to be sent. */
static enum err
check_mode(struct req *r)
{

	if (admission_mode(&r->app->conf) != ADMISSION_CLOSED)
		return (ERR_OK);
	return (req_fail(r, ERR_SIGNUP_CLOSED, "signup.mode is closed"));
}

static enum err
invite_one(struct tx *tx, struct change *c, struct waiter *w, const char *field)
{
	const struct post post = post_of(c->req);
	enum err e;

	if (!waiting_may_invite(w))
		return (req_field_error(c->req, field,
		    w->state == WAITLIST_JOINED ? "has an account already"
		                                : "has not confirmed the address"));
	if ((e = waiting_invite(tx, &post, w, c->now)) != ERR_OK)
		return (e);
	return (note(tx, c->req, c->req->arena, "waitlist.invited", w->id));
}

/* All of them, or none. */
static enum err
invite_ids(struct tx *tx, struct change *c)
{
	struct req *r = c->req;
	struct waiter w;
	enum err e;
	size_t i;

	for (i = 0; i < c->ids.count; i++) {
		e = waitlist_find(tx_db(tx), c->ids.items[i], r->arena, &w);
		if (e == ERR_NOT_FOUND)
			return (req_field_error(r, "ids", "has one that is not on the list"));
		if (e != ERR_OK || (e = invite_one(tx, c, &w, "ids")) != ERR_OK)
			return (e);
	}
	c->invited = (int64_t)c->ids.count;
	return (ERR_OK);
}

static enum err
write_invited(struct tx *tx, struct change *c)
{
	const struct post post = post_of(c->req);
	struct waiting_batch batch = {
		.count = c->count, .now = c->now, .note = note_invited, .arg = c->req
	};
	enum err e;

	if (c->ids.items != NULL)
		return (invite_ids(tx, c));
	if ((e = waiting_invite_next(tx, &post, &batch)) == ERR_OK)
		c->invited = batch.invited;
	return (e);
}

enum err
change_invite(struct req *r)
{
	static const struct field fields[] = {
		{ "count", FIELD_NUMBER, offsetof(struct change, count), 1, WAITING_BATCH_MAX,
		    FIELD_OPTIONAL },
		{ "ids", FIELD_TEXTS, offsetof(struct change, ids), 36, 36, FIELD_OPTIONAL },
	};
	struct change c = { .req = r, .how = write_invited };
	struct json j = json_object(r->arena);
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &c)) != ERR_OK)
		return (e);
	if ((c.count == 0) == (c.ids.items == NULL))
		return (req_field_error(r, "count", "or ids is needed, and only one of them"));
	if (c.ids.items != NULL && c.ids.count == 0)
		return (req_field_error(r, "ids", "must not be empty"));
	if ((e = check_mode(r)) != ERR_OK ||
	    (e = store_write(r->app->store, run_change, &c)) != ERR_OK)
		return (e);
	json_add_number(&j, "invited", c.invited);
	return (reply_json(r, 200, &j));
}

static enum err
reply_waiter(struct req *r, const struct waiter *w)
{
	struct json j = json_object(r->arena);

	waiting_print(&j, w);
	return (reply_json(r, 200, &j));
}

static enum err
write_approved(struct tx *tx, struct change *c)
{

	return (invite_one(tx, c, &c->waiter, "id"));
}

enum err
change_approve(struct req *r)
{
	struct change c = { .req = r, .how = write_approved };
	enum err e;

	if ((e = check_mode(r)) != ERR_OK ||
	    (e = store_write(r->app->store, run_change, &c)) != ERR_OK)
		return (e);
	return (reply_waiter(r, &c.waiter));
}

static enum err
write_refused(struct tx *tx, struct change *c)
{
	enum err e;

	if (!waiting_may_refuse(&c->waiter))
		return (req_field_error(
		    c->req, "id", "is of somebody who neither waits nor was invited"));
	if ((e = waiting_refuse(tx, &c->waiter)) != ERR_OK)
		return (e);
	return (note(tx, c->req, c->req->arena, "waitlist.refused", c->waiter.id));
}

enum err
change_refuse(struct req *r)
{
	struct change c = { .req = r, .how = write_refused };
	enum err e;

	if ((e = store_write(r->app->store, run_change, &c)) != ERR_OK)
		return (e);
	return (reply_waiter(r, &c.waiter));
}

static enum err
write_dropped(struct tx *tx, struct change *c)
{
	enum err e;

	if ((e = waiting_forget(tx, &c->waiter)) != ERR_OK)
		return (e);
	return (note(tx, c->req, c->req->arena, "waitlist.deleted", c->waiter.id));
}

enum err
change_drop(struct req *r)
{
	struct change c = { .req = r, .how = write_dropped };
	enum err e;

	return ((e = store_write(r->app->store, run_change, &c)) == ERR_OK ? reply_none(r) : e);
}
