/* API keys as text: how they are written, and which slips are seen. */
#include "cred/apikey.h"

#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "check.h"

/* Made by Python: zlib.crc32 and divmod(n, 62). */
static const char lowest[] = "yett_00000000000000000000000000000000000000000001CEBcF";
static const char counted[] = "yett_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf1z5wyd";
static const char highest[] = "yett_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp14IkKzf";
static const char too_high[] = "yett_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp227akXF";

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static bool
prints(const unsigned char *bytes, const char *wanted)
{
	char key[APIKEY_SIZE];

	apikey_print(bytes, key);
	return (strcmp(key, wanted) == 0 && apikey_ok(key));
}

static void
test_vectors(void)
{
	unsigned char bytes[APIKEY_BYTES] = { 0 };
	size_t i;

	ok(prints(bytes, lowest), "the lowest number is 43 zeros and their checksum");
	for (i = 0; i < sizeof bytes; i++)
		bytes[i] = (unsigned char)i;
	ok(prints(bytes, counted), "another has the digits and the checksum that Python makes");
	memset(bytes, 0xff, sizeof bytes);
	ok(prints(bytes, highest), "so has the highest");
	ok(!apikey_ok(too_high), "one more is none, though its checksum is right");
}

static void
test_made(void)
{
	char one[APIKEY_SIZE], other[APIKEY_SIZE], hint[APIKEY_HINT_SIZE];

	apikey_make(one);
	apikey_make(other);
	ok(strlen(one) == APIKEY_LEN && apikey_ok(one) && apikey_is_ours(one), "a key is made");
	ok(strcmp(one, other) != 0, "two of them differ");
	apikey_hint(one, hint);
	ok(strlen(hint) == 9 && strncmp(hint, one, 9) == 0, "its hint is 4 digits");
	apikey_hint("sk_live_0123456789ab", hint);
	ok(strcmp(hint, "sk_l") == 0, "also of a key of another system");
}

/* Is every key refused that differs from ${counted} in the character at ${at} alone? */
static bool
sees_wrong(size_t at)
{
	char key[APIKEY_SIZE];
	size_t i;

	memcpy(key, counted, sizeof key);
	for (i = 0; alphabet[i] != '\0'; i++) {
		key[at] = alphabet[i];
		if (apikey_ok(key) != (alphabet[i] == counted[at]))
			return (false);
	}
	return (true);
}

static bool
sees_swapped(size_t at)
{
	char key[APIKEY_SIZE];

	memcpy(key, counted, sizeof key);
	key[at] = counted[at + 1];
	key[at + 1] = counted[at];
	return (apikey_ok(key) == (key[at] == key[at + 1]));
}

static void
test_slips(void)
{
	bool wrong = true, swapped = true, cut = true;
	char key[APIKEY_SIZE + 1];
	size_t i;

	for (i = 0; i < APIKEY_LEN; i++) {
		wrong = wrong && sees_wrong(i);
		swapped = swapped && (i + 1 == APIKEY_LEN || sees_swapped(i));
		snprintf(key, sizeof key, "%.*s", (int)i, counted);
		cut = cut && !apikey_ok(key);
	}
	ok(wrong, "any one wrong character is seen");
	ok(swapped, "any two neighbours that changed places are seen");
	ok(cut, "a key cut off is none");
	snprintf(key, sizeof key, "%s0", counted);
	ok(!apikey_ok(key), "nor one with something behind it");
	memcpy(key, counted, sizeof counted);
	for (i = 0; i < 4; i++) {
		key[20] = " -\xe9\n"[i];
		if (apikey_ok(key))
			break;
	}
	ok(i == 4, "nor one with another character in it");
	ok(!apikey_ok("") && !apikey_ok("yett_") && !apikey_ok("YETT_") && !apikey_ok(NULL),
	    "nor nothing");
}

static bool
foreign(const char *text, size_t len)
{
	char key[APIKEY_FOREIGN_MAX + 2];

	snprintf(key, sizeof key, "%.*s", (int)len, text);
	return (apikey_foreign_ok(key));
}

static void
test_foreign(void)
{
	char longest[APIKEY_FOREIGN_MAX + 2];
	size_t i;

	for (i = 0; i < sizeof longest - 1; i++)
		longest[i] = (char)('!' + i % 94);
	longest[i] = '\0';
	ok(foreign(longest, 20) && !foreign(longest, 19), "20 characters are enough, 19 are not");
	ok(foreign(longest, 200) && !foreign(longest, 201), "200 are not too many, 201 are");
	ok(!apikey_foreign_ok("abcdefghij klmnopqrst"), "a space is none of them");
	ok(!apikey_foreign_ok("abcdefghijklmnopqrs\x7f"), "nor a control character");
	ok(!apikey_foreign_ok("abcdefghijklmnopqrs\xc3\xa9"), "nor what is not ASCII");
	ok(apikey_foreign_ok("aaaaaaaaaaaaabcdefgh") && !apikey_foreign_ok("aaaaaaaaaaaaaabcdefg"),
	    "8 different ones are enough, 7 are not");
	ok(apikey_foreign_ok(counted), "a key of ours may come from another site of ours");
	ok(!apikey_foreign_ok(too_high), "but not with a slip");
}

int
main(void)
{

	if (sodium_init() < 0)
		return (1);
	test_vectors();
	test_made();
	test_slips();
	test_foreign();
	return (done());
}
