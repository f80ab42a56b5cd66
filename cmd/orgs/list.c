/* Which orgs there are, for whoever may know. */
#include <string.h>

#include "access/app.h"
#include "access/subject.h"
#include "base/clock.h"
#include "http/reply.h"
#include "orgs.h"
#include "store/org.h"
#include "store/org_role.h"

#define PAGE_MAX 100

struct listing {
	struct req *req;
	struct db *db;
	struct json json;
	struct cJSON *items;
	struct names *roles; /* to say what the user holds in each; NULL: not wanted */
	size_t count;
	bool more;
	const char *last;
	enum err err;
};

static void
add_role(void *arg, const struct assignment *as)
{
	struct listing *l = arg;

	if (l->roles->count < ROLE_NAMES_MAX &&
	    (l->roles->items[l->roles->count] = arena_copy(l->req->arena, as->role.name)) != NULL)
		l->roles->count++;
}

/* What the org is to its member who asks. */
static enum err
add_membership(struct listing *l, struct json *item, const struct org *org)
{
	const struct subject *s = l->req->subject;
	enum err e;

	l->roles->count = 0;
	if ((e = org_role_assignments(
	         l->db, org->id, s->user_id, clock_ms(), l->req->arena, add_role, l)) != ERR_OK)
		return (e);
	json_add_texts(item, "roles", l->roles->items, l->roles->count);
	json_add_bool(item, "active", strcmp(s->org_id, org->id) == 0);
	return (ERR_OK);
}

static void
list_one(void *arg, const struct org *org)
{
	struct listing *l = arg;
	struct json item;

	if (l->err != ERR_OK || (l->more = l->count == PAGE_MAX))
		return;
	l->count++;
	l->last = org->id;
	item = json_object(l->req->arena);
	json_add_text(&item, "id", org->id);
	json_add_text(&item, "name", org->name);
	json_add_text(&item, "slug", org->slug);
	json_add_time(&item, "created_at", org->created_at);
	if (l->roles == NULL || (l->err = add_membership(l, &item, org)) == ERR_OK)
		json_append(&l->json, l->items, &item);
}

/* A page of all orgs, or of those of the user who asks. */
static enum err
reply_list(struct req *r, bool mine, bool with_roles)
{
	struct listing l = { .req = r, .json = json_object(r->arena) };
	const char *after = req_query(r, "after");
	enum err e;

	l.items = json_add_array(&l.json, "items");
	if (after == NULL)
		after = "";
	if (with_roles && (l.roles = arena_alloc(r->arena, sizeof *l.roles)) == NULL)
		return (ERR_NOMEM);
	if ((e = store_read(r->app->store, &l.db)) != ERR_OK)
		return (e);
	e = mine ? org_list_of(
	               l.db, r->subject->user_id, after, PAGE_MAX + 1, r->arena, list_one, &l)
	         : org_list(l.db, after, PAGE_MAX + 1, r->arena, list_one, &l);
	store_read_end(r->app->store, l.db);
	if (e != ERR_OK || (e = l.err) != ERR_OK)
		return (e);
	json_add_text(&l.json, "next", l.more ? l.last : NULL);
	return (reply_json(r, 200, &l.json));
}

enum err
orgs_list(struct req *r)
{
	const struct subject *s = r->subject;

	if (subject_may(s, "orgs:read"))
		return (reply_list(r, false, false));
	if (s->proof == PROOF_NONE)
		return (ERR_UNAUTHENTICATED);
	if (s->key_id[0] != '\0')
		return (req_fail(r, ERR_FORBIDDEN, "the permission orgs:read is needed"));
	return (reply_list(r, true, false));
}

enum err
orgs_list_mine(struct req *r)
{

	return (reply_list(r, true, true));
}
