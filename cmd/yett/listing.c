/* What a command lists: a table, or with --json an object with items. */
#include "listing.h"

int
listing_begin(struct tool *t, struct listing *l, size_t columns, const char *const *names)
{

	*l = (struct listing){ .tool = t, .json = json_object(t->arena) };
	if (tool_has(t, "--json"))
		l->array = json_add_array(&l->json, "items");
	l->table = table_new(t->arena, columns, names);
	return (l->table == NULL ? tool_fail("out of memory") : 0);
}

int
listing_end(struct listing *l, enum err e, const char *what)
{

	if (e != ERR_OK)
		return (tool_fail("the %s cannot be read (%s)", what, err_slug(e)));
	return (l->array == NULL ? table_print(l->table) : tool_print_json(&l->json));
}
