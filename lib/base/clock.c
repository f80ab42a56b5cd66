/* The time of day. */
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int64_t
read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000);
}

#ifdef TEST_HOOKS
/* What the tests' file makes of ${now}: "MS" adds, "@MS" is the time itself, which then stands
 * still. */
static int64_t
test_time(int64_t now)
{
	const char *path = getenv("YETT_TEST_CLOCK");
	char line[32] = "";
	FILE *f;

	if (path == NULL || (f = fopen(path, "r")) == NULL)
		return (now);
	if (fgets(line, sizeof line, f) == NULL)
		line[0] = '\0';
	fclose(f);
	if (line[0] == '@')
		return (strtoll(line + 1, NULL, 10));
	return (now + strtoll(line, NULL, 10));
}
#else
static int64_t
test_time(int64_t now)
{

	return (now);
}
#endif

int64_t
clock_ms(void)
{

	return (test_time(read_clock(CLOCK_REALTIME)));
}

int64_t
clock_steady_ms(void)
{

	return (read_clock(CLOCK_MONOTONIC));
}

char *
clock_print(struct arena *a, int64_t at)
{
	const time_t seconds = (time_t)(at / 1000);
	struct tm tm;
	char day[32];

	if (gmtime_r(&seconds, &tm) == NULL ||
	    strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &tm) == 0)
		return (NULL);
	return (arena_print(a, "%s.%03dZ", day, (int)(at % 1000)));
}
