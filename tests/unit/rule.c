/* Conditions: what they can say, and all that they cannot do. */
#include "store/db_rule.h"

#include <stdio.h>
#include <string.h>

#include "check.h"

#define ANNA "01890a5d-ac96-774b-bcce-b302099a8057"

static struct arena *arena;

static const struct db_rule_facts facts = {
	.subject = ANNA,
	.resource = "posts",
	.action = "write",
	.attributes = "{\"owner\":\"" ANNA "\",\"size\":3,\"tags\":[\"a\",\"b\"],\"draft\":true}",
	.user = "{\"team\":\"red\"}",
	.deadline = INT64_MAX,
	.now = 1767268800000, /* Thursday 2026-01-01 12:00 UTC */
};

/* Is ${expression} taken, and true? */
static bool
holds(const char *expression)
{
	const char *detail;
	bool value;

	return (db_rule_check(expression, false, arena, &detail) == ERR_OK &&
	        db_rule_holds(expression, &facts, &value) == ERR_OK && value);
}

/* Is it taken, and false? */
static bool
fails(const char *expression)
{
	const char *detail;
	bool value;

	return (db_rule_check(expression, false, arena, &detail) == ERR_OK &&
	        db_rule_holds(expression, &facts, &value) == ERR_OK && !value);
}

/* Is it refused, by the check and where it is evaluated? */
static bool
refused(const char *expression)
{
	const char *detail = "";
	bool value;

	return (db_rule_check(expression, false, arena, &detail) == ERR_FIELDS &&
	        detail[0] != '\0' && db_rule_holds(expression, &facts, &value) == ERR_SYNTAX);
}

static void
test_facts(void)
{

	ok(holds(":subject = '" ANNA "'"), "who");
	ok(holds(":resource = 'posts' AND :action IN ('write', 'read')"), "what");
	ok(holds(":attributes ->> 'owner' = :subject"), "the owner");
	ok(fails(":attributes ->> 'owner' <> :subject"), "and nobody else");
	ok(holds(":user ->> 'team' = 'red'"), "what is written of the user");
	ok(holds("json_extract(:attributes, '$.size') < 4"), "a number");
	ok(holds(":attributes ->> 'draft'"), "a truth");
	ok(holds(":attributes -> 'tags' ->> 1 = 'b'"), "inside");
	ok(holds(":date = '2026-01-01' AND :time = '12:00' AND :hour = 12 AND :weekday = 4"),
	    "when");
	ok(holds(":time BETWEEN '08:00' AND '17:59'"), "in working hours");
	ok(fails(":time NOT BETWEEN '08:00' AND '17:59'"), "not outside them");
	ok(fails(":org = 'x'") && fails(":org <> 'x'") && holds(":org IS NULL"),
	    "without an org nothing is the org's");
	ok(fails("NULL") && fails("'text'") && fails("0") && holds("1") && holds("1 -- a remark"),
	    "what is true");
}

static void
test_sandbox(void)
{
	static const char *const bad[] = { "", " ", ")", "1)", "1) FROM sqlite_schema WHERE (1",
		"(SELECT 1)", "EXISTS (SELECT 1)", "1, 2", "1) , (2", "1; SELECT 1",
		"1)); SELECT ((1", "1 IN sqlite_schema", "name", "sqlite_version()", "random() > 0",
		"randomblob(9)", "zeroblob(100000)", "load_extension('x')", "readfile('x')",
		"hex('a')", "printf('%s', 1)", "format('%100000d', 1)", "char(1)", "quote(1)",
		"CURRENT_TIMESTAMP", "date('now')", "last_insert_rowid()", "total_changes()",
		"changes()", "count(*)", "group_concat(1)", "row_number() OVER ()", "?1", "@a",
		"$a", ":other", ":subject = ?2", "json_each('[1]')", "1) UNION SELECT (1",
		"1) FROM json_each('[1]') WHERE (1", "PRAGMA user_version", "ATTACH 'x' AS y",
		"RAISE(ABORT, 'x')", "likelihood(1, 0.5)", "replace('a', 'b', 'c')",
		"instr('a', 'b')", "trim('a')", "max(1)", "min(1, 2)", "1)) IS TRUE WHERE ((1",
		"1)) /*", "1)) LIMIT ((1", ":properties = 1", "sqlite_compileoption_get(1)", "/*",
		"'", "\"", "\"subject\"", "x'", "CAST(1 AS", "1 COLLATE nothing", "1 WHERE 0 --" };
	char name[200];
	size_t i;

	for (i = 0; i < COUNT(bad); i++) {
		snprintf(name, sizeof name, "refused: %s", bad[i]);
		ok(refused(bad[i]), name);
	}
}

static void
test_limits(void)
{
	char text[RULE_MAX + 2];
	const struct db_rule_facts broken = {
		.attributes = "{", .user = "{}", .deadline = INT64_MAX
	};
	struct db_rule_facts late = facts;
	bool value;
	size_t i;

	memset(text, ' ', sizeof text);
	text[0] = '1';
	text[RULE_MAX] = '\0';
	ok(holds(text), "1000 bytes are a condition");
	text[RULE_MAX] = ' ';
	text[RULE_MAX + 1] = '\0';
	ok(refused(text), "1001 are none");
	memset(text, '(', 200);
	text[200] = '\0';
	strcat(text, "1");
	for (i = 0; i < 200; i++)
		strcat(text, ")");
	ok(refused(text) || holds(text), "brackets end");
	text[0] = '\0';
	for (i = 0; i < 60; i++)
		strcat(text, "NOT ");
	strcat(text, "1");
	ok(refused(text), "60 levels are too deep");
	ok(db_rule_holds(":attributes ->> 'owner' = 'x'", &broken, &value) == ERR_SYNTAX,
	    "what is not JSON is an error, not a yes");
	late.deadline = 0;
	ok(db_rule_holds("1", &late, &value) == ERR_BUSY, "when the time is up nothing is judged");
}

/* What the site's admins wrote of a user is no fact for an org's conditions. */
static void
test_of_org(void)
{
	struct db_rule_facts here = facts;
	const char *detail = "";
	bool value = false;

	here.of_org = true;
	ok(db_rule_check(":user IS NULL", true, arena, &detail) == ERR_FIELDS &&
	        strstr(detail, ":user,") == NULL,
	    "an org's condition does not speak of :user");
	ok(db_rule_holds(":user IS NULL OR 1", &here, &value) == ERR_SYNTAX && !value,
	    "and is not met when it does");
	ok(db_rule_check(":subject = ':user'", true, arena, &detail) == ERR_OK &&
	        db_rule_holds(":subject <> ':user' AND :hour < 24", &here, &value) == ERR_OK &&
	        value,
	    "but of all else, as any other");
}

int
main(void)
{

	arena = arena_new(1 << 20);
	test_facts();
	test_sandbox();
	test_limits();
	test_of_org();
	arena_free(arena);
	return (done());
}
