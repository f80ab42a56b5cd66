/* Nobody gives away more than he holds. */
#ifndef ACCESS_LIMIT_H
#define ACCESS_LIMIT_H

#include "store/role.h"

struct req;
struct user;

/**
 * limit_permission(r, field, permission), limit_role(r, db, role_id, field),
 * limit_held(r, db, held, field):
 * Does the subject of ${r} hold ${permission}; or all that the role holds, inherited or not, on
 * whatever condition; or all that these roles do? Only then may he give it, take it away or change
 * it: or an admin of few rights would make himself one of all. ${field} names what is refused,
 * NULL: the path. Errors: ERR_FORBIDDEN, with the permission that is missing; ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err limit_permission(struct req *r, const char *field, const char *permission);
MUST_USE enum err limit_role(struct req *r, struct db *db, const char *role_id, const char *field);
MUST_USE enum err
limit_held(struct req *r, struct db *db, const struct held *held, const char *field);

/**
 * limit_user(r, db, user_id, now):
 * The same for all that the user holds, on the site, through groups and in any org, on whatever
 * condition: nobody changes, locks or drops who may come to do more than he.
 */
MUST_USE enum err limit_user(struct req *r, struct db *db, const char *user_id, int64_t now);

/**
 * limit_confirm(r, db, u):
 * May the subject of ${r} say that the address of ${u} is known to be the user's? Where an org
 * takes in whoever has an address at its domain, that is to add a member. Errors: ERR_FORBIDDEN,
 * with the permission that is missing; ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err limit_confirm(struct req *r, struct db *db, const struct user *u);

#endif
