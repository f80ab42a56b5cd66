/* Who asks: from the proof that came with a request to a user and a session that are alive now. */
#ifndef ACCESS_SUBJECT_H
#define ACCESS_SUBJECT_H

#include <stdint.h>

#include "access/standing.h"
#include "base/id.h"
#include "http/request.h"
#include "store/store.h"
#include "store/version.h"

struct guard_who;

/* One block of memory, so that it can be remembered and copied whole: the profile follows the
 * struct. Ids are "" where there is none. */
struct subject {
	enum proof proof;
	char user_id[ID_SIZE];    /* none: guest, or a key that is no user's */
	char session_id[ID_SIZE]; /* none: guest, or a key */
	char actor_id[ID_SIZE];   /* who acts in the user's name; none: the user */
	char key_id[ID_SIZE];     /* the API key that is the proof */
	char org_id[ID_SIZE];     /* the org that the session or key acts in */
	bool password_due;        /* must choose another password before anything else */
	int64_t expires_at;       /* ms the proof dies, or something in it may change */
	int64_t key_expires_at;   /* ms the key itself does; 0: never, or there is none */
	int64_t seen_at;          /* ms last written down */
	struct version everybody, user, actor, session, org; /* what this was read under; a key's as
	                                                        that of a session */
	size_t permissions;     /* where in ${profile} they begin, a line each */
	size_t org_permissions; /* where those begin that count in the org alone */
	size_t networks;        /* where a key's begin, separated by spaces; "": anywhere */
	size_t guard_who; /* where, from the begin of the struct, the guard's part is; 0: none */
	char profile[];   /* JSON, as GET /users/me gives it; "": too long, or no user */
};

/**
 * subject_may(s, permission):
 * Does ${s} hold what covers ${permission}, everywhere? What counts in an org alone never counts
 * here: access/tenant.h.
 */
bool subject_may(const struct subject *s, const char *permission);

/**
 * subject_permissions(s, a, ret_names), subject_org_permissions(s, a, ret_names):
 * All that ${s} holds; what it holds in its org, if it acts in one, and nowhere else; owned by
 * ${a}. Errors: ERR_NOMEM.
 */
MUST_USE enum err
subject_permissions(const struct subject *s, struct arena *a, struct names *ret_names);
MUST_USE enum err
subject_org_permissions(const struct subject *s, struct arena *a, struct names *ret_names);

/**
 * subject_identify(r):
 * Set the subject of ${r} from its Authorization or X-API-Key field, or else its cookie; leave NULL
 * when there is none. With one of the fields no cookie counts. Errors: ERR_BAD_REQUEST for both
 * fields, unless they have the same key; ERR_INVALID_TOKEN when the proof is forged, expired,
 * revoked, of another kind, or of a user locked or gone; ERR_FORBIDDEN for a key that may not come
 * from there; ERR_DB, ERR_NOMEM.  Source: OWASP ASVS 5.0 7.2, 7.4; RFC 9068 section 4; RFC 8725.
 */
MUST_USE enum err subject_identify(struct req *r);

/**
 * subject_of_key(r, key, ret_subject):
 * Who stands behind the API key ${key}, wherever it comes from: for whoever asks about it.
 * Errors: ERR_INVALID_TOKEN; ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err
subject_of_key(struct req *r, const char *key, const struct subject **ret_subject);

/**
 * subject_allows_address(s, address):
 * May ${s} come from ${address}? Only API keys may be bound to networks.
 */
bool subject_allows_address(const struct subject *s, const char *address);

/**
 * subject_guard_who(s):
 * What the guard's rules may want to know of ${s}, in ${s}; NULL in other programs, of a guest, and
 * after subject_recheck().
 */
const struct guard_who *subject_guard_who(const struct subject *s);

/**
 * subject_be_guest(r):
 * Set the subject of ${r} to the guest, with the permissions of that role.
 * Errors: ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err subject_be_guest(struct req *r);

/**
 * subject_standing(r, db, ret_standing):
 * What the database says now of who stands behind the subject of ${r}, in ${r}'s arena.
 * Errors: ERR_INVALID_TOKEN when the proof holds no more; ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err
subject_standing(const struct req *r, struct db *db, struct standing *ret_standing);

/**
 * subject_recheck(tx, r):
 * In a transaction that changes something for the subject of ${r}: does the proof still hold, and
 * the permission that the route asks for? While the body was on its way or a password was hashed,
 * the session may have ended, or a role been taken away; ${r} then has the subject of now.
 * Errors: ERR_INVALID_TOKEN; ERR_PASSWORD_DUE; ERR_FORBIDDEN; ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err subject_recheck(struct tx *tx, struct req *r);

/**
 * subject_check_still(r):
 * The same between two parts of a long answer, and ${r} stays as it is. As long as nothing has
 * changed that concerns the subject, that asks nothing of the database.
 * Errors: as subject_recheck().  Source: OWASP ASVS 5.0 7.4.
 */
MUST_USE enum err subject_check_still(const struct req *r);

#endif
