/* Names: of devices, of users, of addresses. */
#include <string.h>

#include "access/device.h"
#include "access/profile.h"
#include "base/text.h"
#include "check.h"

#define MOZILLA "Mozilla/5.0 "

static struct arena *arena;

static bool
is_device(const char *agent, const char *wanted)
{
	const char *name = device_name(agent, arena);

	return (name != NULL && strcmp(name, wanted) == 0);
}

static void
test_devices(void)
{

	ok(is_device(MOZILLA "(X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
	       "Firefox on Linux"),
	    "Firefox on Linux");
	ok(is_device(MOZILLA "(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
	                     "Chrome/126.0.0.0 Safari/537.36",
	       "Chrome on Windows"),
	    "Chrome, which names Safari, too");
	ok(is_device(MOZILLA "(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
	                     "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
	       "Edge on Windows"),
	    "Edge, which names both");
	ok(is_device(MOZILLA "(Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) "
	                     "SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
	       "Samsung Internet on Android"),
	    "Android, which is Linux, too");
	ok(is_device(MOZILLA
	       "(iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
	       "like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
	       "Safari on iPhone"),
	    "an iPhone, which names Mac OS X");
	ok(is_device(MOZILLA
	       "(Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like "
	       "Gecko) Version/17.5 Safari/605.1.15",
	       "Safari on Mac"),
	    "Safari on a Mac");
}

static void
test_other_agents(void)
{
	char agent[128] = "x";
	int i;

	ok(is_device("curl/8.9.1", "curl"), "a tool is called by its first word");
	ok(is_device("python-requests/2.32", "python-requests"), "which may have a hyphen");
	ok(is_device("", "Unknown device") && is_device(" x", "Unknown device"), "none is unknown");
	for (i = 0; i < 50; i++)
		strcat(agent, "\xc3\xa9");
	ok(strlen(device_name(agent, arena)) == 39 && text_utf8_ok(device_name(agent, arena), 39),
	    "a long word is cut, between characters");
}

/* ${count} letters, then ${end}. */
static const char *
letters(size_t count, const char *end)
{
	static char text[512];

	memset(text, 'a', count);
	strcpy(text + count, end);
	return (text);
}

static void
test_usernames(void)
{

	ok(profile_username_ok("an") && profile_username_ok("Anna.B_c-1"), "a username");
	ok(profile_username_ok("007"), "may be digits");
	ok(!profile_username_ok("a") && !profile_username_ok(""), "has 2 characters at least");
	ok(profile_username_ok(letters(64, "")) && !profile_username_ok(letters(65, "")),
	    "and 64 at most");
	ok(!profile_username_ok(".anna") && !profile_username_ok("-anna"), "begins with a letter");
	ok(!profile_username_ok("anna@b") && !profile_username_ok("an na") &&
	        !profile_username_ok("ann\xc3\xa4"),
	    "and has no @, space or accent");
}

static void
test_addresses(void)
{

	ok(profile_email_ok("a@b") && profile_email_ok("anna.b+c@mail.example.org"), "an address");
	ok(profile_email_ok("!#$%&'*+/=?^_`{|}~-@example.org"), "may have odd characters");
	ok(!profile_email_ok("") && !profile_email_ok("anna") && !profile_email_ok("@b") &&
	        !profile_email_ok("a@"),
	    "has something at both sides of an @");
	ok(!profile_email_ok("a@b@c") && !profile_email_ok("a b@c") && !profile_email_ok("\"a\"@c"),
	    "of which there is one, and no quotes");
	ok(profile_email_ok(letters(64, "@b")) && !profile_email_ok(letters(65, "@b")),
	    "64 bytes before it at most");
	ok(!profile_email_ok("a@-b.c") && !profile_email_ok("a@b-.c") &&
	        !profile_email_ok("a@b..c") && !profile_email_ok("a@b."),
	    "behind it are labels of a domain");
	ok(profile_email_ok(strcat(strcpy(arena_alloc(arena, 128), "a@"), letters(63, ".org"))) &&
	        !profile_email_ok(
	            strcat(strcpy(arena_alloc(arena, 128), "a@"), letters(64, ".org"))),
	    "of 63 bytes at most");
	ok(!profile_email_ok("a@b_c") && !profile_email_ok("a@[127.0.0.1]") &&
	        !profile_email_ok("a@\xc3\xa9"),
	    "made of letters, digits and hyphens");
}

/* 254 bytes, and one more, of short labels. */
static void
test_longest_address(void)
{
	char address[512] = "a@a";
	int i;

	for (i = 0; i < 125; i++)
		strcat(address, ".a");
	strcat(address, "a");
	ok(strlen(address) == 254 && profile_email_ok(address), "an address has 254 bytes at most");
	strcat(address, "a");
	ok(!profile_email_ok(address), "and no more");
}

int
main(void)
{

	arena = arena_new(1 << 16);
	test_devices();
	test_other_agents();
	test_usernames();
	test_addresses();
	test_longest_address();
	arena_free(arena);
	return (done());
}
