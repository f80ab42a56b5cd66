/* Asking to be let in, and showing that one reads the address. */
#ifndef WAITLIST_ASK_H
#define WAITLIST_ASK_H

#include "http/request.h"

/**
 * ask_check_mode(r):
 * Is there a waitlist here? Errors: ERR_NOT_FOUND, unless signup.mode says so.
 */
MUST_USE enum err ask_check_mode(struct req *r);

/**
 * ask_get(r):
 * The page to ask by.
 */
MUST_USE enum err ask_get(struct req *r);
MUST_USE enum err ask_post(struct req *r);
MUST_USE enum err ask_get_confirm(struct req *r);
MUST_USE enum err ask_post_confirm(struct req *r);

#endif
