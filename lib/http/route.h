/* The table that a program is: each row one endpoint with its policy, so that no handler can forget
 * it. */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "http/request.h"

/* Who is let in. A row that does not say lets nobody in. */
enum who {
	WHO_NOBODY = 0,
	WHO_ANY,    /* everybody; nobody looks who it is */
	WHO_MAYBE,  /* everybody; a proof that comes along is looked at, a bad one is as none */
	WHO_GUEST,  /* whoever holds the row's permission; who proves nothing is the guest */
	WHO_HOLDER, /* who proved something, and holds the row's permission */
	WHO_USER,   /* who proved to be a user, by whatever proof, and holds the permission */
	WHO_SELF,   /* the same by a session of the own: no API key, nobody in the user's name */
};

struct route {
	const char *method; /* NULL: any */
	const char *path;   /* "{id}" stands for one UUID, and "{item_id}" behind it for another; a
	                       '*' at the end for anything */
	enum err (*handler)(struct req *r);
	size_t body_max; /* bytes; 0: takes no body */
	enum who who;
	const char *page; /* the page that shows a browser what was wrong with its form; NULL: the
	                     page "problem" */
	const char *permission; /* that the subject must hold, "resource:action"; NULL: none */
	const char *type;       /* of the body; NULL: application/json or a form */
	bool password_due;      /* open also to who must choose another password first */
	bool work; /* may ask for a proof of work (server.h: check); reading never does, but such a
	              page is ready for it */
};

/**
 * route_find(r, routes, count, ret_allow):
 * The row for the method and path of ${r}, whose ids it sets. HEAD goes where GET goes.
 * Errors: ERR_NOT_FOUND; ERR_METHOD, and ${ret_allow} is then the value of Allow; ERR_NOMEM.
 */
MUST_USE enum err route_find(struct req *r, const struct route *routes, size_t count,
    const struct route **ret_route, const char **ret_allow);

#endif
