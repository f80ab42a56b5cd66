/* Users in lists. */
#ifndef USERS_LIST_H
#define USERS_LIST_H

#include "http/request.h"

MUST_USE enum err list_get(struct req *r);
MUST_USE enum err list_export(struct req *r);

#endif
