/* Addresses and networks of IP. */
#include "base/address.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

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

/* The next of ${*networks}, which is moved behind it; false when there is none left. */
static bool
next_network(const char **networks, struct network *ret_network, bool *ret_ok)
{
	const char *text = *networks + strspn(*networks, " ");
	const size_t len = strcspn(text, " ");

	*networks = text + len;
	*ret_ok = len > 0 && parse_network(text, len, ret_network);
	return (len > 0);
}

bool
address_networks_ok(const char *networks)
{
	struct network n;
	bool ok;

	while (next_network(&networks, &n, &ok))
		if (!ok)
			return (false);
	return (true);
}

bool
address_in(const char *address, const char *networks)
{
	struct in6_addr parsed;
	struct network n;
	bool four, ok;

	if (!parse_address(address, &parsed, &four))
		return (false);
	while (next_network(&networks, &n, &ok))
		if (ok && is_inside(&parsed, &n))
			return (true);
	return (false);
}

bool
address_ok(const char *address)
{
	struct in6_addr parsed;
	bool four;

	return (parse_address(address, &parsed, &four));
}

void
address_customer(const char *address, char ret_network[static ADDRESS_SIZE])
{
	struct in6_addr six;
	bool four;

	if (!parse_address(address, &six, &four))
		memset(&six, 0, sizeof six);
	if (IN6_IS_ADDR_V4MAPPED(&six)) {
		inet_ntop(AF_INET, six.s6_addr + 12, ret_network, ADDRESS_SIZE);
		return;
	}
	memset(six.s6_addr + 8, 0, 8);
	inet_ntop(AF_INET6, &six, ret_network, ADDRESS_SIZE);
}
