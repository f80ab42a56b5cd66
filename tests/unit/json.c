/* JSON: every refusal, and writing. */
#include "http/json.h"

#include <string.h>

#include <cjson/cJSON.h>

#include "check.h"

static struct arena *arena;
static const char *detail;
static cJSON *json;

static enum err
parse(const char *text)
{

	return (json_parse(text, strlen(text), arena, &json, &detail));
}

/* Is ${text} refused, and for the reason that has ${reason} in it? */
static bool
refuses(const char *text, const char *reason)
{

	return (parse(text) == ERR_SYNTAX && detail != NULL && strstr(detail, reason) != NULL);
}

/* ${count} times ${text} behind ${start}, then ${end}. */
static const char *
repeat(const char *start, const char *text, int count, const char *end)
{
	static char all[16384];

	snprintf(all, sizeof all, "%s", start);
	while (count-- > 0)
		strcat(all, text);
	return (strcat(all, end));
}

static void
test_good(void)
{

	ok(parse("{\"a\":[1,-2.5e-3,true,false,null,\"x\"]}") == ERR_OK, "JSON is taken");
	ok(parse(" \t\r\n{} \t\r\n") == ERR_OK, "white space around it, too");
	ok(parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\udd11\"") == ERR_OK &&
	        strcmp(json->valuestring, "\"\\/\b\f\n\r\t\xc3\xa9\xf0\x9f\x94\x91") == 0,
	    "every escape is read");
	ok(parse("\"\\\\u0000\"") == ERR_OK && strcmp(json->valuestring, "\\u0000") == 0,
	    "an escaped backslash before u0000 is no NUL");
	ok(parse("\xef\xbb\xbf{}") == ERR_OK, "a byte order mark may stand in front");
	ok(parse("[0,-0,10,1e5,1E+5,1e308]") == ERR_OK, "numbers are taken");
}

static void
test_bad_text(void)
{

	ok(refuses("{\"a\":\"\xff\"}", "UTF-8"), "what is not UTF-8 is refused");
	ok(refuses("{\"a\":\"admin\\u0000evil\"}", "U+0000"), "the escape \\u0000 is refused");
	ok(refuses("{\"a\\u0000\":1}", "U+0000"), "in a name, too");
	ok(refuses("\"a\nb\"", "control"), "a line break in a string is refused");
	ok(json_parse("\"a\0b\"", 5, arena, &json, &detail) == ERR_SYNTAX, "so is a NUL");
	ok(json_parse("{}\0", 3, arena, &json, &detail) == ERR_SYNTAX, "also behind the value");
	ok(refuses("{\v}", "control"), "so is a control as white space");
	ok(refuses("\"admin\\uzzzzevil\"", "escape"), "so is \\u without digits");
	ok(refuses("\"\\u00e\"", "escape"), "or with three");
	ok(refuses("\"\\ud83d\"", "valid JSON"), "so is half a surrogate pair");
	ok(refuses("\"\\x41\"", "valid JSON"), "so is an escape that JSON does not know");
	ok(refuses("\"a", "valid JSON"), "so is a string without its end");
}

static void
test_bad_numbers(void)
{

	ok(refuses("01", "number"), "a number with a zero in front is refused");
	ok(refuses("1.", "number"), "one that ends with a point");
	ok(refuses("-.5", "number"), "one that begins with it");
	ok(refuses("-", "number"), "a minus alone");
	ok(refuses("[1e]", "number"), "an exponent without digits");
	ok(refuses("1-2", "number"), "two numbers in one");
	ok(refuses("1e999", "too large"), "infinity");
	ok(refuses("{\"a\":[-1.8e308]}", "too large"), "also below zero, and inside");
	ok(refuses("+1", "valid JSON"), "a plus in front");
}

static void
test_bad_shape(void)
{

	ok(refuses("", "valid JSON"), "nothing is refused");
	ok(refuses("{", "valid JSON"), "half an object");
	ok(refuses("{} x", "valid JSON"), "anything after the value");
	ok(refuses("{}{}", "valid JSON"), "a second value");
	ok(refuses("{\"a\":1,}", "valid JSON"), "a comma too many");
	ok(refuses("[1 2]", "valid JSON"), "a comma too few");
	ok(refuses("{'a':1}", "valid JSON"), "single quotes");
	ok(refuses("{a:1}", "valid JSON"), "a name without quotes");
	ok(refuses("NULL", "valid JSON"), "words in capitals");
	ok(refuses("{\"a\":1,\"a\":2}", "\"a\" is there twice"), "a member twice is refused");
	ok(refuses("{\"a\":1,\"\\u0061\":2}", "\"a\" is there twice"), "however it is written");
	ok(refuses("[{\"b\":{\"c\":1,\"c\":1}}]", "\"c\" is there twice"), "however deep");
	ok(parse("{\"a\":1,\"A\":2}") == ERR_OK, "but names that differ in case are two");
}

static void
test_limits(void)
{

	ok(parse("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]") == ERR_OK,
	    "32 levels are taken");
	ok(refuses(repeat("", "[", 33, "]"), "deep"), "33 are not");
	ok(parse(repeat("[0", ",0", 255, "]")) == ERR_OK, "256 items are taken");
	ok(refuses(repeat("[0", ",0", 256, "]"), "too many"), "257 are not");
	ok(parse(repeat("[[]", ",[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]", 255, "]")) == ERR_OK,
	    "some 4,000 values are taken");
	ok(refuses(
	       repeat("[[]", ",[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]", 255, "]"), "too many values"),
	    "more than 4,096 are not");
}

static void
test_full_arena(void)
{
	struct arena *small = arena_new(256);
	const char *text = "{\"a\":1,\"b\":2,\"c\":[1,2,3,4,5,6,7,8,9]}";
	char one[] = "a", other[] = "b", *const texts[] = { one, other, one, other };
	struct json j;

	ok(json_parse(text, strlen(text), small, &json, &detail) != ERR_OK,
	    "what does not fit the arena is refused");
	arena_reset(small);
	j = json_object(small);
	json_add_text(&j, "a", "x");
	json_add_texts(&j, "b", texts, COUNT(texts));
	json_add_bool(&j, "c", true);
	ok(json_print(&j) == NULL, "an object that did not fit is not printed at all");
	arena_free(small);
}

static void
test_writing(void)
{
	struct json j = json_object(arena), item = json_object(arena);
	char one[] = "a", other[] = "b", *const texts[] = { one, other };
	struct cJSON *list;

	json_add_text(&j, "text", "\"\n\x7f\xc3\xa9");
	json_add_text(&j, "none", NULL);
	json_add_number(&j, "number", 9007199254740991);
	json_add_bool(&j, "yes", true);
	json_add_time(&j, "at", 1769860800007);
	json_add_raw(&j, "raw", "{\"x\":[]}");
	json_add_texts(&j, "texts", texts, COUNT(texts));
	list = json_add_array(&j, "items");
	json_add_number(&item, "n", 1);
	json_append(&j, list, &item);
	ok(strcmp(json_print(&j), "{\"text\":\"\\\"\\n\x7f\xc3\xa9\",\"none\":null,"
	                          "\"number\":9007199254740991,\"yes\":true,"
	                          "\"at\":\"2026-01-31T12:00:00.007Z\",\"raw\":{\"x\":[]},"
	                          "\"texts\":[\"a\",\"b\"],\"items\":[{\"n\":1}]}") == 0,
	    "an object is written");
}

static bool
prints_same(const char *text)
{
	char *printed;

	return (parse(text) == ERR_OK && (printed = json_print_tree(json, arena)) != NULL &&
	        strcmp(printed, text) == 0);
}

static void
test_numbers(void)
{

	ok(prints_same("[9007199254740991,-9007199254740991,1234567890123456]"),
	    "whole numbers up to 2^53 print as they came");
	ok(prints_same("[0.1,0.30000000000000004,-0,1.7976931348623157e+308]"),
	    "the others to the last digit");
	ok(prints_same("{\"a\":{\"b\":[1,\"x\",true,null,{}]}}"), "wherever they are");
}

/* store_write() may run another request's work, with JSON of its own, in this thread. */
static void
test_two_arenas(void)
{
	struct arena *other = arena_new(4096);
	struct json mine = json_object(arena), theirs;
	char *text;

	theirs = json_object(other);
	json_add_text(&theirs, "a", "theirs");
	json_add_text(&mine, "a", "mine");
	arena_free(other);
	json_add_number(&mine, "b", 1);
	text = json_print(&mine);
	ok(text != NULL && strcmp(text, "{\"a\":\"mine\",\"b\":1}") == 0,
	    "an object stays in its arena while another is begun and gone");
}

/* What ${patch} makes of ${target}. */
static bool
merges(const char *target, const char *patch, const char *wanted)
{
	cJSON *all, *change;

	if (parse(target) != ERR_OK)
		return (false);
	all = json;
	if (parse(patch) != ERR_OK)
		return (false);
	change = json;
	return (json_merge(all, change, arena) && strcmp(json_print_tree(all, arena), wanted) == 0);
}

/* The examples of RFC 7396 appendix A that are objects. */
static void
test_merge(void)
{

	ok(merges("{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"), "a member is replaced");
	ok(merges("{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}"), "or added");
	ok(merges("{\"a\":\"b\"}", "{\"a\":null}", "{}"), "null takes it away");
	ok(merges("{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}"),
	    "and leaves the others");
	ok(merges("{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"), "a list is replaced");
	ok(merges("{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}"), "by a list, too");
	ok(merges("{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}",
	       "{\"a\":{\"b\":\"d\"}}"),
	    "objects are merged inside");
	ok(merges("{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}"), "lists are not");
	ok(merges("{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}"),
	    "a null that was there stays");
	ok(merges("{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}"),
	    "no null is added, however deep");
	ok(merges("{}", "{\"a\":[null,{\"b\":null}]}", "{\"a\":[null,{\"b\":null}]}"),
	    "but in lists");
	ok(merges("{\"a\":\"foo\"}", "{\"a\":{\"b\":{\"c\":null,\"d\":1}}}",
	       "{\"a\":{\"b\":{\"d\":1}}}"),
	    "an object replaces what is none");
	ok(merges("{\"A\":1}", "{\"a\":null}", "{\"A\":1}"), "names have a case");
}

static void
test_within(void)
{

	ok(parse("{\"a\":[1,2]}") == ERR_OK && json_within(json, 3, 3),
	    "so many values are within");
	ok(!json_within(json, 2, 3), "one less is not enough");
	ok(!json_within(json, 3, 2), "nor is one level less");
}

int
main(void)
{

	arena = arena_new(1 << 20);
	test_good();
	test_bad_text();
	test_bad_numbers();
	test_bad_shape();
	test_limits();
	test_full_arena();
	test_writing();
	test_numbers();
	test_two_arenas();
	json_use(NULL);
	test_merge();
	test_within();
	arena_free(arena);
	return (done());
}
