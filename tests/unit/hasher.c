/* Password hashes: our own, those of crypt(3), and at what cost they are believed. */
#include "cred/hasher.h"

#include <crypt.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include <sodium.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/turn.h"
#include "base/text.h"
#include "check.h"
#include "state.h"

#define PASSWORD "correct horse battery staple"

static struct conf conf;
static struct hasher *hasher;

/* A hash by crypt(3) with ${prefix} at ${cost} (0: its usual). */
static const char *
make_crypt(const char *prefix, unsigned long cost)
{
	static char hash[CRYPT_OUTPUT_SIZE];
	struct crypt_data data = { .initialized = 0 };
	const char *setting = crypt_gensalt(prefix, cost, NULL, 0);

	snprintf(
	    hash, sizeof hash, "%s", setting == NULL ? "*" : crypt_r(PASSWORD, setting, &data));
	return (hash);
}

static bool
fits(const char *hash, const char *password, bool *stale)
{

	return (hasher_verify(hasher, hash, password, stale) == ERR_OK);
}

static void
test_own(void)
{
	char hash[HASHER_HASH_SIZE], other[HASHER_HASH_SIZE];
	struct conf dearer = conf;
	struct hasher *h;
	bool stale = true;

	ok(hasher_hash(hasher, PASSWORD, hash) == ERR_OK &&
	        strncmp(hash, "$argon2id$v=19$m=1024,t=1,p=1$", 30) == 0,
	    "a password is hashed by Argon2id at the cost that was set");
	ok(fits(hash, PASSWORD, &stale) && !stale, "it verifies, and is not stale");
	ok(!fits(hash, PASSWORD " ", &stale) && !fits(hash, "", &stale), "another does not");
	ok(hasher_hash(hasher, PASSWORD, other) == ERR_OK && strcmp(hash, other) != 0,
	    "each hash has a salt of its own");
	dearer.password_passes = 2;
	ok(hasher_open(&dearer, &h) == ERR_OK &&
	        hasher_verify(h, hash, PASSWORD, &stale) == ERR_OK && stale,
	    "at another cost it verifies, and is stale");
	hasher_close(h);
	hasher_close(NULL);
	ok(hasher_verify(hasher, NULL, PASSWORD, &stale) == ERR_INVALID_CREDENTIALS &&
	        hasher_verify(hasher, NULL, "", &stale) == ERR_INVALID_CREDENTIALS,
	    "who is not there has no password that fits");
	ok(hasher_verify(hasher, "", PASSWORD, &stale) == ERR_INVALID_CREDENTIALS &&
	        hasher_verify(hasher, "*", PASSWORD, &stale) == ERR_INVALID_CREDENTIALS &&
	        hasher_verify(hasher, "*0", PASSWORD, &stale) == ERR_INVALID_CREDENTIALS &&
	        hasher_verify(hasher, "!", PASSWORD, &stale) == ERR_INVALID_CREDENTIALS &&
	        hasher_verify(hasher, "$argon2id$x", PASSWORD, &stale) == ERR_INVALID_CREDENTIALS,
	    "nor has who has no hash");
}

static const struct method {
	const char *name, *prefix;
	unsigned long cost;
} methods[] = {
	{ "bcrypt", "$2b$", 4 },
	{ "bcrypt as PHP writes it", "$2y$", 4 },
	{ "yescrypt", "$y$", 1 },
	{ "scrypt", "$7$", 6 },
	{ "sha512crypt", "$6$", 1000 },
	{ "sha512crypt at its usual cost", "$6$", 0 },
	{ "sha256crypt", "$5$", 1000 },
	{ "sha1crypt", "$sha1", 1000 },
	{ "md5crypt", "$1$", 0 },
};

static void
test_crypt(void)
{
	const char *hash;
	char name[128];
	bool stale;
	size_t i;

	for (i = 0; i < COUNT(methods); i++) {
		hash = make_crypt(methods[i].prefix, methods[i].cost);
		snprintf(name, sizeof name, "a hash by %s verifies, is stale, and is known",
		    methods[i].name);
		ok(fits(hash, PASSWORD, &stale) && stale && hasher_knows(hash), name);
		ok(text_starts(methods[i].name, hasher_kind(hash)), "and is told by that name");
		snprintf(name, sizeof name, "but not for another password, or cut");
		ok(!fits(hash, "x", &stale) && !stale &&
		        !fits(strndupa(hash, strlen(hash) - 1), PASSWORD, &stale),
		    name);
	}
}

#define ARGON2(parameters) \
	"$argon2id$v=19$" parameters "$c29tZXNhbHRzb21lc2FsdA" \
	"$RdescudvJCsgt3ub+b5dWRWJTmaaJObGRdescudvJCs"

static void
test_argon2_costs(void)
{

	ok(hasher_knows(ARGON2("m=262144,t=16,p=1")), "Argon2 of 256 MiB and 16 passes is known");
	ok(!hasher_knows(ARGON2("m=262145,t=16,p=1")), "more memory is not");
	ok(!hasher_knows(ARGON2("m=262144,t=17,p=1")), "nor are more passes");
	ok(!hasher_knows(ARGON2("m=4294967296,t=1,p=1")), "nor more than a number can hold");
	ok(!hasher_knows("$argon2id$v=19$m=1024,t=1,p=1$c29tZXNhbHQ"), "nor half a hash");
	ok(!hasher_knows("$argon2d$v=19$m=1024,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHQ"), "nor Argon2d");
	ok(!hasher_knows("$argon2id$"), "nor none of it");
}

/* A bcrypt hash whose cost was changed after the fact. */
static const char *
bcrypt_at(int cost)
{
	static char hash[64];
	char digits[12];

	snprintf(hash, sizeof hash, "%s", make_crypt("$2b$", 4));
	snprintf(digits, sizeof digits, "%02d", cost);
	memcpy(hash + 4, digits, 2);
	return (hash);
}

static void
test_crypt_costs(void)
{
	char hash[512];

	ok(hasher_knows(bcrypt_at(14)) && !hasher_knows(bcrypt_at(15)) &&
	        !hasher_knows(bcrypt_at(31)),
	    "bcrypt is known up to cost 14");
	snprintf(hash, sizeof hash, "%s.", bcrypt_at(31));
	ok(!hasher_knows(hash), "also when it is too long");
	hash[59] = '\0';
	ok(!hasher_knows(hash), "or too short");
	ok(hasher_knows("$6$rounds=1000000$saltsaltsaltsalt$x") &&
	        !hasher_knows("$6$rounds=1000001$saltsaltsaltsalt$x") &&
	        !hasher_knows("$5$rounds=999999999$saltsaltsaltsalt$x"),
	    "sha512crypt and sha256crypt up to 1,000,000 rounds");
	ok(hasher_knows("$sha1$1000000$saltsalt$hashhashhash") &&
	        !hasher_knows("$sha1$1000001$saltsalt$hashhashhash"),
	    "sha1crypt, too");
	ok(hasher_knows("$y$jDT$saltsaltsaltsaltsalt$hash") &&
	        !hasher_knows("$y$jET$saltsaltsaltsaltsalt$hash") &&
	        !hasher_knows("$y$jzzzT$saltsaltsaltsaltsalt$hash") && !hasher_knows("$y$j"),
	    "yescrypt up to 256 MiB");
	/* N = 2^16, r = 32 (".U....": 5 digits, the lowest first), p = 1. */
	ok(hasher_knows("$7$EU..../....saltsaltsaltsalt$hash") &&
	        !hasher_knows("$7$FU..../....saltsaltsaltsalt$hash") &&
	        !hasher_knows("$7$EU....0....saltsaltsaltsalt$hash") &&
	        !hasher_knows("$7$zzzzzzzzzzzsaltsaltsalt$hash"),
	    "scrypt up to 256 MiB, all its blocks together");
}

static void
test_unknown(void)
{
	char hash[CRYPT_OUTPUT_SIZE + 8] = "$6$";

	ok(!hasher_knows("") && !hasher_knows("*") && !hasher_knows("!"), "no hash is not known");
	ok(!hasher_knows("plain"), "nor is a password");
	ok(!hasher_knows(make_crypt("", 0)), "nor DES, which reads 8 characters alone");
	ok(!hasher_knows("$3$$8846f7eaee8fb117ad06bdd830b7586c"), "nor NT, which has no salt");
	ok(!hasher_knows("$md5,rounds=4294967295$saltsalt$$hashhashhashhash"), "nor SunMD5");
	ok(!hasher_knows("$1$salt\n$hashhashhashhashhash"), "nor one with a line break");
	memset(hash + 3, 'a', CRYPT_OUTPUT_SIZE - 3);
	ok(!hasher_knows(hash), "nor one longer than any");
}

/* With the one slot taken by another process. */
static void
test_busy(void)
{
	char hash[HASHER_HASH_SIZE] = "";
	struct slots *slots;
	unsigned int slot;
	int64_t since;
	bool stale;

	/* Another open of the file, as another process has it. */
	if (slots_open(state_file("hash-reserve.lock"), 1, &slots) != ERR_OK ||
	    slots_take(slots, 0, &slot) != ERR_OK)
		return;
	since = clock_steady_ms();
	ok(hasher_hash(hasher, PASSWORD, hash) == ERR_BUSY, "without room nothing is hashed");
	ok(clock_steady_ms() - since >= conf.password_wait_ms, "after the wait that was set");
	ok(hasher_verify(hasher, NULL, PASSWORD, &stale) == ERR_BUSY, "nor verified");
	slots_give(slots, slot);
	slots_close(slots);
	ok(hasher_hash(hasher, PASSWORD, hash) == ERR_OK, "with room it is");
}

/* With all slots of the crew taken by another process, for longer than it is waited for them. */
static void
test_reserve(void)
{
	char hash[HASHER_HASH_SIZE] = "";
	struct conf roomy = conf;
	struct slots *slots;
	unsigned int slot;
	struct hasher *h;
	bool stale;

	roomy.password_budget_mib = 2; /* one for the crew, one in reserve */
	roomy.password_wait_ms = 5000;
	if (slots_open(state_file("hash.lock"), 1, &slots) != ERR_OK ||
	    slots_take(slots, 0, &slot) != ERR_OK || hasher_open(&roomy, &h) != ERR_OK)
		return;
	ok(hasher_hash(h, PASSWORD, hash) == ERR_OK,
	    "when the crew gets nowhere, the reserve does");
	slots_give(slots, slot);
	slots_close(slots);
	ok(hasher_verify(h, hash, PASSWORD, &stale) == ERR_OK && !stale,
	    "and later the crew verifies what it made");
	hasher_close(h);
}

int
main(void)
{
	char message[CONF_MESSAGE_SIZE];

	/* A budget of one hash: one slot. */
	if (sodium_init() < 0 ||
	    conf_parse("[password]\nmemory_kib=1024\npasses=1\nbudget_mib=1\nwait_ms=100\n", &conf,
	        message) != ERR_OK)
		return (1);
	snprintf(conf.state_dir, sizeof conf.state_dir, "%s", state_dir());
	if (hasher_open(&conf, &hasher) != ERR_OK)
		return (1);
	test_own();
	test_crypt();
	test_argon2_costs();
	test_crypt_costs();
	test_unknown();
	test_busy();
	test_reserve();
	hasher_close(hasher);
	return (done());
}
