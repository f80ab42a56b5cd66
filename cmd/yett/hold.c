/* The database kept still: the turn to write, and the word to all programs that everything may have
 * changed. */
#include "hold.h"

#include <string.h>

#include "store/guard_rule.h"

int
hold_take(struct tool *t, struct hold *ret_hold)
{
	const char *lock = tool_path(t, "write.lock"), *map = tool_path(t, "versions.map");
	struct hold h = { .taken = false };
	enum err e;

	*ret_hold = h;
	if (lock == NULL || map == NULL)
		return (tool_fail("out of memory"));
	if ((e = versions_open(map, &h.versions)) == ERR_OK &&
	    (e = turn_open(lock, &h.turn)) == ERR_OK && (e = turn_take(h.turn)) == ERR_OK)
		h.taken = true;
	*ret_hold = h;
	if (e == ERR_OK)
		return (0);
	hold_give(ret_hold);
	return (
	    tool_fail("the turn to write cannot be had: %s or %s (%s)", lock, map, err_slug(e)));
}

void
hold_change_begin(struct hold *h)
{

	version_begin(h->versions, NULL);
	version_begin(h->versions, GUARD_RULES_ID);
}

void
hold_change_end(struct hold *h)
{

	version_finish(h->versions, NULL);
	version_finish(h->versions, GUARD_RULES_ID);
}

void
hold_give(struct hold *h)
{

	if (h->taken)
		turn_give(h->turn);
	turn_close(h->turn);
	versions_close(h->versions);
	memset(h, 0, sizeof *h);
}
