/* The options by which commands choose users. */
#ifndef YETT_USER_WISH_H
#define YETT_USER_WISH_H

#include "access/wish.h"
#include "tool.h"

/**
 * user_wish_read(t, ret_wish):
 * Read --enabled, --locked, --email-confirmed, --role, --q, --order and --after into ${ret_wish},
 * with the id of the role. 0, or the exit status, all said.
 */
int user_wish_read(struct tool *t, struct wish *ret_wish);

#endif
