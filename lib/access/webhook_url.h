/* Where webhooks may lead. */
#ifndef ACCESS_WEBHOOK_URL_H
#define ACCESS_WEBHOOK_URL_H

#include <stdbool.h>

#include "base/conf.h"

#define WEBHOOK_URL_MAX 2048      /* bytes */
#define WEBHOOK_URL_HOST_SIZE 256 /* of its host, an IPv6 address without brackets, and a NUL */

/**
 * webhook_url_host(url, ret_host):
 * Take ${url} apart: https:// or http://, a name or an address, a port at most, then what one likes
 * of ASCII. No user, no fragment, and no number that programs read as an address in other ways
 * ("127.1", "0x7f000001"). False when it is anything else.  Source: RFC 3986; WHATWG URL,
 * "ends in a number".
 */
bool webhook_url_host(const char *url, char ret_host[static WEBHOOK_URL_HOST_SIZE]);

/**
 * webhook_url_wrong(c, url, of_org):
 * What is wrong with ${url} as that of a webhook, which is an org's or the site's, to stand behind
 * the field's name; NULL: nothing. What its name leads to is only known when it is sent.
 */
const char *webhook_url_wrong(const struct conf *c, const char *url, bool of_org);

/**
 * webhook_url_may_reach(c, of_org, is_https, address):
 * May it be sent to ${address}, asked when the connection is made: by https:// to who may be
 * anybody on the internet, for an org's not to this machine either, or by either to whom
 * webhook.private names?  Source: OWASP SSRF Prevention Cheat Sheet.
 */
bool webhook_url_may_reach(const struct conf *c, bool of_org, bool is_https, const char *address);

#endif
