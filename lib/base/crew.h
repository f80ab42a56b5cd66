/* A few threads for long work, which run only where nobody else wants to. */
#ifndef BASE_CREW_H
#define BASE_CREW_H

#include <stdint.h>

#include "base/err.h"

/* The crew has stalled when for so long none of its threads began or ended a work: others have all
 * the processors. */
#define CREW_PATIENCE_MS 1000

enum crew_end {
	CREW_DONE,    /* the work was done; it is the caller's again */
	CREW_LATE,    /* it was not done in time; it is not the caller's any more */
	CREW_STALLED, /* as late; who does it now may do it himself */
};

/* What a work is: called once, or never, then dropped if its caller has left. */
struct crew_work {
	void (*run)(void *arg);
	void (*drop)(void *arg);
};

struct crew;

/**
 * crew_new(count, ret_crew):
 * ${count} threads, 1 to 64, that start with the first work there is. End with crew_free(), when no
 * call of crew_run() is under way; it waits for what they are at, and accepts NULL.
 * Errors: ERR_NOMEM.
 */
MUST_USE enum err crew_new(unsigned int count, struct crew **ret_crew);
void crew_free(struct crew *c);

/**
 * crew_run(c, work, arg, until):
 * Have a thread of the crew run ${work} with ${arg}, in the order of the calls, and wait for it
 * until ${until}, as of clock_steady_ms(), or until the crew has stalled. ${arg} is the crew's,
 * until CREW_DONE is returned.
 */
MUST_USE enum crew_end
crew_run(struct crew *c, const struct crew_work *work, void *arg, int64_t until);

#endif
