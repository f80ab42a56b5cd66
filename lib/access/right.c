/* Permissions: how they are written, and whether one covers another. */
#include "access/right.h"

#include <string.h>

#include "base/text.h"

#define PART_MAX 64
#define PART_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789_.-"

static bool
part_ok(const char *part, size_t len)
{

	if (len == 1 && part[0] == '*')
		return (true);
	return (len >= 1 && len <= PART_MAX && strspn(part, PART_CHARACTERS) >= len);
}

bool
right_ok(const char *name)
{
	const size_t len = strcspn(name, ":");

	return (part_ok(name, len) && name[len] == ':' &&
	        part_ok(name + len + 1, strlen(name + len + 1)));
}

bool
right_role_ok(const char *name)
{
	const size_t len = strlen(name);

	return (len >= 2 && len <= PART_MAX && strspn(name, PART_CHARACTERS) == len &&
	        name[0] >= 'a' && name[0] <= 'z');
}

bool
right_role_reserved(const char *name)
{
	static const char *const built_in[] = { "admin", "viewer", "guest" };
	size_t i;

	for (i = 0; i < COUNT(built_in); i++)
		if (strcmp(name, built_in[i]) == 0)
			return (true);
	return (text_starts(name, "org-"));
}

/* ${len} bytes of ${held}, which may be '*', against ${wanted_len} of ${wanted}. */
static bool
part_covers(const char *held, size_t len, const char *wanted, size_t wanted_len)
{

	if (len == 1 && held[0] == '*')
		return (true);
	return (len == wanted_len && memcmp(held, wanted, len) == 0);
}

bool
right_covers(const char *held, const char *wanted)
{
	const char *h = strchr(held, ':'), *w = strchr(wanted, ':');

	if (h == NULL || w == NULL)
		return (false);
	return (part_covers(held, (size_t)(h - held), wanted, (size_t)(w - wanted)) &&
	        part_covers(h + 1, strlen(h + 1), w + 1, strlen(w + 1)));
}

const char *
right_covering(const struct names *names, const char *wanted)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		if (right_covers(names->items[i], wanted))
			return (names->items[i]);
	return (NULL);
}

static bool
has(const struct names *names, const char *name)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		if (strcmp(names->items[i], name) == 0)
			return (true);
	return (false);
}

/* The texts of ${one} that ${other} covers. */
static enum err
add_covered(const struct names *one, const struct names *other, struct names *names)
{
	size_t i;

	for (i = 0; i < one->count; i++) {
		if (right_covering(other, one->items[i]) == NULL || has(names, one->items[i]))
			continue;
		if (names->count == ROLE_NAMES_MAX)
			return (ERR_NOMEM);
		names->items[names->count++] = one->items[i];
	}
	return (ERR_OK);
}

bool
right_in_lines(const char *lines, const char *wanted)
{
	char held[RIGHT_MAX + 1];
	size_t len;

	for (; *lines != '\0'; lines += len + 1) {
		len = strcspn(lines, "\n");
		if (len > RIGHT_MAX)
			continue;
		memcpy(held, lines, len);
		held[len] = '\0';
		if (right_covers(held, wanted))
			return (true);
	}
	return (false);
}

enum err
right_intersect(const struct names *one, const struct names *other, struct names *ret_names)
{
	enum err e;

	/* "posts:*" and "*:read" have posts:read in common, which neither of them says: it is left
	 * out, for less is safe. */
	ret_names->count = 0;
	if ((e = add_covered(one, other, ret_names)) != ERR_OK)
		return (e);
	return (add_covered(other, one, ret_names));
}
