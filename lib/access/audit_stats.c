/* How much was done, by day and by action. */
#include "access/audit_stats.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"

#define DAY_MS ((int64_t)86400000)
#define DAY_LEN 10 /* of "2026-01-31" */

/* Where ${name} is, or where it belongs, among the names in order. */
static size_t
find_place(const struct audit_stats *s, const char *name, bool *ret_there)
{
	size_t low = 0, high = s->actions_count, middle;
	int order;

	while (low < high) {
		middle = (low + high) / 2;
		order = strcmp(s->actions[middle].name, name);
		if ((*ret_there = order == 0))
			return (middle);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_there = false;
	return (low);
}

static enum err
add(void *arg, int64_t day, const char *action, int64_t count)
{
	struct audit_stats *s = arg;
	bool there;
	size_t at;

	s->total += count;
	s->days[day - s->first_day] += count;
	at = find_place(s, action, &there);
	if (!there) {
		if (s->actions_count == AUDIT_STATS_ACTIONS_MAX)
			return (ERR_NOMEM);
		memmove(&s->actions[at + 1], &s->actions[at],
		    (s->actions_count - at) * sizeof s->actions[0]);
		s->actions_count++;
		s->actions[at].name = action;
		s->actions[at].count = 0;
	}
	s->actions[at].count += count;
	return (ERR_OK);
}

enum err
audit_stats_read(
    struct db *db, int64_t from, int64_t to, struct arena *a, struct audit_stats *ret_stats)
{
	const int64_t last = to / DAY_MS;

	memset(ret_stats, 0, sizeof *ret_stats);
	ret_stats->first_day = from / DAY_MS;
	if (last - ret_stats->first_day >= AUDIT_STATS_DAYS_MAX)
		return (ERR_TOO_LARGE);
	ret_stats->days_count = (size_t)(last - ret_stats->first_day + 1);
	return (audit_each_day(db, ret_stats->first_day, last, a, add, ret_stats));
}

bool
audit_stats_day(const char *text, int64_t *ret_at)
{
	char time[DAY_LEN + sizeof "T00:00:00Z"];

	if (strlen(text) != DAY_LEN)
		return (false);
	snprintf(time, sizeof time, "%sT00:00:00Z", text);
	return (clock_parse(time, ret_at));
}

char *
audit_stats_print(int64_t day, struct arena *a)
{
	char *text = clock_print(a, day * DAY_MS);

	if (text != NULL)
		text[DAY_LEN] = '\0';
	return (text);
}
