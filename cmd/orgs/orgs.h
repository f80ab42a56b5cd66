/* Orgs themselves: made, read, changed, dropped. */
#ifndef ORGS_ORGS_H
#define ORGS_ORGS_H

#include "http/request.h"

MUST_USE enum err orgs_list(struct req *r);
MUST_USE enum err orgs_list_mine(struct req *r);
MUST_USE enum err orgs_add(struct req *r);
MUST_USE enum err orgs_get(struct req *r);
MUST_USE enum err orgs_set(struct req *r);
MUST_USE enum err orgs_drop(struct req *r);

#endif
