/* The org that an admin means. */
#ifndef YETT_WHOSE_H
#define YETT_WHOSE_H

#include "store/org.h"
#include "tool.h"

/**
 * whose_find(t, db, whose, ret_org):
 * The org with the id or slug ${whose}, owned by the arena. 0, or the exit status, all said.
 */
int whose_find(struct tool *t, struct db *db, const char *whose, struct org *ret_org);

/**
 * whose_read(t, whose, ret_org):
 * The same in a read transaction of its own; the database is opened, and the master key.
 */
int whose_read(struct tool *t, const char *whose, struct org *ret_org);

#endif
