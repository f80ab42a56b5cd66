/* Asking for another password, and choosing it. */
#ifndef PASSWORD_FORGOT_H
#define PASSWORD_FORGOT_H

#include "http/request.h"

MUST_USE enum err forgot_post(struct req *r);
MUST_USE enum err forgot_get(struct req *r);
MUST_USE enum err forgot_post_reset(struct req *r);
MUST_USE enum err forgot_get_reset(struct req *r);

#endif
