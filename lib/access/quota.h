/* How many requests are let through: the policies of the database, counted in shared memory, before
 * a handler runs. */
#ifndef ACCESS_QUOTA_H
#define ACCESS_QUOTA_H

#include "base/limiter.h"
#include "http/request.h"
#include "store/limit_policy.h"

#define QUOTA_OF_SIZE 128 /* whose count, as text: a hash in hex, "METHOD /path" */

struct quotas;

/**
 * quota_open(store, routes, count, ret_quotas):
 * What a program with these routes needs to count, all of which must outlive it. Close with
 * quota_close() (NULL too). Errors: ERR_NOMEM.
 */
MUST_USE enum err quota_open(
    struct store *store, const struct route *routes, size_t count, struct quotas **ret_quotas);
void quota_close(struct quotas *q);

/**
 * quota_arrive(r), quota_identified(r):
 * Count ${r} for every policy that holds for it: of its network, its API key and its route, before
 * anybody looks whether the key is one; then of the user who asks and the org he acts in. The
 * answer gets RateLimit-Policy and RateLimit of the policy that has least left. At the routes that
 * ask for limits:*, who holds limits:update is counted for network and key alone: nobody can make
 * it impossible to change a policy. Errors: ERR_LIMIT with Retry-After, by the policy that makes
 * wait longest; then it is counted for none. ERR_DB, ERR_NOMEM.
 * Source: draft-ietf-httpapi-ratelimit-headers-11; RFC 6585 section 4; OWASP ASVS 5.0 2.4.1.
 */
MUST_USE enum err quota_arrive(struct req *r);
MUST_USE enum err quota_identified(struct req *r);

/**
 * quota_of_network(address, ret_of), quota_of_key(hash, ret_of):
 * Whose count it is, for an address and for the hash of an API key; for the others it is the id, or
 * "METHOD /path".
 */
void quota_of_network(const char *address, char ret_of[static QUOTA_OF_SIZE]);
void quota_of_key(
    const unsigned char hash[static LIMIT_KEY_HASH_LEN], char ret_of[static QUOTA_OF_SIZE]);

/**
 * quota_tell(l, policy, of, a, ret_tally), quota_forget(l, policy, of, a):
 * How it stands with the count of ${of}; begin it anew. Errors: ERR_NOMEM.
 */
MUST_USE enum err quota_tell(struct limiter *l, const struct limit_policy *policy, const char *of,
    struct arena *a, struct tally *ret_tally);
MUST_USE enum err
quota_forget(struct limiter *l, const struct limit_policy *policy, const char *of, struct arena *a);

#endif
