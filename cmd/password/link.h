/* Pages that links in mails lead to: each shows a form for the link's code, which posts. Looking at
 * one changes nothing, as what scans mails looks at links, too. */
#ifndef PASSWORD_LINK_H
#define PASSWORD_LINK_H

#include "http/request.h"

MUST_USE enum err link_post_unlock(struct req *r);
MUST_USE enum err link_get_unlock(struct req *r);
MUST_USE enum err link_post_end_session(struct req *r);
MUST_USE enum err link_get_end_session(struct req *r);

/**
 * link_page(r, name):
 * Answer with the page ${name}. Errors: ERR_NOT_FOUND, ERR_NOMEM.
 */
MUST_USE enum err link_page(struct req *r, const char *name);

/**
 * link_done(r, target):
 * It is done: 204, and a browser goes to ${target}, which says so. Errors: ERR_NOMEM.
 */
MUST_USE enum err link_done(struct req *r, const char *target);

#endif
