/* Turns between processes, kept by locks of the kernel, which a killed process can't leave behind.
 */
#ifndef BASE_TURN_H
#define BASE_TURN_H

#include <stdint.h>

#include "base/err.h"

struct turn;
struct slots;

/**
 * turn_open(path, ret_turn):
 * A fair queue of processes, by locks on the file ${path} (made with mode 0600 when absent). Close
 * with turn_close(). Errors: ERR_IO, ERR_NOMEM.
 */
MUST_USE enum err turn_open(const char *path, struct turn **ret_turn);
void turn_close(struct turn *t);

/**
 * turn_take(t), turn_give(t):
 * Wait for the turn; give it to the one who waits. One thread of a process at a time may do either.
 * Nobody starves: see the note in turn.c.
 * Errors: ERR_IO.
 */
MUST_USE enum err turn_take(struct turn *t);
void turn_give(struct turn *t);

/**
 * slots_open(path, count, ret_slots):
 * ${count} slots shared by all processes that open ${path}, by locks on its bytes. Close with
 * slots_close(). Errors: ERR_IO, ERR_NOMEM.
 */
MUST_USE enum err slots_open(const char *path, unsigned int count, struct slots **ret_slots);
void slots_close(struct slots *s);

/**
 * slots_take(s, wait_ms, ret_slot), slots_give(s, slot):
 * Take a slot, waiting ${wait_ms} at most; give it back. Any thread may.
 * Errors: ERR_BUSY when none became free in time.
 */
MUST_USE enum err slots_take(struct slots *s, int64_t wait_ms, unsigned int *ret_slot);
void slots_give(struct slots *s, unsigned int slot);

#endif
