/* Looking at what is to be sent: by the process that stays while there is nothing to send, else by
 * the one that sends. */
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "courier.h"
#include "access/webhook.h"
#include "store/outbox.h"

#define POLL_MS 100
#define PURGE_EVERY_MS 30000
#define PURGE_MAX 500  /* of each kind at a time, */
#define PURGE_TIMES 20 /* so often, while so many go: more than the courier sends */
#define DEAD_KEPT_MS ((int64_t)30 * 86400000) /* they have addresses of people, too */
#define READERS_MAX 1
#define ARENA_MAX ((size_t)32 << 20)
#define FOLLOW_MAX 20 /* parts of the log at a time, of 200 rows */

bool
watch_open(struct courier *c)
{
	enum err e;

	if ((e = store_open(c->conf.state_dir, READERS_MAX, &c->store)) != ERR_OK) {
		log_event(LOG_ERROR, NULL, "cannot open the database in %s: %s: run \"yett %s\"",
		    c->conf.state_dir, err_slug(e),
		    e == ERR_NOT_FOUND ? "init"
		    : e == ERR_VERSION ? "migrate"
		                       : "doctor");
		return (false);
	}
	/* What we write is what became of mail. When the power fails some of it may be sent again;
	 * when we are killed nothing is forgotten. And a note that takes less time leaves less of
	 * it between the server's word and ours. */
	if ((e = store_relax(c->store)) != ERR_OK) {
		log_event(LOG_ERROR, NULL, "cannot use the database: %s", err_slug(e));
		watch_close(c);
		return (false);
	}
	return (true);
}

void
watch_close(struct courier *c)
{

	store_close(c->store);
	c->store = NULL;
}

struct following {
	struct arena *arena;
	int64_t limit; /* rows */
	struct webhook_followed done;
};

static enum err
write_follow(struct tx *tx, void *arg)
{
	struct following *f = arg;

	return (webhook_follow(tx, clock_ms(), f->limit, f->arena, &f->done));
}

static enum err
write_skip(struct tx *tx, void *arg)
{

	return (webhook_skip(tx, arg));
}

/* One row that does not fit into our memory must not hold up all that come behind it. */
static enum err
skip(struct courier *c)
{
	int64_t seq;
	enum err e;

	if ((e = store_write(c->store, write_skip, &seq)) == ERR_OK && seq != 0)
		log_event(LOG_ERROR, NULL,
		    "row %lld of the audit log is too large to be told to webhooks: it is left out",
		    (long long)seq);
	return (e);
}

/* As many rows as fit. */
static enum err
follow_some(struct courier *c, struct following *f)
{
	enum err e = ERR_NOMEM;

	for (f->limit = WEBHOOK_ROWS_MAX; f->limit > 0 && e == ERR_NOMEM; f->limit /= 2) {
		arena_reset(f->arena);
		e = store_write(c->store, write_follow, f);
	}
	return (e == ERR_NOMEM ? skip(c) : e);
}

/* Queue what the log says for whoever wants it; false when that failed: then it rests. */
static bool
follow(struct courier *c)
{
	struct following f = { .arena = arena_new(ARENA_MAX) };
	enum err e = f.arena == NULL ? ERR_NOMEM : follow_some(c, &f);

	if (e != ERR_OK)
		log_event(LOG_ERROR, NULL,
		    "the audit log cannot be told to webhooks: %s; trying again in %lld s",
		    err_slug(e), (long long)trouble_add(c->walk) / 1000);
	else
		trouble_end(c->walk);
	if (e == ERR_OK && f.done.missing > 0)
		log_event(LOG_WARN, NULL,
		    "%lld events were cut from the audit log before they were told to webhooks",
		    (long long)f.done.missing);
	if (e == ERR_OK && f.done.full > 0)
		log_event(LOG_WARN, NULL,
		    "for each of %lld webhooks %d events wait, so those that come are left out: "
		    "the "
		    "first is %s",
		    (long long)f.done.full, WEBHOOK_QUEUED_MAX, f.done.full_id);
	arena_free(f.arena);
	return (e == ERR_OK);
}

static enum err
read_due(struct courier *c, struct watch_due *ret_due, bool *ret_behind)
{
	const int64_t now = clock_ms();
	struct db *db;
	enum err e;

	if ((e = store_read(c->store, &db)) != ERR_OK)
		return (e);
	if ((e = outbox_due(db, now, &ret_due->mail)) == ERR_OK &&
	    (e = delivery_due(db, now, &ret_due->events)) == ERR_OK)
		e = webhook_behind(db, ret_behind);
	store_read_end(c->store, db);
	return (e);
}

static struct watch_due
look(struct courier *c)
{
	struct watch_due due = { .mail = false };
	bool behind;
	int i;

	for (i = 0; i < FOLLOW_MAX; i++) {
		if (read_due(c, &due, &behind) != ERR_OK)
			return ((struct watch_due){ .mail = false });
		if (!behind || trouble_is_quiet(c->walk) || !follow(c))
			break;
	}
	pthread_mutex_lock(&c->mutex);
	if (trouble_is_quiet(c->trouble) || trouble_is_quiet(c->falls))
		due.mail = false;
	if (trouble_is_quiet(c->falls))
		due.events = false;
	pthread_mutex_unlock(&c->mutex);
	return (due);
}

struct purging {
	const struct conf *conf;
	bool more;
};

static enum err
write_purge(struct tx *tx, void *arg)
{
	struct purging *p = arg;
	const int64_t now = clock_ms(), dead_before = now - DEAD_KEPT_MS;
	bool more_mail, more_events;
	enum err e;

	if ((e = outbox_purge(tx, now - p->conf->mail_keep_s * 1000, dead_before, PURGE_MAX,
	         &more_mail)) != ERR_OK ||
	    (e = delivery_purge(tx, now, now - p->conf->webhook_keep_s * 1000, dead_before,
	         PURGE_MAX, &more_events)) != ERR_OK)
		return (e);
	p->more = more_mail || more_events;
	return (webhook_forget(tx, now, dead_before));
}

static void
purge(struct courier *c)
{
	struct purging p = { .conf = &c->conf, .more = true };
	const int64_t now = clock_steady_ms();
	int i;

	if (c->purged_at != 0 && now - c->purged_at < PURGE_EVERY_MS)
		return;
	c->purged_at = now;
	for (i = 0; p.more && i < PURGE_TIMES; i++)
		if (store_write(c->store, write_purge, &p) != ERR_OK) {
			log_event(LOG_ERROR, NULL, "could not delete what is over");
			return;
		}
}

bool
watch_all(struct courier *c, bool (*is_enough)(struct courier *c, const struct watch_due *due))
{
	const struct timespec poll = { .tv_nsec = POLL_MS * 1000000L };

	struct watch_due due;

	do {
		purge(c);
		due = look(c);
		if (is_enough(c, &due))
			return (true);
	} while (sigtimedwait(&c->ends, NULL, &poll) < 0);
	return (false);
}
