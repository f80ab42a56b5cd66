/* The table of fields: both sides of every limit, from JSON and from a form. */
#include "http/input.h"

#include <string.h>

#include <cjson/cJSON.h>

#include "check.h"
#include "http/json.h"

struct in {
	const char *name;
	const char *nick;
	const char *note;
	bool flag;
	int64_t number;
	struct cJSON *more;
};

static const struct field fields[] = {
	{ "name", FIELD_TEXT, offsetof(struct in, name), 2, 4, 0 },
	{ "nick", FIELD_TEXT, offsetof(struct in, nick), 1, 4, FIELD_OPTIONAL },
	{ "note", FIELD_TEXT, offsetof(struct in, note), 0, 4, FIELD_OPTIONAL | FIELD_NULLABLE },
	{ "flag", FIELD_BOOL, offsetof(struct in, flag), 0, 0, FIELD_OPTIONAL },
	{ "number", FIELD_NUMBER, offsetof(struct in, number), 1, 100, FIELD_OPTIONAL },
	{ "more", FIELD_OBJECT, offsetof(struct in, more), 0, 0, FIELD_OPTIONAL },
};

static struct arena *arena;
static struct req req;
static struct in in;

static enum err
read_as(const char *type, const char *body)
{

	arena_reset(arena);
	req = (struct req){
		.arena = arena, .content_type = type, .body = body, .body_len = strlen(body)
	};
	in = (struct in){ .name = NULL };
	return (input_read(&req, fields, COUNT(fields), &in));
}

static bool
takes_json(const char *body)
{

	return (read_as("application/json", body) == ERR_OK);
}

static bool
takes_form(const char *body)
{

	return (read_as("application/x-www-form-urlencoded", body) == ERR_OK);
}

/* Was the last body refused for ${field}, and that alone, with ${part} in the reason? */
static bool
blames(const char *field, const char *part)
{

	return (req.field_errors_count == 1 && strcmp(req.field_errors[0].name, field) == 0 &&
	        strstr(req.field_errors[0].value, part) != NULL);
}

static void
test_json(void)
{

	ok(takes_json("{\"name\":\"ab\",\"flag\":true,\"more\":{\"x\":1}}") &&
	        strcmp(in.name, "ab") == 0 && in.flag && cJSON_IsObject(in.more) && in.nick == NULL,
	    "an object fills the struct");
	ok(!takes_json("{}") && blames("name", "missing"), "a missing member is named");
	ok(!takes_json("{\"name\":\"ab\",\"x\":1}") && blames("x", "not known"),
	    "an unknown one, too");
	ok(!takes_json("{\"name\":1}") && blames("name", "string"), "a number is no text");
	ok(!takes_json("{\"name\":null}") && blames("name", "string"), "null is no text");
	ok(takes_json("{\"name\":\"ab\",\"note\":null}") && strcmp(in.note, "") == 0,
	    "but where it may be, it clears");
	ok(!takes_json("{\"name\":\"ab\",\"flag\":\"true\"}") && blames("flag", "true or false"),
	    "a text is no truth");
	ok(!takes_json("{\"name\":\"ab\",\"more\":[]}") && blames("more", "object"),
	    "a list is no object");
	ok(read_as("application/json", "[]") == ERR_SYNTAX, "the body must be an object");
	ok(read_as("application/json", "{") == ERR_SYNTAX && req.detail != NULL,
	    "what is no JSON is said so");
}

static void
test_lengths(void)
{

	ok(!takes_json("{\"name\":\"\"}") && blames("name", "empty"), "empty is too short");
	ok(!takes_json("{\"name\":\"a\"}") && blames("name", "at least 2"), "1 is too short for 2");
	ok(takes_json("{\"name\":\"ab\"}"), "2 is not");
	ok(takes_json("{\"name\":\"abcd\"}"), "4 is not too long for 4");
	ok(!takes_json("{\"name\":\"abcde\"}") && blames("name", "at most 4"), "5 is");
	ok(!takes_json("{\"name\":\"\xc3\xa9\xc3\xa9x\"}"), "bytes count, not characters");
	ok(!takes_json("{\"name\":\"a\\tb\"}") && blames("name", "control"),
	    "controls are refused");
	ok(!takes_json("{\"name\":\"a\\u007fb\"}") && blames("name", "control"), "also U+007F");
}

static void
test_form(void)
{

	ok(takes_form("name=ab&flag=on&more=%7B%22x%22%3A1%7D&nick=") &&
	        strcmp(in.name, "ab") == 0 && in.flag && cJSON_IsObject(in.more),
	    "a form fills the struct, too");
	ok(in.nick == NULL, "an optional field left empty is absent");
	ok(takes_form("name=ab&note=") && in.note != NULL,
	    "but one that may be cleared is cleared");
	ok(!takes_form("name=") && blames("name", "empty"), "and a needed one is too short");
	ok(!takes_form("flag=no") && blames("name", "missing"), "a missing field is named");
	ok(!takes_form("name=ab&x=1") && blames("x", "not known"), "an unknown one, too");
	ok(!takes_form("name=ab&name=ab") && blames("name", "twice"),
	    "and one that is there twice");
	ok(!takes_form("name=ab&nick&nick") && blames("nick", "twice"), "even when it is empty");
	ok(takes_form("name=ab&flag=false") && !in.flag, "false is a truth");
	ok(!takes_form("name=ab&flag=maybe") && blames("flag", "true or false"), "maybe is none");
	ok(!takes_form("name=ab&more=x") && blames("more", "JSON object"), "x is no object");
	ok(!takes_form("name=ab&more=1") && blames("more", "object"), "1 is none");
	ok(read_as("application/x-www-form-urlencoded", "a=%0") == ERR_SYNTAX,
	    "a broken form is said so");
}

static void
test_numbers(void)
{
	static const char *const bad[] = { "0", "101", "-1", "1.5", "1e3", "9007199254740993",
		"1e300", "\"5\"", "true", "null" };
	char body[64];
	bool fine = true;
	size_t i;

	ok(takes_json("{\"name\":\"ab\",\"number\":1}") && in.number == 1 &&
	        takes_json("{\"name\":\"ab\",\"number\":100}") && in.number == 100 &&
	        takes_json("{\"name\":\"ab\",\"number\":1e2}") && in.number == 100,
	    "a number is taken from the least to the most");
	for (i = 0; i < COUNT(bad); i++) {
		snprintf(body, sizeof body, "{\"name\":\"ab\",\"number\":%s}", bad[i]);
		fine &= !takes_json(body) && blames("number", "whole number from 1 to 100");
	}
	ok(fine, "and nothing else is");
	ok(takes_form("name=ab&number=100") && in.number == 100 && takes_form("name=ab&number=") &&
	        in.number == 0,
	    "a form's is a number, too, and an empty one is none");
	ok(!takes_form("name=ab&number=0") && !takes_form("name=ab&number=101") &&
	        !takes_form("name=ab&number=1.5") && blames("number", "whole number"),
	    "within the same limits");
}

static void
test_errors(void)
{
	static const char many[] = "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,"
	                           "\"h\":1,\"i\":1,\"j\":1}";
	char body[512] = "{\"name\":\"ab\",\"x";
	int i;

	ok(!takes_json(many) && req.field_errors_count == REQ_FIELD_ERRORS_MAX,
	    "no more than 8 errors are kept");
	for (i = 0; i < 60; i++)
		strcat(body, "\xc3\xa9");
	strcat(body, "\":1}");
	ok(!takes_json(body) && strlen(req.field_errors[0].name) == 63,
	    "an unknown name is given back cut, and never in the midst of a character");
}

static void
test_inner(void)
{
	struct in inner = { .name = NULL };

	ok(takes_json("{\"name\":\"ab\",\"more\":{\"name\":\"cd\"}}"), "an object with one inside");
	ok(input_read_object(&req, in.more, "more", fields, COUNT(fields), &inner) == ERR_OK &&
	        strcmp(inner.name, "cd") == 0,
	    "is read by a table of its own");
	takes_json("{\"name\":\"ab\",\"more\":{\"name\":\"c\"}}");
	ok(input_read_object(&req, in.more, "more", fields, COUNT(fields), &inner) == ERR_FIELDS &&
	        blames("more.name", "at least 2"),
	    "which names its members behind the object's name");
}

int
main(void)
{

	arena = arena_new(1 << 20);
	test_json();
	test_lengths();
	test_form();
	test_numbers();
	test_errors();
	test_inner();
	json_use(NULL);
	arena_free(arena);
	return (done());
}
