/* session: stay signed in, see who you are, leave. */
#include <string.h>

#include "access/app.h"
#include "access/cookie.h"
#include "access/profile.h"
#include "access/subject.h"
#include "access/visit.h"
#include "access/work.h"
#include "http/input.h"
#include "http/reply.h"
#include "sessions.h"

#define TOKEN_MAX 4096

struct token {
	const char *refresh_token;
	const char *return_to;
};

static enum err
post_refresh(struct req *r)
{
	static const struct field fields[] = {
		{ "refresh_token", FIELD_TEXT, offsetof(struct token, refresh_token), 1, TOKEN_MAX,
		    0 },
	};
	struct visit v = { .secret = NULL };
	struct token in = { .refresh_token = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &in)) != ERR_OK ||
	    (e = visit_refresh(r, in.refresh_token, &v)) != ERR_OK)
		return (e);
	return (visit_reply_tokens(r, 200, &v));
}

/* End the session of the refresh token in the body, or else that of whatever proof came. */
static enum err
post_logout(struct req *r)
{
	static const struct field fields[] = {
		{ "refresh_token", FIELD_TEXT, offsetof(struct token, refresh_token), 1, TOKEN_MAX,
		    FIELD_OPTIONAL },
		{ "return_to", FIELD_TEXT, offsetof(struct token, return_to), 0, 1024,
		    FIELD_OPTIONAL },
	};
	struct token in = { .refresh_token = NULL };
	enum err e;

	if (r->body_len > 0 && (e = input_read(r, fields, COUNT(fields), &in)) != ERR_OK)
		return (e);
	if (in.refresh_token != NULL)
		e = visit_leave(r, in.refresh_token);
	else if (r->subject != NULL && r->subject->key_id[0] != '\0')
		e = req_fail(r, ERR_FORBIDDEN,
		    "an API key has no session to end: DELETE /apikeys/%s revokes it",
		    r->subject->key_id);
	else if (r->subject != NULL)
		e = visit_end(r, r->subject->session_id);
	else
		e = ERR_UNAUTHENTICATED;
	if (r->cookie != NULL && cookie_clear(r) != ERR_OK)
		return (ERR_NOMEM);
	if (req_is_page_form(r) && (e == ERR_OK || err_status(e) == 401))
		return (reply_redirect(r, in.return_to, "/login"));
	return (e == ERR_OK ? reply_none(r) : e);
}

static enum err
get_me(struct req *r)
{
	const char *profile = r->subject->profile;
	enum err e;

	if (profile[0] == '\0' && (e = sessions_profile(r, &profile)) != ERR_OK)
		return (e);
	return (reply_text(r, 200, "application/json", profile));
}

static enum err
patch_me(struct req *r)
{
	const char *profile, *return_to = NULL;
	enum err e;

	if ((e = profile_update(r, &return_to)) != ERR_OK ||
	    (e = sessions_profile(r, &profile)) != ERR_OK)
		return (e);
	if (req_is_page_form(r))
		return (reply_redirect(r, return_to, "/account"));
	return (reply_text(r, 200, "application/json", profile));
}

static enum err
get_challenge(struct req *r)
{
	struct json j = json_object(r->arena);

	work_tell(r->app, &j);
	return (reply_json(r, 200, &j));
}

static enum err
get_jwks(struct req *r)
{
	enum err e;

	if ((e = reply_header(r, "Cache-Control", "public, max-age=300")) != ERR_OK)
		return (e);
	return (reply_text(
	    r, 200, "application/jwk-set+json", keyring_jwks(r->app->keyring, r->arena)));
}

static const struct route routes[] = {
	/* method  path                      handler                 body   who        page */
	/* Here, for this program answers also while those that hash are busy. */
	{ "GET", "/auth/challenge", get_challenge, 0, WHO_ANY, NULL, NULL },
	{ "POST", "/auth/refresh", post_refresh, 8192, WHO_ANY, NULL, NULL },
	{ "POST", "/auth/logout", post_logout, 8192, WHO_MAYBE, NULL, NULL, .password_due = true },
	{ "GET", "/auth/sessions", sessions_get, 0, WHO_SELF, NULL, NULL },
	{ "DELETE", "/auth/sessions", sessions_delete_others, 1024, WHO_SELF, NULL, NULL },
	{ "DELETE", "/auth/sessions/{id}", sessions_delete, 1024, WHO_SELF, NULL, NULL },
	{ "GET", "/users/me", get_me, 0, WHO_USER, NULL, "profile:read", .password_due = true },
	{ "PATCH", "/users/me", patch_me, 65536, WHO_USER, "profile", "profile:update" },
	/* Where a browser finds the form for another password. */
	{ "GET", "/account", sessions_get_account, 0, WHO_MAYBE, NULL, NULL, .password_due = true },
	{ "GET", "/.well-known/jwks.json", get_jwks, 0, WHO_ANY, NULL, NULL },
};

int
main(int argc, char **argv)
{
	/* Checks get by with two; refreshes share a flush, so the more wait together the better,
	 * up to where threads cost more than they bring: docs/architecture.md. */
	const struct program p = { "session", routes, COUNT(routes), 16 };

	return (app_main(argc, argv, &p));
}
