/* Coming in by what was mailed. */
#ifndef CMD_PASSWORDLESS_ENTER_H
#define CMD_PASSWORDLESS_ENTER_H

#include "http/request.h"

/**
 * enter_get_page(r), enter_post_link(r), enter_post_code(r):
 * Handlers. The page that a link leads to, which changes nothing, as scanners of mail follow links
 * too; what its form sends: the token of a link, or address and code; and address and code alone.
 */
MUST_USE enum err enter_get_page(struct req *r);
MUST_USE enum err enter_post_link(struct req *r);
MUST_USE enum err enter_post_code(struct req *r);

#endif
