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
	struct cJSON *more;
<<<<<<< HEAD
	int64_t number;
	struct text_list list;
=======
	int64_t days;
>>>>>>> 0b60da7 (docs: the audit log's chain, heads, proof, retention and limits; http: numbers as fields are tested)
};

static const struct field fields[] = {
	{ "name", FIELD_TEXT, offsetof(struct in, name), 2, 4, 0 },
	{ "nick", FIELD_TEXT, offsetof(struct in, nick), 1, 4, FIELD_OPTIONAL },
	{ "note", FIELD_TEXT, offsetof(struct in, note), 0, 4, FIELD_OPTIONAL | FIELD_NULLABLE },
	{ "flag", FIELD_BOOL, offsetof(struct in, flag), 0, 0, FIELD_OPTIONAL },
	{ "more", FIELD_OBJECT, offsetof(struct in, more), 0, 0, FIELD_OPTIONAL },
<<<<<<< HEAD
	{ "number", FIELD_NUMBER, offsetof(struct in, number), 1, 9, FIELD_OPTIONAL },
	{ "list", FIELD_TEXTS, offsetof(struct in, list), 2, 4, FIELD_OPTIONAL },
=======
	{ "days", FIELD_NUMBER, offsetof(struct in, days), 3, 500,
	    FIELD_OPTIONAL | FIELD_NULLABLE },
>>>>>>> 0b60da7 (docs: the audit log's chain, heads, proof, retention and limits; http: numbers as fields are tested)
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
test_numbers(void)
{
	static const char *const bad[] = { "2", "501", "3.5", "-3", "\"3\"", "true", "1e300",
		"1e-300", "[]", "9007199254740993" };
	char body[128];
	bool all = true;
	size_t i;

	ok(takes_json("{\"name\":\"ab\",\"days\":3}") && in.days == 3 &&
	        takes_json("{\"name\":\"ab\",\"days\":5e2}") && in.days == 500,
	    "whole numbers from 3 to 500");
	ok(takes_json("{\"name\":\"ab\",\"days\":null}") && in.days == 0, "null is 0");
	for (i = 0; i < COUNT(bad); i++) {
		snprintf(body, sizeof body, "{\"name\":\"ab\",\"days\":%s}", bad[i]);
		all = all && !takes_json(body) && blames("days", "from 3 to 500");
	}
	ok(all, "no other, and no text");
	ok(takes_form("name=ab&days=3") && in.days == 3 && takes_form("name=ab&days=") &&
	        in.days == 0 && !takes_form("name=ab&days=2") && blames("days", "from 3 to 500") &&
	        !takes_form("name=ab&days=3x"),
	    "the same in a form");
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

	ok(takes_json("{\"name\":\"ab\",\"number\":1}") && in.number == 1, "1 is in 1 to 9");
	ok(takes_json("{\"name\":\"ab\",\"number\":9}") && in.number == 9, "9 is, too");
	ok(takes_json("{\"name\":\"ab\"}") && in.number == 0, "absent is 0");
	ok(!takes_json("{\"name\":\"ab\",\"number\":0}") && blames("number", "from 1 to 9"),
	    "0 is not");
	ok(!takes_json("{\"name\":\"ab\",\"number\":10}") && blames("number", "from 1 to 9"),
	    "nor 10");
	ok(!takes_json("{\"name\":\"ab\",\"number\":1.5}") && blames("number", "whole"),
	    "nor a part");
	ok(!takes_json("{\"name\":\"ab\",\"number\":\"1\"}") && blames("number", "whole"),
	    "nor a text");
	ok(!takes_json("{\"name\":\"ab\",\"number\":1e300}") && blames("number", "whole"),
	    "nor what fits no integer");
	ok(takes_form("name=ab&number=9") && in.number == 9, "a form has numbers, too");
	ok(takes_form("name=ab&number=") && in.number == 0, "an empty one is absent");
	ok(!takes_form("name=ab&number=x") && blames("number", "whole"), "x is none");
	ok(!takes_form("name=ab&number=10") && blames("number", "whole"), "10 is too many");
}

/* Is the list ${count} texts, the last ${last}? */
static bool
has_texts(size_t count, const char *last)
{

	return (in.list.items != NULL && in.list.count == count &&
	        (count == 0 || strcmp(in.list.items[count - 1], last) == 0));
}

static void
test_lists(void)
{
	char body[512] = "{\"name\":\"ab\",\"list\":[\"ab\"";
	int i;

	ok(takes_json("{\"name\":\"ab\",\"list\":[\"ab\",\"abcd\"]}") && has_texts(2, "abcd"),
	    "a list has texts");
	ok(takes_json("{\"name\":\"ab\",\"list\":[]}") && has_texts(0, NULL), "or none");
	ok(takes_json("{\"name\":\"ab\"}") && in.list.items == NULL, "or is absent");
	ok(!takes_json("{\"name\":\"ab\",\"list\":\"ab\"}") && blames("list", "a list"),
	    "a text is none");
	ok(!takes_json("{\"name\":\"ab\",\"list\":{}}") && blames("list", "a list"),
	    "nor an object");
	ok(!takes_json("{\"name\":\"ab\",\"list\":[\"ab\",1]}") && blames("list[1]", "string"),
	    "a number in it is named");
	ok(!takes_json("{\"name\":\"ab\",\"list\":[\"a\",\"ab\"]}") &&
	        blames("list[0]", "at least 2"),
	    "so is one too short");
	ok(!takes_json("{\"name\":\"ab\",\"list\":[\"ab\",\"abcde\"]}") &&
	        blames("list[1]", "at most 4"),
	    "and one too long");
	for (i = 1; i < 64; i++)
		strcat(body, ",\"ab\"");
	strcat(body, "]}");
	ok(takes_json(body) && has_texts(64, "ab"), "64 are not too many");
	body[strlen(body) - 2] = '\0';
	strcat(body, ",\"ab\"]}");
	ok(!takes_json(body) && blames("list", "at most 64"), "65 are");
	ok(takes_form("name=ab&list=ab++cd+") && has_texts(2, "cd"),
	    "in a form spaces separate them");
	ok(takes_form("name=ab&list=") && has_texts(0, NULL), "an empty one is empty");
	ok(!takes_form("name=ab&list=ab+c") && blames("list[1]", "at least 2"),
	    "and each is looked at");
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
	test_numbers();
	test_lengths();
	test_form();
	test_numbers();
	test_lists();
	test_errors();
	test_inner();
	json_use(NULL);
	arena_free(arena);
	return (done());
}
