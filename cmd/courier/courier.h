/* What the courier's threads share. */
#ifndef COURIER_COURIER_H
#define COURIER_COURIER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/conf.h"
#include "cred/secret.h"
#include "proto/mail_conf.h"
#include "store/store.h"

#define COURIER_WORKERS_MAX 32

struct courier {
	struct conf conf;
	struct mail_conf mail;
	struct store *store;
	struct master *master;

	pthread_t workers[COURIER_WORKERS_MAX];
	unsigned int workers_count;

	pthread_mutex_t mutex; /* of what follows */
	pthread_cond_t wanted;
	bool due;             /* somebody should look */
	bool leaving;         /* no further mail */
	unsigned int trouble; /* so many times in a row no mail went out at all; 0: all is well */
	int64_t quiet_until;  /* ms of the steady clock: because of that nothing is tried before */
};

/**
 * worker_start_all(c), worker_wake(c), worker_end_all(c):
 * Begin to send, mail.parallel at once; there is some that is due; end, and wait until all have:
 * what is being sent may be finished within some seconds. Errors: ERR_NOMEM.
 */
MUST_USE enum err worker_start_all(struct courier *c);
void worker_wake(struct courier *c);
void worker_end_all(struct courier *c);

#endif
