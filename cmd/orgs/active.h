/* Which org a session acts in. */
#ifndef ORGS_ACTIVE_H
#define ORGS_ACTIVE_H

#include "http/request.h"

MUST_USE enum err active_set(struct req *r);
MUST_USE enum err active_clear(struct req *r);

#endif
