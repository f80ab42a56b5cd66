/* Looking at the outbox: by the process that stays while there is nothing to send, else by the one
 * that sends. */
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "courier.h"
#include "store/outbox.h"

#define POLL_MS 100
#define PURGE_EVERY_MS 30000
#define PURGE_MAX 500
#define DEAD_KEPT_MS ((int64_t)30 * 86400000) /* they have addresses of people, too */
#define READERS_MAX 1

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

static bool
is_due(struct courier *c)
{
	bool due = false, quiet;
	struct db *db;
	enum err e;

	pthread_mutex_lock(&c->mutex);
	quiet = trouble_is_quiet(c->trouble);
	pthread_mutex_unlock(&c->mutex);
	if (quiet || store_read(c->store, &db) != ERR_OK)
		return (false);
	e = outbox_due(db, clock_ms(), &due);
	store_read_end(c->store, db);
	return (e == ERR_OK && due);
}

static enum err
write_purge(struct tx *tx, void *arg)
{
	const struct courier *c = arg;
	const int64_t now = clock_ms();

	return (outbox_purge(tx, now - c->conf.mail_keep_s * 1000, now - DEAD_KEPT_MS, PURGE_MAX));
}

static void
purge(struct courier *c)
{
	const int64_t now = clock_steady_ms();

	if (c->purged_at != 0 && now - c->purged_at < PURGE_EVERY_MS)
		return;
	c->purged_at = now;
	if (store_write(c->store, write_purge, c) != ERR_OK)
		log_event(LOG_ERROR, NULL, "could not delete what is over");
}

bool
watch_outbox(struct courier *c, bool (*is_enough)(struct courier *c, bool due))
{
	const struct timespec poll = { .tv_nsec = POLL_MS * 1000000L };

	do {
		purge(c);
		if (is_enough(c, is_due(c)))
			return (true);
	} while (sigtimedwait(&c->ends, NULL, &poll) < 0);
	return (false);
}
