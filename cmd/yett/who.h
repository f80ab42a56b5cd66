/* The user whom an admin means. */
#ifndef YETT_WHO_H
#define YETT_WHO_H

#include "store/user.h"
#include "tool.h"

/**
 * who_find(t, db, who, ret_user):
 * The user with the id, address, username or else legacy_user_id ${who}, owned by the arena. 0, or
 * the exit status, all said.
 */
int who_find(struct tool *t, struct db *db, const char *who, struct user *ret_user);

/**
 * who_read(t, who, ret_user):
 * The same in a read transaction of its own.
 */
int who_read(struct tool *t, const char *who, struct user *ret_user);

#endif
