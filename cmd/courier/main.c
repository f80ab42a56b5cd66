/* courier: sends the mail of the outbox. No FastCGI program: it runs by itself, one a database, and
 * ends on SIGTERM. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "access/app.h"
#include "base/clock.h"
#include "base/log.h"
#include "courier.h"
#include "proto/transport.h"
#include "store/outbox.h"

#ifndef VERSION
#define VERSION "0"
#endif

#define POLL_MS 100
#define PURGE_EVERY_MS 30000
#define PURGE_MAX 500
#define DEAD_KEPT_MS ((int64_t)30 * 86400000) /* they have addresses of people, too */
#define READERS_MAX 1
#define PATH_SIZE 600

static void
watch(struct courier *c)
{
	bool due = false, quiet;
	struct db *db;
	enum err e;

	pthread_mutex_lock(&c->mutex);
	quiet = clock_steady_ms() < c->quiet_until;
	pthread_mutex_unlock(&c->mutex);
	if (quiet || store_read(c->store, &db) != ERR_OK)
		return;
	e = outbox_due(db, clock_ms(), &due);
	store_read_end(c->store, db);
	if (e == ERR_OK && due)
		worker_wake(c);
}

static enum err
purge(struct tx *tx, void *arg)
{
	const struct courier *c = arg;
	const int64_t now = clock_ms();

	return (outbox_purge(tx, now - c->conf.mail_keep_s * 1000, now - DEAD_KEPT_MS, PURGE_MAX));
}

/* Until somebody wants us to end. */
static void
run(struct courier *c, const sigset_t *signals)
{
	const struct timespec poll = { .tv_nsec = POLL_MS * 1000000L };
	int64_t purged_at = 0, now;

	while (sigtimedwait(signals, NULL, &poll) < 0) {
		watch(c);
		now = clock_steady_ms();
		if (purged_at != 0 && now - purged_at < PURGE_EVERY_MS)
			continue;
		purged_at = now;
		if (store_write(c->store, purge, c) != ERR_OK)
			log_event(LOG_ERROR, NULL, "could not delete what is over");
	}
}

static enum err
recover(struct tx *tx, void *arg)
{

	(void)arg;
	return (outbox_recover(tx, clock_ms()));
}

/* Whoever has the lock is the one courier of the database: what is being sent and not by us is not
 * being sent any more. The kernel lets go of it when we die. */
static bool
lock(const struct courier *c)
{
	char path[PATH_SIZE];
	int fd;

	snprintf(path, sizeof path, "%s/courier.lock", c->conf.state_dir);
	if ((fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0)
		log_event(LOG_ERROR, NULL, "cannot use %s: %s", path, strerror(errno));
	else if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		log_event(LOG_ERROR, NULL, "another courier is at work in %s", c->conf.state_dir);
	else
		return (true);
	return (false);
}

static bool
open_all(struct courier *c)
{
	char message[CONF_MESSAGE_SIZE];
	enum err e;

	if (mail_conf_read(&c->conf, &c->mail, message) != ERR_OK ||
	    mail_conf_unlock(&c->conf, &c->mail, message) != ERR_OK) {
		log_event(LOG_ERROR, NULL, "%s", message);
		return (false);
	}
	if ((e = store_open(c->conf.state_dir, READERS_MAX, &c->store)) != ERR_OK) {
		log_event(LOG_ERROR, NULL, "cannot open the database in %s: %s: run \"yett %s\"",
		    c->conf.state_dir, err_slug(e),
		    e == ERR_NOT_FOUND ? "init"
		    : e == ERR_VERSION ? "migrate"
		                       : "doctor");
		return (false);
	}
	if ((e = master_open(c->conf.state_dir, &c->master)) != ERR_OK) {
		log_event(LOG_ERROR, NULL, "cannot use %s/master.key: %s: run \"yett doctor\"",
		    c->conf.state_dir, err_slug(e));
		return (false);
	}
	/* What we write is what became of mail. When the power fails some of it may be sent again;
	 * when we are killed nothing is forgotten. And a note that takes less time leaves less of
	 * it between the server's word and ours. */
	if (!lock(c) || store_relax(c->store) != ERR_OK ||
	    store_write(c->store, recover, NULL) != ERR_OK || transport_setup() != ERR_OK) {
		log_event(LOG_ERROR, NULL, "cannot begin");
		return (false);
	}
	return (true);
}

static int
serve(struct courier *c, const sigset_t *signals)
{
	int status = 1;

	pthread_mutex_init(&c->mutex, NULL);
	pthread_cond_init(&c->wanted, NULL);
	if (open_all(c)) {
		log_event(LOG_INFO, NULL, "%s started", VERSION);
		if (c->mail.way == MAIL_NOT)
			log_event(LOG_WARN, NULL, "mail.url is not set, so mail waits");
		if (worker_start_all(c) == ERR_OK) {
			run(c, signals);
			worker_end_all(c);
			status = 0;
		}
		transport_teardown();
		log_event(LOG_INFO, NULL, "stopped");
	}
	mail_conf_close(&c->mail);
	master_close(c->master);
	store_close(c->store);
	pthread_cond_destroy(&c->wanted);
	pthread_mutex_destroy(&c->mutex);
	return (status);
}

/* Is there something to run? Else the exit status. */
static bool
read_options(int argc, char **argv, const char **ret_conf, int *ret_status)
{
	int i;

	*ret_conf = NULL;
	*ret_status = 0;
	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--config") == 0 && i + 1 < argc) {
			*ret_conf = argv[++i];
		} else if (strcmp(argv[i], "--version") == 0) {
			puts("yett-courier " VERSION);
			return (false);
		} else if (strcmp(argv[i], "--routes") == 0) {
			/* As every program; it has none. */
			return (false);
		} else {
			*ret_status = strcmp(argv[i], "--help") == 0 ? 0 : 100;
			fputs("usage: courier [--config FILE | --routes | --version | --help]\n"
			      "Sends the mail of the outbox, as [mail] of yett.conf says, until "
			      "SIGTERM.\n",
			    *ret_status == 0 ? stdout : stderr);
			return (false);
		}
	}
	return (true);
}

int
main(int argc, char **argv)
{
	static struct courier c;
	char message[CONF_MESSAGE_SIZE];
	sigset_t signals;
	const char *path;
	int status;

	if (!read_options(argc, argv, &path, &status))
		return (status);
	log_setup("courier", false, LOG_INFO);
	if (conf_load(app_conf_path(path), &c.conf, message) != ERR_OK) {
		log_event(LOG_ERROR, NULL, "%s", message);
		return (1);
	}
	log_setup("courier", c.conf.log_json, (enum log_level)c.conf.log_level);
	if (strcmp(c.conf.log_to, "syslog") == 0)
		log_to_syslog();
	/* All threads take after this one: signals wait for run(), a broken pipe is an error of
	 * write(2). */
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (sodium_init() < 0)
		return (1);
	return (serve(&c, &signals));
}
