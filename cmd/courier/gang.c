/* Threads that do one kind of the courier's work. */
#include "gang.h"

#include <stdatomic.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "courier.h"

#define ARENA_MAX ((size_t)32 << 20)
#define REST_S 5      /* then connections are closed */
#define IDLE_MS 10000 /* then the process ends; the next begins within 0.1 s of something to do */
#define NOTE_AGAIN_MS 200
#define NOTE_SAY_MS 60000
#define GRACE_MS 5000 /* for the answer to what was handed over, when we must go, */
#define NOTE_MS 1000  /* and for noting it */

/* Of the steady clock: when we must be gone; 0: not at all. Asked from within libcurl. */
static _Atomic int64_t gone_by;

int
gang_is_stopping(void)
{
	const int64_t by = atomic_load(&gone_by);

	return (by == 0 ? 0 : clock_steady_ms() < by ? 1 : 2);
}

void
gang_note(struct gang *g, const char *what, const char *id,
    enum err (*write)(struct tx *tx, void *arg), void *arg)
{
	int64_t say_at = 0, now;
	enum err e;

	while ((e = store_write(g->courier->store, write, arg)) != ERR_OK) {
		if ((now = clock_steady_ms()) >= say_at) {
			log_event(LOG_ERROR, NULL, "%s %s: what became of it cannot be written: %s",
			    what, id, err_slug(e));
			say_at = now + NOTE_SAY_MS;
		}
		if (gang_is_stopping() == 2)
			return;
		nanosleep(&(struct timespec){ .tv_nsec = NOTE_AGAIN_MS * 1000000L }, NULL);
	}
}

/* Wait for something to do; false when there will be none. */
static bool
wait_for_work(struct gang *g, void *own)
{
	struct timespec until;
	bool rested = g->work->rest == NULL, leaving;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += REST_S;
	pthread_mutex_lock(&g->mutex);
	while (!g->leaving && !g->due) {
		if (rested) {
			pthread_cond_wait(&g->wanted, &g->mutex);
		} else if (pthread_cond_timedwait(&g->wanted, &g->mutex, &until) != 0) {
			rested = true;
			pthread_mutex_unlock(&g->mutex);
			g->work->rest(own);
			pthread_mutex_lock(&g->mutex);
		}
	}
	g->due = false;
	g->busy++;
	leaving = g->leaving;
	pthread_mutex_unlock(&g->mutex);
	return (!leaving);
}

static void
note_idle(struct gang *g)
{

	pthread_mutex_lock(&g->mutex);
	g->busy--;
	g->idle_since = clock_steady_ms();
	pthread_mutex_unlock(&g->mutex);
}

static bool
may_go_on(struct gang *g)
{
	bool leaving;

	pthread_mutex_lock(&g->mutex);
	leaving = g->leaving;
	pthread_mutex_unlock(&g->mutex);
	return (!leaving && (g->work->may == NULL || g->work->may(g->courier)));
}

static void *
run(void *arg)
{
	const struct gang_thread *t = arg;
	struct gang *g = t->gang;

	while (wait_for_work(g, t->own)) {
		do
			arena_reset(t->arena);
		while (may_go_on(g) && g->work->once(g->courier, t->arena, t->own));
		note_idle(g);
	}
	g->work->end(t->own);
	arena_free(t->arena);
	return (NULL);
}

/* What it needs is made before it begins: a thread that gave up by itself would leave a gang that
 * neither works nor is idle. */
static enum err
start_one(struct gang *g, struct gang_thread *t)
{
	enum err e;

	*t = (struct gang_thread){ .gang = g, .arena = arena_new(ARENA_MAX) };
	if (t->arena == NULL)
		return (ERR_NOMEM);
	if ((e = g->work->begin(g->courier, &t->own)) == ERR_OK &&
	    pthread_create(&t->id, NULL, run, t) == 0)
		return (ERR_OK);
	g->work->end(t->own);
	arena_free(t->arena);
	return (e == ERR_OK ? ERR_NOMEM : e);
}

enum err
gang_start(struct gang *g, struct courier *c, const struct gang_work *work, unsigned int count)
{
	enum err e;

	*g = (struct gang){ .courier = c, .work = work, .idle_since = clock_steady_ms() };
	pthread_mutex_init(&g->mutex, NULL);
	pthread_cond_init(&g->wanted, NULL);
	for (g->count = 0; g->count < count; g->count++)
		if ((e = start_one(g, &g->threads[g->count])) != ERR_OK)
			return (e);
	return (ERR_OK);
}

void
gang_wake(struct gang *g)
{

	pthread_mutex_lock(&g->mutex);
	g->due = true;
	pthread_cond_signal(&g->wanted);
	pthread_mutex_unlock(&g->mutex);
}

bool
gang_is_idle(struct gang *g)
{
	bool idle;

	pthread_mutex_lock(&g->mutex);
	idle = g->busy == 0 && !g->due && clock_steady_ms() - g->idle_since >= IDLE_MS;
	pthread_mutex_unlock(&g->mutex);
	return (idle);
}

void
gang_leave(struct gang *g)
{

	int64_t never = 0;

	if (g->work == NULL)
		return;
	/* Of several gangs the first says by when: the others' time is not added. */
	atomic_compare_exchange_strong(&gone_by, &never, clock_steady_ms() + GRACE_MS);
	pthread_mutex_lock(&g->mutex);
	g->leaving = true;
	pthread_cond_broadcast(&g->wanted);
	pthread_mutex_unlock(&g->mutex);
}

bool
gang_end(struct gang *g)
{
	struct timespec until;
	int64_t left_ms;

	if (g->work == NULL)
		return (true);
	gang_leave(g);
	left_ms = atomic_load(&gone_by) + NOTE_MS - clock_steady_ms();
	clock_gettime(CLOCK_MONOTONIC, &until);
	if (left_ms > 0) {
		until.tv_sec += left_ms / 1000;
		until.tv_nsec += left_ms % 1000 * 1000000L;
	}
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	for (; g->count > 0; g->count--)
		if (pthread_clockjoin_np(
		        g->threads[g->count - 1].id, NULL, CLOCK_MONOTONIC, &until) != 0)
			return (false);
	pthread_cond_destroy(&g->wanted);
	pthread_mutex_destroy(&g->mutex);
	g->work = NULL;
	return (true);
}
