/* Groups: which there are. */
#include "groups.h"

#include <string.h>

#include <sodium.h>

#include "access/app.h"
#include "change.h"
#include "http/input.h"
#include "http/reply.h"
#include "store/user.h"

#define PAGE_MAX 100
#define NAME_MAX_LEN 200
#define CURSOR_SIZE (NAME_MAX_LEN + 1)
#define CURSOR_VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

struct collecting {
	struct arena *arena;
	char *names[GROUP_ROLES_MAX];
	size_t count;
	bool failed;
};

static void
collect_one(void *arg, const struct assignment *as)
{
	struct collecting *c = arg;

	if (c->failed || c->count == COUNT(c->names))
		return;
	c->names[c->count] = arena_copy(c->arena, as->role.name);
	c->failed = c->names[c->count++] == NULL;
}

/* Add what the row of a group says. */
static void
add_row(struct json *j, const struct group *g)
{

	json_add_text(j, "id", g->id);
	json_add_text(j, "name", g->name);
	json_add_text(j, "description", g->description);
	json_add_text(j, "home_user_id", g->home_user_id);
	json_add_time(j, "created_at", g->created_at);
}

/* Add the names of the roles that it gives; of 100 groups, 64 each would be more than the memory of
 * a request holds. */
static enum err
add_roles(struct json *j, struct db *db, const struct group *g, struct arena *a)
{
	struct collecting c = { .arena = a };
	enum err e;

	if ((e = group_roles(db, g->id, a, collect_one, &c)) != ERR_OK)
		return (e);
	json_add_texts(j, "roles", c.names, c.count);
	return (c.failed ? ERR_NOMEM : ERR_OK);
}

struct listing {
	struct req *req;
	struct db *db;
	struct json json;
	struct cJSON *items;
	struct group last;
	size_t count;
	bool more;
};

static void
list_one(void *arg, const struct group *g)
{
	struct listing *l = arg;
	struct json item;

	if ((l->more = l->count == PAGE_MAX))
		return;
	l->count++;
	l->last = *g;
	item = json_object(l->req->arena);
	add_row(&item, g);
	json_append(&l->json, l->items, &item);
}

/* What ${read} lists after ${after} into ${l}. */
static enum err
read_list(
    struct listing *l, const char *after, enum err (*read)(struct listing *l, const char *after))
{
	struct req *r = l->req;
	enum err e;

	l->json = json_object(r->arena);
	l->items = json_add_array(&l->json, "items");
	if ((e = store_read(r->app->store, &l->db)) != ERR_OK)
		return (e);
	e = read(l, after);
	store_read_end(r->app->store, l->db);
	return (e);
}

/* A name goes into the next query as it is, whatever is in it. */
static const char *
print_cursor(struct arena *a, const char *name)
{
	const size_t size = sodium_base64_encoded_len(strlen(name), CURSOR_VARIANT);
	char *text = arena_alloc(a, size);

	if (text == NULL)
		return (NULL);
	return (sodium_bin2base64(
	    text, size, (const unsigned char *)name, strlen(name), CURSOR_VARIANT));
}

static enum err
parse_cursor(struct req *r, char ret_name[static CURSOR_SIZE])
{
	const char *text = req_query(r, "after");
	unsigned char *to = (unsigned char *)ret_name;
	size_t len = 0;

	if (text != NULL && sodium_base642bin(to, CURSOR_SIZE - 1, text, strlen(text), NULL, &len,
	                        NULL, CURSOR_VARIANT) != 0)
		return (req_field_error(r, "after", "must be what the last page gave as next"));
	ret_name[len] = '\0';
	return (ERR_OK);
}

static enum err
read_all(struct listing *l, const char *after)
{

	return (group_list(l->db, after, PAGE_MAX + 1, l->req->arena, list_one, l));
}

enum err
groups_list(struct req *r)
{
	struct listing l = { .req = r };
	char after[CURSOR_SIZE];
	enum err e;

	if ((e = parse_cursor(r, after)) != ERR_OK ||
	    (e = read_list(&l, after, read_all)) != ERR_OK)
		return (e);
	json_add_text(&l.json, "next", l.more ? print_cursor(r->arena, l.last.name) : NULL);
	return (reply_json(r, 200, &l.json));
}

static enum err
read_of_user(struct listing *l, const char *after)
{
	struct req *r = l->req;
	struct user u;
	enum err e;

	if ((e = user_find(l->db, USER_BY_ID, r->id, r->arena, &u)) != ERR_OK)
		return (e);
	return (group_list_of(l->db, u.id, after, PAGE_MAX + 1, r->arena, list_one, l));
}

enum err
groups_list_of(struct req *r)
{
	const char *after = req_query(r, "after");
	struct listing l = { .req = r };
	enum err e;

	if ((e = read_list(&l, after == NULL ? "" : after, read_of_user)) != ERR_OK)
		return (e);
	json_add_text(&l.json, "next", l.more ? l.last.id : NULL);
	return (reply_json(r, 200, &l.json));
}

static enum err
reply_group(struct req *r, int status, const char *id)
{
	struct json j = json_object(r->arena);
	struct group g;
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if ((e = group_find(db, id, r->arena, &g)) == ERR_OK) {
		add_row(&j, &g);
		e = add_roles(&j, db, &g, r->arena);
	}
	store_read_end(r->app->store, db);
	return (e == ERR_OK ? reply_json(r, status, &j) : e);
}

enum err
groups_get(struct req *r)
{

	return (reply_group(r, 200, r->id));
}

/* A name that looks like another on the screen is not another. */
static enum err
check_name(struct req *r, const char *name)
{

	if (name == NULL || (name[0] != ' ' && name[strlen(name) - 1] != ' '))
		return (ERR_OK);
	return (req_field_error(r, "name", "must not begin or end with a space"));
}

/* People's own groups are called as their owners are, and the log outlives these. */
static enum err
note(struct tx *tx, struct change *c, const char *action, const struct group *g)
{
	struct json details = json_object(c->req->arena);

	if (g->home_user_id == NULL)
		json_add_text(&details, "name", g->name);
	return (change_note(tx, c, action, &details));
}

static enum err
write_new(struct tx *tx, struct change *c)
{
	const struct group g = {
		.id = c->new_id,
		.name = c->name,
		.description = c->description == NULL ? "" : c->description,
		.created_at = c->now,
	};
	enum err e;

	if ((e = group_add(tx, &g)) != ERR_OK)
		return (e);
	return (note(tx, c, "group.created", &g));
}

enum err
groups_add(struct req *r)
{
	static const struct field fields[] = {
		{ "name", FIELD_TEXT, offsetof(struct change, name), 1, NAME_MAX_LEN, 0 },
		{ "description", FIELD_TEXT, offsetof(struct change, description), 0, 500,
		    FIELD_OPTIONAL },
	};
	struct change c = { .name = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &c)) != ERR_OK ||
	    (e = check_name(r, c.name)) != ERR_OK)
		return (e);
	if ((e = change_run(r, &c, write_new)) == ERR_TAKEN)
		req_field_error(r, "name", "is another group's");
	return (e != ERR_OK ? e : reply_group(r, 201, c.new_id));
}

static enum err
write_set(struct tx *tx, struct change *c)
{
	enum err e;

	if (c->name != NULL)
		c->group.name = c->name;
	if (c->description != NULL)
		c->group.description = c->description;
	if ((e = group_set(tx, &c->group)) != ERR_OK)
		return (e);
	return (note(tx, c, "group.updated", &c->group));
}

enum err
groups_set(struct req *r)
{
	static const struct field fields[] = {
		{ "name", FIELD_TEXT, offsetof(struct change, name), 1, NAME_MAX_LEN,
		    FIELD_OPTIONAL },
		{ "description", FIELD_TEXT, offsetof(struct change, description), 0, 500,
		    FIELD_OPTIONAL },
	};
	struct change c = { .name = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &c)) != ERR_OK ||
	    (e = check_name(r, c.name)) != ERR_OK)
		return (e);
	if ((e = change_run(r, &c, write_set)) == ERR_TAKEN)
		req_field_error(r, "name", "is another group's");
	return (e != ERR_OK ? e : reply_group(r, 200, r->id));
}

static enum err
write_drop(struct tx *tx, struct change *c)
{
	enum err e;

	if (c->group.home_user_id != NULL)
		return (req_fail(
		    c->req, ERR_FORBIDDEN, "a user's own group stays as long as the user"));
	if ((e = group_drop(tx, c->group.id)) != ERR_OK)
		return (e);
	return (note(tx, c, "group.deleted", &c->group));
}

enum err
groups_drop(struct req *r)
{
	struct change c = { .name = NULL };
	enum err e;

	if ((e = change_run(r, &c, write_drop)) != ERR_OK)
		return (e);
	return (reply_none(r));
}
