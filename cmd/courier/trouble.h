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
 * trouble_wait_ms(first, longest, failures):
 * ${first} doubled with each failure but the first, up to ${longest}.
 */
int64_t trouble_wait_ms(int64_t first, int64_t longest, int64_t failures);

#endif
