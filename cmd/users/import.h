/* Users brought along from elsewhere. */
#ifndef USERS_IMPORT_H
#define USERS_IMPORT_H

#include "http/request.h"

MUST_USE enum err import_post(struct req *r);

#endif
