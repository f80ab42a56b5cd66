/* Password hashes: made by Argon2id, verified also as crypt(3) makes them, never more at once than
 * there is room for. */
#include "cred/hasher.h"

#include <crypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "base/random.h"
#include "base/text.h"
#include "base/turn.h"

#define PATH_SIZE 600
/* The dearest hash that an import may bring: a few of them must not stop the site. */
#define IMPORT_MEMORY_KIB 262144
#define IMPORT_PASSES 16
#define IMPORT_BCRYPT_COST 14
#define IMPORT_ROUNDS 1000000 /* about 1 s of SHA-512 */

struct hasher {
	struct slots *slots;
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

static unsigned int
count_slots(const struct conf *conf)
{
	const long processors = sysconf(_SC_NPROCESSORS_ONLN);
	int64_t count = conf->password_budget_mib * 1024 / conf->password_memory_kib;

	/* More than one a processor makes all of them slower and none sooner. */
	if (processors > 0 && count > processors)
		count = processors;
	return (count < 1 ? 1 : (unsigned int)count);
}

enum err
hasher_open(const struct conf *conf, struct hasher **ret_hasher)
{
	char path[PATH_SIZE];
	struct hasher *h;
	enum err e;

	if ((h = calloc(1, sizeof *h)) == NULL)
		return (ERR_NOMEM);
	h->wait_ms = conf->password_wait_ms;
	h->memory = (size_t)conf->password_memory_kib * 1024;
	h->passes = (unsigned long long)conf->password_passes;
	make_nobody(h);
	snprintf(path, sizeof path, "%s/hash.lock", conf->state_dir);
	if ((e = slots_open(path, count_slots(conf), &h->slots)) != ERR_OK) {
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
	slots_close(h->slots);
	free(h);
}

enum err
hasher_hash(struct hasher *h, const char *password, char ret_hash[static HASHER_HASH_SIZE])
{
	unsigned int slot;
	enum err e;

	if ((e = slots_take(h->slots, h->wait_ms, &slot)) != ERR_OK)
		return (e);
	if (crypto_pwhash_str_alg(ret_hash, password, strlen(password), h->passes, h->memory,
	        crypto_pwhash_ALG_ARGON2ID13) != 0)
		e = ERR_NOMEM;
	slots_give(h->slots, slot);
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
verify(const struct hasher *h, const char *hash, const char *password, bool *ret_stale)
{
	enum err e;

	if (is_argon2(hash)) {
		if (crypto_pwhash_str_verify(hash, password, strlen(password)) != 0)
			return (ERR_INVALID_CREDENTIALS);
		*ret_stale = crypto_pwhash_str_needs_rehash(hash, h->passes, h->memory) != 0;
		return (ERR_OK);
	}
	if ((e = verify_crypt(hash, password)) == ERR_OK)
		*ret_stale = true;
	return (e);
}

enum err
hasher_verify(struct hasher *h, const char *hash, const char *password, bool *ret_stale)
{
	unsigned int slot;
	enum err e;

	*ret_stale = false;
	if ((e = slots_take(h->slots, h->wait_ms, &slot)) != ERR_OK)
		return (e);
	e = verify(h, hash != NULL ? hash : h->nobody, password, ret_stale);
	slots_give(h->slots, slot);
	return (hash != NULL ? e : ERR_INVALID_CREDENTIALS);
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
	bool (*cost_ok)(const char *rest); /* NULL: always */
} methods[] = {
	{ "$argon2id$", argon2_cost_ok },
	{ "$argon2i$", argon2_cost_ok },
	{ "$y$", yescrypt_cost_ok },
	{ "$gy$", yescrypt_cost_ok },
	{ "$7$", scrypt_cost_ok },
	{ "$2a$", bcrypt_cost_ok },
	{ "$2b$", bcrypt_cost_ok },
	{ "$2x$", bcrypt_cost_ok },
	{ "$2y$", bcrypt_cost_ok },
	{ "$6$", sha_cost_ok },
	{ "$5$", sha_cost_ok },
	{ "$sha1$", rounds_ok },
	{ "$1$", NULL },
};

bool
hasher_knows(const char *hash)
{
	const struct method *m;
	size_t i;

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
