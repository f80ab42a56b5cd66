/* Whom a row of a route table lets in. */
#ifndef ACCESS_ADMIT_H
#define ACCESS_ADMIT_H

#include "http/request.h"

/**
 * admit(r):
 * Find out who asks, as far as the route of ${r} wants to know, and whether it lets him in.
 * Errors: ERR_UNAUTHENTICATED for who proved nothing and is not let in, ERR_INVALID_TOKEN for a bad
 * proof; ERR_PASSWORD_DUE; ERR_FORBIDDEN; ERR_DB, ERR_NOMEM.  Source: OWASP ASVS 5.0 8.2, 8.3.
 */
MUST_USE enum err admit(struct req *r);

/**
 * admit_holder(r):
 * For a row of WHO_MAYBE that has a page for everybody, and else an answer for who holds its
 * permission: a handler asks this before the second. Who proves nothing is the guest.
 * Errors: as admit().
 */
MUST_USE enum err admit_holder(struct req *r);

#endif
