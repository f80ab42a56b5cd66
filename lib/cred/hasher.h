/* Password hashes: made by Argon2id, verified also as crypt(3) and PBKDF2 make them, never more at
 * once than there is room for. */
#ifndef CRED_HASHER_H
#define CRED_HASHER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/conf.h"

#define HASHER_HASH_SIZE 128

struct hasher;

/**
 * hasher_open(conf, ret_hasher):
 * Hash at the cost and under the budget of ${conf}: as many at once, in all processes together, as
 * fit into password.budget_mib, and no more than there are processors. Close with hasher_close(),
 * which accepts NULL. Errors: ERR_IO, ERR_NOMEM.
 */
MUST_USE enum err hasher_open(const struct conf *conf, struct hasher **ret_hasher);
void hasher_close(struct hasher *h);

/**
 * hasher_hash(h, password, ret_hash):
 * Hash ${password} with a new salt, as a PHC string.
 * Errors: ERR_BUSY when no place became free in password.wait_ms; ERR_NOMEM.
 * Source: OWASP Password Storage Cheat Sheet; RFC 9106.
 */
MUST_USE enum err
hasher_hash(struct hasher *h, const char *password, char ret_hash[static HASHER_HASH_SIZE]);

/**
 * hasher_verify(h, hash, password, ret_stale):
 * Is ${password} what ${hash} (PHC argon2id or argon2i, any of crypt(3), PBKDF2) was made of?
 * ${ret_stale}: it is, but the hash is not what hasher_hash() makes today. A NULL ${hash} costs the
 * same time and never fits: for who is not there. Errors: ERR_INVALID_CREDENTIALS when it is not;
 * ERR_BUSY.
 */
MUST_USE enum err
hasher_verify(struct hasher *h, const char *hash, const char *password, bool *ret_stale);

/**
 * hasher_knows(hash):
 * Could hasher_verify() verify against ${hash} at all, and at a cost that an import may bring
 * along?
 */
bool hasher_knows(const char *hash);

/**
 * hasher_kind(hash):
 * By what ${hash} was made, as people call it: "argon2id", "bcrypt", "pbkdf2"; "unknown" for one
 * that hasher_knows() does not, NULL for NULL.
 */
const char *hasher_kind(const char *hash);

#endif
