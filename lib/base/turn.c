/* Turns between processes, kept by locks of the kernel, which a killed process can't leave behind.
 */
#include "base/turn.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define SLOTS_MAX 1024

/*
 * Two bytes of a file. Whoever wants the turn locks NEXT, then HELD, then lets go of NEXT. So the
 * one who gave HELD back can't take it again at once: it must first get NEXT, which the next in
 * line holds until it has HELD.
 */
enum { NEXT = 0, HELD = 1 };

struct turn {
	int fd;
};

/* One of our threads that wants a slot. */
struct waiter {
	struct waiter *next;
	pthread_cond_t called;
};

/*
 * Threads of a process queue up in memory, and the first of them queues up among the processes: by
 * the lock of NEXT_SLOT, which it keeps until it has a slot. So the order is that of coming, and
 * nobody looks whether a slot is free but the one whose turn it is.
 */
#define NEXT_SLOT SLOTS_MAX

struct slots {
	pthread_mutex_t mutex;
	struct waiter *first, *last;
	int fd;
	unsigned int count;
	bool ours[]; /* a lock is our process's as a whole: who of our threads has it stands here */
};

static enum err
lock_byte(int fd, int command, short type, off_t byte)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };

	while (fcntl(fd, command, &lock) < 0) {
		if (errno == EAGAIN || errno == EACCES)
			return (ERR_BUSY);
		if (errno != EINTR)
			return (ERR_IO);
	}
	return (ERR_OK);
}

/* Unlocking a byte of an open file splits no lock here, so it needs no memory and cannot fail; were
 * it to, the kernel unlocks when the process ends. */
static void
unlock_byte(int fd, off_t byte)
{

	if (lock_byte(fd, F_OFD_SETLK, F_UNLCK, byte) != ERR_OK)
		return;
}

static int
open_file(const char *path)
{

	return (open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
}

enum err
turn_open(const char *path, struct turn **ret_turn)
{
	struct turn *t;

	if ((t = calloc(1, sizeof *t)) == NULL)
		return (ERR_NOMEM);
	if ((t->fd = open_file(path)) < 0) {
		free(t);
		return (ERR_IO);
	}
	*ret_turn = t;
	return (ERR_OK);
}

void
turn_close(struct turn *t)
{

	if (t == NULL)
		return;
	close(t->fd);
	free(t);
}

enum err
turn_take(struct turn *t)
{
	enum err e;

	if ((e = lock_byte(t->fd, F_OFD_SETLKW, F_WRLCK, NEXT)) != ERR_OK)
		return (e);
	e = lock_byte(t->fd, F_OFD_SETLKW, F_WRLCK, HELD);
	unlock_byte(t->fd, NEXT);
	return (e);
}

void
turn_give(struct turn *t)
{

	unlock_byte(t->fd, HELD);
}

enum err
slots_open(const char *path, unsigned int count, struct slots **ret_slots)
{
	struct slots *s;

	if (count == 0 || count > SLOTS_MAX)
		return (ERR_CONF);
	if ((s = calloc(1, sizeof *s + count * sizeof s->ours[0])) == NULL)
		return (ERR_NOMEM);
	if ((s->fd = open_file(path)) < 0) {
		free(s);
		return (ERR_IO);
	}
	s->count = count;
	pthread_mutex_init(&s->mutex, NULL);
	*ret_slots = s;
	return (ERR_OK);
}

void
slots_close(struct slots *s)
{

	if (s == NULL)
		return;
	close(s->fd);
	pthread_mutex_destroy(&s->mutex);
	free(s);
}

/* A slot that neither a thread of ours nor another process has. */
static enum err
try_slots(struct slots *s, unsigned int *ret_slot)
{
	unsigned int i;
	enum err e;

	for (i = 0; i < s->count; i++) {
		if (s->ours[i])
			continue;
		if ((e = lock_byte(s->fd, F_OFD_SETLK, F_WRLCK, (off_t)i)) == ERR_BUSY)
			continue;
		if (e != ERR_OK)
			return (e);
		s->ours[i] = true;
		*ret_slot = i;
		return (ERR_OK);
	}
	return (ERR_BUSY);
}

static void
join_queue(struct slots *s, struct waiter *w)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->called, &attr);
	pthread_condattr_destroy(&attr);
	if (s->last != NULL)
		s->last->next = w;
	else
		s->first = w;
	s->last = w;
}

static void
leave_queue(struct slots *s, struct waiter *w)
{
	struct waiter **link, *before = NULL;

	for (link = &s->first; *link != w; link = &(*link)->next)
		before = *link;
	*link = w->next;
	if (s->last == w)
		s->last = before;
	if (s->first != NULL)
		pthread_cond_signal(&s->first->called);
	pthread_cond_destroy(&w->called);
}

/* Wait to be called, until ${until} at most. The mutex is held, but for the wait. */
static void
wait_call(struct slots *s, struct waiter *w, int64_t until)
{
	const struct timespec ts = { .tv_sec = until / 1000,
		.tv_nsec = until % 1000 * 1000 * 1000 };

	pthread_cond_timedwait(&w->called, &s->mutex, &ts);
}

/* The first of our process: wait for its turn among the processes, then for a slot. That a thread
 * of ours gives one, it is told; for those of other processes it looks every millisecond. */
static enum err
take_first(struct slots *s, struct waiter *w, int64_t until, unsigned int *ret_slot)
{
	int64_t now;
	enum err e;

	pthread_mutex_unlock(&s->mutex);
	e = lock_byte(s->fd, F_OFD_SETLKW, F_WRLCK, NEXT_SLOT);
	pthread_mutex_lock(&s->mutex);
	if (e != ERR_OK)
		return (e);
	while ((e = try_slots(s, ret_slot)) == ERR_BUSY && (now = clock_steady_ms()) < until)
		wait_call(s, w, now + 1);
	unlock_byte(s->fd, NEXT_SLOT);
	return (e);
}

enum err
slots_take(struct slots *s, int64_t wait_ms, unsigned int *ret_slot)
{
	const int64_t until = clock_steady_ms() + wait_ms;
	struct waiter w = { .next = NULL };
	enum err e = ERR_BUSY;

	pthread_mutex_lock(&s->mutex);
	/* The queue never outlives this call: w leaves it before the end. */
	/* cppcheck-suppress autoVariables */
	join_queue(s, &w);
	while (s->first != &w && clock_steady_ms() < until)
		wait_call(s, &w, until);
	if (s->first == &w)
		e = take_first(s, &w, until, ret_slot);
	leave_queue(s, &w);
	pthread_mutex_unlock(&s->mutex);
	return (e);
}

void
slots_give(struct slots *s, unsigned int slot)
{

	pthread_mutex_lock(&s->mutex);
	if (slot < s->count && s->ours[slot]) {
		s->ours[slot] = false;
		unlock_byte(s->fd, (off_t)slot);
		if (s->first != NULL)
			pthread_cond_signal(&s->first->called);
	}
	pthread_mutex_unlock(&s->mutex);
}
