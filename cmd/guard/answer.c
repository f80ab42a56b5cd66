/* What a web server is told that asks about a request. */
#include "answer.h"

#include <string.h>

#include "access/app.h"
#include "access/guard.h"
#include "access/guard_path.h"
#include "base/address.h"
#include "base/text.h"
#include "http/form.h"
#include "http/reply.h"

#define ROLES_SHOWN_MAX 2000 /* bytes of their names; what is beyond is left out */

/* How an answer reaches the web server. */
enum manner {
	AUTHORIZER,         /* 200 and variables, or the client's answer */
	AUTHORIZER_VERDICT, /* 200 and variables, 401 or 403 without a body */
	VERDICT,            /* 204, 401 or 403, without a body */
	ANSWER,             /* 204, or the client's answer */
	REFUSAL,            /* the client's answer, which is never that he is let in */
};

/* What is told of who is let in: by FastCGI's variables, by header fields. */
static const char *const names[][2] = {
	{ "Variable-REMOTE_USER", "Remote-User" },
	{ "Variable-YETT_USER_ID", "Remote-User-Id" },
	{ "Variable-YETT_EMAIL", "Remote-Email" },
	{ "Variable-YETT_ROLES", "Remote-Roles" },
	{ "Variable-YETT_ORG", "Remote-Org" },
};

/* The lines of ${list}, with commas instead; whole ones. NULL without memory. */
static const char *
join_lines(const struct guard_who *w, uint32_t list, struct arena *a)
{
	const char *lines = guard_who_text(w, list);
	size_t len = strlen(lines);
	char *text, *p;

	while (len > ROLES_SHOWN_MAX || (len > 0 && lines[len - 1] != '\n'))
		len--;
	if ((text = arena_copy_len(a, lines, len > 0 ? len - 1 : 0)) == NULL)
		return (NULL);
	for (p = text; (p = strchr(p, '\n')) != NULL; p++)
		*p = ',';
	return (text);
}

/* What the application is to call the user. Anybody may sign up with another's address; so an
 * address that is not confirmed is no name: it would be that of the other. */
static const char *
name_user(const struct conf *conf, const struct guard_who *w)
{

	if (strcmp(conf->guard_user, "username") == 0)
		return (guard_who_text(w, w->username));
	if (strcmp(conf->guard_user, "email") == 0 && w->confirmed)
		return (guard_who_text(w, w->email));
	return (guard_who_text(w, w->user_id));
}

static enum err
let_in(struct req *r, enum manner manner, const struct guard_who *w)
{
	const bool variables = manner == AUTHORIZER || manner == AUTHORIZER_VERDICT;
	const char *values[COUNT(names)];
	enum err e;
	size_t i;

	r->status = variables ? 200 : 204;
	r->bare = true;
	if (w == NULL)
		return (ERR_OK);
	values[0] = name_user(&r->app->conf, w);
	values[1] = guard_who_text(w, w->user_id);
	values[2] = w->confirmed ? guard_who_text(w, w->email) : "";
	values[3] = join_lines(w, w->roles, r->arena);
	values[4] = guard_who_text(w, w->org_slug);
	for (i = 0; i < COUNT(names); i++)
		if (values[i] == NULL || values[i][0] != '\0')
			if ((e = reply_header(r, names[i][!variables], values[i])) != ERR_OK)
				return (e);
	return (ERR_OK);
}

/* Is it a browser that goes to a page, and may be sent elsewhere? */
static bool
is_visit(const struct req *r, const char *method)
{

	return ((strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0) &&
	        req_accepts(r, "text/html") &&
	        (r->sec_fetch_mode == NULL || strcmp(r->sec_fetch_mode, "navigate") == 0));
}

/* To the sign-in page, and then back to ${uri}. */
static enum err
send_to_sign_in(struct req *r, const char *uri)
{
	const char *target = "/login", *back;

	if (req_is_local(uri)) {
		if ((back = form_encode(uri, r->arena)) == NULL ||
		    (target = arena_print(r->arena, "/login?return_to=%s", back)) == NULL)
			return (ERR_NOMEM);
	}
	r->status = 303;
	return (reply_header(r, "Location", target));
}

/* Whom to ask, as part of a sentence. */
static const char *
whom(const struct req *r)
{
	const char *ask = r->app->conf.guard_ask;

	return (ask[0] != '\0' ? ask : "whoever looks after this site");
}

/* Strangers are not told the rule: roles, orgs and networks stand in it. */
static enum err
deny(struct req *r, const struct guard_decision *d, const struct guard_who *who)
{

	if (d->rule == NULL)
		return (req_fail(r, ERR_FORBIDDEN, "%s; ask %s", d->because, whom(r)));
	if (who == NULL)
		return (req_fail(r, ERR_FORBIDDEN, "this page is closed to you; ask %s", whom(r)));
	return (req_fail(r, ERR_FORBIDDEN, "the rule \"%s\" does not let you in: %s; ask %s",
	    d->rule, d->because, whom(r)));
}

static enum err
refuse(struct req *r, const struct guard_decision *d, const struct guard_who *who,
    const char *method, const char *uri)
{
	enum err e;

	switch (d->verdict) {
	case GUARD_ALLOWED:
		return (ERR_INTERNAL);
	case GUARD_SIGN_IN:
		if (is_visit(r, method))
			return (send_to_sign_in(r, uri));
		/* A client that sent something of which nothing came has to know. */
		if (r->authorization != NULL || r->x_api_key != NULL)
			return (ERR_INVALID_TOKEN);
		return (req_fail(r, ERR_UNAUTHENTICATED, "%s", d->because));
	case GUARD_SECOND_FACTOR:
		/* Source: RFC 9470 section 3. */
		if ((e = reply_header(r, "WWW-Authenticate",
		         arena_print(r->arena,
		             "Bearer realm=\"yett\", "
		             "error=\"insufficient_user_authentication\", max_age=%lld",
		             (long long)d->mfa_minutes * 60))) != ERR_OK)
			return (e);
		return (req_fail(r, ERR_SECOND_FACTOR, "the rule \"%s\": %s", d->rule, d->because));
	case GUARD_PASSWORD_DUE:
		return (ERR_PASSWORD_DUE);
	case GUARD_DENIED:
		break;
	}
	return (deny(r, d, who));
}

/* It was not the guard that has refused the request: the web server has, for a reason of its own.
 */
static enum err
refuse_all_the_same(struct req *r)
{

	return (req_fail(r, ERR_FORBIDDEN, "the web server does not show this; ask %s", whom(r)));
}

/* Without a body, and with a status that such a web server understands. */
static enum err
refuse_briefly(struct req *r, enum err e)
{

	if (e != ERR_OK && err_status(e) >= 500)
		return (e);
	r->status = e == ERR_OK || err_status(e) == 401 ? 401 : 403;
	r->bare = true;
	r->headers_count = 0;
	return (ERR_OK);
}

/* ${uri} and ${method} are those of the request that is asked about. */
static enum err
decide(struct req *r, enum manner manner, const char *method, const char *host, const char *uri)
{
	struct guard_target target = { .method = method };
	struct guard_decision d;
	const struct guard_who *who;
	const char *why = NULL;
	char *path = NULL;
	enum err e;

	if (method == NULL || uri == NULL)
		return (req_fail(r, ERR_INTERNAL, "the web server does not say what is asked for"));
	if ((target.host = guard_host(host, r->arena)) == NULL)
		return (ERR_NOMEM);
	why = "the method has an odd character";
	e = !guard_method_ok(method) ? ERR_BAD_REQUEST
	                             : guard_path_read(uri, r->arena, &path, &why);
	if (e == ERR_BAD_REQUEST)
		e = req_fail(r, e, "%s", why);
	if (e == ERR_OK) {
		target.path = path;
		if ((e = guard_ask(r, &target, &who, &d)) == ERR_OK && d.verdict == GUARD_ALLOWED)
			return (
			    manner == REFUSAL ? refuse_all_the_same(r) : let_in(r, manner, who));
		if (e == ERR_OK)
			e = refuse(r, &d, who, method, uri);
	}
	return (manner == VERDICT || manner == AUTHORIZER_VERDICT ? refuse_briefly(r, e) : e);
}

static const char *
either(const char *one, const char *other)
{

	return (one != NULL ? one : other);
}

/* How the web server would like it. Errors: ERR_INTERNAL when it does not say so rightly. */
static enum err
read_manner(struct req *r, enum manner *ret_manner)
{
	const bool authorizer = r->role != NULL && strcmp(r->role, "AUTHORIZER") == 0;

	if (r->guard == NULL)
		*ret_manner = AUTHORIZER;
	else if (strcmp(r->guard, "verdict") == 0)
		*ret_manner = authorizer ? AUTHORIZER_VERDICT : VERDICT;
	else if (!authorizer && strcmp(r->guard, "answer") == 0)
		*ret_manner = ANSWER;
	else if (!authorizer && strcmp(r->guard, "refusal") == 0)
		*ret_manner = REFUSAL;
	else
		return (req_fail(r, ERR_INTERNAL,
		    "YETT_GUARD is not verdict, answer or refusal; an authorizer takes the first"));
	return (ERR_OK);
}

enum err
answer_authorize(struct req *r)
{
	enum manner manner = AUTHORIZER;
	enum err e;

	if ((e = read_manner(r, &manner)) != ERR_OK)
		return (e);
	if (manner == AUTHORIZER)
		return (decide(r, manner, r->method, r->host, r->request_uri));
	return (decide(r, manner, either(r->guard_method, r->method),
	    either(r->guard_host, r->host), either(r->guard_uri, r->request_uri)));
}

enum err
answer_forward(struct req *r)
{

	if (!address_in(r->peer_addr, r->app->conf.http_proxies))
		return (req_fail(r, ERR_FORBIDDEN,
		    "only a proxy of http.proxies in yett.conf may ask in this way"));
	if (r->x_forwarded_method == NULL || r->x_forwarded_uri == NULL)
		return (req_fail(
		    r, ERR_BAD_REQUEST, "X-Forwarded-Method and X-Forwarded-Uri: are missing"));
	return (decide(r, ANSWER, r->x_forwarded_method, either(r->x_forwarded_host, r->host),
	    r->x_forwarded_uri));
}
