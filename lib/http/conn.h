/* Where a request comes from and its answer goes: a FastCGI connection, or the CGI variables and
 * standard input. */
#ifndef HTTP_CONN_H
#define HTTP_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct conn;

/**
 * conn_is_cgi():
 * Was this program started as plain CGI (standard input is not a listening socket)?
 */
bool conn_is_cgi(void);

/**
 * conn_new(), conn_free(c):
 * A place for one connection after another. NULL when memory is out.
 */
struct conn *conn_new(void);
void conn_free(struct conn *c);

/**
 * conn_begin(c, fd, ret_env):
 * Read the head of a FastCGI request from the connected socket ${fd}; ${ret_env} are its variables,
 * alive until conn_finish(). On failure ${fd} is closed. Errors: ERR_IO when the peer went away or
 * does not speak FastCGI.
 */
MUST_USE enum err conn_begin(struct conn *c, int fd, char ***ret_env);

/**
 * conn_begin_cgi(c, ret_env):
 * Take the one request of a CGI program.
 */
void conn_begin_cgi(struct conn *c, char ***ret_env);

/**
 * conn_read(c, bytes, len):
 * Read up to ${len} bytes of the body. Fewer: it ended, or the peer went away (conn_failed() then).
 */
size_t conn_read(struct conn *c, char *bytes, size_t len);
bool conn_failed(const struct conn *c);

/**
 * conn_write(c, bytes, len):
 * Write ${len} bytes of the answer.
 */
void conn_write(struct conn *c, const char *bytes, size_t len);

/**
 * conn_abort(c):
 * Break the answer off in a way that the web server, and so the client, can tell from its end.
 */
void conn_abort(struct conn *c);

/**
 * conn_watch(c, now, max_ms):
 * From another thread: when ${c} has been in one read or write for more than ${max_ms} at ${now}
 * (of the steady clock), shut its socket down, so that the call returns. libfcgi itself has no
 * timeouts.
 */
void conn_watch(struct conn *c, int64_t now, int64_t max_ms);

/**
 * conn_finish(c, drained):
 * End the answer and flush it. True when the web server keeps the socket open for its next request
 * and ${drained} (the body was read to its end): what is left unread would be taken for that
 * request. The socket is the caller's again.
 */
bool conn_finish(struct conn *c, bool drained);

#endif
