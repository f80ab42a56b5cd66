/* The signing keys: files in one folder, of which the newest signs and older ones verify until
 * their tokens are dead. */
#include "cred/keyring.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "cred/es256.h"
#include "cred/jws.h"

#define KEYS_MAX 16
#define PATH_SIZE 600
#define NAME_DIGITS 13 /* milliseconds until the year 2286 */
#define NAME_SIZE (NAME_DIGITS + sizeof ".pem")
#define SKEW_MS \
	60000 /* clocks of two machines, and a token signed while its key was being replaced */

/* NNNNNNNNNNNNN.pem: the ms the key was made, so that names sort by age. */
struct key {
	char name[NAME_SIZE];
	int64_t created_at;
	struct es256 *es256;
};

struct keyring {
	char dir[PATH_SIZE];
	int64_t life_ms;
	pthread_rwlock_t lock;
	struct timespec changed; /* of the folder, when the keys were loaded */
	size_t count;
	struct key keys[KEYS_MAX]; /* the newest first */
};

enum err
keyring_rotate(const char *dir)
{
	char path[PATH_SIZE + NAME_SIZE], pem[ES256_PEM_SIZE];
	enum err e;

	if ((e = es256_generate(pem)) != ERR_OK)
		return (e);
	snprintf(path, sizeof path, "%s/%013lld.pem", dir, (long long)clock_ms());
	e = file_create(path, pem, strlen(pem));
	sodium_memzero(pem, sizeof pem);
	return (e);
}

/* The name's time; false when it is not a key's name. */
static bool
parse_name(const char *name, int64_t *ret_created_at)
{

	if (strspn(name, "0123456789") != NAME_DIGITS || strcmp(name + NAME_DIGITS, ".pem") != 0)
		return (false);
	*ret_created_at = strtoll(name, NULL, 10);
	return (true);
}

static int
by_age(const void *a, const void *b)
{
	const struct key *one = a, *other = b;

	return ((one->created_at < other->created_at) - (one->created_at > other->created_at));
}

/* A place for a key made at ${created_at}: a free one, or that of the oldest when that is older;
 * else NULL. */
static struct key *
find_place(struct key keys[static KEYS_MAX], size_t *count, int64_t created_at)
{
	struct key *oldest = keys;
	size_t i;

	if (*count < KEYS_MAX)
		return (&keys[(*count)++]);
	for (i = 1; i < KEYS_MAX; i++)
		if (keys[i].created_at < oldest->created_at)
			oldest = &keys[i];
	return (oldest->created_at < created_at ? oldest : NULL);
}

/* The names of the newest keys in ${dir}, the newest first, not loaded. */
static enum err
list_keys(const char *dir, struct key keys[static KEYS_MAX], size_t *ret_count)
{
	struct dirent *entry;
	struct key *key;
	size_t count = 0;
	int64_t created_at;
	DIR *d;

	if ((d = opendir(dir)) == NULL)
		return (errno == ENOENT ? ERR_NOT_FOUND : ERR_IO);
	while ((entry = readdir(d)) != NULL) {
		if (!parse_name(entry->d_name, &created_at) ||
		    (key = find_place(keys, &count, created_at)) == NULL)
			continue;
		*key = (struct key){ .created_at = created_at };
		memcpy(key->name, entry->d_name, NAME_SIZE);
	}
	closedir(d);
	qsort(keys, count, sizeof keys[0], by_age);
	*ret_count = count;
	return (count == 0 ? ERR_NOT_FOUND : ERR_OK);
}

enum err
keyring_create(const char *dir)
{
	struct key keys[KEYS_MAX];
	size_t count;
	enum err e;

	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return (ERR_IO);
	/* Programs that start together may each make a key: the newest signs, and all of them
	 * verify. */
	if ((e = list_keys(dir, keys, &count)) != ERR_NOT_FOUND)
		return (e);
	e = keyring_rotate(dir);
	return (e == ERR_TAKEN ? ERR_OK : e);
}

static void
free_keys(struct key *keys, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		es256_free(keys[i].es256);
}

static enum err
load_key(const char *dir, struct key *key)
{
	char path[PATH_SIZE + NAME_SIZE], pem[ES256_PEM_SIZE];
	size_t len;
	enum err e;

	snprintf(path, sizeof path, "%s/%s", dir, key->name);
	if ((e = file_read_private(path, pem, sizeof pem - 1, &len)) == ERR_OK) {
		pem[len] = '\0';
		e = es256_load(pem, &key->es256);
	}
	sodium_memzero(pem, sizeof pem);
	if (e == ERR_TOO_LARGE)
		e = ERR_CRYPTO;
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		log_event(LOG_ERROR, NULL, "key %s: %s", key->name, err_slug(e));
	return (e);
}

/* Load the folder into ${k}, whose lock is held for writing. On failure it stays as it was. */
static enum err
load(struct keyring *k, struct timespec changed)
{
	struct key keys[KEYS_MAX];
	size_t count = 0, i = 0;
	enum err e;

	if ((e = list_keys(k->dir, keys, &count)) != ERR_OK)
		return (e);
	while (e == ERR_OK && i < count)
		if ((e = load_key(k->dir, &keys[i])) == ERR_OK) {
			i++;
		} else if (e == ERR_NOT_FOUND && count > 1) {
			/* Pruned since it was listed: it verified nothing any more. */
			memmove(&keys[i], &keys[i + 1], (--count - i) * sizeof keys[0]);
			e = ERR_OK;
		}
	if (e != ERR_OK) {
		free_keys(keys, count);
		return (e);
	}
	free_keys(k->keys, k->count);
	memcpy(k->keys, keys, sizeof keys);
	k->count = count;
	k->changed = changed;
	return (ERR_OK);
}

/* Look whether the folder has changed (one stat(2), about 1 µs), and load it anew when it has. */
static enum err
refresh(struct keyring *k)
{
	enum err e = ERR_OK;
	struct stat st;
	bool same;

	if (stat(k->dir, &st) < 0)
		return (errno == ENOENT && k->count == 0 ? ERR_NOT_FOUND : ERR_IO);
	pthread_rwlock_rdlock(&k->lock);
	same = memcmp(&st.st_mtim, &k->changed, sizeof st.st_mtim) == 0;
	pthread_rwlock_unlock(&k->lock);
	if (same)
		return (ERR_OK);
	pthread_rwlock_wrlock(&k->lock);
	if (memcmp(&st.st_mtim, &k->changed, sizeof st.st_mtim) != 0)
		e = load(k, st.st_mtim);
	/* Keys that are gone from under a running program are no matter of who asks. */
	if (e == ERR_NOT_FOUND && k->count > 0)
		e = ERR_IO;
	pthread_rwlock_unlock(&k->lock);
	return (e);
}

enum err
keyring_open(const char *dir, int64_t token_life_s, struct keyring **ret_keyring)
{
	struct keyring *k;
	enum err e;

	if (strlen(dir) >= PATH_SIZE)
		return (ERR_IO);
	if ((k = calloc(1, sizeof *k)) == NULL)
		return (ERR_NOMEM);
	memcpy(k->dir, dir, strlen(dir) + 1);
	k->life_ms = token_life_s * 1000;
	pthread_rwlock_init(&k->lock, NULL);
	if ((e = refresh(k)) != ERR_OK) {
		keyring_close(k);
		return (e);
	}
	*ret_keyring = k;
	return (ERR_OK);
}

void
keyring_close(struct keyring *k)
{

	if (k == NULL)
		return;
	free_keys(k->keys, k->count);
	pthread_rwlock_destroy(&k->lock);
	free(k);
}

/* Until when key ${i} verifies: its successor's birth, and as long as a token lives. 0: it is the
 * newest. */
static int64_t
until(const struct key *keys, size_t i, int64_t life_ms)
{

	return (i == 0 ? 0 : keys[i - 1].created_at + life_ms + SKEW_MS);
}

static bool
is_alive(const struct keyring *k, size_t i, int64_t now)
{

	return (i == 0 || now < until(k->keys, i, k->life_ms));
}

enum err
keyring_sign(
    struct keyring *k, const char *type, const char *claims, struct arena *a, char **ret_token)
{
	unsigned char signature[ES256_SIGNATURE_LEN];
	char *input;
	enum err e;

	if ((e = refresh(k)) != ERR_OK)
		return (e);
	pthread_rwlock_rdlock(&k->lock);
	if ((input = jws_input("ES256", type, es256_kid(k->keys[0].es256), claims, a)) == NULL)
		e = ERR_NOMEM;
	else
		e = es256_sign(k->keys[0].es256, input, strlen(input), signature);
	pthread_rwlock_unlock(&k->lock);
	if (e == ERR_OK && (*ret_token = jws_join(input, signature, sizeof signature, a)) == NULL)
		e = ERR_NOMEM;
	return (e);
}

/* Try the key whose header ${parts} has. The lock is held for reading. */
static enum err
verify_by(const struct keyring *k, const char *type, const struct jws *parts, struct arena *a)
{
	const int64_t now = clock_ms();
	const char *header;
	size_t i;

	for (i = 0; i < k->count; i++) {
		if ((header = jws_header("ES256", type, es256_kid(k->keys[i].es256), a)) == NULL)
			return (ERR_NOMEM);
		if (strcmp(header, parts->header) != 0 || !is_alive(k, i, now))
			continue;
		return (
		    es256_verify(k->keys[i].es256, parts->input, parts->input_len, parts->signature)
		        ? ERR_OK
		        : ERR_INVALID_TOKEN);
	}
	return (ERR_INVALID_TOKEN);
}

enum err
keyring_verify(
    struct keyring *k, const char *type, const char *token, struct arena *a, char **ret_claims)
{
	struct jws parts;
	enum err e;

	if ((e = jws_split(token, a, &parts)) != ERR_OK)
		return (e);
	if (parts.signature_len != ES256_SIGNATURE_LEN)
		return (ERR_INVALID_TOKEN);
	if ((e = refresh(k)) != ERR_OK)
		return (e);
	pthread_rwlock_rdlock(&k->lock);
	e = verify_by(k, type, &parts, a);
	pthread_rwlock_unlock(&k->lock);
	if (e == ERR_OK)
		*ret_claims = parts.payload;
	return (e);
}

char *
keyring_jwks(struct keyring *k, struct arena *a)
{
	const int64_t now = clock_ms();
	char *list = NULL, *jwk;
	size_t i;

	if (refresh(k) != ERR_OK)
		return (NULL);
	pthread_rwlock_rdlock(&k->lock);
	for (i = 0; i < k->count; i++) {
		if (!is_alive(k, i, now))
			continue;
		jwk = es256_jwk(k->keys[i].es256, a);
		list = list == NULL ? jwk : jwk == NULL ? NULL : arena_print(a, "%s,%s", list, jwk);
		if (list == NULL)
			break;
	}
	pthread_rwlock_unlock(&k->lock);
	return (list == NULL ? NULL : arena_print(a, "{\"keys\":[%s]}", list));
}

void
keyring_each(struct keyring *k,
    void (*each)(void *arg, const char *kid, int64_t created_at, int64_t until), void *arg)
{
	size_t i;

	pthread_rwlock_rdlock(&k->lock);
	for (i = 0; i < k->count; i++)
		each(arg, es256_kid(k->keys[i].es256), k->keys[i].created_at,
		    until(k->keys, i, k->life_ms));
	pthread_rwlock_unlock(&k->lock);
}

/* Prune among the newest KEYS_MAX. */
static enum err
prune(const char *dir, int64_t token_life_s, unsigned int *ret_count)
{
	char path[PATH_SIZE + NAME_SIZE];
	struct key keys[KEYS_MAX];
	size_t count, i;
	enum err e;

	*ret_count = 0;
	if ((e = list_keys(dir, keys, &count)) != ERR_OK)
		return (e);
	for (i = 1; i < count; i++) {
		if (clock_ms() < until(keys, i, token_life_s * 1000))
			continue;
		snprintf(path, sizeof path, "%s/%s", dir, keys[i].name);
		if (unlink(path) < 0)
			return (ERR_IO);
		(*ret_count)++;
	}
	return (ERR_OK);
}

enum err
keyring_prune(const char *dir, int64_t token_life_s, unsigned int *ret_count)
{
	unsigned int count = 1, total = 0;
	enum err e = ERR_OK;

	/* Each pass uncovers older ones. */
	while (e == ERR_OK && count > 0)
		if ((e = prune(dir, token_life_s, &count)) == ERR_OK)
			total += count;
	*ret_count = total;
	return (e);
}
