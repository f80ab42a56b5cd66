/* The org that an admin means. */
#include "whose.h"

#include "base/id.h"

int
whose_find(struct tool *t, struct db *db, const char *whose, struct org *ret_org)
{
	enum err e = ERR_NOT_FOUND;

	/* A slug may look like an id. */
	if (id_ok(whose))
		e = org_find(db, whose, t->arena, ret_org);
	if (e == ERR_NOT_FOUND)
		e = org_find_slug(db, whose, t->arena, ret_org);
	if (e == ERR_NOT_FOUND)
		return (tool_fail("there is no org \"%s\": give an id or a slug", whose));
	return (e == ERR_OK ? 0 : tool_fail("the database cannot be read (%s)", err_slug(e)));
}

int
whose_read(struct tool *t, const char *whose, struct org *ret_org)
{
	struct db *db;
	int status;
	enum err e;

	if ((status = tool_open_store(t)) != 0 || (status = tool_open_master(t)) != 0)
		return (status);
	if ((e = store_read(t->store, &db)) != ERR_OK)
		return (tool_fail("the database cannot be read (%s)", err_slug(e)));
	status = whose_find(t, db, whose, ret_org);
	store_read_end(t->store, db);
	return (status);
}
