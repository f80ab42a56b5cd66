/* Who belongs to an org, and is what there. */
#ifndef ORGS_MEMBERS_H
#define ORGS_MEMBERS_H

#include "http/request.h"

MUST_USE enum err members_list(struct req *r);
MUST_USE enum err members_get(struct req *r);
MUST_USE enum err members_add(struct req *r);
MUST_USE enum err members_drop(struct req *r);
MUST_USE enum err members_leave(struct req *r);
MUST_USE enum err members_assign(struct req *r);
MUST_USE enum err members_unassign(struct req *r);

#endif
