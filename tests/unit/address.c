/* Addresses and networks of IP. */
#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

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

static bool
is_written(const char *text, const char *wanted)
{
	char written[ADDRESS_NETWORK_SIZE];
	struct address_network n;

	if (!address_network_parse(text, &n))
		return (wanted == NULL);
	address_network_print(&n, written);
	return (wanted != NULL && strcmp(written, wanted) == 0);
}

static void
test_written(void)
{
	unsigned char address[ADDRESS_LEN] = { 0xff, 0xff, 0xff };

	ok(is_written("192.0.2.7/24", "192.0.2.0/24") && is_written("192.0.2.7/32", "192.0.2.7") &&
	        is_written("192.0.2.7", "192.0.2.7") && is_written("1.2.3.4/0", "0.0.0.0/0"),
	    "a network of IPv4 is written without what is behind it");
	ok(is_written("2001:DB8:1:2::9/64", "2001:db8:1:2::/64") && is_written("::1/128", "::1") &&
	        is_written("ff::/9", "80::/9") && is_written("::/0", "::/0"),
	    "and so is one of IPv6");
	ok(is_written("::ffff:10.1.2.3/104", "10.0.0.0/8") &&
	        is_written("::ffff:1.2.3.4", "1.2.3.4"),
	    "IPv4 written as IPv6 is IPv4");
	ok(is_written("", NULL) && is_written("10.0.0.0/33", NULL) && is_written("::/129", NULL) &&
	        is_written("10.0.0.0/", NULL) && is_written("10.0.0.0/-1", NULL) &&
	        is_written("10.0.0.0 10.1.0.0", NULL) && is_written("10", NULL),
	    "what is none, or more than one, is not");
	address_cut(address, 18);
	ok(address[1] == 0xff && address[2] == 0xc0 && address_customer_bits(address) == 64,
	    "an address is cut to the bit");
}

/* The last before a range, its first, its last, the first behind it; "" where another range begins
 * there. */
static const char *const ranges[][4] = {
	{ "", "0.0.0.0", "0.255.255.255", "1.0.0.0" },
	{ "9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0" },
	{ "100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0" },
	{ "126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0" },
	{ "169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0" },
	{ "172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0" },
	{ "191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0" },
	{ "192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0" },
	{ "192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0" },
	{ "192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0" },
	{ "198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0" },
	{ "198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0" },
	{ "203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0" },
	{ "223.255.255.255", "224.0.0.0", "239.255.255.255", "" },
	{ "", "240.0.0.0", "255.255.255.255", "" },
	{ "", "::", "::1", "" },
	{ "", "::2", "::fffe:ffff:ffff", "" },
	{ "", "::7f00:1", "::ffff:0:7f00:1", "" },
	{ "", "64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "" },
	{ "", "100::1", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2000::" },
	{ "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001::", "2001:1ff:ffff::", "2001:200::" },
	{ "2001:db7:ffff::1", "2001:db8::", "2001:db8:ffff::1", "2001:db9::" },
	{ "2003::1", "2002::", "2002:ff:ffff::", "2002:100::" },
	{ "3ffe:ffff::1", "3fff::", "3fff:fff:ffff::1", "3fff:1000::" },
	{ "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "4000::", "fbff::1", "" },
	{ "", "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "" },
	{ "", "fe80::", "febf::1", "" },
	{ "", "fec0::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "" },
};

static void
test_public(void)
{
	size_t i;

	for (i = 0; i < sizeof ranges / sizeof *ranges; i++) {
		ok(!address_is_public(ranges[i][1]) && !address_is_public(ranges[i][2]),
		    ranges[i][1]);
		ok(ranges[i][0][0] == '\0' || address_is_public(ranges[i][0]), ranges[i][0]);
		ok(ranges[i][3][0] == '\0' || address_is_public(ranges[i][3]), ranges[i][3]);
	}
	ok(!address_is_public("::ffff:10.0.0.1") && !address_is_public("::ffff:7f00:1") &&
	        address_is_public("::ffff:11.0.0.1"),
	    "what is an address of IPv4 is looked at as one");
	ok(!address_is_public("168.63.129.16") && address_is_public("168.63.129.15") &&
	        address_is_public("168.63.129.17"),
	    "an address of one cloud's machines is not");
	ok(!address_is_public("64:ff9b::10.0.0.1") && !address_is_public("64:ff9b::7f00:1") &&
	        address_is_public("64:ff9b::11.0.0.1"),
	    "so is one behind NAT64");
	ok(!address_is_public("2002:a00:1::1") && !address_is_public("2002:7f00:1::") &&
	        !address_is_public("2002:c0a8:101::") && address_is_public("2002:b00:1::"),
	    "and one behind 6to4");
	ok(!address_is_public("") && !address_is_public("example.org") &&
	        !address_is_public("8.8.8.8/32") && !address_is_public("8.8.8") &&
	        !address_is_public("0x08080808") && !address_is_public("8.8.8.8 8.8.8.8"),
	    "what is no address is nobody's");
}

static void
test_of(void)
{
	struct sockaddr_in four = { .sin_family = AF_INET };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	const struct sockaddr_un other = { .sun_family = AF_UNIX };
	char text[ADDRESS_SIZE], odd[sizeof six + 1];

	inet_pton(AF_INET, "192.0.2.1", &four.sin_addr);
	address_of(&four, text);
	ok(strcmp(text, "192.0.2.1") == 0, "the address of a socket of IPv4");
	inet_pton(AF_INET6, "2001:db8::1", &six.sin6_addr);
	memcpy(odd + 1, &six, sizeof six);
	address_of(odd + 1, text);
	ok(strcmp(text, "2001:db8::1") == 0, "and of IPv6, wherever it begins");
	address_of(&other, text);
	ok(text[0] == '\0', "one of another kind has none");
}

int
main(void)
{

	test_networks();
	test_customer();
	test_written();
	test_public();
	test_of();
	return (done());
}
