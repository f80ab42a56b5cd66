/* Where webhooks may lead. */
#include "access/webhook_url.h"

#include <string.h>

#include "base/address.h"
#include "base/text.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define LABEL_MAX 63
#define NAME_MAX_LEN 253

/* Nothing that a program of ours or of others might take for something else. */
static bool
is_plain(const char *url)
{
	const char *p;

	if (strlen(url) > WEBHOOK_URL_MAX)
		return (false);
	for (p = url; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~' || strchr("\"#<>\\^`{|}", *p) != NULL)
			return (false);
	return (true);
}

/* Would other programs read the last label as a number, and the name as an address? */
static bool
ends_in_number(const char *name)
{
	const char *last = strrchr(name, '.');

	last = last == NULL ? name : last + 1;
	return (last[strspn(last, DIGITS)] == '\0' || text_starts(last, "0x") ||
	        text_starts(last, "0X"));
}

static bool
is_name(const char *name)
{
	const char *label = name;
	size_t len;

	if (strlen(name) > NAME_MAX_LEN || ends_in_number(name))
		return (false);
	for (;; label += len + 1) {
		len = strspn(label, LETTERS DIGITS "-_");
		if (len == 0 || len > LABEL_MAX || label[0] == '-' || label[len - 1] == '-')
			return (false);
		if (label[len] == '\0')
			return (true);
		if (label[len] != '.')
			return (false);
	}
}

/* Nothing, or ':' and a port. */
static bool
is_port(const char *text)
{
	int64_t port;

	return (text[0] == '\0' ||
	        (text[0] == ':' && text[1] != '0' && text_number(text + 1, 1, 65535, &port)));
}

/* Cut off what is behind the host of ${authority}, and its brackets; NULL when that is no port. */
static char *
cut_host(char *authority)
{
	const bool is_six = authority[0] == '[';
	char *end = authority + strcspn(authority, is_six ? "]" : ":");

	if ((is_six && *end != ']') || !is_port(end + is_six))
		return (NULL);
	*end = '\0';
	return (authority + is_six);
}

bool
webhook_url_host(const char *url, char ret_host[static WEBHOOK_URL_HOST_SIZE])
{
	char authority[WEBHOOK_URL_HOST_SIZE];
	const char *begin, *host;
	size_t len;

	if (!is_plain(url) || (!text_starts(url, "https://") && !text_starts(url, "http://")))
		return (false);
	begin = strstr(url, "://") + strlen("://");
	if ((len = strcspn(begin, "/?")) >= sizeof authority)
		return (false);
	memcpy(authority, begin, len);
	authority[len] = '\0';
	if ((host = cut_host(authority)) == NULL)
		return (false);
	/* In brackets there is IPv6, and IPv6 is in brackets. */
	if (!is_name(host) &&
	    (!address_ok(host) || (strchr(host, ':') != NULL) != (host != authority)))
		return (false);
	if (is_name(host) && host != authority)
		return (false);
	memcpy(ret_host, host, strlen(host) + 1);
	return (true);
}

static bool
may_be_private(const struct conf *c, bool of_org)
{

	return (c->webhook_private[0] != '\0' && (!of_org || c->webhook_orgs_private));
}

bool
webhook_url_may_reach(const struct conf *c, bool of_org, bool is_https, const char *address)
{

	if (may_be_private(c, of_org) && address_in(address, c->webhook_private))
		return (true);
	if (of_org && address_is_own(address))
		return (false);
	return (is_https && address_is_public(address));
}

/* Who looks after the site can name more addresses, and is told where. */
static const char *
refusal(bool is_https, bool of_org)
{

	if (is_https)
		return (of_org ? "must not lead into a private network, or to this machine"
		               : "must not lead into a private network, or to this machine, unless "
		                 "[webhook] private of yett.conf names the address");
	return (of_org ? "must begin with https://"
	               : "must begin with https://; http:// leads only to addresses that [webhook] "
	                 "private of yett.conf names");
}

const char *
webhook_url_wrong(const struct conf *c, const char *url, bool of_org)
{
	const bool is_https = text_starts(url, "https://");
	char host[WEBHOOK_URL_HOST_SIZE];

	if (!webhook_url_host(url, host))
		return ("must be https://HOST/PATH, with a port or a query, of at most 2048 bytes "
		        "of ASCII, and without a user or a fragment");
	if (!(is_https || may_be_private(c, of_org)) ||
	    (address_ok(host) && !webhook_url_may_reach(c, of_org, is_https, host)))
		return (refusal(is_https, of_org));
	return (NULL);
}
