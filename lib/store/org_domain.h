/* Domains that orgs claim, and who joins an org by an address there. */
#ifndef STORE_ORG_DOMAIN_H
#define STORE_ORG_DOMAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

/* A row of org_domains; texts are owned by the arena it was read into. */
struct org_domain {
	const char *id;
	const char *org_id;
	const char *domain; /* small letters */
	const char *token;  /* that the DNS must show; no secret */
	bool auto_join;
	int64_t verified_at; /* 0: not yet */
	int64_t created_at;
};

/**
 * org_domain_add(tx, d):
 * A new claim, not verified. Errors: ERR_TAKEN when the org has this domain already; ERR_DB.
 */
MUST_USE enum err org_domain_add(struct tx *tx, const struct org_domain *d);

/**
 * org_domain_find(db, org_id, id, a, ret_domain), org_domain_find_name(db, org_id, domain, a,
 * ret_domain):
 * One claim of the org. Errors: ERR_NOT_FOUND, also for another org's; ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err org_domain_find(struct db *db, const char *org_id, const char *id,
    struct arena *a, struct org_domain *ret_domain);
MUST_USE enum err org_domain_find_name(struct db *db, const char *org_id, const char *domain,
    struct arena *a, struct org_domain *ret_domain);

/**
 * org_domain_list(db, org_id, a, each, arg), org_domain_count(db, org_id, ret_count):
 * Call ${each} for each claim of the org, in the order of the domains; how many there are.
 * Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err org_domain_list(struct db *db, const char *org_id, struct arena *a,
    void (*each)(void *arg, const struct org_domain *d), void *arg);
MUST_USE enum err org_domain_count(struct db *db, const char *org_id, int64_t *ret_count);

/**
 * org_domain_verify(tx, id, now), org_domain_set_auto_join(tx, id, auto_join),
 * org_domain_drop(tx, id):
 * It is proven to be the org's; who has an address there joins by signing in, or no more; away with
 * the claim. Errors: org_domain_verify() ERR_TAKEN when it is proven to be another org's;
 * ERR_NOT_FOUND; ERR_DB.
 */
MUST_USE enum err org_domain_verify(struct tx *tx, const char *id, int64_t now);
MUST_USE enum err org_domain_set_auto_join(struct tx *tx, const char *id, bool auto_join);
MUST_USE enum err org_domain_drop(struct tx *tx, const char *id);

/**
 * org_domain_find_join(db, domain, user_id, a, ret_domain):
 * The claim by which the user, whose confirmed address is at ${domain}, is to be taken in: it is
 * verified, people join by it, and the user neither belongs to its org nor ever did.
 * Errors: ERR_NOT_FOUND when there is none; ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err org_domain_find_join(struct db *db, const char *domain, const char *user_id,
    struct arena *a, struct org_domain *ret_domain);

#endif
