/* The threads that wait together for something to do: a few, which keep all processors busy, and
 * more only while those are stuck.
 *
 * A request that waits for nobody takes some 20 us, and threads that take them up at the same time
 * only take the processors from each other. One that waits for the disk or a place to hash takes
 * 1,000 times as long, and must not hold up the others. Nobody knows beforehand which it is. So
 * there are a few threads more than processors, not counting those that have been at the same thing
 * for some ms: for each of these the main thread adds one. What is not needed any more ends, ten a
 * second. Of a flood on 2 processors 4 threads answer 16 % more than 16 do (docs/architecture.md,
 * "Decisions"). */
#include "http/workers.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "http/conn.h"

#define PLACES 256
#define SPARE 2       /* more than processors, as some requests wait a little */
#define LOOK_MS 2     /* how often the main thread looks, once nobody waits */
#define STUCK_LOOKS 2 /* who is still at the same thing then, and after that, is stuck */
#define CALM_LOOKS 25 /* so often somebody waits, and it sleeps again */
#define SHRINK_MS 100 /* one that is not needed ends: those that were stuck may soon be again */
#define IDLE_MS 5000  /* after so long without anything to do a thread ends */
#define STACK_SIZE ((size_t)256 << 10)

/* A place for a thread. Who starts or ends one holds the mutex. */
struct worker {
	enum { NOBODY, WORKING, ENDED } state;
	pthread_t thread;
	struct workers *all;
	struct conn *conn;
	struct arena *arena;
	atomic_uint begun; /* how often it had something to do */
	/* The main thread's: what that was at its last look, and how many looks ago that was so. */
	unsigned int begun_before, looks;
};

struct workers {
	struct workers_task task;
	unsigned int enough; /* threads, while none is stuck */
	int wake;            /* an eventfd: ends every wait */
	int alarm;           /* another: nobody waits any more */
	pthread_attr_t attr;
	atomic_bool leaving;
	atomic_bool exhausted; /* a thread could not be started, and that was said */
	atomic_bool watched;   /* the main thread looks every 2 ms */
	atomic_uint idle;      /* threads that wait */
	atomic_uint working;   /* threads */
	atomic_uint stuck;     /* of them, at the last look */
	unsigned int calm;     /* looks since somebody waited each time */
	pthread_mutex_t mutex; /* of the next ones */
	int64_t shrunk_at;     /* ms of the steady clock */
	struct worker places[PLACES];
};

static void *run(void *arg);

static void
ring(int fd)
{
	const uint64_t one = 1;

	if (write(fd, &one, sizeof one) < 0)
		log_event(LOG_ERROR, NULL, "cannot wake a thread: %s", strerror(errno));
}

/* What a thread had for itself. It is nobody's any more once the thread was joined. */
static void
clear(struct worker *w)
{

	conn_free(w->conn);
	arena_free(w->arena);
	*w = (struct worker){ .state = NOBODY };
}

/* After threads that ended, which need no more than to be joined. The mutex is held. */
static void
clear_up(struct workers *ws)
{
	struct worker *w;

	for (w = ws->places; w < ws->places + PLACES; w++)
		if (w->state == ENDED) {
			pthread_join(w->thread, NULL);
			clear(w);
		}
}

/* NULL: all have somebody who works. The mutex is held. */
static struct worker *
find_place(struct workers *ws)
{
	struct worker *w;
	int tries;

	for (tries = 0; tries < 2; tries++) {
		for (w = ws->places; w < ws->places + PLACES; w++)
			if (w->state == NOBODY)
				return (w);
		clear_up(ws);
	}
	return (NULL);
}

/* The mutex is held. */
static bool
start_one(struct workers *ws)
{
	struct worker *w = find_place(ws);

	if (w == NULL)
		return (false);
	w->all = ws;
	w->conn = conn_new();
	w->arena = arena_new(ws->task.arena_max);
	if (w->conn != NULL && w->arena != NULL &&
	    (errno = pthread_create(&w->thread, &ws->attr, run, w)) == 0) {
		w->state = WORKING;
		atomic_fetch_add(&ws->working, 1);
		return (true);
	}
	if (!atomic_exchange(&ws->exhausted, true))
		log_event(LOG_WARN, NULL, "cannot start another thread: %s", strerror(errno));
	clear(w);
	return (false);
}

/* One more, if there may be so many. False: there are no more than before. */
static bool
add(struct workers *ws, unsigned int max)
{
	bool added;

	pthread_mutex_lock(&ws->mutex);
	added = atomic_load(&ws->working) < max && !atomic_load(&ws->leaving) && start_one(ws);
	pthread_mutex_unlock(&ws->mutex);
	return (added);
}

/* Nobody waits, so the main thread has to look what the others do; unless there may be no more. */
static void
raise_alarm(struct workers *ws)
{

	if (atomic_load(&ws->working) < ws->task.max && !atomic_exchange(&ws->watched, true))
		ring(ws->alarm);
}

/* Of those that leave at the same time exactly one is the last. */
static void
leave_idle(struct worker *w)
{
	struct workers *ws = w->all;

	atomic_fetch_add(&w->begun, 1);
	if (atomic_fetch_sub(&ws->idle, 1) == 1 &&
	    (atomic_load(&ws->working) >= ws->enough || !add(ws, ws->enough)))
		raise_alarm(ws);
}

/* The mutex is held. */
static void
end(struct worker *w)
{
	struct workers *ws = w->all;

	w->state = ENDED;
	atomic_fetch_sub(&ws->working, 1);
	/* Whoever waited when this was decided may have left, and thought that there were as many
	 * as there may be. */
	if (atomic_load(&ws->idle) == 0)
		raise_alarm(ws);
}

static bool
are_surplus(const struct workers *ws)
{

	return (atomic_load(&ws->working) > ws->enough + atomic_load(&ws->stuck) &&
	        atomic_load(&ws->idle) > 0);
}

/* There are more than enough, and another waits. */
static bool
is_surplus(struct worker *w)
{
	struct workers *ws = w->all;
	bool surplus;

	if (!are_surplus(ws))
		return (false);
	pthread_mutex_lock(&ws->mutex);
	if ((surplus = are_surplus(ws) && clock_steady_ms() - ws->shrunk_at >= SHRINK_MS)) {
		ws->shrunk_at = clock_steady_ms();
		end(w);
	}
	pthread_mutex_unlock(&ws->mutex);
	return (surplus);
}

/* Nothing came for long. The thread may end if another waits, or one is started that does: that one
 * is fresh, while the C library keeps for each some 100 KiB of what it has freed, until it ends. */
static bool
may_end(struct worker *w, bool others)
{
	struct workers *ws = w->all;

	pthread_mutex_lock(&ws->mutex);
	if (!others && !atomic_load(&ws->leaving))
		others = start_one(ws);
	if (others)
		end(w);
	pthread_mutex_unlock(&ws->mutex);
	return (others);
}

/* Wait for something to do; false when there is nothing for this thread any more. */
static bool
wait_ready(struct worker *w, bool worked, int *ret_fd)
{
	struct workers *ws = w->all;
	struct epoll_event event;
	bool others;
	int count;

	while (!atomic_load(&ws->leaving)) {
		if (is_surplus(w))
			return (false);
		atomic_fetch_add(&ws->idle, 1);
		if ((count = epoll_wait(ws->task.epoll, &event, 1, IDLE_MS)) == 1) {
			leave_idle(w);
			*ret_fd = event.data.fd;
			return (event.data.fd != ws->wake);
		}
		others = atomic_fetch_sub(&ws->idle, 1) > 1;
		if (count == 0 && (others || worked) && may_end(w, others))
			return (false);
	}
	return (false);
}

static void *
run(void *arg)
{
	struct worker *w = arg;
	const struct workers_task *task = &w->all->task;
	bool worked;
	int fd;

	for (worked = false; wait_ready(w, worked, &fd); worked = true)
		task->serve(task->arg, w->conn, w->arena, fd);
	return (NULL);
}

static unsigned int
count_enough(unsigned int max)
{
	const long processors = sysconf(_SC_NPROCESSORS_ONLN);
	const unsigned int enough = processors > 0 ? (unsigned int)processors + SPARE : SPARE;

	return (enough < max ? enough : max);
}

bool
workers_start(const struct workers_task *task, struct workers **ret_workers)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct workers *ws;
	int why;

	if ((ws = calloc(1, sizeof *ws)) == NULL)
		return (false);
	ws->task = *task;
	if (task->max > PLACES)
		ws->task.max = PLACES;
	ws->enough = count_enough(ws->task.max);
	ws->wake = eventfd(0, EFD_CLOEXEC);
	ws->alarm = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&ws->mutex, NULL);
	pthread_attr_init(&ws->attr);
	pthread_attr_setstacksize(&ws->attr, STACK_SIZE);
	event.data.fd = ws->wake;
	if (ws->wake >= 0 && ws->alarm >= 0 &&
	    epoll_ctl(task->epoll, EPOLL_CTL_ADD, ws->wake, &event) == 0 && add(ws, 1)) {
		*ret_workers = ws;
		return (true);
	}
	why = errno;
	workers_stop(ws);
	errno = why;
	return (false);
}

static bool
is_somebody(struct workers *ws, const struct worker *w)
{
	bool somebody;

	pthread_mutex_lock(&ws->mutex);
	somebody = w->state != NOBODY;
	pthread_mutex_unlock(&ws->mutex);
	return (somebody);
}

void
workers_stop(struct workers *ws)
{
	struct worker *w;

	if (ws == NULL)
		return;
	/* With the mutex, so that nobody who has not seen it yet starts another thread. */
	pthread_mutex_lock(&ws->mutex);
	atomic_store(&ws->leaving, true);
	pthread_mutex_unlock(&ws->mutex);
	if (ws->wake >= 0)
		ring(ws->wake);
	for (w = ws->places; w < ws->places + PLACES; w++)
		if (is_somebody(ws, w)) {
			pthread_join(w->thread, NULL);
			clear(w);
		}
	close(ws->wake);
	close(ws->alarm);
	pthread_attr_destroy(&ws->attr);
	pthread_mutex_destroy(&ws->mutex);
	free(ws);
}

/* Is all well for long enough? The last that leaves rings when nobody looks; so whoever stops
 * looking looks once more. */
static bool
is_calm(struct workers *ws)
{

	if (atomic_load(&ws->working) < ws->task.max) {
		if (atomic_load(&ws->idle) == 0)
			ws->calm = 0;
		if (++ws->calm < CALM_LOOKS)
			return (false);
	}
	ws->calm = 0;
	atomic_store(&ws->stuck, 0);
	atomic_store(&ws->watched, false);
	return (atomic_load(&ws->idle) > 0 || atomic_load(&ws->working) == ws->task.max ||
	        atomic_exchange(&ws->watched, true));
}

static bool
is_stuck(struct worker *w)
{
	const unsigned int begun = atomic_load(&w->begun);

	if (w->state != WORKING)
		return (false);
	if (begun != w->begun_before)
		w->looks = 0;
	else if (w->looks < STUCK_LOOKS)
		w->looks++;
	w->begun_before = begun;
	return (w->looks == STUCK_LOOKS);
}

/* Nobody waits: are enough of them not stuck? */
static void
look(struct workers *ws)
{
	unsigned int stuck = 0;
	struct worker *w;

	if (atomic_load(&ws->idle) > 0)
		return;
	pthread_mutex_lock(&ws->mutex);
	for (w = ws->places; w < ws->places + PLACES; w++)
		stuck += is_stuck(w);
	pthread_mutex_unlock(&ws->mutex);
	atomic_store(&ws->stuck, stuck);
	if (atomic_load(&ws->working) < ws->enough + stuck)
		add(ws, ws->task.max);
}

static void
sleep_until(struct workers *ws, const sigset_t *signals, int64_t ms)
{
	struct pollfd alarm = { .fd = ws->alarm, .events = POLLIN };
	const struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	uint64_t count;

	if (ppoll(&alarm, 1, &time, signals) == 1 && read(ws->alarm, &count, sizeof count) < 0)
		log_event(LOG_ERROR, NULL, "cannot read an eventfd: %s", strerror(errno));
}

void
workers_mind(struct workers *ws, const sigset_t *signals, int64_t until)
{
	int64_t left = until - clock_steady_ms();

	if (atomic_load(&ws->watched) && !is_calm(ws)) {
		look(ws);
		left = left < LOOK_MS ? left : LOOK_MS;
	}
	/* Signals come through only there. */
	sleep_until(ws, signals, left > 0 ? left : 0);
}

void
workers_watch(struct workers *ws, int64_t max_ms)
{
	const int64_t now = clock_steady_ms();
	struct worker *w;

	pthread_mutex_lock(&ws->mutex);
	for (w = ws->places; w < ws->places + PLACES; w++)
		if (w->state == WORKING)
			conn_watch(w->conn, now, max_ms);
	clear_up(ws);
	pthread_mutex_unlock(&ws->mutex);
}
