/* Users changed by who looks after the site. */
#include "change.h"

#include <string.h>

#include "access/app.h"
#include "access/audit.h"
#include "access/grant.h"
#include "access/limit.h"
#include "access/notice.h"
#include "access/person.h"
#include "access/subject.h"
#include "access/throttle.h"
#include "access/ticket.h"
#include "base/clock.h"
#include "base/text.h"
#include "http/reply.h"
#include "reader.h"

/* What one of the transactions here needs. */
struct change {
	struct req *req;
	enum err (*how)(struct tx *tx, struct change *c);
	const char *action; /* as the audit log calls it; NULL: there was nothing to do */
	struct json details;
	struct person person;
	struct user user; /* as it was */
	const char *taken;
	int64_t now;
	int64_t ended; /* sessions */
};

/* The last who may do everything stays able to: nobody else could give it back. */
static enum err
run_guarded(struct tx *tx, struct change *c)
{
	int64_t before, after;
	enum err e;

	if ((e = role_count_holders(tx_db(tx), ROLE_ADMIN, &before)) != ERR_OK ||
	    (e = c->how(tx, c)) != ERR_OK ||
	    (e = role_count_holders(tx_db(tx), ROLE_ADMIN, &after)) != ERR_OK)
		return (e);
	if (before > 0 && after == 0)
		return (req_fail(c->req, ERR_FORBIDDEN, "this is the last admin"));
	return (ERR_OK);
}

/* Of himself, by a session of his own, everybody changes what he may change; but not what
 * conditions on his permissions rely on. */
static enum err
check_limit(struct tx *tx, struct change *c)
{
	const struct subject *s = c->req->subject;

	if (strcmp(s->user_id, c->user.id) == 0 && s->key_id[0] == '\0' && s->actor_id[0] == '\0' &&
	    c->person.attributes == NULL)
		return (ERR_OK);
	return (limit_user(c->req, tx_db(tx), c->user.id, c->now));
}

/* Whether there is such a user is told only to who may read users. */
static enum err
run_change(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct req *r = c->req;
	enum err e;

	if ((e = subject_recheck(tx, r)) != ERR_OK || (e = reader_check(r)) != ERR_OK ||
	    (e = user_find(tx_db(tx), USER_BY_ID, r->id, r->arena, &c->user)) != ERR_OK ||
	    (e = check_limit(tx, c)) != ERR_OK || (e = run_guarded(tx, c)) != ERR_OK ||
	    c->action == NULL)
		return (e);
	return (audit_note(tx, r,
	    &(struct event){ .action = c->action,
	        .object_type = "user",
	        .object_id = c->user.id,
	        .details = &c->details }));
}

static enum err
change(struct req *r, struct change *c, const char *action,
    enum err (*how)(struct tx *tx, struct change *c))
{

	c->req = r;
	c->how = how;
	c->action = action;
	c->details = json_object(r->arena);
	c->now = clock_ms();
	return (store_write(r->app->store, run_change, c));
}

/* The same for a route that takes no members: but what comes must be well-formed. */
static enum err
change_simply(struct req *r, struct change *c, const char *action,
    enum err (*how)(struct tx *tx, struct change *c))
{
	enum err e;

	if ((e = reader_check(r)) != ERR_OK ||
	    (r->body_len > 0 && (e = input_read(r, NULL, 0, c)) != ERR_OK))
		return (e);
	return (change(r, c, action, how));
}

static enum err
write_patch(struct tx *tx, struct change *c)
{
	const char *old = c->user.email;
	struct arena *a = c->req->arena;
	enum err e;

	if (c->person.can_create_orgs == FLAG_YES && !c->user.can_create_orgs &&
	    (e = limit_permission(c->req, "can_create_orgs", "orgs:create")) != ERR_OK)
		return (e);
	if ((e = person_apply(c->req, &c->person, true, &c->user)) != ERR_OK)
		return (e);
	if (c->person.email_confirmed == FLAG_YES &&
	    (e = limit_confirm(c->req, tx_db(tx), &c->user)) != ERR_OK)
		return (e);
	if ((e = user_set_profile(tx, &c->user, c->now, a)) == ERR_TAKEN)
		c->taken = person_taken(tx_db(tx), &c->user, a);
	if (e == ERR_OK && !text_same_nocase(old, c->user.email))
		e = ticket_forget_all(tx, c->user.id);
	if (!person_add_fields(&c->person, &c->details))
		c->action = NULL;
	return (e);
}

enum err
change_patch(struct req *r)
{
	struct change c = { .req = r };
	enum err e;

	if ((e = reader_check(r)) != ERR_OK ||
	    (e = person_read(r, PERSON_CHANGE, &c.person)) != ERR_OK)
		return (e);
	if ((e = change(r, &c, "user.updated", write_patch)) == ERR_TAKEN && c.taken != NULL)
		req_field_error(r, c.taken, "is taken");
	return (e != ERR_OK ? e : reader_reply(r, 200, r->id));
}

static enum err
write_drop(struct tx *tx, struct change *c)
{

	return (user_drop(tx, c->user.id));
}

enum err
change_drop(struct req *r)
{
	struct change c = { .req = r };
	enum err e;

	if ((e = change_simply(r, &c, "user.deleted", write_drop)) != ERR_OK)
		return (e);
	return (reply_none(r));
}

/* Or an intruder's session would come back to life with the account.  Source: OWASP ASVS 5.0 7.4.2.
 */
static enum err
end_sessions(struct tx *tx, struct change *c)
{

	return (grant_end_all(tx, c->req, c->user.id, NULL, NULL, c->now, &c->ended));
}

static enum err
write_enabled(struct tx *tx, struct change *c)
{
	const bool enabled = strcmp(c->action, "user.enabled") == 0;
	enum err e;

	if (c->user.enabled == enabled) {
		c->action = NULL;
		return (ERR_OK);
	}
	if ((e = user_set_enabled(tx, c->user.id, enabled, c->now)) != ERR_OK || enabled)
		return (e);
	return (end_sessions(tx, c));
}

enum err
change_enable(struct req *r)
{
	struct change c = { .req = r };
	enum err e;

	if ((e = change_simply(r, &c, "user.enabled", write_enabled)) != ERR_OK)
		return (e);
	return (reader_reply(r, 200, r->id));
}

enum err
change_disable(struct req *r)
{
	struct change c = { .req = r };
	enum err e;

	if ((e = change_simply(r, &c, "user.disabled", write_enabled)) != ERR_OK)
		return (e);
	return (reader_reply(r, 200, r->id));
}

static enum err
write_locked(struct tx *tx, struct change *c)
{
	const bool locked = strcmp(c->action, "user.locked") == 0;
	enum err e;

	if (c->user.locked == locked) {
		/* Ending the waits after wrong passwords is something, too. */
		if (locked || !throttle_has_failed(c->req->app->limiter, &c->user, c->req->arena))
			c->action = NULL;
		return (ERR_OK);
	}
	if ((e = user_set_locked(tx, c->user.id, locked, c->now)) != ERR_OK || !locked)
		return (e);
	return (end_sessions(tx, c));
}

enum err
change_lock(struct req *r)
{
	struct change c = { .req = r };
	enum err e;

	if ((e = change_simply(r, &c, "user.locked", write_locked)) != ERR_OK)
		return (e);
	return (reader_reply(r, 200, r->id));
}

enum err
change_unlock(struct req *r)
{
	struct change c = { .req = r };
	enum err e;

	if ((e = change_simply(r, &c, "user.unlocked", write_locked)) != ERR_OK)
		return (e);
	/* Who was locked out by wrong passwords, whoever gave them, may try again at once. */
	throttle_forget_user(r->app->limiter, &c.user, r->arena);
	return (reader_reply(r, 200, r->id));
}

static enum err
write_logout(struct tx *tx, struct change *c)
{

	c->action = NULL; /* ending says it */
	return (end_sessions(tx, c));
}

enum err
change_logout(struct req *r)
{
	struct change c = { .req = r };
	struct json j = json_object(r->arena);
	enum err e;

	if ((e = change_simply(r, &c, NULL, write_logout)) != ERR_OK)
		return (e);
	json_add_number(&j, "revoked", c.ended);
	return (reply_json(r, 200, &j));
}

static enum err
write_required(struct tx *tx, struct change *c)
{

	if (c->user.password_hash == NULL)
		return (req_fail(c->req, ERR_TAKEN, "the user has no password to update"));
	if (c->user.update_password_required) {
		c->action = NULL;
		return (ERR_OK);
	}
	return (user_require_password(tx, c->user.id, c->now));
}

enum err
change_require_password(struct req *r)
{
	struct change c = { .req = r };
	enum err e;

	if ((e = change_simply(r, &c, "password.update_required", write_required)) != ERR_OK)
		return (e);
	return (reader_reply(r, 200, r->id));
}

/* Whoever knew it is out, too. */
static enum err
write_cleared(struct tx *tx, struct change *c)
{
	struct notice n = notice_of(c->req, c->now);
	enum err e;

	if (c->user.password_hash == NULL) {
		c->action = NULL;
		return (ERR_OK);
	}
	if ((e = user_set_password(tx, c->user.id, NULL, c->now)) != ERR_OK ||
	    (e = end_sessions(tx, c)) != ERR_OK)
		return (e);
	n.req = NULL; /* where the admin is, is nobody's business */
	return (notice_password(tx, &n, &c->user, NOTICE_CLEARED));
}

enum err
change_clear_password(struct req *r)
{
	struct change c = { .req = r };
	enum err e;

	if ((e = change_simply(r, &c, "password.cleared", write_cleared)) != ERR_OK)
		return (e);
	return (reader_reply(r, 200, r->id));
}
