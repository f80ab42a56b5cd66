/* What the database says, at one moment, of who stands behind a proof. */
#include "access/standing.h"

#include <string.h>

#include "access/right.h"

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

static enum err
read_key_rights(struct db *db, int64_t now, struct arena *a, struct standing *s)
{
	struct names *scopes = arena_alloc(a, sizeof *scopes);
	struct names *held = arena_alloc(a, sizeof *held);
	int64_t end;
	enum err e;

	if (scopes == NULL || held == NULL)
		return (ERR_NOMEM);
	if ((e = standing_scopes(s->key.scopes, a, scopes)) != ERR_OK)
		return (e);
	if (s->user_id != NULL) {
		if ((e = role_rights(db, s->user_id, now, a, s->roles, held)) != ERR_OK ||
		    (e = role_next_end(db, s->user_id, now, &end)) != ERR_OK)
			return (e);
		e = right_intersect(scopes, held, s->permissions);
	} else {
		if ((e = role_rights_of_key(db, s->key_id, now, a, s->roles, s->permissions)) !=
		        ERR_OK ||
		    (e = role_next_end_of_key(db, s->key_id, now, &end)) != ERR_OK)
			return (e);
		e = add_scopes(scopes, s->permissions);
	}
	s->until = sooner(s->until, end);
	return (e);
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
	return (right_intersect(own, actors, ret_permissions));
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

enum err
standing_read(struct db *db, int64_t now, struct arena *a, struct standing *s)
{
	enum err e;

	s->roles = arena_alloc(a, sizeof *s->roles);
	s->permissions = arena_alloc(a, sizeof *s->permissions);
	if (s->roles == NULL || s->permissions == NULL)
		return (ERR_NOMEM);
	s->actor_id = s->org_id = NULL;
	s->until = INT64_MAX;
	if (s->proof == PROOF_NONE)
		return (role_rights_of_role(db, ROLE_GUEST, a, s->roles, s->permissions));
	if (s->proof == PROOF_KEY)
		return (
		    (e = read_key(db, now, a, s)) == ERR_OK ? read_key_rights(db, now, a, s) : e);
	if ((e = read_session(db, now, a, s)) != ERR_OK ||
	    (e = standing_rights(db, s->user_id, s->actor_id, now, a, s->roles, s->permissions)) !=
	        ERR_OK)
		return (e);
	return (find_role_end(db, now, s));
}
