/* The loop of every program: requests in, by FastCGI or CGI, through the route table, answers out.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "http/route.h"

struct pages;

/* What a program brings along. Everything must outlive server_run(). */
struct server {
	const struct route *routes;
	size_t routes_count;
	struct app *app;
	const struct pages *pages;
	const char *site_url;
	const char *site_name;
	const char *cors_origins; /* allowed ones, separated by spaces */
	const char *proxies;      /* who is believed where a request comes from; NULL: nobody */
	bool forwarded;           /* they set Forwarded, not X-Forwarded-For */
	unsigned int threads;
	int64_t timeout_s; /* for a request to arrive, and for its answer to be taken */

	/* Before anybody looks who asks: is this one request too many? An error ends the request.
	 * May be NULL. */
	enum err (*limit)(struct req *r);
	/* Find out who asks, and whether the request's route lets him in. An error ends the
	 * request. */
	enum err (*admit)(struct req *r);
	/* With the body at hand, right before the handler: an error ends the request. May be NULL.
	 */
	enum err (*check)(struct req *r);
	/* May be NULL. For requests that a web server asks about before it goes on with them: those
	 * that come in FastCGI's role AUTHORIZER, and those with the variable YETT_GUARD, which
	 * only the web server's configuration can set. They have no route and no body. */
	enum err (*authorize)(struct req *r);
	/* Once a second, by the main thread; may be NULL. */
	void (*tick)(struct app *app);
};

/**
 * server_run(s):
 * Serve until SIGTERM or SIGINT, or the one request of a CGI program. Requests under way are
 * finished first. Returns the exit status: 0, or 1 when it could not start (logged).
 */
int server_run(const struct server *s);

/**
 * server_stopping():
 * Was the program told to end? A long answer should not make it wait.
 */
bool server_stopping(void);

#endif
