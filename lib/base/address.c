/* Addresses and networks of IP. */
#include "base/address.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"

#define FOUR_BITS 96 /* before the bits of IPv4 */

static const unsigned char mapped[FOUR_BITS / 8] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

static bool
parse_address(const char *text, struct in6_addr *ret_address, bool *ret_four)
{
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
parse_network(const char *text, size_t len, struct address_network *ret_network)
{
	char copy[ADDRESS_NETWORK_SIZE], *slash;
	struct in6_addr address;
	int64_t bits;
	bool four;

	if (len >= sizeof copy)
		return (false);
	memcpy(copy, text, len);
	copy[len] = '\0';
	if ((slash = strchr(copy, '/')) != NULL)
		*slash = '\0';
	if (!parse_address(copy, &address, &four))
		return (false);
	bits = four ? 32 : 128;
	if (slash != NULL && !text_number(slash + 1, 0, bits, &bits))
		return (false);
	memcpy(ret_network->address, address.s6_addr, ADDRESS_LEN);
	ret_network->bits = (int)bits + (four ? FOUR_BITS : 0);
	return (true);
}

static bool
is_inside(const struct in6_addr *address, const struct address_network *n)
{
	const size_t whole = (size_t)n->bits / 8;
	const unsigned int rest = (unsigned int)n->bits % 8;

	if (memcmp(address->s6_addr, n->address, whole) != 0)
		return (false);
	return (rest == 0 || (address->s6_addr[whole] ^ n->address[whole]) >> (8 - rest) == 0);
}

/* The next of ${*networks}, which is moved behind it; false when there is none left. */
static bool
next_network(const char **networks, struct address_network *ret_network, bool *ret_ok)
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
	struct address_network n;
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
	struct address_network n;
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

static bool
is_four(const unsigned char address[static ADDRESS_LEN])
{

	return (memcmp(address, mapped, sizeof mapped) == 0);
}

int
address_customer_bits(const unsigned char address[static ADDRESS_LEN])
{

	return (is_four(address) ? 128 : 64);
}

void
address_cut(unsigned char address[static ADDRESS_LEN], int bits)
{
	const size_t whole = (size_t)bits / 8;

	if (whole == ADDRESS_LEN)
		return;
	address[whole] &= (unsigned char)(0xff00 >> bits % 8);
	memset(address + whole + 1, 0, ADDRESS_LEN - whole - 1);
}

static void
print_address(const unsigned char address[static ADDRESS_LEN], char ret_text[static ADDRESS_SIZE])
{

	if (is_four(address))
		inet_ntop(AF_INET, address + FOUR_BITS / 8, ret_text, ADDRESS_SIZE);
	else
		inet_ntop(AF_INET6, address, ret_text, ADDRESS_SIZE);
}

void
address_of(const void *socket_address, char ret_text[static ADDRESS_SIZE])
{
	struct sockaddr_in6 six;
	struct sockaddr_in four;
	struct sockaddr any;

	ret_text[0] = '\0';
	memcpy(&any, socket_address, sizeof any);
	if (any.sa_family == AF_INET) {
		memcpy(&four, socket_address, sizeof four);
		inet_ntop(AF_INET, &four.sin_addr, ret_text, ADDRESS_SIZE);
	} else if (any.sa_family == AF_INET6) {
		memcpy(&six, socket_address, sizeof six);
		inet_ntop(AF_INET6, &six.sin6_addr, ret_text, ADDRESS_SIZE);
	}
}

void
address_customer(const char *address, char ret_network[static ADDRESS_SIZE])
{
	struct in6_addr six;
	bool four;

	if (!parse_address(address, &six, &four))
		memset(&six, 0, sizeof six);
	address_cut(six.s6_addr, address_customer_bits(six.s6_addr));
	print_address(six.s6_addr, ret_network);
}

bool
address_network_parse(const char *text, struct address_network *ret_network)
{
	struct address_network n;

	if (!parse_network(text, strlen(text), &n))
		return (false);
	address_cut(n.address, n.bits);
	*ret_network = n;
	return (true);
}

void
address_network_print(const struct address_network *n, char ret_text[static ADDRESS_NETWORK_SIZE])
{
	const int bits =
	    is_four(n->address) && n->bits >= FOUR_BITS ? n->bits - FOUR_BITS : n->bits;

	print_address(n->address, ret_text);
	if (n->bits < 128)
		snprintf(ret_text + strlen(ret_text), 5, "/%d", bits);
}
