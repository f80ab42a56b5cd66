/* Choosing a password. */
#include "access/choice.h"

#include <string.h>

#include "access/app.h"
#include "access/audit.h"
#include "access/grant.h"
#include "access/notice.h"
#include "access/subject.h"
#include "access/throttle.h"
#include "access/visit.h"
#include "base/clock.h"
#include "store/attempt.h"

struct change {
	struct req *req;
	const struct user *user;
	const char *hash;
	const char *agent;
	int64_t now;
};

enum err
choice_check(
    struct req *r, const char *field, const char *password, const struct policy_owner *owner)
{
	const char *detail = policy_check(&r->app->conf, r->app->breach, password, owner, r->arena);

	return (detail == NULL ? ERR_OK : req_field_error(r, field, detail));
}

static enum err
write_change(struct tx *tx, void *arg)
{
	const struct change *c = arg;
	const struct event ev = {
		.action = "password.changed", .object_type = "user", .object_id = c->user->id
	};
	const struct notice n = notice_of(c->req, c->now);
	struct user u;
	int64_t count;
	enum err e;

	if ((e = subject_recheck(tx, c->req)) != ERR_OK)
		return (e);
	/* Two changes at once: the second's "current" password is not current any more. */
	if ((e = user_find(tx_db(tx), USER_BY_ID, c->user->id, c->req->arena, &u)) != ERR_OK)
		return (e);
	if (u.password_hash == NULL || strcmp(u.password_hash, c->user->password_hash) != 0)
		return (ERR_INVALID_CREDENTIALS);
	/* A link that was mailed before, which ends with the sessions, is perhaps in the hands of
	 * who knew the old one. */
	if ((e = user_set_password(tx, u.id, c->hash, c->now)) != ERR_OK ||
	    (e = grant_end_all(
	         tx, c->req, u.id, NULL, c->req->subject->session_id, c->now, &count)) != ERR_OK ||
	    (e = audit_note(tx, c->req, &ev)) != ERR_OK)
		return (e);
	return (notice_password(tx, &n, &u, NOTICE_CHANGED));
}

static enum err
find_subject(struct req *r, struct user *ret_user)
{
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = user_find(db, USER_BY_ID, r->subject->user_id, r->arena, ret_user);
	store_read_end(r->app->store, db);
	return (e);
}

static enum err
write_failure(struct tx *tx, void *arg)
{
	const struct change *c = arg;

	return (attempt_add(tx, c->user->id, c->now, false, c->req->remote_addr, c->agent));
}

/* Who guesses at the current password is noted like who guesses at signing in. */
static enum err
fail_current(struct req *r, const struct user *u)
{
	struct change c = { .req = r, .user = u, .agent = grant_agent(r), .now = clock_ms() };
	enum err e;

	if (c.agent == NULL)
		return (ERR_NOMEM);
	if ((e = store_write(r->app->store, write_failure, &c)) != ERR_OK)
		return (e);
	req_field_error(r, "current_password", "is wrong");
	return (ERR_INVALID_CREDENTIALS);
}

enum err
choice_prove(struct req *r, const struct user *u, const char *current)
{
	bool stale;
	enum err e;

	if ((e = throttle_begin(r, u->id)) != ERR_OK)
		return (e);
	e = hasher_verify(r->app->hasher, u->password_hash, current, &stale);
	throttle_end(r, u->id, e);
	return (e == ERR_INVALID_CREDENTIALS ? fail_current(r, u) : e);
}

static enum err
check_change(struct req *r, const struct user *u, const char *current, const char *new)
{
	const struct policy_owner owner = { u->email, u->username, u->name };
	enum err e;

	if ((e = choice_check(r, "new_password", new, &owner)) != ERR_OK)
		return (e);
	/* What is typed tells nothing of what is stored: no need to have it checked first. */
	if (u->update_password_required && strcmp(current, new) == 0)
		return (req_field_error(r, "new_password", "must be another than the current one"));
	return (choice_prove(r, u, current));
}

enum err
visit_change_password(struct req *r, const char *current, const char *new)
{
	struct change c = { .req = r, .now = clock_ms() };
	struct user u;
	char *hash;
	enum err e;

	if ((e = find_subject(r, &u)) != ERR_OK ||
	    (e = check_change(r, &u, current, new)) != ERR_OK)
		return (e);
	if ((hash = arena_alloc(r->arena, HASHER_HASH_SIZE)) == NULL)
		return (ERR_NOMEM);
	if ((e = hasher_hash(r->app->hasher, new, hash)) != ERR_OK)
		return (e);
	c.user = &u;
	c.hash = hash;
	return (store_write(r->app->store, write_change, &c));
}
