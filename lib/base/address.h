/* Addresses and networks of IP. An IPv4 address may be written as one of IPv6, ::ffff:192.0.2.1. */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <stdbool.h>

#define ADDRESS_SIZE 46 /* of an address as text, with its NUL */

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
 * address_customer(address, ret_network):
 * The network that is one customer's: an address of IPv4, 64 bits of IPv6. Whoever has no address
 * shares "::".
 */
void address_customer(const char *address, char ret_network[static ADDRESS_SIZE]);

#endif
