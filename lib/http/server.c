/* The loop of every program: connections in, to whichever thread waits, and one thread that watches
 * the clock. */
#include "http/server.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/exchange.h"
#include "http/workers.h"

#define LISTEN_FD 0
#define KEPT_MAX 1024 /* connections that a web server keeps open to us between requests */
#define ARENA_MAX ((size_t)1 << 20) /* the largest body is 64 KiB, and a page some 256 KiB */

struct loop {
	const struct server *server;
	int epoll;
	atomic_uint kept;
};

static volatile sig_atomic_t stopping;

static void
on_stop(int signal_number)
{

	(void)signal_number;
	stopping = 1;
}

bool
server_stopping(void)
{

	return (stopping != 0);
}

/* Have epoll tell one thread, once, when ${fd} is ready. */
static bool
arm(const struct loop *l, int fd, int operation)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT, .data.fd = fd };

	return (epoll_ctl(l->epoll, operation, fd, &event) == 0);
}

/* Keep ${fd} for the web server's next request over it; a thread comes back to it only when that
 * has begun. */
static void
keep(struct loop *l, int fd, bool known)
{

	if (!known && atomic_fetch_add(&l->kept, 1) >= KEPT_MAX) {
		atomic_fetch_sub(&l->kept, 1);
		close(fd);
	} else if (!arm(l, fd, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD)) {
		atomic_fetch_sub(&l->kept, 1);
		close(fd);
	}
}

static void
serve(struct loop *l, struct conn *c, struct arena *a, int fd, bool known)
{
	bool drained = false, begun, kept = false;
	char **env;

	if ((begun = conn_begin(c, fd, &env) == ERR_OK)) {
		exchange(l->server, c, env, a, &drained);
		kept = conn_finish(c, drained);
	}
	arena_reset(a);
	if (kept) {
		keep(l, fd, known);
		return;
	}
	if (begun) {
		shutdown(fd, SHUT_WR);
		close(fd);
	}
	if (known)
		atomic_fetch_sub(&l->kept, 1);
}

static void
serve_new(struct loop *l, struct conn *c, struct arena *a)
{
	const int fd = accept4(LISTEN_FD, NULL, NULL, SOCK_CLOEXEC);

	/* Armed again before the request is served, so that another thread takes the next
	 * connection. */
	if (!arm(l, LISTEN_FD, EPOLL_CTL_MOD))
		log_event(LOG_ERROR, NULL, "cannot wait for connections: %s", strerror(errno));
	if (fd >= 0)
		serve(l, c, a, fd, false);
	else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
		nanosleep(&(struct timespec){ .tv_nsec = 10 * 1000 * 1000 }, NULL);
}

/* In a thread: something has come. */
static void
serve_ready(void *arg, struct conn *c, struct arena *a, int fd)
{

	if (fd == LISTEN_FD)
		serve_new(arg, c, a);
	else
		serve(arg, c, a, fd, true);
}

static bool
start(struct loop *l, struct workers **ret_workers)
{
	const struct workers_task task = {
		.epoll = l->epoll = epoll_create1(EPOLL_CLOEXEC),
		.max = l->server->threads,
		.arena_max = ARENA_MAX,
		.serve = serve_ready,
		.arg = l,
	};

	if (l->epoll < 0 || fcntl(LISTEN_FD, F_SETFL, fcntl(LISTEN_FD, F_GETFL) | O_NONBLOCK) < 0 ||
	    !arm(l, LISTEN_FD, EPOLL_CTL_ADD))
		return (false);
	return (workers_start(&task, ret_workers));
}

/* What the main thread does, until a signal ends it. Signals come through only while it waits, so
 * none is missed between the look and the sleep. */
static void
mind(const struct server *s, struct workers *ws, const sigset_t *signals)
{
	int64_t second = clock_steady_ms() + 1000;

	while (!stopping) {
		workers_mind(ws, signals, second);
		if (stopping || clock_steady_ms() < second)
			continue;
		second = clock_steady_ms() + 1000;
		workers_watch(ws, s->timeout_s * 1000);
		if (s->tick != NULL)
			s->tick(s->app);
	}
}

static int
run_fastcgi(const struct server *s)
{
	struct loop loop = { .server = s };
	struct workers *ws = NULL;
	sigset_t none, all;
	bool ok;

	/* Signals are the main thread's: workers are made while all are blocked. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &none);
	sigdelset(&none, SIGTERM);
	sigdelset(&none, SIGINT);
	if ((ok = start(&loop, &ws)))
		mind(s, ws, &none);
	else
		log_event(LOG_ERROR, NULL, "cannot start: %s", strerror(errno));
	stopping = 1;
	workers_stop(ws);
	close(loop.epoll);
	pthread_sigmask(SIG_SETMASK, &none, NULL);
	return (ok ? 0 : 1);
}

static int
run_cgi(const struct server *s)
{
	struct arena *a = arena_new(ARENA_MAX);
	struct conn *c = conn_new();
	bool drained, failed;
	char **env;

	if (a == NULL || c == NULL)
		return (1);
	conn_begin_cgi(c, &env);
	exchange(s, c, env, a, &drained);
	conn_finish(c, drained);
	failed = conn_failed(c);
	conn_free(c);
	arena_free(a);
	return (failed);
}

int
server_run(const struct server *s)
{
	struct sigaction action = { .sa_handler = on_stop };

	if (conn_is_cgi())
		return (run_cgi(s));
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	/* Under a web server that starts us itself: not to be left behind when it is killed. */
	if (getenv("YETT_WITH_PARENT") != NULL)
		prctl(PR_SET_PDEATHSIG, SIGTERM);
	return (run_fastcgi(s));
}
