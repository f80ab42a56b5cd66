/* Addresses and networks of IP. An IPv4 address may be written as one of IPv6, ::ffff:192.0.2.1. */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <stdbool.h>

#define ADDRESS_SIZE 46         /* of an address as text, with its NUL */
#define ADDRESS_NETWORK_SIZE 50 /* of a network as text */
#define ADDRESS_LEN 16

/* An address or network; one of IPv4 is that of IPv6 which stands for it, ::ffff:0:0/96. */
struct address_network {
	unsigned char address[ADDRESS_LEN]; /* 0 behind the ${bits} */
	int bits;                           /* 0 to 128, or 96 to 128 for IPv4 */
};

/**
 * address_ok(address), address_networks_ok(networks):
 * Is ${address} one of IPv4 or IPv6? Is ${networks} a list of such, and of networks
 * ("192.0.2.1 2001:db8::/32"), separated by spaces, or empty?
 */
bool address_ok(const char *address);
bool address_networks_ok(const char *networks);

/**
 * address_in(address, networks):
 * Is ${address} in one of ${networks}? False for what is no address.
 */
bool address_in(const char *address, const char *networks);

/**
 * address_is_public(address):
 * May ${address} be anybody's on the internet? Not so those of this machine, of private and local
 * networks, of carriers, of documentation and tests, of many at once, and those of IPv6 that stand
 * for such of IPv4; nor what is no address.  Source: IANA IPv4 and IPv6 Special-Purpose Address
 * Registries (RFC 6890); RFC 6052, RFC 3056.
 */
bool address_is_public(const char *address);

/**
 * address_is_own(address):
 * Is ${address}, or that of IPv4 it stands for, one of an interface of this machine, as they are
 * now? Also when that cannot be found out. One by which others reach it through somebody else's
 * translation is not known here.
 */
bool address_is_own(const char *address);

/**
 * address_of(socket_address, ret_text):
 * The address in a struct sockaddr of IPv4 or IPv6, wherever in memory it begins; "" when it is of
 * another kind.
 */
void address_of(const void *socket_address, char ret_text[static ADDRESS_SIZE]);

/**
 * address_customer(address, ret_network):
 * The network that is one customer's: an address of IPv4, 64 bits of IPv6. Whoever has no address
 * shares "::".
 */
void address_customer(const char *address, char ret_network[static ADDRESS_SIZE]);

/**
 * address_network_parse(text, ret_network), address_network_print(n, ret_text):
 * Read an address or network; write it as it is usually written: the network without what stands
 * behind its bits, an address without "/128" or "/32". False when it is neither.
 */
bool address_network_parse(const char *text, struct address_network *ret_network);
void
address_network_print(const struct address_network *n, char ret_text[static ADDRESS_NETWORK_SIZE]);

/**
 * address_cut(address, bits):
 * Clear all behind the first ${bits} of ${address}.
 */
void address_cut(unsigned char address[static ADDRESS_LEN], int bits);

/**
 * address_customer_bits(address):
 * How many bits of ${address} are one customer's: 128 for an address of IPv4, else 64.
 */
int address_customer_bits(const unsigned char address[static ADDRESS_LEN]);

#endif
