/* Who asks for somebody else's pages: all that a rule of the guard may want to know of him. */
#ifndef ACCESS_GUARD_WHO_H
#define ACCESS_GUARD_WHO_H

#include <stdbool.h>
#include <stdint.h>

#include "access/standing.h"
#include "http/request.h"

/* One block of memory, so that it can be remembered and copied whole: texts follow the struct.
 * Lists have a line each. */
struct guard_who {
	bool is_user;   /* no: the key of a service */
	bool confirmed; /* the address is known to be the user's */
	bool second_factor;
	bool password_due;
	int64_t began_at;                                                    /* ms of the sign-in */
	uint32_t user_id, email, username, roles, permissions, orgs, groups; /* places in ${text} */
	uint32_t org_slug; /* of the one that he acts in */
	char text[];
};

/* The same as it is read; names that are NULL are not there. */
struct guard_person {
	const struct user *user; /* NULL: the key of a service */
	const char *actor_id;    /* who acts in the user's name */
	const char *org_id;      /* which he acts in */
	const struct names *roles, *permissions;
	bool by_key;
	const char *amr; /* of the sign-in; NULL: none */
	int64_t began_at;
};

/**
 * guard_who_text(w, place):
 * The text at ${place}.
 */
const char *guard_who_text(const struct guard_who *w, uint32_t place);

/**
 * guard_who_has(w, list, name):
 * Is ${name} a line of the list at that place?
 */
bool guard_who_has(const struct guard_who *w, uint32_t list, const char *name);

/**
 * guard_who_read(db, p, a, ret_who, ret_len):
 * Look up the rest of ${p}: orgs, groups. The key of a user has no roles, orgs and groups, but what
 * permissions its scopes leave; who acts in a user's name has those that are also his own, or all
 * if he may do everything. Errors: ERR_NOMEM, ERR_DB.
 */
MUST_USE enum err guard_who_read(struct db *db, const struct guard_person *p, struct arena *a,
    struct guard_who **ret_who, size_t *ret_len);

/**
 * guard_who_read_standing(db, st, a, ret_who, ret_len):
 * The same of who stands behind a proof: ${st}, as it was read through ${db}. Errors: ERR_NOMEM,
 * ERR_DB.
 */
MUST_USE enum err guard_who_read_standing(struct db *db, const struct standing *st, struct arena *a,
    struct guard_who **ret_who, size_t *ret_len);

/**
 * guard_who_find(r, ret_who):
 * Who proved himself in ${r}, as subject_identify() finds out; NULL: nobody, for a proof that holds
 * no more is as none. Errors: ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err guard_who_find(struct req *r, const struct guard_who **ret_who);

#endif
