/* Choosing a password. */
#ifndef ACCESS_CHOICE_H
#define ACCESS_CHOICE_H

#include "cred/policy.h"
#include "http/request.h"

/**
 * choice_check(r, field, password, owner):
 * May ${owner} choose ${password}? Else note why at ${field}.
 * Errors: ERR_FIELDS.
 */
MUST_USE enum err choice_check(
    struct req *r, const char *field, const char *password, const struct policy_owner *owner);

#endif
