/* Is the log what was written? And what can be kept elsewhere to find out later. */
#ifndef AUDIT_VERIFY_ROUTES_H
#define AUDIT_VERIFY_ROUTES_H

#include "http/request.h"

MUST_USE enum err verify_get(struct req *r);
MUST_USE enum err verify_get_head(struct req *r);

#endif
