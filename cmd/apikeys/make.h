/* Keys that come to be: made, taken over from elsewhere, rotated. */
#ifndef APIKEYS_MAKE_H
#define APIKEYS_MAKE_H

#include "http/request.h"

MUST_USE enum err make_post(struct req *r);
MUST_USE enum err make_import(struct req *r);
MUST_USE enum err make_rotate(struct req *r);

#endif
