/* One ES256 key: a private key on P-256, its public half as a JWK, signatures as JOSE writes them.
 */
#ifndef CRED_ES256_H
#define CRED_ES256_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

#define ES256_SIGNATURE_LEN 64
#define ES256_PEM_SIZE 512

struct es256;

/**
 * es256_generate(ret_pem):
 * A new key as PKCS #8 in PEM, NUL-terminated. The caller wipes it.
 * Errors: ERR_CRYPTO.
 */
MUST_USE enum err es256_generate(char ret_pem[static ES256_PEM_SIZE]);

/**
 * es256_load(pem, ret_key):
 * Load a private key once, so that each use costs a signature and no parsing. Free with
 * es256_free(), which accepts NULL. Errors: ERR_CRYPTO when it is not a private key on P-256;
 * ERR_NOMEM.
 */
MUST_USE enum err es256_load(const char *pem, struct es256 **ret_key);
void es256_free(struct es256 *key);

/**
 * es256_kid(key), es256_jwk(key, a):
 * The key's id: its thumbprint. The public key as a JWK in JSON, owned by ${a} (NULL when ${a} is
 * full). Source: RFC 7638; RFC 7517; RFC 7518 section 6.2.
 */
const char *es256_kid(const struct es256 *key);
char *es256_jwk(const struct es256 *key, struct arena *a);

/**
 * es256_sign(key, text, len, ret_signature), es256_verify(key, text, len, signature):
 * Sign ${len} bytes of ${text}, R and S of 32 bytes each; or is ${signature} one? Any number of
 * threads may. Errors: ERR_CRYPTO.  Source: RFC 7518 section 3.4.
 */
MUST_USE enum err es256_sign(const struct es256 *key, const char *text, size_t len,
    unsigned char ret_signature[static ES256_SIGNATURE_LEN]);
bool es256_verify(const struct es256 *key, const char *text, size_t len,
    const unsigned char signature[static ES256_SIGNATURE_LEN]);

#endif
