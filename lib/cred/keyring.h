/* The signing keys: files in one folder, of which the newest signs and older ones verify until
 * their tokens are dead. */
#ifndef CRED_KEYRING_H
#define CRED_KEYRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct keyring;

/**
 * keyring_create(dir), keyring_rotate(dir):
 * Make the folder ${dir} (0700) and a first key (0600) unless they are there; or one key more,
 * which signs from now on. Errors: ERR_IO, ERR_CRYPTO.
 */
MUST_USE enum err keyring_create(const char *dir);
MUST_USE enum err keyring_rotate(const char *dir);

/**
 * keyring_open(dir, token_life_s, ret_keyring):
 * Load the keys of ${dir}. A key verifies for ${token_life_s} and a minute after its successor was
 * made. What another process adds or removes is seen by the next use. Close with keyring_close(),
 * which accepts NULL. Errors: ERR_NOT_FOUND when there is no key; ERR_CRYPTO when one is broken or
 * others may read it; ERR_IO, ERR_NOMEM.
 */
MUST_USE enum err keyring_open(const char *dir, int64_t token_life_s, struct keyring **ret_keyring);
void keyring_close(struct keyring *k);

/**
 * keyring_sign(k, type, claims, a, ret_token):
 * Sign the JSON text ${claims} with the newest key as a compact JWS whose header has "typ":
 * ${type}; owned by ${a}. Errors: ERR_CRYPTO, ERR_NOMEM.  Source: RFC 7515 section 7.1.
 */
MUST_USE enum err keyring_sign(
    struct keyring *k, const char *type, const char *claims, struct arena *a, char **ret_token);

/**
 * keyring_verify(k, type, token, a, ret_claims):
 * The claims (JSON text) of ${token}, which must be one that keyring_sign() could have made under a
 * key still alive: its header is compared with the one that each key writes and never parsed, so
 * neither algorithm nor type nor key can be chosen by who made the token. Times and names in the
 * claims are the caller's to check. Errors: ERR_INVALID_TOKEN; ERR_NOMEM.  Source: RFC 8725
 * sections 3.1, 3.11.
 */
MUST_USE enum err keyring_verify(
    struct keyring *k, const char *type, const char *token, struct arena *a, char **ret_claims);

/**
 * keyring_jwks(k, a):
 * The public keys that verify now, as a JWK Set, owned by ${a}; NULL when ${a} is full.  Source:
 * RFC 7517 section 5.
 */
char *keyring_jwks(struct keyring *k, struct arena *a);

/**
 * keyring_each(k, each, arg):
 * Call ${each} once a key, the newest first: its id, when it was made, until when it verifies (0:
 * it signs).
 */
void keyring_each(struct keyring *k,
    void (*each)(void *arg, const char *kid, int64_t created_at, int64_t until), void *arg);

/**
 * keyring_prune(dir, token_life_s, ret_count):
 * Remove the files of keys that verify nothing any more.
 * Errors: ERR_IO.
 */
MUST_USE enum err keyring_prune(const char *dir, int64_t token_life_s, unsigned int *ret_count);

#endif
