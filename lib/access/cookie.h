/* The cookie that carries a session. */
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
 * cookie_set(r, token), cookie_clear(r):
 * Give the browser the cookie, for session.cookie_s; or take it away.
 * Errors: ERR_NOMEM.  Source: OWASP ASVS 5.0 3.3.
 */
MUST_USE enum err cookie_set(struct req *r, const char *token);
MUST_USE enum err cookie_clear(struct req *r);

#endif
