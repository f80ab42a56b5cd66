/* The cookie that carries a session; the one that tells a browser from others; and one that knows
 * again the browser that asked for a mail. */
#ifndef ACCESS_COOKIE_H
#define ACCESS_COOKIE_H

#include "base/conf.h"
#include "http/request.h"

/**
 * cookie_name(conf):
 * "__Host-yett"; "yett" only where the site is plain http on this machine's loopback, as no browser
 * takes the other name without TLS.  Source: RFC 6265bis section 4.1.3.2.
 */
const char *cookie_name(const struct conf *conf);

/**
 * cookie_device_name(conf):
 * "__Host-yett-device", or "yett-device": of the cookie that proves nothing but that this is a
 * browser in which somebody has signed in before.
 */
const char *cookie_device_name(const struct conf *conf);

/**
 * cookie_set(r, token, device), cookie_clear(r):
 * Give the browser the session's cookie, for session.cookie_s, and its own, ${device}, for a year
 * (NULL: it has none); or take the first away.
 * Errors: ERR_NOMEM.  Source: OWASP ASVS 5.0 3.3.
 */
MUST_USE enum err cookie_set(struct req *r, const char *token, const char *device);
MUST_USE enum err cookie_clear(struct req *r);

/**
 * cookie_asked_name(conf), cookie_asked_set(r, token), cookie_asked_clear(r):
 * The same for the cookie "__Host-yett-asked" (or "yett-asked"), by which the browser that asked
 * for a mail is known again for COOKIE_ASKED_S. Errors: ERR_NOMEM.
 */
#define COOKIE_ASKED_S 600
const char *cookie_asked_name(const struct conf *conf);
MUST_USE enum err cookie_asked_set(struct req *r, const char *token);
MUST_USE enum err cookie_asked_clear(struct req *r);

#endif
