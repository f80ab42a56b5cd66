/* The answer of a handler: what it is. How it goes out, and with which headers, is the loop's. */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include "http/json.h"
#include "http/request.h"

struct pages;

/**
 * reply_json(r, status, j), reply_text(r, status, type, text):
 * Answer with ${status} and the printed ${j}; or with ${text}, which must live as long as ${r}.
 * Errors: ERR_NOMEM.
 */
MUST_USE enum err reply_json(struct req *r, int status, struct json *j);
MUST_USE enum err reply_text(struct req *r, int status, const char *type, const char *text);

/**
 * reply_stream(r, status, type, stream, state):
 * Answer part by part, however long that gets: ${stream} is called for each, with ${state} as
 * ${r}->stream_state, until it gives one of no bytes. A part lives in the arena ${part} of 4 MiB,
 * which is taken back when it has been sent. It must not hold on to anything between two parts,
 * least of all a read of the database: the client may be slow. When the first part fails, the
 * answer is that problem; after that the connection is broken off, so that nobody takes the half
 * for the whole.
 */
void reply_stream(struct req *r, int status, const char *type,
    enum err (*stream)(struct req *r, struct arena *part, const char **ret_bytes, size_t *ret_len),
    void *state);

/**
 * reply_none(r):
 * 204, no body.
 */
MUST_USE enum err reply_none(struct req *r);

/**
 * reply_redirect(r, target, otherwise):
 * 303 to ${target} when it is local (req_is_local()), else to ${otherwise}.
 */
MUST_USE enum err reply_redirect(struct req *r, const char *target, const char *otherwise);

/**
 * reply_header(r, name, value):
 * Add a header field. ${value} must live as long as ${r}.
 * Errors: ERR_NOMEM when ${value} is NULL; ERR_INTERNAL for a line break in it, or beyond 12
 * fields.
 */
MUST_USE enum err reply_header(struct req *r, const char *name, const char *value);

/**
 * reply_page(r, status, pages, name, j):
 * Answer with the page ${name} filled from ${j}, which also gets asks_work and needs_work of ${r}.
 * Errors: ERR_NOT_FOUND when there is no such page; ERR_NOMEM.
 */
MUST_USE enum err
reply_page(struct req *r, int status, const struct pages *pages, const char *name, struct json *j);

/**
 * reply_problem(r, e):
 * Answer with the problem ${e} as JSON.  Source: RFC 9457; draft-ietf-httpapi-ratelimit-headers-11
 * section 5.1 for violated-policies; the member work is ours.
 */
void reply_problem(struct req *r, enum err e);

/**
 * reply_problem_page(r, e, pages, name, site_name):
 * Answer with the problem ${e} as the page ${name}, which gets the members of the problem, site,
 * problem (true), is_CODE (true), error_FIELD for each field error, and what was typed but for
 * secrets.
 * Errors: ERR_NOT_FOUND, ERR_NOMEM.
 */
MUST_USE enum err reply_problem_page(
    struct req *r, enum err e, const struct pages *pages, const char *name, const char *site_name);

#endif
