/* A crew does what it is asked to in order, and says when it gets nowhere. */
#include "base/crew.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "check.h"

#define MANY 12

/* What the works leave behind. */
static struct {
	atomic_int order[MANY];
	atomic_int count;
	atomic_int dropped;
	atomic_int asking;
	atomic_int policy;
	atomic_int gate; /* closed while it is 1 */
} seen;

static void
note(void *arg)
{
	const int at = atomic_fetch_add(&seen.count, 1);

	if (at < MANY)
		atomic_store(&seen.order[at], *(int *)arg);
	atomic_store(&seen.policy, sched_getscheduler(0));
}

static void
wait_at_gate(void *arg)
{

	while (atomic_load(&seen.gate) == 1)
		usleep(1000);
	note(arg);
}

static void
drop(void *arg)
{

	atomic_fetch_add(&seen.dropped, 1);
	free(arg);
}

static const struct crew_work noting = { note, drop };
static const struct crew_work waiting = { wait_at_gate, drop };

static int *
number(int n)
{
	int *p = malloc(sizeof *p);

	if (p == NULL)
		abort();
	*p = n;
	return (p);
}

static void
reset(void)
{

	atomic_store(&seen.count, 0);
	atomic_store(&seen.dropped, 0);
}

/* Wait for ${counter} to become ${value}, 5 s at most. */
static bool
becomes(atomic_int *counter, int value)
{
	int tries;

	for (tries = 0; tries < 5000 && atomic_load(counter) != value; tries++)
		usleep(1000);
	return (atomic_load(counter) == value);
}

static void
test_work(struct crew *c)
{
	int *arg = number(7);

	reset();
	ok(crew_run(c, &noting, arg, clock_steady_ms() + 5000) == CREW_DONE &&
	        atomic_load(&seen.count) == 1 && atomic_load(&seen.order[0]) == 7,
	    "a work is done");
	ok(atomic_load(&seen.dropped) == 0, "and its argument is the caller's again");
	ok(atomic_load(&seen.policy) == SCHED_IDLE && sched_getscheduler(0) == SCHED_OTHER,
	    "by a thread that gives way, which the caller's does not");
	free(arg);
}

/* What a thread asks of the crew. */
struct request {
	struct crew *crew;
	int number;
	enum crew_end end;
};

static void *
ask(void *arg)
{
	struct request *r = arg;
	int *mine = number(r->number);

	atomic_fetch_add(&seen.asking, 1);

	r->end = crew_run(r->crew, &waiting, mine, clock_steady_ms() + 20000);
	if (r->end == CREW_DONE)
		free(mine);
	return (NULL);
}

static void
test_order(struct crew *c)
{
	struct request requests[MANY];
	pthread_t threads[MANY];
	bool in_order = true;
	int i;

	reset();
	atomic_store(&seen.asking, 0);
	atomic_store(&seen.gate, 1);
	for (i = 0; i < MANY; i++) {
		requests[i] = (struct request){ .crew = c, .number = i };
		if (pthread_create(&threads[i], NULL, ask, &requests[i]) != 0)
			abort();
		/* From here to the queue it is a few instructions. */
		becomes(&seen.asking, i + 1);
		usleep(20000);
	}
	atomic_store(&seen.gate, 0);
	for (i = 0; i < MANY; i++) {
		pthread_join(threads[i], NULL);
		in_order &= requests[i].end == CREW_DONE && atomic_load(&seen.order[i]) == i;
	}
	ok(in_order && atomic_load(&seen.count) == MANY,
	    "works are done in the order of the calls");
}

static void
test_late(struct crew *c)
{
	int64_t since = clock_steady_ms();

	reset();
	atomic_store(&seen.gate, 1);
	ok(crew_run(c, &waiting, number(1), since + 50) == CREW_LATE &&
	        clock_steady_ms() - since >= 50,
	    "who waits for a work under way is told when it gets late");
	ok(crew_run(c, &noting, number(2), clock_steady_ms() + 50) == CREW_LATE &&
	        atomic_load(&seen.dropped) == 1,
	    "a work not begun by then never is, and is dropped");
	atomic_store(&seen.gate, 0);
	ok(becomes(&seen.dropped, 2) && atomic_load(&seen.count) == 1,
	    "what was under way is dropped at its end");
}

static void
test_stall(struct crew *c)
{
	int64_t since = clock_steady_ms();

	reset();
	atomic_store(&seen.gate, 1);
	ok(crew_run(c, &waiting, number(1), since + 20000) == CREW_STALLED &&
	        clock_steady_ms() - since >= CREW_PATIENCE_MS,
	    "after a second without progress the crew has stalled");
	since = clock_steady_ms();
	ok(crew_run(c, &noting, number(2), since + 20000) == CREW_STALLED &&
	        clock_steady_ms() - since >= CREW_PATIENCE_MS,
	    "who comes later gives it another");
	atomic_store(&seen.gate, 0);
	ok(becomes(&seen.dropped, 2) && atomic_load(&seen.count) == 1, "nothing is left behind");
}

int
main(void)
{
	struct crew *c;

	if (crew_new(1, &c) != ERR_OK)
		return (1);
	test_work(c);
	test_order(c);
	test_late(c);
	test_stall(c);
	crew_free(c);
	crew_free(NULL);
	if (crew_new(3, &c) != ERR_OK)
		return (1);
	crew_free(c);
	ok(true, "a crew that never worked ends");
	return (done());
}
