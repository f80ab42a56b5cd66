/* One role of an org. */
#ifndef ORGS_ROLE_H
#define ORGS_ROLE_H

#include "http/request.h"
#include "store/role.h"

/**
 * role_get(db, org_id, id, a, ret_role):
 * The role ${id} if it is the org's own, or one that every org has.
 * Errors: ERR_NOT_FOUND, ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err
role_get(struct db *db, const char *org_id, const char *id, struct arena *a, struct role *ret_role);

/**
 * role_reply(r, status, id):
 * Answer with this role of the org ${r}->id, which the subject has just changed.
 * Errors: ERR_NOT_FOUND, ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err role_reply(struct req *r, int status, const char *id);

#endif
