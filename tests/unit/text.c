/* Text: what is UTF-8, what is a number. */
#include "base/text.h"

#include <string.h>

#include "base/err.h"
#include "check.h"

#define UTF8(bytes) text_utf8_ok(bytes, sizeof bytes - 1)

static void
test_utf8_good(void)
{

	ok(UTF8(""), "nothing is UTF-8");
	ok(UTF8("a\0b"), "a NUL is UTF-8");
	ok(UTF8("\x7f"), "U+007F is");
	ok(UTF8("\xc2\x80"), "U+0080 is");
	ok(UTF8("\xdf\xbf"), "U+07FF is");
	ok(UTF8("\xe0\xa0\x80"), "U+0800 is");
	ok(UTF8("\xed\x9f\xbf"), "U+D7FF, before the surrogates, is");
	ok(UTF8("\xee\x80\x80"), "U+E000, after the surrogates, is");
	ok(UTF8("\xef\xbf\xbf"), "U+FFFF is");
	ok(UTF8("\xf0\x90\x80\x80"), "U+10000 is");
	ok(UTF8("\xf4\x8f\xbf\xbf"), "U+10FFFF is");
	ok(UTF8("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x94\x91z"), "a mixture is");
}

static void
test_utf8_bad(void)
{

	ok(!UTF8("\x80"), "a continuation alone is not UTF-8");
	ok(!UTF8("\xc0\x80"), "an overlong NUL is not");
	ok(!UTF8("\xc1\xbf"), "an overlong U+007F is not");
	ok(!UTF8("\xe0\x9f\xbf"), "an overlong U+07FF is not");
	ok(!UTF8("\xf0\x8f\xbf\xbf"), "an overlong U+FFFF is not");
	ok(!UTF8("\xed\xa0\x80"), "the first surrogate is not");
	ok(!UTF8("\xed\xbf\xbf"), "the last surrogate is not");
	ok(!UTF8("\xf4\x90\x80\x80"), "U+110000 is not");
	ok(!UTF8("\xf5\x80\x80\x80"), "the lead F5 is not");
	ok(!UTF8("\xff"), "FF is not");
	ok(!UTF8("\xc3"), "two bytes cut to one are not");
	ok(!UTF8("\xe2\x82"), "three cut to two are not");
	ok(!UTF8("\xf0\x9f\x94"), "four cut to three are not");
	ok(!UTF8("\xc3("), "a lead without its continuation is not");
	ok(!UTF8("\xe2\x82("), "nor without its last");
	ok(!text_utf8_ok("\xc3\xa9", 1), "bytes beyond the length don't count");
}

static void
test_controls(void)
{

	ok(text_control_free(""), "nothing has no control");
	ok(text_control_free(" ~\xc3\xa9"), "a space, a tilde and an e with accent have none");
	ok(!text_control_free("a\x1f"), "U+001F is one");
	ok(!text_control_free("a\nb"), "so is a line break");
	ok(!text_control_free("\x7f"), "so is U+007F");
}

static void
test_cut(void)
{

	ok(text_cut("", 0) == 0, "nothing cut is nothing");
	ok(text_cut("abc", 3) == 3, "what fits is kept whole");
	ok(text_cut("abc", 2) == 2, "what does not is cut");
	ok(text_cut("a\xc3\xa9", 2) == 1, "not in the midst of two bytes");
	ok(text_cut("a\xf0\x9f\x94\x91", 4) == 1, "nor of four");
	ok(text_cut("\xf0\x9f\x94\x91z", 4) == 4, "but right behind them");
}

static bool
is_number(const char *text, int64_t min, int64_t max, int64_t wanted)
{
	int64_t number = -77;

	return (text_number(text, min, max, &number) && number == wanted);
}

static bool
no_number(const char *text, int64_t min, int64_t max)
{
	int64_t number = -77;

	return (!text_number(text, min, max, &number) && number == -77);
}

static void
test_numbers(void)
{

	ok(is_number("0", 0, 10, 0), "0 is a number");
	ok(is_number("10", 0, 10, 10), "so is the largest allowed");
	ok(no_number("11", 0, 10), "one more is refused");
	ok(is_number("-5", -5, 10, -5), "so is the smallest allowed");
	ok(no_number("-6", -5, 10), "one less is refused");
	ok(is_number("9223372036854775807", 0, INT64_MAX, INT64_MAX), "the largest of all is one");
	ok(no_number("9223372036854775808", 0, INT64_MAX), "more overflows and is refused");
	ok(no_number("", 0, 10), "nothing is no number");
	ok(no_number(NULL, 0, 10), "nor is NULL");
	ok(no_number(" 1", 0, 10), "nor is one behind a space");
	ok(no_number("1 ", 0, 10), "or before one");
	ok(no_number("+1", 0, 10), "nor is +1");
	ok(no_number("-", -5, 10), "nor is a minus alone");
	ok(no_number("1.0", 0, 10), "nor is 1.0");
	ok(no_number("0x1", 0, 10), "nor is 0x1");
}

static void
test_letters(void)
{
	char text[] = "AZaz@[`{\xc3\x89";

	text_lower(text);
	ok(strcmp(text, "azaz@[`{\xc3\x89") == 0, "only ASCII letters become small");
	ok(text_starts("abc", "ab") && text_starts("ab", "ab") && text_starts("ab", ""),
	    "a text begins with its beginnings");
	ok(!text_starts("a", "ab") && !text_starts(NULL, "a"), "and with nothing else");
	ok(text_same_nocase("Origin", "oRIGIN"), "case may be ignored");
	ok(!text_same_nocase("a", "ab") && !text_same_nocase(NULL, NULL) &&
	        !text_same_nocase("a", NULL),
	    "but NULL equals nothing");
}

static void
test_errors(void)
{
	unsigned int i, j;
	bool whole = true, unique = true;

	for (i = 0; i < ERR_COUNT; i++) {
		whole &= err_status((enum err)i) >= 200 && err_slug((enum err)i) != NULL &&
		         err_title((enum err)i) != NULL;
		for (j = 0; j < i; j++)
			unique &= strcmp(err_slug((enum err)i), err_slug((enum err)j)) != 0;
	}
	ok(whole, "every error has a status, a slug and a title");
	ok(unique, "and no slug stands for two");
	ok(err_status((enum err)ERR_COUNT) == 500, "what is no error is an internal one");
}

int
main(void)
{

	test_utf8_good();
	test_utf8_bad();
	test_controls();
	test_cut();
	test_numbers();
	test_letters();
	test_errors();
	return (done());
}
