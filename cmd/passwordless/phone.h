/* One's own phone: given, shown to be one's own, taken away. */
#ifndef CMD_PASSWORDLESS_PHONE_H
#define CMD_PASSWORDLESS_PHONE_H

#include "http/request.h"

/**
 * phone_post(r), phone_post_verify(r), phone_drop(r):
 * Handlers. Send a code to the phone that the body names, and take it as the subject's once the
 * code comes back; forget it.
 */
MUST_USE enum err phone_post(struct req *r);
MUST_USE enum err phone_post_verify(struct req *r);
MUST_USE enum err phone_drop(struct req *r);

#endif
