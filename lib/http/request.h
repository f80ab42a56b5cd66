/* One request: what came, who asks, and the answer so far. Passed to everything, never global. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct app;
struct quota;
struct route;
struct subject;

#define REQ_HEADERS_MAX 8192 /* bytes of all header fields together, names and values */
#define REQ_COOKIES_MAX 100
#define REQ_FIELD_ERRORS_MAX 8
#define REQ_REPLY_HEADERS_MAX 12

struct pair {
	const char *name;
	const char *value;
};

struct req {
	struct arena *arena; /* owns every string here */
	struct app *app;
	const struct route *route;
	const struct subject *subject; /* NULL: nobody proved who he is */
	bool by_cookie;                /* the proof is a cookie, which comes by itself */
	bool by_field;                 /* it is a token or key, which only who has it can add */
	const char *peer_addr;         /* who asks the web server: a proxy perhaps */
	struct quota *quota;           /* what it was counted for; NULL: nothing */
	char request_id[32];

	/* As it came. Absent fields are NULL. */
	const char *method;
	const char *path;    /* no query, no escapes */
	const char *query;   /* raw, without the '?' */
	const char *id;      /* what stands for {id} in the route's path */
	const char *item_id; /* and for {item_id}: of what belongs to {id} */
	const char *content_type, *content_length, *transfer_encoding;
	const char *host, *origin, *sec_fetch_site, *sec_fetch_mode, *accept, *accept_language;
	const char *authorization, *x_api_key, *yett_work, *cookie, *user_agent, *remote_addr,
	    *https;
	const char *x_forwarded_for, *x_forwarded_proto, *forwarded;
	const char *request_uri, *script_name, *path_info;
	const char *cors_method;
	const char *role; /* FastCGI's: RESPONDER, AUTHORIZER */
	/* Of the request that a web server asks about: see server.h. */
	const char *guard, *guard_method, *guard_uri, *guard_host;
	const char *x_forwarded_method, *x_forwarded_host, *x_forwarded_uri;
	const char *body;
	size_t body_len;

	/* The answer. */
	int status;
	const char *type;
	const char *reply;
	size_t reply_len;
	bool bare; /* for the web server alone: without what every client's answer has */
	/* Of an answer longer than the arena, instead of ${reply}: see reply_stream(). */
	enum err (*stream)(
	    struct req *r, struct arena *part, const char **ret_bytes, size_t *ret_len);
	void *stream_state;
	struct pair headers[REQ_REPLY_HEADERS_MAX];
	size_t headers_count;
	const char *detail;
	const char *violated; /* the policy of which it is one too many; NULL: none */
	/* Of a route that asks for work: a page's form may have to do some, it has to now, and the
	 * challenge that the problem hands out, as JSON (NULL: none). */
	bool asks_work, needs_work;
	const char *work;
	struct pair field_errors[REQ_FIELD_ERRORS_MAX];
	size_t field_errors_count;
};

/**
 * req_take_env(r, env):
 * Fill ${r} but for its path from CGI variables ("NAME=value" strings, NULL at the end). The
 * strings must outlive ${r}. A header field that is there twice, and differs, is refused, but for
 * Accept and User-Agent: "X_Forwarded_For" is the same variable as "X-Forwarded-For".
 * Errors: ERR_HEADERS, ERR_BAD_REQUEST; the detail names what is wrong.
 * Source: RFC 3875 section 4.1.
 */
MUST_USE enum err req_take_env(struct req *r, char *const *env);

/**
 * req_take_path(r):
 * Set the path of ${r}, and its query if that is not set, from what came: as the client wrote it.
 * Web servers route by the decoded path, so an escape would let one path be written in many ways;
 * no path of ours needs one, and none is taken. Errors: ERR_BAD_REQUEST, ERR_NOMEM.
 */
MUST_USE enum err req_take_path(struct req *r);

/**
 * req_fail(r, e, format, ...):
 * Set the problem's detail and return ${e}, for "return (req_fail(...))".
 */
enum err
req_fail(struct req *r, enum err e, const char *format, ...) __attribute__((format(printf, 3, 4)));

/**
 * req_field_error(r, field, detail):
 * Note what is wrong with ${field}; both must live as long as ${r}. Always ERR_FIELDS; only the
 * first 8 are kept.
 */
enum err req_field_error(struct req *r, const char *field, const char *detail);

/**
 * req_cookie(r, name):
 * The value of the cookie ${name}, owned by ${r}; NULL when there is none, or more than one with
 * different values. Source: RFC 6265 section 4.2.
 */
const char *req_cookie(const struct req *r, const char *name);

/**
 * req_bearer(r):
 * The token of "Authorization: Bearer <token>"; NULL when there is none.  Source: RFC 6750
 * section 2.1.
 */
const char *req_bearer(const struct req *r);

/**
 * req_is_form(r), req_accepts(r, type), req_is_page_form(r):
 * Is the body a form's? Does the Accept field name ${type} itself (not by a wildcard)? Did somebody
 * send a form of a page, who is to see a page next?
 */
bool req_is_form(const struct req *r);
bool req_accepts(const struct req *r, const char *type);
bool req_is_page_form(const struct req *r);

/**
 * req_query(r, name):
 * The decoded value of ${name} in the query; NULL when it is absent, repeated or malformed.
 */
const char *req_query(const struct req *r, const char *name);

/**
 * req_same_site(r, site_url), req_cross_site(r, site_url):
 * Does the browser say that this request comes from our own pages: Sec-Fetch-Site is same-origin or
 * none, or Origin is
 * ${site_url} or the host asked for? Does it say that it comes from another? Neither when it says
 * nothing. Source: Fetch Metadata Request Headers; OWASP CSRF Prevention Cheat Sheet.
 */
bool req_same_site(const struct req *r, const char *site_url);
bool req_cross_site(const struct req *r, const char *site_url);

/**
 * req_is_local(target):
 * Is ${target} safe to send a browser to: a path on this site, and nothing that a browser could
 * take for another host? Source: OWASP Unvalidated Redirects and Forwards Cheat Sheet; WHATWG URL,
 * which reads '\' as '/', drops tabs, and removes segments of dots.
 */
bool req_is_local(const char *target);

#endif
