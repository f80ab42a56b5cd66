/* Addresses and networks of IP. */
#include "base/address.h"

#include <string.h>

#include "check.h"

#define PROXIES "127.0.0.1 10.0.0.0/8 2001:db8:1::/48"

static void
test_networks(void)
{

	ok(address_networks_ok("") && address_networks_ok(PROXIES) &&
	        address_networks_ok("  ::1  "),
	    "addresses and networks are taken, or none");
	ok(address_networks_ok("0.0.0.0/0 ::/0 192.0.2.1/32 ::1/128"), "of 0 to all bits");
	ok(!address_networks_ok("192.0.2.1/33") && !address_networks_ok("::1/129") &&
	        !address_networks_ok("192.0.2.1/-1") && !address_networks_ok("192.0.2.1/") &&
	        !address_networks_ok("192.0.2.1/x"),
	    "and no more");
	ok(!address_networks_ok("localhost") && !address_networks_ok("192.0.2") &&
	        !address_networks_ok("192.0.2.1,192.0.2.2") && !address_networks_ok("*"),
	    "names are not");
	ok(address_in("10.255.0.1", PROXIES) && !address_in("11.0.0.1", PROXIES) &&
	        address_in("2001:db8:1:ffff::1", PROXIES) && !address_in("2001:db8:2::", PROXIES),
	    "an address is inside or not");
	ok(address_in("::ffff:10.0.0.1", PROXIES) && address_in("10.0.0.1", "::ffff:10.0.0.0/104"),
	    "one of IPv4 may be written as one of IPv6");
	ok(address_in("192.0.2.129", "192.0.2.128/25") &&
	        !address_in("192.0.2.127", "192.0.2.128/25"),
	    "to the bit");
	ok(!address_in("", "0.0.0.0/0") && !address_in("x", "0.0.0.0/0 ::/0"),
	    "no address is nowhere");
	ok(!address_in("127.0.0.1", "") && address_in("1.2.3.4", "0.0.0.0/0"), "nothing has none");
}

static bool
is_customer(const char *address, const char *wanted)
{
	char network[ADDRESS_SIZE];

	address_customer(address, network);
	return (strcmp(network, wanted) == 0);
}

static void
test_customer(void)
{

	ok(is_customer("192.0.2.1", "192.0.2.1") && is_customer("::ffff:192.0.2.1", "192.0.2.1"),
	    "of IPv4 an address is a customer");
	ok(is_customer("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::") &&
	        is_customer("2001:db8:1:2::9", "2001:db8:1:2::"),
	    "of IPv6 64 bits are");
	ok(is_customer("", "::") && is_customer("unix:", "::"), "who has no address shares one");
}

int
main(void)
{

	test_networks();
	test_customer();
	return (done());
}
