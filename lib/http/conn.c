/* Where a request comes from and its answer goes: a FastCGI connection, or the CGI variables and
 * standard input. */
#include "http/conn.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fcgiapp.h>

#include "base/clock.h"

struct conn {
	FCGX_Request fcgi;
	bool cgi;
	bool failed;
	pthread_mutex_t mutex; /* of the next ones */
	int busy_fd;           /* the socket being read or written; -1: none */
	int64_t busy_since;    /* ms of the steady clock */
	int64_t reading_ms;    /* so long all the reads of this request have taken */
	bool reading;
};

/* A call that may block on ${fd} begins; or, with -1, has ended, and ${fd} is nobody's to shut down
 * any more. */
static void
set_busy(struct conn *c, int fd, bool reading)
{
	const int64_t now = clock_steady_ms();

	pthread_mutex_lock(&c->mutex);
	if (c->busy_fd >= 0 && c->reading)
		c->reading_ms += now - c->busy_since;
	c->busy_fd = fd;
	c->busy_since = now;
	c->reading = reading;
	pthread_mutex_unlock(&c->mutex);
}

static void
set_idle(struct conn *c)
{

	set_busy(c, -1, false);
}

void
conn_watch(struct conn *c, int64_t now, int64_t max_ms)
{

	pthread_mutex_lock(&c->mutex);
	/* However many reads a request takes, it has to arrive in that time. */
	if (c->busy_fd >= 0 && now - c->busy_since + (c->reading ? c->reading_ms : 0) > max_ms)
		shutdown(c->busy_fd, SHUT_RDWR);
	pthread_mutex_unlock(&c->mutex);
}

bool
conn_is_cgi(void)
{

	/* libfcgi would wait up to 2 s for a peer to close, and a thread with it: the loop closes
	 * by itself. */
	setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", "0", 1);
	return (FCGX_IsCGI() != 0);
}

struct conn *
conn_new(void)
{
	struct conn *c;

	if ((c = calloc(1, sizeof *c)) == NULL)
		return (NULL);
	/* No listening socket: we accept ourselves, as libfcgi's accept keeps a thread on a
	 * connection that idles. */
	if (FCGX_Init() != 0 || FCGX_InitRequest(&c->fcgi, -1, FCGI_FAIL_ACCEPT_ON_INTR) != 0) {
		free(c);
		return (NULL);
	}
	pthread_mutex_init(&c->mutex, NULL);
	c->busy_fd = -1;
	return (c);
}

void
conn_free(struct conn *c)
{

	if (c == NULL)
		return;
	FCGX_Free(&c->fcgi, 0);
	pthread_mutex_destroy(&c->mutex);
	free(c);
}

enum err
conn_begin(struct conn *c, int fd, char ***ret_env)
{
	bool failed;

	c->failed = false;
	/* With a connection in hand libfcgi reads from it; when that fails it closes it and finds
	 * nothing to accept. */
	c->fcgi.ipcFd = fd;
	c->fcgi.keepConnection =
	    1; /* or it would first close what it takes for the last request's connection */
	c->reading_ms = 0;
	set_busy(c, fd, true);
	failed = FCGX_Accept_r(&c->fcgi) != 0;
	set_idle(c);
	if (failed)
		return (ERR_IO);
	*ret_env = c->fcgi.envp;
	return (ERR_OK);
}

void
conn_begin_cgi(struct conn *c, char ***ret_env)
{

	c->cgi = true;
	*ret_env = environ;
}

size_t
conn_read(struct conn *c, char *bytes, size_t len)
{
	size_t got = 0, n;
	int count;

	if (c->cgi) {
		while (got < len && (n = fread(bytes + got, 1, len - got, stdin)) > 0)
			got += n;
		c->failed = ferror(stdin) != 0;
		return (got);
	}
	/* The whole length at once: FCGX_GetStr() itself reads on until it has it. */
	set_busy(c, c->fcgi.ipcFd, true);
	count = FCGX_GetStr(bytes, (int)len, c->fcgi.in);
	set_idle(c);
	c->failed = FCGX_GetError(c->fcgi.in) != 0;
	return (count > 0 ? (size_t)count : 0);
}

bool
conn_failed(const struct conn *c)
{

	return (c->failed);
}

void
conn_write(struct conn *c, const char *bytes, size_t len)
{

	if (c->cgi) {
		c->failed |= fwrite(bytes, 1, len, stdout) != len;
		return;
	}
	set_busy(c, c->fcgi.ipcFd, false);
	c->failed |= FCGX_PutStr(bytes, (int)len, c->fcgi.out) < 0;
	set_idle(c);
}

void
conn_abort(struct conn *c)
{

	c->failed = true;
	if (!c->cgi)
		shutdown(c->fcgi.ipcFd, SHUT_RDWR);
}

/* Tokens and cookies are among the variables. */
static void
wipe(char **env)
{

	for (; env != NULL && *env != NULL; env++)
		explicit_bzero(*env, strlen(*env));
}

bool
conn_finish(struct conn *c, bool drained)
{
	bool keep;

	if (c->cgi) {
		c->failed |= fflush(stdout) != 0;
		return (false);
	}
	set_busy(c, c->fcgi.ipcFd, false);
	keep = FCGX_FClose(c->fcgi.err) == 0;
	keep &= FCGX_FClose(c->fcgi.out) == 0;
	set_idle(c);
	keep &= FCGX_GetError(c->fcgi.in) == 0;
	wipe(c->fcgi.envp);
	keep &= c->fcgi.keepConnection != 0 && drained && !c->failed;
	FCGX_Free(&c->fcgi, 0);
	c->fcgi.ipcFd = -1;
	return (keep);
}
