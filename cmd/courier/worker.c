/* The threads that send: each takes a mail that is due, hands it over, and notes what became of it.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "courier.h"
#include "gate.h"
#include "proto/mail.h"
#include "proto/transport.h"
#include "store/outbox.h"

#define ARENA_MAX ((size_t)32 << 20)
#define REST_S 5      /* then the connection is closed */
#define IDLE_MS 10000 /* then the process ends; the next begins within 0.1 s of a mail */
#define GRACE_MS 5000 /* for the answer to a mail that was handed over, when we must go */
#define FIRST_WAIT_MS \
	30000 /* before the second try of a mail; each further wait is twice as long */
#define LONGEST_WAIT_MS ((int64_t)3600000)
#define NOTE_AGAIN_MS 200

/* Of the steady clock: when we must be gone; 0: not at all. Asked from within libcurl. */
static _Atomic int64_t gone_by;

static int
is_stopping(void)
{
	const int64_t by = atomic_load(&gone_by);

	return (by == 0 ? 0 : clock_steady_ms() < by ? 1 : 2);
}

static const struct transport_hooks hooks = { .is_stopping = is_stopping,
	.handing_over = gate_enter };

/* What a transaction is about. */
struct job {
	struct arena *arena;
	struct outbox_mail mail;
	struct transport_result result;
	int64_t now;
};

static enum err
write_take(struct tx *tx, void *arg)
{
	struct job *j = arg;

	return (outbox_take(tx, j->now, j->arena, &j->mail));
}

/* When to try again: up to a tenth later than need be, so that those that failed together do not
 * come together. */
static int64_t
next_try(const struct job *j)
{
	const int64_t wait = trouble_wait_ms(FIRST_WAIT_MS, LONGEST_WAIT_MS, j->mail.attempts);
	uint32_t dice;

	random_bytes(&dice, sizeof dice);
	return (j->now + wait + wait * (int64_t)(dice % 1000) / 10000);
}

static enum err
write_result(struct tx *tx, void *arg)
{
	const struct job *j = arg;

	switch (j->result.end) {
	case TRANSPORT_SENT:
		return (outbox_sent(tx, j->mail.id, j->now));
	case TRANSPORT_REFUSED:
		return (outbox_dead(tx, j->mail.id, j->result.reason));
	case TRANSPORT_LATER:
	case TRANSPORT_TROUBLE:
		return (outbox_later(tx, j->mail.id, next_try(j), j->result.reason));
	case TRANSPORT_STOPPED:
		return (outbox_back(tx, j->mail.id, j->now));
	}
	return (ERR_INTERNAL);
}

/* Until it is written: a mail that was sent, and does not stand there as sent, would be sent again.
 */
static void
note(struct courier *c, struct job *j)
{
	enum err e;

	while ((e = store_write(c->store, write_result, j)) != ERR_OK) {
		log_event(LOG_ERROR, NULL, "mail %s: what became of it cannot be written: %s",
		    j->mail.id, err_slug(e));
		if (is_stopping() == 2)
			return;
		nanosleep(&(struct timespec){ .tv_nsec = NOTE_AGAIN_MS * 1000000L }, NULL);
		j->now = clock_ms();
	}
}

/* All trouble that was under way when the first was noticed is one. */
static void
note_trouble(struct courier *c, const char *reason)
{
	int64_t wait;

	pthread_mutex_lock(&c->mutex);
	if (trouble_is_quiet(c->trouble)) {
		pthread_mutex_unlock(&c->mutex);
		return;
	}
	wait = trouble_add(c->trouble);
	pthread_mutex_unlock(&c->mutex);
	log_event(LOG_WARN, NULL, "no mail goes out: %s; trying again in %lld s", reason,
	    (long long)wait / 1000);
}

static void
note_success(struct courier *c)
{
	bool was;

	pthread_mutex_lock(&c->mutex);
	was = c->trouble->count > 0;
	trouble_end(c->trouble);
	pthread_mutex_unlock(&c->mutex);
	if (was)
		log_event(LOG_INFO, NULL, "mail goes out again");
}

static void
say(struct courier *c, const struct job *j)
{

	switch (j->result.end) {
	case TRANSPORT_SENT:
		note_success(c);
		break;
	case TRANSPORT_REFUSED:
		note_success(c);
		log_event(LOG_WARN, NULL, "mail %s (%s) is refused: %s", j->mail.id, j->mail.kind,
		    j->result.reason);
		break;
	case TRANSPORT_LATER:
		note_success(c);
		log_event(LOG_INFO, NULL, "mail %s (%s) must wait: %s", j->mail.id, j->mail.kind,
		    j->result.reason);
		break;
	case TRANSPORT_TROUBLE:
		note_trouble(c, j->result.reason);
		break;
	case TRANSPORT_STOPPED:
		break;
	}
}

/* Write the mail, and hand it over. What cannot be written, say for want of a template that comes
 * with an upgrade, can be later. */
static void
send(struct courier *c, struct transport *t, struct job *j)
{
	struct transport_mail mail = {
		.id = j->mail.id, .from = c->mail.from.address, .to = j->mail.to_address
	};
	char text[TRANSPORT_REASON_SIZE];
	enum err e;

	if ((e = mail_print(&c->conf, &c->mail, c->master, &j->mail, j->arena, &mail.bytes)) ==
	    ERR_OK) {
		mail.len = strlen(mail.bytes);
		transport_send(t, &mail, &j->result);
		return;
	}
	snprintf(text, sizeof text, "it cannot be written: %s",
	    e == ERR_NOT_FOUND ? "there is no such template"
	    : e == ERR_CRYPTO  ? "its secret was sealed by another master key"
	                       : err_slug(e));
	transport_explain(&j->result, TRANSPORT_LATER, text);
}

/* Take one and send it; false when there was none. While all is well the next worker looks at once
 * whether there is more; in trouble only one tries. */
static bool
work_once(struct courier *c, struct transport *t, struct job *j)
{
	bool trouble;
	enum err e;

	arena_reset(j->arena);
	j->now = clock_ms();
	if ((e = store_write(c->store, write_take, j)) != ERR_OK)
		log_event(LOG_ERROR, NULL, "the outbox cannot be read: %s", err_slug(e));
	if (e != ERR_OK || j->mail.id == NULL)
		return (false);
	pthread_mutex_lock(&c->mutex);
	trouble = c->trouble->count > 0;
	pthread_mutex_unlock(&c->mutex);
	if (!trouble)
		worker_wake(c);
	send(c, t, j);
	j->now = clock_ms();
	note(c, j);
	gate_leave();
	say(c, j);
	return (true);
}

/* Wait for something to do; false when there will be none. */
static bool
wait_for_work(struct courier *c, struct transport *t)
{
	struct timespec until;
	bool rested = false, leaving;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += REST_S;
	pthread_mutex_lock(&c->mutex);
	while (!c->leaving && !c->due) {
		if (rested) {
			pthread_cond_wait(&c->wanted, &c->mutex);
		} else if (pthread_cond_timedwait(&c->wanted, &c->mutex, &until) != 0) {
			rested = true;
			pthread_mutex_unlock(&c->mutex);
			transport_rest(t);
			pthread_mutex_lock(&c->mutex);
		}
	}
	c->due = false;
	c->busy++;
	leaving = c->leaving;
	pthread_mutex_unlock(&c->mutex);
	return (!leaving);
}

static void
rest(struct courier *c)
{

	pthread_mutex_lock(&c->mutex);
	c->busy--;
	c->idle_since = clock_steady_ms();
	pthread_mutex_unlock(&c->mutex);
}

static bool
may_go_on(struct courier *c)
{
	bool may;

	pthread_mutex_lock(&c->mutex);
	may = !c->leaving && !trouble_is_quiet(c->trouble);
	pthread_mutex_unlock(&c->mutex);
	return (may);
}

static void *
work(void *arg)
{
	struct courier *c = arg;
	struct job j = { .arena = arena_new(ARENA_MAX) };
	struct transport *t = NULL;

	if (j.arena == NULL || transport_new(&c->mail, &hooks, &t) != ERR_OK)
		log_event(LOG_ERROR, NULL, "out of memory");
	else
		while (wait_for_work(c, t)) {
			while (may_go_on(c) && work_once(c, t, &j))
				continue;
			rest(c);
		}
	transport_free(t);
	arena_free(j.arena);
	return (NULL);
}

enum err
worker_start_all(struct courier *c)
{

	c->idle_since = clock_steady_ms();
	for (c->workers_count = 0; c->workers_count < (unsigned int)c->conf.mail_parallel;
	     c->workers_count++)
		if (pthread_create(&c->workers[c->workers_count], NULL, work, c) != 0) {
			worker_end_all(c);
			return (ERR_NOMEM);
		}
	return (ERR_OK);
}

void
worker_wake(struct courier *c)
{

	pthread_mutex_lock(&c->mutex);
	c->due = true;
	pthread_cond_signal(&c->wanted);
	pthread_mutex_unlock(&c->mutex);
}

bool
worker_idle(struct courier *c)
{
	bool idle;

	pthread_mutex_lock(&c->mutex);
	idle = c->busy == 0 && !c->due && clock_steady_ms() - c->idle_since >= IDLE_MS;
	pthread_mutex_unlock(&c->mutex);
	return (idle);
}

void
worker_end_all(struct courier *c)
{

	atomic_store(&gone_by, clock_steady_ms() + GRACE_MS);
	pthread_mutex_lock(&c->mutex);
	c->leaving = true;
	pthread_cond_broadcast(&c->wanted);
	pthread_mutex_unlock(&c->mutex);
	while (c->workers_count > 0)
		pthread_join(c->workers[--c->workers_count], NULL);
}
