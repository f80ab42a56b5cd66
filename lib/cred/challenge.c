/* Challenges to compute: made, recognised and checked without anything being stored. */
#include "cred/challenge.h"

#include <string.h>

#include <sodium.h>

#include "base/random.h"

#define PURPOSE "workask1"
/* The bytes of a challenge: when it expires, how many bits, what chance added, the HMAC. */
#define TIME_LEN 6
#define SIGNED_LEN 16
#define MAC_LEN 16
#define BYTES_LEN (SIGNED_LEN + MAC_LEN)
#define TEXT_LEN (CHALLENGE_SIZE - 1)

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void
sign(const struct master *m, const unsigned char *bytes, unsigned char ret_mac[static 32])
{

	master_mac(m, PURPOSE, (const char *)bytes, SIGNED_LEN, ret_mac);
}

void
challenge_print(
    const struct master *m, const struct challenge *c, char ret_text[static CHALLENGE_SIZE])
{
	unsigned char bytes[BYTES_LEN], mac[32];
	int i;

	for (i = 0; i < TIME_LEN; i++)
		bytes[i] = (unsigned char)(c->expires_at >> (8 * (TIME_LEN - 1 - i)));
	bytes[TIME_LEN] = (unsigned char)c->bits;
	random_bytes(bytes + TIME_LEN + 1, SIGNED_LEN - TIME_LEN - 1);
	sign(m, bytes, mac);
	memcpy(bytes + SIGNED_LEN, mac, MAC_LEN);
	sodium_bin2base64(ret_text, CHALLENGE_SIZE, bytes, sizeof bytes,
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* False also for bits at the end that stand for nothing: a challenge has one form. */
static bool
read_bytes(const char *solution, unsigned char ret_bytes[static BYTES_LEN])
{
	size_t len;

	return (sodium_base642bin(ret_bytes, BYTES_LEN, solution, TEXT_LEN, NULL, &len, NULL,
	            sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
	        len == BYTES_LEN);
}

bool
challenge_parse(const char *solution, struct challenge *ret_challenge)
{
	unsigned char bytes[BYTES_LEN];
	const char *nonce;
	size_t len;
	int i;

	if (strcspn(solution, ".") != TEXT_LEN || solution[TEXT_LEN] != '.')
		return (false);
	nonce = solution + TEXT_LEN + 1;
	len = strspn(nonce, alphabet);
	if (len == 0 || len > CHALLENGE_NONCE_MAX || nonce[len] != '\0' ||
	    !read_bytes(solution, bytes))
		return (false);
	ret_challenge->expires_at = 0;
	for (i = 0; i < TIME_LEN; i++)
		ret_challenge->expires_at = ret_challenge->expires_at << 8 | bytes[i];
	ret_challenge->bits = bytes[TIME_LEN];
	return (true);
}

bool
challenge_is_ours(const struct master *m, const char *solution)
{
	unsigned char bytes[BYTES_LEN], mac[32];

	if (!read_bytes(solution, bytes))
		return (false);
	sign(m, bytes, mac);
	return (secret_equal(mac, bytes + SIGNED_LEN, MAC_LEN));
}

int
challenge_zeros(const char *solution)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	int zeros = 0;

	crypto_hash_sha256(hash, (const unsigned char *)solution, strlen(solution));
	while (zeros < 256 && (hash[zeros / 8] >> (7 - zeros % 8) & 1) == 0)
		zeros++;
	return (zeros);
}
