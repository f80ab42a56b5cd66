/* The compact form of a signed token: three parts of base64url between dots. */
#include "cred/jws.h"

#include <stdbool.h>
#include <string.h>

#include <sodium.h>

#include "base/text.h"

#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

static char *
encode(const void *bytes, size_t len, struct arena *a)
{
	const size_t size = sodium_base64_encoded_len(len, VARIANT);
	char *text = arena_alloc(a, size);

	return (text == NULL ? NULL : sodium_bin2base64(text, size, bytes, len, VARIANT));
}

char *
jws_header(const char *alg, const char *type, const char *kid, struct arena *a)
{
	char *json;

	if (kid != NULL)
		json = arena_print(
		    a, "{\"alg\":\"%s\",\"typ\":\"%s\",\"kid\":\"%s\"}", alg, type, kid);
	else
		json = arena_print(a, "{\"alg\":\"%s\",\"typ\":\"%s\"}", alg, type);
	return (json == NULL ? NULL : encode(json, strlen(json), a));
}

char *
jws_input(const char *alg, const char *type, const char *kid, const char *claims, struct arena *a)
{
	const char *header = jws_header(alg, type, kid, a),
	           *payload = encode(claims, strlen(claims), a);

	return (
	    header == NULL || payload == NULL ? NULL : arena_print(a, "%s.%s", header, payload));
}

char *
jws_join(const char *input, const unsigned char *signature, size_t len, struct arena *a)
{
	const char *text = encode(signature, len, a);

	return (text == NULL ? NULL : arena_print(a, "%s.%s", input, text));
}

/*
 * Decode all of ${len} characters into ${size} bytes; false when they are not canonical base64url
 * or too many. libsodium 1.0.18 takes bytes over 0x7f for digits: a token with one bit of its
 * signature flipped would be good.
 */
static bool
decode(const char *text, size_t len, unsigned char *to, size_t size, size_t *ret_len)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *end;

	return (strspn(text, digits) >= len &&
	        sodium_base642bin(to, size, text, len, NULL, ret_len, &end, VARIANT) == 0 &&
	        end == text + len);
}

enum err
jws_split(const char *token, struct arena *a, struct jws *ret_jws)
{
	const size_t len = strlen(token);
	const char *payload, *signature;
	struct jws parts;
	size_t size, payload_len;

	if (len > JWS_TOKEN_MAX || (payload = strchr(token, '.')) == NULL ||
	    (signature = strchr(payload + 1, '.')) == NULL)
		return (ERR_INVALID_TOKEN);
	parts.input = token;
	parts.input_len = (size_t)(signature - token);
	if ((parts.header = arena_copy_len(a, token, (size_t)(payload - token))) == NULL)
		return (ERR_NOMEM);
	payload++;
	signature++;
	size = (size_t)(signature - 1 - payload);
	if ((parts.payload = arena_alloc(a, size + 1)) == NULL)
		return (ERR_NOMEM);
	if (!decode(payload, size, (unsigned char *)parts.payload, size, &payload_len) ||
	    !decode(signature, len - (size_t)(signature - token), parts.signature,
	        sizeof parts.signature, &parts.signature_len))
		return (ERR_INVALID_TOKEN);
	if (strlen(parts.payload) != payload_len || !text_utf8_ok(parts.payload, payload_len))
		return (ERR_INVALID_TOKEN);
	*ret_jws = parts;
	return (ERR_OK);
}
