/* Who may do what with whose webhook. */
#ifndef WEBHOOKS_ALLOW_H
#define WEBHOOKS_ALLOW_H

#include "store/webhook.h"

struct req;

/**
 * allow_of(r, db, org_id, permission):
 * May the subject of ${r} do ${permission} with webhooks of the org, NULL: of the site?
 * Errors: as tenant_may() for an org's; ERR_FORBIDDEN, with the permission, for the site's; ERR_DB,
 * ERR_NOMEM.
 */
MUST_USE enum err
allow_of(struct req *r, struct db *db, const char *org_id, const char *permission);

/**
 * allow_find(r, db, permission, ret_webhook):
 * The webhook that the path of ${r} names, if its subject may do ${permission} with it. Who may not
 * even see it is told as if it were not there. Errors: ERR_NOT_FOUND; ERR_FORBIDDEN; ERR_DB,
 * ERR_NOMEM.
 */
MUST_USE enum err
allow_find(struct req *r, struct db *db, const char *permission, struct webhook *ret_webhook);

/**
 * allow_events(r, events, field):
 * May the subject say where ${events} go? Who gets what proves somebody could sign in as anybody:
 * only who may do everything has a say in that. ${field} names what is refused, NULL: the path.
 * Errors: ERR_FORBIDDEN.
 */
MUST_USE enum err allow_events(struct req *r, const char *events, const char *field);

#endif
