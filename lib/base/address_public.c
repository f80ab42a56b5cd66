/* Which addresses may be anybody's on the internet, and which are this machine's own. */
#include <ifaddrs.h>
#include <string.h>

#include "base/address.h"

/* "This network", private, of carriers, loopback, link-local, protocol assignments, documentation,
 * 6to4 relays, benchmarks, multicast, reserved and broadcast; and the one address at which Azure
 * tells each machine what it is, which is of nobody on the internet. */
static const char four[] =
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 "
    "192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 "
    "224.0.0.0/4 240.0.0.0/4 168.63.129.16/32";

/* Of all of IPv6 only this much has been given to anybody; in it protocol assignments (Teredo,
 * benchmarks, ORCHID, ...) and documentation. */
static const char six[] = "2000::/3";
static const char not_six[] = "2001::/23 2001:db8::/32 3fff::/20";

/* Those that stand for one of IPv4: 6to4 has it in the bytes from 2 on, NAT64 at the end. */
static const char six_to_four[] = "2002::/16";
static const char nat64[] = "64:ff9b::/96";

/* The address of IPv4 that ${address} is, or stands for, as text; false when it is of IPv6 alone.
 */
static bool
as_four(const char *address, char ret_text[static ADDRESS_NETWORK_SIZE])
{
	struct address_network n, plain = { .bits = 128 };

	if (!address_network_parse(address, &n))
		return (false);
	plain.address[10] = plain.address[11] = 0xff;
	if (address_in(address, "::ffff:0:0/96") || address_in(address, nat64))
		memcpy(plain.address + 12, n.address + 12, 4);
	else if (address_in(address, six_to_four))
		memcpy(plain.address + 12, n.address + 2, 4);
	else
		return (false);
	address_network_print(&plain, ret_text);
	return (true);
}

bool
address_is_public(const char *address)
{
	char text[ADDRESS_NETWORK_SIZE];

	if (!address_ok(address))
		return (false);
	if (as_four(address, text))
		return (!address_in(text, four));
	return (address_in(address, six) && !address_in(address, not_six));
}

bool
address_is_own(const char *address)
{
	char stands_for[ADDRESS_NETWORK_SIZE], own[ADDRESS_SIZE];
	const bool is_four = as_four(address, stands_for);
	struct ifaddrs *all, *one;
	bool found = false;

	if (getifaddrs(&all) != 0)
		return (true);
	for (one = all; one != NULL && !found; one = one->ifa_next) {
		if (one->ifa_addr == NULL)
			continue;
		address_of(one->ifa_addr, own);
		found = address_in(address, own) || (is_four && address_in(stands_for, own));
	}
	freeifaddrs(all);
	return (found);
}
