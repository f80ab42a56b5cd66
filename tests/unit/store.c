/* The database of a process: shared commits, undone works, moments, and who may open it. */
#include "store/store.h"

#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/id.h"
#include "check.h"
#include "state.h"
#include "store/migrate.h"
#include "store/user.h"

#define THREADS 16
#define ROUNDS 25

static struct store *store;

/* A database of the newest schema with one counter for each of two names. */
static bool
make_database(void)
{
	char path[512];
	struct db *db;
	int64_t from;
	bool fine;

	snprintf(path, sizeof path, "%s/yett.db", state_dir());
	if (db_open(path, DB_CREATE, &db) != ERR_OK)
		return (false);
	fine = migrate_apply(db, &from) == ERR_OK && from == 0 &&
	       db_script(db, "CREATE TABLE test (name TEXT PRIMARY KEY, count INTEGER NOT NULL);"
	                     "INSERT INTO test VALUES ('a', 0), ('b', 0);") == ERR_OK;
	db_close(db);
	return (fine);
}

static int64_t
count_of(struct db *db, const char *name)
{
	static const char sql[] = "SELECT count FROM test WHERE name = ?1";
	const struct db_arg args[] = { DB_TEXT(name) };
	struct stmt *stmt;
	int64_t count = -1;

	if (db_query(db, sql, args, COUNT(args), &stmt) != ERR_OK)
		return (-1);
	if (db_next(stmt) == ERR_OK)
		count = db_int(stmt, 0);
	db_end(stmt);
	return (count);
}

static int64_t
count_now(const char *name)
{
	struct db *db;
	int64_t count;

	if (store_read(store, &db) != ERR_OK)
		return (-1);
	count = count_of(db, name);
	store_read_end(store, db);
	return (count);
}

static enum err
add_to(struct tx *tx, const char *name)
{
	static const char sql[] = "UPDATE test SET count = count + 1 WHERE name = ?1";
	const struct db_arg args[] = { DB_TEXT(name) };

	return (db_run(tx_db(tx), sql, args, COUNT(args), NULL));
}

/* Add to both, so that whoever reads must see them equal; and then fail when ${arg} says so. */
static enum err
add_both(struct tx *tx, void *arg)
{
	enum err e;

	if ((e = add_to(tx, "a")) != ERR_OK || (e = add_to(tx, "b")) != ERR_OK)
		return (e);
	return (*(enum err *)arg);
}

static void
test_write(void)
{
	enum err fine = ERR_OK, taken = ERR_TAKEN;
	const int64_t before = count_now("a");

	ok(store_write(store, add_both, &fine) == ERR_OK && count_now("a") == before + 1,
	    "what a work wrote is there");
	ok(store_write(store, add_both, &taken) == ERR_TAKEN, "what it returns is returned");
	ok(count_now("a") == before + 1 && count_now("b") == before + 1,
	    "and when that is no success, undone whole");
}

static atomic_int written, refused, torn;

static void *
write_many(void *arg)
{
	const bool failing = arg != NULL;
	enum err result = failing ? ERR_FORBIDDEN : ERR_OK, e;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		e = store_write(store, add_both, &result);
		atomic_fetch_add(&written, e == ERR_OK);
		atomic_fetch_add(&refused, e == ERR_FORBIDDEN);
	}
	return (NULL);
}

static void *
read_many(void *arg)
{
	struct db *db;
	int64_t a, b;
	int i;

	(void)arg;
	for (i = 0; i < ROUNDS * 4; i++) {
		if (store_read(store, &db) != ERR_OK)
			continue;
		a = count_of(db, "a");
		sched_yield();
		b = count_of(db, "b");
		atomic_fetch_add(&torn, a != b || a < 0);
		store_read_end(store, db);
	}
	return (NULL);
}

static void
test_threads(void)
{
	pthread_t writers[THREADS], readers[4];
	const int64_t before = count_now("a");
	static char failing;
	int64_t turns, longest;
	size_t i;

	for (i = 0; i < THREADS; i++)
		pthread_create(&writers[i], NULL, write_many, i % 4 == 3 ? (void *)&failing : NULL);
	for (i = 0; i < COUNT(readers); i++)
		pthread_create(&readers[i], NULL, read_many, NULL);
	for (i = 0; i < THREADS; i++)
		pthread_join(writers[i], NULL);
	for (i = 0; i < COUNT(readers); i++)
		pthread_join(readers[i], NULL);
	ok(atomic_load(&written) == THREADS * 3 / 4 * ROUNDS, "all works of 12 threads succeeded");
	ok(atomic_load(&refused) == THREADS / 4 * ROUNDS, "those of 4 others failed, as they said");
	ok(count_now("a") - before == atomic_load(&written) && count_now("a") == count_now("b"),
	    "and only theirs were undone");
	ok(atomic_load(&torn) == 0, "who read meanwhile always saw one moment");
	store_turn_stats(store, &turns, &longest);
	printf("# %d works in %lld transactions\n", THREADS * ROUNDS, (long long)turns);
	ok(turns < THREADS * ROUNDS, "several shared a transaction");
}

/* One of several processes that write, with a store of its own; and one that rests after each: the
 * last to leave the database takes its log away, which others may be about to open. */
static void
write_apart(bool resting)
{
	enum err fine = ERR_OK;
	int64_t last = 0, count;
	int i;

	if (store_open(state_dir(), 1, &store) != ERR_OK)
		_exit(1);
	for (i = 0; i < ROUNDS * 4; i++) {
		if (store_write(store, add_both, &fine) != ERR_OK ||
		    (count = count_now("a")) <= last)
			_exit(1);
		last = count;
		if (resting)
			store_rest(store, 0);
	}
	store_close(store);
	_exit(0);
}

/* Before this process has a store, for SQLite is not carried over fork(2). */
static void
test_processes(void)
{
	bool well = true;
	int child, status;

	for (child = 0; child < 6; child++)
		if (fork() == 0)
			write_apart(child >= 3);
	while (wait(&status) > 0)
		well &= WIFEXITED(status) && WEXITSTATUS(status) == 0;
	ok(well && store_open(state_dir(), 4, &store) == ERR_OK &&
	        count_now("a") == INT64_C(6) * ROUNDS * 4,
	    "six processes write one database, three of which rest after each");
}

/* How often is the database, or its log, open here? */
static int
count_open(void)
{
	char name[64], path[512];
	struct dirent *entry;
	ssize_t len;
	int count = 0;
	DIR *d = opendir("/proc/self/fd");

	while (d != NULL && (entry = readdir(d)) != NULL) {
		snprintf(name, sizeof name, "/proc/self/fd/%.20s", entry->d_name);
		if ((len = readlink(name, path, sizeof path - 1)) < 0)
			continue;
		path[len] = '\0';
		count += strstr(path, "/yett.db") != NULL;
	}
	closedir(d);
	return (count);
}

static atomic_bool resting;

static void *
rest_often(void *arg)
{

	while (atomic_load(&resting)) {
		store_rest(store, 0);
		sched_yield();
	}
	return (arg);
}

static void
test_rest(void)
{
	const int64_t before = count_now("a");
	enum err fine = ERR_OK;
	pthread_t rester, writers[4], reader;
	size_t i;

	ok(store_write(store, add_both, &fine) == ERR_OK && count_open() > 1 &&
	        store_idle(store, 0) && !store_idle(store, 60000),
	    "who has read and written has connections, not idle yet");
	store_rest(store, 60000);
	ok(count_open() > 1, "which stay until they are");
	store_rest(store, 0);
	ok(count_open() == 1 && !store_idle(store, 0), "then all are closed");
	ok(store_check_file(store) == ERR_OK, "and the file is still known");
	ok(count_now("a") == before + 1 && store_write(store, add_both, &fine) == ERR_OK &&
	        count_now("b") == before + 2,
	    "and reading and writing open them again");
	atomic_store(&written, 0);
	atomic_store(&resting, true);
	pthread_create(&rester, NULL, rest_often, NULL);
	for (i = 0; i < COUNT(writers); i++)
		pthread_create(&writers[i], NULL, write_many, NULL);
	pthread_create(&reader, NULL, read_many, NULL);
	for (i = 0; i < COUNT(writers); i++)
		pthread_join(writers[i], NULL);
	pthread_join(reader, NULL);
	atomic_store(&resting, false);
	pthread_join(rester, NULL);
	ok(atomic_load(&written) == (int)COUNT(writers) * ROUNDS &&
	        count_now("a") == before + 2 + atomic_load(&written) && atomic_load(&torn) == 0,
	    "while they are closed again and again nothing is lost or torn");
}

static enum err
touch(struct tx *tx, void *arg)
{
	static char ids[65][2]; /* they must live on */
	enum err e;
	int i;

	for (i = 0; i < *(int *)arg; i++) {
		ids[i][0] = (char)('x' - 63 + i); /* the 64th is x */
		/* Twice the same is once. */
		if ((e = tx_touch(tx, ids[i])) != ERR_OK || (e = tx_touch(tx, ids[i])) != ERR_OK)
			return (e);
	}
	return (ERR_OK);
}

static enum err
touch_and_fail(struct tx *tx, void *arg)
{

	(void)arg;
	return (tx_touch(tx, "x") == ERR_OK ? ERR_TAKEN : ERR_DB);
}

static void
test_versions(void)
{
	struct version v = version_read(store_versions(store), "x");
	int count = 0;

	ok(store_write(store, touch, &count) == ERR_OK && version_same(store_versions(store), v),
	    "a work that touches nothing moves no version");
	ok(store_write(store, touch_and_fail, NULL) == ERR_TAKEN &&
	        version_same(store_versions(store), v),
	    "nor does one that was undone");
	count = 64;
	ok(store_write(store, touch, &count) == ERR_OK && !version_same(store_versions(store), v),
	    "one that touches 64 moves theirs");
	count = 65;
	ok(store_write(store, touch, &count) == ERR_INTERNAL, "65 are too many");
}

static enum err
add_user(struct tx *tx, void *arg)
{
	struct user u = { .email = arg, .properties = "{}", .created_at = 1 };
	struct arena *a = arena_new(4096);
	char id[ID_SIZE];
	enum err e;

	id_new(id);
	u.id = id;
	e = user_add(tx, &u, a);
	arena_free(a);
	return (e);
}

static void
test_unique(void)
{
	char one[] = "Anna@example.org", other[] = "anna@EXAMPLE.org", third[] = "b@example.org";

	ok(store_write(store, add_user, one) == ERR_OK, "an address is taken");
	ok(store_write(store, add_user, other) == ERR_TAKEN, "and nobody else's, in any case");
	ok(store_write(store, add_user, third) == ERR_OK, "a refused row stops no other");
}

/* A reader that is told to write. */
static void
test_reader(void)
{
	static const char sql[] = "DELETE FROM test";
	struct db *db;

	if (store_read(store, &db) != ERR_OK)
		return;
	ok(db_run(db, sql, NULL, 0, NULL) == ERR_DB, "a reader can't write");
	store_read_end(store, db);
	ok(count_now("a") > 0, "and did not");
	store_read_end(store, NULL);
}

static void
test_copy(void)
{
	char path[256];

	snprintf(path, sizeof path, "%s", state_file("copy.db"));
	ok(db_copy(state_file("yett.db"), path) == ERR_OK, "a database is copied");
	ok(db_copy(state_file("yett.db"), path) == ERR_IO, "but over nothing that is there");
	remove(path);
	if (symlink("elsewhere.db", path) < 0)
		perror("symlink");
	ok(db_copy(state_file("yett.db"), path) == ERR_IO, "nor through a link");
	remove(path);
}

static void
test_open(void)
{
	char path[512];
	struct store *s;
	struct stat st;
	struct db *db;
	int none = 0;

	snprintf(path, sizeof path, "%s/yett.db", state_dir());
	ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600, "the file is its owner's alone");
	ok(store_open(state_file("none"), 1, &s) == ERR_NOT_FOUND, "without a file there is none");
	if (store_open(state_dir(), 1, &store) != ERR_OK ||
	    db_open(path, DB_WRITE, &db) != ERR_OK ||
	    db_script(db, "PRAGMA user_version=99") != ERR_OK)
		return;
	db_close(db);
	ok(store_read(store, &db) == ERR_VERSION && store_write(store, touch, &none) == ERR_VERSION,
	    "who has nothing of it open yet refuses one that is of another version since");
	store_close(store);
	ok(store_open(state_dir(), 1, &s) == ERR_VERSION, "as does who opens it");
	store_close(NULL);
}

int
main(void)
{

	setbuf(stdout, NULL);
	if (!make_database())
		return (1);
	test_processes();
	test_write();
	test_threads();
	test_rest();
	test_versions();
	test_unique();
	test_reader();
	store_close(store);
	test_copy();
	test_open();
	return (done());
}
