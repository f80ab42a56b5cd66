/* The gate: of all mail that is being sent one at a time is where nobody could say whether it
 * arrived. */
#include "gate.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/clock.h"

#define LONGEST_MS 1000

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static _Atomic int64_t since_ms; /* of the steady clock: when whoever is inside came in */
static _Thread_local bool inside;

void
gate_enter(void)
{
	struct timespec until;
	int64_t wait;

	if (inside)
		return;
	if (pthread_mutex_trylock(&gate) != 0) {
		wait = atomic_load(&since_ms) + LONGEST_MS - clock_steady_ms();
		clock_gettime(CLOCK_MONOTONIC, &until);
		if (wait > 0) {
			until.tv_sec += wait / 1000;
			until.tv_nsec += wait % 1000 * 1000000;
			until.tv_sec += until.tv_nsec / 1000000000;
			until.tv_nsec %= 1000000000;
		}
		if (pthread_mutex_clocklock(&gate, CLOCK_MONOTONIC, &until) != 0)
			return;
	}
	atomic_store(&since_ms, clock_steady_ms());
	inside = true;
}

void
gate_leave(void)
{

	if (!inside)
		return;
	inside = false;
	pthread_mutex_unlock(&gate);
}
