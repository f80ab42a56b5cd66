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

struct slots {
	pthread_mutex_t mutex;
	pthread_cond_t given;
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
	if (lock_byte(t->fd, F_OFD_SETLK, F_UNLCK, NEXT) != ERR_OK && e == ERR_OK)
		e = ERR_IO;
	return (e);
}

void
turn_give(struct turn *t)
{

	/* Unlocking a byte of an open file cannot fail; were it to, the kernel unlocks it when the
	 * process ends. */
	if (lock_byte(t->fd, F_OFD_SETLK, F_UNLCK, HELD) != ERR_OK)
		return;
}

enum err
slots_open(const char *path, unsigned int count, struct slots **ret_slots)
{
	pthread_condattr_t attr;
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
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&s->given, &attr);
	pthread_condattr_destroy(&attr);
	*ret_slots = s;
	return (ERR_OK);
}

void
slots_close(struct slots *s)
{

	if (s == NULL)
		return;
	close(s->fd);
	pthread_cond_destroy(&s->given);
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

enum err
slots_take(struct slots *s, int64_t wait_ms, unsigned int *ret_slot)
{
	const int64_t until = clock_steady_ms() + wait_ms;
	struct timespec ts;
	enum err e;

	pthread_mutex_lock(&s->mutex);
	while ((e = try_slots(s, ret_slot)) == ERR_BUSY && clock_steady_ms() < until) {
		/* Our own threads signal; other processes can't, so look again every 4 ms, a
		 * quarter of a usual hash. */
		clock_gettime(CLOCK_MONOTONIC, &ts);
		ts.tv_nsec += 4 * 1000 * 1000;
		if (ts.tv_nsec >= 1000 * 1000 * 1000) {
			ts.tv_nsec -= 1000 * 1000 * 1000;
			ts.tv_sec++;
		}
		pthread_cond_timedwait(&s->given, &s->mutex, &ts);
	}
	pthread_mutex_unlock(&s->mutex);
	return (e);
}

void
slots_give(struct slots *s, unsigned int slot)
{

	pthread_mutex_lock(&s->mutex);
	if (slot < s->count && s->ours[slot]) {
		s->ours[slot] = false;
		if (lock_byte(s->fd, F_OFD_SETLK, F_UNLCK, (off_t)slot) != ERR_OK)
			s->ours[slot] = true; /* better one slot fewer than two hashes in one */
		pthread_cond_signal(&s->given);
	}
	pthread_mutex_unlock(&s->mutex);
}
