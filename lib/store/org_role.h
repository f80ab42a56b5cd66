/* Roles inside an org: the org's own, and what its members hold there and nowhere else. */
#ifndef STORE_ORG_ROLE_H
#define STORE_ORG_ROLE_H

#include "store/role.h"

/* An org has at most so many roles and permissions of its own, so that what a member holds stays
 * below ROLE_NAMES_MAX. */
#define ORG_ROLES_MAX 200
#define ORG_PERMISSIONS_MAX 200

/**
 * org_role_find(db, org_id, id, a, ret_role):
 * The role ${id} that is the org's own. Errors: ERR_NOT_FOUND, also for others' and the site's;
 * ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err org_role_find(
    struct db *db, const char *org_id, const char *id, struct arena *a, struct role *ret_role);

/**
 * org_role_get(db, org_id, key, a, ret_role):
 * The role that members of the org may be given and that has the id or name ${key}: the org's own,
 * or else one of the site. Errors: ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err org_role_get(
    struct db *db, const char *org_id, const char *key, struct arena *a, struct role *ret_role);

/**
 * org_role_list(db, org_id, after, limit, a, each, arg):
 * Call ${each} for at most ${limit} of the org's own roles in the order of their ids, those after
 * ${after} ("" for the first). Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err org_role_list(struct db *db, const char *org_id, const char *after, int64_t limit,
    struct arena *a, void (*each)(void *arg, const struct role *role), void *arg);

/**
 * org_role_add(tx, org_id, role), org_role_set(tx, org_id, role), org_role_drop(tx, org_id, id):
 * A new role of the org; another name and description; away with it, whoever held it or inherited
 * from it. Here and below ${org_id} must live until store_write() returns: the change concerns
 * whoever acts in the org. Errors: ERR_TAKEN when another of the org has the name; ERR_LIMIT when
 * it has 200 roles; ERR_NOT_FOUND; ERR_DB.
 */
MUST_USE enum err org_role_add(struct tx *tx, const char *org_id, const struct role *role);
MUST_USE enum err org_role_set(struct tx *tx, const char *org_id, const struct role *role);
MUST_USE enum err org_role_drop(struct tx *tx, const char *org_id, const char *id);

/**
 * org_role_allow(tx, org_id, id, permission, condition, permission_id, now), org_role_forbid(tx,
 * org_id, id, permission):
 * Let the org's role hold ${permission} from now on, under ${condition} (NULL: always), or no more;
 * ${permission_id} is its id if it is new. Errors: ERR_LIMIT when the org's roles hold 200 others,
 * or the role ROLE_CONDITIONS_MAX others on conditions; org_role_forbid() ERR_NOT_FOUND when it did
 * not; ERR_DB.
 */
MUST_USE enum err org_role_allow(struct tx *tx, const char *org_id, const char *id,
    const char *permission, const char *condition, const char *permission_id, int64_t now);
MUST_USE enum err
org_role_forbid(struct tx *tx, const char *org_id, const char *id, const char *permission);

/**
 * org_role_inherit(tx, org_id, id, parent_id, a, ret_circle), org_role_disinherit(tx, org_id, id,
 * parent_id):
 * Let the org's role inherit from ${parent_id}, or no more. Errors: as role_inherit() and
 * role_disinherit().
 */
MUST_USE enum err org_role_inherit(struct tx *tx, const char *org_id, const char *id,
    const char *parent_id, struct arena *a, const char **ret_circle);
MUST_USE enum err
org_role_disinherit(struct tx *tx, const char *org_id, const char *id, const char *parent_id);

/**
 * org_role_assign(tx, org_id, user_id, role_id, expires_at, now):
 * Give a member a role in the org, until ${expires_at} (0: without end); one held already is held
 * until then. The user must be a member (by the same transaction), and ${user_id} live until
 * store_write() returns. Errors: ERR_NOT_FOUND when there is no such role, or it is another org's;
 * ERR_DB.
 */
MUST_USE enum err org_role_assign(struct tx *tx, const char *org_id, const char *user_id,
    const char *role_id, int64_t expires_at, int64_t now);

/**
 * org_role_unassign(tx, org_id, user_id, role_id), org_role_count_owners(db, org_id, ret_count):
 * Take it away; how many who may sign in hold org-owner there without end. Errors: ERR_NOT_FOUND
 * when the member does not hold it directly; ERR_DB.
 */
MUST_USE enum err
org_role_unassign(struct tx *tx, const char *org_id, const char *user_id, const char *role_id);
MUST_USE enum err org_role_count_owners(struct db *db, const char *org_id, int64_t *ret_count);

/**
 * org_role_assignments(db, org_id, user_id, now, a, each, arg):
 * Call ${each} for each role that the member holds directly at ${now}. Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
org_role_assignments(struct db *db, const char *org_id, const char *user_id, int64_t now,
    struct arena *a, void (*each)(void *arg, const struct assignment *assignment), void *arg);

/**
 * org_role_held(db, org_id, user_id, now, a, ret_held), org_role_next_end(db, org_id, user_id, now,
 * ret_at):
 * The roles that the user holds in the org at ${now}, the direct ones first, none for who is no
 * member; when the first of these ends, INT64_MAX when none does. Errors: ERR_NOMEM, also beyond
 * 1024; ERR_DB.
 */
MUST_USE enum err org_role_held(struct db *db, const char *org_id, const char *user_id, int64_t now,
    struct arena *a, struct held *ret_held);
MUST_USE enum err org_role_next_end(
    struct db *db, const char *org_id, const char *user_id, int64_t now, int64_t *ret_at);

/**
 * org_role_rights(db, org_id, user_id, now, a, ret_roles, ret_permissions):
 * The names of all roles that the user holds in the org at ${now}, and of all permissions those
 * hold (each NULL: not wanted): in this org and nowhere else. Sorted.
 * Errors: ERR_NOMEM, also beyond 1024; ERR_DB.
 */
MUST_USE enum err org_role_rights(struct db *db, const char *org_id, const char *user_id,
    int64_t now, struct arena *a, struct names *ret_roles, struct names *ret_permissions);

#endif
