/* Who is in a group. */
#ifndef GROUPS_MEMBERS_H
#define GROUPS_MEMBERS_H

#include "http/request.h"

MUST_USE enum err members_list(struct req *r);
MUST_USE enum err members_add(struct req *r);
MUST_USE enum err members_drop(struct req *r);

#endif
