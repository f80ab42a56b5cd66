/* Who holds which role. */
#include "members.h"

#include <string.h>

#include "access/app.h"
#include "access/assigned.h"
#include "access/audit.h"
#include "access/limit.h"
#include "access/subject.h"
#include "base/clock.h"
#include "http/input.h"
#include "http/reply.h"
#include "store/user.h"

/* What one of the transactions here needs. */
struct change {
	struct req *req;
	const char *role_name;
	int64_t expires_at;
	int64_t now;
	enum err (*how)(struct tx *tx, struct change *c, const struct role *role);
};

/* Add the user's roles, and what comes of them. */
static enum err
add_rights(struct json *j, struct db *db, struct req *r)
{
	struct names *roles = arena_alloc(r->arena, sizeof *roles);
	struct names *permissions = arena_alloc(r->arena, sizeof *permissions);
	struct assigned l = { .json = j, .items = json_add_array(j, "items") };
	const int64_t now = clock_ms();
	struct user u;
	enum err e;

	if (roles == NULL || permissions == NULL)
		return (ERR_NOMEM);
	if ((e = user_find(db, USER_BY_ID, r->id, r->arena, &u)) != ERR_OK ||
	    (e = role_assignments(db, u.id, now, r->arena, assigned_add, &l)) != ERR_OK ||
	    (e = role_rights(db, u.id, now, r->arena, roles, permissions)) != ERR_OK)
		return (e);
	json_add_texts(j, "effective_roles", roles->items, roles->count);
	json_add_texts(j, "effective_permissions", permissions->items, permissions->count);
	json_add_text(j, "next", NULL);
	return (ERR_OK);
}

enum err
members_list(struct req *r)
{
	struct json j = json_object(r->arena);
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = add_rights(&j, db, r);
	store_read_end(r->app->store, db);
	return (e == ERR_OK ? reply_json(r, 200, &j) : e);
}

static enum err
run_change(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct role role;
	struct user u;
	enum err e;

	if ((e = subject_recheck(tx, c->req)) != ERR_OK ||
	    (e = user_find(tx_db(tx), USER_BY_ID, c->req->id, c->req->arena, &u)) != ERR_OK)
		return (e);
	if ((e = role_find_name(tx_db(tx), c->role_name, c->req->arena, &role)) == ERR_NOT_FOUND)
		return (req_field_error(c->req, "role", "there is no such role"));
	if (e != ERR_OK || (e = limit_role(c->req, tx_db(tx), role.id, "role")) != ERR_OK)
		return (e);
	return (c->how(tx, c, &role));
}

static enum err
note(struct tx *tx, struct change *c, const char *action, const struct role *role)
{
	struct json details = json_object(c->req->arena);
	const struct event ev = { .action = action,
		.object_type = "user",
		.object_id = c->req->id,
		.details = &details };

	json_add_text(&details, "role_id", role->id);
	json_add_text(&details, "role", role->name);
	if (c->expires_at != 0)
		json_add_time(&details, "expires_at", c->expires_at);
	return (audit_note(tx, c->req, &ev));
}

/* The last who may do everything, for good and able to sign in, keeps that: nobody else could give
 * it back. */
static enum err
check_last_admin(struct tx *tx, struct change *c, const struct role *role)
{
	int64_t count;
	enum err e;

	if (strcmp(role->name, "admin") != 0)
		return (ERR_OK);
	if ((e = role_count_holders(tx_db(tx), role->id, &count)) != ERR_OK)
		return (e);
	return (count > 0 ? ERR_OK : req_field_error(c->req, "role", "is the last admin's"));
}

static enum err
write_add(struct tx *tx, struct change *c, const struct role *role)
{
	enum err e;

	if (role_is_of_orgs(role->id))
		return (
		    req_field_error(c->req, "role", "is held in an org, not on the whole site"));
	if ((e = role_assign(tx, c->req->id, role->name, c->expires_at, c->now)) != ERR_OK ||
	    (e = check_last_admin(tx, c, role)) != ERR_OK)
		return (e);
	return (note(tx, c, "role.assigned", role));
}

static enum err
write_drop(struct tx *tx, struct change *c, const struct role *role)
{
	enum err e;

	if ((e = role_unassign(tx, c->req->id, role->id)) == ERR_NOT_FOUND)
		return (req_fail(c->req, e, "the user does not hold this role directly"));
	if (e != ERR_OK || (e = check_last_admin(tx, c, role)) != ERR_OK)
		return (e);
	return (note(tx, c, "role.unassigned", role));
}

static enum err
change(struct req *r, struct change *c,
    enum err (*how)(struct tx *tx, struct change *c, const struct role *role))
{
	enum err e;

	c->req = r;
	c->how = how;
	c->now = clock_ms();
	if (c->expires_at != 0 && c->expires_at <= c->now)
		return (req_field_error(r, "expires_at", "must be in the future"));
	if ((e = store_write(r->app->store, run_change, c)) != ERR_OK)
		return (e);
	return (members_list(r));
}

enum err
members_add(struct req *r)
{
	static const struct field fields[] = {
		{ "role", FIELD_TEXT, offsetof(struct change, role_name), 1, 64, 0 },
		{ "expires_at", FIELD_TIME, offsetof(struct change, expires_at), 0, 0,
		    FIELD_OPTIONAL },
	};
	struct change c = { .role_name = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &c)) != ERR_OK)
		return (e);
	return (change(r, &c, write_add));
}

enum err
members_drop(struct req *r)
{
	static const struct field fields[] = {
		{ "role", FIELD_TEXT, offsetof(struct change, role_name), 1, 64, 0 },
	};
	struct change c = { .role_name = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &c)) != ERR_OK)
		return (e);
	return (change(r, &c, write_drop));
}
