/* Where webhooks may lead: not to this machine's own addresses for an organisation's. */
#include "access/webhook_url.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <string.h>

#include "base/address.h"
#include "check.h"

/* An interface with two addresses of the internet, instead of what this machine has. */
static struct sockaddr_in four = { .sin_family = AF_INET };
static struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
static struct ifaddrs last, middle, first;
static bool is_known = true;

int
getifaddrs(struct ifaddrs **ret_all)
{

	inet_pton(AF_INET, "8.8.4.4", &four.sin_addr);
	inet_pton(AF_INET6, "2600::1", &six.sin6_addr);
	last = (struct ifaddrs){ .ifa_addr = (struct sockaddr *)&six };
	middle = (struct ifaddrs){ .ifa_next = &last, .ifa_addr = (struct sockaddr *)&four };
	/* One without an address, as a tunnel may be. */
	first = (struct ifaddrs){ .ifa_next = &middle };
	*ret_all = &first;
	errno = EMFILE;
	return (is_known ? 0 : -1);
}

void
freeifaddrs(struct ifaddrs *all)
{

	(void)all;
}

static void
test_own(void)
{

	ok(address_is_own("8.8.4.4") && address_is_own("2600::1"), "what an interface has is own");
	ok(!address_is_own("8.8.4.5") && !address_is_own("2600::2"), "what is beside it is not");
	ok(address_is_own("::ffff:8.8.4.4") && address_is_own("64:ff9b::8.8.4.4") &&
	        address_is_own("2002:808:404::1"),
	    "nor is it hidden by an address that stands for it");
	is_known = false;
	ok(address_is_own("9.9.9.9"), "who cannot look takes all for own");
	is_known = true;
}

static void
test_reach(void)
{
	struct conf c = { .webhook_private = "" };

	ok(webhook_url_may_reach(&c, false, true, "8.8.4.4") &&
	        webhook_url_may_reach(&c, true, true, "8.8.4.5"),
	    "the site's may lead to this machine, by an address of the internet");
	ok(!webhook_url_may_reach(&c, true, true, "8.8.4.4") &&
	        !webhook_url_may_reach(&c, true, true, "2600::1"),
	    "an organisation's may not");
	ok(webhook_url_wrong(&c, "https://8.8.4.4/", true) != NULL &&
	        webhook_url_wrong(&c, "https://8.8.4.4/", false) == NULL,
	    "which is said when it is made");
	strcpy(c.webhook_private, "8.8.4.4");
	ok(!webhook_url_may_reach(&c, true, true, "8.8.4.4"), "unless that is named,");
	c.webhook_orgs_private = true;
	ok(webhook_url_may_reach(&c, true, true, "8.8.4.4") &&
	        !webhook_url_may_reach(&c, true, true, "2600::1"),
	    "and for organisations");
}

int
main(void)
{

	test_own();
	test_reach();
	return (done());
}
