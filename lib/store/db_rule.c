/*
 * Conditions on permissions, evaluated by SQLite in a connection of their own: an empty database in
 * memory, an authorizer that knows a short list of functions and denies all else, limits on size
 * and depth, and a time by which it must be done. An expression can compute a value, and nothing
 * more. No function on the list takes longer than its texts are long: replace, instr and trim do.
 */
#include "store/db_rule.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <sqlite3.h>

#include "base/clock.h"

#define STEPS 1000 /* of the virtual machine, between two looks at the clock */

/* One point in time, as an expression may speak of it. */
struct moment {
	char date[16];
	char time[8];
	int hour;
	int weekday;
};

struct sandbox {
	sqlite3 *db;
	sqlite3_stmt *stmt;
	int selects;          /* how many SELECTs the parser has seen: ours, and no other */
	int64_t deadline;     /* ms of the steady clock */
	struct moment moment; /* what the statement is bound to lives as long as it */
};

static const char *const functions[] = { "->", "->>", "abs", "coalesce", "glob", "ifnull", "iif",
	"json_array_length", "json_extract", "json_type", "json_valid", "length", "like", "lower",
	"nullif", "round", "substr", "substring", "upper" };

static int
authorize(
    void *arg, int action, const char *one, const char *two, const char *three, const char *four)
{
	struct sandbox *s = arg;
	size_t i;

	(void)one;
	(void)three;
	(void)four;
	if (action == SQLITE_SELECT)
		return (++s->selects == 1 ? SQLITE_OK : SQLITE_DENY);
	if (action != SQLITE_FUNCTION || two == NULL)
		return (SQLITE_DENY);
	for (i = 0; i < COUNT(functions); i++)
		if (sqlite3_stricmp(two, functions[i]) == 0)
			return (SQLITE_OK);
	return (SQLITE_DENY);
}

static int
look(void *arg)
{
	const struct sandbox *s = arg;

	return (clock_steady_ms() > s->deadline);
}

static void
sandbox_close(struct sandbox *s)
{

	sqlite3_finalize(s->stmt);
	sqlite3_close(s->db);
}

static enum err
sandbox_open(struct sandbox *s, int64_t deadline)
{
	static const struct {
		int id;
		int max;
	} limits[] = {
		{ SQLITE_LIMIT_LENGTH, 20 * 1024 }, /* attributes have at most 16 KiB */
		{ SQLITE_LIMIT_SQL_LENGTH, RULE_MAX + 64 },
		{ SQLITE_LIMIT_EXPR_DEPTH, 40 },
		{ SQLITE_LIMIT_COLUMN, 1 },
		{ SQLITE_LIMIT_COMPOUND_SELECT, 1 },
		{ SQLITE_LIMIT_VDBE_OP, 5000 },
		{ SQLITE_LIMIT_FUNCTION_ARG, 16 },
		{ SQLITE_LIMIT_ATTACHED, 0 },
		{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100 },
		{ SQLITE_LIMIT_VARIABLE_NUMBER, 32 },
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
		{ SQLITE_LIMIT_WORKER_THREADS, 0 },
	};
	size_t i;

	memset(s, 0, sizeof *s);
	s->deadline = deadline;
	if (sqlite3_open_v2(":memory:", &s->db,
	        SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX,
	        NULL) != SQLITE_OK) {
		sandbox_close(s);
		return (ERR_NOMEM);
	}
	for (i = 0; i < COUNT(limits); i++)
		sqlite3_limit(s->db, limits[i].id, limits[i].max);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL); /* "a" is no text */
	sqlite3_set_authorizer(s->db, authorize, s);
	sqlite3_progress_handler(s->db, STEPS, look, s);
	return (ERR_OK);
}

/* Prepare ${sql}; on failure ${ret_detail} says why, good until the sandbox is closed. */
static enum err
prepare(struct sandbox *s, const char *sql, const char **ret_detail)
{
	const char *tail;

	sqlite3_finalize(s->stmt);
	s->stmt = NULL;
	s->selects = 0;
	if (sqlite3_prepare_v2(s->db, sql, -1, &s->stmt, &tail) != SQLITE_OK) {
		*ret_detail = sqlite3_errcode(s->db) == SQLITE_AUTH
		                  ? "it uses a table, or a function that conditions have not"
		                  : sqlite3_errmsg(s->db);
		return (ERR_SYNTAX);
	}
	*ret_detail = "it is not one expression";
	if (*tail != '\0' || s->stmt == NULL || sqlite3_column_count(s->stmt) != 1 ||
	    !sqlite3_stmt_readonly(s->stmt))
		return (ERR_SYNTAX);
	return (ERR_OK);
}

/* Prepare ${expression} to be asked whether it is true. */
static enum err
prepare_question(struct sandbox *s, const char *expression, const char **ret_detail)
{
	char sql[RULE_MAX + 64];
	enum err e;

	*ret_detail = "it has more than 1000 bytes";
	if (strlen(expression) > RULE_MAX)
		return (ERR_SYNTAX);
	/* By itself first, so that no bracket of it closes ours; in each a line's end, lest a
	 * comment take what follows. */
	snprintf(sql, sizeof sql, "SELECT %s\n", expression);
	if ((e = prepare(s, sql, ret_detail)) != ERR_OK)
		return (e);
	snprintf(sql, sizeof sql, "SELECT ((%s\n)) IS TRUE", expression);
	return (prepare(s, sql, ret_detail));
}

static int
bind_text(sqlite3_stmt *stmt, int at, const char *text)
{

	return (text == NULL ? sqlite3_bind_null(stmt, at)
	                     : sqlite3_bind_text(stmt, at, text, -1, SQLITE_STATIC));
}

static bool
tell_time(int64_t now, struct moment *ret_moment)
{
	const time_t seconds = (time_t)(now / 1000);
	struct tm tm;

	if (gmtime_r(&seconds, &tm) == NULL)
		return (false);
	ret_moment->hour = tm.tm_hour;
	ret_moment->weekday = tm.tm_wday;
	return (strftime(ret_moment->date, sizeof ret_moment->date, "%Y-%m-%d", &tm) > 0 &&
	        strftime(ret_moment->time, sizeof ret_moment->time, "%H:%M", &tm) > 0);
}

/* Bind the parameter at ${at}, called ${name}; false when there is no such fact. */
static bool
bind_fact(sqlite3_stmt *stmt, int at, const char *name, const struct db_rule_facts *f,
    const struct moment *m)
{
	const struct {
		const char *name;
		const char *text;
	} texts[] = { { ":subject", f->subject }, { ":org", f->org }, { ":resource", f->resource },
		{ ":action", f->action }, { ":attributes", f->attributes }, { ":user", f->user },
		{ ":date", m->date }, { ":time", m->time } };
	size_t i;

	if (name == NULL || (f->of_org && strcmp(name, ":user") == 0))
		return (false);
	for (i = 0; i < COUNT(texts); i++)
		if (strcmp(name, texts[i].name) == 0)
			return (bind_text(stmt, at, texts[i].text) == SQLITE_OK);
	if (strcmp(name, ":hour") == 0)
		return (sqlite3_bind_int(stmt, at, m->hour) == SQLITE_OK);
	return (
	    strcmp(name, ":weekday") == 0 && sqlite3_bind_int(stmt, at, m->weekday) == SQLITE_OK);
}

static bool
bind_facts(struct sandbox *s, const struct db_rule_facts *f)
{
	const int count = sqlite3_bind_parameter_count(s->stmt);
	int i;

	if (!tell_time(f->now, &s->moment))
		return (false);
	for (i = 1; i <= count; i++)
		if (!bind_fact(s->stmt, i, sqlite3_bind_parameter_name(s->stmt, i), f, &s->moment))
			return (false);
	return (true);
}

enum err
db_rule_check(const char *expression, bool of_org, struct arena *a, const char **ret_detail)
{
	const struct db_rule_facts none = { .attributes = "{}", .user = "{}", .of_org = of_org };
	const char *detail;
	struct sandbox s;
	enum err e;

	if ((e = sandbox_open(&s, INT64_MAX)) != ERR_OK)
		return (e);
	if ((e = prepare_question(&s, expression, &detail)) == ERR_OK && !bind_facts(&s, &none)) {
		detail = of_org ? "there is no such fact in an organisation; there are :subject, "
		                  ":org, :resource, :action, :attributes, :date, :time, :hour and "
		                  ":weekday"
		                : "there is no such fact; there are :subject, :org, :resource, "
		                  ":action, :attributes, :user, :date, :time, :hour and :weekday";
		e = ERR_SYNTAX;
	}
	if (e != ERR_OK) {
		*ret_detail = arena_print(a, "is no condition: %s", detail);
		e = *ret_detail == NULL ? ERR_NOMEM : ERR_FIELDS;
	}
	sandbox_close(&s);
	return (e);
}

enum err
db_rule_holds(const char *expression, const struct db_rule_facts *facts, bool *ret_holds)
{
	const char *detail;
	struct sandbox s;
	enum err e;

	if (clock_steady_ms() > facts->deadline)
		return (ERR_BUSY);
	if ((e = sandbox_open(&s, facts->deadline)) != ERR_OK)
		return (e);
	if ((e = prepare_question(&s, expression, &detail)) == ERR_OK &&
	    (!bind_facts(&s, facts) || sqlite3_step(s.stmt) != SQLITE_ROW))
		e = clock_steady_ms() > facts->deadline ? ERR_BUSY : ERR_SYNTAX;
	if (e == ERR_OK)
		*ret_holds = sqlite3_column_int(s.stmt, 0) == 1;
	sandbox_close(&s);
	return (e);
}
