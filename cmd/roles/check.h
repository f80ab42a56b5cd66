/* May somebody do something, and why? */
#ifndef ROLES_CHECK_H
#define ROLES_CHECK_H

#include "http/request.h"

MUST_USE enum err check_post(struct req *r);

#endif
