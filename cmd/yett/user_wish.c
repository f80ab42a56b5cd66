/* The options by which commands choose users: the parameters of GET /users. */
#include "user_wish.h"

#include <stdio.h>
#include <string.h>

#define NAME_SIZE 32

/* "email_confirmed" is --email-confirmed; how many is each command's own affair. */
static void
print_option(const char *name, char ret_option[static NAME_SIZE])
{
	char *p;

	snprintf(ret_option, NAME_SIZE, "--%s", name);
	for (p = ret_option; *p != '\0'; p++)
		if (*p == '_')
			*p = '-';
}

static const char *
get_option(void *arg, const char *name)
{
	char option[NAME_SIZE];

	print_option(name, option);
	return (strcmp(name, "limit") == 0 ? NULL : tool_value(arg, option));
}

static int
find_role(struct tool *t, struct wish *w)
{
	struct role role;
	struct db *db;
	enum err e;

	if (w->role == NULL)
		return (0);
	if ((e = store_read(t->store, &db)) != ERR_OK)
		return (tool_fail("the database cannot be read (%s)", err_slug(e)));
	if ((e = role_find_name(db, w->role, t->arena, &role)) == ERR_OK)
		w->filter.role_id = role.id;
	store_read_end(t->store, db);
	if (e == ERR_NOT_FOUND)
		return (tool_fail("role: there is no \"%s\"", w->role));
	return (e == ERR_OK ? 0 : tool_fail("the database cannot be read (%s)", err_slug(e)));
}

int
user_wish_read(struct tool *t, struct wish *ret_wish)
{
	struct req said = { .arena = t->arena };
	char option[NAME_SIZE];

	if (wish_read(&said, get_option, t, ret_wish) == ERR_OK)
		return (find_role(t, ret_wish));
	if (said.field_errors_count == 0)
		return (tool_fail("out of memory"));
	print_option(said.field_errors[0].name, option);
	return (tool_misuse(t, "%s %s", option, said.field_errors[0].value));
}
