/* What the guard would decide, and why. */
#ifndef GUARD_EXPLAIN_H
#define GUARD_EXPLAIN_H

#include "http/request.h"

/**
 * explain_get(r):
 * GET /guard/explain?url=&as=&method=&from=&mfa=: the decision about a URL for the user of that id,
 * email or username, the rule that makes it, and the reason. Errors: ERR_FIELDS; ERR_DB, ERR_CONF,
 * ERR_NOMEM.
 */
MUST_USE enum err explain_get(struct req *r);

#endif
