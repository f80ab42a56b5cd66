/* Lists of users: no statement sorts, and none reads through all users. The statements are static:
 * their file is part of this one. */
#include "../../lib/store/user_list.c"

#include "check.h"
#include "state.h"
#include "store/migrate.h"

static struct db *db;
static struct arena *arena;

/* A step that SQLite would do: a seek in an index, the merging of such, or a look into the words.
 */
static bool
is_quick(const char *step)
{

	return (
	    strncmp(step, "SEARCH ", 7) == 0 || strcmp(step, "MERGE (UNION ALL)") == 0 ||
	    strcmp(step, "LEFT") == 0 || strcmp(step, "RIGHT") == 0 ||
	    (strncmp(step, "SCAN w VIRTUAL TABLE INDEX ", 27) == 0 && strstr(step, ":M") != NULL));
}

/* Is the whole plan of ${sql} quick, and does it seek ${count} times by all of ${key}? */
static bool
plan_is_quick(const char *sql, size_t count, const char *key)
{
	const char *explain = arena_print(arena, "EXPLAIN QUERY PLAN %s", sql);
	size_t steps = 0, seeks = 0;
	bool quick = true;
	struct stmt *stmt;
	const char *step;

	if (explain == NULL || db_query(db, explain, NULL, 0, &stmt) != ERR_OK)
		return (false);
	while (db_next(stmt) == ERR_OK && (step = db_text(stmt, 3, arena)) != NULL) {
		steps++;
		seeks += strstr(step, key) != NULL;
		if (is_quick(step))
			continue;
		printf("# %s\n", step);
		quick = false;
	}
	db_end(stmt);
	if (seeks != count)
		printf("# %zu of %zu steps seek by %s\n", seeks, steps, key);
	return (quick && seeks == count);
}

static void
test_plans(void)
{
	static const char *const keys[][2] = {
		[USER_ORDER_CREATED] = { " AND id>?)", " AND id<?)" },
		[USER_ORDER_EMAIL] = { "(email_key,id)>(?,?)", "(email_key,id)<(?,?)" },
		[USER_ORDER_USERNAME] = { "(username_place,id)>(?,?)",
		    "(username_place,id)<(?,?)" },
		[USER_ORDER_ACTIVE] = { "(active_place,id)>(?,?)", "(active_place,id)<(?,?)" },
	};
	size_t i, k;

	for (i = 0; i < COUNT(merged_sql); i++)
		for (k = 0; k < 2; k++)
			ok(plan_is_quick(merged_sql[i][k], 8, keys[i][k]),
			    "each order is a merge of eight seeks");
	for (k = 0; k < 2; k++) {
		ok(plan_is_quick(role_sql[k], 1, k == 0 ? "user_id>?" : "user_id<?"),
		    "who holds a role is a seek");
		ok(plan_is_quick(words_sql[k], 1, "users_number"),
		    "a search is a look into the words");
	}
	ok(plan_is_quick(holds_sql, 1, "user_id=? AND role_id=?"),
	    "whether one holds a role is one seek");
	ok(plan_is_quick(state_sql, 1, "id=?"), "in which state one is, too");
	ok(plan_is_quick(text_sql, 1, "id=?"), "and whether one has a text");
}

static void
test_masks(void)
{
	const struct user_filter none = { .order = USER_ORDER_CREATED };
	const struct user_filter locked = { .locked = USER_YES };
	const struct user_filter one = {
		.enabled = USER_NO, .locked = USER_YES, .email_confirmed = USER_YES
	};

	ok(mask_of(&none) == ALL_STATES, "without a filter all states are wanted");
	ok(mask_of(&locked) == (1U << 2 | 1U << 3 | 1U << 6 | 1U << 7), "with one, four");
	ok(mask_of(&one) == 1U << 6, "with three, one");
}

static void
test_match(void)
{
	const struct user_filter f = {
		.text = "a\"b OR c*", .locked = USER_YES, .enabled = USER_NO
	};
	struct walk w = { .filter = &f, .arena = arena };
	const char *match = print_match(&w);

	ok(match != NULL &&
	        strcmp(match, "{email username name} : \"a\"\"b OR c*\" AND {marks} : \"e:0\" AND "
	                      "{marks} : \"l:1\"") == 0,
	    "what is searched for is a phrase, whatever is in it");
}

static void
test_pattern(void)
{
	const struct user_filter f = { .text = "a%b_c\\d" }, other = { .text = "Öl?" };
	struct walk w = { .filter = &f, .arena = arena };
	const char *pattern = print_pattern(&w);

	ok(pattern != NULL && strcmp(pattern, "%a\\%b\\_c\\\\d%") == 0,
	    "where few are read, it is as little a pattern");
	w.filter = &other;
	ok(print_pattern(&w) == NULL, "but for what is not ASCII");
}

int
main(void)
{
	int64_t from;

	if ((arena = arena_new(1 << 20)) == NULL ||
	    db_open(state_file("yett.db"), DB_CREATE, &db) != ERR_OK ||
	    migrate_apply(db, &from) != ERR_OK)
		return (1);
	test_plans();
	test_masks();
	test_match();
	test_pattern();
	db_close(db);
	arena_free(arena);
	return (done());
}
