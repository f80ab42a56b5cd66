/* Connections that read, as many as threads read at once, and who waits for one. */
#include "store/pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/migrate.h"

#define CONNECTIONS_MAX 64

struct pooled {
	struct db *db;
	int64_t used_at; /* ms of the steady clock */
};

struct pool {
	const char *path;
	pthread_mutex_t mutex;
	pthread_cond_t freed;
	struct pooled free[CONNECTIONS_MAX]; /* the last used last: its cache is warm */
	unsigned int free_count;
	unsigned int open;
	unsigned int max;
};

enum err
pool_new(const char *path, unsigned int max, struct pool **ret_pool)
{
	struct pool *p;

	if ((p = calloc(1, sizeof *p)) == NULL)
		return (ERR_NOMEM);
	p->path = path;
	p->max = max > CONNECTIONS_MAX ? CONNECTIONS_MAX : max;
	pthread_mutex_init(&p->mutex, NULL);
	pthread_cond_init(&p->freed, NULL);
	*ret_pool = p;
	return (ERR_OK);
}

void
pool_free(struct pool *p)
{

	if (p == NULL)
		return;
	while (p->free_count > 0)
		db_close(p->free[--p->free_count].db);
	pthread_cond_destroy(&p->freed);
	pthread_mutex_destroy(&p->mutex);
	free(p);
}

void
pool_give(struct pool *p, struct db *db)
{

	pthread_mutex_lock(&p->mutex);
	if (db != NULL)
		p->free[p->free_count++] = (struct pooled){ db, clock_steady_ms() };
	else
		p->open--;
	pthread_cond_signal(&p->freed);
	pthread_mutex_unlock(&p->mutex);
}

/* It may be a while since the last one, and another database there. */
static enum err
open_one(const struct pool *p, struct db **ret_db)
{
	struct db *db;
	enum err e;

	if ((e = db_open(p->path, DB_READ, &db)) != ERR_OK)
		return (e);
	if ((e = migrate_require(db)) == ERR_OK)
		*ret_db = db;
	else
		db_close(db);
	return (e);
}

enum err
pool_take(struct pool *p, struct db **ret_db)
{
	struct db *db = NULL;
	enum err e = ERR_OK;

	pthread_mutex_lock(&p->mutex);
	while (p->free_count == 0 && p->open == p->max)
		pthread_cond_wait(&p->freed, &p->mutex);
	if (p->free_count > 0)
		db = p->free[--p->free_count].db;
	else
		p->open++; /* the right to open one */
	pthread_mutex_unlock(&p->mutex);
	if (db == NULL && (e = open_one(p, &db)) != ERR_OK)
		pool_give(p, NULL);
	else
		*ret_db = db;
	return (e);
}

/* Of the free ones, the first so many nobody has had since. The mutex is held. */
static unsigned int
count_idle(const struct pool *p, int64_t idle_ms)
{
	const int64_t since = clock_steady_ms() - idle_ms;
	unsigned int count = 0;

	while (count < p->free_count && p->free[count].used_at <= since)
		count++;
	return (count);
}

bool
pool_idle(struct pool *p, int64_t idle_ms)
{
	bool idle;

	pthread_mutex_lock(&p->mutex);
	idle = count_idle(p, idle_ms) > 0;
	pthread_mutex_unlock(&p->mutex);
	return (idle);
}

void
pool_rest(struct pool *p, int64_t idle_ms)
{
	struct pooled idle[CONNECTIONS_MAX];
	unsigned int count, i;

	pthread_mutex_lock(&p->mutex);
	count = count_idle(p, idle_ms);
	memcpy(idle, p->free, count * sizeof idle[0]);
	p->free_count -= count;
	p->open -= count;
	memmove(p->free, p->free + count, p->free_count * sizeof p->free[0]);
	pthread_mutex_unlock(&p->mutex);
	for (i = 0; i < count; i++)
		db_close(idle[i].db);
}
