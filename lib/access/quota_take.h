/* Counting one request for all policies that hold for it, or for none. */
#ifndef ACCESS_QUOTA_TAKE_H
#define ACCESS_QUOTA_TAKE_H

#include "access/quota_rules.h"
#include "http/request.h"

/**
 * quota_take(r, plan):
 * Count ${r} for every policy of ${plan}, and say in the answer how it stands with the one that has
 * least left, of this and earlier plans. When one refuses, it is counted for none, of earlier plans
 * neither. Errors: ERR_LIMIT, with what the answer has to say; ERR_NOMEM.
 */
MUST_USE enum err quota_take(struct req *r, const struct quota_plan *plan);

#endif
