/* What the database says, at one moment, of who stands behind a proof. */
#ifndef ACCESS_STANDING_H
#define ACCESS_STANDING_H

#include "store/api_key.h"
#include "store/role.h"
#include "store/session.h"
#include "store/user.h"

enum proof {
	PROOF_ACCESS, /* a JWT as bearer token */
	PROOF_OPAQUE, /* a UUIDv4 as bearer token */
	PROOF_COOKIE,
	PROOF_KEY,  /* an API key */
	PROOF_NONE, /* guest */
};

/* Texts are owned by the arena it was read into. */
struct standing {
	/* What is asked: filled by the caller, NULL where there is none. */
	enum proof proof;
	const char *session_id;
	const char *key_id;
	const char *user_id;
	/* What is so. */
	struct user user;
	struct session session;
	struct api_key key;
	const char *actor_id; /* who acts in the user's name; NULL: the user */
	int64_t until;        /* ms; true no longer than that */
	struct names *roles;
	struct names *permissions;
	const char *org_id; /* the org that it acts in; NULL: none, and then the two are empty */
	struct names
	    *org_roles; /* there alone, as are the permissions: never for the site's routes */
	struct names *org_permissions;
};

/**
 * standing_read(db, now, a, s):
 * Fill ${s} for the proof, session or key, and user in it. A user's key may what its scopes and the
 * user's permissions have in common, a service's key what its scopes and roles hold. Errors:
 * ERR_INVALID_TOKEN when the session, the key or the user is not alive, not the other's, or of
 * another kind than the proof; ERR_DB, ERR_NOMEM.  Source: OWASP ASVS 5.0 7.4.
 */
MUST_USE enum err standing_read(struct db *db, int64_t now, struct arena *a, struct standing *s);

/**
 * standing_in(db, u, session, now, a, ret_standing):
 * The same for the user ${u} in ${session}, both of which the caller knows to be alive.
 * Errors: ERR_DB, ERR_NOMEM.
 */
MUST_USE enum err standing_in(struct db *db, const struct user *u, const struct session *session,
    int64_t now, struct arena *a, struct standing *ret_standing);

/**
 * standing_rights(db, user_id, actor_id, now, a, ret_roles, ret_permissions):
 * The roles and permissions of a user; with ${actor_id} (NULL: nobody) only those permissions that
 * this user holds as well, and no roles: what else an application makes of a role's name, which
 * may hold no permission at all, nobody here can tell whether the actor may. Errors:
 * ERR_INVALID_TOKEN when ${actor_id} may not act in the user's name: lacks users:impersonate, or
 * the user is an admin; ERR_NOMEM, also beyond 1024; ERR_DB.
 */
MUST_USE enum err standing_rights(struct db *db, const char *user_id, const char *actor_id,
    int64_t now, struct arena *a, struct names *ret_roles, struct names *ret_permissions);

/**
 * standing_org_rights(db, user_id, actor_id, org_id, now, a, ret_roles, ret_permissions):
 * What a user holds in an org and nowhere else (${ret_roles} NULL: not wanted), nothing for who is
 * no member; with ${actor_id} (NULL: nobody) only those permissions that this user holds as well,
 * there or globally, and no roles. Errors: ERR_NOMEM, also beyond 1024; ERR_DB.
 */
MUST_USE enum err
standing_org_rights(struct db *db, const char *user_id, const char *actor_id, const char *org_id,
    int64_t now, struct arena *a, struct names *ret_roles, struct names *ret_permissions);

/**
 * standing_scopes(scopes, a, ret_names):
 * The permissions in ${scopes}, which spaces separate; owned by ${a}. Errors: ERR_NOMEM, also
 * beyond 1024.
 */
MUST_USE enum err standing_scopes(const char *scopes, struct arena *a, struct names *ret_names);

#endif
