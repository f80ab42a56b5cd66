/* The roles of an org: changing its own. */
#include "roles.h"

#include <string.h>

#include "access/app.h"
#include "access/right.h"
#include "base/text.h"
#include "change.h"
#include "http/input.h"
#include "http/reply.h"
#include "role.h"
#include "store/db_rule.h"
#include "store/org_role.h"

struct input {
	const char *name;
	const char *description;
	const char *permission;
	const char *condition;
	const char *parent;
	/* For the transaction. */
	struct role role; /* that the path names, as it was */
	enum err (*how)(struct tx *tx, struct change *c);
};

/* The org's own role that the path names, if it is no more than the subject holds. */
static enum err
write_role(struct tx *tx, struct change *c)
{
	struct input *in = c->in;
	struct req *r = c->req;
	enum err e;

	if ((e = role_get(tx_db(tx), r->id, r->item_id, r->arena, &in->role)) != ERR_OK)
		return (e);
	if (role_is_of_orgs(in->role.id))
		return (req_fail(r, ERR_FORBIDDEN, "a built-in role stays as it is"));
	if ((e = tenant_limit_role(r, tx_db(tx), &c->tenant, in->role.id, NULL)) != ERR_OK)
		return (e);
	return (in->how(tx, c));
}

/* Change the role that the path names, and answer with it. */
static enum err
change_role(struct req *r, const char *permission, const char *action, struct input *in,
    enum err (*how)(struct tx *tx, struct change *c))
{
	struct change c = { .req = r,
		.permission = permission,
		.action = action,
		.object_type = "role",
		.object_id = r->item_id,
		.how = write_role,
		.in = in };

	in->how = how;
	return (change_run(&c));
}

static enum err
check_name(struct req *r, const struct input *in)
{

	if (in->name == NULL)
		return (ERR_OK);
	if (!right_role_ok(in->name))
		return (req_field_error(r, "name",
		    "must have 2 to 64 small letters, digits, '.', '_' or '-', a letter first"));
	if (right_role_reserved(in->name))
		return (req_field_error(r, "name", "is as those of built-in roles"));
	return (ERR_OK);
}

static enum err
write_new(struct tx *tx, struct change *c)
{
	const struct input *in = c->in;
	const struct role role = {
		.id = c->new_id,
		.name = in->name,
		.description = in->description == NULL ? "" : in->description,
		.created_at = c->now,
	};

	c->object_id = c->new_id;
	json_add_text(&c->details, "name", in->name);
	return (org_role_add(tx, c->req->id, &role));
}

enum err
roles_add(struct req *r)
{
	static const struct field fields[] = {
		{ "name", FIELD_TEXT, offsetof(struct input, name), 1, 64, 0 },
		{ "description", FIELD_TEXT, offsetof(struct input, description), 0, 500,
		    FIELD_OPTIONAL },
	};
	struct input in = { .name = NULL };
	struct change c = { .req = r,
		.permission = "roles:create",
		.action = "org_role.created",
		.object_type = "role",
		.how = write_new,
		.in = &in };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &in)) != ERR_OK ||
	    (e = check_name(r, &in)) != ERR_OK)
		return (e);
	if ((e = change_run(&c)) == ERR_TAKEN)
		req_field_error(r, "name", "is another role's in this organisation");
	if (e == ERR_LIMIT)
		return (req_field_error(r, "name", "this organisation has 200 roles already"));
	return (e == ERR_OK ? role_reply(r, 201, c.new_id) : e);
}

static enum err
write_set(struct tx *tx, struct change *c)
{
	struct input *in = c->in;

	if (in->name != NULL)
		in->role.name = in->name;
	if (in->description != NULL)
		in->role.description = in->description;
	json_add_text(&c->details, "name", in->role.name);
	return (org_role_set(tx, c->req->id, &in->role));
}

enum err
roles_set(struct req *r)
{
	static const struct field fields[] = {
		{ "name", FIELD_TEXT, offsetof(struct input, name), 1, 64, FIELD_OPTIONAL },
		{ "description", FIELD_TEXT, offsetof(struct input, description), 0, 500,
		    FIELD_OPTIONAL },
	};
	struct input in = { .name = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &in)) != ERR_OK ||
	    (e = check_name(r, &in)) != ERR_OK)
		return (e);
	if ((e = change_role(r, "roles:update", "org_role.updated", &in, write_set)) == ERR_TAKEN)
		req_field_error(r, "name", "is another role's in this organisation");
	return (e == ERR_OK ? role_reply(r, 200, r->item_id) : e);
}

static enum err
write_drop(struct tx *tx, struct change *c)
{
	const struct input *in = c->in;

	json_add_text(&c->details, "name", in->role.name);
	return (org_role_drop(tx, c->req->id, in->role.id));
}

enum err
roles_drop(struct req *r)
{
	struct input in = { .name = NULL };
	enum err e;

	if ((e = change_role(r, "roles:delete", "org_role.deleted", &in, write_drop)) != ERR_OK)
		return (e);
	return (reply_none(r));
}

static enum err
write_allow(struct tx *tx, struct change *c)
{
	const struct input *in = c->in;
	struct req *r = c->req;
	enum err e;

	if ((e = tenant_limit(r, &c->tenant, "permission", in->permission)) != ERR_OK)
		return (e);
	json_add_text(&c->details, "permission", in->permission);
	json_add_bool(&c->details, "conditional", in->condition != NULL);
	return (org_role_allow(
	    tx, r->id, in->role.id, in->permission, in->condition, c->new_id, c->now));
}

static enum err
write_forbid(struct tx *tx, struct change *c)
{
	const struct input *in = c->in;
	struct req *r = c->req;
	enum err e;

	json_add_text(&c->details, "permission", in->permission);
	if ((e = org_role_forbid(tx, r->id, in->role.id, in->permission)) == ERR_NOT_FOUND)
		req_fail(r, e, "the role does not hold this permission itself");
	return (e);
}

static enum err
check_permission(struct req *r, struct input *in)
{
	const char *detail;
	enum err e;

	if (!right_ok(in->permission))
		return (req_field_error(r, "permission",
		    "must be resource:action, each of small letters, digits, '.', '_' and '-', or "
		    "'*'"));
	if (in->condition != NULL && in->condition[0] == '\0')
		in->condition = NULL;
	if (in->condition == NULL)
		return (ERR_OK);
	if ((e = db_rule_check(in->condition, true, r->arena, &detail)) == ERR_FIELDS)
		return (req_field_error(r, "condition", detail));
	return (e);
}

enum err
roles_allow(struct req *r)
{
	static const struct field fields[] = {
		{ "permission", FIELD_TEXT, offsetof(struct input, permission), 1, RIGHT_MAX, 0 },
		{ "condition", FIELD_TEXT, offsetof(struct input, condition), 0, RULE_MAX,
		    FIELD_OPTIONAL | FIELD_NULLABLE },
	};
	struct input in = { .name = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &in)) != ERR_OK ||
	    (e = check_permission(r, &in)) != ERR_OK)
		return (e);
	e = change_role(r, "roles:update", "org_role.allowed", &in, write_allow);
	if (e == ERR_LIMIT)
		return (req_field_error(r, "permission",
		    "the roles of this organisation hold 200 others already, or this one 32 on "
		    "conditions"));
	return (e == ERR_OK ? role_reply(r, 200, r->item_id) : e);
}

enum err
roles_forbid(struct req *r)
{
	static const struct field fields[] = {
		{ "permission", FIELD_TEXT, offsetof(struct input, permission), 1, RIGHT_MAX, 0 },
	};
	struct input in = { .name = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &in)) != ERR_OK ||
	    (e = check_permission(r, &in)) != ERR_OK)
		return (e);
	e = change_role(r, "roles:update", "org_role.forbidden", &in, write_forbid);
	return (e == ERR_OK ? role_reply(r, 200, r->item_id) : e);
}

/* The role that the body names: of the org, or one that every org has. */
static enum err
find_parent(struct tx *tx, struct change *c, struct role *ret_parent)
{
	const struct input *in = c->in;
	struct req *r = c->req;
	enum err e;

	if ((e = org_role_get(tx_db(tx), r->id, in->parent, r->arena, ret_parent)) == ERR_OK)
		e = role_get(tx_db(tx), r->id, ret_parent->id, r->arena, ret_parent);
	if (e == ERR_NOT_FOUND)
		return (req_field_error(r, "parent", "is no role of this organisation"));
	return (e);
}

static enum err
write_inherit(struct tx *tx, struct change *c)
{
	const struct input *in = c->in;
	struct req *r = c->req;
	const char *circle, *detail;
	struct role parent;
	enum err e;

	if ((e = find_parent(tx, c, &parent)) != ERR_OK ||
	    (e = tenant_limit_role(r, tx_db(tx), &c->tenant, parent.id, "parent")) != ERR_OK)
		return (e);
	json_add_text(&c->details, "parent_id", parent.id);
	if ((e = org_role_inherit(tx, r->id, in->role.id, parent.id, r->arena, &circle)) !=
	    ERR_TAKEN)
		return (e);
	detail = arena_print(r->arena, "would close a circle: %s", circle);
	return (detail == NULL ? ERR_NOMEM : req_field_error(r, "parent", detail));
}

static enum err
write_disinherit(struct tx *tx, struct change *c)
{
	const struct input *in = c->in;
	struct role parent;
	enum err e;

	if ((e = find_parent(tx, c, &parent)) != ERR_OK)
		return (e);
	json_add_text(&c->details, "parent_id", parent.id);
	if ((e = org_role_disinherit(tx, c->req->id, in->role.id, parent.id)) == ERR_NOT_FOUND)
		req_fail(c->req, e, "the role does not inherit from this one itself");
	return (e);
}

static enum err
change_parent(struct req *r, const char *action, enum err (*how)(struct tx *tx, struct change *c))
{
	static const struct field fields[] = {
		{ "parent", FIELD_TEXT, offsetof(struct input, parent), 1, 64, 0 },
	};
	struct input in = { .name = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &in)) != ERR_OK ||
	    (e = change_role(r, "roles:update", action, &in, how)) != ERR_OK)
		return (e);
	return (role_reply(r, 200, r->item_id));
}

enum err
roles_inherit(struct req *r)
{

	return (change_parent(r, "org_role.inherited", write_inherit));
}

enum err
roles_disinherit(struct req *r)
{

	return (change_parent(r, "org_role.disinherited", write_disinherit));
}
