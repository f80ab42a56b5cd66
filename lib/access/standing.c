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
	s->actor_id = NULL;
	s->until = INT64_MAX;
	if (s->proof == PROOF_NONE)
		return (role_rights_of_role(db, ROLE_GUEST, a, s->roles, s->permissions));
	if ((e = read_session(db, now, a, s)) != ERR_OK ||
	    (e = standing_rights(db, s->user_id, s->actor_id, now, a, s->roles, s->permissions)) !=
	        ERR_OK)
		return (e);
	return (find_role_end(db, now, s));
}
