/* A folder in the state folder where the next version of the database is made and tested. */
#ifndef YETT_STAGE_H
#define YETT_STAGE_H

#include "tool.h"

struct stage {
	struct arena *arena;
	const char *dir;
	const char *copy;     /* for a backup, until it is whole */
	const char *database; /* the one that is being made */
};

/**
 * stage_open(s, t), stage_close(s):
 * Make the folder, empty; what a killed run has left there goes. Remove it. Whoever calls has the
 * turn to write (hold_take()), so nobody else is using it. The former: 0, or the exit status, all
 * said.
 */
int stage_open(struct stage *s, struct tool *t);
void stage_close(const struct stage *s);

/**
 * stage_test(s, t):
 * What the database must pass before anybody uses it: it is sound, no row refers to one that is not
 * there, its tables are those of this program, which opens it, reads it, and proves its audit log,
 * unless --unproved was given. NULL when it passes, else what is wrong.
 */
const char *stage_test(const struct stage *s, struct tool *t);

#endif
