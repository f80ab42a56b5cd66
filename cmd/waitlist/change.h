/* Letting in, saying no, forgetting. */
#ifndef WAITLIST_CHANGE_H
#define WAITLIST_CHANGE_H

#include "http/request.h"

MUST_USE enum err change_invite(struct req *r);
MUST_USE enum err change_approve(struct req *r);
MUST_USE enum err change_refuse(struct req *r);
MUST_USE enum err change_drop(struct req *r);

#endif
