/* Acting in a user's name: an admin sees what the user sees, and everybody can see that he did. */
#ifndef GROUPS_IMPERSONATE_H
#define GROUPS_IMPERSONATE_H

#include "http/request.h"

MUST_USE enum err impersonate_begin(struct req *r);
MUST_USE enum err impersonate_end(struct req *r);
MUST_USE enum err impersonate_list(struct req *r);

#endif
