/* The guard's rules as text, and the limits of what a rule may be. */
#include "access/guard_rule.h"

#include <string.h>

#include "access/guard.h"
#include "check.h"

static struct arena *arena;
static char why[GUARD_MESSAGE_SIZE];

/* ${text} is a rule, and printed as ${wanted}. */
static bool
is_rule(const char *text, const char *wanted)
{
	struct guard_rule rule;
	char *printed;

	arena_reset(arena);
	return (guard_rule_parse(text, arena, &rule, why) == ERR_OK &&
	        guard_rule_print(&rule, arena, &printed) == ERR_OK && strcmp(printed, wanted) == 0);
}

static bool
is_none(const char *text, const char *part)
{
	struct guard_rule rule;

	arena_reset(arena);
	return (
	    guard_rule_parse(text, arena, &rule, why) == ERR_FIELDS && strstr(why, part) != NULL);
}

/* ${head}, then ${count} times ${word}. */
static const char *
repeat(const char *head, const char *word, int count)
{
	static char text[4096];
	char *to = stpcpy(text, head);

	while (count-- > 0)
		to = stpcpy(to, word);
	return (text);
}

static void
test_read(void)
{

	ok(is_rule("/ guest", "/ guest"), "everything for everybody");
	ok(is_rule("  /a/b/ \t user ", "/a/b user"), "spaces and a last slash are nothing");
	ok(is_rule("Intern.Example.ORG/ user", "intern.example.org/ user"),
	    "hosts in small letters");
	ok(is_rule("*.example.org/x user", "*.example.org/x user"), "all below a name");
	ok(is_rule("/ GET,POST user", "/ GET,POST user"), "methods");
	ok(is_rule("/ from:10.1.2.3/8 mfa:5 role:a1 user", "/ role:a1 user mfa:5 from:10.0.0.0/8"),
	    "words in one order");
	ok(is_rule("/ \"group:A b\" group:C permission:*:read org:ab",
	       "/ \"group:A b\" group:C permission:*:read org:ab"),
	    "names");
	ok(is_rule("\"/a b\" user", "\"/a b\" user"), "a path with a space");
}

static void
test_refused(void)
{

	ok(is_none("", "path") && is_none("user", "path"), "no path");
	ok(is_none("/", "who is let in") && is_none("/ GET", "who is let in"), "nobody named");
	ok(is_none("/a//b user", "path") && is_none("/a/../b user", "path") &&
	        is_none("/%61 user", "path"),
	    "paths that no request has");
	ok(is_none("/%2e user", "path") && is_none("/a;b user", "path") &&
	        is_none("/a?b user", "path"),
	    "escapes and queries");
	ok(is_none("a_b/ user", "host") && is_none("-a/ user", "host") &&
	        is_none("a..b/ user", "host") && is_none("a:80/ user", "host") &&
	        is_none("http://a/ user", "scheme") && is_none("*./ user", "host") &&
	        is_none("a.*.b/ user", "host"),
	    "names that no host has");
	ok(is_none("/ HEAD user", "GET") && is_none("/ GET,,POST user", "methods") &&
	        is_none("/ get user", "get"),
	    "methods that are none");
	ok(is_none("/ all", "all") && is_none("/ role:", "role") && is_none("/ role:A", "role") &&
	        is_none("/ permission:x", "permission") && is_none("/ org:-", "org") &&
	        is_none("/ group:", "group"),
	    "words that are none");
	ok(is_none("/ \"user", "quote") && is_none("/ a\"b\"", "quote") &&
	        is_none("/ \"user\"x", "quote"),
	    "quotes that do not fit");
	ok(is_none("/ user mfa:5 mfa:6", "twice") && is_none("/ user from:x", "from:"),
	    "conditions");
}

static void
test_limits(void)
{

	ok(is_rule("/ user mfa:1", "/ user mfa:1") &&
	        is_rule("/ user mfa:43200", "/ user mfa:43200"),
	    "a minute to 30 days");
	ok(is_none("/ user mfa:0", "mfa:") && is_none("/ user mfa:43201", "mfa:"), "no others");
	ok(is_rule(repeat("/ A", ",A", 7), "") == false &&
	        is_none(repeat("/ A", ",A", 8), "methods"),
	    "8 methods, not 9");
	ok(!is_none(repeat("/", " user", 32), "at most") &&
	        is_none(repeat("/", " user", 33), "at most"),
	    "32 words, not 33");
	ok(!is_none(repeat("/ user", " from:10.0.0.1", 32), "at most") &&
	        is_none(repeat("/ user", " from:10.0.0.1", 33), "at most"),
	    "32 networks, not 33");
	ok(!is_none(repeat("/a user", " ", 1017), "bytes") &&
	        is_none(repeat("/a user", " ", 1018), "bytes"),
	    "1024 bytes, not 1025");
}

static void
test_hosts(void)
{

	ok(strcmp(guard_host("A.example:80", arena), "a.example") == 0, "no port, small letters");
	ok(strcmp(guard_host("a.example.", arena), "a.example") == 0, "no final dot");
	ok(strcmp(guard_host("a/b", arena), "") == 0 && strcmp(guard_host("", arena), "") == 0 &&
	        strcmp(guard_host(NULL, arena), "") == 0,
	    "what is none is as not said");
}

static bool
hides(const char *text, const char *later)
{
	struct guard_rule one, other;

	return (guard_rule_parse(text, arena, &one, why) == ERR_OK &&
	        guard_rule_parse(later, arena, &other, why) == ERR_OK &&
	        guard_rule_hides(&one, &other));
}

static void
test_hidden(void)
{

	ok(hides("/ user", "/a guest") && hides("/a user", "/a guest") &&
	        hides("/a user", "/a/b guest"),
	    "a shorter path hides");
	ok(!hides("/a user", "/ guest") && !hides("/a user", "/ab guest"), "no other does");
	ok(hides("/ user", "a.b/ user") && hides("*.b/ user", "a.b/ user") &&
	        hides("*.b/ user", "*.a.b/ user") && hides("*.b/ user", "*.b/ user"),
	    "any host, and one that is for more, hides");
	ok(!hides("a.b/ user", "/ user") && !hides("*.b/ user", "b/ user") &&
	        !hides("a.b/ user", "*.b/ user") && !hides("*.b/ user", "ab/ user"),
	    "no other host does");
	ok(hides("/ user", "/ GET user") && hides("/ GET,POST user", "/ POST user"),
	    "all methods, or more, hide");
	ok(!hides("/ GET user", "/ user") && !hides("/ GET user", "/ GET,POST user"),
	    "fewer do not");
}

int
main(void)
{

	arena = arena_new(1 << 20);
	test_read();
	test_refused();
	test_limits();
	test_hosts();
	test_hidden();
	arena_free(arena);
	return (done());
}
