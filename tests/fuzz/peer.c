/* The header of a proxy through peer_find(): lines are the peer, the proxies and the header. */
#include <arpa/inet.h>

#include "fuzz.h"
#include "base/address.h"
#include "http/peer.h"

static bool
is_address(const char *text)
{
	struct in6_addr address;

	return (
	    inet_pton(AF_INET, text, &address) == 1 || inet_pton(AF_INET6, text, &address) == 1);
}

static void
check_one(
    const char *remote, const char *proxies, const char *header, bool is_rfc7239, struct arena *a)
{
	const char *found = peer_find(remote, header, is_rfc7239, proxies, a);

	must(found != NULL);
	must(strcmp(found, remote) == 0 || is_address(found));
	must(address_in(remote, proxies) || found == remote);
	must(found == remote || strstr(header, found) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct fuzz_lines l;
	struct arena *a;

	must((a = arena_new(1 << 20)) != NULL);
	fuzz_cut(&l, data, len);
	if (l.count >= 3 && address_networks_ok(l.line[1])) {
		check_one(l.line[0], l.line[1], l.line[2], false, a);
		check_one(l.line[0], l.line[1], l.line[2], true, a);
		check_one("127.0.0.1", "127.0.0.0/8", l.line[2], true, a);
	}
	fuzz_free(&l);
	arena_free(a);
	return (0);
}
