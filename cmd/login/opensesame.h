/* Open Sesame's API, to the letter. It lives in this program because it takes passwords, too. */
#ifndef LOGIN_OPENSESAME_H
#define LOGIN_OPENSESAME_H

#include "http/request.h"

MUST_USE enum err opensesame_post_session(struct req *r);
MUST_USE enum err opensesame_delete_session(struct req *r);

/**
 * opensesame_any(r):
 * Any other path below /api: 403 without a proof, and nothing here with one.
 */
MUST_USE enum err opensesame_any(struct req *r);

#endif
