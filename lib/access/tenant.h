/* An org as a tenant: what the subject of a request may do in it, and that nobody else learns of
 * it. */
#ifndef ACCESS_TENANT_H
#define ACCESS_TENANT_H

#include "http/request.h"
#include "store/org.h"
#include "store/role.h"

/* Owned by the arena of the request. */
struct tenant {
	struct org org;
	bool member; /* the subject is one */
	struct names
	    *permissions; /* that the subject holds in this org, besides those held globally */
};

/**
 * tenant_may(r, db, permission, ret_tenant):
 * May the subject of ${r} do ${permission} in the org ${r}->id: by a role there, or because it is
 * held globally? All read through ${db}; to change something ask in the transaction that does it,
 * after subject_recheck(). Errors: ERR_NOT_FOUND when there is no such org, and just so when the
 * subject neither belongs to it nor holds ${permission} or orgs:read globally, so that nobody
 * learns of another's org; ERR_FORBIDDEN, naming ${permission}, for who may know of it and lacks
 * that; ERR_UNAUTHENTICATED for a guest who lacks it; ERR_DB, ERR_NOMEM.  Source: OWASP ASVS 5.0
 * 8.2.2, 8.4.1.
 */
MUST_USE enum err
tenant_may(struct req *r, struct db *db, const char *permission, struct tenant *ret_tenant);

/**
 * tenant_may_there(r, db, org_id, permission, ret_tenant):
 * The same of the org ${org_id}, where that is not what the path names.
 */
MUST_USE enum err tenant_may_there(struct req *r, struct db *db, const char *org_id,
    const char *permission, struct tenant *ret_tenant);

/**
 * tenant_of_mine(r, db, ret_tenant):
 * The org ${r}->id, to which the subject belongs. Errors: ERR_NOT_FOUND when it does not; ERR_DB,
 * ERR_NOMEM.
 */
MUST_USE enum err tenant_of_mine(struct req *r, struct db *db, struct tenant *ret_tenant);

/**
 * tenant_holds(r, t, permission):
 * Does the subject hold what covers ${permission}, in the org or globally?
 */
bool tenant_holds(const struct req *r, const struct tenant *t, const char *permission);

/**
 * tenant_may_in(r, db, org_id, permission, ret_may):
 * The same of any org, whether it is there or not: for who only asks. Errors: ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err tenant_may_in(
    struct req *r, struct db *db, const char *org_id, const char *permission, bool *ret_may);

/**
 * tenant_limit(r, t, field, permission), tenant_limit_role(r, db, t, role_id, field):
 * Nobody gives away more than he holds, in the org or globally: may the subject give, take or
 * change ${permission}, or all that the role holds, inherited or not, on whatever condition?
 * ${field} names what is refused, NULL: the path. Errors: ERR_FORBIDDEN, with the permission that
 * is missing; ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err
tenant_limit(struct req *r, const struct tenant *t, const char *field, const char *permission);
MUST_USE enum err tenant_limit_role(
    struct req *r, struct db *db, const struct tenant *t, const char *role_id, const char *field);

#endif
