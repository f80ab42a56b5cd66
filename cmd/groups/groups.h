/* Groups: which there are. */
#ifndef GROUPS_GROUPS_H
#define GROUPS_GROUPS_H

#include "http/request.h"

MUST_USE enum err groups_list(struct req *r);
MUST_USE enum err groups_list_of(struct req *r);
MUST_USE enum err groups_add(struct req *r);
MUST_USE enum err groups_get(struct req *r);
MUST_USE enum err groups_set(struct req *r);
MUST_USE enum err groups_drop(struct req *r);

#endif
