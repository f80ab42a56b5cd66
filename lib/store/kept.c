/* Something made from the database that all threads of a process use, made anew when it changes. */
#include "store/kept.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"

/* What was made while somebody was committing, or died at it, counts for so long: else each request
 * would make it. */
#define UNSURE_MS 100

struct kept {
	struct store *store;
	struct kept_maker maker;
	pthread_mutex_t making;
	pthread_rwlock_t lock; /* of the rest */
	void *value;           /* NULL: none so far */
	struct version version;
	int64_t made_at; /* ms of the steady clock */
};

enum err
kept_new(struct store *store, const struct kept_maker *maker, struct kept **ret_kept)
{
	struct kept *k;

	if ((k = calloc(1, sizeof *k)) == NULL)
		return (ERR_NOMEM);
	k->store = store;
	k->maker = *maker;
	pthread_mutex_init(&k->making, NULL);
	pthread_rwlock_init(&k->lock, NULL);
	*ret_kept = k;
	return (ERR_OK);
}

void
kept_free(struct kept *k)
{

	if (k == NULL)
		return;
	if (k->value != NULL)
		k->maker.drop(k->value);
	pthread_rwlock_destroy(&k->lock);
	pthread_mutex_destroy(&k->making);
	free(k);
}

static bool
is_fresh(const struct kept *k)
{
	const struct versions *v = store_versions(k->store);

	if (k->value == NULL)
		return (false);
	if (version_same(v, k->version))
		return (true);
	return (version_read(v, k->maker.id).count == k->version.count &&
	        clock_steady_ms() - k->made_at < UNSURE_MS);
}

/* Called by one thread at a time. */
static enum err
make(struct kept *k)
{
	const struct version version = version_read(store_versions(k->store), k->maker.id);
	void *value, *old;
	struct db *db;
	enum err e;

	if ((e = store_read(k->store, &db)) != ERR_OK)
		return (e);
	e = k->maker.make(k->maker.arg, db, version, &value);
	store_read_end(k->store, db);
	if (e != ERR_OK)
		return (e);
	pthread_rwlock_wrlock(&k->lock);
	old = k->value;
	k->value = value;
	k->version = version;
	k->made_at = clock_steady_ms();
	pthread_rwlock_unlock(&k->lock);
	if (old != NULL)
		k->maker.drop(old);
	return (ERR_OK);
}

enum err
kept_hold(struct kept *k, const void **ret_value)
{
	enum err e = ERR_OK;
	bool fresh;

	pthread_rwlock_rdlock(&k->lock);
	if (!is_fresh(k)) {
		pthread_rwlock_unlock(&k->lock);
		pthread_mutex_lock(&k->making);
		pthread_rwlock_rdlock(&k->lock);
		fresh = is_fresh(k);
		pthread_rwlock_unlock(&k->lock);
		if (!fresh)
			e = make(k);
		pthread_mutex_unlock(&k->making);
		if (e != ERR_OK)
			return (e);
		/* It may have changed once more; but this is of a time after the call. */
		pthread_rwlock_rdlock(&k->lock);
	}
	*ret_value = k->value;
	return (ERR_OK);
}

void
kept_release(struct kept *k)
{

	pthread_rwlock_unlock(&k->lock);
}
