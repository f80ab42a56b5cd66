/* What a command lists: a table, or with --json an object with items. */
#ifndef YETT_LISTING_H
#define YETT_LISTING_H

#include "table.h"
#include "tool.h"

struct listing {
	struct tool *tool;
	struct table *table;
	struct json json;
	struct cJSON *array; /* NULL: a table */
};

/**
 * listing_begin(t, l, columns, names), listing_end(l, e, what):
 * Fill ${l} for a list with those columns; print it, unless ${e} says that the ${what} could not be
 * read. 0, or the exit status, all said.
 */
MUST_USE int
listing_begin(struct tool *t, struct listing *l, size_t columns, const char *const *names);
MUST_USE int listing_end(struct listing *l, enum err e, const char *what);

#endif
