/* The user whom an admin means. */
#include "who.h"

#include <string.h>

#include "base/id.h"
#include "base/text.h"

static enum err
find(struct tool *t, struct db *db, const char *who, struct user *ret_user)
{
	char *key = arena_copy(t->arena, who);
	enum err e = ERR_NOT_FOUND;

	if (key == NULL)
		return (ERR_NOMEM);
	text_lower(key);
	/* A username may look like an id. */
	if (id_ok(key))
		e = user_find(db, USER_BY_ID, key, t->arena, ret_user);
	if (e == ERR_NOT_FOUND)
		e = user_find(db, strchr(key, '@') != NULL ? USER_BY_EMAIL : USER_BY_USERNAME, key,
		    t->arena, ret_user);
	if (e == ERR_NOT_FOUND)
		e = user_find(db, USER_BY_LEGACY, who, t->arena, ret_user);
	return (e);
}

int
who_find(struct tool *t, struct db *db, const char *who, struct user *ret_user)
{
	const enum err e = find(t, db, who, ret_user);

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
