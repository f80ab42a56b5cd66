/* The cookie that carries a session. */
#include "access/cookie.h"

#include "access/app.h"
#include "http/reply.h"

static bool
is_relaxed(const struct conf *conf)
{

	return (!conf_is_https(conf) && conf_is_loopback(conf));
}

const char *
cookie_name(const struct conf *conf)
{

	return (is_relaxed(conf) ? "yett" : "__Host-yett");
}

static enum err
set(struct req *r, const char *value, long long max_age)
{
	const struct conf *conf = &r->app->conf;

	return (reply_header(r, "Set-Cookie",
	    arena_print(r->arena, "%s=%s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Lax%s",
	        cookie_name(conf), value, max_age, is_relaxed(conf) ? "" : "; Secure")));
}

enum err
cookie_set(struct req *r, const char *token)
{

	return (set(r, token, (long long)r->app->conf.session_cookie_s));
}

enum err
cookie_clear(struct req *r)
{

	return (set(r, "", 0));
}
