/* Users made by who looks after the site. */
#ifndef USERS_CREATE_H
#define USERS_CREATE_H

#include "http/request.h"

MUST_USE enum err create_post(struct req *r);

#endif
