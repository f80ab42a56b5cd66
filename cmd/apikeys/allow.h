/* Who may do what with whose key. */
#ifndef APIKEYS_ALLOW_H
#define APIKEYS_ALLOW_H

#include <stdbool.h>

#include "store/api_key.h"

struct req;

/**
 * allow_is_own(r, k):
 * Is ${k} a key of the subject's, who signed in for it: no key, nobody in the subject's name?
 */
bool allow_is_own(const struct req *r, const struct api_key *k);

/**
 * allow_see(r, db, ret_key), allow_end(r, db, ret_key):
 * The key that the path of ${r} names, if its subject may see it, or end it: one's own, a key
 * itself, and whoever holds apikeys:read, or apikeys:delete. Who may not is not told whether there
 * is such a key. Errors: ERR_FORBIDDEN, with the permission that is missing; ERR_NOT_FOUND; ERR_DB,
 * ERR_NOMEM.
 */
MUST_USE enum err allow_see(struct req *r, struct db *db, struct api_key *ret_key);
MUST_USE enum err allow_end(struct req *r, struct db *db, struct api_key *ret_key);

/**
 * allow_change(r, db, permission, ret_key):
 * The same, if the subject may change it: one's own; another if the subject holds ${permission},
 * and all that the key does.
 */
MUST_USE enum err
allow_change(struct req *r, struct db *db, const char *permission, struct api_key *ret_key);

/**
 * allow_owner(r, db, user_id):
 * May the subject make a key that acts in the name of ${user_id} (NULL: a service)? For oneself
 * anybody may; else who holds apikeys:create, and all that the user does. Errors: ERR_FORBIDDEN,
 * ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err allow_owner(struct req *r, struct db *db, const char *user_id);

#endif
