/* Roles: what they hold, and from whom they inherit. */
#include "roles.h"

#include <string.h>

#include "access/app.h"
#include "access/audit.h"
#include "access/limit.h"
#include "access/right.h"
#include "access/subject.h"
#include "base/clock.h"
#include "base/id.h"
#include "http/input.h"
#include "http/reply.h"
#include "store/db_rule.h"

#define PAGE_MAX 100
#define PAGE_NAMES_MAX 2000 /* of permissions and parents: some 200 KiB of the arena */

/* What one of the transactions here needs. */
struct change {
	struct req *req;
	enum err (*how)(struct tx *tx, struct change *c);
	struct role role; /* that the path names, as it was */
	const char *name; /* of a role */
	const char *description;
	const char *permission;
	const char *condition;
	const char *parent;
	char new_id[ID_SIZE];
	int64_t now;
	const char *action; /* as the audit log calls it */
	struct json details;
};

struct conditions {
	struct arena *arena;
	struct json *json;
	struct cJSON *items;
};

static void
add_condition(void *arg, const struct permit *p)
{
	struct conditions *c = arg;
	struct json item;

	if (p->condition == NULL)
		return;
	item = json_object(c->arena);
	json_add_text(&item, "permission", p->permission);
	json_add_text(&item, "condition", p->condition);
	json_append(c->json, c->items, &item);
}

/* Add what the row of a role and those around it say; ${names} is for use in between, and how many
 * there were is added to ${weight}. */
static enum err
add_role(struct json *j, struct db *db, const struct role *role, struct arena *a,
    struct names *names, size_t *weight)
{
	enum err e;

	json_add_text(j, "id", role->id);
	json_add_text(j, "name", role->name);
	json_add_text(j, "description", role->description);
	json_add_bool(j, "built_in", role_is_built_in(role->id));
	if ((e = role_own_permissions(db, role->id, a, names)) != ERR_OK)
		return (e);
	json_add_texts(j, "permissions", names->items, names->count);
	*weight += names->count;
	if ((e = role_parents(db, role->id, a, names)) != ERR_OK)
		return (e);
	json_add_texts(j, "parents", names->items, names->count);
	*weight += names->count;
	json_add_time(j, "created_at", role->created_at);
	return (ERR_OK);
}

struct listing {
	struct req *req;
	struct db *db;
	struct json *json;
	struct cJSON *items;
	struct names *names;
	size_t count;
	size_t weight; /* names so far */
	const char *last;
	bool more;
	enum err err;
};

static void
list_one(void *arg, const struct role *role)
{
	struct listing *l = arg;
	struct json item;

	if (l->err != ERR_OK || l->more ||
	    (l->more = l->count == PAGE_MAX || l->weight > PAGE_NAMES_MAX))
		return;
	l->count++;
	l->last = role->name;
	item = json_object(l->req->arena);
	l->err = add_role(&item, l->db, role, l->req->arena, l->names, &l->weight);
	if (l->err == ERR_OK)
		json_append(l->json, l->items, &item);
}

enum err
roles_list(struct req *r)
{
	struct json j = json_object(r->arena);
	struct listing l = { .req = r, .json = &j, .items = json_add_array(&j, "items") };
	const char *after = req_query(r, "after");
	enum err e;

	if ((l.names = arena_alloc(r->arena, sizeof *l.names)) == NULL)
		return (ERR_NOMEM);
	if ((e = store_read(r->app->store, &l.db)) != ERR_OK)
		return (e);
	e = role_list(l.db, after == NULL ? "" : after, PAGE_MAX + 1, r->arena, list_one, &l);
	store_read_end(r->app->store, l.db);
	if (e != ERR_OK || (e = l.err) != ERR_OK)
		return (e);
	json_add_text(&j, "next", l.more ? l.last : NULL);
	return (reply_json(r, 200, &j));
}

/* Add what only the answer about one role has. */
static enum err
add_details(struct json *j, struct db *db, const char *id, struct arena *a, struct names *names)
{
	struct conditions c = { .arena = a, .json = j };
	enum err e;

	c.items = json_add_array(j, "conditional_permissions");
	if ((e = role_permits(db, id, a, add_condition, &c)) != ERR_OK ||
	    (e = role_all_permissions(db, id, a, names)) != ERR_OK)
		return (e);
	json_add_texts(j, "effective_permissions", names->items, names->count);
	return (ERR_OK);
}

/* Answer with the role ${id}. */
static enum err
reply_role(struct req *r, int status, const char *id)
{
	struct names *names = arena_alloc(r->arena, sizeof *names);
	struct json j = json_object(r->arena);
	struct role role;
	size_t weight = 0;
	struct db *db;
	enum err e;

	if (names == NULL)
		return (ERR_NOMEM);
	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if ((e = role_find(db, id, r->arena, &role)) == ERR_OK &&
	    (e = add_role(&j, db, &role, r->arena, names, &weight)) == ERR_OK)
		e = add_details(&j, db, role.id, r->arena, names);
	store_read_end(r->app->store, db);
	return (e == ERR_OK ? reply_json(r, status, &j) : e);
}

enum err
roles_get(struct req *r)
{

	return (reply_role(r, 200, r->id));
}

/* Whose session has ended meanwhile, or who holds less than the role does, changes nothing of it.
 */
static enum err
run_change(struct tx *tx, void *arg)
{
	struct change *c = arg;
	enum err e;

	if ((e = subject_recheck(tx, c->req)) != ERR_OK)
		return (e);
	if (c->req->id != NULL &&
	    ((e = role_find(tx_db(tx), c->req->id, c->req->arena, &c->role)) != ERR_OK ||
	        (e = limit_role(c->req, tx_db(tx), c->req->id, NULL)) != ERR_OK))
		return (e);
	if ((e = c->how(tx, c)) != ERR_OK)
		return (e);
	return (audit_note(tx, c->req,
	    &(struct event){ .action = c->action,
	        .object_type = "role",
	        .object_id = c->req->id != NULL ? c->req->id : c->new_id,
	        .details = &c->details }));
}

static enum err
change(struct req *r, struct change *c, const char *action,
    enum err (*how)(struct tx *tx, struct change *c))
{

	c->req = r;
	c->how = how;
	c->action = action;
	c->details = json_object(r->arena);
	c->now = clock_ms();
	id_new(c->new_id);
	return (store_write(r->app->store, run_change, c));
}

static enum err
check_name(struct req *r, const struct change *c)
{

	if (c->name == NULL || right_role_ok(c->name))
		return (ERR_OK);
	return (req_field_error(
	    r, "name", "must have 2 to 64 small letters, digits, '.', '_' or '-', a letter first"));
}

static enum err
write_new(struct tx *tx, struct change *c)
{
	const struct role role = {
		.id = c->new_id,
		.name = c->name,
		.description = c->description == NULL ? "" : c->description,
		.created_at = c->now,
	};
	enum err e;

	json_add_text(&c->details, "name", c->name);
	if ((e = role_add(tx, &role)) == ERR_LIMIT)
		return (req_field_error(c->req, "name", "there are 512 roles already"));
	return (e);
}

enum err
roles_add(struct req *r)
{
	static const struct field fields[] = {
		{ "name", FIELD_TEXT, offsetof(struct change, name), 1, 64, 0 },
		{ "description", FIELD_TEXT, offsetof(struct change, description), 0, 500,
		    FIELD_OPTIONAL },
	};
	struct change c = { .name = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &c)) != ERR_OK ||
	    (e = check_name(r, &c)) != ERR_OK)
		return (e);
	if ((e = change(r, &c, "role.created", write_new)) == ERR_TAKEN)
		req_field_error(r, "name", "is another role's");
	return (e != ERR_OK ? e : reply_role(r, 201, c.new_id));
}

static enum err
write_set(struct tx *tx, struct change *c)
{

	if (c->name != NULL && role_is_built_in(c->role.id) && strcmp(c->name, c->role.name) != 0)
		return (req_field_error(c->req, "name", "of a built-in role stays as it is"));
	if (c->name != NULL)
		c->role.name = c->name;
	if (c->description != NULL)
		c->role.description = c->description;
	json_add_text(&c->details, "name", c->role.name);
	return (role_set(tx, &c->role));
}

enum err
roles_set(struct req *r)
{
	static const struct field fields[] = {
		{ "name", FIELD_TEXT, offsetof(struct change, name), 1, 64, FIELD_OPTIONAL },
		{ "description", FIELD_TEXT, offsetof(struct change, description), 0, 500,
		    FIELD_OPTIONAL },
	};
	struct change c = { .name = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &c)) != ERR_OK ||
	    (e = check_name(r, &c)) != ERR_OK)
		return (e);
	if ((e = change(r, &c, "role.updated", write_set)) == ERR_TAKEN)
		req_field_error(r, "name", "is another role's");
	return (e != ERR_OK ? e : reply_role(r, 200, r->id));
}

static enum err
write_drop(struct tx *tx, struct change *c)
{

	if (role_is_built_in(c->role.id))
		return (req_fail(c->req, ERR_FORBIDDEN, "a built-in role stays"));
	json_add_text(&c->details, "name", c->role.name);
	return (role_drop(tx, c->role.id));
}

enum err
roles_drop(struct req *r)
{
	struct change c = { .name = NULL };
	enum err e;

	if ((e = change(r, &c, "role.deleted", write_drop)) != ERR_OK)
		return (e);
	return (reply_none(r));
}

/* What makes an admin one is neither taken from the role nor put under a condition. */
static enum err
check_admin(struct change *c)
{

	if (strcmp(c->role.name, "admin") == 0 && strcmp(c->permission, "*:*") == 0)
		return (req_field_error(c->req, "permission", "is what makes an admin one"));
	return (ERR_OK);
}

static enum err
write_allow(struct tx *tx, struct change *c)
{
	enum err e;

	if ((e = limit_permission(c->req, "permission", c->permission)) != ERR_OK ||
	    (c->condition != NULL && (e = check_admin(c)) != ERR_OK))
		return (e);
	json_add_text(&c->details, "permission", c->permission);
	json_add_bool(&c->details, "conditional", c->condition != NULL);
	e = role_allow(tx, c->role.id, c->permission, c->condition, c->new_id, c->now);
	if (e == ERR_LIMIT)
		return (req_field_error(c->req, "permission",
		    "there are 512 already, or 32 on conditions in this role"));
	return (e);
}

static enum err
write_forbid(struct tx *tx, struct change *c)
{
	enum err e;

	if ((e = check_admin(c)) != ERR_OK)
		return (e);
	json_add_text(&c->details, "permission", c->permission);
	if ((e = role_forbid(tx, c->role.id, c->permission)) == ERR_NOT_FOUND)
		req_fail(c->req, e, "the role does not hold this permission itself");
	return (e);
}

static enum err
check_permission(struct req *r, struct change *c)
{
	const char *detail;
	enum err e;

	if (!right_ok(c->permission))
		return (req_field_error(r, "permission",
		    "must be resource:action, each of small letters, digits, '.', '_' and '-', or "
		    "'*'"));
	if (c->condition != NULL && c->condition[0] == '\0')
		c->condition = NULL;
	if (c->condition == NULL)
		return (ERR_OK);
	if ((e = db_rule_check(c->condition, false, r->arena, &detail)) == ERR_FIELDS)
		return (req_field_error(r, "condition", detail));
	return (e);
}

enum err
roles_allow(struct req *r)
{
	static const struct field fields[] = {
		{ "permission", FIELD_TEXT, offsetof(struct change, permission), 1, RIGHT_MAX, 0 },
		{ "condition", FIELD_TEXT, offsetof(struct change, condition), 0, RULE_MAX,
		    FIELD_OPTIONAL | FIELD_NULLABLE },
	};
	struct change c = { .name = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &c)) != ERR_OK ||
	    (e = check_permission(r, &c)) != ERR_OK)
		return (e);
	if ((e = change(r, &c, "role.allowed", write_allow)) != ERR_OK)
		return (e);
	return (reply_role(r, 200, r->id));
}

enum err
roles_forbid(struct req *r)
{
	static const struct field fields[] = {
		{ "permission", FIELD_TEXT, offsetof(struct change, permission), 1, RIGHT_MAX, 0 },
	};
	struct change c = { .name = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &c)) != ERR_OK ||
	    (e = check_permission(r, &c)) != ERR_OK)
		return (e);
	if ((e = change(r, &c, "role.forbidden", write_forbid)) != ERR_OK)
		return (e);
	return (reply_role(r, 200, r->id));
}

static enum err
find_parent(struct tx *tx, struct change *c, struct role *ret_parent)
{
	enum err e;

	if ((e = role_find_name(tx_db(tx), c->parent, c->req->arena, ret_parent)) == ERR_NOT_FOUND)
		return (req_field_error(c->req, "parent", "is no role"));
	return (e);
}

static enum err
write_inherit(struct tx *tx, struct change *c)
{
	const char *circle, *detail;
	struct role parent;
	enum err e;

	if ((e = find_parent(tx, c, &parent)) != ERR_OK ||
	    (e = limit_role(c->req, tx_db(tx), parent.id, "parent")) != ERR_OK)
		return (e);
	json_add_text(&c->details, "parent_id", parent.id);
	if ((e = role_inherit(tx, c->role.id, parent.id, c->req->arena, &circle)) != ERR_TAKEN)
		return (e);
	detail = arena_print(c->req->arena, "would close a circle: %s", circle);
	return (detail == NULL ? ERR_NOMEM : req_field_error(c->req, "parent", detail));
}

static enum err
write_disinherit(struct tx *tx, struct change *c)
{
	struct role parent;
	enum err e;

	if ((e = find_parent(tx, c, &parent)) != ERR_OK)
		return (e);
	json_add_text(&c->details, "parent_id", parent.id);
	if ((e = role_disinherit(tx, c->role.id, parent.id)) == ERR_NOT_FOUND)
		req_fail(c->req, e, "the role does not inherit from this one itself");
	return (e);
}

static enum err
change_parent(struct req *r, const char *action, enum err (*how)(struct tx *tx, struct change *c))
{
	static const struct field fields[] = {
		{ "parent", FIELD_TEXT, offsetof(struct change, parent), 1, 64, 0 },
	};
	struct change c = { .name = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &c)) != ERR_OK ||
	    (e = change(r, &c, action, how)) != ERR_OK)
		return (e);
	return (reply_role(r, 200, r->id));
}

enum err
roles_inherit(struct req *r)
{

	return (change_parent(r, "role.inherited", write_inherit));
}

enum err
roles_disinherit(struct req *r)
{

	return (change_parent(r, "role.disinherited", write_disinherit));
}
