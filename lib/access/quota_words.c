/* What admins write of rate limits: is it right, and how is it stored? */
#include "access/quota_words.h"

#include <stdio.h>
#include <string.h>

#include "access/quota.h"
#include "base/address.h"
#include "base/id.h"

bool
quota_words_rate_ok(int64_t count, int64_t window_sec)
{

	return (count <= window_sec * QUOTA_RATE_MAX);
}

bool
quota_words_route_ok(const char *route)
{
	static const char *const methods[] = { "GET ", "POST ", "PATCH ", "DELETE ", "* " };
	const char *path = strchr(route, ' ');
	size_t i;

	for (i = 0; i < COUNT(methods) && strncmp(route, methods[i], strlen(methods[i])) != 0; i++)
		;
	if (i == COUNT(methods) || path[1] != '/' || strlen(route) >= QUOTA_OF_SIZE)
		return (false);
	for (path++; *path > ' ' && *path < 0x7f; path++)
		;
	return (*path == '\0');
}

bool
quota_words_fix_who(enum limit_scope scope, const char *who, char ret_who[static QUOTA_OF_SIZE])
{
	struct address_network n;

	switch (scope) {
	case LIMIT_USER:
	case LIMIT_ORG:
	case LIMIT_KEY:
		if (!id_ok(who))
			return (false);
		memcpy(ret_who, who, ID_SIZE);
		return (true);
	case LIMIT_NETWORK:
		if (!address_network_parse(who, &n))
			return (false);
		address_network_print(&n, ret_who);
		return (true);
	case LIMIT_ROUTE:
	case LIMIT_SCOPES:
		break;
	}
	return (false);
}
