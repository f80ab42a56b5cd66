/* A local program that takes a mail on standard input, as sendmail(8) does. */
#include "proto/sendmail.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"

#define WAIT_MS 20

/* What is under way. */
struct run {
	pid_t pid;
	int in;
	const char *bytes;
	size_t len;
	int64_t until_ms;
	const struct transport_hooks *hooks;
};

/* Start it with the reading end of ${pipe} as standard input and nowhere to write. */
static int
spawn(const struct mail_conf *mc, const struct transport_mail *mail, const int pipe[static 2],
    pid_t *ret_pid)
{
	char *const argv[] = { (char *)(uintptr_t)mc->path, (char[]){ "-i" }, (char[]){ "-f" },
		(char *)(uintptr_t)mail->from, (char[]){ "--" }, (char *)(uintptr_t)mail->to,
		NULL };
	char *const env[] = { (char[]){ "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
		                        "/sbin:/bin" },
		NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none, usual;
	int error;

	sigemptyset(&none);
	sigfillset(&usual);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	/* None of our signals' masks and handlers. */
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &usual);
	if ((error = posix_spawn_file_actions_adddup2(&actions, pipe[0], STDIN_FILENO)) == 0 &&
	    (error = posix_spawn_file_actions_addopen(
	         &actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)) == 0 &&
	    (error = posix_spawn_file_actions_addopen(
	         &actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)) == 0 &&
	    /* Nor what whoever started us had open, and did not say that it is his alone. */
	    (error = posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1)) == 0)
		error = posix_spawn(ret_pid, mc->path, &actions, &attr, argv, env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return (error);
}

/* May it still take its time? Once all is written only the time is up, or we must go. */
static bool
may_wait(const struct run *r)
{

	return (clock_steady_ms() < r->until_ms && r->hooks->is_stopping() <= (r->len == 0));
}

/* Write all of it; false when time is up. One that closes its end need not read on. */
static bool
feed(struct run *r)
{
	struct pollfd p = { .fd = r->in, .events = POLLOUT };
	ssize_t n;

	while (r->len > 0) {
		if (!may_wait(r))
			return (false);
		if (poll(&p, 1, WAIT_MS) <= 0)
			continue;
		if ((n = write(r->in, r->bytes, r->len)) < 0 && errno != EAGAIN && errno != EINTR)
			break;
		if (n > 0) {
			r->bytes += n;
			r->len -= (size_t)n;
		}
	}
	r->len = 0;
	return (true);
}

/* The exit status; -1 when it had to be ended. */
static int
wait_for(struct run *r, bool fed)
{
	int status;
	pid_t pid;

	while (fed && may_wait(r)) {
		if ((pid = waitpid(r->pid, &status, WNOHANG)) == r->pid)
			return (WIFEXITED(status) ? WEXITSTATUS(status) : EX_TEMPFAIL);
		if (pid < 0 && errno != EINTR)
			return (EX_TEMPFAIL);
		poll(NULL, 0, WAIT_MS);
	}
	kill(r->pid, SIGKILL);
	while (waitpid(r->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return (-1);
}

static void
judge(int status, struct transport_result *ret_result)
{
	char text[64];

	snprintf(text, sizeof text, "the program ended with %d", status);
	if (status == EX_OK)
		transport_explain(ret_result, TRANSPORT_SENT, "");
	else if (status == EX_DATAERR || status == EX_NOUSER || status == EX_NOHOST)
		transport_explain(ret_result, TRANSPORT_REFUSED, text);
	else
		transport_explain(ret_result, TRANSPORT_LATER, text);
}

void
sendmail_send(const struct mail_conf *mc, const struct transport_hooks *hooks,
    const struct transport_mail *mail, struct transport_result *ret_result)
{
	struct run r = { .bytes = mail->bytes,
		.len = mail->len,
		.until_ms = clock_steady_ms() + mc->timeout_s * 1000,
		.hooks = hooks };
	int ends[2], error, status;
	bool fed;

	if (pipe2(ends, O_CLOEXEC) < 0) {
		transport_explain(ret_result, TRANSPORT_TROUBLE, strerror(errno));
		return;
	}
	error = spawn(mc, mail, ends, &r.pid);
	close(ends[0]);
	r.in = ends[1];
	if (error != 0 || fcntl(r.in, F_SETFL, O_NONBLOCK) < 0) {
		close(r.in);
		if (error == 0)
			wait_for(&r, false);
		transport_explain(ret_result, TRANSPORT_TROUBLE, strerror(error));
		return;
	}
	fed = feed(&r);
	/* Only the end of its input tells the program that this is all. */
	if (fed)
		hooks->handing_over();
	close(r.in);
	if ((status = wait_for(&r, fed)) >= 0)
		judge(status, ret_result);
	else if (hooks->is_stopping() != 0)
		transport_explain(ret_result, TRANSPORT_STOPPED, "");
	else
		transport_explain(ret_result, TRANSPORT_TROUBLE, "the program takes too long");
}
