/* Where a request comes from, when proxies stand in between. */
#ifndef HTTP_PEER_H
#define HTTP_PEER_H

#include <stdbool.h>

#include "base/arena.h"

/**
 * peer_find(remote, forwarded, is_rfc7239, proxies, a):
 * Who is behind ${remote}, the web server's peer: ${remote} itself unless it is one of ${proxies};
 * else the last address of ${forwarded}, the value of X-Forwarded-For or, ${is_rfc7239}, of
 * Forwarded, that is none of them. What stands before that, anybody may have written. Where a hop
 * is not an address, the proxy that wrote it counts. Owned by ${a}, or one of the arguments; NULL
 * without memory. Source: RFC 7239 section 4; OWASP ASVS 5.0 4.1.3.
 */
const char *peer_find(const char *remote, const char *forwarded, bool is_rfc7239,
    const char *proxies, struct arena *a);

#endif
