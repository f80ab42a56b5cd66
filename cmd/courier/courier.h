/* What the courier's parts share. It is one process while there is nothing to send, and two while
 * there is: the one that stays has the settings, the keys and the lock; the other, which sends, is
 * forked from it, has the database meanwhile, and ends when there has been nothing to do for a
 * while. So libcurl and what it brings are gone with it. */
#ifndef COURIER_COURIER_H
#define COURIER_COURIER_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/conf.h"
#include "cred/secret.h"
#include "proto/mail_conf.h"
#include "store/store.h"
#include "trouble.h"

#define COURIER_WORKERS_MAX 32

struct courier {
	struct conf conf;
	struct mail_conf mail;
	struct master *master;
	sigset_t ends;       /* signals that end it: blocked, and waited for */
	int64_t purged_at;   /* ms of the steady clock; 0: never */
	struct store *store; /* of this process: SQLite's files must not be open across a fork */

	/* Of the process that sends. */
	pthread_t workers[COURIER_WORKERS_MAX];
	unsigned int workers_count;

	pthread_mutex_t mutex; /* of what follows */
	pthread_cond_t wanted;
	bool due;           /* somebody should look */
	bool leaving;       /* no further mail */
	unsigned int busy;  /* so many workers look or send */
	int64_t idle_since; /* ms of the steady clock: when the last of them ended, or all began */
	struct trouble *trouble;
};

/**
 * watch_open(c), watch_close(c):
 * Open the database of this process; what became of mail is then written without flushing. What is
 * wrong is logged.
 */
MUST_USE bool watch_open(struct courier *c);
void watch_close(struct courier *c);

/**
 * watch_outbox(c, is_enough):
 * Look ten times a second whether a mail is due, now and then delete what is over, and tell
 * ${is_enough} each time, until it says yes. False when one of the signals came instead.
 */
bool watch_outbox(struct courier *c, bool (*is_enough)(struct courier *c, bool due));

/**
 * shift_run(c):
 * Send what is due, and what comes, in a process of its own, and wait for its end. False when one
 * of the signals came. ${c} must have no database open, and the caller no threads.
 */
MUST_USE bool shift_run(struct courier *c);

/**
 * worker_start_all(c), worker_wake(c), worker_idle(c), worker_end_all(c):
 * Begin to send, mail.parallel at once; there is some that is due; has there been nothing to do for
 * ten seconds? End, and wait until all have: what is being sent may be finished within some
 * seconds. Errors: ERR_NOMEM.
 */
MUST_USE enum err worker_start_all(struct courier *c);
void worker_wake(struct courier *c);
bool worker_idle(struct courier *c);
void worker_end_all(struct courier *c);

#endif
