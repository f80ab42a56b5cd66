/* Organisations and who belongs to them. What members hold there: store/org_role.h. */
#ifndef STORE_ORG_H
#define STORE_ORG_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

/* A row of orgs; texts are owned by the arena it was read into. */
struct org {
	const char *id;
	const char *name;
	const char *slug;
	const char *metadata; /* JSON object */
	int64_t seat_limit;   /* 0: none */
	int64_t created_at;
	int64_t updated_at;
};

/* Somebody who belongs to an org; username and name are NULL where the user has none. */
struct org_member {
	const char *user_id;
	const char *email;
	const char *username;
	const char *name;
	int64_t joined_at;
};

/**
 * org_find(db, id, a, ret_org), org_find_slug(db, slug, a, ret_org):
 * One org. Errors: ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err org_find(struct db *db, const char *id, struct arena *a, struct org *ret_org);
MUST_USE enum err
org_find_slug(struct db *db, const char *slug, struct arena *a, struct org *ret_org);

/**
 * org_add(tx, org), org_set(tx, org):
 * A new org; another name, slug, metadata and seat limit of one found before in the same
 * transaction. A seat limit below the number of members is kept, and lets nobody else in.
 * Errors: ERR_TAKEN when another has the slug; ERR_NOT_FOUND; ERR_DB.
 */
MUST_USE enum err org_add(struct tx *tx, const struct org *org);
MUST_USE enum err org_set(struct tx *tx, const struct org *org);

/**
 * org_drop(tx, id):
 * Away with the org and all that is its own: memberships, roles, permissions, domains, invitations,
 * API keys. Sessions that acted in it go on without. Errors: ERR_NOT_FOUND, ERR_DB.
 */
MUST_USE enum err org_drop(struct tx *tx, const char *id);

/**
 * org_list(db, after, limit, a, each, arg), org_list_of(db, user_id, after, limit, a, each, arg):
 * Call ${each} for at most ${limit} orgs in the order of their ids (that is, of creation), those
 * after the id ${after} ("" for the first): all, or those that the user belongs to.
 * Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err org_list(struct db *db, const char *after, int64_t limit, struct arena *a,
    void (*each)(void *arg, const struct org *org), void *arg);
MUST_USE enum err org_list_of(struct db *db, const char *user_id, const char *after, int64_t limit,
    struct arena *a, void (*each)(void *arg, const struct org *org), void *arg);

/**
 * org_has_member(db, org_id, user_id, ret_is):
 * Does the user belong to the org? No to an org that is not there. Errors: ERR_DB.
 */
MUST_USE enum err
org_has_member(struct db *db, const char *org_id, const char *user_id, bool *ret_is);

/**
 * org_member_find(db, org_id, user_id, a, ret_member), org_member_count(db, org_id, ret_count):
 * One member; how many there are. Errors: ERR_NOT_FOUND, ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err org_member_find(struct db *db, const char *org_id, const char *user_id,
    struct arena *a, struct org_member *ret_member);
MUST_USE enum err org_member_count(struct db *db, const char *org_id, int64_t *ret_count);

/**
 * org_member_add(tx, org_id, user_id, now):
 * Let the user, who must be there, belong to the org, without a role as yet. ${user_id} must live
 * until store_write() returns.
 * Errors: ERR_TAKEN when he does already; ERR_SEATS when no seat is left, and then nothing was
 * changed; ERR_NOT_FOUND when there is no such org; ERR_DB.
 */
MUST_USE enum err
org_member_add(struct tx *tx, const char *org_id, const char *user_id, int64_t now);

/**
 * org_member_drop(tx, org_id, user_id):
 * No more, with all roles there; sessions of the user that acted in the org go on without it.
 * ${user_id} must live until store_write() returns. Errors: ERR_NOT_FOUND when he did not; ERR_DB.
 */
MUST_USE enum err org_member_drop(struct tx *tx, const char *org_id, const char *user_id);

/**
 * org_member_list(db, org_id, after, limit, a, each, arg):
 * Call ${each} for at most ${limit} members in the order of their ids, those after the id ${after}
 * ("" for the first). Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err
org_member_list(struct db *db, const char *org_id, const char *after, int64_t limit,
    struct arena *a, void (*each)(void *arg, const struct org_member *member), void *arg);

#endif
