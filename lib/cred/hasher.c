/* Password hashes: made by Argon2id, verified also as crypt(3) and PBKDF2 make them, never more at
 * once than there is room for. */
#include "cred/hasher.h"

#include <crypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "base/clock.h"
#include "base/crew.h"
#include "base/random.h"
#include "base/text.h"
#include "base/turn.h"
#include "cred/pbkdf2.h"

#define PATH_SIZE 600
/* The dearest hash that an import may bring: a few of them must not stop the site. */
#define IMPORT_MEMORY_KIB 262144
#define IMPORT_PASSES 16
#define IMPORT_BCRYPT_COST 14
#define IMPORT_ROUNDS 1000000 /* about 1 s of SHA-512 */

/*
 * Hashing is a crew's, so that it delays nobody. Should others take all the processors for long, a
 * request hashes by itself, in a slot kept for that.
 */
struct hasher {
	struct slots *slots;   /* NULL, like the crew, when there is room for one hash only */
	struct slots *reserve; /* one */
	struct crew *crew;
	int64_t wait_ms;
	size_t memory; /* bytes */
	unsigned long long passes;
	char nobody[HASHER_HASH_SIZE]; /* fits no password, costs as much as one that does */
};

/* A well-formed hash of nothing: random salt and random result. Made up, for hashing would delay
 * the start. */
static void
make_nobody(struct hasher *h)
{
	unsigned char salt[16], result[32];
	char salt_text[32], result_text[64];

	random_bytes(salt, sizeof salt);
	random_bytes(result, sizeof result);
	sodium_bin2base64(salt_text, sizeof salt_text, salt, sizeof salt,
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	sodium_bin2base64(result_text, sizeof result_text, result, sizeof result,
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	snprintf(h->nobody, sizeof h->nobody, "$argon2id$v=19$m=%zu,t=%llu,p=1$%s$%s",
	    h->memory / 1024, h->passes, salt_text, result_text);
}

/* How many hashes there is room for. One a processor, and one in reserve: more would make all of
 * them slower and none sooner. */
static unsigned int
count_slots(const struct conf *conf)
{
	const long processors = sysconf(_SC_NPROCESSORS_ONLN);
	int64_t count = conf->password_budget_mib * 1024 / conf->password_memory_kib;

	if (processors > 0 && count > processors + 1)
		count = processors + 1;
	return (count < 1 ? 1 : (unsigned int)count);
}

static enum err
open_slots(struct hasher *h, const struct conf *conf)
{
	const unsigned int count = count_slots(conf);
	char path[PATH_SIZE];
	enum err e;

	snprintf(path, sizeof path, "%s/hash-reserve.lock", conf->state_dir);
	if ((e = slots_open(path, 1, &h->reserve)) != ERR_OK || count == 1)
		return (e);
	snprintf(path, sizeof path, "%s/hash.lock", conf->state_dir);
	if ((e = slots_open(path, count - 1, &h->slots)) != ERR_OK)
		return (e);
	return (crew_new(count - 1, &h->crew));
}

enum err
hasher_open(const struct conf *conf, struct hasher **ret_hasher)
{
	struct hasher *h;
	enum err e;

	if ((h = calloc(1, sizeof *h)) == NULL)
		return (ERR_NOMEM);
	h->wait_ms = conf->password_wait_ms;
	h->memory = (size_t)conf->password_memory_kib * 1024;
	h->passes = (unsigned long long)conf->password_passes;
	make_nobody(h);
	if ((e = open_slots(h, conf)) != ERR_OK) {
		hasher_close(h);
		return (e);
	}
	*ret_hasher = h;
	return (ERR_OK);
}

void
hasher_close(struct hasher *h)
{

	if (h == NULL)
		return;
	crew_free(h->crew);
	slots_close(h->slots);
	slots_close(h->reserve);
	free(h);
}

/* A hash to make or to verify. Its texts are its own: who asked may leave before a crew is done. */
struct task {
	struct hasher *hasher;
	enum err (*run)(struct task *t);
	int64_t until;
	enum err err;
	bool stale;
	char made[HASHER_HASH_SIZE];
	char *hash; /* to verify against */
	char password[];
};

static struct task *
task_new(struct hasher *h, enum err (*run)(struct task *t), const char *password, const char *hash,
    int64_t until)
{
	const size_t len = strlen(password) + 1;
	struct task *t;

	if ((t = calloc(1, sizeof *t + len)) == NULL)
		return (NULL);
	t->hasher = h;
	t->run = run;
	t->until = until;
	memcpy(t->password, password, len);
	if (hash != NULL && (t->hash = strdup(hash)) == NULL) {
		free(t);
		return (NULL);
	}
	return (t);
}

static void
task_free(void *arg)
{
	struct task *t = arg;

	sodium_memzero(t->password, strlen(t->password));
	free(t->hash);
	free(t);
}

static void
run_in(struct slots *slots, struct task *t)
{
	unsigned int slot;

	if ((t->err = slots_take(slots, t->until - clock_steady_ms(), &slot)) != ERR_OK)
		return;
	t->err = t->run(t);
	slots_give(slots, slot);
}

static void
run_by_crew(void *arg)
{
	struct task *t = arg;

	run_in(t->hasher->slots, t);
}

/* Have the crew do it; do it here when the crew gets nowhere. What was done is freed by
 * task_free(). */
static enum err
do_task(struct hasher *h, enum err (*run)(struct task *t), const char *password, const char *hash,
    struct task **ret_task)
{
	static const struct crew_work by_crew = { run_by_crew, task_free };
	const int64_t until = clock_steady_ms() + h->wait_ms;
	enum crew_end end = CREW_STALLED;
	struct task *t;

	if (h->crew != NULL) {
		if ((t = task_new(h, run, password, hash, until)) == NULL)
			return (ERR_NOMEM);
		if ((end = crew_run(h->crew, &by_crew, t, until)) == CREW_LATE)
			return (ERR_BUSY);
	}
	if (end == CREW_STALLED) {
		if ((t = task_new(h, run, password, hash, until)) == NULL)
			return (ERR_NOMEM);
		run_in(h->reserve, t);
	}
	*ret_task = t;
	return (ERR_OK);
}

static enum err
make_hash(struct task *t)
{

	if (crypto_pwhash_str_alg(t->made, t->password, strlen(t->password), t->hasher->passes,
	        t->hasher->memory, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return (ERR_NOMEM);
	return (ERR_OK);
}

enum err
hasher_hash(struct hasher *h, const char *password, char ret_hash[static HASHER_HASH_SIZE])
{
	struct task *t;
	enum err e;

	if ((e = do_task(h, make_hash, password, NULL, &t)) != ERR_OK)
		return (e);
	e = t->err;
	memcpy(ret_hash, t->made, HASHER_HASH_SIZE);
	task_free(t);
	return (e);
}

static enum err
verify_crypt(const char *hash, const char *password)
{
	struct crypt_data *data;
	enum err e = ERR_INVALID_CREDENTIALS;
	const char *made;

	/* 32 KiB, too much for a thread's stack. */
	if ((data = calloc(1, sizeof *data)) == NULL)
		return (ERR_NOMEM);
	made = crypt_r(password, hash, data);
	if (made != NULL && made[0] != '*' && strlen(made) == strlen(hash) &&
	    sodium_memcmp(made, hash, strlen(hash)) == 0)
		e = ERR_OK;
	sodium_memzero(data, sizeof *data);
	free(data);
	return (e);
}

static bool
is_argon2(const char *hash)
{

	return (text_starts(hash, "$argon2id$") || text_starts(hash, "$argon2i$"));
}

static enum err
verify(struct task *t)
{
	const size_t len = strlen(t->password);
	enum err e;

	if (is_argon2(t->hash)) {
		if (crypto_pwhash_str_verify(t->hash, t->password, len) != 0)
			return (ERR_INVALID_CREDENTIALS);
		t->stale = crypto_pwhash_str_needs_rehash(
		               t->hash, t->hasher->passes, t->hasher->memory) != 0;
		return (ERR_OK);
	}
	e = pbkdf2_is(t->hash) ? pbkdf2_verify(t->hash, t->password)
	                       : verify_crypt(t->hash, t->password);
	t->stale = e == ERR_OK;
	return (e);
}

enum err
hasher_verify(struct hasher *h, const char *hash, const char *password, bool *ret_stale)
{
	struct task *t;
	enum err e;

	*ret_stale = false;
	if ((e = do_task(h, verify, password, hash != NULL ? hash : h->nobody, &t)) != ERR_OK)
		return (e);
	e = t->err;
	*ret_stale = t->stale;
	task_free(t);
	return (hash == NULL && e == ERR_OK ? ERR_INVALID_CREDENTIALS : e);
}

/* What follows the prefix of a hash: the parameters of its cost, then salt and result. Is the cost
 * one that we would pay? */
static bool
argon2_cost_ok(const char *rest)
{
	const char *hash = strchr(rest, 'm');
	unsigned int memory, passes, lanes;

	if (hash == NULL || sscanf(hash, "m=%7u,t=%5u,p=%3u$", &memory, &passes, &lanes) != 3)
		return (false);
	return (memory <= IMPORT_MEMORY_KIB && passes <= IMPORT_PASSES && lanes >= 1);
}

static bool
bcrypt_cost_ok(const char *rest)
{
	char digits[3] = "";
	int64_t cost;

	if (strlen(rest) != 56 || rest[2] != '$')
		return (false);
	memcpy(digits, rest, 2);
	return (text_number(digits, 4, IMPORT_BCRYPT_COST, &cost));
}

/* "ROUNDS$..." */
static bool
rounds_ok(const char *rest)
{
	char digits[8] = "";
	const size_t len = strcspn(rest, "$");
	int64_t rounds;

	if (len >= sizeof digits)
		return (false);
	memcpy(digits, rest, len);
	return (text_number(digits, 1, IMPORT_ROUNDS, &rounds));
}

static bool
sha_cost_ok(const char *rest)
{

	return (!text_starts(rest, "rounds=") || rounds_ok(rest + strlen("rounds=")));
}

/* ${count} digits of crypt(3)'s base 64, the lowest first; UINT64_MAX when they are none. */
static uint64_t
number64(const char *digits, size_t count)
{
	static const char all[] =
	    "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	uint64_t number = 0;
	const char *at;
	size_t i;

	for (i = 0; i < count; i++) {
		if (digits[i] == '\0' || (at = strchr(all, digits[i])) == NULL)
			return (UINT64_MAX);
		number |= (uint64_t)(at - all) << (6 * i);
	}
	return (number);
}

/* N = 2^${log_n} blocks of ${r} times 128 bytes, ${p} times. */
static bool
scrypt_fits(uint64_t log_n, uint64_t r, uint64_t p)
{

	return (log_n <= 24 && r <= 1024 && p <= 1024 &&
	        (r * p << log_n) / 8 <= (uint64_t)IMPORT_MEMORY_KIB);
}

static bool
scrypt_cost_ok(const char *rest)
{

	if (strlen(rest) < 11)
		return (false);
	return (scrypt_fits(number64(rest, 1), number64(rest + 1, 5), number64(rest + 6, 5)));
}

/* As crypt_gensalt(3) writes them: "jNr$...", both counted from 1; below 48 they have one digit. */
static bool
yescrypt_cost_ok(const char *rest)
{
	const uint64_t log_n = strlen(rest) < 4 ? 48 : number64(rest + 1, 1);
	const uint64_t r = strlen(rest) < 4 ? 48 : number64(rest + 2, 1);

	return (rest[0] == 'j' && log_n < 48 && r < 48 && rest[3] == '$' &&
	        scrypt_fits(log_n + 1, r + 1, 1));
}

static const struct method {
	const char *prefix;
	const char *name;
	bool (*cost_ok)(const char *rest); /* NULL: always */
} methods[] = {
	{ "$argon2id$", "argon2id", argon2_cost_ok },
	{ "$argon2i$", "argon2i", argon2_cost_ok },
	{ "$y$", "yescrypt", yescrypt_cost_ok },
	{ "$gy$", "gost-yescrypt", yescrypt_cost_ok },
	{ "$7$", "scrypt", scrypt_cost_ok },
	{ "$2a$", "bcrypt", bcrypt_cost_ok },
	{ "$2b$", "bcrypt", bcrypt_cost_ok },
	{ "$2x$", "bcrypt", bcrypt_cost_ok },
	{ "$2y$", "bcrypt", bcrypt_cost_ok },
	{ "$6$", "sha512crypt", sha_cost_ok },
	{ "$5$", "sha256crypt", sha_cost_ok },
	{ "$sha1$", "sha1crypt", rounds_ok },
	{ "$1$", "md5crypt", NULL },
};

bool
hasher_knows(const char *hash)
{
	const struct method *m;
	size_t i;

	if (pbkdf2_is(hash))
		return (pbkdf2_knows(hash));
	for (i = 0; i < COUNT(methods); i++) {
		m = &methods[i];
		if (!text_starts(hash, m->prefix))
			continue;
		if (m->cost_ok != NULL && !m->cost_ok(hash + strlen(m->prefix)))
			return (false);
		if (is_argon2(hash))
			return (strlen(hash) < HASHER_HASH_SIZE &&
			        crypto_pwhash_str_needs_rehash(hash, 1, 8192) != -1);
		return (strlen(hash) > 20 && strlen(hash) < CRYPT_OUTPUT_SIZE &&
		        text_control_free(hash) && crypt_checksalt(hash) != CRYPT_SALT_INVALID);
	}
	return (false);
}

const char *
hasher_kind(const char *hash)
{
	size_t i;

	if (hash == NULL)
		return (NULL);
	if (pbkdf2_is(hash))
		return ("pbkdf2");
	for (i = 0; i < COUNT(methods); i++)
		if (text_starts(hash, methods[i].prefix))
			return (methods[i].name);
	return ("unknown");
}
