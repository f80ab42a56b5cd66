/* Choosing a password. */
#ifndef ACCESS_CHOICE_H
#define ACCESS_CHOICE_H

#include "cred/policy.h"
#include "http/request.h"
#include "store/user.h"

/**
 * choice_check(r, field, password, owner):
 * May ${owner} choose ${password}? Else note why at ${field}.
 * Errors: ERR_FIELDS.
 */
MUST_USE enum err choice_check(
    struct req *r, const char *field, const char *password, const struct policy_owner *owner);

/**
 * choice_prove(r, u, current):
 * Is ${current} the password of ${u}, who asks? Who guesses is noted, and has to wait, as at
 * signing in. Errors: ERR_INVALID_CREDENTIALS, with the field current_password; ERR_LIMIT;
 * ERR_BUSY; ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err choice_prove(struct req *r, const struct user *u, const char *current);

#endif
