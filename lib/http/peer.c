/* Where a request comes from, when proxies stand in between. */
#include "http/peer.h"

#include <string.h>
#include <strings.h>

#include "base/address.h"

/* ${text} without white space at both ends; it is written over. */
static char *
trim(char *text)
{
	size_t len;

	text += strspn(text, " \t");
	for (len = strlen(text); len > 0 && strchr(" \t", text[len - 1]) != NULL; len--)
		text[len - 1] = '\0';
	return (text);
}

/* "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]" or "[2001:db8::1]:80" as an address
 * alone; it is written over. NULL when it is none. */
static char *
strip_port(char *text)
{
	char *end;

	if (text[0] == '[') {
		if ((end = strchr(++text, ']')) == NULL || (end[1] != '\0' && end[1] != ':'))
			return (NULL);
		*end = '\0';
	} else if ((end = strchr(text, ':')) != NULL && strchr(end + 1, ':') == NULL) {
		*end = '\0';
	}
	return (address_ok(text) ? text : NULL);
}

/* The value of "for" in one element of Forwarded ("for=...;proto=..."), without quotes; it is
 * written over. NULL when there is none. */
static char *
find_for(char *element)
{
	char *part, *next, *value;
	size_t len;

	for (part = element; part != NULL; part = next) {
		if ((next = strchr(part, ';')) != NULL)
			*next++ = '\0';
		part = trim(part);
		if (strncasecmp(part, "for=", 4) != 0)
			continue;
		value = part + 4;
		len = strlen(value);
		if (value[0] != '"')
			return (value);
		if (len < 2 || value[len - 1] != '"')
			return (NULL);
		value[len - 1] = '\0';
		return (value + 1);
	}
	return (NULL);
}

const char *
peer_find(const char *remote, const char *forwarded, bool is_rfc7239, const char *proxies,
    struct arena *a)
{
	const char *peer = remote;
	char *list, *comma, *hop;

	if (forwarded == NULL || !address_in(remote, proxies))
		return (remote);
	if ((list = arena_copy(a, forwarded)) == NULL)
		return (NULL);
	/* From the right: each hop was written by the proxy that stands behind it. */
	do {
		if ((comma = strrchr(list, ',')) != NULL)
			*comma = '\0';
		hop = trim(comma != NULL ? comma + 1 : list);
		if (is_rfc7239 && (hop = find_for(hop)) == NULL)
			return (peer);
		if ((hop = strip_port(hop)) == NULL)
			return (peer);
		peer = hop;
	} while (comma != NULL && address_in(peer, proxies));
	return (peer);
}
