/* Places in lists: there and back, and what is none. */
#include "base/cursor.h"

#include <string.h>

#include "base/err.h"
#include "check.h"

static struct arena *arena;

static bool
parses(const char *text, size_t count)
{
	const char *parts[4];

	return (cursor_parse(text, arena, parts, count));
}

static void
test_there_and_back(void)
{
	static const char *const all[][3] = {
		{ "created", "", "01890a5d-ac96-774b-bcce-b302099a8057" },
		{ "", "", "" },
		{ "-email", "kim@example.org", "x" },
		{ "Ä", "日本", "~" },
	};
	const char *parts[3], *text;
	size_t i;

	for (i = 0; i < COUNT(all); i++) {
		text = cursor_print(arena, all[i], 3);
		ok(text != NULL &&
		        strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0"
		                     "123456789-_") == strlen(text),
		    "a place needs no escapes in a URL");
		ok(cursor_parse(text, arena, parts, 3) && strcmp(parts[0], all[i][0]) == 0 &&
		        strcmp(parts[1], all[i][1]) == 0 && strcmp(parts[2], all[i][2]) == 0,
		    "and comes back as it was");
		ok(!parses(text, 2) && !parses(text, 4), "with as many parts, no more, no fewer");
	}
}

static void
test_refusals(void)
{
	static char long_text[4000];

	ok(!parses("!", 1) && !parses("YQ==", 1) && !parses("a", 1), "what is no base64 is none");
	ok(parses("YQ", 1) && !parses("YQ ", 1) && !parses("YR", 1), "in one way only");
	ok(!parses("AA", 1) && !parses("YQBi", 1), "nor what has a NUL");
	ok(!parses("CQ", 1) && !parses("fw", 1), "or a control character");
	ok(!parses("_w", 1) && !parses("wA", 1), "or is no UTF-8");
	memset(long_text, 'A', sizeof long_text - 1);
	ok(!parses(long_text, 1), "or is longer than any");
	ok(parses("", 1) && !parses("", 2), "an empty one has one empty part");
}

int
main(void)
{

	if ((arena = arena_new(1 << 20)) == NULL)
		return (1);
	test_there_and_back();
	test_refusals();
	arena_free(arena);
	return (done());
}
