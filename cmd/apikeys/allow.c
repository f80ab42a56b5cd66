/* Who may do what with whose key. */
#include "allow.h"

#include <string.h>

#include "access/limit.h"
#include "access/standing.h"
#include "access/subject.h"
#include "base/clock.h"

/* Does ${user_id} (NULL: nobody) ask, and not by a key, nor somebody in that name? */
static bool
is_self(const struct req *r, const char *user_id)
{
	const struct subject *s = r->subject;

	return (user_id != NULL && strcmp(s->user_id, user_id) == 0 && s->key_id[0] == '\0' &&
	        s->actor_id[0] == '\0');
}

bool
allow_is_own(const struct req *r, const struct api_key *k)
{

	return (is_self(r, k->user_id));
}

static enum err
need(struct req *r, const char *permission)
{

	if (subject_may(r->subject, permission))
		return (ERR_OK);
	return (req_fail(r, ERR_FORBIDDEN, "the permission %s is needed", permission));
}

/* The key of the path, if it is the subject's, or the subject holds ${permission}. */
static enum err
find(struct req *r, struct db *db, const char *permission, struct api_key *ret_key)
{
	enum err e;

	if ((e = api_key_find(db, r->id, r->arena, ret_key)) != ERR_OK && e != ERR_NOT_FOUND)
		return (e);
	if (e == ERR_OK &&
	    (allow_is_own(r, ret_key) || strcmp(r->subject->key_id, ret_key->id) == 0))
		return (ERR_OK);
	/* The same for one that is not there. */
	if (need(r, permission) != ERR_OK)
		return (ERR_FORBIDDEN);
	return (e);
}

enum err
allow_see(struct req *r, struct db *db, struct api_key *ret_key)
{

	return (find(r, db, "apikeys:read", ret_key));
}

enum err
allow_end(struct req *r, struct db *db, struct api_key *ret_key)
{

	return (find(r, db, "apikeys:delete", ret_key));
}

struct limiting {
	struct req *req;
	struct db *db;
	enum err err;
};

static void
limit_one(void *arg, const struct assignment *as)
{
	struct limiting *l = arg;

	if (l->err == ERR_OK)
		l->err = limit_role(l->req, l->db, as->role.id, NULL);
}

static enum err
limit_names(struct req *r, const struct names *names, const char *field)
{
	enum err e = ERR_OK;
	size_t i;

	for (i = 0; e == ERR_OK && i < names->count; i++)
		e = limit_permission(r, field, names->items[i]);
	return (e);
}

enum err
allow_change(struct req *r, struct db *db, const char *permission, struct api_key *ret_key)
{
	struct names *names = arena_alloc(r->arena, sizeof *names);
	struct limiting l = { .req = r, .db = db };
	enum err e;

	if (names == NULL)
		return (ERR_NOMEM);
	if ((e = find(r, db, permission, ret_key)) != ERR_OK || allow_is_own(r, ret_key))
		return (e);
	if ((e = need(r, permission)) != ERR_OK ||
	    (e = standing_scopes(ret_key->scopes, r->arena, names)) != ERR_OK ||
	    (e = limit_names(r, names, NULL)) != ERR_OK)
		return (e);
	e = api_key_assignments(db, ret_key->id, clock_ms(), r->arena, limit_one, &l);
	return (e != ERR_OK ? e : l.err);
}

enum err
allow_owner(struct req *r, struct db *db, const char *user_id)
{
	enum err e;

	if (is_self(r, user_id))
		return (ERR_OK);
	if ((e = need(r, "apikeys:create")) != ERR_OK || user_id == NULL)
		return (e);
	return (limit_user(r, db, user_id, clock_ms()));
}
