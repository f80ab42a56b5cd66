/* What admins write of rate limits: is it right, and how is it stored? */
#ifndef ACCESS_QUOTA_WORDS_H
#define ACCESS_QUOTA_WORDS_H

#include "access/quota.h"

#define QUOTA_COUNT_MAX 1000000000
#define QUOTA_WINDOW_MAX 31536000 /* s, a year */
#define QUOTA_RATE_MAX 25600      /* a second: the finest step of a limiter is 39 us */

/**
 * quota_words_rate_ok(count, window_sec), quota_words_route_ok(route):
 * Can so much be counted: no more than 25,600 a second? Is ${route} written as "METHOD /path", the
 * method "*" for a row of any, 127 bytes at most? Whether there is such a route only its program
 * knows.
 */
bool quota_words_rate_ok(int64_t count, int64_t window_sec);
bool quota_words_route_ok(const char *route);

/**
 * quota_words_fix_who(scope, who, ret_who):
 * ${who} as it is stored for a policy of ${scope}: an id, or a network as networks are written.
 * False when it is not one, or the scope knows nobody.
 */
bool
quota_words_fix_who(enum limit_scope scope, const char *who, char ret_who[static QUOTA_OF_SIZE]);

#endif
