/* An invitation to the site: a mailed link to sign up by. */
#ifndef USERS_INVITE_H
#define USERS_INVITE_H

#include "http/request.h"

MUST_USE enum err invite_post(struct req *r);

#endif
