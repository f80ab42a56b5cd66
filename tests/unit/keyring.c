/* The life of signing keys: rotation with overlap, and what is not believed of a folder. */
#include "cred/keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <sodium.h>

#include "base/clock.h"
#include "check.h"
#include "cred/es256.h"
#include "state.h"

#define LIFE_S 1800
#define SKEW_MS 60000

static struct arena *arena;

/* The file of a key made at ${at}, mode ${mode}, in ${dir}. */
static void
put_key(const char *dir, long long at, const char *text, mode_t mode)
{
	char path[512], pem[ES256_PEM_SIZE];
	int fd;

	if (text == NULL && es256_generate(pem) == ERR_OK)
		text = pem;
	snprintf(path, sizeof path, "%s/%013lld.pem", dir, at);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		perror(path);
	fchmod(fd, mode);
	close(fd);
}

static void
set_clock(long long offset_ms)
{
	FILE *f = fopen(state_file("clock"), "w");

	fprintf(f, "%lld\n", offset_ms);
	fclose(f);
}

static bool
verifies(struct keyring *k, const char *token)
{
	char *claims;

	return (keyring_verify(k, "t", token, arena, &claims) == ERR_OK);
}

static unsigned int
count_jwks(struct keyring *k)
{
	const char *p = keyring_jwks(k, arena);
	unsigned int count = 0;

	while (p != NULL && (p = strstr(p, "\"kid\"")) != NULL) {
		count++;
		p++;
	}
	return (count);
}

static void
test_create(void)
{
	const char *dir = state_file("one");
	struct keyring *k;
	struct stat st;

	ok(keyring_open(dir, LIFE_S, &k) == ERR_NOT_FOUND, "without a folder there is no key");
	ok(keyring_create(dir) == ERR_OK && stat(dir, &st) == 0 && (st.st_mode & 0777) == 0700,
	    "a folder is made for its owner alone");
	ok(keyring_create(dir) == ERR_OK, "making it again changes nothing");
	ok(keyring_open(dir, LIFE_S, &k) == ERR_OK && count_jwks(k) == 1, "there is one key");
	keyring_close(k);
	keyring_close(NULL);
}

/* Two keys 10 minutes apart: the older verifies for a token's life and a minute more. */
static void
test_rotation(void)
{
	const char *dir = state_file("two");
	const int64_t now = clock_ms();
	char *old, *new;
	struct keyring *k;
	unsigned int count;

	mkdir(dir, 0700);
	put_key(dir, now - 600000, NULL, 0600);
	ok(keyring_open(dir, LIFE_S, &k) == ERR_OK && keyring_sign(k, "t", "{}", arena, &old) == 0,
	    "the one key signs");
	usleep(20000); /* so that the folder's time of change is another */
	put_key(dir, now, NULL, 0600);
	ok(keyring_sign(k, "t", "{}", arena, &new) == ERR_OK &&
	        strncmp(old, new, strchr(old, '.') - old) != 0,
	    "a new one is seen at once, and signs");
	ok(verifies(k, old) && verifies(k, new), "both verify");
	ok(count_jwks(k) == 2, "and are published");
	set_clock(LIFE_S * 1000 + SKEW_MS - 5000);
	ok(verifies(k, old), "the old one until its last token is dead");
	ok(keyring_prune(dir, LIFE_S, &count) == ERR_OK && count == 0, "so it is not pruned yet");
	set_clock(LIFE_S * 1000 + SKEW_MS + 5000);
	ok(!verifies(k, old) && verifies(k, new), "then no longer");
	ok(count_jwks(k) == 1, "nor is it published");
	ok(keyring_prune(dir, LIFE_S, &count) == ERR_OK && count == 1, "and then it is pruned");
	ok(verifies(k, new), "which the open keyring survives");
	set_clock(0);
	keyring_close(k);
}

static void
note_newest(void *arg, const char *kid, int64_t created_at, int64_t until)
{

	(void)kid;
	if (until == 0)
		*(int64_t *)arg = created_at;
}

static void
test_many(void)
{
	const char *dir = state_file("many");
	int64_t newest = 0;
	struct keyring *k;
	unsigned int count;
	char *token;
	int i;

	mkdir(dir, 0700);
	for (i = 1; i <= 40; i++)
		put_key(dir, i * 17 % 41, NULL, 0600); /* in no order */
	ok(keyring_open(dir, LIFE_S, &k) == ERR_OK, "of 40 keys some are loaded");
	keyring_each(k, note_newest, &newest);
	ok(newest == 40, "the newest among them, to sign");
	ok(keyring_prune(dir, LIFE_S, &count) == ERR_OK && count == 39, "all others are pruned");
	ok(keyring_sign(k, "t", "{}", arena, &token) == ERR_OK && verifies(k, token),
	    "and it signs on");
	keyring_close(k);
}

static void
test_distrust(void)
{
	const char *dir = state_file("bad");
	struct keyring *k;

	mkdir(dir, 0700);
	put_key(dir, 1, NULL, 0640);
	ok(keyring_open(dir, LIFE_S, &k) == ERR_CRYPTO, "a key that others may read is refused");
	put_key(dir, 1, "", 0600);
	ok(keyring_open(dir, LIFE_S, &k) == ERR_CRYPTO, "so is an empty one");
	put_key(dir, 1, NULL, 0600);
	put_key(dir, 2, "-----BEGIN PRIVATE KEY-----\n", 0600);
	ok(keyring_open(dir, LIFE_S, &k) == ERR_CRYPTO, "one broken among good ones, too");
	put_key(dir, 2, NULL, 0600);
	ok(keyring_open(dir, LIFE_S, &k) == ERR_OK, "good ones are loaded");
	put_key(dir, 12345678901234, "x", 0600);
	usleep(20000);
	ok(count_jwks(k) == 1, "a file by another name is no key");
	keyring_close(k);
}

int
main(void)
{

	if (sodium_init() < 0 || (arena = arena_new(1 << 20)) == NULL)
		return (1);
	set_clock(0);
	setenv("YETT_TEST_CLOCK", state_file("clock"), 1);
	test_create();
	test_rotation();
	test_many();
	test_distrust();
	arena_free(arena);
	return (done());
}
