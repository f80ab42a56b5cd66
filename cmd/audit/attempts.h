/* Who tried to sign in. */
#ifndef AUDIT_ATTEMPTS_H
#define AUDIT_ATTEMPTS_H

#include "http/request.h"

MUST_USE enum err attempts_list(struct req *r);

#endif
