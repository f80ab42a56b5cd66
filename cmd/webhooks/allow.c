/* Who may do what with whose webhook. */
#include "allow.h"

#include "access/app.h"
#include "access/limit.h"
#include "access/subject.h"
#include "access/tenant.h"
#include "access/webhook.h"

enum err
allow_of(struct req *r, struct db *db, const char *org_id, const char *permission)
{
	struct tenant t;

	if (org_id != NULL)
		return (tenant_may_there(r, db, org_id, permission, &t));
	if (subject_may(r->subject, permission))
		return (ERR_OK);
	return (req_fail(r, ERR_FORBIDDEN, "the permission %s is needed", permission));
}

enum err
allow_find(struct req *r, struct db *db, const char *permission, struct webhook *ret_webhook)
{
	enum err e;

	if ((e = webhook_find(db, r->id, r->arena, ret_webhook)) != ERR_OK)
		return (e);
	if (ret_webhook->org_id == NULL && !subject_may(r->subject, permission) &&
	    !subject_may(r->subject, "webhooks:read"))
		return (ERR_NOT_FOUND);
	return (allow_of(r, db, ret_webhook->org_id, permission));
}

enum err
allow_events(struct req *r, const char *events, const char *field)
{

	return (webhook_has_secrets(events) ? limit_permission(r, field, "*:*") : ERR_OK);
}
