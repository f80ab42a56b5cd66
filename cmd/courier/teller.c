/* Telling events to webhooks: each thread takes one that is due, posts it, and notes what became of
 * it. */
#include <stdio.h>
#include <string.h>

#include "access/audit.h"
#include "access/webhook.h"
#include "base/clock.h"
#include "base/log.h"
#include "courier.h"
#include "proto/webhook_post.h"

#define NOTE_ARENA_MAX ((size_t)1 << 20)
#define SLOW_MS 5000 /* a try that took longer holds up who else has something to tell */

/* What a transaction is about. */
struct job {
	struct courier *courier;
	struct arena *arena;
	struct delivery delivery;
	bool more; /* nothing was taken, and there is more to look at */
	struct webhook webhook;
	struct webhook_answer answer;
	int64_t now;
};

/* All orgs' have half of the threads at most, and one's a quarter, so that their servers hold up
 * neither the site's events nor each other's. */
static enum err
write_take(struct tx *tx, void *arg)
{
	struct job *j = arg;
	const int64_t parallel = j->courier->conf.webhook_parallel;
	const struct delivery_most most = { .orgs = parallel / 2,
		.org = parallel >= 4 ? parallel / 4 : 1 };
	enum err e;

	if ((e = delivery_take(tx, j->now, &most, j->arena, &j->delivery, &j->more)) != ERR_OK ||
	    j->delivery.id == NULL)
		return (e);
	return (webhook_find(tx_db(tx), j->delivery.webhook_id, j->arena, &j->webhook));
}

/* Its server wants nothing any more. Not, if somebody has just said that it is another one. */
static enum err
disable_in(struct tx *tx, const struct job *j, struct arena *a)
{
	static const struct audit_actor who = { .kind = "system" };
	struct json details;
	struct webhook w;
	enum err e;

	if ((e = webhook_find(tx_db(tx), j->webhook.id, a, &w)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_OK : e);
	if (!w.enabled || strcmp(w.url, j->webhook.url) != 0)
		return (ERR_OK);
	w.enabled = false;
	w.gone_at = w.updated_at = j->now;
	if ((e = webhook_set(tx, &w)) != ERR_OK)
		return (e);
	details = webhook_details(&w, a);
	return (audit_note_as(tx, j->courier->master, &who,
	    &(struct event){ .action = "webhook.disabled",
	        .object_type = "webhook",
	        .object_id = w.id,
	        .org_id = w.org_id,
	        .details = &details },
	    a));
}

/* It may be tried again and again, so it has memory of its own each time. */
static enum err
disable(struct tx *tx, const struct job *j)
{
	struct arena *a = arena_new(NOTE_ARENA_MAX);
	enum err e = a == NULL ? ERR_NOMEM : disable_in(tx, j, a);

	arena_free(a);
	return (e);
}

/* How its server did: for a while a failure, or a slow try, makes it quiet. A slow one for as long
 * as it took, whatever the answer was: so it has half of a thread's time at most. */
static enum err
note_server(struct tx *tx, const struct job *j, int64_t failures)
{
	const int64_t quiet_ms = failures == 0 ? 0 : trouble_quiet_ms(failures);
	const int64_t slow_ms = j->answer.took_ms > SLOW_MS ? j->answer.took_ms : 0;
	const int64_t longer_ms = slow_ms > quiet_ms ? slow_ms : quiet_ms;

	return (webhook_note(tx, j->webhook.id, failures, longer_ms == 0 ? 0 : j->now + longer_ms));
}

static enum err
note_later(struct tx *tx, struct job *j, const struct delivery_try *t)
{
	enum err e;

	if ((e = delivery_later(
	         tx, &j->delivery, t, trouble_next_try(j->now, j->delivery.attempts))) != ERR_OK)
		return (e);
	return (note_server(tx, j, j->webhook.failures + 1));
}

static enum err
write_result(struct tx *tx, void *arg)
{
	struct job *j = arg;
	const struct delivery_try t = { .http_status = j->answer.http_status,
		.took_ms = j->answer.took_ms,
		.error = j->answer.told,
		.now = j->now };
	enum err e = ERR_INTERNAL;

	switch (j->answer.result.end) {
	case TRANSPORT_SENT:
		if ((e = delivery_sent(tx, &j->delivery, &t)) == ERR_OK)
			e = note_server(tx, j, 0);
		break;
	case TRANSPORT_REFUSED:
		if ((e = delivery_dead(tx, &j->delivery, &t)) == ERR_OK)
			e = disable(tx, j);
		break;
	case TRANSPORT_LATER:
	case TRANSPORT_TROUBLE:
		e = note_later(tx, j, &t);
		break;
	case TRANSPORT_STOPPED:
		e = delivery_back(tx, &j->delivery, j->now);
		break;
	}
	return (e == ERR_OK ? webhook_schedule(tx, j->webhook.id, j->now) : e);
}

/* Never where to, for that may be a secret. */
static void
say(const struct job *j)
{
	const char *reason = j->answer.result.reason;

	if (j->answer.result.end == TRANSPORT_REFUSED)
		log_event(LOG_WARN, NULL, "webhook %s is disabled, as its server said: %s",
		    j->webhook.id, reason);
	else if (j->answer.result.end == TRANSPORT_LATER)
		log_event(LOG_INFO, NULL, "webhook %s: delivery %s (%s) must wait: %s",
		    j->webhook.id, j->delivery.id, j->delivery.type, reason);
}

static void
tell(struct job *j, struct webhook_post *p)
{
	const struct master *m = j->courier->master;
	struct webhook_event ev = { .url = j->webhook.url,
		.of_org = j->webhook.org_id != NULL,
		.id = j->delivery.id,
		.now = clock_ms() };
	const char *wrong;
	enum err e;

	if ((e = webhook_secrets(m, &j->webhook, ev.now, j->arena, &ev.secret, &ev.old_secret)) ==
	        ERR_OK &&
	    (e = webhook_payload(m, &j->delivery, j->arena, &ev.payload)) == ERR_OK) {
		webhook_post_send(p, &ev, &j->answer);
		return;
	}
	wrong = e == ERR_CRYPTO ? "its secret was sealed by another master key" : "out of memory";
	transport_explain(&j->answer.result, TRANSPORT_LATER, wrong);
	snprintf(j->answer.told, sizeof j->answer.told, "%s", wrong);
}

static bool
work_once(struct courier *c, struct arena *a, void *own)
{
	struct job j = { .courier = c, .arena = a, .now = clock_ms() };
	enum err e;

	/* Others write in between. */
	do
		e = store_write(c->store, write_take, &j);
	while (e == ERR_OK && j.more && gang_is_stopping() == 0);
	if (e != ERR_OK)
		log_event(LOG_ERROR, NULL, "the webhooks cannot be read: %s", err_slug(e));
	if (e != ERR_OK || j.delivery.id == NULL)
		return (false);
	/* There may be something for others. */
	gang_wake(&c->events);
	tell(&j, own);
	j.now = clock_ms();
	gang_note(&c->events, "delivery", j.delivery.id, write_result, &j);
	say(&j);
	return (true);
}

static enum err
begin(struct courier *c, void **ret_own)
{
	struct webhook_post *p;
	enum err e;

	if ((e = webhook_post_new(&c->conf, gang_is_stopping, &p)) == ERR_OK)
		*ret_own = p;
	return (e);
}

static void
end(void *own)
{

	webhook_post_free(own);
}

const struct gang_work teller_events = { .begin = begin, .once = work_once, .end = end };
