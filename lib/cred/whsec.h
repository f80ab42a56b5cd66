/* Secrets that sign webhooks.  Source: Standard Webhooks 1.0.0, https://www.standardwebhooks.com.
 */
#ifndef CRED_WHSEC_H
#define CRED_WHSEC_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define WHSEC_SIZE 51           /* of a new secret, with its NUL: "whsec_" and base64 of 32 bytes */
#define WHSEC_SIGNATURE_SIZE 48 /* "v1," and base64 of 32 bytes, with its NUL */

/**
 * whsec_new(ret_secret):
 * A new secret: 256 random bits as "whsec_..." in base64 with padding.
 */
void whsec_new(char ret_secret[static WHSEC_SIZE]);

/**
 * whsec_sign(secret, id, at_s, payload, len, ret_signature):
 * "v1," and HMAC-SHA-256 by ${secret} over "ID.TIMESTAMP.PAYLOAD"; ${at_s} is in seconds.
 * Errors: ERR_CRYPTO when ${secret} is not "whsec_" and base64 of 24 to 64 bytes.
 * Source: Standard Webhooks, "Signature scheme"; RFC 2104.
 */
MUST_USE enum err whsec_sign(const char *secret, const char *id, int64_t at_s, const char *payload,
    size_t len, char ret_signature[static WHSEC_SIGNATURE_SIZE]);

#endif
