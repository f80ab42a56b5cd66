/* Lists as plain tables with aligned columns, safe to print on a terminal. */
#include "table.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "tool.h"

struct row {
	struct row *next;
	const char *cells[];
};

struct table {
	struct arena *arena;
	size_t columns;
	size_t widths[TABLE_COLUMNS_MAX];
	struct row *first, *last;
	size_t count;
	bool failed;
};

/* Columns of the terminal: characters of UTF-8, counted by the bytes that begin one. */
static size_t
width(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return (n);
}

struct table *
table_new(struct arena *a, size_t columns, const char *const *names)
{
	struct table *t;

	if ((t = arena_alloc(a, sizeof *t)) == NULL)
		return (NULL);
	t->arena = a;
	t->columns = columns;
	table_add(t, names);
	t->count = 0;
	return (t);
}

void
table_add(struct table *t, const char *const *cells)
{
	struct row *r;
	size_t i, w;

	if ((r = arena_alloc(t->arena, sizeof *r + t->columns * sizeof r->cells[0])) == NULL) {
		t->failed = true;
		return;
	}
	for (i = 0; i < t->columns; i++) {
		r->cells[i] = cells[i] != NULL ? cells[i] : "";
		if ((w = width(r->cells[i])) > t->widths[i])
			t->widths[i] = w;
	}
	if (t->last != NULL)
		t->last->next = r;
	else
		t->first = r;
	t->last = r;
	t->count++;
}

void
table_text(const char *text)
{
	const unsigned char *p;

	for (p = (const unsigned char *)text; *p != '\0'; p++) {
		/* U+0080 to U+009F, in UTF-8 C2 80 to C2 9F, are control characters too. */
		if (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) {
			putchar('?');
			p++;
		} else {
			putchar(*p < 0x20 || *p == 0x7f ? '?' : *p);
		}
	}
}

void
table_line(const char *name, int width, const char *value)
{

	printf("%-*s ", width, name);
	table_text(value == NULL || *value == '\0' ? "-" : value);
	putchar('\n');
}

int
table_print(const struct table *t)
{
	const struct row *r;
	size_t i, last;

	if (t->failed)
		return (tool_fail("out of memory"));
	for (r = t->first; r != NULL; r = r->next) {
		for (last = t->columns; last > 1 && r->cells[last - 1][0] == '\0'; last--)
			continue;
		for (i = 0; i < last; i++) {
			table_text(r->cells[i]);
			if (i + 1 < last)
				printf("%*s", (int)(t->widths[i] - width(r->cells[i]) + 2), "");
		}
		putchar('\n');
	}
	return (0);
}

size_t
table_count(const struct table *t)
{

	return (t->count);
}

const char *
table_time(struct arena *a, int64_t at)
{
	char *text;

	if (at == 0)
		return ("-");
	if ((text = clock_print(a, at)) == NULL)
		return (NULL);
	text[10] = ' ';
	memcpy(text + 19, "Z", 2);
	return (text);
}

const char *
table_join(struct arena *a, char *const *items, size_t count)
{
	const char *text = "";
	size_t i;

	for (i = 0; i < count && text != NULL; i++)
		text = arena_print(a, "%s%s%s", text, i > 0 ? " " : "", items[i]);
	return (text);
}
