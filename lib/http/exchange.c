/* One request through the table: from CGI variables to the bytes of an answer. */
#include "http/exchange.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "http/form.h"
#include "http/peer.h"
#include "http/reply.h"

/* A body is read to its end up to here even when it is refused: a web server still sending would
 * miss the answer. */
#define DRAIN_MAX ((size_t)4 << 20)

/* What one part of a long answer may take. */
#define PART_MAX ((size_t)4 << 20)

/* Where a request comes from when the web server does not say. */
static const char unknown_addr[] = "0.0.0.0";

static void
set_request_id(struct req *r)
{
	static _Atomic uint32_t prefix, count;
	uint32_t p = atomic_load(&prefix);

	while (p == 0) {
		random_bytes(&p, sizeof p);
		atomic_store(&prefix, p);
	}
	snprintf(r->request_id, sizeof r->request_id, "%08x-%08x", p, atomic_fetch_add(&count, 1));
}

/* Does this request come from a page, so that its answer is looked at by a person? */
static bool
wants_page(const struct req *r)
{

	return (req_accepts(r, "text/html") && !req_accepts(r, "application/json"));
}

static bool
is_unsafe(const struct req *r)
{

	return (strcmp(r->method, "GET") != 0 && strcmp(r->method, "HEAD") != 0 &&
	        strcmp(r->method, "OPTIONS") != 0);
}

/* A path outside the table that has rows for everything below a prefix is found by its row; others
 * are not there. */
static enum err
find_route(const struct server *s, struct req *r)
{
	const char *allow = NULL;
	enum err e;

	e = route_find(r, s->routes, s->routes_count, &r->route, &allow);
	if (e == ERR_METHOD) {
		if (strcmp(r->method, "OPTIONS") == 0) {
			if ((e = reply_header(r, "Allow", allow)) != ERR_OK)
				return (e);
			return (reply_none(r));
		}
		if ((e = reply_header(r, "Allow", allow)) != ERR_OK)
			return (e);
		return (req_fail(
		    r, ERR_METHOD, "%.32s is not for this path; allowed: %s", r->method, allow));
	}
	return (e);
}

/*
 * Requests that a page of another site made a browser send. Under a cookie the browser must say
 * that the request is our own; without one it is enough that it does not say the contrary: a form
 * that signs somebody in as somebody else. A request whose proof came in a field of its own needs
 * no check: no page can add that without CORS. A field that proved nothing changes nothing: a
 * gateway in front, or a browser that knows a password for it, may add one to every request.
 */
static enum err
check_site(const struct server *s, const struct req *r)
{

	if (!is_unsafe(r) || r->by_field)
		return (ERR_OK);
	if (req_cross_site(r, s->site_url))
		return (ERR_CROSS_SITE);
	if (r->by_cookie && !req_same_site(r, s->site_url))
		return (ERR_CROSS_SITE);
	return (ERR_OK);
}

static enum err
check_who(const struct server *s, struct req *r)
{
	enum err e;

	if (s->limit != NULL && strcmp(r->method, "OPTIONS") != 0 && (e = s->limit(r)) != ERR_OK)
		return (e);
	if ((e = s->admit(r)) != ERR_OK)
		return (e);
	return (check_site(s, r));
}

/* The announced length of the body; it must be announced when there is one. */
static enum err
body_length(struct req *r, size_t *ret_len)
{
	int64_t number = 0;

	*ret_len = 0;
	if (r->content_length == NULL || r->content_length[0] == '\0') {
		/* nginx sends an empty length where there is no body, Apache none for a chunked
		 * one. */
		if (r->transfer_encoding != NULL ||
		    (r->content_length == NULL && r->content_type != NULL &&
		        r->content_type[0] != '\0'))
			return (req_fail(r, ERR_LENGTH_REQUIRED, "Content-Length: is missing"));
		return (ERR_OK);
	}
	if (!text_number(r->content_length, 0, INT64_MAX / 2, &number))
		return (req_fail(r, ERR_BAD_REQUEST, "Content-Length: is not a number"));
	*ret_len = (size_t)number;
	return (ERR_OK);
}

/* Is the type of the body, whatever its parameters, the one that the route takes? */
static enum err
check_type(struct req *r)
{
	const char *wanted = r->route->type != NULL ? r->route->type : "application/json";
	const size_t len = strlen(wanted);

	if (r->route->type == NULL && req_is_form(r))
		return (ERR_OK);
	if (r->content_type != NULL && strncmp(r->content_type, wanted, len) == 0 &&
	    strchr("; \t", r->content_type[len]) != NULL)
		return (ERR_OK);
	return (req_fail(r, ERR_MEDIA_TYPE, "Content-Type: must be %s%s", wanted,
	    r->route->type == NULL ? " or application/x-www-form-urlencoded" : ""));
}

static enum err
read_body(struct req *r, struct conn *c)
{
	char *body, extra;
	size_t len;
	enum err e;

	if ((e = body_length(r, &len)) != ERR_OK || r->route->body_max == 0)
		return (e);
	if (len > r->route->body_max)
		return (req_fail(r, ERR_TOO_LARGE,
		    "the body has %zu bytes, at most %zu are allowed", len, r->route->body_max));
	if (len > 0 && (e = check_type(r)) != ERR_OK)
		return (e);
	if ((body = arena_alloc(r->arena, len + 1)) == NULL)
		return (ERR_NOMEM);
	r->body = body;
	r->body_len = conn_read(c, body, len);
	if (r->body_len < len)
		return (req_fail(r, ERR_BAD_REQUEST, "the body ends before Content-Length"));
	if (conn_read(c, &extra, 1) > 0)
		return (req_fail(r, ERR_BAD_REQUEST, "the body goes on after Content-Length"));
	return (ERR_OK);
}

/* A form knows only GET and POST: _method in the query says which method it stands for. */
static enum err
take_form_method(struct req *r)
{
	const char *method;

	if (strcmp(r->method, "POST") != 0 || !req_is_form(r) ||
	    (method = req_query(r, "_method")) == NULL)
		return (ERR_OK);
	if (strcmp(method, "DELETE") != 0 && strcmp(method, "PATCH") != 0)
		return (req_fail(r, ERR_BAD_REQUEST, "_method: must be DELETE or PATCH"));
	r->method = method;
	return (ERR_OK);
}

static bool
is_authorizer(const struct req *r)
{

	return (r->role != NULL && strcmp(r->role, "AUTHORIZER") == 0);
}

static enum err
run(const struct server *s, struct req *r, struct conn *c, char *const *env)
{
	enum err e;

	if ((e = req_take_env(r, env)) != ERR_OK)
		return (e);
	if (r->remote_addr == NULL || r->remote_addr[0] == '\0')
		r->remote_addr = unknown_addr;
	r->peer_addr = r->remote_addr;
	if (s->proxies != NULL && (r->remote_addr = peer_find(r->remote_addr,
	                               s->forwarded ? r->forwarded : r->x_forwarded_for,
	                               s->forwarded, s->proxies, r->arena)) == NULL)
		return (ERR_NOMEM);
	if (is_authorizer(r) || r->guard != NULL) {
		/* Or any answer of 200 would let a stranger in. */
		if (s->authorize == NULL)
			return (req_fail(r, ERR_FORBIDDEN, "this program guards nothing"));
		return (s->authorize(r));
	}
	if ((e = req_take_path(r)) != ERR_OK || (e = take_form_method(r)) != ERR_OK ||
	    (e = find_route(s, r)) != ERR_OK || r->status != 0)
		return (e);
	if ((e = check_who(s, r)) != ERR_OK || (e = read_body(r, c)) != ERR_OK ||
	    (s->check != NULL && (e = s->check(r)) != ERR_OK))
		return (e);
	return (r->route->handler(r));
}

static void
drain(struct conn *c, bool *ret_drained)
{
	char bytes[4096];
	size_t total = 0, n = sizeof bytes;

	while (total < DRAIN_MAX && (n = conn_read(c, bytes, sizeof bytes)) == sizeof bytes)
		total += n;
	*ret_drained = n < sizeof bytes && !conn_failed(c);
}

/* Turn a failure into the answer that the client understands: a page for a browser, a problem for
 * the others. */
static void
answer_failure(const struct server *s, struct req *r, enum err e)
{
	const char *page = r->route != NULL && r->route->page != NULL ? r->route->page : "problem";

	if (err_status(e) >= 500)
		log_event(LOG_ERROR, r->request_id, "%s: %s", r->path != NULL ? r->path : "-",
		    err_slug(e));
	if (err_status(e) == 401 && e != ERR_SECOND_FACTOR &&
	    reply_header(r, "WWW-Authenticate",
	        e == ERR_INVALID_TOKEN ? "Bearer realm=\"yett\", error=\"invalid_token\""
	                               : "Bearer realm=\"yett\"") != ERR_OK)
		log_event(LOG_ERROR, r->request_id, "no room for WWW-Authenticate");
	if (e == ERR_BUSY && reply_header(r, "Retry-After", "2") != ERR_OK)
		log_event(LOG_ERROR, r->request_id, "no room for Retry-After");
	if (wants_page(r) && reply_problem_page(r, e, s->pages, page, s->site_name) == ERR_OK)
		return;
	reply_problem(r, e);
}

/* One allowed origin of ${origins}, which spaces separate, is ${origin}. */
static bool
origin_allowed(const char *origins, const char *origin)
{
	const size_t len = strlen(origin);
	const char *p = origins;

	for (; len > 0 && (p = strstr(p, origin)) != NULL; p += len)
		if ((p == origins || p[-1] == ' ') && (p[len] == ' ' || p[len] == '\0'))
			return (true);
	return (false);
}

struct head {
	char text[4096];
	size_t len;
};

/* A field that does not fit is left out whole. */
static void
put_field(struct head *h, const char *name, const char *value)
{
	const size_t name_len = strlen(name), value_len = strlen(value);
	char *to = h->text + h->len;

	if (name_len + value_len + 4 > sizeof h->text - h->len)
		return;
	memcpy(to, name, name_len);
	memcpy(to + name_len, ": ", 2);
	memcpy(to + name_len + 2, value, value_len);
	memcpy(to + name_len + 2 + value_len, "\r\n", 2);
	h->len += name_len + value_len + 4;
}

/*
 * No credentials: an allowed origin works with bearer tokens, never with the cookie of a visitor.
 * Source: Fetch 3.2.
 */
static void
put_cors(struct head *h, const struct server *s, const struct req *r)
{

	if (r->origin == NULL || !origin_allowed(s->cors_origins, r->origin))
		return;
	put_field(h, "Access-Control-Allow-Origin", r->origin);
	put_field(h, "Vary", "Origin");
	put_field(h, "Access-Control-Expose-Headers", "RateLimit, RateLimit-Policy, Retry-After");
	if (r->cors_method == NULL)
		return;
	put_field(h, "Access-Control-Allow-Methods", "GET, POST, PATCH, DELETE");
	put_field(
	    h, "Access-Control-Allow-Headers", "Authorization, Content-Type, X-API-Key, Yett-Work");
	put_field(h, "Access-Control-Max-Age", "600");
}

/* The answer's own fields. Is Cache-Control among them? */
static bool
put_fields(struct head *h, const struct req *r)
{
	bool cached = false;
	size_t i;

	for (i = 0; i < r->headers_count; i++) {
		put_field(h, r->headers[i].name, r->headers[i].value);
		cached |= strcmp(r->headers[i].name, "Cache-Control") == 0;
	}
	return (cached);
}

/*
 * What every answer has. Pages get by with files of this origin and forms to it; nothing of ours
 * may stand in a frame. Source: OWASP HTTP Headers Cheat Sheet; OWASP ASVS 5.0 3.4.
 */
static void
put_common(struct head *h, const struct req *r)
{
	static const char page_policy[] =
	    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' "
	    "https: data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
	    "base-uri 'none'";
	static const char data_policy[] = "default-src 'none'; frame-ancestors 'none'";
	const bool cached = put_fields(h, r);
	char length[32];

	if (r->type != NULL)
		put_field(h, "Content-Type", r->type);
	if (r->status != 204 && r->stream == NULL) {
		snprintf(length, sizeof length, "%zu", r->reply_len);
		put_field(h, "Content-Length", length);
	}
	if (!cached)
		put_field(h, "Cache-Control", "no-store");
	put_field(h, "X-Content-Type-Options", "nosniff");
	put_field(h, "Referrer-Policy", "same-origin");
	put_field(h, "Content-Security-Policy",
	    text_starts(r->type, "text/html") ? page_policy : data_policy);
	put_field(h, "X-Request-Id", r->request_id);
}

static bool
is_head(const struct req *r)
{

	return (r->method != NULL && strcmp(r->method, "HEAD") == 0);
}

static void
send_answer(const struct server *s, const struct req *r, struct conn *c)
{
	struct head h = { .len = 0 };
	char status[16];

	snprintf(status, sizeof status, "%d", r->status);
	put_field(&h, "Status", status);
	if (r->bare) {
		put_fields(&h, r);
	} else {
		put_cors(&h, s, r);
		put_common(&h, r);
	}
	conn_write(c, h.text, h.len);
	conn_write(c, "\r\n", 2);
	if (r->reply_len > 0 && !is_head(r))
		conn_write(c, r->reply, r->reply_len);
}

/* Send the parts that follow the first one, ${bytes}. */
static void
send_parts(struct req *r, struct conn *c, struct arena *part, const char *bytes, size_t len)
{
	enum err e = ERR_OK;

	while (e == ERR_OK && len > 0 && !conn_failed(c) && !server_stopping()) {
		conn_write(c, bytes, len);
		arena_reset(part);
		e = r->stream(r, part, &bytes, &len);
	}
	if (e != ERR_OK)
		log_event(LOG_ERROR, r->request_id, "%s: broken off: %s", r->path, err_slug(e));
	if (e != ERR_OK || len > 0)
		conn_abort(c);
}

/*
 * An answer in parts. Half of the threads at most send such ones, or a few clients that read slowly
 * could keep the program from answering anybody else.
 */
static enum err
stream_answer(const struct server *s, struct req *r, struct conn *c)
{
	static atomic_uint streams;
	struct arena *part = NULL;
	const char *bytes = NULL;
	enum err e = ERR_BUSY;
	size_t len = 0;

	if (atomic_fetch_add(&streams, 1) < (s->threads + 1) / 2)
		e = (part = arena_new(PART_MAX)) == NULL ? ERR_NOMEM
		                                         : r->stream(r, part, &bytes, &len);
	if (e == ERR_OK) {
		send_answer(s, r, c);
		send_parts(r, c, part, bytes, len);
	} else {
		r->stream = NULL;
	}
	arena_free(part);
	atomic_fetch_sub(&streams, 1);
	return (e);
}

void
exchange(
    const struct server *s, struct conn *c, char *const *env, struct arena *a, bool *ret_drained)
{
	struct req r = { .arena = a, .app = s->app };
	bool sent = false;
	enum err e;

	*ret_drained = false;
	set_request_id(&r);
	e = run(s, &r, c, env);
	/* An authorizer gets no body, nor its end. Source: FastCGI 6.3. */
	if (!is_authorizer(&r))
		drain(c, ret_drained);
	if (e == ERR_OK && r.status == 0)
		e = ERR_INTERNAL;
	if (e == ERR_OK && r.stream != NULL && !is_head(&r))
		sent = (e = stream_answer(s, &r, c)) == ERR_OK;
	if (e != ERR_OK)
		answer_failure(s, &r, e);
	if (!sent)
		send_answer(s, &r, c);
	json_use(NULL);
}
