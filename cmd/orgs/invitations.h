/* Invitations into an org. */
#ifndef ORGS_INVITATIONS_H
#define ORGS_INVITATIONS_H

#include "http/request.h"

MUST_USE enum err invitations_list(struct req *r);
MUST_USE enum err invitations_add(struct req *r);
MUST_USE enum err invitations_resend(struct req *r);
MUST_USE enum err invitations_drop(struct req *r);
MUST_USE enum err invitations_look(struct req *r);
MUST_USE enum err invitations_accept(struct req *r);
MUST_USE enum err invitations_page(struct req *r);

#endif
