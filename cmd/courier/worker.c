/* Sending mail: each thread takes one that is due, hands it over, and notes what became of it. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "courier.h"
#include "gate.h"
#include "proto/mail.h"
#include "proto/transport.h"
#include "store/outbox.h"

static const struct transport_hooks hooks = { .is_stopping = gang_is_stopping,
	.handing_over = gate_enter };

/* What a transaction is about. */
struct job {
	struct arena *arena;
	struct outbox_mail mail;
	bool more; /* nothing was taken, and there is more to look at */
	struct transport_result result;
	int64_t now;
};

static enum err
write_take(struct tx *tx, void *arg)
{
	struct job *j = arg;

	return (outbox_take(tx, j->now, j->arena, &j->mail, &j->more));
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
		return (outbox_later(
		    tx, j->mail.id, trouble_next_try(j->now, j->mail.attempts), j->result.reason));
	case TRANSPORT_STOPPED:
		return (outbox_back(tx, j->mail.id, j->now));
	}
	return (ERR_INTERNAL);
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

/* While all is well the next worker looks at once whether there is more; in trouble only one tries.
 */
static bool
work_once(struct courier *c, struct arena *a, void *own)
{
	struct job j = { .arena = a, .now = clock_ms() };
	bool trouble;
	enum err e;

	/* Others write in between. */
	do
		e = store_write(c->store, write_take, &j);
	while (e == ERR_OK && j.more && gang_is_stopping() == 0);
	if (e != ERR_OK)
		log_event(LOG_ERROR, NULL, "the outbox cannot be read: %s", err_slug(e));
	if (e != ERR_OK || j.mail.id == NULL)
		return (false);
	pthread_mutex_lock(&c->mutex);
	trouble = c->trouble->count > 0;
	pthread_mutex_unlock(&c->mutex);
	if (!trouble)
		gang_wake(&c->mails);
	send(c, own, &j);
	j.now = clock_ms();
	gang_note(&c->mails, "mail", j.mail.id, write_result, &j);
	gate_leave();
	say(c, &j);
	return (true);
}

static enum err
begin(struct courier *c, void **ret_own)
{
	struct transport *t;
	enum err e;

	if ((e = transport_new(&c->mail, &hooks, &t)) == ERR_OK)
		*ret_own = t;
	return (e);
}

static void
end(void *own)
{

	transport_free(own);
}

static void
rest(void *own)
{

	transport_rest(own);
}

static bool
may_go_on(struct courier *c)
{
	bool quiet;

	pthread_mutex_lock(&c->mutex);
	quiet = trouble_is_quiet(c->trouble);
	pthread_mutex_unlock(&c->mutex);
	return (!quiet);
}

const struct gang_work worker_mails = {
	.begin = begin, .may = may_go_on, .once = work_once, .rest = rest, .end = end
};
