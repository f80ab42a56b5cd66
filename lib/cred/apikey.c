/* API keys as text: made so that a slip in copying one is seen without looking it up. */
#include "cred/apikey.h"

#include <stdint.h>
#include <string.h>

#include <sodium.h>

#include "base/random.h"
#include "base/text.h"

#define PREFIX_LEN (sizeof APIKEY_PREFIX - 1)
#define DIGITS 43      /* 62^43 > 2^256 > 62^42 */
#define CHECK_DIGITS 6 /* 62^6 > 2^32 > 62^5 */
#define HINT_DIGITS 4
#define DIFFERENT_MIN 8

/* In the order of ASCII, so that numbers of equal length compare as texts. */
static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* 2^256 - 1, the largest number that 32 bytes make. */
static const char largest[] = "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1";

_Static_assert(PREFIX_LEN + DIGITS + CHECK_DIGITS == APIKEY_LEN, "the parts make the whole");
_Static_assert(sizeof largest == DIGITS + 1, "as many digits as a key has");

/* Bit by bit: a key is checked once, then remembered, and a table would be 1 KiB. */
static uint32_t
crc32(const char *text, size_t len)
{
	uint32_t crc = UINT32_MAX;
	size_t i;
	int bit;

	for (i = 0; i < len; i++) {
		crc ^= (unsigned char)text[i];
		for (bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0);
	}
	return (~crc);
}

/* Divide the number in ${bytes}, the highest first, by 62; the rest. */
static unsigned int
divide(unsigned char bytes[static APIKEY_BYTES])
{
	unsigned int rest = 0;
	size_t i;

	for (i = 0; i < APIKEY_BYTES; i++) {
		rest = rest << 8 | bytes[i];
		bytes[i] = (unsigned char)(rest / 62);
		rest %= 62;
	}
	return (rest);
}

static void
print_check(uint32_t crc, char *to)
{
	size_t i;

	for (i = CHECK_DIGITS; i-- > 0; crc /= 62)
		to[i] = alphabet[crc % 62];
}

void
apikey_print(const unsigned char bytes[static APIKEY_BYTES], char ret_key[static APIKEY_SIZE])
{
	unsigned char left[APIKEY_BYTES];
	size_t i;

	memcpy(left, bytes, sizeof left);
	memcpy(ret_key, APIKEY_PREFIX, PREFIX_LEN);
	for (i = DIGITS; i-- > 0;)
		ret_key[PREFIX_LEN + i] = alphabet[divide(left)];
	print_check(crc32(ret_key, PREFIX_LEN + DIGITS), ret_key + PREFIX_LEN + DIGITS);
	ret_key[APIKEY_LEN] = '\0';
}

void
apikey_make(char ret_key[static APIKEY_SIZE])
{
	unsigned char bytes[APIKEY_BYTES];

	random_bytes(bytes, sizeof bytes);
	apikey_print(bytes, ret_key);
	sodium_memzero(bytes, sizeof bytes);
}

bool
apikey_is_ours(const char *text)
{

	return (text_starts(text, APIKEY_PREFIX));
}

bool
apikey_ok(const char *text)
{
	char check[CHECK_DIGITS];

	if (!apikey_is_ours(text) || strlen(text) != APIKEY_LEN ||
	    strspn(text + PREFIX_LEN, alphabet) != DIGITS + CHECK_DIGITS ||
	    strncmp(text + PREFIX_LEN, largest, DIGITS) > 0)
		return (false);
	print_check(crc32(text, PREFIX_LEN + DIGITS), check);
	return (memcmp(check, text + PREFIX_LEN + DIGITS, sizeof check) == 0);
}

bool
apikey_foreign_ok(const char *text)
{
	const size_t len = strlen(text);
	unsigned int different = 0;
	size_t i;

	if (apikey_is_ours(text))
		return (apikey_ok(text));
	if (len < APIKEY_FOREIGN_MIN || len > APIKEY_FOREIGN_MAX)
		return (false);
	for (i = 0; i < len; i++) {
		if (text[i] <= 0x20 || text[i] >= 0x7f)
			return (false);
		different += memchr(text, text[i], i) == NULL;
	}
	return (different >= DIFFERENT_MIN);
}

void
apikey_hint(const char *text, char ret_hint[static APIKEY_HINT_SIZE])
{
	const size_t len = (apikey_is_ours(text) ? PREFIX_LEN : 0) + HINT_DIGITS;

	memcpy(ret_hint, text, len);
	ret_hint[len] = '\0';
}
