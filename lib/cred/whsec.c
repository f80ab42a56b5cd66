/* Secrets that sign webhooks. */
#include "cred/whsec.h"

#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "base/random.h"
#include "base/text.h"

#define PREFIX "whsec_"
#define NEW_LEN 32
#define KEY_MIN 24
#define KEY_MAX 64

void
whsec_new(char ret_secret[static WHSEC_SIZE])
{
	unsigned char key[NEW_LEN];

	random_bytes(key, sizeof key);
	memcpy(ret_secret, PREFIX, strlen(PREFIX));
	sodium_bin2base64(ret_secret + strlen(PREFIX), WHSEC_SIZE - strlen(PREFIX), key, sizeof key,
	    sodium_base64_VARIANT_ORIGINAL);
	sodium_memzero(key, sizeof key);
}

static enum err
read_key(const char *secret, unsigned char ret_key[static KEY_MAX], size_t *ret_len)
{
	const char *text = secret + strlen(PREFIX), *end;

	if (!text_starts(secret, PREFIX) ||
	    sodium_base642bin(ret_key, KEY_MAX, text, strlen(text), NULL, ret_len, &end,
	        sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    *end != '\0' || *ret_len < KEY_MIN)
		return (ERR_CRYPTO);
	return (ERR_OK);
}

enum err
whsec_sign(const char *secret, const char *id, int64_t at_s, const char *payload, size_t len,
    char ret_signature[static WHSEC_SIGNATURE_SIZE])
{
	unsigned char key[KEY_MAX], mac[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state state;
	char at[32];
	size_t key_len;
	enum err e;

	if ((e = read_key(secret, key, &key_len)) == ERR_OK) {
		snprintf(at, sizeof at, ".%lld.", (long long)at_s);
		crypto_auth_hmacsha256_init(&state, key, key_len);
		crypto_auth_hmacsha256_update(&state, (const unsigned char *)id, strlen(id));
		crypto_auth_hmacsha256_update(&state, (const unsigned char *)at, strlen(at));
		crypto_auth_hmacsha256_update(&state, (const unsigned char *)payload, len);
		crypto_auth_hmacsha256_final(&state, mac);
		sodium_memzero(&state, sizeof state);
		memcpy(ret_signature, "v1,", 3);
		sodium_bin2base64(ret_signature + 3, WHSEC_SIGNATURE_SIZE - 3, mac, sizeof mac,
		    sodium_base64_VARIANT_ORIGINAL);
	}
	sodium_memzero(key, sizeof key);
	return (e);
}
