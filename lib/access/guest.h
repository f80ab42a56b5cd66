/* What guests need so that people can sign up and in. */
#ifndef ACCESS_GUEST_H
#define ACCESS_GUEST_H

#include "http/request.h"
#include "store/store.h"

/**
 * guest_check_signup(r, db), guest_check_signin(r, db):
 * May a guest sign up: execute that, make a user, make a group, put the one into the other, asked
 * in this order? May a guest peek at users, which signing in does? Errors: ERR_FORBIDDEN, with the
 * permission that the role guest lacks; ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err guest_check_signup(struct req *r, struct db *db);
MUST_USE enum err guest_check_signin(struct req *r, struct db *db);

#endif
