/* Roles of keys that are no user's. */
#include "roles.h"

#include "access/app.h"
#include "access/assigned.h"
#include "access/audit.h"
#include "access/limit.h"
#include "access/standing.h"
#include "access/subject.h"
#include "allow.h"
#include "base/clock.h"
#include "http/input.h"
#include "http/reply.h"

/* Add the roles of ${k}, and what it may at all: nothing when it is not alive. */
static enum err
add_rights(struct req *r, struct db *db, const struct api_key *k, struct json *j)
{
	struct assigned l = { .json = j, .items = json_add_array(j, "items") };
	struct standing s = { .proof = PROOF_KEY, .key_id = k->id };
	const int64_t now = clock_ms();
	enum err e;

	if ((e = api_key_assignments(db, k->id, now, r->arena, assigned_add, &l)) != ERR_OK)
		return (e);
	if ((e = standing_read(db, now, r->arena, &s)) != ERR_OK && e != ERR_INVALID_TOKEN)
		return (e);
	if (e == ERR_INVALID_TOKEN)
		s.roles->count = s.permissions->count = 0;
	json_add_texts(j, "effective_roles", s.roles->items, s.roles->count);
	json_add_texts(j, "effective_permissions", s.permissions->items, s.permissions->count);
	json_add_text(j, "next", NULL);
	return (ERR_OK);
}

static enum err
reply_rights(struct req *r, enum err (*find)(struct req *r, struct db *db, struct api_key *ret_key))
{
	struct json j = json_object(r->arena);
	struct api_key k;
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if ((e = find(r, db, &k)) == ERR_OK)
		e = add_rights(r, db, &k, &j);
	store_read_end(r->app->store, db);
	return (e == ERR_OK ? reply_json(r, 200, &j) : e);
}

enum err
roles_list(struct req *r)
{

	return (reply_rights(r, allow_see));
}

/* What one of the transactions here needs. */
struct change {
	struct req *req;
	const char *role_name;
	int64_t expires_at;
	int64_t now;
	enum err (*how)(struct tx *tx, struct change *c, const struct role *role);
	const char *action;
};

/* Whoever may assign roles may see what becomes of it. */
static enum err
find_key(struct req *r, struct db *db, struct api_key *ret_key)
{

	return (api_key_find(db, r->id, r->arena, ret_key));
}

static enum err
note(struct tx *tx, struct change *c, const struct api_key *k, const struct role *role)
{
	struct json details = json_object(c->req->arena);
	const struct event ev = { .action = c->action,
		.object_type = "apikey",
		.object_id = k->id,
		.org_id = k->org_id,
		.details = &details };

	json_add_text(&details, "role_id", role->id);
	json_add_text(&details, "role", role->name);
	if (c->expires_at != 0)
		json_add_time(&details, "expires_at", c->expires_at);
	return (audit_note(tx, c->req, &ev));
}

static enum err
run_change(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct req *r = c->req;
	struct api_key k;
	struct role role;
	enum err e;

	if ((e = subject_recheck(tx, r)) != ERR_OK || (e = find_key(r, tx_db(tx), &k)) != ERR_OK)
		return (e);
	if (k.user_id != NULL)
		return (req_fail(r, ERR_FORBIDDEN,
		    "a user's key has no roles of its own: it has what its user and its scopes "
		    "have in common"));
	if ((e = role_find_name(tx_db(tx), c->role_name, r->arena, &role)) == ERR_NOT_FOUND)
		return (req_field_error(r, "role", "there is no such role"));
	if (e != ERR_OK || (e = limit_role(r, tx_db(tx), role.id, "role")) != ERR_OK ||
	    (e = c->how(tx, c, &role)) != ERR_OK)
		return (e);
	return (note(tx, c, &k, &role));
}

static enum err
change(struct req *r, struct change *c)
{
	enum err e;

	c->req = r;
	c->now = clock_ms();
	if (c->expires_at != 0 && c->expires_at <= c->now)
		return (req_field_error(r, "expires_at", "must be in the future"));
	if ((e = store_write(r->app->store, run_change, c)) != ERR_OK)
		return (e);
	return (reply_rights(r, find_key));
}

static enum err
write_add(struct tx *tx, struct change *c, const struct role *role)
{

	return (api_key_assign(tx, c->req->id, role->id, c->expires_at, c->now));
}

static enum err
write_drop(struct tx *tx, struct change *c, const struct role *role)
{
	enum err e;

	if ((e = api_key_unassign(tx, c->req->id, role->id)) == ERR_NOT_FOUND)
		req_fail(c->req, e, "the key does not hold this role directly");
	return (e);
}

enum err
roles_add(struct req *r)
{
	static const struct field fields[] = {
		{ "role", FIELD_TEXT, offsetof(struct change, role_name), 1, 64, 0 },
		{ "expires_at", FIELD_TIME, offsetof(struct change, expires_at), 0, 0,
		    FIELD_OPTIONAL },
	};
	struct change c = { .how = write_add, .action = "role.assigned" };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &c)) != ERR_OK)
		return (e);
	return (change(r, &c));
}

enum err
roles_drop(struct req *r)
{
	static const struct field fields[] = {
		{ "role", FIELD_TEXT, offsetof(struct change, role_name), 1, 64, 0 },
	};
	struct change c = { .how = write_drop, .action = "role.unassigned" };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &c)) != ERR_OK)
		return (e);
	return (change(r, &c));
}
