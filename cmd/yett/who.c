/* The user whom an admin means. */
#include "who.h"

int
who_find(struct tool *t, struct db *db, const char *who, struct user *ret_user)
{
	const enum err e = user_find_any(db, who, t->arena, ret_user);

	if (e == ERR_NOT_FOUND)
		return (tool_fail("there is no user \"%s\": give an id, an e-mail address, a "
		                  "username or the id of old",
		    who));
	return (e == ERR_OK ? 0 : tool_fail("the database cannot be read (%s)", err_slug(e)));
}

int
who_read(struct tool *t, const char *who, struct user *ret_user)
{
	struct db *db;
	int status;
	enum err e;

	if ((e = store_read(t->store, &db)) != ERR_OK)
		return (tool_fail("the database cannot be read (%s)", err_slug(e)));
	status = who_find(t, db, who, ret_user);
	store_read_end(t->store, db);
	return (status);
}
