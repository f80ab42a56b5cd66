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
#include "gang.h"
#include "proto/mail_conf.h"
#include "store/store.h"
#include "trouble.h"

struct courier {
	struct conf conf;
	struct mail_conf mail;
	struct master *master;
	sigset_t ends;       /* signals that end it: blocked, and waited for */
	int64_t purged_at;   /* ms of the steady clock; 0: never */
	struct store *store; /* of this process: SQLite's files must not be open across a fork */

	/* Of the process that sends. */
	struct gang mails, events;

	pthread_mutex_t mutex;   /* of trouble */
	struct trouble *trouble; /* with mail */
	struct trouble *falls;   /* with the process that sends: it ended as it should not */
	struct trouble *walk;    /* along the audit log; of the thread that watches */
};

/* What is due. */
struct watch_due {
	bool mail;
	bool events; /* for webhooks */
};

/**
 * watch_open(c), watch_close(c):
 * Open the database of this process; what became of mail is then written without flushing. What is
 * wrong is logged.
 */
MUST_USE bool watch_open(struct courier *c);
void watch_close(struct courier *c);

/**
 * watch_all(c, is_enough):
 * Look ten times a second what is due, queue for webhooks what the audit log says, now and then
 * delete what is over, and tell ${is_enough} each time, until it says yes. False when one of the
 * signals came instead.
 */
bool
watch_all(struct courier *c, bool (*is_enough)(struct courier *c, const struct watch_due *due));

/**
 * shift_run(c):
 * Send what is due, and what comes, in a process of its own, and wait for its end. False when one
 * of the signals came. ${c} must have no database open, and the caller no threads.
 */
MUST_USE bool shift_run(struct courier *c);

/* What the gangs do: mail.parallel threads send mail, webhook.parallel tell events. */
extern const struct gang_work worker_mails;
extern const struct gang_work teller_events;

#endif
