/* A proof of work as a client sends it; a changed one of ours, by the first two bytes of the input
 * (where, which bits), is none of ours any more. */
#include "cred/challenge.h"

#include <sodium.h>

#include "../unit/state.h"
#include "fuzz.h"

static struct master *master;
static char good[CHALLENGE_SIZE];

static void
set_up(void)
{
	const struct challenge c = { .expires_at = 1800000000000, .bits = 17 };

	must(sodium_init() >= 0 && master_create(state_dir()) == ERR_OK &&
	     master_open(state_dir(), &master) == ERR_OK);
	challenge_print(master, &c, good);
}

/* What is read is in its one form, and nobody can make one up. */
static void
check_text(const char *text)
{
	struct challenge c;

	must(challenge_zeros(text) <= 256);
	if (!challenge_parse(text, &c))
		return;
	must(strcspn(text, ".") == CHALLENGE_SIZE - 1 && strlen(text) > CHALLENGE_SIZE);
	must(strlen(text) <= CHALLENGE_SIZE + CHALLENGE_NONCE_MAX);
	must(c.expires_at >= 0 && c.expires_at < (int64_t)1 << 48);
	must(c.bits >= 0 && c.bits <= 255);
	must(!challenge_is_ours(master, text));
}

static void
check_changed(const uint8_t *data)
{
	char text[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.0";
	const size_t at = data[0] % (CHALLENGE_SIZE - 1);
	struct challenge c;

	memcpy(text, good, CHALLENGE_SIZE - 1);
	must(challenge_parse(text, &c) && c.bits == 17 && challenge_is_ours(master, text));
	text[at] = (char)(text[at] ^ data[1]);
	must((challenge_parse(text, &c) && challenge_is_ours(master, text)) == (data[1] == 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = fuzz_copy(data, len);

	if (master == NULL)
		set_up();
	check_text(text);
	if (len >= 2)
		check_changed(data);
	free(text);
	return (0);
}
