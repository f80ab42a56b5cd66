/* A few threads for long work, which run only where nobody else wants to.
 *
 * A thread that computes for 20 ms at a time holds up a chain of others that run for some us each,
 * such as web server, program, web server. So these are of the policy SCHED_IDLE: they use what is
 * left, and the kernel counts a processor with nothing else on it as idle. Niceness alone is too
 * weak, and the threads must be ones that do nothing else, for the kernel takes a just woken thread
 * for one that is owed its time (figures: docs/architecture.md, "What it costs"). What is left may
 * be nothing; so crew_run() tells who waits when that is so. */
#include "base/crew.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"

#define CREW_MAX 64
#define STACK_SIZE ((size_t)256 << 10)

struct job {
	struct job *next;
	pthread_cond_t done;
	const struct crew_work *work;
	void *arg;
	enum { WAITING, BEGUN, DONE } state;
	bool left; /* by its caller: whose thread ends it frees it */
};

struct crew {
	pthread_mutex_t mutex;
	pthread_cond_t wanted;
	struct job *first, *last;
	int64_t progress; /* when a job was last begun or ended */
	bool leaving;
	unsigned int count, started, idle;
	pthread_t threads[CREW_MAX];
};

static void
free_job(struct job *j)
{

	pthread_cond_destroy(&j->done);
	free(j);
}

static void
end_job(struct job *j)
{

	j->state = DONE;
	if (j->left) {
		j->work->drop(j->arg);
		free_job(j);
	} else {
		pthread_cond_signal(&j->done);
	}
}

/* The next job; NULL when there will be none. The mutex is held, but for the wait. */
static struct job *
wait_job(struct crew *c)
{
	struct job *j;

	while (c->first == NULL && !c->leaving) {
		c->idle++;
		pthread_cond_wait(&c->wanted, &c->mutex);
		c->idle--;
	}
	if ((j = c->first) == NULL)
		return (NULL);
	if ((c->first = j->next) == NULL)
		c->last = NULL;
	j->state = BEGUN;
	c->progress = clock_steady_ms();
	return (j);
}

static void *
work(void *arg)
{
	const struct sched_param none = { .sched_priority = 0 };
	struct crew *c = arg;
	struct job *j;

	/* Where that is forbidden, the work is done all the same. */
	(void)sched_setscheduler(0, SCHED_IDLE, &none);
	pthread_mutex_lock(&c->mutex);
	while ((j = wait_job(c)) != NULL) {
		pthread_mutex_unlock(&c->mutex);
		j->work->run(j->arg);
		pthread_mutex_lock(&c->mutex);
		c->progress = clock_steady_ms();
		end_job(j);
	}
	pthread_mutex_unlock(&c->mutex);
	return (NULL);
}

enum err
crew_new(unsigned int count, struct crew **ret_crew)
{
	struct crew *c;

	if ((c = calloc(1, sizeof *c)) == NULL)
		return (ERR_NOMEM);
	c->count = count > CREW_MAX ? CREW_MAX : count;
	pthread_mutex_init(&c->mutex, NULL);
	pthread_cond_init(&c->wanted, NULL);
	*ret_crew = c;
	return (ERR_OK);
}

void
crew_free(struct crew *c)
{

	if (c == NULL)
		return;
	pthread_mutex_lock(&c->mutex);
	c->leaving = true;
	pthread_cond_broadcast(&c->wanted);
	pthread_mutex_unlock(&c->mutex);
	while (c->started > 0)
		pthread_join(c->threads[--c->started], NULL);
	pthread_cond_destroy(&c->wanted);
	pthread_mutex_destroy(&c->mutex);
	free(c);
}

static struct job *
new_job(const struct crew_work *what, void *arg)
{
	pthread_condattr_t attr;
	struct job *j;

	if ((j = calloc(1, sizeof *j)) == NULL)
		return (NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&j->done, &attr);
	pthread_condattr_destroy(&attr);
	j->work = what;
	j->arg = arg;
	return (j);
}

/* Queue a job, and start a thread for it when all are at work and there may be more. The mutex is
 * held. */
static void
add_job(struct crew *c, struct job *j)
{
	pthread_attr_t attr;

	if (c->first == NULL)
		c->progress = clock_steady_ms();
	if (c->last != NULL)
		c->last->next = j;
	else
		c->first = j;
	c->last = j;
	if (c->idle == 0 && c->started < c->count) {
		pthread_attr_init(&attr);
		pthread_attr_setstacksize(&attr, STACK_SIZE);
		/* Without it, another thread gets to the job, or the crew stalls. */
		if (pthread_create(&c->threads[c->started], &attr, work, c) == 0)
			c->started++;
		pthread_attr_destroy(&attr);
	}
	pthread_cond_signal(&c->wanted);
}

/* The caller won't wait any longer. The mutex is held. */
static void
leave(struct crew *c, struct job *j)
{
	struct job **link, *before = NULL;

	j->left = true;
	if (j->state != WAITING)
		return;
	for (link = &c->first; *link != j; link = &(*link)->next)
		before = *link;
	*link = j->next;
	if (c->last == j)
		c->last = before;
	end_job(j);
}

/* Wait for the job until then, or until the crew stalls. The mutex is held, but for the wait. */
static enum crew_end
wait_done(struct crew *c, struct job *j, int64_t until)
{
	struct timespec ts;
	int64_t stall;

	while (j->state != DONE) {
		stall = c->progress + CREW_PATIENCE_MS;
		if (stall > until)
			stall = until;
		if (clock_steady_ms() >= stall)
			return (stall == until ? CREW_LATE : CREW_STALLED);
		ts.tv_sec = stall / 1000;
		ts.tv_nsec = stall % 1000 * 1000 * 1000;
		pthread_cond_timedwait(&j->done, &c->mutex, &ts);
	}
	return (CREW_DONE);
}

enum crew_end
crew_run(struct crew *c, const struct crew_work *what, void *arg, int64_t until)
{
	struct job *j = new_job(what, arg);
	enum crew_end end;

	if (j == NULL) {
		what->drop(arg);
		return (CREW_STALLED);
	}
	pthread_mutex_lock(&c->mutex);
	add_job(c, j);
	if ((end = wait_done(c, j, until)) != CREW_DONE)
		leave(c, j);
	else
		free_job(j);
	pthread_mutex_unlock(&c->mutex);
	return (end);
}
