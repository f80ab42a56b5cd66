/* Which users somebody wants to see listed. */
#ifndef ACCESS_WISH_H
#define ACCESS_WISH_H

#include "http/request.h"
#include "store/user.h"

struct wish {
	struct user_filter filter;
	const char *role; /* a name; NULL: whatever */
	struct user_place place;
	const struct user_place *after; /* NULL: from the beginning */
	int64_t limit;
};

/**
 * wish_read(r, get, arg, ret_wish):
 * Fill ${ret_wish} by asking ${get} for the value of each of wish_names; NULL is none. The id of
 * the role is not looked up. Errors: ERR_FIELDS, said at ${r}; ERR_NOMEM.
 */
MUST_USE enum err wish_read(struct req *r, const char *(*get)(void *arg, const char *name),
    void *arg, struct wish *ret_wish);

/**
 * wish_knows(name):
 * Does wish_read() ask for ${name}?
 */
bool wish_knows(const char *name);

/**
 * wish_cursor(w, next, a):
 * The place ${next} in the list of ${w} for the client to come back with; NULL without memory.
 */
const char *wish_cursor(const struct wish *w, const struct user_place *next, struct arena *a);

#endif
