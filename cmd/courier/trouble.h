/* Trouble: no mail goes out at all, so for a while none is tried. In memory that the process which
 * stays shares with those that send, for it outlives them. */
#ifndef COURIER_TROUBLE_H
#define COURIER_TROUBLE_H

#include <stdbool.h>
#include <stdint.h>

struct trouble {
	unsigned int count;  /* so many times in a row no mail went out; 0: all is well */
	int64_t quiet_until; /* ms of the steady clock: because of that nothing is tried before */
};

/**
 * trouble_new():
 * Memory that is shared with processes forked later, for as long as this one lives; NULL when there
 * is none.
 */
struct trouble *trouble_new(void);

/**
 * trouble_add(t), trouble_end(t), trouble_is_quiet(t):
 * Once more no mail went out: for how many ms none is tried. One did. Is now such a time?
 */
int64_t trouble_add(struct trouble *t);
void trouble_end(struct trouble *t);
bool trouble_is_quiet(const struct trouble *t);

/**
 * trouble_quiet_ms(failures):
 * For how long nothing is tried after so many failures in a row: 1 s, and doubled with each up to
 * five minutes.
 */
int64_t trouble_quiet_ms(int64_t failures);

/**
 * trouble_next_try(now, attempts):
 * When to try again what was tried so often: after half a minute, and doubled with each up to an
 * hour; up to a tenth later than need be, so that those that failed together do not come together.
 */
int64_t trouble_next_try(int64_t now, int64_t attempts);

#endif
