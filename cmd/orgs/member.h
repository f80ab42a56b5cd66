/* One member of an org. */
#ifndef ORGS_MEMBER_H
#define ORGS_MEMBER_H

#include "http/request.h"

/**
 * member_reply(r, status, user_id):
 * Answer with this member of the org ${r}->id, whom the subject has just changed.
 * Errors: ERR_NOT_FOUND, ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err member_reply(struct req *r, int status, const char *user_id);

#endif
