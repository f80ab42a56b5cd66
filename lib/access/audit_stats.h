/* How much was done, by day and by action. */
#ifndef ACCESS_AUDIT_STATS_H
#define ACCESS_AUDIT_STATS_H

#include "store/audit.h"

#define AUDIT_STATS_DAYS_MAX 366
#define AUDIT_STATS_ACTIONS_MAX 512

struct audit_stats {
	int64_t first_day; /* days since 1970, UTC */
	size_t days_count;
	int64_t total;
	int64_t days[AUDIT_STATS_DAYS_MAX]; /* rows of each */
	size_t actions_count;
	struct {
		const char *name;
		int64_t count;
	} actions[AUDIT_STATS_ACTIONS_MAX]; /* those that were done, by name */
};

/**
 * audit_stats_read(db, from, to, a, ret_stats):
 * The counts of the days from that of ${from} to that of ${to} (ms), at most AUDIT_STATS_DAYS_MAX;
 * names are ${a}'s. Errors: ERR_TOO_LARGE for more days; ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err audit_stats_read(
    struct db *db, int64_t from, int64_t to, struct arena *a, struct audit_stats *ret_stats);

/**
 * audit_stats_day(text, ret_at), audit_stats_print(day, a):
 * Read "2026-01-31" as the ms it begins; print a day since 1970 so, NULL when ${a} is full.
 */
bool audit_stats_day(const char *text, int64_t *ret_at);
char *audit_stats_print(int64_t day, struct arena *a);

#endif
