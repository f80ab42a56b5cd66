/* The compact form of a signed token: three parts of base64url between dots. */
#ifndef CRED_JWS_H
#define CRED_JWS_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

#define JWS_TOKEN_MAX 8192
#define JWS_SIGNATURE_MAX 64

struct jws {
	const char *header; /* base64url, as it came */
	const char *input;  /* header.payload, what is signed; not NUL-terminated */
	size_t input_len;
	char *payload; /* decoded, UTF-8 without NUL */
	unsigned char signature[JWS_SIGNATURE_MAX];
	size_t signature_len;
};

/**
 * jws_header(alg, type, kid, a):
 * The one header that we write for these, in base64url; ${kid} may be NULL. NULL when ${a} is full.
 */
char *jws_header(const char *alg, const char *type, const char *kid, struct arena *a);

/**
 * jws_input(alg, type, kid, claims, a), jws_join(input, signature, len, a):
 * What is to be signed; and the token, once it is. NULL when ${a} is full.
 */
char *
jws_input(const char *alg, const char *type, const char *kid, const char *claims, struct arena *a);
char *jws_join(const char *input, const unsigned char *signature, size_t len, struct arena *a);

/**
 * jws_split(token, a, ret_jws):
 * Take ${token} apart; nothing in it is believed yet. Strict: exactly two dots, canonical
 * base64url, 8 KiB at most. Errors: ERR_INVALID_TOKEN, ERR_NOMEM.  Source: RFC 7515 section 5.2;
 * RFC 4648 section 3.5.
 */
MUST_USE enum err jws_split(const char *token, struct arena *a, struct jws *ret_jws);

#endif
