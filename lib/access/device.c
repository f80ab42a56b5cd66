/* A name for the device that a session is on. */
#include "access/device.h"

#include <string.h>

#include "base/err.h"
#include "base/text.h"

struct mark {
	const char *part;
	const char *name;
};

/* In this order: each browser names those it descends from, too. */
static const struct mark browsers[] = {
	{ "Edg/", "Edge" },
	{ "OPR/", "Opera" },
	{ "SamsungBrowser/", "Samsung Internet" },
	{ "Firefox/", "Firefox" },
	{ "FxiOS/", "Firefox" },
	{ "CriOS/", "Chrome" },
	{ "Chromium/", "Chromium" },
	{ "Chrome/", "Chrome" },
	{ "Safari/", "Safari" },
};

static const struct mark systems[] = {
	{ "iPhone", "iPhone" },
	{ "iPad", "iPad" },
	{ "Android", "Android" },
	{ "CrOS", "ChromeOS" },
	{ "Windows", "Windows" },
	{ "Mac OS X", "Mac" },
	{ "Linux", "Linux" },
	{ "FreeBSD", "FreeBSD" },
	{ "OpenBSD", "OpenBSD" },
};

static const char *
find_mark(const struct mark *marks, size_t count, const char *text)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strstr(text, marks[i].part) != NULL)
			return (marks[i].name);
	return (NULL);
}

const char *
device_name(const char *user_agent, struct arena *a)
{
	const char *browser = find_mark(browsers, COUNT(browsers), user_agent);
	const char *system = find_mark(systems, COUNT(systems), user_agent);
	size_t len = strcspn(user_agent, " /");

	if (user_agent[0] == '\0' || len == 0)
		return ("Unknown device");
	if (browser != NULL && system != NULL)
		return (arena_print(a, "%s on %s", browser, system));
	if (browser != NULL)
		return (browser);
	return (arena_copy_len(a, user_agent, text_cut(user_agent, len > 40 ? 40 : len)));
}
