/* What a web server is told that asks about a request. */
#ifndef GUARD_ANSWER_H
#define GUARD_ANSWER_H

#include "http/request.h"

/**
 * answer_authorize(r):
 * The ways to ask that docs/guard.md explains: FastCGI's role AUTHORIZER; the variable
 * YETT_GUARD=verdict, answer or refusal. Errors: whatever is wrong; never is it an answer that
 * lets somebody in.
 */
MUST_USE enum err answer_authorize(struct req *r);

/**
 * answer_forward(r):
 * GET /guard/forward: the same for a proxy that forwards by header fields. Only those of
 * http.proxies are believed. Errors: as above; ERR_FORBIDDEN for others.
 */
MUST_USE enum err answer_forward(struct req *r);

#endif
