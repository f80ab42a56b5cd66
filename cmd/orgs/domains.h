/* The domains of an org. */
#ifndef ORGS_DOMAINS_H
#define ORGS_DOMAINS_H

#include "http/request.h"

MUST_USE enum err domains_list(struct req *r);
MUST_USE enum err domains_add(struct req *r);
MUST_USE enum err domains_verify(struct req *r);
MUST_USE enum err domains_set(struct req *r);
MUST_USE enum err domains_drop(struct req *r);

#endif
