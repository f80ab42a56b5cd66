/* The roles of an org: its own, and those that every org has. */
#ifndef ORGS_ROLES_H
#define ORGS_ROLES_H

#include "http/request.h"

MUST_USE enum err roles_list(struct req *r);
MUST_USE enum err roles_get(struct req *r);
MUST_USE enum err roles_add(struct req *r);
MUST_USE enum err roles_set(struct req *r);
MUST_USE enum err roles_drop(struct req *r);
MUST_USE enum err roles_allow(struct req *r);
MUST_USE enum err roles_forbid(struct req *r);
MUST_USE enum err roles_inherit(struct req *r);
MUST_USE enum err roles_disinherit(struct req *r);

#endif
