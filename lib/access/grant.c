/* Making a session and what carries it; shared by the ways in. */
#include "access/grant.h"

#include <string.h>

#include "access/audit.h"
#include "access/claims.h"
#include "access/cookie.h"
#include "access/device_notice.h"
#include "access/guest.h"
#include "access/joining.h"
#include "access/profile.h"
#include "access/ticket.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "store/attempt.h"

const char *
grant_agent(const struct req *r)
{
	const char *agent = r->user_agent != NULL ? r->user_agent : "";

	if (!text_utf8_ok(agent, strlen(agent)) || !text_control_free(agent))
		return ("");
	return (arena_copy_len(r->arena, agent, text_cut(agent, SESSION_AGENT_MAX)));
}

int64_t
grant_expiry(const struct app *app, const struct session *s, int64_t now)
{
	int64_t life_s = 0;

	switch (s->kind) {
	case SESSION_COOKIE:
		life_s = app->conf.session_cookie_s;
		break;
	case SESSION_REFRESH:
		life_s = app->conf.session_refresh_s;
		break;
	case SESSION_OPAQUE:
		life_s = app->conf.session_opaque_s;
		break;
	}
	return (now + life_s * 1000 < s->ends_at ? now + life_s * 1000 : s->ends_at);
}

/* The secret that carries ${s}: a refresh token is made of the row, the others are random. */
static const char *
make_secret(const struct app *app, const struct session *s, struct arena *a)
{
	char *text;

	switch (s->kind) {
	case SESSION_COOKIE:
		if ((text = arena_alloc(a, SECRET_TOKEN_SIZE)) != NULL)
			secret_token(text);
		return (text);
	case SESSION_REFRESH:
		return (claims_issue_refresh(app, s, a));
	case SESSION_OPAQUE:
		if ((text = arena_alloc(a, ID_SIZE)) != NULL)
			id_random(text);
		return (text);
	}
	return (NULL);
}

enum err
grant_prepare(struct req *r, const char *user_id, enum session_kind kind, struct visit *v)
{
	const int64_t now = clock_ms();
	char id[ID_SIZE], token_id[ID_SIZE];

	id_new(id);
	id_random(token_id);
	v->session = (struct session){
		.id = arena_copy(r->arena, id),
		.user_id = user_id,
		.kind = kind,
		.token_id = arena_copy(r->arena, token_id),
		.rotated_at = now,
		.created_at = now,
		.last_seen_at = now,
		.ends_at = now + r->app->conf.session_max_s * 1000,
		.amr = "pwd",
		.ip_address = r->remote_addr,
		.user_agent = grant_agent(r),
	};
	v->session.expires_at = grant_expiry(r->app, &v->session, now);
	if (v->session.id == NULL || v->session.token_id == NULL || v->session.user_agent == NULL)
		return (ERR_NOMEM);
	if ((v->secret = make_secret(r->app, &v->session, r->arena)) == NULL)
		return (ERR_NOMEM);
	secret_hash(v->secret, strlen(v->secret), v->session.token_hash);
	return (device_notice_prepare(r, v));
}

enum err
grant_finish(struct req *r, struct visit *v)
{
	char *token, *profile;
	struct db *db;
	enum err e;

	if (v->session.kind == SESSION_REFRESH) {
		if ((e = claims_issue_access(r->app, &v->user, &v->session, r->arena, &token)) !=
		    ERR_OK)
			return (e);
		v->access_token = token;
	}
	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if ((e = profile_read(db, &v->user, &v->session, r->arena, &profile)) == ERR_OK)
		v->profile = profile;
	store_read_end(r->app->store, db);
	return (e);
}

enum err
grant_end(struct tx *tx, struct req *r, const struct session *s, int64_t now, const char *why)
{
	const bool acting = s->actor_user_id != NULL;
	struct json details = json_object(r->arena);
	const struct event ev = { .action = acting ? "impersonation.ended" : "session.ended",
		.object_type = acting ? "user" : "session",
		.object_id = acting ? s->user_id : s->id,
		.details = &details,
		.user_id = r->subject == NULL ? s->user_id : NULL };
	enum err e;

	if ((e = session_revoke(tx, s->id, s->user_id, now)) != ERR_OK)
		return (e);
	if (acting)
		json_add_text(&details, "session_id", s->id);
	else
		json_add_text(&details, "user_id", s->user_id);
	json_add_text(&details, "why", why);
	return (audit_note(tx, r, &ev));
}

enum err
grant_end_all(struct tx *tx, struct req *r, const char *user_id, const enum session_kind *kind,
    const char *except_id, int64_t now, int64_t *ret_count)
{
	struct json details = json_object(r->arena);
	const struct event ev = { .action = "sessions.ended",
		.object_type = "user",
		.object_id = user_id,
		.details = &details,
		.user_id = r->subject == NULL ? user_id : NULL };
	enum err e;

	/* Who was in there may have asked for mails, too: a link that moves the account to another
	 * address would outlive the session. */
	if (kind == NULL && (e = ticket_forget_all(tx, user_id)) != ERR_OK)
		return (e);
	e = session_revoke_all(tx, user_id, kind, except_id, now, ret_count);
	if (e != ERR_OK || *ret_count == 0)
		return (e);
	json_add_number(&details, "count", *ret_count);
	return (audit_note(tx, r, &ev));
}

/* End the session that the request's cookie carries, if any: signing in anew leaves none behind.
 * Source: OWASP ASVS 5.0 7.2.4. */
static enum err
drop_cookie(struct tx *tx, struct req *r, const struct session *new)
{
	const char *token = req_cookie(r, cookie_name(&r->app->conf));
	unsigned char hash[SECRET_HASH_LEN];
	struct session s;
	enum err e;

	if (token == NULL)
		return (ERR_OK);
	secret_hash(token, strlen(token), hash);
	if ((e = session_find_token(tx_db(tx), hash, r->arena, &s)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_OK : e);
	if (s.kind != SESSION_COOKIE || s.revoked_at != 0)
		return (ERR_OK);
	return (grant_end(tx, r, &s, new->created_at, "signed in anew"));
}

enum err
grant_store(struct tx *tx, struct req *r, const struct visit *v)
{
	const struct session *s = &v->session;
	struct json details = json_object(r->arena);
	const struct event ev = { .action = "session.begun",
		.object_type = "session",
		.object_id = s->id,
		.details = &details,
		.user_id = s->user_id };
	enum err e;

	if (s->kind == SESSION_COOKIE && (e = drop_cookie(tx, r, s)) != ERR_OK)
		return (e);
	if ((e = session_add(tx, s)) != ERR_OK)
		return (e);
	json_add_text(&details, "kind", session_kind_name(s->kind));
	json_add_text(&details, "amr", s->amr);
	if ((e = audit_note(tx, r, &ev)) != ERR_OK)
		return (e);
	return (device_notice_store(tx, r, v));
}

enum err
grant_attempt(struct tx *tx, struct req *r, const char *user_id, bool success, int64_t now)
{
	const char *agent = grant_agent(r);

	if (agent == NULL)
		return (ERR_NOMEM);
	return (attempt_add(tx, user_id, now, success, r->remote_addr, agent));
}

enum err
grant_admit(struct tx *tx, struct req *r, const char *user_id, struct user *ret_user)
{
	enum err e;

	if ((e = guest_check_signin(r, tx_db(tx))) != ERR_OK ||
	    (e = user_find(tx_db(tx), USER_BY_ID, user_id, r->arena, ret_user)) != ERR_OK)
		return (e);
	if (ret_user->hidden)
		return (ERR_NOT_FOUND);
	return (ret_user->enabled && !ret_user->locked ? ERR_OK : ERR_ACCOUNT);
}

enum err
grant_begin(struct tx *tx, struct req *r, const struct user *u, struct visit *v)
{
	const int64_t now = v->session.created_at;
	enum err e;

	if ((e = user_set_active(tx, u->id, now)) != ERR_OK ||
	    (e = joining_by_domain(tx, r, u, now)) != ERR_OK)
		return (e);
	return (grant_store(tx, r, v));
}
