/* Rate limit policies: how many requests in how long, counted by what. */
#ifndef LIMITS_POLICIES_H
#define LIMITS_POLICIES_H

#include "http/request.h"

MUST_USE enum err policies_list(struct req *r);
MUST_USE enum err policies_add(struct req *r);
MUST_USE enum err policies_get(struct req *r);
MUST_USE enum err policies_set(struct req *r);
MUST_USE enum err policies_drop(struct req *r);

#endif
