/* PBKDF2 hashes that users bring along, in the forms of passlib and of Django. */
#ifndef CRED_PBKDF2_H
#define CRED_PBKDF2_H

#include <stdbool.h>

#include "base/err.h"

/* The most that an import may bring along: a second or so of SHA-256. Django of 2026 has 1,500,000.
 */
#define PBKDF2_ROUNDS_MAX 2000000

/**
 * pbkdf2_is(hash), pbkdf2_knows(hash):
 * Does ${hash} begin like one: "$pbkdf2-sha256$", "pbkdf2_sha256$" and so on? Is it one as a whole,
 * of SHA-1, SHA-256 or SHA-512, with at most PBKDF2_ROUNDS_MAX rounds?
 */
bool pbkdf2_is(const char *hash);
bool pbkdf2_knows(const char *hash);

/**
 * pbkdf2_verify(hash, password):
 * Is ${hash} made of ${password}? Errors: ERR_INVALID_CREDENTIALS when it is not, or no such hash;
 * ERR_CRYPTO.  Source: RFC 8018 section 5.2; passlib.hash.pbkdf2_digest; Django's
 * PBKDF2PasswordHasher.
 */
MUST_USE enum err pbkdf2_verify(const char *hash, const char *password);

#endif
