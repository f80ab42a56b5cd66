/* Who is in a group. */
#include "members.h"

#include <string.h>

#include "access/app.h"
#include "change.h"
#include "http/input.h"
#include "http/reply.h"
#include "store/user.h"

#define PAGE_MAX 200 /* some 100 bytes each, and up to 400 where names are long */

/* No address: who may see groups need not know these. */
static void
add_member(struct json *j, const struct member *m)
{

	json_add_text(j, "id", m->user_id);
	json_add_text(j, "username", m->username);
	json_add_text(j, "name", m->name);
	json_add_time(j, "added_at", m->added_at);
}

struct listing {
	struct req *req;
	struct json json;
	struct cJSON *items;
	const char *last;
	size_t count;
	bool more;
};

static void
list_one(void *arg, const struct member *m)
{
	struct listing *l = arg;
	struct json item;

	if ((l->more = l->count == PAGE_MAX))
		return;
	l->count++;
	l->last = m->user_id;
	item = json_object(l->req->arena);
	add_member(&item, m);
	json_append(&l->json, l->items, &item);
}

enum err
members_list(struct req *r)
{
	struct listing l = { .req = r, .json = json_object(r->arena) };
	const char *after = req_query(r, "after");
	struct group g;
	struct db *db;
	enum err e;

	l.items = json_add_array(&l.json, "items");
	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if ((e = group_find(db, r->id, r->arena, &g)) == ERR_OK)
		e = group_members(
		    db, g.id, after == NULL ? "" : after, PAGE_MAX + 1, r->arena, list_one, &l);
	store_read_end(r->app->store, db);
	if (e != ERR_OK)
		return (e);
	json_add_text(&l.json, "next", l.more ? l.last : NULL);
	return (reply_json(r, 200, &l.json));
}

static enum err
note(struct tx *tx, struct change *c, const char *action)
{
	struct json details = json_object(c->req->arena);

	json_add_text(&details, "user_id", c->user);
	return (change_note(tx, c, action, &details));
}

static enum err
write_add(struct tx *tx, struct change *c)
{
	struct user u;
	bool added;
	enum err e;

	if ((e = user_find(tx_db(tx), USER_BY_ID, c->user, c->req->arena, &u)) == ERR_NOT_FOUND)
		return (req_field_error(c->req, "user", "there is no such user"));
	if (e != ERR_OK ||
	    (e = group_add_member(tx, c->group.id, c->user, c->now, &added)) != ERR_OK)
		return (e);
	return (added ? note(tx, c, "group.member_added") : ERR_OK);
}

static enum err
write_drop(struct tx *tx, struct change *c)
{
	enum err e;

	if (c->group.home_user_id != NULL && strcmp(c->group.home_user_id, c->user) == 0)
		return (req_field_error(c->req, "user", "is whose own group this is"));
	if ((e = group_drop_member(tx, c->group.id, c->user)) == ERR_NOT_FOUND)
		return (req_fail(c->req, e, "the user is not in this group"));
	return (e != ERR_OK ? e : note(tx, c, "group.member_removed"));
}

static enum err
change(struct req *r, struct change *c, enum err (*how)(struct tx *tx, struct change *c))
{
	static const struct field fields[] = {
		{ "user", FIELD_TEXT, offsetof(struct change, user), 1, 64, 0 },
	};
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), c)) != ERR_OK)
		return (e);
	if (!id_ok(c->user))
		return (req_field_error(r, "user", "must be the id of a user"));
	return (change_run(r, c, how));
}

enum err
members_add(struct req *r)
{
	struct change c = { .user = NULL };
	struct json j = json_object(r->arena);
	struct member m;
	struct db *db;
	enum err e;

	if ((e = change(r, &c, write_add)) != ERR_OK ||
	    (e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if ((e = group_find_member(db, r->id, c.user, r->arena, &m)) == ERR_OK)
		add_member(&j, &m);
	store_read_end(r->app->store, db);
	return (e == ERR_OK ? reply_json(r, 200, &j) : e);
}

enum err
members_drop(struct req *r)
{
	struct change c = { .user = NULL };
	enum err e;

	if ((e = change(r, &c, write_drop)) != ERR_OK)
		return (e);
	return (reply_none(r));
}
