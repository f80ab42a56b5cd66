/* The roles of an org, as others see them. */
#include "role.h"

#include <string.h>

#include "access/app.h"
#include "access/tenant.h"
#include "http/reply.h"
#include "roles.h"
#include "store/org_role.h"

#define PAGE_MAX 100
#define PAGE_TEXT_MAX ((size_t)128 * 1024) /* a page ends early when permissions are this long */

enum err
role_get(struct db *db, const char *org_id, const char *id, struct arena *a, struct role *ret_role)
{

	if (role_is_of_orgs(id))
		return (role_find(db, id, a, ret_role));
	return (org_role_find(db, org_id, id, a, ret_role));
}

struct listing {
	struct req *req;
	struct db *db;
	struct json json;
	struct cJSON *items;
	struct names *names;
	size_t count;
	size_t text_len;
	bool more;
	const char *last;
	enum err err;
};

/* Add what the row of a role and those around it say. */
static enum err
add_role(struct listing *l, struct json *j, const struct role *role)
{
	enum err e;
	size_t i;

	json_add_text(j, "id", role->id);
	json_add_text(j, "name", role->name);
	json_add_text(j, "description", role->description);
	json_add_bool(j, "built_in", role_is_of_orgs(role->id));
	if ((e = role_own_permissions(l->db, role->id, l->req->arena, l->names)) != ERR_OK)
		return (e);
	for (i = 0; i < l->names->count; i++)
		l->text_len += strlen(l->names->items[i]) + 64;
	json_add_texts(j, "permissions", l->names->items, l->names->count);
	if ((e = role_parents(l->db, role->id, l->req->arena, l->names)) != ERR_OK)
		return (e);
	json_add_texts(j, "parents", l->names->items, l->names->count);
	json_add_time(j, "created_at", role->created_at);
	return (ERR_OK);
}

static void
list_one(void *arg, const struct role *role)
{
	struct listing *l = arg;
	struct json item;

	if (l->more || l->err != ERR_OK ||
	    (l->more = l->count == PAGE_MAX || l->text_len > PAGE_TEXT_MAX))
		return;
	l->count++;
	l->last = role->id;
	item = json_object(l->req->arena);
	if ((l->err = add_role(l, &item, role)) == ERR_OK)
		json_append(&l->json, l->items, &item);
}

/* Those that every org has come first, on the first page. */
static enum err
list_built_in(struct listing *l)
{
	static const char *const ids[] = { ROLE_ORG_OWNER, ROLE_ORG_ADMIN, ROLE_ORG_MEMBER };
	struct role role;
	enum err e;
	size_t i;

	for (i = 0; i < COUNT(ids); i++) {
		if ((e = role_find(l->db, ids[i], l->req->arena, &role)) != ERR_OK)
			return (e);
		list_one(l, &role);
	}
	l->count = 0;
	return (ERR_OK);
}

static enum err
begin(struct req *r, struct listing *l)
{

	*l = (struct listing){ .req = r, .json = json_object(r->arena) };
	if ((l->names = arena_alloc(r->arena, sizeof *l->names)) == NULL)
		return (ERR_NOMEM);
	return (store_read(r->app->store, &l->db));
}

enum err
roles_list(struct req *r)
{
	const char *after = req_query(r, "after");
	struct listing l;
	struct tenant t;
	enum err e;

	if ((e = begin(r, &l)) != ERR_OK)
		return (e);
	l.items = json_add_array(&l.json, "items");
	if ((e = tenant_may(r, l.db, "roles:read", &t)) == ERR_OK && after == NULL)
		e = list_built_in(&l);
	if (e == ERR_OK)
		e = org_role_list(
		    l.db, r->id, after == NULL ? "" : after, PAGE_MAX + 1, r->arena, list_one, &l);
	store_read_end(r->app->store, l.db);
	if (e != ERR_OK || (e = l.err) != ERR_OK)
		return (e);
	json_add_text(&l.json, "next", l.more ? l.last : NULL);
	return (reply_json(r, 200, &l.json));
}

static void
add_condition(void *arg, const struct permit *p)
{
	struct listing *l = arg;
	struct json item;

	if (p->condition == NULL)
		return;
	item = json_object(l->req->arena);
	json_add_text(&item, "permission", p->permission);
	json_add_text(&item, "condition", p->condition);
	json_append(&l->json, l->items, &item);
}

static enum err
read_role(struct listing *l, const char *id)
{
	struct req *r = l->req;
	struct role role;
	enum err e;

	if ((e = role_get(l->db, r->id, id, r->arena, &role)) != ERR_OK ||
	    (e = add_role(l, &l->json, &role)) != ERR_OK)
		return (e);
	l->items = json_add_array(&l->json, "conditional_permissions");
	if ((e = role_permits(l->db, role.id, r->arena, add_condition, l)) != ERR_OK ||
	    (e = role_all_permissions(l->db, role.id, r->arena, l->names)) != ERR_OK)
		return (e);
	json_add_texts(&l->json, "effective_permissions", l->names->items, l->names->count);
	return (ERR_OK);
}

enum err
roles_get(struct req *r)
{
	struct listing l;
	struct tenant t;
	enum err e;

	if ((e = begin(r, &l)) != ERR_OK)
		return (e);
	if ((e = tenant_may(r, l.db, "roles:read", &t)) == ERR_OK)
		e = read_role(&l, r->item_id);
	store_read_end(r->app->store, l.db);
	return (e == ERR_OK ? reply_json(r, 200, &l.json) : e);
}

enum err
role_reply(struct req *r, int status, const char *id)
{
	struct listing l;
	enum err e;

	if ((e = begin(r, &l)) != ERR_OK)
		return (e);
	e = read_role(&l, id);
	store_read_end(r->app->store, l.db);
	return (e == ERR_OK ? reply_json(r, status, &l.json) : e);
}
