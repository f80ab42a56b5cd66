/* How many wrong passwords are taken before one has to wait. */
#ifndef ACCESS_THROTTLE_H
#define ACCESS_THROTTLE_H

#include "base/limiter.h"
#include "http/request.h"
#include "store/user.h"

/**
 * throttle_begin(r, account):
 * May somebody from where ${r} comes try a password of ${account} now? ${account} is what was
 * typed, in small letters, so that the answer is the same for one that is not there. Counts the try
 * as a failure; throttle_end() says what became of it. Errors: ERR_LIMIT, with Retry-After. Source:
 * OWASP ASVS 5.0 6.3.1; NIST SP 800-63B-4 3.2.2.
 */
MUST_USE enum err throttle_begin(struct req *r, const char *account);

/**
 * throttle_end(r, account, e):
 * The try that throttle_begin() allowed ended with ${e}: a proof ends all waits of the account, a
 * wrong password or code stays counted, and what is nobody's fault is not.
 */
void throttle_end(struct req *r, const char *account, enum err e);

/**
 * throttle_tell(r, account, ret_failures):
 * The try that throttle_begin() allowed was a wrong password. Does ${account} have to wait from now
 * on, from wherever one comes, and is the user to be told of it, which is once an hour? After how
 * many wrong ones?
 */
bool throttle_tell(struct req *r, const char *account, int64_t *ret_failures);

/**
 * throttle_refuse(r, wait_ms, why):
 * Answer ${r} that ${why}, and when to come again. Always ERR_LIMIT, unless without memory.
 */
MUST_USE enum err throttle_refuse(struct req *r, int64_t wait_ms, const char *why);

/**
 * throttle_forget_user(l, u, a):
 * End all waits of ${u}, from everywhere, by all names that wrong passwords and codes may have been
 * given for. A name that ${a} has no room for goes on waiting.
 */
void throttle_forget_user(struct limiter *l, const struct user *u, struct arena *a);

/**
 * throttle_has_failed(l, u, a):
 * Are wrong passwords or codes of ${u} counted, which throttle_forget_user() would end?
 */
bool throttle_has_failed(struct limiter *l, const struct user *u, struct arena *a);

/**
 * throttle_code_begin(r, account), throttle_code_end(r, account, e):
 * As throttle_begin() and throttle_end() for a code of six digits, which besides nobody may try
 * more than 30 times for ${account}, from wherever, and once more each 48 minutes, whatever the
 * configuration says: of a million codes that is 0.003 % in a day. throttle_forget_user()
 * ends that wait, too. ${account} is NULL for the long token of a link: then only the network is
 * counted. Errors: ERR_LIMIT, with Retry-After. Source: NIST SP 800-63B-4 3.2.2; OWASP
 * ASVS 5.0 6.6.3.
 */
MUST_USE enum err throttle_code_begin(struct req *r, const char *account);
void throttle_code_end(struct req *r, const char *account, enum err e);

#endif
