/* The database kept still: the turn to write, and the word to all programs that everything may have
 * changed. */
#ifndef YETT_HOLD_H
#define YETT_HOLD_H

#include "base/turn.h"
#include "store/version.h"
#include "tool.h"

struct hold {
	struct turn *turn;
	struct versions *versions;
	bool taken;
};

/**
 * hold_take(t, ret_hold):
 * Wait for the turn to write; programs that want to write wait until hold_give(). 0, or the exit
 * status, all said.
 */
int hold_take(struct tool *t, struct hold *ret_hold);

/**
 * hold_change_begin(h), hold_change_end(h):
 * Before and after a change of the whole database: whatever any program remembers counts no more.
 */
void hold_change_begin(struct hold *h);
void hold_change_end(struct hold *h);

/**
 * hold_give(h):
 * Let the others write again; nothing when it was not taken.
 */
void hold_give(struct hold *h);

#endif
