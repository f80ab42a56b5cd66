/* Webhooks: listed, made, seen, changed, given another secret, dropped. */
#ifndef WEBHOOKS_WEBHOOKS_H
#define WEBHOOKS_WEBHOOKS_H

#include "http/request.h"

MUST_USE enum err webhooks_list(struct req *r);
MUST_USE enum err webhooks_add(struct req *r);
MUST_USE enum err webhooks_get(struct req *r);
MUST_USE enum err webhooks_set(struct req *r);
MUST_USE enum err webhooks_drop(struct req *r);
MUST_USE enum err webhooks_rotate(struct req *r);

#endif
