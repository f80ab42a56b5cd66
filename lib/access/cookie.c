/* The cookie that carries a session; the one that tells a browser from others; and one that knows
 * again the browser that asked for a mail. */
#include "access/cookie.h"

#include "access/app.h"
#include "http/reply.h"

#define DEVICE_S 31536000 /* a year, as long as devices are remembered */

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

const char *
cookie_device_name(const struct conf *conf)
{

	return (is_relaxed(conf) ? "yett-device" : "__Host-yett-device");
}

const char *
cookie_asked_name(const struct conf *conf)
{

	return (is_relaxed(conf) ? "yett-asked" : "__Host-yett-asked");
}

static enum err
set(struct req *r, const char *name, const char *value, long long max_age)
{

	return (reply_header(r, "Set-Cookie",
	    arena_print(r->arena, "%s=%s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Lax%s", name,
	        value, max_age, is_relaxed(&r->app->conf) ? "" : "; Secure")));
}

enum err
cookie_set(struct req *r, const char *token, const char *device)
{
	const struct conf *conf = &r->app->conf;
	enum err e;

	e = set(r, cookie_name(conf), token, (long long)conf->session_cookie_s);
	if (e != ERR_OK || device == NULL)
		return (e);
	return (set(r, cookie_device_name(conf), device, DEVICE_S));
}

enum err
cookie_clear(struct req *r)
{

	return (set(r, cookie_name(&r->app->conf), "", 0));
}

enum err
cookie_asked_set(struct req *r, const char *token)
{

	return (set(r, cookie_asked_name(&r->app->conf), token, COOKIE_ASKED_S));
}

enum err
cookie_asked_clear(struct req *r)
{

	return (set(r, cookie_asked_name(&r->app->conf), "", 0));
}
