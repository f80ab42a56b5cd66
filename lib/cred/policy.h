/* Which passwords may be chosen: long enough, not known from a breach, not easily guessed. */
#ifndef CRED_POLICY_H
#define CRED_POLICY_H

#include "base/arena.h"
#include "base/conf.h"
#include "cred/breach.h"

#define POLICY_LENGTH_MAX \
	1024 /* bytes: Argon2 takes longer ones, but hashing them would be work for free */

/* What an attacker who knows whose password it is would try first; NULL where there is none. */
struct policy_owner {
	const char *email;
	const char *username;
	const char *name;
};

/**
 * policy_check(conf, breach, password, owner, a):
 * NULL when ${owner} may choose ${password}, else what is wrong with it, for the field error; owned
 * by ${a} or static. There are no rules of composition and no expiry.
 * Source: NIST SP 800-63B-4 section 3.1.1.2; OWASP ASVS 5.0 6.2.
 */
const char *policy_check(const struct conf *conf, const struct breach *breach, const char *password,
    const struct policy_owner *owner, struct arena *a);

#endif
