/* Staying signed in, and leaving. */
#include "access/visit.h"

#include <string.h>

#include "access/claims.h"
#include "access/cookie.h"
#include "access/grant.h"
#include "access/subject.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "http/reply.h"

struct rotation {
	struct req *req;
	struct refresh_claims claims;
	struct visit *visit;
	int64_t now;
	bool replayed; /* the token was spent: its session has been ended */
};

/* Make the next token of the session and store it in place of the one that came. */
static enum err
rotate(struct tx *tx, struct rotation *t, struct session *s)
{
	char id[ID_SIZE];

	id_random(id);
	s->generation++;
	s->rotated_at = s->last_seen_at = t->now;
	s->expires_at = grant_expiry(t->req->app, s, t->now);
	if ((s->token_id = arena_copy(t->req->arena, id)) == NULL ||
	    (t->visit->secret = claims_issue_refresh(t->req->app, s, t->req->arena)) == NULL)
		return (ERR_NOMEM);
	secret_hash(t->visit->secret, strlen(t->visit->secret), s->token_hash);
	return (session_rotate(tx, s));
}

/* The successor that was given for this very token a moment ago, made once more of the session's
 * row. */
static enum err
repeat(struct rotation *t, const struct session *s)
{
	unsigned char hash[SECRET_HASH_LEN];

	if ((t->visit->secret = claims_issue_refresh(t->req->app, s, t->req->arena)) == NULL)
		return (ERR_NOMEM);
	secret_hash(t->visit->secret, strlen(t->visit->secret), hash);
	return (secret_equal(hash, s->token_hash, sizeof hash) ? ERR_OK : ERR_INVALID_TOKEN);
}

/* The session of the token, when it and its user are alive. */
static enum err
find_live(struct tx *tx, struct rotation *t, struct session *s)
{
	struct user *u = &t->visit->user;
	enum err e;

	if ((e = session_find(tx_db(tx), t->claims.session_id, t->req->arena, s)) != ERR_OK ||
	    (e = user_find(tx_db(tx), USER_BY_ID, s->user_id, t->req->arena, u)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_INVALID_TOKEN : e);
	/* Who acts in somebody's name got no refresh token, so this would be a forged one. */
	if (s->kind != SESSION_REFRESH || s->actor_user_id != NULL || !session_live(s, t->now) ||
	    !u->enabled || u->locked)
		return (ERR_INVALID_TOKEN);
	return (ERR_OK);
}

static enum err
write_rotation(struct tx *tx, void *arg)
{
	struct rotation *t = arg;
	struct session *s = &t->visit->session;
	enum err e;

	if ((e = find_live(tx, t, s)) != ERR_OK)
		return (e);
	if (t->claims.generation == s->generation && strcmp(t->claims.token_id, s->token_id) == 0)
		return (rotate(tx, t, s));
	if (t->claims.generation == s->generation - 1 &&
	    t->now - s->rotated_at <= t->req->app->conf.session_grace_s * 1000)
		return (repeat(t, s));
	t->replayed = true;
	return (grant_end(tx, t->req, s, t->now, "a spent refresh token came back"));
}

enum err
visit_refresh(struct req *r, const char *token, struct visit *ret_visit)
{
	struct rotation t = { .req = r, .visit = ret_visit, .now = clock_ms() };
	enum err e;

	if ((e = claims_verify_refresh(r->app, token, r->arena, &t.claims)) != ERR_OK ||
	    (e = store_write(r->app->store, write_rotation, &t)) != ERR_OK)
		return (e);
	if (t.replayed) {
		log_event(LOG_WARN, r->request_id,
		    "a spent refresh token came back: session %s ended", ret_visit->session.id);
		return (ERR_INVALID_TOKEN);
	}
	return (grant_finish(r, ret_visit));
}

static enum err
write_leave(struct tx *tx, void *arg)
{
	struct rotation *t = arg;
	struct session *s = &t->visit->session;
	enum err e;

	if ((e = find_live(tx, t, s)) != ERR_OK)
		return (e);
	t->replayed = strcmp(t->claims.token_id, s->token_id) != 0;
	return (grant_end(tx, t->req, s, t->now, "signed out"));
}

enum err
visit_leave(struct req *r, const char *token)
{
	struct visit v = { .secret = NULL };
	struct rotation t = { .req = r, .visit = &v, .now = clock_ms() };
	enum err e;

	if ((e = claims_verify_refresh(r->app, token, r->arena, &t.claims)) != ERR_OK ||
	    (e = store_write(r->app->store, write_leave, &t)) != ERR_OK)
		return (e);
	return (t.replayed ? ERR_INVALID_TOKEN : ERR_OK);
}

struct ending {
	struct req *req;
	const char *session_id;
	int64_t now;
	int64_t count;
};

static enum err
write_end(struct tx *tx, void *arg)
{
	const struct ending *t = arg;
	struct session s;
	enum err e;

	if ((e = subject_recheck(tx, t->req)) != ERR_OK ||
	    (e = session_find(tx_db(tx), t->session_id, t->req->arena, &s)) != ERR_OK)
		return (e);
	if (strcmp(s.user_id, t->req->subject->user_id) != 0)
		return (ERR_NOT_FOUND);
	return (grant_end(tx, t->req, &s, t->now, "signed out"));
}

static enum err
write_end_others(struct tx *tx, void *arg)
{
	struct ending *t = arg;
	const struct subject *s = t->req->subject;
	enum err e;

	if ((e = subject_recheck(tx, t->req)) != ERR_OK)
		return (e);
	return (grant_end_all(tx, t->req, s->user_id, NULL, s->session_id, t->now, &t->count));
}

enum err
visit_end(struct req *r, const char *session_id)
{
	struct ending t = { .req = r, .session_id = session_id, .now = clock_ms() };

	return (store_write(r->app->store, write_end, &t));
}

enum err
visit_end_others(struct req *r, int64_t *ret_count)
{
	struct ending t = { .req = r, .now = clock_ms() };
	enum err e;

	if ((e = store_write(r->app->store, write_end_others, &t)) == ERR_OK)
		*ret_count = t.count;
	return (e);
}

enum err
visit_reply_tokens(struct req *r, int status, const struct visit *v)
{
	struct json j = json_object(r->arena);

	json_add_text(&j, "access_token", v->access_token);
	json_add_text(&j, "refresh_token", v->secret);
	json_add_text(&j, "token_type", "Bearer");
	json_add_number(&j, "expires_in", claims_lifetime_s(r->app, &v->session));
	json_add_raw(&j, "user", v->profile);
	return (reply_json(r, status, &j));
}

enum session_kind
visit_kind(const struct req *r)
{

	return (
	    req_is_form(r) && (req_accepts(r, "text/html") || !req_accepts(r, "application/json"))
	        ? SESSION_COOKIE
	        : SESSION_REFRESH);
}

enum err
visit_answer(struct req *r, const struct visit *v, const char *return_to)
{
	enum err e;

	if (v->session.kind != SESSION_COOKIE)
		return (visit_reply_tokens(r, 200, v));
	if ((e = cookie_set(r, v->secret, v->device)) != ERR_OK)
		return (e);
	return (reply_redirect(r, return_to, "/account"));
}
