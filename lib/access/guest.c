/* What guests need so that people can sign up and in. */
#include "access/guest.h"

#include "access/right.h"

static enum err
check(struct req *r, struct db *db, const char *what, const char *const *wanted, size_t count)
{
	struct names *held = arena_alloc(r->arena, sizeof *held);
	enum err e;
	size_t i;

	if (held == NULL)
		return (ERR_NOMEM);
	if ((e = role_rights_of_role(db, ROLE_GUEST, r->arena, NULL, held)) != ERR_OK)
		return (e);
	for (i = 0; i < count; i++)
		if (right_covering(held, wanted[i]) == NULL)
			return (req_fail(r, ERR_FORBIDDEN,
			    "%s is closed here: guests lack the permission %s", what, wanted[i]));
	return (ERR_OK);
}

enum err
guest_check_signup(struct req *r, struct db *db)
{
	static const char *const wanted[] = { "signup:execute", "users:create", "groups:create",
		"groups:refer" };

	return (check(r, db, "signing up", wanted, COUNT(wanted)));
}

enum err
guest_check_signin(struct req *r, struct db *db)
{
	static const char *const wanted[] = { "users:peek" };

	return (check(r, db, "signing in", wanted, COUNT(wanted)));
}
