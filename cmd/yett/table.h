/* Lists as plain tables with aligned columns, safe to print on a terminal. */
#ifndef YETT_TABLE_H
#define YETT_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define TABLE_COLUMNS_MAX 8

struct table;

/**
 * table_new(a, columns, names):
 * A table with ${columns} columns (at most 8) called ${names}; NULL when memory is out.
 */
struct table *table_new(struct arena *a, size_t columns, const char *const *names);

/**
 * table_add(t, cells):
 * Add a row of ${cells}, whose texts must live as long as the table; NULL is an empty one. A failed
 * allocation is remembered until table_print().
 */
void table_add(struct table *t, const char *const *cells);

/**
 * table_print(t), table_count(t):
 * Print it; control characters, which could command the terminal, become '?'. 0, or the exit
 * status, all said. And how many rows it has.
 */
int table_print(const struct table *t);
size_t table_count(const struct table *t);

/**
 * table_time(a, at):
 * ${at} (Unix milliseconds) as a person reads it, owned by ${a}: "2026-01-31 12:00:00Z", "-" for 0.
 */
const char *table_time(struct arena *a, int64_t at);

/**
 * table_text(text):
 * Print ${text} alone, as safely.
 */
void table_text(const char *text);

/**
 * table_line(name, width, value):
 * Print a line of what is known of one thing: ${name}, in ${width} columns, and ${value} as safely;
 * "-" when it is NULL or empty.
 */
void table_line(const char *name, int width, const char *value);

/**
 * table_join(a, items, count):
 * The texts with spaces between them, owned by ${a}; NULL without memory.
 */
const char *table_join(struct arena *a, char *const *items, size_t count);

#endif
