/* What answers with a user is for those who may read users. */
#ifndef USERS_READER_H
#define USERS_READER_H

#include "http/request.h"

/**
 * reader_check(r):
 * Does the subject of ${r} hold users:read, besides what the route asks for? Else nothing may tell
 * whether there is a user. Errors: ERR_FORBIDDEN.
 */
MUST_USE enum err reader_check(struct req *r);

/**
 * reader_reply(r, status, id):
 * Answer with the user ${id}, as admins see one. Errors: ERR_NOT_FOUND, ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err reader_reply(struct req *r, int status, const char *id);

MUST_USE enum err reader_get(struct req *r);
MUST_USE enum err reader_get_by_email(struct req *r);
MUST_USE enum err reader_get_by_username(struct req *r);
MUST_USE enum err reader_get_by_legacy_id(struct req *r);

#endif
