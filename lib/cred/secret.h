/* Secrets that Yett makes: bearer tokens and their hashes, the master key and what is derived from
 * it. */
#ifndef CRED_SECRET_H
#define CRED_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

#define SECRET_HASH_LEN 32
#define SECRET_TOKEN_SIZE 44 /* 43 characters and a NUL */

struct master;

/**
 * secret_hash(text, len, ret_hash):
 * BLAKE2b-256 of a token of at least 122 random bits: what is stored instead of it. Never for
 * passwords.
 */
void secret_hash(const char *text, size_t len, unsigned char ret_hash[static SECRET_HASH_LEN]);

/**
 * secret_token(ret_token):
 * A new token: 256 random bits in base64url without padding.
 */
void secret_token(char ret_token[static SECRET_TOKEN_SIZE]);

/**
 * secret_equal(a, b, len):
 * Compare ${len} bytes in a time that does not depend on them.
 */
bool secret_equal(const void *a, const void *b, size_t len);

/**
 * master_create(state_dir):
 * Make ${state_dir}/master.key, 32 random bytes, mode 0600, unless it is there.
 * Errors: ERR_IO.
 */
MUST_USE enum err master_create(const char *state_dir);

/**
 * master_open(state_dir, ret_master):
 * Load the master key into locked memory. Close with master_close(), which accepts NULL.
 * Errors: ERR_NOT_FOUND; ERR_CRYPTO when it is not 32 bytes, or others may read the file; ERR_IO,
 * ERR_NOMEM.
 */
MUST_USE enum err master_open(const char *state_dir, struct master **ret_master);
void master_close(struct master *m);

/**
 * master_mac(m, purpose, text, len, ret_mac):
 * HMAC-SHA-256 of ${text} under a key derived for ${purpose} (8 characters).  Source: RFC 2104;
 * libsodium crypto_kdf.
 */
void master_mac(const struct master *m, const char *purpose, const char *text, size_t len,
    unsigned char ret_mac[static 32]);

/**
 * master_seal(m, purpose, text, len, ret_seal):
 * BLAKE2b-256 of ${text} under a key derived for ${purpose} (8 characters): what only who has the
 * master key can make. Source: RFC 7693; libsodium crypto_kdf.
 */
void master_seal(const struct master *m, const char *purpose, const char *text, size_t len,
    unsigned char ret_seal[static SECRET_HASH_LEN]);

/**
 * master_encrypt(m, purpose, text, a, ret_sealed), master_decrypt(m, purpose, sealed, a, ret_text):
 * ${text} so that only who has the master key can read it, and nobody else can make it, as
 * base64url; and back. Under a key derived for ${purpose} (8 characters); twice the same text gives
 * two results. Owned by ${a}. Errors: ERR_CRYPTO when ${sealed} was not made by this key for this
 * purpose; ERR_NOMEM. Source: libsodium crypto_secretbox (XSalsa20-Poly1305), crypto_kdf.
 */
MUST_USE enum err master_encrypt(const struct master *m, const char *purpose, const char *text,
    struct arena *a, const char **ret_sealed);
MUST_USE enum err master_decrypt(const struct master *m, const char *purpose, const char *sealed,
    struct arena *a, const char **ret_text);

#endif
