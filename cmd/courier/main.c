/* courier: sends the mail of the outbox, and tells webhooks what the audit log says. No FastCGI
 * program: it runs by itself, one a database, and ends on SIGTERM. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "base/clock.h"
#include "base/log.h"
#include "courier.h"
#include "store/delivery.h"
#include "store/outbox.h"

#ifndef VERSION
#define VERSION "0"
#endif

#define LOCK_WAIT_MS 2000
#define LOCK_LOOK_MS 20
#define PATH_SIZE 600

/* Whoever has the lock is the one courier of the database: what is being sent and not by us is not
 * being sent any more. The kernel lets go of it when we die, and the process of ours that sends,
 * which the kernel ends then: that may take a moment. */
static bool
lock(const struct courier *c)
{
	const struct timespec look = { .tv_nsec = LOCK_LOOK_MS * 1000000L };
	char path[PATH_SIZE];
	int fd, waited;

	snprintf(path, sizeof path, "%s/courier.lock", c->conf.state_dir);
	if ((fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0) {
		log_event(LOG_ERROR, NULL, "cannot use %s: %s", path, strerror(errno));
		return (false);
	}
	for (waited = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; waited += LOCK_LOOK_MS) {
		if (waited >= LOCK_WAIT_MS) {
			log_event(
			    LOG_ERROR, NULL, "another courier is at work in %s", c->conf.state_dir);
			return (false);
		}
		nanosleep(&look, NULL);
	}
	return (true);
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
	if ((e = master_open(c->conf.state_dir, &c->master)) != ERR_OK) {
		log_event(LOG_ERROR, NULL, "cannot use %s/master.key: %s: run \"yett doctor\"",
		    c->conf.state_dir, err_slug(e));
		return (false);
	}
	if ((c->trouble = trouble_new()) == NULL || (c->falls = trouble_new()) == NULL ||
	    (c->walk = trouble_new()) == NULL) {
		log_event(LOG_ERROR, NULL, "out of memory");
		return (false);
	}
	return (lock(c));
}

static enum err
recover(struct tx *tx, void *arg)
{

	const int64_t now = clock_ms();
	enum err e;

	(void)arg;
	if ((e = outbox_recover(tx, now)) != ERR_OK)
		return (e);
	return (delivery_recover(tx, now));
}

static bool
is_something(struct courier *c, const struct watch_due *due)
{

	(void)c;
	return (due->mail || due->events);
}

/* Send, and rest in between, until a signal says to end; false when the database cannot be used. */
static bool
run(struct courier *c)
{
	bool go_on = true;
	enum err e;

	while (go_on) {
		if (!watch_open(c))
			return (false);
		/* Of the last courier, or of a process of ours that was killed. */
		if ((e = store_write(c->store, recover, NULL)) != ERR_OK) {
			log_event(LOG_ERROR, NULL, "cannot begin: %s", err_slug(e));
			return (false);
		}
		go_on = watch_all(c, is_something);
		watch_close(c);
		if (go_on)
			go_on = shift_run(c);
	}
	return (true);
}

static int
serve(struct courier *c)
{
	int status = 1;

	pthread_mutex_init(&c->mutex, NULL);
	if (open_all(c)) {
		log_event(LOG_INFO, NULL, "%s started", VERSION);
		if (c->mail.way == MAIL_NOT)
			log_event(LOG_WARN, NULL, "mail.url is not set, so mail waits");
		if (run(c))
			status = 0;
		log_event(LOG_INFO, NULL, "stopped");
	}
	watch_close(c);
	mail_conf_close(&c->mail);
	master_close(c->master);
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
			      "Sends the mail of the outbox, and tells webhooks what the audit log "
			      "says, as [mail]\nand [webhook] of yett.conf say, until SIGTERM.\n",
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
	const char *path;
	int status;

	if (!read_options(argc, argv, &path, &status))
		return (status);
	log_setup("courier", false, LOG_INFO);
	if (conf_load(conf_path(path), &c.conf, message) != ERR_OK) {
		log_event(LOG_ERROR, NULL, "%s", message);
		return (1);
	}
	log_setup("courier", c.conf.log_json, (enum log_level)c.conf.log_level);
	if (strcmp(c.conf.log_to, "syslog") == 0)
		log_to_syslog();
	/* All threads and processes take after this one: signals wait for watch_all(), a broken
	 * pipe is an error of write(2), and of who ends one can ask how. */
	sigemptyset(&c.ends);
	sigaddset(&c.ends, SIGTERM);
	sigaddset(&c.ends, SIGINT);
	sigaddset(&c.ends, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &c.ends, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	if (sodium_init() < 0)
		return (1);
	return (serve(&c));
}
