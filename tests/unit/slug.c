/* Slugs: which may be chosen, and those made of names. */
#include "access/slug.h"

#include <string.h>

#include "check.h"

#define ID "01890a5d-ac96-774b-bcce-b302099a8057"

static bool
makes(const char *name, const char *wanted)
{
	char slug[SLUG_SIZE];

	slug_make(name, ID, slug);
	return (strcmp(slug, wanted) == 0 && slug_ok(slug));
}

static void
test_chosen(void)
{
	static const char longest[] =
	    "a23456789012345678901234567890123456789012345678901234567890123";

	ok(slug_ok("ab") && slug_ok("1-a") && slug_ok("a--b"), "letters, digits and hyphens");
	ok(slug_ok(longest) && strlen(longest) == 63, "63 of them");
	ok(!slug_ok(""), "none is not enough");
	ok(!slug_ok("a"), "nor is one");
	ok(!slug_ok("a234567890123456789012345678901234567890123456789012345678901234"),
	    "64 are too many");
	ok(!slug_ok("-a") && !slug_ok("a-"), "a hyphen is neither first nor last");
	ok(!slug_ok("Ab") && !slug_ok("a_b") && !slug_ok("a b") &&
	        !slug_ok("\xc3\xa4"
	                 "b"),
	    "and nothing else is taken");
}

static void
test_made(void)
{

	ok(makes("Chess Club", "chess-club-b302099a8057"), "of letters and what is between");
	ok(makes("  --A&&B!  ", "a-b-b302099a8057"), "never with a hyphen at an end, or two");
	ok(makes("\xe6\x9d\xb1\xe4\xba\xac", "org-b302099a8057"), "of no letters, too");
	ok(makes("", "org-b302099a8057"), "of nothing");
	ok(makes("0123456789 123456789 123456789 12345678 0123",
	       "0123456789-123456789-123456789-12345678-b302099a8057"),
	    "cut, and no hyphen is left by that");
}

int
main(void)
{

	test_chosen();
	test_made();
	return (done());
}
