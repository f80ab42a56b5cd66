/* The audit log: what is looked for is found, what is written is there and in its chain, whoever
 * writes at the same time, is killed, or deletes what is old. AUDIT_SECONDS=10: how long the
 * writers write. */
#include "store/audit.h"

#include <string.h>

#include <sodium.h>

#include "access/app.h"
#include "access/audit_find.h"
#include "access/audit_keep.h"
#include "access/housekeeping.h"
#include "base/clock.h"
#include "log.h"

#define DAY_S ((int64_t)86400)
#define ROWS 3000

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
	struct app app = { .store = store, .master = master, .subjects = cache_new(16, 1 << 20) };
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
	housekeeping_end(&app);
	ok(count_rows("tool.old") == 1200, "a program of which nothing is asked leaves them be");
	app.asked = true;
	housekeeping_tick(&app);
	housekeeping_end(&app);
	ok(count_rows("tool.old") == 0 && !app.asked,
	    "1200 rows later than that are deleted by housekeeping of another");
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
	test_keep();
	store_close(store);
	master_close(master);
	return (done());
}
