/* A shift: a process that sends what is due, and what comes meanwhile. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "courier.h"

#define LOOK_MS 100

static bool
is_over(struct courier *c, const struct watch_due *due)
{

	if (due->mail)
		gang_wake(&c->mails);
	if (due->events)
		gang_wake(&c->events);
	return (gang_is_idle(&c->mails) && gang_is_idle(&c->events));
}

/* What the new process does; its exit status. */
static int
work(struct courier *c)
{
	int status = 1;
	bool ended;
	enum err e;

	if (!watch_open(c))
		return (status);
	if ((e = gang_start(&c->mails, c, &worker_mails, (unsigned int)c->conf.mail_parallel)) !=
	        ERR_OK ||
	    (e = gang_start(&c->events, c, &teller_events,
	         (unsigned int)c->conf.webhook_parallel)) != ERR_OK) {
		log_event(LOG_ERROR, NULL, "cannot begin to send: %s", err_slug(e));
	} else {
		watch_all(c, is_over);
		status = 0;
	}
	/* Both at once. */
	gang_leave(&c->mails);
	gang_leave(&c->events);
	ended = gang_end(&c->mails);
	if (!gang_end(&c->events) || !ended) {
		/* What it has in hand stands as being sent, so whoever comes next sends it. */
		log_event(LOG_WARN, NULL, "left in the midst of sending: it did not end in time");
		_exit(status);
	}
	watch_close(c);
	return (status);
}

/* Wait for the end of the process ${pid}, and have it end when a signal says so: then false. */
static bool
wait_for(const struct courier *c, pid_t pid, int *ret_status)
{
	const struct timespec look = { .tv_nsec = LOOK_MS * 1000000L };
	bool told = false;
	pid_t ended;

	for (;;) {
		ended = waitpid(pid, ret_status, told ? 0 : WNOHANG);
		if (ended == pid || (ended < 0 && errno != EINTR))
			return (!told);
		if (!told && sigtimedwait(&c->ends, NULL, &look) > 0) {
			told = true;
			kill(pid, SIGTERM);
		}
	}
}

/* One that did not end by itself is trouble: else it might come and go ten times a second. */
static void
note_failure(struct courier *c, const char *what, int number)
{
	const int64_t wait = trouble_add(c->falls);

	log_event(LOG_ERROR, NULL, "the process that sends %s %d; the next one comes in %lld s",
	    what, number, (long long)wait / 1000);
}

bool
shift_run(struct courier *c)
{
	const pid_t we = getpid();
	bool go_on;
	int status = 0;
	pid_t pid;

	if ((pid = fork()) == 0) {
		/* It has the lock, too: who is killed must not leave it to a process that nobody
		 * knows of. What is in locked memory stays so, as it is the same as ours. */
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != we)
			_exit(1);
		exit(work(c));
	}
	if (pid < 0) {
		note_failure(c, "could not be started: error", errno);
		return (true);
	}
	go_on = wait_for(c, pid, &status);
	if (WIFSIGNALED(status))
		note_failure(c, "was ended by signal", WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		note_failure(c, "ended with", WEXITSTATUS(status));
	else
		trouble_end(c->falls);
	return (go_on);
}
