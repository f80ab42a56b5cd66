/* What all members of a group hold. */
#ifndef GROUPS_ROLES_H
#define GROUPS_ROLES_H

#include "http/request.h"

MUST_USE enum err roles_list(struct req *r);
MUST_USE enum err roles_add(struct req *r);
MUST_USE enum err roles_drop(struct req *r);

#endif
