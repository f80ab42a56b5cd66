/* The loop of every program: threads that wait together for connections, as many as are needed, and
 * one that watches the clock. */
#include "http/server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
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

#define LISTEN_FD 0
#define THREADS_MAX 256
#define KEPT_MAX 1024 /* connections that a web server keeps open to us between requests */
#define ARENA_MAX ((size_t)1 << 20) /* the largest body is 64 KiB, and a page some 256 KiB */
#define STACK_SIZE ((size_t)256 << 10)
#define IDLE_MS 5000 /* after so long without anything to do a thread ends */

/* A place for a thread. Who starts or ends one holds the loop's mutex. */
struct worker {
	enum { NOBODY, WORKING, ENDED } state;
	pthread_t thread;
	struct loop *loop;
	struct conn *conn;
	struct arena *arena;
};

struct loop {
	const struct server *server;
	int epoll;
	int wake[2]; /* a pipe: a byte in it ends every worker's wait */
	atomic_uint kept;
	atomic_uint idle;      /* threads that wait */
	atomic_bool exhausted; /* a thread could not be started, and that was said */
	pthread_attr_t attr;
	pthread_mutex_t mutex; /* of the next ones */
	unsigned int working;
	struct worker workers[THREADS_MAX];
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
serve(struct worker *w, int fd, bool known)
{
	struct loop *l = w->loop;
	bool drained = false, begun, kept = false;
	char **env;

	if ((begun = conn_begin(w->conn, fd, &env) == ERR_OK)) {
		exchange(l->server, w->conn, env, w->arena, &drained);
		kept = conn_finish(w->conn, drained);
	}
	arena_reset(w->arena);
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
serve_new(struct worker *w)
{
	const int fd = accept4(LISTEN_FD, NULL, NULL, SOCK_CLOEXEC);

	/* Armed again before the request is served, so that another thread takes the next
	 * connection. */
	if (!arm(w->loop, LISTEN_FD, EPOLL_CTL_MOD))
		log_event(LOG_ERROR, NULL, "cannot wait for connections: %s", strerror(errno));
	if (fd >= 0)
		serve(w, fd, false);
	else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
		nanosleep(&(struct timespec){ .tv_nsec = 10 * 1000 * 1000 }, NULL);
}

static void *work(void *arg);

/* What a thread has for itself. It is the main thread's again once the thread was joined. */
static void
clear(struct worker *w)
{

	conn_free(w->conn);
	arena_free(w->arena);
	*w = (struct worker){ .state = NOBODY };
}

/* The mutex is held. */
static bool
start_worker(struct loop *l, struct worker *w)
{

	w->loop = l;
	w->conn = conn_new();
	w->arena = arena_new(ARENA_MAX);
	if (w->conn != NULL && w->arena != NULL &&
	    pthread_create(&w->thread, &l->attr, work, w) == 0) {
		w->state = WORKING;
		l->working++;
		return (true);
	}
	clear(w);
	return (false);
}

/* A place for one more; NULL: there is none. The mutex is held. */
static struct worker *
find_place(struct loop *l)
{
	unsigned int i;

	for (i = 0; i < THREADS_MAX; i++)
		if (l->workers[i].state == NOBODY)
			return (&l->workers[i]);
	return (NULL);
}

/* One more thread, when there may be one. False: there may, but the system has none. */
static bool
add_worker(struct loop *l)
{
	struct worker *place;
	bool ok = true;

	pthread_mutex_lock(&l->mutex);
	if (l->working < l->server->threads && !stopping && (place = find_place(l)) != NULL)
		ok = start_worker(l, place);
	pthread_mutex_unlock(&l->mutex);
	return (ok);
}

/* A thread has got something to do: is there another that waits for what comes next? Of those that
 * leave at the same time exactly one is the last. */
static void
leave_idle(struct loop *l)
{

	if (atomic_fetch_sub(&l->idle, 1) > 1 || add_worker(l))
		return;
	if (!atomic_exchange(&l->exhausted, true))
		log_event(LOG_WARN, NULL, "cannot start another thread: %s", strerror(errno));
}

/* The thread may end: another waits, or one was started that does. That one is fresh, while the C
 * library keeps for each thread some 100 KiB of what it has freed, until it ends. */
static bool
may_end(struct worker *w, bool others)
{
	struct loop *l = w->loop;
	struct worker *place;

	pthread_mutex_lock(&l->mutex);
	if (!others && !stopping)
		others = (place = find_place(l)) != NULL && start_worker(l, place);
	if (others) {
		l->working--;
		w->state = ENDED;
	}
	pthread_mutex_unlock(&l->mutex);
	return (others);
}

/* Wait for something to do: false when there will be nothing, for this thread at least. */
static bool
wait_event(struct worker *w, bool worked, struct epoll_event *ret_event)
{
	struct loop *l = w->loop;
	bool others;
	int count;

	while (!stopping) {
		atomic_fetch_add(&l->idle, 1);
		count = epoll_wait(l->epoll, ret_event, 1, IDLE_MS);
		if (count == 1) {
			leave_idle(l);
			return (ret_event->data.fd != l->wake[0]);
		}
		others = atomic_fetch_sub(&l->idle, 1) > 1;
		if (count == 0 && (others || worked) && may_end(w, others))
			break;
	}
	return (false);
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	struct epoll_event event;
	bool worked;

	for (worked = false; wait_event(w, worked, &event); worked = true) {
		if (event.data.fd == LISTEN_FD)
			serve_new(w);
		else
			serve(w, event.data.fd, true);
	}
	return (NULL);
}

/* Threads that are late, and those that ended. */
static void
watch(struct loop *l)
{
	const int64_t now = clock_steady_ms();
	struct worker *w;

	pthread_mutex_lock(&l->mutex);
	for (w = l->workers; w < l->workers + THREADS_MAX; w++) {
		if (w->state == WORKING) {
			conn_watch(w->conn, now, l->server->timeout_s * 1000);
		} else if (w->state == ENDED) {
			pthread_join(w->thread, NULL);
			clear(w);
		}
	}
	pthread_mutex_unlock(&l->mutex);
}

static bool
start(struct loop *l)
{
	struct epoll_event event = { .events = EPOLLIN };

	pthread_mutex_init(&l->mutex, NULL);
	pthread_attr_init(&l->attr);
	pthread_attr_setstacksize(&l->attr, STACK_SIZE);
	if (fcntl(LISTEN_FD, F_SETFL, fcntl(LISTEN_FD, F_GETFL) | O_NONBLOCK) < 0 ||
	    pipe(l->wake) < 0 || (l->epoll = epoll_create1(EPOLL_CLOEXEC)) < 0)
		return (false);
	event.data.fd = l->wake[0];
	return (arm(l, LISTEN_FD, EPOLL_CTL_ADD) &&
	        epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->wake[0], &event) == 0 && add_worker(l));
}

static void
stop(struct loop *l)
{
	struct worker *w;

	/* With the mutex, so that nobody who has not seen it yet starts another thread. */
	pthread_mutex_lock(&l->mutex);
	stopping = 1;
	pthread_mutex_unlock(&l->mutex);
	if (write(l->wake[1], "", 1) < 0)
		log_event(LOG_ERROR, NULL, "cannot wake the threads: %s", strerror(errno));
	for (w = l->workers; w < l->workers + THREADS_MAX; w++) {
		if (w->state == NOBODY)
			continue;
		pthread_join(w->thread, NULL);
		clear(w);
	}
	pthread_attr_destroy(&l->attr);
	pthread_mutex_destroy(&l->mutex);
	close(l->epoll);
	close(l->wake[0]);
	close(l->wake[1]);
}

static int
run_fastcgi(const struct server *s)
{
	static struct loop loop = { .epoll = -1, .wake = { -1, -1 } };
	sigset_t none, all;
	bool ok;

	loop.server = s;
	/* Signals are the main thread's: workers are made while all are blocked. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &none);
	ok = start(&loop);
	sigdelset(&none, SIGTERM);
	sigdelset(&none, SIGINT);
	if (!ok)
		log_event(LOG_ERROR, NULL, "cannot start: %s", strerror(errno));
	while (ok && !stopping) {
		/* Signals come through only during this wait, so none is missed between the look
		 * and the sleep. */
		ppoll(NULL, 0, &(struct timespec){ .tv_sec = 1 }, &none);
		watch(&loop);
		if (s->tick != NULL && !stopping)
			s->tick(s->app);
	}
	stop(&loop);
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
