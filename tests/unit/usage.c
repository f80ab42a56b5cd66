/* Uses of API keys: counted exactly, by however many threads, and in bounded memory. */
#include "access/usage.h"

#include <pthread.h>
#include <string.h>

#include "base/id.h"
#include "check.h"
#include "state.h"
#include "store/api_key.h"
#include "store/migrate.h"

#define KEYS 3000 /* more than are counted at a time */
#define THREADS 8
#define TIMES 5000
#define DAY_MS ((int64_t)86400000)

static struct store *store;
static struct usage *usage;

static void
key_name(unsigned int i, char to[static ID_SIZE])
{

	snprintf(to, ID_SIZE, "00000000-0000-7000-8000-%012u", i);
}

static bool
make_database(void)
{
	struct db *db;
	int64_t from;
	bool fine;

	if (db_open(state_file("yett.db"), DB_CREATE, &db) != ERR_OK)
		return (false);
	fine = migrate_apply(db, &from) == ERR_OK &&
	       db_script(db, "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n "
	                     "WHERE i + 1 < 3000) "
	                     "INSERT INTO api_keys (id, name, key_hash, hint, scopes, created_at) "
	                     "SELECT printf('00000000-0000-7000-8000-%012d', i), 'k', "
	                     "randomblob(32), 'h', '', 0 FROM n") == ERR_OK;
	db_close(db);
	return (fine);
}

static int64_t
number(const char *sql)
{
	int64_t n = -1;
	struct db *db;

	if (store_read(store, &db) != ERR_OK)
		return (-1);
	if (db_number(db, sql, NULL, 0, 0, &n) != ERR_OK)
		n = -1;
	store_read_end(store, db);
	return (n);
}

static int64_t
written(void)
{
	static const char sql[] = "SELECT sum(requests) FROM api_key_usage";

	return (number(sql));
}

static void
test_days(void)
{
	static const char days[] = "SELECT count(*) FROM api_key_usage WHERE requests = 2";
	static const char last[] = "SELECT max(last_used_at) FROM api_keys";
	static const char address[] =
	    "SELECT count(*) FROM api_keys WHERE last_used_ip = '192.0.2.1'";
	static const char unknown[] =
	    "SELECT count(*) FROM api_keys WHERE last_used_at IS NOT NULL AND last_used_ip IS NULL";
	char id[ID_SIZE];

	key_name(0, id);
	usage_count(usage, id, DAY_MS - 1, "192.0.2.9");
	usage_count(usage, id, DAY_MS - 1, "192.0.2.9");
	usage_count(usage, id, DAY_MS, "192.0.2.1");
	usage_count(usage, id, DAY_MS, "192.0.2.1");
	ok(written() == 0, "counting writes nothing");
	usage_flush(usage);
	ok(written() == 4 && number(days) == 2, "the days are counted apart");
	ok(number(last) == DAY_MS && number(address) == 1, "and the last use is the latest");
	usage_flush(usage);
	ok(written() == 4, "what was written is not written again");
	key_name(1, id);
	usage_count(usage, id, 7, "");
	usage_flush(usage);
	ok(written() == 5 && number(unknown) == 1, "an address may be unknown");
}

static void
test_many(void)
{
	const int64_t before = written();
	char id[ID_SIZE];
	unsigned int i;

	for (i = 0; i < KEYS; i++) {
		key_name(i, id);
		usage_count(usage, id, 2 * DAY_MS, "192.0.2.1");
	}
	ok(written() - before == 2048,
	    "when there are more keys than room, those so far are written");
	usage_flush(usage);
	ok(written() - before == KEYS, "and none is lost");
	key_name(KEYS, id);
	usage_count(usage, id, 2 * DAY_MS, "192.0.2.1");
	usage_flush(usage);
	ok(written() - before == KEYS, "a key that is not there is not counted, and no error");
}

static void *
count_many(void *arg)
{
	char id[ID_SIZE];
	unsigned int i;

	for (i = 0; i < TIMES; i++) {
		key_name((i * 7 + (unsigned int)(size_t)arg) % KEYS, id);
		usage_count(usage, id, 3 * DAY_MS, "192.0.2.1");
		if (i % 1000 == 0)
			usage_flush(usage);
	}
	return (NULL);
}

static void
test_threads(void)
{
	const int64_t before = written();
	pthread_t threads[THREADS];
	size_t i;

	for (i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, count_many, (void *)i) != 0)
			return;
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	usage_flush(usage);
	ok(written() - before == (int64_t)THREADS * TIMES,
	    "threads that count and write at the same time lose nothing");
}

int
main(void)
{

	ok(make_database() && store_open(state_dir(), 2, &store) == ERR_OK &&
	        (usage = usage_new(store)) != NULL,
	    "a database with keys is there");
	if (usage == NULL)
		return (done());
	test_days();
	test_many();
	test_threads();
	usage_free(usage);
	usage_free(NULL);
	store_close(store);
	return (done());
}
