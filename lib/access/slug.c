/* The name of an org as it may stand in a URL. */
#include "access/slug.h"

#include <stdio.h>
#include <string.h>

#include "base/id.h"

#define CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789"
#define STEM_MAX 40
#define TAIL_LEN 12 /* 48 random bits of a UUIDv7 */

bool
slug_ok(const char *slug)
{
	const size_t len = strlen(slug);

	return (len >= 2 && len < SLUG_SIZE && strspn(slug, CHARACTERS "-") == len &&
	        slug[0] != '-' && slug[len - 1] != '-');
}

void
slug_make(const char *name, const char *id, char ret_slug[static SLUG_SIZE])
{
	char stem[STEM_MAX + 1];
	size_t len = 0;
	char c;

	for (; *name != '\0' && len < STEM_MAX; name++) {
		c = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
		if (strchr(CHARACTERS, c) != NULL)
			stem[len++] = c;
		else if (len > 0 && stem[len - 1] != '-')
			stem[len++] = '-';
	}
	while (len > 0 && stem[len - 1] == '-')
		len--;
	stem[len] = '\0';
	snprintf(ret_slug, SLUG_SIZE, "%s-%s", len > 0 ? stem : "org", id + ID_SIZE - 1 - TAIL_LEN);
}
