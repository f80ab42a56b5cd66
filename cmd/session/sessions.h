/* My sessions, as a list and as a page. */
#ifndef SESSION_SESSIONS_H
#define SESSION_SESSIONS_H

#include "http/request.h"

MUST_USE enum err sessions_get(struct req *r);
MUST_USE enum err sessions_delete(struct req *r);
MUST_USE enum err sessions_delete_others(struct req *r);
MUST_USE enum err sessions_get_account(struct req *r);

/**
 * sessions_profile(r, ret_profile):
 * The subject's profile as it is in the database now, JSON owned by ${r}.
 * Errors: ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err sessions_profile(struct req *r, const char **ret_profile);

#endif
