/* What the database says, at one moment, of who stands behind a proof. */
#include "access/standing.h"

#include <string.h>

#include "access/right.h"
#include "store/org.h"
#include "store/org_role.h"

static int64_t
sooner(int64_t one, int64_t other)
{

	return (one < other ? one : other);
}

static bool
kind_fits(enum proof proof, enum session_kind kind)
{

	switch (proof) {
	case PROOF_ACCESS:
		return (kind == SESSION_REFRESH);
	case PROOF_OPAQUE:
		return (kind == SESSION_OPAQUE);
	case PROOF_COOKIE:
		return (kind == SESSION_COOKIE);
	case PROOF_KEY:
	case PROOF_NONE:
		break;
	}
	return (false);
}

static enum err
find_alive_user(struct db *db, const char *id, struct arena *a, struct user *ret_user)
{
	enum err e;

	if ((e = user_find(db, USER_BY_ID, id, a, ret_user)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_INVALID_TOKEN : e);
	return (ret_user->enabled && !ret_user->locked ? ERR_OK : ERR_INVALID_TOKEN);
}

static enum err
read_session(struct db *db, int64_t now, struct arena *a, struct standing *s)
{
	struct user actor;
	enum err e;

	if ((e = session_find(db, s->session_id, a, &s->session)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_INVALID_TOKEN : e);
	if ((e = find_alive_user(db, s->user_id, a, &s->user)) != ERR_OK)
		return (e);
	if (!kind_fits(s->proof, s->session.kind) || strcmp(s->session.user_id, s->user.id) != 0 ||
	    !session_live(&s->session, now))
		return (ERR_INVALID_TOKEN);
	s->actor_id = s->session.actor_user_id;
	if (s->actor_id != NULL && (e = find_alive_user(db, s->actor_id, a, &actor)) != ERR_OK)
		return (e);
	s->until = sooner(s->session.expires_at, s->session.ends_at);
	return (ERR_OK);
}

static bool
has_role(const struct names *roles, const char *name)
{
	size_t i;

	for (i = 0; i < roles->count; i++)
		if (strcmp(roles->items[i], name) == 0)
			return (true);
	return (false);
}

enum err
standing_scopes(const char *scopes, struct arena *a, struct names *ret_names)
{
	size_t len;

	ret_names->count = 0;
	for (; *scopes != '\0'; scopes += len + strspn(scopes + len, " ")) {
		len = strcspn(scopes, " ");
		if (ret_names->count == ROLE_NAMES_MAX ||
		    (ret_names->items[ret_names->count] = arena_copy_len(a, scopes, len)) == NULL)
			return (ERR_NOMEM);
		ret_names->count++;
	}
	return (ERR_OK);
}

/* A key whose user has left the org that it acts in is as one whose user is gone. */
static enum err
read_key(struct db *db, int64_t now, struct arena *a, struct standing *s)
{
	bool fits = true;
	enum err e;

	if ((e = api_key_find(db, s->key_id, a, &s->key)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_INVALID_TOKEN : e);
	if (!api_key_alive(&s->key, now))
		return (ERR_INVALID_TOKEN);
	s->user_id = s->key.user_id;
	s->org_id = s->key.org_id;
	if (s->key.expires_at != 0)
		s->until = s->key.expires_at;
	if (s->user_id != NULL && (e = find_alive_user(db, s->user_id, a, &s->user)) != ERR_OK)
		return (e);
	if (s->org_id != NULL && (e = api_key_fits_org(db, s->user_id, s->org_id, &fits)) != ERR_OK)
		return (e);
	return (fits ? ERR_OK : ERR_INVALID_TOKEN);
}

/* What a service's key holds by its roles, and its scopes as far as those do not cover them. */
static enum err
add_scopes(const struct names *scopes, struct names *permissions)
{
	size_t i;

	for (i = 0; i < scopes->count; i++) {
		if (right_covering(permissions, scopes->items[i]) != NULL)
			continue;
		if (permissions->count == ROLE_NAMES_MAX)
			return (ERR_NOMEM);
		permissions->items[permissions->count++] = scopes->items[i];
	}
	return (ERR_OK);
}

/* A service's key that acts in an org holds all that it does there and nowhere else. */
static enum err
read_service_rights(
    struct db *db, int64_t now, struct arena *a, const struct names *scopes, struct standing *s)
{
	struct names *roles = s->org_id != NULL ? s->org_roles : s->roles;
	struct names *permissions = s->org_id != NULL ? s->org_permissions : s->permissions;
	int64_t end;
	enum err e;

	if ((e = role_rights_of_key(db, s->key_id, now, a, roles, permissions)) != ERR_OK ||
	    (e = role_next_end_of_key(db, s->key_id, now, &end)) != ERR_OK)
		return (e);
	s->until = sooner(s->until, end);
	return (add_scopes(scopes, permissions));
}

/* What the key's scopes and what its user holds have in common: on the site, and in the org. */
static enum err
read_own_key_rights(
    struct db *db, int64_t now, struct arena *a, const struct names *scopes, struct standing *s)
{
	struct names *held = arena_alloc(a, sizeof *held);
	int64_t end;
	enum err e;

	if (held == NULL)
		return (ERR_NOMEM);
	if ((e = role_rights(db, s->user_id, now, a, s->roles, held)) != ERR_OK ||
	    (e = role_next_end(db, s->user_id, now, &end)) != ERR_OK ||
	    (e = right_intersect(scopes, held, s->permissions)) != ERR_OK)
		return (e);
	s->until = sooner(s->until, end);
	if (s->org_id == NULL)
		return (ERR_OK);
	if ((e = org_role_rights(db, s->org_id, s->user_id, now, a, s->org_roles, held)) !=
	        ERR_OK ||
	    (e = org_role_next_end(db, s->org_id, s->user_id, now, &end)) != ERR_OK)
		return (e);
	s->until = sooner(s->until, end);
	return (right_intersect(scopes, held, s->org_permissions));
}

static enum err
read_key_rights(struct db *db, int64_t now, struct arena *a, struct standing *s)
{
	struct names *scopes = arena_alloc(a, sizeof *scopes);
	enum err e;

	if (scopes == NULL)
		return (ERR_NOMEM);
	if ((e = standing_scopes(s->key.scopes, a, scopes)) != ERR_OK)
		return (e);
	return (s->user_id != NULL ? read_own_key_rights(db, now, a, scopes, s)
	                           : read_service_rights(db, now, a, scopes, s));
}

enum err
standing_rights(struct db *db, const char *user_id, const char *actor_id, int64_t now,
    struct arena *a, struct names *ret_roles, struct names *ret_permissions)
{
	struct names *own, *actors, *roles;
	enum err e;

	if (actor_id == NULL)
		return (role_rights(db, user_id, now, a, ret_roles, ret_permissions));
	own = arena_alloc(a, sizeof *own);
	actors = arena_alloc(a, sizeof *actors);
	roles = arena_alloc(a, sizeof *roles);
	if (own == NULL || actors == NULL || roles == NULL)
		return (ERR_NOMEM);
	if ((e = role_rights(db, user_id, now, a, ret_roles, own)) != ERR_OK ||
	    (e = role_rights(db, actor_id, now, a, roles, actors)) != ERR_OK)
		return (e);
	/* Either may have changed since it began. */
	if (right_covering(actors, "users:impersonate") == NULL || has_role(ret_roles, "admin"))
		return (ERR_INVALID_TOKEN);
	ret_roles->count = 0;
	return (right_intersect(own, actors, ret_permissions));
}

/* What ${own} and whatever ${actor_id} holds, in the org or globally, have in common. */
static enum err
limit_to_actor(struct db *db, const char *actor_id, const char *org_id, int64_t now,
    struct arena *a, const struct names *own, struct names *ret_permissions)
{
	struct names *there = arena_alloc(a, sizeof *there);
	struct names *everywhere = arena_alloc(a, sizeof *everywhere);
	enum err e;
	size_t i;

	if (there == NULL || everywhere == NULL)
		return (ERR_NOMEM);
	if ((e = org_role_rights(db, org_id, actor_id, now, a, NULL, there)) != ERR_OK ||
	    (e = role_rights(db, actor_id, now, a, NULL, everywhere)) != ERR_OK)
		return (e);
	for (i = 0; i < there->count; i++) {
		if (right_covering(everywhere, there->items[i]) != NULL)
			continue;
		if (everywhere->count == ROLE_NAMES_MAX)
			return (ERR_NOMEM);
		everywhere->items[everywhere->count++] = there->items[i];
	}
	return (right_intersect(own, everywhere, ret_permissions));
}

enum err
standing_org_rights(struct db *db, const char *user_id, const char *actor_id, const char *org_id,
    int64_t now, struct arena *a, struct names *ret_roles, struct names *ret_permissions)
{
	struct names *own;
	enum err e;

	if (actor_id == NULL)
		return (org_role_rights(db, org_id, user_id, now, a, ret_roles, ret_permissions));
	if ((own = arena_alloc(a, sizeof *own)) == NULL)
		return (ERR_NOMEM);
	if ((e = org_role_rights(db, org_id, user_id, now, a, NULL, own)) != ERR_OK)
		return (e);
	if (ret_roles != NULL)
		ret_roles->count = 0;
	return (limit_to_actor(db, actor_id, org_id, now, a, own, ret_permissions));
}

/* What counts in the org in which the session acts. */
static enum err
read_org(struct db *db, int64_t now, struct arena *a, struct standing *s)
{
	int64_t end;
	bool is;
	enum err e;

	if (s->session.org_id == NULL)
		return (ERR_OK);
	if ((e = org_has_member(db, s->session.org_id, s->user_id, &is)) != ERR_OK || !is)
		return (e);
	s->org_id = s->session.org_id;
	if ((e = org_role_next_end(db, s->org_id, s->user_id, now, &end)) != ERR_OK)
		return (e);
	s->until = sooner(s->until, end);
	return (standing_org_rights(
	    db, s->user_id, s->actor_id, s->org_id, now, a, s->org_roles, s->org_permissions));
}

/* When one of the roles ends that count now. */
static enum err
find_role_end(struct db *db, int64_t now, struct standing *s)
{
	int64_t end;
	enum err e;

	if ((e = role_next_end(db, s->user_id, now, &end)) != ERR_OK)
		return (e);
	s->until = sooner(s->until, end);
	if (s->actor_id == NULL)
		return (ERR_OK);
	if ((e = role_next_end(db, s->actor_id, now, &end)) == ERR_OK)
		s->until = sooner(s->until, end);
	return (e);
}

/* Room for what is held. */
static enum err
prepare(struct arena *a, struct standing *s)
{

	s->roles = arena_alloc(a, sizeof *s->roles);
	s->permissions = arena_alloc(a, sizeof *s->permissions);
	s->org_roles = arena_alloc(a, sizeof *s->org_roles);
	s->org_permissions = arena_alloc(a, sizeof *s->org_permissions);
	s->actor_id = s->org_id = NULL;
	s->until = INT64_MAX;
	return (s->roles == NULL || s->permissions == NULL || s->org_roles == NULL ||
	                s->org_permissions == NULL
	            ? ERR_NOMEM
	            : ERR_OK);
}

/* What the user holds, in the session that ${s} has already. */
static enum err
read_rights(struct db *db, int64_t now, struct arena *a, struct standing *s)
{
	enum err e;

	if ((e = standing_rights(db, s->user_id, s->actor_id, now, a, s->roles, s->permissions)) !=
	        ERR_OK ||
	    (e = read_org(db, now, a, s)) != ERR_OK)
		return (e);
	return (find_role_end(db, now, s));
}

enum err
standing_read(struct db *db, int64_t now, struct arena *a, struct standing *s)
{
	enum err e;

	if ((e = prepare(a, s)) != ERR_OK)
		return (e);
	if (s->proof == PROOF_NONE)
		return (role_rights_of_role(db, ROLE_GUEST, a, s->roles, s->permissions));
	if (s->proof == PROOF_KEY)
		return (
		    (e = read_key(db, now, a, s)) == ERR_OK ? read_key_rights(db, now, a, s) : e);
	if ((e = read_session(db, now, a, s)) != ERR_OK)
		return (e);
	return (read_rights(db, now, a, s));
}

enum err
standing_in(struct db *db, const struct user *u, const struct session *session, int64_t now,
    struct arena *a, struct standing *ret_standing)
{
	struct standing s = {
		.session_id = session->id, .user_id = u->id, .user = *u, .session = *session
	};
	enum err e;

	if ((e = prepare(a, &s)) != ERR_OK)
		return (e);
	s.actor_id = session->actor_user_id;
	if ((e = read_rights(db, now, a, &s)) == ERR_OK)
		*ret_standing = s;
	return (e);
}
