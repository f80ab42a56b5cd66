/* API keys: the input as a key that somebody sends; and, where it is long enough, as the bytes of
 * one that we make. */
#include "cred/apikey.h"
#include "fuzz.h"

/* A key that is taken has the one form that its bytes have. */
static void
check_text(const char *text)
{
	char hint[APIKEY_HINT_SIZE];

	if (apikey_ok(text)) {
		must(apikey_is_ours(text) && strlen(text) == APIKEY_LEN);
		must(apikey_foreign_ok(text));
	}
	if (!apikey_foreign_ok(text))
		return;
	must(strlen(text) >= APIKEY_FOREIGN_MIN && strlen(text) <= APIKEY_FOREIGN_MAX);
	must(apikey_is_ours(text) == apikey_ok(text));
	apikey_hint(text, hint);
	must(strncmp(text, hint, strlen(hint)) == 0 && strlen(hint) < APIKEY_HINT_SIZE);
}

/* A slip as the last two bytes say. */
static void
check_slip(const uint8_t *bytes, const uint8_t *slip)
{
	char key[APIKEY_SIZE], was;

	apikey_print(bytes, key);
	must(apikey_ok(key));
	was = key[slip[0] % APIKEY_LEN];
	key[slip[0] % APIKEY_LEN] = (char)slip[1];
	must(apikey_ok(key) == (was == (char)slip[1]));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = fuzz_copy(data, len);

	check_text(text);
	free(text);
	if (len >= APIKEY_BYTES + 2)
		check_slip(data, data + APIKEY_BYTES);
	return (0);
}
