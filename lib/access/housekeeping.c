/* What a program does beside requests: write down who was seen and which API keys were used, delete
 * what is long over. */
#include "access/housekeeping.h"

#include <malloc.h>
#include <pthread.h>
#include <string.h>

#include "access/app.h"
#include "access/audit_keep.h"
#include "access/device_notice.h"
#include "access/guard.h"
#include "access/subject.h"
#include "access/usage.h"
#include "access/waiting.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "http/server.h"
#include "store/attempt.h"
#include "store/invitation.h"
#include "store/one_time.h"
#include "store/session.h"
#include "store/user_device.h"

#define REST_MS 6000 /* a thread that did nothing for 5 s has ended by then */
#define STACK_SIZE ((size_t)256 << 10)
#define EVERY_MS 30000
#define UNASKED_EVERY_MS 600000 /* whoever is asked something has deleted the same by then */
#define SEEN_AFTER_MS 60000     /* how late last_seen_at may be */
#define SEEN_MAX 512            /* sessions written at once: some 5 ms of the turn to write */
#define PURGE_MAX 500           /* rows of a kind deleted at once, for the same reason, */
#define PURGE_TIMES 100 /* so often, while there are more: more than anybody adds meanwhile */
#define CUTS_MAX 20     /* at once, each a transaction of its own, of 500 rows of the audit log */
#define DAY_MS ((int64_t)86400000)
#define INVITATION_KEPT_MS \
	(7 * DAY_MS) /* after its end: nobody came, and the address is forgotten */

struct seen {
	size_t count;
	int64_t after_ms;
	struct {
		char id[ID_SIZE];
		int64_t at;
	} sessions[SEEN_MAX];
};

static void
note_seen(void *arg, void *bytes, size_t len, int64_t used_at)
{
	struct subject *s = bytes;
	struct seen *seen = arg;

	(void)len;
	if (seen->count == SEEN_MAX || s->session_id[0] == '\0' ||
	    used_at - s->seen_at < seen->after_ms)
		return;
	s->seen_at = used_at;
	memcpy(seen->sessions[seen->count].id, s->session_id, ID_SIZE);
	seen->sessions[seen->count++].at = used_at;
}

static enum err
write_seen(struct tx *tx, void *arg)
{
	const struct seen *seen = arg;
	enum err e = ERR_OK;
	size_t i;

	for (i = 0; e == ERR_OK && i < seen->count; i++)
		e = session_see(tx, seen->sessions[i].id, seen->sessions[i].at);
	return (e);
}

static void
flush_seen(struct app *app, int64_t after_ms)
{
	static struct seen seen; /* one thread's at a time, and too large for its stack */

	seen.after_ms = after_ms;
	do {
		seen.count = 0;
		cache_each(app->subjects, note_seen, &seen);
		if (seen.count > 0 && store_write(app->store, write_seen, &seen) != ERR_OK) {
			log_event(LOG_ERROR, NULL, "could not write down which sessions were seen");
			return;
		}
	} while (seen.count == SEEN_MAX);
}

struct purging {
	const struct app *app;
	bool more;
};

static enum err
purge(struct tx *tx, void *arg)
{
	struct purging *p = arg;
	const int64_t now = clock_ms();
	const struct {
		enum err (*purge)(struct tx *tx, int64_t before, int64_t limit, int64_t *ret_count);
		int64_t before;
	} kinds[] = {
		/* A day longer, so that whoever comes back with an ended session is told so from
		 * its row. */
		{ session_purge, now - DAY_MS },
		{ invitation_purge, now - INVITATION_KEPT_MS },
		{ waitlist_purge, now - WAITING_KEPT_MS },
		{ one_time_purge, now },
		{ user_device_purge, now - DEVICE_NOTICE_KEPT_MS },
		{ attempt_purge, now - p->app->conf.keep_attempts_s * 1000 },
	};
	int64_t count;
	enum err e;
	size_t i;

	p->more = false;
	for (i = 0; i < COUNT(kinds); i++) {
		if ((e = kinds[i].purge(tx, kinds[i].before, PURGE_MAX, &count)) != ERR_OK)
			return (e);
		p->more |= count == PURGE_MAX;
	}
	return (ERR_OK);
}

/* What is over, in transactions that hold up nobody for long. */
static void
purge_all(struct app *app)
{
	struct purging p = { .app = app, .more = true };
	int i;

	for (i = 0; p.more && i < PURGE_TIMES && !server_stopping(); i++)
		if (store_write(app->store, purge, &p) != ERR_OK) {
			log_event(LOG_ERROR, NULL, "could not delete what is over");
			return;
		}
}

static void
cut_audit(struct app *app)
{
	int64_t count = 1;
	enum err e = ERR_OK;
	int i;

	for (i = 0; e == ERR_OK && count > 0 && i < CUTS_MAX; i++)
		e = audit_keep_cut(app->store, app->master, &count);
	if (e == ERR_CRYPTO)
		log_event(LOG_ERROR, NULL,
		    "the audit log is not shortened, as it is not what was written: run \"yett "
		    "audit "
		    "verify\"");
	else if (e != ERR_OK)
		log_event(LOG_ERROR, NULL, "the audit log could not be shortened: %s", err_slug(e));
}

/* Is it time? A program of which nothing is asked has nobody to write down, and would open the
 * database for nothing. */
static bool
is_due(const struct app *app)
{
	const int64_t every = atomic_load(&app->asked) ? EVERY_MS : UNASKED_EVERY_MS;

	return (clock_steady_ms() - app->housekept_at >= every);
}

static void
keep_house(struct app *app)
{

	app->housekept_at = clock_steady_ms();
	atomic_store(&app->asked, false);
	flush_seen(app, SEEN_AFTER_MS);
	usage_flush(app->usage);
	purge_all(app);
	cut_audit(app);
}

static void *
do_chores(void *arg)
{
	struct app *app = arg;

	if (is_due(app))
		keep_house(app);
	store_rest(app->store, REST_MS);
	atomic_store(&app->at_chores, false);
	return (NULL);
}

/* The chores are a thread's that ends with them: the main thread has to look after those that work,
 * and of what a thread has freed, the C library keeps some 100 KiB for it as long as it lives. */
static void
send_for_chores(struct app *app)
{
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	atomic_store(&app->at_chores, true);
	app->sent = pthread_create(&app->chores, &attr, do_chores, app) == 0;
	if (!app->sent) /* again in a second */
		atomic_store(&app->at_chores, false);
	pthread_attr_destroy(&attr);
}

/* What lies between what is still used, free(3) never gives back. */
static void
end_chores(struct app *app)
{

	pthread_join(app->chores, NULL);
	app->sent = false;
	malloc_trim(0);
}

void
housekeeping_tick(struct app *app)
{

	if (app->guard != NULL)
		guard_watch(app->guard);
	if (atomic_load(&app->at_chores))
		return;
	if (app->sent)
		end_chores(app);
	if (app->housekept_at == 0)
		app->housekept_at = clock_steady_ms();
	if (is_due(app) || store_idle(app->store, REST_MS))
		send_for_chores(app);
}

void
housekeeping_end(struct app *app)
{

	if (app->sent)
		end_chores(app);
	flush_seen(app, 1);
	usage_flush(app->usage);
}
