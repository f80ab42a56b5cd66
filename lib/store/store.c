/* The database of a process: a pool of readers, and one writer whose commits several threads share.
 */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/turn.h"
#include "store/migrate.h"
#include "store/pool.h"

#define PATH_SIZE 600
#define TOUCHED_MAX 64
/* As many as are likely to wait during one flush; a longer transaction would make the others wait
 * for its turn. */
#define BATCH_MAX 64

struct work {
	struct work *next;
	enum err (*run)(struct tx *tx, void *arg);
	void *arg;
	enum err err;
	bool done;
	const char *touched[TOUCHED_MAX];
	unsigned int touched_count;
};

struct tx {
	struct store *store;
	struct work *work;
};

struct store {
	char path[PATH_SIZE];
	/* For store_check_file(), kept open until SQLite has let go of the file: closing any
	 * descriptor of it would undo SQLite's locks. -1: none. */
	int fd;
	struct versions *versions;
	struct turn *turn;

	struct pool *readers;

	pthread_mutex_t mutex; /* of the queue; the leader alone uses the writer */
	pthread_cond_t changed;
	struct db *writer; /* NULL: closed until it is needed */
	int64_t wrote_at;  /* ms of the steady clock */
	bool relaxed;
	struct work *first, *last;
	bool leading;
	int64_t turns, longest_ms;
};

/* Without a connection of those that come: of them there may be none for long. */
static enum err
check_version(const char *path)
{
	struct db *db;
	enum err e;

	if ((e = db_open(path, DB_LOOK, &db)) != ERR_OK)
		return (e);
	e = migrate_require(db);
	db_close(db);
	return (e);
}

static enum err
relax(struct db *db)
{

	return (db_script(db, "PRAGMA synchronous=NORMAL"));
}

static enum err
open_writer(struct store *s)
{
	struct db *db;
	enum err e;

	if ((e = db_open(s->path, DB_WRITE, &db)) != ERR_OK)
		return (e);
	/* It may be a while since the last one, and another database there. */
	if ((e = migrate_require(db)) == ERR_OK && s->relaxed)
		e = relax(db);
	if (e == ERR_OK)
		s->writer = db;
	else
		db_close(db);
	return (e);
}

static enum err
open_files(struct store *s, const char *state_dir)
{
	char path[PATH_SIZE];
	enum err e;

	snprintf(s->path, sizeof s->path, "%s/yett.db", state_dir);
	if (access(s->path, F_OK) != 0)
		return (errno == ENOENT ? ERR_NOT_FOUND : ERR_IO);
	if ((s->fd = open(s->path, O_RDONLY | O_CLOEXEC)) < 0)
		return (ERR_IO);
	snprintf(path, sizeof path, "%s/versions.map", state_dir);
	if ((e = versions_open(path, &s->versions)) != ERR_OK)
		return (e);
	snprintf(path, sizeof path, "%s/write.lock", state_dir);
	if ((e = turn_open(path, &s->turn)) != ERR_OK)
		return (e);
	return (check_version(s->path));
}

enum err
store_open(const char *state_dir, unsigned int readers_max, struct store **ret_store)
{
	struct store *s;
	enum err e;

	if ((s = calloc(1, sizeof *s)) == NULL)
		return (ERR_NOMEM);
	s->fd = -1;
	pthread_mutex_init(&s->mutex, NULL);
	pthread_cond_init(&s->changed, NULL);
	if ((e = pool_new(s->path, readers_max, &s->readers)) != ERR_OK ||
	    (e = open_files(s, state_dir)) != ERR_OK) {
		store_close(s);
		return (e);
	}
	*ret_store = s;
	return (ERR_OK);
}

void
store_close(struct store *s)
{

	if (s == NULL)
		return;
	pool_free(s->readers);
	db_close(s->writer);
	if (s->fd >= 0)
		close(s->fd);
	turn_close(s->turn);
	versions_close(s->versions);
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->mutex);
	free(s);
}

enum err
store_read(struct store *s, struct db **ret_db)
{
	struct db *db;
	enum err e;

	if ((e = pool_take(s->readers, &db)) != ERR_OK)
		return (e);
	if ((e = db_run(db, "BEGIN", NULL, 0, NULL)) != ERR_OK) {
		pool_give(s->readers, db);
		return (e);
	}
	*ret_db = db;
	return (ERR_OK);
}

void
store_read_end(struct store *s, struct db *db)
{

	if (db == NULL)
		return;
	/* A COMMIT of nothing can fail only when a statement was left open; ROLLBACK ends that too.
	 */
	if (db_run(db, "COMMIT", NULL, 0, NULL) != ERR_OK &&
	    db_run(db, "ROLLBACK", NULL, 0, NULL) != ERR_OK)
		log_event(LOG_ERROR, NULL, "database: a read could not be ended");
	pool_give(s->readers, db);
}

enum err
store_relax(struct store *s)
{
	enum err e = ERR_OK;

	pthread_mutex_lock(&s->mutex);
	s->relaxed = true;
	if (s->writer != NULL)
		e = relax(s->writer);
	pthread_mutex_unlock(&s->mutex);
	return (e);
}

/* The mutex is held. */
static bool
writer_is_idle(const struct store *s, int64_t idle_ms)
{

	return (!s->leading && s->first == NULL && s->writer != NULL &&
	        clock_steady_ms() - s->wrote_at >= idle_ms);
}

bool
store_idle(struct store *s, int64_t idle_ms)
{
	bool idle;

	pthread_mutex_lock(&s->mutex);
	idle = writer_is_idle(s, idle_ms);
	pthread_mutex_unlock(&s->mutex);
	return (idle || pool_idle(s->readers, idle_ms));
}

void
store_rest(struct store *s, int64_t idle_ms)
{
	struct db *writer = NULL;

	pthread_mutex_lock(&s->mutex);
	if (writer_is_idle(s, idle_ms)) {
		writer = s->writer;
		s->writer = NULL;
	}
	pthread_mutex_unlock(&s->mutex);
	db_close(writer);
	pool_rest(s->readers, idle_ms);
}

struct db *
tx_db(struct tx *tx)
{

	return (tx->store->writer);
}

static bool
same_id(const char *one, const char *other)
{

	return (one == other || (one != NULL && other != NULL && strcmp(one, other) == 0));
}

enum err
tx_touch(struct tx *tx, const char *id)
{
	unsigned int i;

	for (i = 0; i < tx->work->touched_count; i++)
		if (same_id(tx->work->touched[i], id))
			return (ERR_OK);
	if (tx->work->touched_count == TOUCHED_MAX)
		return (ERR_INTERNAL);
	tx->work->touched[tx->work->touched_count++] = id;
	return (ERR_OK);
}

enum err
tx_pretend(struct tx *tx, enum err (*work)(struct tx *tx, void *arg), void *arg)
{
	struct db *db = tx_db(tx);
	enum err e;

	if ((e = db_run(db, "SAVEPOINT pretence", NULL, 0, NULL)) != ERR_OK)
		return (e);
	e = work(tx, arg);
	if (db_run(db, "ROLLBACK TO pretence", NULL, 0, NULL) != ERR_OK ||
	    db_run(db, "RELEASE pretence", NULL, 0, NULL) != ERR_OK)
		return (ERR_DB);
	return (e);
}

struct versions *
store_versions(struct store *s)
{

	return (s->versions);
}

/* One thread's work in a savepoint of the shared transaction. */
static void
run_one(struct store *s, struct work *w)
{
	struct tx tx = { .store = s, .work = w };

	if ((w->err = db_run(s->writer, "SAVEPOINT work", NULL, 0, NULL)) != ERR_OK)
		return;
	if ((w->err = w->run(&tx, w->arg)) == ERR_OK) {
		w->err = db_run(s->writer, "RELEASE work", NULL, 0, NULL);
	} else {
		w->touched_count = 0;
		if (db_run(s->writer, "ROLLBACK TO work", NULL, 0, NULL) != ERR_OK ||
		    db_run(s->writer, "RELEASE work", NULL, 0, NULL) != ERR_OK)
			w->err = ERR_DB;
	}
}

static void
mark(struct store *s, const struct work *batch, void (*how)(struct versions *v, const char *id))
{
	unsigned int i;

	for (; batch != NULL; batch = batch->next)
		for (i = 0; i < batch->touched_count; i++)
			how(s->versions, batch->touched[i]);
}

static void
fail_all(struct work *batch, enum err e)
{

	for (; batch != NULL; batch = batch->next) {
		if (batch->err == ERR_OK)
			batch->err = e;
	}
}

/* Run a batch in one transaction. When the commit fails, all of them failed, whatever they
 * returned. */
static void
run_batch(struct store *s, struct work *batch)
{
	struct work *w;
	enum err e;

	if ((e = db_run(s->writer, "BEGIN IMMEDIATE", NULL, 0, NULL)) != ERR_OK) {
		fail_all(batch, e);
		return;
	}
	for (w = batch; w != NULL; w = w->next) {
		run_one(s, w);
		/* A full disk makes SQLite undo the whole transaction; what ran after it would be
		 * committed by itself. */
		if (!db_in_transaction(s->writer)) {
			fail_all(batch, ERR_DB);
			return;
		}
	}
	mark(s, batch, version_begin);
	if ((e = db_run(s->writer, "COMMIT", NULL, 0, NULL)) != ERR_OK) {
		fail_all(batch, e);
		if (db_run(s->writer, "ROLLBACK", NULL, 0, NULL) != ERR_OK)
			log_event(
			    LOG_ERROR, NULL, "database: a failed commit could not be rolled back");
	}
	mark(s, batch, version_finish);
}

/* Cut a batch off the head of the queue. The mutex is held. */
static struct work *
take_batch(struct store *s)
{
	struct work *batch = s->first, *end = s->first;
	unsigned int count;

	for (count = 1; count < BATCH_MAX && end->next != NULL; count++)
		end = end->next;
	s->first = end->next;
	if (s->first == NULL)
		s->last = NULL;
	end->next = NULL;
	return (batch);
}

/* Lead one batch: get the turn among processes, then take all that have queued up by then. */
static void
lead(struct store *s)
{
	const int64_t since = clock_steady_ms();
	struct work *batch, *w, *next;
	int64_t waited;
	enum err e;

	pthread_mutex_unlock(&s->mutex);
	e = turn_take(s->turn);
	waited = clock_steady_ms() - since;
	pthread_mutex_lock(&s->mutex);
	batch = take_batch(s);
	s->turns++;
	if (waited > s->longest_ms)
		s->longest_ms = waited;
	pthread_mutex_unlock(&s->mutex);
	if (e == ERR_OK) {
		if (s->writer != NULL || (e = open_writer(s)) == ERR_OK)
			run_batch(s, batch);
		turn_give(s->turn);
	}
	if (e != ERR_OK)
		fail_all(batch, e);
	pthread_mutex_lock(&s->mutex);
	s->wrote_at = clock_steady_ms();
	for (w = batch; w != NULL; w = next) {
		next = w->next; /* w is its thread's, and gone once it is done */
		w->done = true;
	}
}

enum err
store_write(struct store *s, enum err (*work)(struct tx *tx, void *arg), void *arg)
{
	struct work w = { .run = work, .arg = arg };

	pthread_mutex_lock(&s->mutex);
	/* The queue never outlives this call: w leaves it before it is done. */
	if (s->last != NULL)
		/* cppcheck-suppress autoVariables */
		s->last->next = &w;
	else
		/* cppcheck-suppress autoVariables */
		s->first = &w;
	/* cppcheck-suppress autoVariables */
	s->last = &w;
	while (!w.done) {
		if (s->leading) {
			pthread_cond_wait(&s->changed, &s->mutex);
			continue;
		}
		s->leading = true;
		lead(s);
		s->leading = false;
		pthread_cond_broadcast(&s->changed);
	}
	pthread_mutex_unlock(&s->mutex);
	return (w.err);
}

void
store_turn_stats(struct store *s, int64_t *ret_turns, int64_t *ret_longest_ms)
{

	pthread_mutex_lock(&s->mutex);
	*ret_turns = s->turns;
	*ret_longest_ms = s->longest_ms;
	pthread_mutex_unlock(&s->mutex);
}

enum err
store_check_file(const struct store *s)
{
	static const char magic[16] = "SQLite format 3"; /* with its NUL */
	struct stat opened, named;
	char head[sizeof magic];

	if (fstat(s->fd, &opened) < 0 || stat(s->path, &named) < 0)
		return (ERR_IO);
	if (opened.st_dev != named.st_dev || opened.st_ino != named.st_ino)
		return (ERR_IO);
	if (pread(s->fd, head, sizeof head, 0) != (ssize_t)sizeof head)
		return (ERR_IO);
	return (memcmp(head, magic, sizeof head) == 0 ? ERR_OK : ERR_IO);
}
