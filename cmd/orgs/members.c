/* Who belongs to an org, as others see it. */
#include "members.h"

#include <string.h>

#include "access/app.h"
#include "access/tenant.h"
#include "base/clock.h"
#include "http/reply.h"
#include "member.h"
#include "store/org_role.h"

#define PAGE_MAX 100
#define PAGE_TEXT_MAX \
	((size_t)128 * 1024) /* a page ends early when names of roles are this much \
	                      */

struct listing {
	struct req *req;
	struct db *db;
	struct json *json;
	struct cJSON *items;
	struct json *member; /* whose roles are being listed */
	struct cJSON *roles;
	size_t count;
	size_t text_len;
	bool more;
	const char *last;
	enum err err;
};

static void
add_role(void *arg, const struct assignment *as)
{
	struct listing *l = arg;
	struct json item = json_object(l->req->arena);

	json_add_text(&item, "id", as->role.id);
	json_add_text(&item, "role", as->role.name);
	json_add_time(&item, "assigned_at", as->assigned_at);
	if (as->expires_at != 0)
		json_add_time(&item, "expires_at", as->expires_at);
	else
		json_add_text(&item, "expires_at", NULL);
	json_append(l->member, l->roles, &item);
	l->text_len += 256; /* more or less what it takes in JSON */
}

static enum err
add_member(struct listing *l, struct json *j, const struct org_member *m)
{

	json_add_text(j, "user_id", m->user_id);
	json_add_text(j, "email", m->email);
	json_add_text(j, "username", m->username);
	json_add_text(j, "name", m->name);
	json_add_time(j, "joined_at", m->joined_at);
	l->member = j;
	l->roles = json_add_array(j, "roles");
	return (org_role_assignments(
	    l->db, l->req->id, m->user_id, clock_ms(), l->req->arena, add_role, l));
}

static void
list_one(void *arg, const struct org_member *m)
{
	struct listing *l = arg;
	struct json item;

	if (l->more || l->err != ERR_OK ||
	    (l->more = l->count == PAGE_MAX || l->text_len > PAGE_TEXT_MAX))
		return;
	l->count++;
	l->last = m->user_id;
	item = json_object(l->req->arena);
	if ((l->err = add_member(l, &item, m)) == ERR_OK)
		json_append(l->json, l->items, &item);
}

enum err
members_list(struct req *r)
{
	struct json j = json_object(r->arena);
	struct listing l = { .req = r, .json = &j, .items = json_add_array(&j, "items") };
	const char *after = req_query(r, "after");
	struct tenant t;
	enum err e;

	if ((e = store_read(r->app->store, &l.db)) != ERR_OK)
		return (e);
	if ((e = tenant_may(r, l.db, "members:read", &t)) == ERR_OK)
		e = org_member_list(
		    l.db, r->id, after == NULL ? "" : after, PAGE_MAX + 1, r->arena, list_one, &l);
	store_read_end(r->app->store, l.db);
	if (e != ERR_OK || (e = l.err) != ERR_OK)
		return (e);
	json_add_text(&j, "next", l.more ? l.last : NULL);
	return (reply_json(r, 200, &j));
}

/* One member, with what comes of the roles. */
static enum err
read_member(struct req *r, struct db *db, const char *user_id, struct json *j)
{
	struct names *roles = arena_alloc(r->arena, sizeof *roles);
	struct names *permissions = arena_alloc(r->arena, sizeof *permissions);
	struct listing l = { .req = r, .db = db };
	struct org_member m;
	enum err e;

	if (roles == NULL || permissions == NULL)
		return (ERR_NOMEM);
	if ((e = org_member_find(db, r->id, user_id, r->arena, &m)) != ERR_OK ||
	    (e = add_member(&l, j, &m)) != ERR_OK ||
	    (e = org_role_rights(db, r->id, m.user_id, clock_ms(), r->arena, roles, permissions)) !=
	        ERR_OK)
		return (e);
	json_add_texts(j, "effective_roles", roles->items, roles->count);
	json_add_texts(j, "effective_permissions", permissions->items, permissions->count);
	return (ERR_OK);
}

enum err
members_get(struct req *r)
{
	struct json j = json_object(r->arena);
	struct tenant t;
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if ((e = tenant_may(r, db, "members:read", &t)) == ERR_OK)
		e = read_member(r, db, r->item_id, &j);
	store_read_end(r->app->store, db);
	return (e == ERR_OK ? reply_json(r, 200, &j) : e);
}

enum err
member_reply(struct req *r, int status, const char *user_id)
{
	struct json j = json_object(r->arena);
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = read_member(r, db, user_id, &j);
	store_read_end(r->app->store, db);
	return (e == ERR_OK ? reply_json(r, status, &j) : e);
}
