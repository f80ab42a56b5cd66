/* Where a request comes from, when proxies stand in between. */
#include "http/peer.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

#define NETWORK_SIZE (INET6_ADDRSTRLEN + 4) /* "/128" */

/* All addresses as ones of IPv6. */
struct network {
	struct in6_addr address;
	int64_t bits;
};

static bool
parse_address(const char *text, struct in6_addr *ret_address, bool *ret_four)
{
	static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
	struct in_addr four;

	if ((*ret_four = inet_pton(AF_INET, text, &four) == 1)) {
		memcpy(ret_address->s6_addr, mapped, sizeof mapped);
		memcpy(ret_address->s6_addr + sizeof mapped, &four, sizeof four);
		return (true);
	}
	return (inet_pton(AF_INET6, text, ret_address) == 1);
}

/* ${len} bytes of ${text}: an address, or a network. */
static bool
parse_network(const char *text, size_t len, struct network *ret_network)
{
	char copy[NETWORK_SIZE], *slash;
	bool four;

	if (len >= sizeof copy)
		return (false);
	memcpy(copy, text, len);
	copy[len] = '\0';
	if ((slash = strchr(copy, '/')) != NULL)
		*slash = '\0';
	if (!parse_address(copy, &ret_network->address, &four))
		return (false);
	ret_network->bits = four ? 32 : 128;
	if (slash != NULL && !text_number(slash + 1, 0, ret_network->bits, &ret_network->bits))
		return (false);
	ret_network->bits += four ? 96 : 0;
	return (true);
}

static bool
is_inside(const struct in6_addr *address, const struct network *n)
{
	const size_t whole = (size_t)n->bits / 8;
	const unsigned int rest = (unsigned int)n->bits % 8;

	if (memcmp(address->s6_addr, n->address.s6_addr, whole) != 0)
		return (false);
	return (
	    rest == 0 || (address->s6_addr[whole] ^ n->address.s6_addr[whole]) >> (8 - rest) == 0);
}

bool
peer_networks_ok(const char *networks)
{
	struct network n;
	size_t len;

	for (networks += strspn(networks, " "); *networks != '\0';
	     networks += strspn(networks, " ")) {
		len = strcspn(networks, " ");
		if (!parse_network(networks, len, &n))
			return (false);
		networks += len;
	}
	return (true);
}

bool
peer_in(const char *address, const char *networks)
{
	struct in6_addr parsed;
	struct network n;
	size_t len;
	bool four;

	if (!parse_address(address, &parsed, &four))
		return (false);
	for (networks += strspn(networks, " "); *networks != '\0';
	     networks += strspn(networks, " ")) {
		len = strcspn(networks, " ");
		if (parse_network(networks, len, &n) && is_inside(&parsed, &n))
			return (true);
		networks += len;
	}
	return (false);
}

/* ${text} without white space at both ends; it is written over. */
static char *
trim(char *text)
{
	size_t len;

	text += strspn(text, " \t");
	for (len = strlen(text); len > 0 && strchr(" \t", text[len - 1]) != NULL; len--)
		text[len - 1] = '\0';
	return (text);
}

/* "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]" or "[2001:db8::1]:80" as an address
 * alone; it is written over. NULL when it is none. */
static char *
strip_port(char *text)
{
	struct in6_addr parsed;
	bool four;
	char *end;

	if (text[0] == '[') {
		if ((end = strchr(++text, ']')) == NULL || (end[1] != '\0' && end[1] != ':'))
			return (NULL);
		*end = '\0';
	} else if ((end = strchr(text, ':')) != NULL && strchr(end + 1, ':') == NULL) {
		*end = '\0';
	}
	return (parse_address(text, &parsed, &four) ? text : NULL);
}

/* The value of "for" in one element of Forwarded ("for=...;proto=..."), without quotes; it is
 * written over. NULL when there is none. */
static char *
find_for(char *element)
{
	char *part, *next, *value;
	size_t len;

	for (part = element; part != NULL; part = next) {
		if ((next = strchr(part, ';')) != NULL)
			*next++ = '\0';
		part = trim(part);
		if (strncasecmp(part, "for=", 4) != 0)
			continue;
		value = part + 4;
		len = strlen(value);
		if (value[0] != '"')
			return (value);
		if (len < 2 || value[len - 1] != '"')
			return (NULL);
		value[len - 1] = '\0';
		return (value + 1);
	}
	return (NULL);
}

const char *
peer_find(const char *remote, const char *forwarded, bool is_rfc7239, const char *proxies,
    struct arena *a)
{
	const char *peer = remote;
	char *list, *comma, *hop;

	if (forwarded == NULL || !peer_in(remote, proxies))
		return (remote);
	if ((list = arena_copy(a, forwarded)) == NULL)
		return (NULL);
	/* From the right: each hop was written by the proxy that stands behind it. */
	do {
		if ((comma = strrchr(list, ',')) != NULL)
			*comma = '\0';
		hop = trim(comma != NULL ? comma + 1 : list);
		if (is_rfc7239 && (hop = find_for(hop)) == NULL)
			return (peer);
		if ((hop = strip_port(hop)) == NULL)
			return (peer);
		peer = hop;
	} while (comma != NULL && peer_in(peer, proxies));
	return (peer);
}
