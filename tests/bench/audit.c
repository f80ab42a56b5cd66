/* What the audit log costs, in a database of its own:
 *   audit seed STATE ROWS    write so many rows, by the code that writes them always
 *   audit write STATE        what a row costs within a transaction, and what the same transaction
 * costs without audit find STATE         the longest that one page takes, for each filter, pairs
 * and triples of them, and words The last prints a line for each kind of query, and at the end
 * "most_us=" of all. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "access/audit.h"
#include "access/audit_find.h"
#include "access/audit_print.h"
#include "base/id.h"

#define BATCH \
	100 /* a savepoint keeps a copy of each page that it changes: with 5,000 rows it takes 10 \
	       times as long */
#define USERS 1000
#define TIMES 40
#define LIMIT 50

static struct store *store;
static struct master *master;

static const char *const agents[] = {
	"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 Version/17.5 "
	"Safari/605.1.15",
	"curl/8.5.0",
};

/* Half of all rows are sign-ins, and so on: as a site has them. One in 100,000 is what nobody else
 * does. */
static const struct {
	const char *action, *type;
} kinds[] = {
	{ "session.begun", "session" },
	{ "session.ended", "session" },
	{ "session.begun", "session" },
	{ "user.updated", "user" },
	{ "role.assigned", "user" },
	{ "role.unassigned", "user" },
	{ "key.created", "key" },
	{ "key.revoked", "key" },
};

/* The ${n}th of a kind of thing: always the same. */
static const char *
id_of(char ret_id[static ID_SIZE], char kind, int64_t n)
{

	snprintf(ret_id, ID_SIZE, "0190%04x-0000-7000-8%c00-%012llx", (unsigned int)(n % 65536),
	    kind, (unsigned long long)n);
	return (ret_id);
}

struct seeding {
	int64_t from, count;
	struct arena *arena;
};

/* Even rows have org 1, odd ones org 2 or none; addresses and users go round; so that two filters
 * may have half of the rows each and none in common. */
static enum err
write_row(struct tx *tx, int64_t i, struct arena *a)
{
	const size_t kind = (size_t)i % COUNT(kinds);
	char user[ID_SIZE], object[ID_SIZE], org[ID_SIZE], key[ID_SIZE], behalf[ID_SIZE],
	    address[32];
	struct json details = json_object(a);

	snprintf(address, sizeof address, "192.0.%d.%d", (int)(i / 250 % 100), (int)(i % 250));
	json_add_text(&details, "kind", i % 2 == 0 ? "even" : "odd");
	json_add_text(&details, "amr", i % 100000 == 777 ? "seldom" : "pwd");
	json_add_number(&details, "count", i);
	return (audit_note_as(tx, master,
	    &(struct audit_actor){ "user", id_of(user, '0', i % 7 == 0 ? 0 : i % USERS),
	        i % 1000 == 5 ? id_of(behalf, '0', i % USERS) : NULL,
	        i % 50 == 3 ? id_of(key, '1', i % 20) : NULL, address, agents[i % 3],
	        "0a1b2c3d-00000001" },
	    &(struct event){ i % 100000 == 777 ? "site.rare" : kinds[kind].action, kinds[kind].type,
	        id_of(object, '2', i), i % 3 == 0 ? NULL : id_of(org, '3', i % 2), &details, NULL },
	    a));
}

static enum err
write_rows(struct tx *tx, void *arg)
{
	struct seeding *s = arg;
	enum err e = ERR_OK;
	int64_t i;

	for (i = s->from; i < s->from + s->count && e == ERR_OK; i++) {
		e = write_row(tx, i, s->arena);
		arena_reset(s->arena);
	}
	return (e);
}

static double
read_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ((double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3);
}

static double
now_us(void)
{

	return (read_us(CLOCK_MONOTONIC));
}

static int
seed(int64_t rows)
{
	struct seeding s = { .arena = arena_new(1 << 20) };
	const double since = now_us();
	enum err e = ERR_OK;

	for (s.from = 0; s.from < rows && e == ERR_OK; s.from += s.count) {
		s.count = rows - s.from < BATCH ? rows - s.from : BATCH;
		e = store_write(store, write_rows, &s);
	}
	arena_free(s.arena);
	printf("seeded=%lld us_each=%.1f\n", (long long)rows, (now_us() - since) / (double)rows);
	return (e != ERR_OK);
}

/* A transaction of one row each, as requests have them; with nothing in it for comparison. */
static enum err
write_nothing(struct tx *tx, void *arg)
{

	(void)tx;
	(void)arg;
	return (ERR_OK);
}

/* The time within the transactions alone: what the row adds to a change. */
static double spent_us;

static enum err
write_timed(struct tx *tx, void *arg)
{
	const double since = read_us(CLOCK_THREAD_CPUTIME_ID);
	const enum err e = write_rows(tx, arg);

	spent_us += read_us(CLOCK_THREAD_CPUTIME_ID) - since;
	return (e);
}

static int
write_cost(void)
{
	struct seeding s = { .from = 10000000, .count = 1, .arena = arena_new(1 << 20) };
	double since, bare, with;
	enum err e = ERR_OK;
	int i;

	since = now_us();
	for (i = 0; i < 2000 && e == ERR_OK; i++)
		e = store_write(store, write_nothing, NULL);
	bare = (now_us() - since) / 2000;
	since = now_us();
	for (i = 0; i < 2000 && e == ERR_OK; i++, s.from++)
		e = store_write(store, write_timed, &s);
	with = (now_us() - since) / 2000;
	arena_free(s.arena);
	printf("row_us=%.1f commit_us=%.1f empty_us=%.1f\n", spent_us / 2000, with, bare);
	return (e != ERR_OK);
}

struct page {
	struct arena *arena;
	int64_t count;
};

static void
print_one(void *arg, const struct audit_row *row)
{
	struct page *p = arg;

	p->count += audit_print_json(row, p->arena) != NULL;
}

/* Pages begin at the end, and in the middle of the log. Processor time, which is all there is when
 * the database is in memory, and the same whatever else runs. */
static double
find_once(const struct audit_filter *f, int64_t before, int64_t *ret_count)
{
	struct page p = { arena_new((size_t)16 << 20), 0 };
	const double since = read_us(CLOCK_THREAD_CPUTIME_ID);
	struct db *db;
	int64_t next;

	if (store_read(store, &db) != ERR_OK ||
	    audit_find(db, f, before, LIMIT, p.arena, print_one, &p, &next) != ERR_OK)
		exit(1);
	store_read_end(store, db);
	arena_free(p.arena);
	*ret_count = p.count;
	return (read_us(CLOCK_THREAD_CPUTIME_ID) - since);
}

static double most_us;

static int
by_number(const void *a, const void *b)
{
	const double one = *(const double *)a, other = *(const double *)b;

	return ((one > other) - (one < other));
}

/* The median is what is judged: the worst of 40 is another process's. */
static void
find(const char *name, const struct audit_filter *f)
{
	double us[TIMES];
	int64_t count = 0;
	int i;

	for (i = 0; i < TIMES; i++)
		us[i] = find_once(f, i % 2 == 0 ? INT64_MAX : 500000, &count);
	qsort(us, TIMES, sizeof us[0], by_number);
	printf("%-44s %8.0f us, at most %8.0f us, %3lld rows\n", name, us[TIMES / 2], us[TIMES - 1],
	    (long long)count);
	most_us = us[TIMES / 2] > most_us ? us[TIMES / 2] : most_us;
}

/* What a filter has; several are laid over each other. */
static const struct choice {
	const char *name;
	struct audit_filter filter;
} choices[] = {
	{ "action session.begun", { .action = "session.begun" } },
	{ "action session.", { .action = "session." } },
	{ "action site.rare", { .action = "site.rare" } },
	{ "action none.such", { .action = "none.such" } },
	{ "user of every 7th row", { .user_id = "01900000-0000-7000-8000-000000000000" } },
	{ "user of every 1000th row", { .user_id = "01900005-0000-7000-8000-000000000005" } },
	{ "on_behalf_of", { .on_behalf_of = "01900005-0000-7000-8000-000000000005" } },
	{ "key", { .key_id = "01900003-0000-7000-8100-000000000003" } },
	{ "org of even rows", { .org_id = "01900000-0000-7000-8300-000000000000" } },
	{ "org of odd rows", { .org_id = "01900001-0000-7000-8300-000000000001" } },
	{ "object_type session", { .object_type = "session" } },
	{ "object of one row", { .object_id = "01901388-0000-7000-8200-000000001388" } },
	{ "ip_address", { .ip_address = "192.0.7.8" } },
	{ "word even", { .words = { "even" }, .words_count = 1 } },
	{ "word odd", { .words = { "odd" }, .words_count = 1 } },
	{ "word mozilla", { .words = { "mozilla" }, .words_count = 1 } },
	{ "word seldom", { .words = { "seldom" }, .words_count = 1 } },
	{ "word nowhere", { .words = { "nowhere" }, .words_count = 1 } },
	{ "words odd even", { .words = { "odd", "even" }, .words_count = 2 } },
	{ "words odd even pwd 192 kind count",
	    { .words = { "odd", "even", "pwd", "192", "kind", "count" }, .words_count = 6 } },
	{ "from the middle", { .from = 1 } },
	{ "to the middle", { .to = 1 } },
};

static void
lay(struct audit_filter *f, const struct audit_filter *over, int64_t middle)
{
	size_t i;

	f->action = over->action != NULL ? over->action : f->action;
	f->user_id = over->user_id != NULL ? over->user_id : f->user_id;
	f->on_behalf_of = over->on_behalf_of != NULL ? over->on_behalf_of : f->on_behalf_of;
	f->key_id = over->key_id != NULL ? over->key_id : f->key_id;
	f->org_id = over->org_id != NULL ? over->org_id : f->org_id;
	f->object_type = over->object_type != NULL ? over->object_type : f->object_type;
	f->object_id = over->object_id != NULL ? over->object_id : f->object_id;
	f->ip_address = over->ip_address != NULL ? over->ip_address : f->ip_address;
	f->from = over->from != 0 ? middle : f->from;
	f->to = over->to != 0 ? middle : f->to;
	for (i = 0; i < over->words_count && f->words_count < AUDIT_WORDS_MAX; i++)
		f->words[f->words_count++] = over->words[i];
}

static int64_t
find_middle(void)
{
	struct db *db;
	int64_t last = 0, at = 0;

	if (store_read(store, &db) != ERR_OK || audit_last(db, &last) != ERR_OK ||
	    audit_time(db, last / 2 + 1, &at) != ERR_OK)
		exit(1);
	store_read_end(store, db);
	return (at);
}

static int
find_all(void)
{
	const int64_t middle = find_middle();
	struct audit_filter f;
	char name[256];
	size_t i, j;

	memset(&f, 0, sizeof f);
	find("no filter", &f);
	for (i = 0; i < COUNT(choices); i++) {
		memset(&f, 0, sizeof f);
		lay(&f, &choices[i].filter, middle);
		find(choices[i].name, &f);
	}
	for (i = 0; i < COUNT(choices); i++)
		for (j = i + 1; j < COUNT(choices); j++) {
			memset(&f, 0, sizeof f);
			lay(&f, &choices[i].filter, middle);
			lay(&f, &choices[j].filter, middle);
			lay(&f, &choices[(i + j) % COUNT(choices)].filter, middle);
			snprintf(name, sizeof name, "%s, %s, %s", choices[i].name, choices[j].name,
			    choices[(i + j) % COUNT(choices)].name);
			find(name, &f);
			memset(&f, 0, sizeof f);
			lay(&f, &choices[i].filter, middle);
			lay(&f, &choices[j].filter, middle);
			snprintf(name, sizeof name, "%s, %s", choices[i].name, choices[j].name);
			find(name, &f);
		}
	printf("most_us=%.0f\n", most_us);
	return (0);
}

int
main(int argc, char **argv)
{
	int status = 100;

	if (argc < 3 || sodium_init() < 0 || store_open(argv[2], 1, &store) != ERR_OK ||
	    master_open(argv[2], &master) != ERR_OK) {
		fprintf(stderr,
		    "usage: audit seed STATE ROWS | audit write STATE | audit find STATE\n");
		return (status);
	}
	if (strcmp(argv[1], "seed") == 0 && argc == 4)
		status = seed(atoll(argv[3]));
	else if (strcmp(argv[1], "write") == 0)
		status = write_cost();
	else if (strcmp(argv[1], "find") == 0)
		status = find_all();
	store_close(store);
	master_close(master);
	return (status);
}
