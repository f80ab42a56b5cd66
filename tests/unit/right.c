/* Permissions: how they are written, and what covers what. */
#include "access/right.h"

#include <string.h>

#include "base/clock.h"
#include "check.h"

static void
test_form(void)
{
	char name[200];

	ok(right_ok("posts:read") && right_ok("*:*") && right_ok("a.b-c_1:*"),
	    "rights are two parts");
	ok(!right_ok("") && !right_ok(":") && !right_ok("posts") && !right_ok("posts:") &&
	        !right_ok(":read") && !right_ok("a:b:c"),
	    "no fewer and no more");
	ok(!right_ok("Posts:read") && !right_ok("po sts:read") && !right_ok("posts:re*d") &&
	        !right_ok("**:read") && !right_ok("posts:r\nx"),
	    "of few characters, or one star");
	snprintf(name, sizeof name, "%064d:%064d", 0, 0);
	ok(right_ok(name), "64 bytes each are a right");
	snprintf(name, sizeof name, "%065d:%d", 0, 0);
	ok(!right_ok(name), "65 are not");
	snprintf(name, sizeof name, "%d:%065d", 0, 0);
	ok(!right_ok(name), "on neither side");
	ok(right_role_ok("ab") && right_role_ok("a-1") && !right_role_ok("a") &&
	        !right_role_ok("1a") && !right_role_ok("*") && !right_role_ok("a:b"),
	    "a role is called so or so");
}

static void
test_cover(void)
{

	ok(right_covers("posts:read", "posts:read"), "a right covers itself");
	ok(!right_covers("posts:read", "posts:write") && !right_covers("posts:read", "users:read"),
	    "and no other");
	ok(!right_covers("posts:read", "posts:reader") &&
	        !right_covers("posts:reader", "posts:read") &&
	        !right_covers("post:read", "posts:read"),
	    "nor one that begins like it");
	ok(right_covers("posts:*", "posts:write") && right_covers("*:read", "users:read") &&
	        right_covers("*:*", "a:b"),
	    "a star covers anything");
	ok(!right_covers("posts:*", "users:write") && !right_covers("*:read", "users:write"),
	    "on its side");
	ok(!right_covers("posts:read", "posts:*") && !right_covers("posts:*", "*:*") &&
	        right_covers("*:*", "*:*") && right_covers("posts:*", "posts:*"),
	    "but only a star covers a star");
	ok(!right_covers("", "a:b") && !right_covers("a:b", "") && !right_covers("a", "a"),
	    "what is no right covers nothing");
}

static bool
reads(const char *text, int64_t wanted)
{
	int64_t at = -1;

	return (clock_parse(text, &at) && at == wanted);
}

static bool
refuses(const char *text)
{
	int64_t at;

	return (!clock_parse(text, &at));
}

static void
test_time(void)
{

	ok(reads("1970-01-01T00:00:00Z", 0) && reads("2026-11-21T12:34:56Z", 1795264496000),
	    "a time is read");
	ok(reads("2026-11-21T12:34:56.7Z", 1795264496700) &&
	        reads("2026-11-21T12:34:56.789Z", 1795264496789),
	    "with up to three digits of a second");
	ok(refuses("2026-11-21T12:34:56.Z") && refuses("2026-11-21T12:34:56.7890Z"),
	    "not with none or four");
	ok(reads("2028-02-29T00:00:00Z", 1835395200000) && refuses("2027-02-29T00:00:00Z") &&
	        refuses("2026-04-31T00:00:00Z") && refuses("2026-13-01T00:00:00Z") &&
	        refuses("2026-00-01T00:00:00Z") && refuses("2026-01-01T24:00:00Z") &&
	        refuses("2026-01-01T00:60:00Z") && refuses("2026-01-01T00:00:60Z"),
	    "only of days and hours that there are");
	ok(refuses("") && refuses("2026-11-21") && refuses("2026-11-21T12:34:56") &&
	        refuses("2026-11-21T12:34:56+01:00") && refuses("2026-11-21 12:34:56Z") &&
	        refuses("2026-11-21T12:34:56Zx") && refuses("-026-11-21T12:34:56Z") &&
	        refuses("1969-12-31T23:59:59Z") && refuses("2026-11-21T12:34:5 Z"),
	    "and only in this form");
}

int
main(void)
{

	test_form();
	test_cover();
	test_time();
	return (done());
}
