/* Acting in a user's name: an admin sees what the user sees, and everybody can see that he did. */
#include "impersonate.h"

#include <string.h>

#include "access/app.h"
#include "access/audit.h"
#include "access/claims.h"
#include "access/grant.h"
#include "access/limit.h"
#include "access/subject.h"
#include "base/clock.h"
#include "base/id.h"
#include "http/input.h"
#include "http/reply.h"
#include "store/impersonation.h"

#define MINUTES_USUAL 15
#define MINUTES_MAX 60
#define AT_ONCE_MAX 16 /* names that one admin acts in */
#define PAGE_MAX 100

struct beginning {
	const char *reason;
	int64_t minutes; /* 0: as usual */

	/* For the transaction. */
	struct req *req;
	struct visit visit;
	int64_t now;
};

/* Nobody who has to be protected from the subject, and nobody who may do what the subject may not.
 */
static enum err
check_rights(struct tx *tx, struct req *r, const struct user *u, int64_t now)
{
	struct held *held = arena_alloc(r->arena, sizeof *held);
	enum err e;
	size_t i;

	if (held == NULL)
		return (ERR_NOMEM);
	if ((e = role_held(tx_db(tx), u->id, now, r->arena, held)) != ERR_OK)
		return (e);
	for (i = 0; i < held->count; i++)
		if (strcmp(held->items[i].id, ROLE_ADMIN) == 0)
			return (req_fail(
			    r, ERR_FORBIDDEN, "nobody acts in the name of who is an admin"));
	return (limit_user(r, tx_db(tx), u->id, now));
}

static enum err
check_user(struct tx *tx, struct beginning *b)
{
	struct user *u = &b->visit.user;
	struct req *r = b->req;
	enum err e;

	if (strcmp(r->id, r->subject->user_id) == 0)
		return (req_fail(r, ERR_FORBIDDEN, "that is your own name"));
	if ((e = user_find(tx_db(tx), USER_BY_ID, r->id, r->arena, u)) != ERR_OK)
		return (e);
	if (!u->enabled || u->locked)
		return (req_fail(r, ERR_FORBIDDEN, "the user is %s, so nobody acts in that name",
		    u->locked ? "locked" : "disabled"));
	return (check_rights(tx, r, u, b->now));
}

static enum err
check_count(struct tx *tx, struct req *r, int64_t now)
{
	struct names *ids = arena_alloc(r->arena, sizeof *ids);
	enum err e;

	if (ids == NULL)
		return (ERR_NOMEM);
	if ((e = impersonation_sessions(
	         tx_db(tx), r->subject->user_id, NULL, now, r->arena, ids)) != ERR_OK)
		return (e);
	return (ids->count < AT_ONCE_MAX
	            ? ERR_OK
	            : req_fail(r, ERR_FORBIDDEN, "you act in other names %d times already: end one",
	                  AT_ONCE_MAX));
}

/* The session: the subject's proof in the user's name, and a secret that nobody gets. */
static enum err
make_session(struct tx *tx, struct beginning *b)
{
	struct session *s = &b->visit.session, own;
	char secret[SECRET_TOKEN_SIZE];
	struct req *r = b->req;
	enum err e;

	if ((e = session_find(tx_db(tx), r->subject->session_id, r->arena, &own)) != ERR_OK)
		return (e);
	s->actor_user_id = r->subject->user_id;
	s->amr = own.amr;
	s->ends_at = s->expires_at = b->now + b->minutes * 60 * 1000;
	secret_token(secret);
	secret_hash(secret, strlen(secret), s->token_hash);
	return (session_add(tx, s));
}

static enum err
write_log(struct tx *tx, const struct beginning *b)
{
	const struct session *s = &b->visit.session;
	struct json details = json_object(b->req->arena);
	const struct event ev = { .action = "impersonation.started",
		.object_type = "user",
		.object_id = s->user_id,
		.details = &details };
	char id[ID_SIZE];
	const struct impersonation im = {
		.id = id,
		.admin_user_id = s->actor_user_id,
		.impersonated_user_id = s->user_id,
		.session_id = s->id,
		.reason = b->reason,
		.started_at = b->now,
		.expires_at = s->ends_at,
		.ip_address = s->ip_address,
		.user_agent = s->user_agent,
	};
	enum err e;

	id_new(id);
	if ((e = impersonation_add(tx, &im)) != ERR_OK)
		return (e);
	json_add_text(&details, "session_id", s->id);
	json_add_time(&details, "expires_at", s->ends_at);
	return (audit_note(tx, b->req, &ev));
}

static enum err
write_beginning(struct tx *tx, void *arg)
{
	struct beginning *b = arg;
	enum err e;

	if ((e = subject_recheck(tx, b->req)) != ERR_OK || (e = check_user(tx, b)) != ERR_OK ||
	    (e = check_count(tx, b->req, b->now)) != ERR_OK || (e = make_session(tx, b)) != ERR_OK)
		return (e);
	return (write_log(tx, b));
}

enum err
impersonate_begin(struct req *r)
{
	static const struct field fields[] = {
		{ "reason", FIELD_TEXT, offsetof(struct beginning, reason), 5, 500, 0 },
		{ "minutes", FIELD_NUMBER, offsetof(struct beginning, minutes), 1, MINUTES_MAX,
		    FIELD_OPTIONAL },
	};
	struct beginning b = { .req = r, .now = clock_ms() };
	struct json j = json_object(r->arena);
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &b)) != ERR_OK ||
	    (e = grant_prepare(r, r->id, SESSION_REFRESH, &b.visit)) != ERR_OK)
		return (e);
	if (b.minutes == 0)
		b.minutes = MINUTES_USUAL;
	if ((e = store_write(r->app->store, write_beginning, &b)) != ERR_OK ||
	    (e = grant_finish(r, &b.visit)) != ERR_OK)
		return (e);
	json_add_text(&j, "access_token", b.visit.access_token);
	json_add_text(&j, "token_type", "Bearer");
	json_add_number(&j, "expires_in", claims_lifetime_s(r->app, &b.visit.session));
	json_add_raw(&j, "user", b.visit.profile);
	return (reply_json(r, 201, &j));
}

struct ending {
	struct req *req;
	int64_t now;
};

static enum err
write_ending(struct tx *tx, void *arg)
{
	const struct ending *t = arg;
	struct req *r = t->req;
	struct names *ids = arena_alloc(r->arena, sizeof *ids);
	struct session s;
	enum err e;
	size_t i;

	if (ids == NULL)
		return (ERR_NOMEM);
	if ((e = subject_recheck(tx, r)) != ERR_OK ||
	    (e = impersonation_sessions(
	         tx_db(tx), r->subject->user_id, r->id, t->now, r->arena, ids)) != ERR_OK)
		return (e);
	if (ids->count == 0)
		return (req_fail(r, ERR_NOT_FOUND, "you do not act in this user's name"));
	for (i = 0; i < ids->count; i++)
		if ((e = session_find(tx_db(tx), ids->items[i], r->arena, &s)) != ERR_OK ||
		    (e = grant_end(tx, r, &s, t->now, "ended by who acted")) != ERR_OK)
			return (e);
	return (ERR_OK);
}

enum err
impersonate_end(struct req *r)
{
	struct ending t = { .req = r, .now = clock_ms() };
	enum err e;

	if ((e = store_write(r->app->store, write_ending, &t)) != ERR_OK)
		return (e);
	return (reply_none(r));
}

struct listing {
	struct req *req;
	struct json json;
	struct cJSON *items;
	const char *last;
	size_t count;
	bool more;
};

static void
list_one(void *arg, const struct impersonation *im)
{
	struct listing *l = arg;
	struct json item;

	if ((l->more = l->count == PAGE_MAX))
		return;
	l->count++;
	l->last = im->id;
	item = json_object(l->req->arena);
	json_add_text(&item, "id", im->id);
	json_add_text(&item, "admin_user_id", im->admin_user_id);
	json_add_text(&item, "impersonated_user_id", im->impersonated_user_id);
	json_add_text(&item, "session_id", im->session_id);
	json_add_text(&item, "reason", im->reason);
	json_add_time(&item, "started_at", im->started_at);
	json_add_time(&item, "expires_at", im->expires_at);
	if (im->ended_at != 0)
		json_add_time(&item, "ended_at", im->ended_at);
	else
		json_add_text(&item, "ended_at", NULL);
	json_add_text(&item, "ip_address", im->ip_address);
	json_add_text(&item, "user_agent", im->user_agent);
	json_append(&l->json, l->items, &item);
}

/* An id that the query may name; a wrong one must not look like none. */
static enum err
read_id(struct req *r, const char *name, const char **ret_id)
{

	*ret_id = req_query(r, name);
	return (
	    *ret_id == NULL || id_ok(*ret_id) ? ERR_OK : req_field_error(r, name, "must be an id"));
}

enum err
impersonate_list(struct req *r)
{
	struct listing l = { .req = r, .json = json_object(r->arena) };
	struct impersonation_filter filter;
	struct db *db;
	enum err e;

	if ((e = read_id(r, "admin", &filter.admin_user_id)) != ERR_OK ||
	    (e = read_id(r, "user", &filter.impersonated_user_id)) != ERR_OK ||
	    (e = read_id(r, "after", &filter.before)) != ERR_OK)
		return (e);
	l.items = json_add_array(&l.json, "items");
	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = impersonation_list(db, &filter, PAGE_MAX + 1, r->arena, list_one, &l);
	store_read_end(r->app->store, db);
	if (e != ERR_OK)
		return (e);
	json_add_text(&l.json, "next", l.more ? l.last : NULL);
	return (reply_json(r, 200, &l.json));
}
