/* Proof of work: routes whose requests cost us more than those who send them may ask for some
 * computing first; see docs/limits.md. */
#ifndef ACCESS_WORK_H
#define ACCESS_WORK_H

#include "base/conf.h"
#include "base/limiter.h"
#include "http/json.h"
#include "http/request.h"

/**
 * work_open(conf, ret_spent):
 * Where the solutions that were spent are remembered until they expire, and requests that came
 * without one are counted: ${site.state}/work.map, which all programs share. NULL when
 * ${conf} says that no work is asked. Apart from what else is counted: only who has solved a
 * challenge puts a key there. When it is full, beyond some 130,000 at a time, a spent solution that
 * expires before the others in its place counts once more for each that is pushed out: whoever can
 * fill it in life_s has no use for that. Errors: ERR_IO, ERR_NOMEM.
 */
MUST_USE enum err work_open(const struct conf *conf, struct limiter **ret_spent);

/**
 * work_look(r):
 * Note in ${r}, if its route asks for work, whether a page that is answered has to be ready for it.
 */
void work_look(struct req *r);

/**
 * work_check(r):
 * Before the handler of ${r}, whose body is there: if its route asks for work, was it done? The
 * header field Yett-Work, or else the member "work" of a form, is CHALLENGE.NONCE, a challenge of
 * ours that has not expired, asks for as many bits as are asked now at least, and was not spent. It
 * is spent then, whatever the handler makes of the request: what can be had for an answer of 409
 * costs as much. One that does not count is as none: without, a request passes only when the site
 * is not busy. Reading (GET, HEAD) costs nothing. Errors: ERR_WORK, with a new challenge as a
 * member of the problem; ERR_NOMEM. Source: RFC 6585 section 3 for the status.
 */
MUST_USE enum err work_check(struct req *r);

/**
 * work_tell(app, j):
 * Add a challenge to ${j}, and whether one is asked for now.
 */
void work_tell(const struct app *app, struct json *j);

#endif
