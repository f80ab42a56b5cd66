/* How it stands with the count of one user, org, API key, network or route. */
#ifndef LIMITS_COUNTERS_H
#define LIMITS_COUNTERS_H

#include "http/request.h"

MUST_USE enum err counters_get(struct req *r);
MUST_USE enum err counters_reset(struct req *r);

#endif
