/* Which passwords may be chosen. */
#include "cred/policy.h"

#include <string.h>

#include <sodium.h>

#include "check.h"
#include "state.h"

static struct arena *arena;
static struct conf conf;
static struct breach *breach;

static const char *
judge_for(const struct policy_owner *owner, const char *password)
{

	return (policy_check(&conf, breach, password, owner, arena));
}

static const char *
judge(const char *password)
{
	static const struct policy_owner nobody;

	return (judge_for(&nobody, password));
}

static bool
says(const char *answer, const char *part)
{

	return (answer != NULL && strstr(answer, part) != NULL);
}

static void
test_length(void)
{
	char password[POLICY_LENGTH_MAX + 2];
	size_t i;

	ok(judge("kX9#vQ2p") == NULL, "8 characters that nobody guesses may be chosen");
	ok(says(judge("kX9#vQ2"), "at least 8"), "7 may not");
	ok(says(judge(""), "at least 8"), "nor none");
	conf.password_min_length = 20;
	ok(says(judge("kX9#vQ2pkX9#vQ2pkX9"), "at least 20"), "the least length can be set");
	conf.password_min_length = 8;
	for (i = 0; i < sizeof password - 1; i++)
		password[i] = (char)('a' + i * i % 26);
	password[POLICY_LENGTH_MAX] = '\0';
	ok(judge(password) == NULL, "1,024 bytes may be chosen");
	password[POLICY_LENGTH_MAX] = 'x';
	password[POLICY_LENGTH_MAX + 1] = '\0';
	ok(says(judge(password), "at most 1024"), "1,025 may not");
}

static void
test_guessable(void)
{

	ok(says(judge("password1"), "too easy"), "password1 is too easy to guess");
	ok(says(judge("12345678"), "too easy"), "so is 12345678");
	ok(says(judge("aaaaaaaaaaaaaaaa"), "too easy"), "and one letter over and over");
	ok(judge("correct horse battery staple") == NULL, "four unrelated words are not");
	ok(judge("\xd0\xb3\xd0\xb7\xd0\xbb\xd1\x84\xd1\x8b\xd1\x8e\xd1\x8d\xd0\xb6") == NULL,
	    "any script may be used");
	conf.password_min_score = 0;
	ok(judge("password1") == NULL, "the least score can be set");
	conf.password_min_score = 2;
}

static void
test_owner(void)
{
	static const struct policy_owner owner = { .email = "rumpelstilz@example.org",
		.username = "goldspinner",
		.name = "Rumpel Stilzchen" };
	static const struct policy_owner other = { .email = "anna@example.org" };

	ok(says(judge_for(&owner, "rumpelstilz"), "too easy"), "part of the address is too easy");
	ok(judge_for(&other, "rumpelstilz") == NULL, "for its owner only");
	ok(says(judge_for(&owner, "goldspinner"), "too easy"), "so is the username");
	ok(says(judge_for(&owner, "Stilzchen"), "too easy"), "and part of the name");
}

static void
test_breached(void)
{
	uint64_t count, line;
	FILE *f = fopen(state_file("list"), "w+");

	/* SHA-1 of "correct horse battery staple". */
	fputs("abf7aad6438836dbe526aa231abde2d0eef74d42\n", f);
	rewind(f);
	if (breach_build(f, state_file("filter"), &count, &line) != ERR_OK ||
	    breach_open(state_file("filter"), &breach) != ERR_OK)
		return;
	fclose(f);
	ok(says(judge("correct horse battery staple"), "breach"), "one from a breach may not be");
	ok(judge("another horse battery staple") == NULL, "another may");
	breach_close(breach);
	breach = NULL;
}

int
main(void)
{
	char message[CONF_MESSAGE_SIZE];

	arena = arena_new(1 << 20);
	if (sodium_init() < 0 || arena == NULL || conf_parse("", &conf, message) != ERR_OK)
		return (1);
	test_length();
	test_guessable();
	test_owner();
	test_breached();
	arena_free(arena);
	return (done());
}
