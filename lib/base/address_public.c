/* Which addresses may be anybody's on the internet. */
#include <string.h>

#include "base/address.h"

/* "This network", private, of carriers, loopback, link-local, protocol assignments, documentation,
 * 6to4 relays, benchmarks, multicast, reserved and broadcast. */
static const char four[] =
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 "
    "192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 "
    "224.0.0.0/4 240.0.0.0/4";

/* Of all of IPv6 only this much has been given to anybody; in it protocol assignments (Teredo,
 * benchmarks, ORCHID, ...) and documentation. */
static const char six[] = "2000::/3";
static const char not_six[] = "2001::/23 2001:db8::/32 3fff::/20";

/* Those that stand for one of IPv4: 6to4 has it in the bytes from 2 on, NAT64 at the end. */
static const char six_to_four[] = "2002::/16";
static const char nat64[] = "64:ff9b::/96";

static bool
is_four_public(const unsigned char bytes[static 4])
{
	struct address_network n = { .bits = 128 };
	char text[ADDRESS_NETWORK_SIZE];

	n.address[10] = n.address[11] = 0xff;
	memcpy(n.address + 12, bytes, 4);
	address_network_print(&n, text);
	return (!address_in(text, four));
}

bool
address_is_public(const char *address)
{
	struct address_network n;

	if (strchr(address, '/') != NULL || !address_network_parse(address, &n))
		return (false);
	if (address_in(address, "::ffff:0:0/96"))
		return (is_four_public(n.address + 12));
	if (address_in(address, nat64))
		return (is_four_public(n.address + 12));
	if (address_in(address, six_to_four))
		return (is_four_public(n.address + 2));
	return (address_in(address, six) && !address_in(address, not_six));
}
