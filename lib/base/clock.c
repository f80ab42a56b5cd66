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

/* Is it "dddd-dd-ddTdd:dd:dd", and then what? */
static bool
has_form(const char *text)
{
	static const char form[] = "0000-00-00T00:00:00";
	size_t i;

	for (i = 0; form[i] != '\0'; i++)
		if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return (false);
	return (true);
}

/* "Z", or '.', one to three digits and "Z". */
static bool
parse_fraction(const char *text, int64_t *ret_ms)
{
	int64_t unit = 100;

	*ret_ms = 0;
	if (*text == '.') {
		for (text++; *text >= '0' && *text <= '9' && unit > 0; text++, unit /= 10)
			*ret_ms += (*text - '0') * unit;
		if (unit == 100)
			return (false);
	}
	return (text[0] == 'Z' && text[1] == '\0');
}

char *
clock_print_minute(struct arena *a, int64_t at)
{
	const char *text = clock_print(a, at);

	return (text == NULL ? NULL : arena_print(a, "%.10s %.5s UTC", text, text + 11));
}

bool
clock_parse(const char *text, int64_t *ret_at)
{
	struct tm tm = { .tm_isdst = 0 }, again;
	int64_t ms;
	time_t at;

	if (!has_form(text) ||
	    sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
	        &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6 ||
	    !parse_fraction(text + 19, &ms))
		return (false);
	tm.tm_year -= 1900;
	tm.tm_mon--;
	again = tm;
	at = timegm(&again);
	/* timegm(3) takes the 31st of April for the 1st of May. */
	if (at < 0 || again.tm_mon != tm.tm_mon || again.tm_mday != tm.tm_mday ||
	    again.tm_hour != tm.tm_hour || again.tm_min != tm.tm_min || again.tm_sec != tm.tm_sec)
		return (false);
	*ret_at = (int64_t)at * 1000 + ms;
	return (true);
}
