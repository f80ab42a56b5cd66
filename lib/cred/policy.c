/* Which passwords may be chosen: long enough, not known from a breach, not easily guessed. */
#include "cred/policy.h"

#include <string.h>

#include <sodium.h>
#include <zxcvbn.h>

/*
 * zxcvbn takes time that grows with the square of the length and more; its authors cut at 100
 * characters. A longer password is judged by its beginning, which can only make it look weaker.
 */
#define ZXCVBN_MAX 100

/* The entropy in bits at which zxcvbn's scores 1 to 4 begin: 10^3, 10^6, 10^8, 10^10 guesses. */
static const double score_bits[] = { 9.97, 19.93, 26.58, 33.22 };

static int
score(const char *password, const char *const *words)
{
	const char *dictionary[16];
	char start[ZXCVBN_MAX + 1];
	size_t len = strlen(password), i;
	double bits;
	int result = 0;

	if (len > ZXCVBN_MAX)
		len = ZXCVBN_MAX;
	memcpy(start, password, len);
	start[len] = '\0';
	for (i = 0; i + 1 < sizeof dictionary / sizeof *dictionary && words[i] != NULL; i++)
		dictionary[i] = words[i];
	dictionary[i] = NULL;
	bits = ZxcvbnMatch(start, dictionary, NULL);
	sodium_memzero(start, sizeof start);
	for (i = 0; i < sizeof score_bits / sizeof *score_bits; i++)
		if (bits >= score_bits[i])
			result = (int)i + 1;
	return (result);
}

const char *
policy_check(const struct conf *conf, const struct breach *breach, const char *password,
    const char *const *words, struct arena *a)
{
	const size_t len = strlen(password);

	if (len < (size_t)conf->password_min_length)
		return (arena_print(
		    a, "must have at least %d characters", (int)conf->password_min_length));
	if (len > POLICY_LENGTH_MAX)
		return (arena_print(a, "must have at most %d bytes", POLICY_LENGTH_MAX));
	if (breach_has(breach, password))
		return ("is known from a breach of another site; choose another");
	if (score(password, words) < conf->password_min_score)
		return ("is too easy to guess; a few unrelated words are better");
	return (NULL);
}
