/* What was sent to a webhook, or is to be: listed, seen, tried, sent again. */
#ifndef WEBHOOKS_DELIVERIES_H
#define WEBHOOKS_DELIVERIES_H

#include "http/request.h"

MUST_USE enum err deliveries_test(struct req *r);
MUST_USE enum err deliveries_list(struct req *r);
MUST_USE enum err deliveries_get(struct req *r);
MUST_USE enum err deliveries_resend(struct req *r);

#endif
