/* Threads that do one kind of the courier's work. */
#ifndef COURIER_GANG_H
#define COURIER_GANG_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

#define GANG_MAX 32

struct courier;
struct tx;

/* What a gang does; NULL for what need not be done. */
struct gang_work {
	/* Make what a thread has for itself. */
	enum err (*begin)(struct courier *c, void **ret_own);
	/* Is this a time to work? NULL: any is. */
	bool (*may)(struct courier *c);
	/* Do one thing with ${a}, which is empty; false when there was nothing to do. */
	bool (*once)(struct courier *c, struct arena *a, void *own);
	/* There has been nothing for some seconds. */
	void (*rest)(void *own);
	/* Free it; it may be NULL. */
	void (*end)(void *own);
};

/* One of them, and what it has for itself. */
struct gang_thread {
	struct gang *gang;
	struct arena *arena;
	void *own;
	pthread_t id;
};

struct gang {
	struct courier *courier;
	const struct gang_work *work;
	struct gang_thread threads[GANG_MAX];
	unsigned int count;

	pthread_mutex_t mutex; /* of what follows */
	pthread_cond_t wanted;
	bool due;           /* somebody should look */
	bool leaving;       /* nothing more */
	unsigned int busy;  /* so many look or work */
	int64_t idle_since; /* ms of the steady clock: when the last of them ended, or all began */
};

/**
 * gang_start(g, c, work, count), gang_wake(g), gang_is_idle(g):
 * Begin with ${count} threads, at most GANG_MAX; there is something to do; has there been nothing
 * for ten seconds? Errors: ERR_NOMEM and those of begin(), and gang_end() is for the caller all the
 * same.
 */
MUST_USE enum err
gang_start(struct gang *g, struct courier *c, const struct gang_work *work, unsigned int count);
void gang_wake(struct gang *g);
bool gang_is_idle(struct gang *g);

/**
 * gang_leave(g), gang_end(g):
 * Let it begin nothing more; wait until it has ended what is under way, which may take some
 * seconds. False when a thread has not ended then, say because a name is still looked up: it may
 * touch everything, so the process can only be left by _exit(2). The second may be called of one
 * that was not started.
 */
void gang_leave(struct gang *g);
MUST_USE bool gang_end(struct gang *g);

/**
 * gang_note(g, what, id, write, arg):
 * Write what became of the ${what} ${id}, and try until it is written, or we must be gone: what was
 * sent, and does not stand there as sent, would be sent again. That may be for hours, so ${write}
 * must leave nothing behind in an arena. Said is the first failure, then one a minute.
 */
void gang_note(struct gang *g, const char *what, const char *id,
    enum err (*write)(struct tx *tx, void *arg), void *arg);

/**
 * gang_is_stopping():
 * 0: go on; 1: we are leaving, give up what was not handed over; 2: at once. From whatever thread.
 */
int gang_is_stopping(void);

#endif
