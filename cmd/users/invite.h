/* Invitations to the site: mailed links to sign up by, listed while they are open, taken back. */
#ifndef USERS_INVITE_H
#define USERS_INVITE_H

#include "http/request.h"

MUST_USE enum err invite_post(struct req *r);
MUST_USE enum err invite_list(struct req *r);
MUST_USE enum err invite_drop(struct req *r);

#endif
