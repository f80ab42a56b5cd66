/* Whom a row of a route table lets in. */
#include "access/admit.h"

#include "access/app.h"
#include "access/quota.h"
#include "access/subject.h"
#include "access/usage.h"
#include "base/clock.h"
#include "http/route.h"

static enum err
check_permission(struct req *r)
{
	const char *permission = r->route->permission;

	if (permission == NULL || subject_may(r->subject, permission))
		return (ERR_OK);
	/* A guest may prove to be somebody; anybody else has done so. */
	if (r->subject->proof == PROOF_NONE)
		return (ERR_UNAUTHENTICATED);
	return (req_fail(r, ERR_FORBIDDEN, "the permission %s is needed", permission));
}

static enum err
check_self(struct req *r)
{

	if (r->subject->key_id[0] != '\0')
		return (req_fail(r, ERR_FORBIDDEN, "this is not done by an API key: sign in"));
	if (r->subject->actor_id[0] != '\0')
		return (req_fail(r, ERR_FORBIDDEN, "this is not done in somebody else's name"));
	return (ERR_OK);
}

/* Who proved something, which the row wants. */
static enum err
admit_subject(struct req *r)
{
	const enum who who = r->route->who;
	enum err e;

	if (r->subject->password_due && !r->route->password_due)
		return (ERR_PASSWORD_DUE);
	if ((who == WHO_USER || who == WHO_SELF) && r->subject->user_id[0] == '\0')
		return (req_fail(r, ERR_FORBIDDEN, "this is for users; the key is no user's"));
	if (who == WHO_SELF && (e = check_self(r)) != ERR_OK)
		return (e);
	return (check_permission(r));
}

static enum err
identify(struct req *r)
{
	enum err e;

	if ((e = subject_identify(r)) != ERR_OK)
		return (e);
	if (r->subject == NULL && r->route->who == WHO_GUEST && (e = subject_be_guest(r)) != ERR_OK)
		return (e);
	return (r->subject == NULL ? ERR_UNAUTHENTICATED : quota_identified(r));
}

static enum err
decide(struct req *r)
{
	enum err e;

	switch (r->route->who) {
	case WHO_NOBODY:
		return (ERR_FORBIDDEN);
	case WHO_ANY:
		return (ERR_OK);
	case WHO_MAYBE:
		if ((e = subject_identify(r)) != ERR_OK)
			return (err_status(e) >= 500 ? e : ERR_OK);
		if (r->subject == NULL)
			return (ERR_OK);
		if (r->subject->password_due && !r->route->password_due)
			return (ERR_PASSWORD_DUE);
		return (quota_identified(r));
	case WHO_GUEST:
	case WHO_HOLDER:
	case WHO_USER:
	case WHO_SELF:
		if ((e = identify(r)) != ERR_OK)
			return (e);
		return (admit_subject(r));
	}
	return (ERR_FORBIDDEN);
}

enum err
admit(struct req *r)
{
	const enum err e = decide(r);

	if (e == ERR_OK && r->subject != NULL && r->subject->key_id[0] != '\0')
		usage_count(r->app->usage, r->subject->key_id, clock_ms(), r->remote_addr);
	return (e);
}

enum err
admit_holder(struct req *r)
{
	enum err e;

	if (r->subject == NULL && (e = subject_be_guest(r)) != ERR_OK)
		return (e);
	return (check_permission(r));
}
