/* One user, for those who may read users. */
#include "reader.h"

#include <string.h>

#include "access/app.h"
#include "access/profile.h"
#include "access/subject.h"
#include "base/clock.h"
#include "http/reply.h"
#include "store/role.h"
#include "store/user.h"

#define KEY_MAX 254 /* bytes of the longest: an address */

enum err
reader_check(struct req *r)
{

	if (subject_may(r->subject, "users:read"))
		return (ERR_OK);
	return (req_fail(r, ERR_FORBIDDEN, "the permission users:read is needed, too"));
}

static enum err
add_user(struct req *r, struct db *db, enum user_by by, const char *key, struct json *j)
{
	struct names *roles = arena_alloc(r->arena, sizeof *roles);
	struct names *permissions = arena_alloc(r->arena, sizeof *permissions);
	struct user u;
	enum err e;

	if (roles == NULL || permissions == NULL)
		return (ERR_NOMEM);
	if ((e = user_find(db, by, key, r->arena, &u)) != ERR_OK ||
	    (e = role_rights(db, u.id, clock_ms(), r->arena, roles, permissions)) != ERR_OK)
		return (e);
	profile_add(j, &u);
	profile_add_admins(j, &u);
	json_add_texts(j, "roles", roles->items, roles->count);
	json_add_texts(j, "permissions", permissions->items, permissions->count);
	return (ERR_OK);
}

static enum err
reply(struct req *r, int status, enum user_by by, const char *key)
{
	struct json j = json_object(r->arena);
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = add_user(r, db, by, key, &j);
	store_read_end(r->app->store, db);
	return (e == ERR_OK ? reply_json(r, status, &j) : e);
}

enum err
reader_reply(struct req *r, int status, const char *id)
{

	return (reply(r, status, USER_BY_ID, id));
}

enum err
reader_get(struct req *r)
{

	return (reply(r, 200, USER_BY_ID, r->id));
}

static enum err
get_by(struct req *r, enum user_by by)
{
	const char *value = req_query(r, "value");
	const char *key;

	if (value == NULL || value[0] == '\0' || strlen(value) > KEY_MAX)
		return (req_field_error(
		    r, "value", "must stand in the query once, with 1 to 254 bytes"));
	if (by == USER_BY_LEGACY)
		return (reply(r, 200, by, value));
	if ((key = arena_copy_lower(r->arena, value)) == NULL)
		return (ERR_NOMEM);
	return (reply(r, 200, by, key));
}

enum err
reader_get_by_email(struct req *r)
{

	return (get_by(r, USER_BY_EMAIL));
}

enum err
reader_get_by_username(struct req *r)
{

	return (get_by(r, USER_BY_USERNAME));
}

enum err
reader_get_by_legacy_id(struct req *r)
{

	return (get_by(r, USER_BY_LEGACY));
}
