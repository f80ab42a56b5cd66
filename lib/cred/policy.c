/* Which passwords may be chosen: long enough, not known from a breach, not easily guessed. */
#include "cred/policy.h"

#include <string.h>

#include <sodium.h>
#include <zxcvbn.h>

/*
 * zxcvbn takes time that grows with more than the fourth power of the length: "7878..." of 100
 * characters takes 1.5 s, of 32 some 6 ms, half a hash. A longer password is judged by its
 * beginning, which can only make it look weaker.
 */
#define ZXCVBN_MAX 32
#define WORDS_MAX 32
#define SEPARATORS " .,@_-+"

/* The entropy in bits at which zxcvbn's scores 1 to 4 begin: 10^3, 10^6, 10^8, 10^10 guesses. */
static const double score_bits[] = { 9.97, 19.93, 26.58, 33.22 };

/* The words, parts of addresses and names that zxcvbn shall know besides its own. */
struct words {
	const char *items[WORDS_MAX + 1]; /* NULL at the end */
	size_t count;
};

static void
add_word(struct words *w, const char *word)
{

	if (word != NULL && word[0] != '\0' && w->count < WORDS_MAX)
		w->items[w->count++] = word;
}

/* ${text} itself, and what separators part it into. */
static void
add_words(struct words *w, const char *text, struct arena *a)
{
	size_t len;

	if (text == NULL)
		return;
	add_word(w, text);
	for (; *text != '\0'; text += len) {
		len = strcspn(text, SEPARATORS);
		if (len >= 3)
			add_word(w, arena_copy_len(a, text, len));
		len += text[len] != '\0';
	}
}

static int
score(const char *password, struct words *w)
{
	char start[ZXCVBN_MAX + 1];
	size_t len = strlen(password), i;
	double bits;
	int result = 0;

	if (len > ZXCVBN_MAX)
		len = ZXCVBN_MAX;
	memcpy(start, password, len);
	start[len] = '\0';
	bits = ZxcvbnMatch(start, w->items, NULL);
	sodium_memzero(start, sizeof start);
	for (i = 0; i < COUNT(score_bits); i++)
		if (bits >= score_bits[i])
			result = (int)i + 1;
	return (result);
}

const char *
policy_check(const struct conf *conf, const struct breach *breach, const char *password,
    const struct policy_owner *owner, struct arena *a)
{
	const size_t len = strlen(password);
	struct words w = { .count = 0 };

	if (len < (size_t)conf->password_min_length)
		return (
		    arena_print(a, "must have at least %d bytes", (int)conf->password_min_length));
	if (len > POLICY_LENGTH_MAX)
		return (arena_print(a, "must have at most %d bytes", POLICY_LENGTH_MAX));
	if (breach_has(breach, password))
		return ("is known from a breach of another site; choose another");
	add_words(&w, owner->email, a);
	add_words(&w, owner->username, a);
	add_words(&w, owner->name, a);
	add_words(&w, conf->site_name, a);
	if (score(password, &w) < conf->password_min_score)
		return ("is too easy to guess; a few unrelated words are better");
	return (NULL);
}
