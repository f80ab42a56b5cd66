/* How much there is, and how long it is kept. */
#ifndef AUDIT_KEEP_ROUTES_H
#define AUDIT_KEEP_ROUTES_H

#include "http/request.h"

MUST_USE enum err keep_get(struct req *r);
MUST_USE enum err keep_set(struct req *r);
MUST_USE enum err keep_get_stats(struct req *r);

#endif
