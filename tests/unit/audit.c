/* The audit log: what is looked for is found, what is written is there and in its chain, whoever
 * writes at the same time, is killed, or deletes what is old. AUDIT_SECONDS=10: how long the
 * writers write. */
#include "store/audit.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include <sodium.h>

#include "access/app.h"
#include "access/audit.h"
#include "access/audit_find.h"
#include "access/audit_keep.h"
#include "access/audit_verify.h"
#include "access/housekeeping.h"
#include "base/clock.h"
#include "base/id.h"
#include "check.h"
#include "state.h"
#include "store/migrate.h"

#define DAY_S ((int64_t)86400)
#define ROWS 3000
#define THREADS 4

static struct store *store;
static struct master *master;

/* The clock stands at ${s} seconds. */
static void
set_clock(int64_t s)
{
	FILE *f = fopen(state_file("clock"), "w");

	if (f == NULL)
		exit(1);
	fprintf(f, "@%lld", (long long)s * 1000);
	fclose(f);
}

static bool
open_all(void)
{

	return (store_open(state_dir(), 2, &store) == ERR_OK &&
	        master_open(state_dir(), &master) == ERR_OK);
}

static bool
make_all(void)
{
	struct db *db;
	int64_t from;
	bool fine;

	if (db_open(state_file("yett.db"), DB_CREATE, &db) != ERR_OK)
		return (false);
	fine = migrate_apply(db, &from) == ERR_OK;
	db_close(db);
	return (fine && master_create(state_dir()) == ERR_OK && open_all());
}

static void
count_finding(void *arg, const struct audit_finding *f)
{

	printf("# %s row %lld: %s\n", f->what, (long long)f->seq, f->detail);
	++*(int *)arg;
}

/* How many findings there are; ${ret_rows}: among how many rows. */
static int
verify(int64_t *ret_rows)
{
	int count = 0;
	struct audit_verify v = { store, master, count_finding, &count, 0, 0, false, NULL, { 0 },
		false };

	if (audit_verify_begin(&v, 0) != ERR_OK || audit_verify_go(&v, INT64_MAX) != ERR_OK ||
	    audit_verify_rest(&v) != ERR_OK)
		count = -1;
	audit_verify_end(&v);
	*ret_rows = v.rows;
	return (count);
}

/* Rows of few different values, so that all combinations of them are there. */

static const char *const actions[] = { "role.created", "role.deleted", "user.created", "org.rare" };
static const char *const ids[] = { "00000000-0000-7000-8000-00000000000a",
	"00000000-0000-7000-8000-00000000000b", NULL };
static const char *const addresses[] = { "192.0.2.1", "2001:db8::1", NULL };
static const char *const words[] = { "alpha", "beta gamma", "alpha \xc3\xa4\xc3\xb6 x", "" };

struct made {
	int64_t at;
	const char *action, *user_id, *on_behalf_of, *key_id, *org_id, *type, *object_id, *address;
	const char *text;
};

static struct made made[ROWS + 1];

static const char *
pick(const char *const *items, size_t count)
{

	return (items[randombytes_uniform((uint32_t)count)]);
}

static enum err
write_some(struct tx *tx, void *arg)
{
	struct arena *a = arena_new((size_t)64 << 20);
	enum err e = ERR_OK;
	int i;

	(void)arg;
	for (i = 1; i <= ROWS && e == ERR_OK; i++) {
		struct made *m = &made[i];
		struct json details = json_object(a);

		/* Once it is set back by 500 s, which are 500 rows. */
		set_clock(m->at = 1800000000 + i - (i > 1500 ? 500 : 0));
		m->action = i == 777 ? actions[3] : pick(actions, 3);
		m->user_id = pick(ids, 3);
		m->on_behalf_of = pick(ids, 3);
		m->key_id = pick(ids, 3);
		m->org_id = pick(ids, 3);
		m->type = randombytes_uniform(2) == 0 ? "role" : "user";
		m->object_id = pick(ids, 3);
		m->address = pick(addresses, 3);
		m->text = pick(words, 4);
		json_add_text(&details, "text", m->text);
		e = audit_note_as(tx, master,
		    &(struct audit_actor){ "user", m->user_id, m->on_behalf_of, m->key_id,
		        m->address, "Agent/1.0", "request" },
		    &(struct event){ m->action, m->type, m->object_id, m->org_id, &details, NULL },
		    a);
	}
	arena_free(a);
	return (e);
}

static bool
same(const char *wanted, const char *value)
{

	return (wanted == NULL || (value != NULL && strcmp(wanted, value) == 0));
}

/* The definition, against which the search is held. */
static bool
fits(const struct audit_filter *f, const struct made *m)
{
	size_t i;

	if (f->action != NULL && strcmp(f->action, m->action) != 0 &&
	    (f->action[strlen(f->action) - 1] != '.' ||
	        strncmp(f->action, m->action, strlen(f->action)) != 0))
		return (false);
	for (i = 0; i < f->words_count; i++)
		if (strstr(m->text, f->words[i]) == NULL && strcmp(f->words[i], "agent") != 0)
			return (false);
	return (same(f->user_id, m->user_id) && same(f->on_behalf_of, m->on_behalf_of) &&
	        same(f->key_id, m->key_id) && same(f->org_id, m->org_id) &&
	        same(f->object_type, m->type) && same(f->object_id, m->object_id) &&
	        same(f->ip_address, m->address) && m->at * 1000 >= f->from &&
	        (f->to == 0 || m->at * 1000 < f->to));
}

static const char *
maybe(const char *const *items, size_t count)
{

	return (randombytes_uniform(3) == 0 ? pick(items, count) : NULL);
}

static void
make_filter(struct audit_filter *f)
{
	static const char *const kinds[] = { "role.", "user.", "org.", "role.created", "org.rare",
		"none.at_all" };
	static const char *const types[] = { "role", "user" };
	static const char *const terms[] = { "alpha", "beta", "gamma", "agent", "\xc3\xa4\xc3\xb6",
		"nowhere" };

	memset(f, 0, sizeof *f);
	f->action = maybe(kinds, 6);
	f->user_id = maybe(ids, 2);
	f->on_behalf_of = maybe(ids, 3);
	f->key_id = maybe(ids, 3);
	f->org_id = maybe(ids, 3);
	f->object_type = maybe(types, 2);
	f->object_id = maybe(ids, 3);
	f->ip_address = maybe(addresses, 3);
	while (f->words_count < 3 && randombytes_uniform(3) == 0)
		f->words[f->words_count++] = pick(terms, 6);
	if (randombytes_uniform(4) == 0)
		f->from = (1800000000 + randombytes_uniform(ROWS)) * 1000;
	if (randombytes_uniform(4) == 0)
		f->to = f->from + 1000 + (f->from == 0 ? 1800000000000 : 0) +
		        randombytes_uniform(ROWS * 1000);
}

struct search {
	const struct audit_filter *filter;
	int64_t next; /* the row that must come next, or one above it */
	bool right;
};

static void
look_at(void *arg, const struct audit_row *row)
{
	struct search *s = arg;

	while (s->next > 0 && !fits(s->filter, &made[s->next]))
		s->next--;
	s->right &= s->next == row->seq && strcmp(row->action, made[row->seq].action) == 0;
	s->next--;
}

/* Are the pages for ${f} all rows that fit, and in order? */
static bool
finds(const struct audit_filter *f, int64_t limit)
{
	struct search s = { f, ROWS, true };
	struct arena *a = arena_new((size_t)16 << 20);
	int64_t before = INT64_MAX;
	struct db *db;
	enum err e = ERR_OK;
	int pages;

	for (pages = 0; e == ERR_OK && before != 0 && pages < ROWS + 2; pages++) {
		if ((e = store_read(store, &db)) != ERR_OK)
			break;
		e = audit_find(db, f, before, limit, a, look_at, &s, &before);
		store_read_end(store, db);
		arena_reset(a);
	}
	arena_free(a);
	while (s.next > 0 && !fits(f, &made[s.next]))
		s.next--;
	return (e == ERR_OK && before == 0 && s.right && s.next == 0);
}

static void
test_find(void)
{
	struct audit_filter f = { .action = NULL };
	int64_t rows;
	bool right = true;
	int i;

	ok(store_write(store, write_some, NULL) == ERR_OK, "3000 rows are written");
	ok(verify(&rows) == 0 && rows == ROWS, "and verified");
	ok(finds(&f, 200) && finds(&f, 7) && finds(&f, 1), "without a filter all are found");
	for (i = 0; i < 600 && right; i++) {
		make_filter(&f);
		right = finds(&f, 1 + (int64_t)randombytes_uniform(200));
	}
	ok(right, "600 random filters find what they should, also where the clock was set back");
}

static void
test_split(void)
{
	const char *list[AUDIT_WORDS_MAX];
	struct arena *a = arena_new(1 << 20);
	size_t count;

	ok(audit_find_split("Role.assigned \"x\" OR x* \xc3\xa4-1", a, list, &count) == ERR_OK &&
	        count == 6 && strcmp(list[0], "role") == 0 && strcmp(list[2], "x") == 0 &&
	        strcmp(list[3], "or") == 0 && strcmp(list[4], "\xc3\xa4") == 0 &&
	        strcmp(list[5], "1") == 0,
	    "text is cut into words, each once, and no word is an operator");
	ok(audit_find_split("a b c d e f", a, list, &count) == ERR_OK &&
	        audit_find_split("a b c d e f g", a, list, &count) == ERR_TOO_LARGE,
	    "6 words, not 7");
	ok(audit_find_split("", a, list, &count) == ERR_SYNTAX &&
	        audit_find_split("* \"\" ()", a, list, &count) == ERR_SYNTAX,
	    "no word is none");
	arena_free(a);
}

/* Writers: what each was told is written stands in shared memory. */

struct counts {
	atomic_int acknowledged[2][THREADS];
};

static struct counts *counts;

struct writer {
	struct arena *arena;
	int process, thread;
};

static enum err
write_one(struct tx *tx, void *arg)
{
	const struct writer *w = arg;
	struct json details = json_object(w->arena);

	json_add_number(&details, "process", w->process);
	json_add_number(&details, "thread", w->thread);
	return (audit_note_as(tx, master, &(struct audit_actor){ .kind = "system" },
	    &(struct event){ .action = w->process == 0 ? "writer.first" : "writer.second",
	        .object_type = "row",
	        .details = &details },
	    w->arena));
}

static void *
write_on(void *arg)
{
	struct writer *w = arg;

	for (;;) {
		arena_reset(w->arena);
		if (store_write(store, write_one, w) != ERR_OK)
			return (NULL);
		atomic_fetch_add(&counts->acknowledged[w->process][w->thread], 1);
	}
}

static pid_t
start_writer(int process)
{
	struct writer writers[THREADS];
	pthread_t threads[THREADS];
	const pid_t pid = fork();
	int i;

	if (pid != 0)
		return (pid);
	/* A database that is open does not go through fork(2). */
	if (!open_all())
		_exit(1);
	for (i = 0; i < THREADS; i++) {
		writers[i] = (struct writer){ arena_new(1 << 20), process, i };
		pthread_create(&threads[i], NULL, write_on, &writers[i]);
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	_exit(1);
}

static int64_t
count_rows(const char *action)
{
	struct stmt *stmt;
	struct db *db;
	int64_t count = 0;

	if (store_read(store, &db) != ERR_OK ||
	    audit_seek(db, AUDIT_BY_ACTION, action, INT64_MAX, &stmt) != ERR_OK)
		return (-1);
	while (db_next(stmt) == ERR_OK)
		count++;
	db_end(stmt);
	store_read_end(store, db);
	return (count);
}

static void
test_writers(void)
{
	const char *seconds = getenv("AUDIT_SECONDS");
	const double s = seconds != NULL ? atof(seconds) : 1;
	struct timespec half = { (time_t)(s / 2), (long)((s / 2 - (double)(time_t)(s / 2)) * 1e9) };
	int64_t first = 0, second = 0, rows, found_first, found_second;
	pid_t one, other;
	int i;

	counts =
	    mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	store_close(store);
	master_close(master);
	one = start_writer(0);
	other = start_writer(1);
	nanosleep(&half, NULL);
	/* In the middle of a transaction, or of its flush, or between the two. */
	kill(one, SIGKILL);
	waitpid(one, NULL, 0);
	nanosleep(&half, NULL);
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	for (i = 0; i < THREADS; i++) {
		first += counts->acknowledged[0][i];
		second += counts->acknowledged[1][i];
	}
	ok(open_all(), "two processes were killed, and the database opens");
	found_first = count_rows("writer.first");
	found_second = count_rows("writer.second");
	printf("# acknowledged %lld and %lld, found %lld and %lld, in %g s\n", (long long)first,
	    (long long)second, (long long)found_first, (long long)found_second, s);
	ok(first > 0 && second > 0, "both had written");
	ok(found_first >= first && found_first <= first + THREADS && found_second >= second &&
	        found_second <= second + THREADS,
	    "nothing that was acknowledged is lost, and nothing is there twice");
	ok(verify(&rows) == 0 && rows == ROWS + found_first + found_second,
	    "and the rows of both are one chain");
}

/* Retention. */

static enum err
write_at(struct tx *tx, void *arg)
{
	struct arena *a = arg;
	enum err e = ERR_OK;
	int i;

	for (i = 0; i < 1200 && e == ERR_OK; i++)
		e = audit_note_as(tx, master, &(struct audit_actor){ .kind = "tool" },
		    &(struct event){ .action = "tool.old", .object_type = "row" }, a);
	return (e);
}

struct keeping {
	struct arena *arena;
	int64_t days;
};

static enum err
write_keep(struct tx *tx, void *arg)
{
	const struct keeping *k = arg;
	enum err e;

	if ((e = audit_note_as(tx, master, &(struct audit_actor){ .kind = "tool" },
	         &(struct event){ .action = "audit.retention_set", .object_type = "audit" },
	         k->arena)) != ERR_OK)
		return (e);
	return (audit_keep_set(tx, master, k->days));
}

static int64_t
cut_all(void)
{
	int64_t count = 1, total = 0;

	while (count > 0 && audit_keep_cut(store, master, &count) == ERR_OK)
		total += count;
	return (total);
}

static void
test_keep(void)
{
	struct keeping k = { arena_new((size_t)16 << 20), 30 };
	struct app app = { .store = store, .master = master, .subjects = cache_new(16) };
	const int64_t begin = 1900000000;
	int64_t rows, old = 0, days;
	struct db *db;

	if (store_read(store, &db) == ERR_OK) {
		ok(audit_last(db, &old) == ERR_OK && audit_keep_find(db, master, &days) == ERR_OK &&
		        days == 0,
		    "without a word rows are kept for good");
		store_read_end(store, db);
	}
	ok(cut_all() == 0, "and none is deleted");
	set_clock(begin);
	ok(store_write(store, write_at, k.arena) == ERR_OK, "1200 rows more");
	set_clock(begin + DAY_S);
	ok(store_write(store, write_keep, &k) == ERR_OK, "rows are kept for 30 days");
	ok(cut_all() == old, "what is older is deleted");
	set_clock(begin + 31 * DAY_S);
	ok(cut_all() == 0, "a row of 31 days is not, for one more is given to it");
	ok(verify(&rows) == 0, "and the rest can be verified from the cut on");
	set_clock(begin + 31 * DAY_S + 1);
	app.housekept_at = clock_steady_ms() - 60000;
	housekeeping_tick(&app);
	ok(count_rows("tool.old") == 0, "1200 rows later than that are deleted by housekeeping");
	ok(count_rows("audit.cut") == 3, "and each cut of 500 rows is noted");
	ok(verify(&rows) == 0 && rows == 3,
	    "the rest is one chain, and searched by its own words only");
	cache_free(app.subjects);
	arena_free(k.arena);
}

int
main(void)
{

	if (sodium_init() < 0)
		return (1);
	setenv("YETT_TEST_CLOCK", state_file("clock"), 1);
	set_clock(1800000000);
	if (!make_all()) {
		ok(false, "the database can be made");
		return (done());
	}
	test_split();
	test_find();
	test_writers();
	test_keep();
	store_close(store);
	master_close(master);
	return (done());
}
