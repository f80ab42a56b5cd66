/* Nobody gives away more than he holds. */
#include "access/limit.h"

#include <string.h>

#include "access/subject.h"
#include "store/org_domain.h"
#include "store/user.h"

enum err
limit_permission(struct req *r, const char *field, const char *permission)
{

	if (subject_may(r->subject, permission))
		return (ERR_OK);
	return (req_fail(r, ERR_FORBIDDEN, "%s%s%s is more than you hold",
	    field != NULL ? field : "", field != NULL ? ": " : "", permission));
}

enum err
limit_held(struct req *r, struct db *db, const struct held *held, const char *field)
{
	struct names *names = arena_alloc(r->arena, sizeof *names);
	enum err e;
	size_t i;

	if (names == NULL)
		return (ERR_NOMEM);
	if ((e = role_held_permissions(db, held, r->arena, names)) != ERR_OK)
		return (e);
	for (i = 0; e == ERR_OK && i < names->count; i++)
		e = limit_permission(r, field, names->items[i]);
	return (e);
}

enum err
limit_role(struct req *r, struct db *db, const char *role_id, const char *field)
{
	struct held *held = arena_alloc(r->arena, sizeof *held);
	enum err e;

	if (held == NULL)
		return (ERR_NOMEM);
	if ((e = role_held_by_role(db, role_id, r->arena, held)) != ERR_OK)
		return (e);
	return (limit_held(r, db, held, field));
}

enum err
limit_user(struct req *r, struct db *db, const char *user_id, int64_t now)
{
	struct held *held = arena_alloc(r->arena, sizeof *held);
	enum err e;

	if (held == NULL)
		return (ERR_NOMEM);
	if ((e = role_held_anywhere(db, user_id, now, r->arena, held)) != ERR_OK)
		return (e);
	return (limit_held(r, db, held, NULL));
}

enum err
limit_confirm(struct req *r, struct db *db, const struct user *u)
{
	const char *at = strrchr(u->email, '@');
	struct org_domain d;
	const char *domain;
	enum err e;

	if (at == NULL)
		return (ERR_OK);
	if ((domain = arena_copy_lower(r->arena, at + 1)) == NULL)
		return (ERR_NOMEM);
	if ((e = org_domain_find_join(db, domain, u->id, r->arena, &d)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_OK : e);
	return (limit_permission(r, "email_confirmed", "members:create"));
}
