/* Where a request comes from and its answer goes: a FastCGI connection, or the CGI variables and
 * standard input. */
#include "http/conn.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <fcgiapp.h>

struct conn {
	FCGX_Request fcgi;
	bool cgi;
	bool failed;
};

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
	return (c);
}

void
conn_free(struct conn *c)
{

	if (c == NULL)
		return;
	FCGX_Free(&c->fcgi, 0);
	free(c);
}

enum err
conn_begin(struct conn *c, int fd, char ***ret_env)
{

	c->failed = false;
	/* With a connection in hand libfcgi reads from it; when that fails it closes it and finds
	 * nothing to accept. */
	c->fcgi.ipcFd = fd;
	c->fcgi.keepConnection =
	    1; /* or it would first close what it takes for the last request's connection */
	if (FCGX_Accept_r(&c->fcgi) != 0)
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
	count = FCGX_GetStr(bytes, (int)len, c->fcgi.in);
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

	if (c->cgi)
		c->failed |= fwrite(bytes, 1, len, stdout) != len;
	else
		c->failed |= FCGX_PutStr(bytes, (int)len, c->fcgi.out) < 0;
}

bool
conn_finish(struct conn *c, bool drained)
{
	bool keep;

	if (c->cgi) {
		c->failed |= fflush(stdout) != 0;
		return (false);
	}
	keep = FCGX_FClose(c->fcgi.err) == 0;
	keep &= FCGX_FClose(c->fcgi.out) == 0;
	keep &= FCGX_GetError(c->fcgi.in) == 0;
	keep &= c->fcgi.keepConnection != 0 && drained && !c->failed;
	FCGX_Free(&c->fcgi, 0);
	c->fcgi.ipcFd = -1;
	return (keep);
}
