/* Users changed by who looks after the site. */
#ifndef USERS_CHANGE_H
#define USERS_CHANGE_H

#include "http/request.h"

MUST_USE enum err change_patch(struct req *r);
MUST_USE enum err change_drop(struct req *r);
MUST_USE enum err change_enable(struct req *r);
MUST_USE enum err change_disable(struct req *r);
MUST_USE enum err change_lock(struct req *r);
MUST_USE enum err change_unlock(struct req *r);
MUST_USE enum err change_logout(struct req *r);
MUST_USE enum err change_require_password(struct req *r);
MUST_USE enum err change_clear_password(struct req *r);

#endif
