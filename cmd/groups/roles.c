/* What all members of a group hold. */
#include "roles.h"

#include "access/app.h"
#include "access/limit.h"
#include "change.h"
#include "http/input.h"
#include "http/reply.h"

struct listing {
	struct req *req;
	struct json json;
	struct cJSON *items;
};

static void
list_one(void *arg, const struct assignment *as)
{
	struct listing *l = arg;
	struct json item = json_object(l->req->arena);

	json_add_text(&item, "id", as->role.id);
	json_add_text(&item, "role", as->role.name);
	json_add_time(&item, "assigned_at", as->assigned_at);
	json_append(&l->json, l->items, &item);
}

enum err
roles_list(struct req *r)
{
	struct listing l = { .req = r, .json = json_object(r->arena) };
	struct group g;
	struct db *db;
	enum err e;

	l.items = json_add_array(&l.json, "items");
	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if ((e = group_find(db, r->id, r->arena, &g)) == ERR_OK)
		e = group_roles(db, g.id, r->arena, list_one, &l);
	store_read_end(r->app->store, db);
	if (e != ERR_OK)
		return (e);
	json_add_text(&l.json, "next", NULL);
	return (reply_json(r, 200, &l.json));
}

/* The role that the body names, if the subject may give and take it. */
static enum err
find_role(struct tx *tx, struct change *c, struct role *ret_role)
{
	enum err e;

	if ((e = role_find_name(tx_db(tx), c->role, c->req->arena, ret_role)) == ERR_NOT_FOUND)
		return (req_field_error(c->req, "role", "there is no such role"));
	return (e != ERR_OK ? e : limit_role(c->req, tx_db(tx), ret_role->id, "role"));
}

static enum err
note(struct tx *tx, struct change *c, const char *action, const struct role *role)
{
	struct json details = json_object(c->req->arena);

	json_add_text(&details, "role_id", role->id);
	json_add_text(&details, "role", role->name);
	return (change_note(tx, c, action, &details));
}

static enum err
write_add(struct tx *tx, struct change *c)
{
	struct role role;
	bool added;
	enum err e;

	if ((e = find_role(tx, c, &role)) != ERR_OK)
		return (e);
	if (role_is_of_orgs(role.id))
		return (
		    req_field_error(c->req, "role", "is held in an org, not on the whole site"));
	if ((e = group_add_role(tx, c->group.id, role.id, c->now, &added)) == ERR_LIMIT)
		return (req_field_error(c->req, "role", "would be more than the 64 a group has"));
	return (e != ERR_OK || !added ? e : note(tx, c, "group.role_assigned", &role));
}

static enum err
write_drop(struct tx *tx, struct change *c)
{
	struct role role;
	enum err e;

	if ((e = find_role(tx, c, &role)) != ERR_OK)
		return (e);
	if ((e = group_drop_role(tx, c->group.id, role.id)) == ERR_NOT_FOUND)
		return (req_fail(c->req, e, "the group does not have this role"));
	return (e != ERR_OK ? e : note(tx, c, "group.role_unassigned", &role));
}

static enum err
change(struct req *r, enum err (*how)(struct tx *tx, struct change *c))
{
	static const struct field fields[] = {
		{ "role", FIELD_TEXT, offsetof(struct change, role), 1, 64, 0 },
	};
	struct change c = { .role = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &c)) != ERR_OK ||
	    (e = change_run(r, &c, how)) != ERR_OK)
		return (e);
	return (roles_list(r));
}

enum err
roles_add(struct req *r)
{

	return (change(r, write_add));
}

enum err
roles_drop(struct req *r)
{

	return (change(r, write_drop));
}
