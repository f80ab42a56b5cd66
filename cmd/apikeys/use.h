/* Keys in use: whether one is good, for applications; and how much it is used. */
#ifndef APIKEYS_USE_H
#define APIKEYS_USE_H

#include "http/request.h"

MUST_USE enum err use_verify(struct req *r);
MUST_USE enum err use_list(struct req *r);

#endif
