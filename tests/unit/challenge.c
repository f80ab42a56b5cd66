/* Challenges to compute: what is made, what is read, what counts as solved. */
#include "cred/challenge.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "check.h"
#include "state.h"

/* A check with everything in it, measured in CPU time: on any machine that this is for. */
#define CHECK_NS_MAX 100000
#define CHECKS 2000

static struct master *master, *other;

static void
open_master(const char *name, struct master **ret_master)
{
	const char *dir = state_file(name);

	mkdir(dir, 0700);
	if (master_create(dir) != ERR_OK || master_open(dir, ret_master) != ERR_OK)
		abort();
}

/* A challenge of 17 bits, with ".0" behind it. */
static void
make(char solution[static CHALLENGE_SIZE + 2])
{

	challenge_print(
	    master, &(struct challenge){ .expires_at = 1800000000123, .bits = 17 }, solution);
	strcpy(solution + CHALLENGE_SIZE - 1, ".0");
}

static void
test_roundtrip(void)
{
	char one[CHALLENGE_SIZE + 2], another[CHALLENGE_SIZE + 2];
	struct challenge c = { 0 };

	make(one);
	make(another);
	ok(strlen(one) == CHALLENGE_SIZE + 1, "a challenge has 43 characters");
	ok(strcmp(one, another) != 0, "two of them differ");
	ok(challenge_parse(one, &c) && c.expires_at == 1800000000123 && c.bits == 17,
	    "it says when it expires and how many bits it asks for");
	ok(challenge_is_ours(master, one), "who made it knows it again");
	ok(!challenge_is_ours(other, one), "nobody else does");
	challenge_print(
	    master, &(struct challenge){ .expires_at = ((int64_t)1 << 48) - 1, .bits = 30 }, one);
	one[CHALLENGE_SIZE - 1] = '.';
	ok(challenge_parse(one, &c) && c.expires_at == ((int64_t)1 << 48) - 1 && c.bits == 30,
	    "the last time there is fits");
}

static void
test_changes(void)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	char solution[CHALLENGE_SIZE + 2];
	unsigned int taken = 0, tried = 0;
	struct challenge c;
	size_t i, k;
	char was;

	make(solution);
	for (i = 0; i < CHALLENGE_SIZE - 1; i++) {
		was = solution[i];
		for (k = 0; k < sizeof alphabet - 1; k++) {
			if (alphabet[k] == was)
				continue;
			solution[i] = alphabet[k];
			tried++;
			taken +=
			    challenge_parse(solution, &c) && challenge_is_ours(master, solution);
		}
		solution[i] = was;
	}
	ok(tried == (CHALLENGE_SIZE - 1) * 63 && taken == 0,
	    "with any one character changed it is none of ours");
	solution[CHALLENGE_SIZE] = '7';
	ok(challenge_is_ours(master, solution), "the nonce is no part of it");
}

/* Is it read with this behind the 43 characters? */
static bool
takes(const char *rest)
{
	char text[256];
	struct challenge c;

	make(text);
	memcpy(text + CHALLENGE_SIZE - 1, rest, strlen(rest) + 1);
	return (challenge_parse(text, &c));
}

static void
test_forms(void)
{
	struct challenge c;

	ok(takes(".0") && takes(".azAZ09-_"), "a nonce is letters, digits, '-' and '_'");
	ok(takes(".01234567890123456789012345678901"), "32 of them");
	ok(!takes(".012345678901234567890123456789012"), "and not 33");
	ok(!takes(".") && !takes("") && !takes("0") && !takes(".0.") && !takes(".0 ") &&
	        !takes(".+") && !takes("..") && !takes(".\n"),
	    "without a nonce it is nothing, nor with another character");
	ok(!challenge_parse("", &c) && !challenge_parse(".", &c) && !challenge_parse(".0", &c),
	    "nor without a challenge");
	ok(!challenge_parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.0", &c) &&
	        !challenge_parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.0", &c),
	    "of 42 or 44 characters neither");
	ok(challenge_parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.0", &c) &&
	        !challenge_parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB.0", &c),
	    "bits at its end that stand for nothing are zero");
	ok(!challenge_parse("AAAAAAAAAAAAAAAAAAAAA+AAAAAAAAAAAAAAAAAAAAA.0", &c) &&
	        !challenge_parse("AAAAAAAAAAAAAAAAAAAAA\nAAAAAAAAAAAAAAAAAAAAA.0", &c),
	    "other characters are not passed over");
}

static void
test_zeros(void)
{

	/* What sha256sum says of these texts. */
	ok(challenge_zeros("abc") == 0, "the hash of abc begins with a one");
	ok(challenge_zeros("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.00000067574") == 23,
	    "a known solution has 23 zero bits");
	/* FIPS 180-4's example of two blocks begins with 0x24. */
	ok(challenge_zeros("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") == 2,
	    "a text of two blocks is hashed whole");
}

static void
test_cost(void)
{
	char solution[CHALLENGE_SIZE + 2];
	struct challenge c;
	struct timespec a, b;
	unsigned int fine = 0;
	int64_t ns;
	int i;

	make(solution);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
	for (i = 0; i < CHECKS; i++)
		fine += challenge_parse(solution, &c) && challenge_is_ours(master, solution) &&
		        challenge_zeros(solution) < 256;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
	ns = ((int64_t)(b.tv_sec - a.tv_sec) * 1000000000 + b.tv_nsec - a.tv_nsec) / CHECKS;
	printf("# a check takes %lld ns\n", (long long)ns);
	ok(fine == CHECKS && ns < CHECK_NS_MAX, "a check takes microseconds");
}

int
main(void)
{

	if (sodium_init() < 0)
		return (1);
	open_master("one", &master);
	open_master("other", &other);
	test_roundtrip();
	test_changes();
	test_forms();
	test_zeros();
	test_cost();
	master_close(master);
	master_close(other);
	return (done());
}
