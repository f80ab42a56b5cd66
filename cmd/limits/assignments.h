/* Which requests a rate limit policy holds for. */
#ifndef LIMITS_ASSIGNMENTS_H
#define LIMITS_ASSIGNMENTS_H

#include "http/request.h"

MUST_USE enum err assignments_list(struct req *r);
MUST_USE enum err assignments_add(struct req *r);
MUST_USE enum err assignments_drop(struct req *r);

#endif
