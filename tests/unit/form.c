/* Forms and queries: what they decode to, and what is refused. */
#include "http/form.h"

#include <string.h>

#include "check.h"

static struct arena *arena;
static struct form form;

static enum err
parse(const char *text)
{

	return (form_parse(text, strlen(text), arena, &form));
}

static bool
is_pair(size_t i, const char *name, const char *value)
{

	return (i < form.count && strcmp(form.pairs[i].name, name) == 0 &&
	        strcmp(form.pairs[i].value, value) == 0);
}

static void
test_good(void)
{

	ok(parse("") == ERR_OK && form.count == 0, "nothing is a form without pairs");
	ok(parse("a=1&b=2") == ERR_OK && is_pair(0, "a", "1") && is_pair(1, "b", "2"),
	    "pairs are parted by &");
	ok(parse("a=b=c") == ERR_OK && is_pair(0, "a", "b=c"), "the first = ends the name");
	ok(parse("a") == ERR_OK && is_pair(0, "a", ""), "a name alone has the value nothing");
	ok(parse("=x") == ERR_OK && is_pair(0, "", "x"), "a value alone has the name nothing");
	ok(parse("&&a=1&") == ERR_OK && form.count == 1, "empty pieces are passed over");
	ok(parse("a+b=c%20d%2B") == ERR_OK && is_pair(0, "a b", "c d+"), "+ and %20 are spaces");
	ok(parse("a=%c3%A9") == ERR_OK && is_pair(0, "a", "\xc3\xa9"), "escapes make UTF-8");
	ok(parse("a=%0a") == ERR_OK && is_pair(0, "a", "\n"), "a control is for others to refuse");
}

static void
test_bad(void)
{

	ok(parse("a=%4") == ERR_SYNTAX, "an escape of one digit is refused");
	ok(parse("a=%") == ERR_SYNTAX, "one of none, too");
	ok(parse("a=%4&b=1") == ERR_SYNTAX, "an escape does not reach into the next pair");
	ok(parse("a=%zz") == ERR_SYNTAX, "other digits are refused");
	ok(parse("a=b%00c") == ERR_SYNTAX, "an escaped NUL is refused");
	ok(parse("a%00=b") == ERR_SYNTAX, "in a name, too");
	ok(form_parse("a=b\0c", 5, arena, &form) == ERR_SYNTAX, "a NUL as it is, too");
	ok(parse("a=%c3%28") == ERR_SYNTAX, "what is not UTF-8 is refused");
	ok(parse("\xff=1") == ERR_SYNTAX, "in a name, too");
}

static void
test_limits(void)
{
	char text[FORM_PAIRS_MAX * 4 + 8] = "";
	struct arena *small = arena_new(4);
	int i;

	for (i = 0; i < FORM_PAIRS_MAX; i++)
		strcat(text, "a=1&");
	ok(parse(text) == ERR_OK && form.count == FORM_PAIRS_MAX, "64 pairs are taken");
	strcat(text, "a=1");
	ok(parse(text) == ERR_SYNTAX, "65 are not");
	ok(form_parse("a=longer", 8, small, &form) != ERR_OK, "a full arena takes nothing");
	arena_free(small);
}

static void
test_get(void)
{
	bool repeated;

	ok(parse("a=1&b=2&a=3&c&c") == ERR_OK, "a form with a name twice can be parsed");
	ok(strcmp(form_get(&form, "a", &repeated), "1") == 0 && repeated,
	    "its first value is got, and that there are more");
	ok(strcmp(form_get(&form, "b", &repeated), "2") == 0 && !repeated, "one value is one");
	ok(form_get(&form, "x", &repeated) == NULL && !repeated, "none is none");
	ok(form_get(&form, "c", &repeated) == form.pairs[3].value && repeated &&
	        form.pairs[3].value != form.pairs[4].value,
	    "two that are empty are two");
}

int
main(void)
{

	arena = arena_new(1 << 20);
	test_good();
	test_bad();
	test_limits();
	test_get();
	arena_free(arena);
	return (done());
}
