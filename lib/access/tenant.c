/* An org as a tenant: what the subject of a request may do in it. */
#include "access/tenant.h"

#include <string.h>

#include "access/right.h"
#include "access/standing.h"
#include "access/subject.h"
#include "base/clock.h"

/* Does the subject belong to the org, and what does it hold there? An API key acts in its own org
 * only, and with no more than it was given for that. */
static enum err
read_rights(struct req *r, struct db *db, const char *org_id, struct tenant *t)
{
	const struct subject *s = r->subject;
	enum err e;

	if ((t->permissions = arena_alloc(r->arena, sizeof *t->permissions)) == NULL)
		return (ERR_NOMEM);
	t->permissions->count = 0;
	t->member = false;
	if (s->key_id[0] != '\0') {
		/* Made for one org: what it holds on the site is not for another. */
		if (s->org_id[0] != '\0' && strcmp(s->org_id, org_id) != 0)
			return (ERR_NOT_FOUND);
		t->member = strcmp(s->org_id, org_id) == 0;
		return (t->member ? subject_org_permissions(s, r->arena, t->permissions) : ERR_OK);
	}
	if (s->user_id[0] == '\0')
		return (ERR_OK);
	if ((e = org_has_member(db, org_id, s->user_id, &t->member)) != ERR_OK || !t->member)
		return (e);
	return (standing_org_rights(db, s->user_id, s->actor_id[0] != '\0' ? s->actor_id : NULL,
	    org_id, clock_ms(), r->arena, NULL, t->permissions));
}

bool
tenant_holds(const struct req *r, const struct tenant *t, const char *permission)
{

	return (subject_may(r->subject, permission) ||
	        right_covering(t->permissions, permission) != NULL);
}

enum err
tenant_may_in(
    struct req *r, struct db *db, const char *org_id, const char *permission, bool *ret_may)
{
	struct tenant t;
	enum err e;

	*ret_may = false;
	if ((e = read_rights(r, db, org_id, &t)) == ERR_OK)
		*ret_may = tenant_holds(r, &t, permission);
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

enum err
tenant_may(struct req *r, struct db *db, const char *permission, struct tenant *ret_tenant)
{

	return (tenant_may_there(r, db, r->id, permission, ret_tenant));
}

enum err
tenant_may_there(struct req *r, struct db *db, const char *org_id, const char *permission,
    struct tenant *ret_tenant)
{
	struct tenant t;
	enum err e;

	if (r->subject->proof == PROOF_NONE && !subject_may(r->subject, permission))
		return (ERR_UNAUTHENTICATED);
	if ((e = read_rights(r, db, org_id, &t)) != ERR_OK)
		return (e);
	/* Before the org is looked for: what takes as long tells as little. */
	if (!t.member && !subject_may(r->subject, permission) &&
	    !subject_may(r->subject, "orgs:read"))
		return (ERR_NOT_FOUND);
	if ((e = org_find(db, org_id, r->arena, &t.org)) != ERR_OK)
		return (e);
	if (!tenant_holds(r, &t, permission))
		return (req_fail(r, ERR_FORBIDDEN,
		    "the permission %s is needed in this organisation", permission));
	*ret_tenant = t;
	return (ERR_OK);
}

enum err
tenant_of_mine(struct req *r, struct db *db, struct tenant *ret_tenant)
{
	struct tenant t;
	enum err e;

	if ((e = read_rights(r, db, r->id, &t)) != ERR_OK)
		return (e);
	if (!t.member)
		return (ERR_NOT_FOUND);
	if ((e = org_find(db, r->id, r->arena, &t.org)) == ERR_OK)
		*ret_tenant = t;
	return (e);
}

enum err
tenant_limit(struct req *r, const struct tenant *t, const char *field, const char *permission)
{

	if (tenant_holds(r, t, permission))
		return (ERR_OK);
	return (req_fail(r, ERR_FORBIDDEN, "%s%s%s is more than you hold",
	    field != NULL ? field : "", field != NULL ? ": " : "", permission));
}

enum err
tenant_limit_role(
    struct req *r, struct db *db, const struct tenant *t, const char *role_id, const char *field)
{
	struct names *names = arena_alloc(r->arena, sizeof *names);
	enum err e;
	size_t i;

	if (names == NULL)
		return (ERR_NOMEM);
	if ((e = role_possible_permissions(db, role_id, r->arena, names)) != ERR_OK)
		return (e);
	for (i = 0; e == ERR_OK && i < names->count; i++)
		e = tenant_limit(r, t, field, names->items[i]);
	return (e);
}
