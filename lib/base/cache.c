/* A bounded memory of what was found out before, shared by the threads of a process. */
#include "base/cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#define WAYS 4   /* entries of a set: any of them may hold a key of the set */
#define LOCKS 64 /* far more than threads: two of them seldom meet */

struct entry {
	unsigned char key[CACHE_KEY_LEN];
	int64_t used_at;
	size_t len;
	max_align_t bytes[];
};

struct cache {
	pthread_mutex_t locks[LOCKS];
	_Atomic size_t bytes; /* of all entries */
	size_t bytes_max;
	size_t sets;
	struct entry *entries[]; /* sets * WAYS */
};

struct cache *
cache_new(size_t entries_max, size_t bytes_max)
{
	const size_t sets = (entries_max + WAYS - 1) / WAYS;
	struct cache *c;
	size_t i;

	if (sets == 0 || (c = calloc(1, sizeof *c + sets * WAYS * sizeof c->entries[0])) == NULL)
		return (NULL);
	c->sets = sets;
	c->bytes_max = bytes_max;
	for (i = 0; i < LOCKS; i++)
		pthread_mutex_init(&c->locks[i], NULL);
	return (c);
}

static void
entry_free(struct entry *e)
{

	if (e == NULL)
		return;
	sodium_memzero(e->bytes, e->len);
	free(e);
}

void
cache_free(struct cache *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < c->sets * WAYS; i++)
		entry_free(c->entries[i]);
	for (i = 0; i < LOCKS; i++)
		pthread_mutex_destroy(&c->locks[i]);
	free(c);
}

/* The number of the set of ${key}: its first bytes, which are as good as random. */
static size_t
set_of(const struct cache *c, const unsigned char *key)
{
	uint32_t n;

	memcpy(&n, key, sizeof n);
	return (n % c->sets);
}

/* Where ${key} is in its set; NULL when it is not. The lock is held. */
static struct entry **
find(struct cache *c, size_t set, const unsigned char *key)
{
	struct entry **e = &c->entries[set * WAYS];
	size_t i;

	for (i = 0; i < WAYS; i++)
		if (e[i] != NULL && memcmp(e[i]->key, key, CACHE_KEY_LEN) == 0)
			return (&e[i]);
	return (NULL);
}

/* Where a new entry goes: a free place, or that of the entry unused for longest. The lock is held.
 */
static struct entry **
find_room(struct cache *c, size_t set)
{
	struct entry **e = &c->entries[set * WAYS], **oldest = e;
	size_t i;

	for (i = 0; i < WAYS; i++) {
		if (e[i] == NULL)
			return (&e[i]);
		if (e[i]->used_at < (*oldest)->used_at)
			oldest = &e[i];
	}
	return (oldest);
}

static size_t
size_of(const struct entry *e)
{

	return (sizeof *e + e->len);
}

/* Take the entry at ${place}, if there is one, out of ${c} and put it into ${list}. The lock is
 * held. */
static void
take_out(struct cache *c, struct entry **place, struct entry *list[static WAYS], size_t *count)
{

	if (*place == NULL)
		return;
	atomic_fetch_sub(&c->bytes, size_of(*place));
	list[(*count)++] = *place;
	*place = NULL;
}

/* Put ${e} at ${place}, which is free. Where that is too much, the others of its set go; where that
 * does not help, so does ${e}, and later ones will make room in the sets that they fall into. The
 * lock is held. */
static void
put_in(struct cache *c, size_t set, struct entry **place, struct entry *e,
    struct entry *list[static WAYS], size_t *count)
{
	size_t i;

	if (atomic_load(&c->bytes) + size_of(e) > c->bytes_max)
		for (i = 0; i < WAYS; i++)
			take_out(c, &c->entries[set * WAYS + i], list, count);
	if (atomic_load(&c->bytes) + size_of(e) > c->bytes_max) {
		list[(*count)++] = e;
		return;
	}
	atomic_fetch_add(&c->bytes, size_of(e));
	*place = e;
}

void
cache_put(struct cache *c, const unsigned char key[static CACHE_KEY_LEN], const void *bytes,
    size_t len, int64_t now)
{
	const size_t set = set_of(c, key);
	struct entry *e, **place, *old[WAYS + 1];
	size_t count = 0, i;

	if ((e = malloc(sizeof *e + len)) == NULL)
		return;
	memcpy(e->key, key, CACHE_KEY_LEN);
	memcpy(e->bytes, bytes, len);
	e->len = len;
	e->used_at = now;
	pthread_mutex_lock(&c->locks[set % LOCKS]);
	if ((place = find(c, set, key)) == NULL)
		place = find_room(c, set);
	take_out(c, place, old, &count);
	put_in(c, set, place, e, old, &count);
	pthread_mutex_unlock(&c->locks[set % LOCKS]);
	for (i = 0; i < count; i++)
		entry_free(old[i]);
}

void *
cache_get(struct cache *c, const unsigned char key[static CACHE_KEY_LEN], int64_t now,
    struct arena *a, size_t *ret_len)
{
	const size_t set = set_of(c, key);
	struct entry **place;
	void *copy = NULL;

	pthread_mutex_lock(&c->locks[set % LOCKS]);
	if ((place = find(c, set, key)) != NULL) {
		(*place)->used_at = now;
		copy = arena_copy_len(a, (*place)->bytes, (*place)->len);
		*ret_len = (*place)->len;
	}
	pthread_mutex_unlock(&c->locks[set % LOCKS]);
	return (copy);
}

void
cache_drop(struct cache *c, const unsigned char key[static CACHE_KEY_LEN])
{
	const size_t set = set_of(c, key);
	struct entry **place, *old[WAYS] = { NULL };
	size_t count = 0;

	pthread_mutex_lock(&c->locks[set % LOCKS]);
	if ((place = find(c, set, key)) != NULL)
		take_out(c, place, old, &count);
	pthread_mutex_unlock(&c->locks[set % LOCKS]);
	entry_free(old[0]);
}

void
cache_each(
    struct cache *c, void (*each)(void *arg, void *bytes, size_t len, int64_t used_at), void *arg)
{
	struct entry *e;
	size_t set, i;

	for (set = 0; set < c->sets; set++) {
		pthread_mutex_lock(&c->locks[set % LOCKS]);
		for (i = 0; i < WAYS; i++)
			if ((e = c->entries[set * WAYS + i]) != NULL)
				each(arg, e->bytes, e->len, e->used_at);
		pthread_mutex_unlock(&c->locks[set % LOCKS]);
	}
}
