/* The rules of the guard that are in the database, as an API. */
#ifndef GUARD_RULES_H
#define GUARD_RULES_H

#include "http/request.h"

MUST_USE enum err rules_list(struct req *r);
MUST_USE enum err rules_add(struct req *r);
MUST_USE enum err rules_get(struct req *r);
MUST_USE enum err rules_set(struct req *r);
MUST_USE enum err rules_drop(struct req *r);

#endif
