/* Who is behind the proxies. */
#include "http/peer.h"

#include <string.h>

#include "check.h"

#define PROXIES "127.0.0.1 10.0.0.0/8 2001:db8:1::/48"

static struct arena *arena;

static bool
is(const char *remote, const char *forwarded, const char *wanted)
{
	const char *found = peer_find(remote, forwarded, false, PROXIES, arena);

	return (strcmp(found, wanted) == 0);
}

static bool
is_rfc(const char *forwarded, const char *wanted)
{
	const char *found = peer_find("127.0.0.1", forwarded, true, PROXIES, arena);

	return (strcmp(found, wanted) == 0);
}

static void
test_list(void)
{

	ok(is("192.0.2.1", "198.51.100.1", "192.0.2.1"), "who is no proxy is believed nothing");
	ok(is("127.0.0.1", NULL, "127.0.0.1"), "a proxy that says nothing is the peer itself");
	ok(is("127.0.0.1", "192.0.2.1", "192.0.2.1"), "what a proxy says counts");
	ok(is("127.0.0.1", "6.6.6.6, 192.0.2.1", "192.0.2.1"), "what the client said does not");
	ok(is("127.0.0.1", "6.6.6.6 , 192.0.2.1,10.1.2.3", "192.0.2.1"),
	    "proxies in a row are gone through");
	ok(is("127.0.0.1", "10.0.0.2, 10.0.0.1", "10.0.0.2"),
	    "to the first when there are only such");
	ok(is("127.0.0.1", "192.0.2.1:4711", "192.0.2.1") &&
	        is("127.0.0.1", "[2001:db8::1]:80", "2001:db8::1") &&
	        is("127.0.0.1", "2001:db8::1", "2001:db8::1"),
	    "a port is cut off");
	ok(is("127.0.0.1", "unknown", "127.0.0.1") && is("127.0.0.1", "", "127.0.0.1") &&
	        is("127.0.0.1", "192.0.2.1,", "127.0.0.1") &&
	        is("127.0.0.1", "192.0.2.1, x, 10.0.0.1", "10.0.0.1") &&
	        is("127.0.0.1", "[::1", "127.0.0.1"),
	    "where a hop is no address, who wrote it counts");
}

static void
test_forwarded(void)
{

	ok(is_rfc("for=192.0.2.1", "192.0.2.1") && is_rfc("For=\"192.0.2.1:80\"", "192.0.2.1"),
	    "Forwarded names it by for");
	ok(is_rfc("proto=http;for=192.0.2.1;by=10.0.0.1", "192.0.2.1"), "among others");
	ok(is_rfc("for=\"[2001:db8::1]:4711\"", "2001:db8::1"), "also of IPv6");
	ok(is_rfc("for=6.6.6.6, for=192.0.2.1, for=10.0.0.1", "192.0.2.1"),
	    "proxies are gone through here, too");
	ok(is_rfc("for=_hidden", "127.0.0.1") && is_rfc("proto=http", "127.0.0.1") &&
	        is_rfc("for=\"192.0.2.1", "127.0.0.1") && is_rfc("for=", "127.0.0.1") &&
	        is_rfc("192.0.2.1", "127.0.0.1") && is_rfc("for=\"", "127.0.0.1"),
	    "what is malformed is not believed");
}

int
main(void)
{

	arena = arena_new(1 << 20);
	test_list();
	test_forwarded();
	arena_free(arena);
	return (done());
}
