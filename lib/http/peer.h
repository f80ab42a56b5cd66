/* Where a request comes from, when proxies stand in between. */
#ifndef HTTP_PEER_H
#define HTTP_PEER_H

#include <stdbool.h>

#include "base/arena.h"

/**
 * peer_networks_ok(networks):
 * Is ${networks} a list of IPv4 or IPv6 addresses and networks ("192.0.2.1 2001:db8::/32"),
 * separated by spaces, or empty?
 */
bool peer_networks_ok(const char *networks);

/**
 * peer_in(address, networks):
 * Is ${address} in one of ${networks}? False for what is no address. An IPv4 address may be written
 * as one of IPv6 (::ffff:192.0.2.1).
 */
bool peer_in(const char *address, const char *networks);

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
