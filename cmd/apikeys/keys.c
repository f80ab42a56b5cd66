/* Keys that are there: seen, changed, revoked. */
#include "keys.h"

#include <string.h>

#include "access/app.h"
#include "access/audit.h"
#include "access/key.h"
#include "access/right.h"
#include "access/subject.h"
#include "allow.h"
#include "base/clock.h"
#include "base/id.h"
#include "http/reply.h"

/* A page is as long as fits into the memory of a request: few long keys, or many short ones; and no
 * more are looked at for it than take a moment. */
#define PAGE_MAX 100
#define PAGE_TEXT_MAX 40000 /* bytes of names, scopes and networks */
#define LOOKED_AT_MAX 300

enum err
keys_reply(struct req *r, int status, const struct api_key *k, const char *text)
{
	struct names *names = arena_alloc(r->arena, sizeof *names);
	struct json j = json_object(r->arena);
	enum err e;

	if (names == NULL)
		return (ERR_NOMEM);
	if ((e = key_print(k, clock_ms(), names, &j)) != ERR_OK)
		return (e);
	if (text != NULL)
		json_add_text(&j, "key", text);
	return (reply_json(r, status, &j));
}

struct listing {
	struct req *req;
	struct json *json;
	struct cJSON *items;
	struct names *names;
	bool archived;
	int64_t now;
	size_t count, looked_at, text;
	const char *last;
	bool more;
	enum err err;
};

static bool
list_one(void *arg, const struct api_key *k)
{
	struct listing *l = arg;
	struct json item;

	if ((l->more = l->count == PAGE_MAX || l->text > PAGE_TEXT_MAX ||
	               l->looked_at == LOOKED_AT_MAX))
		return (false);
	l->looked_at++;
	l->text += strlen(k->name) + strlen(k->scopes) + strlen(k->networks);
	l->last = k->id;
	if (api_key_alive(k, l->now) == l->archived)
		return (true);
	l->count++;
	item = json_object(l->req->arena);
	if ((l->err = key_print(k, l->now, l->names, &item)) == ERR_OK)
		json_append(l->json, l->items, &item);
	return (l->err == ERR_OK);
}

/* Whose keys are asked for: one's own need no permission. */
static enum err
read_owner(struct req *r, enum api_key_owner *ret_owner, const char **ret_user_id)
{
	const struct subject *s = r->subject;
	const char *owner = req_query(r, "owner");
	const bool is_own = s->key_id[0] == '\0' && s->actor_id[0] == '\0';

	if (owner == NULL || strcmp(owner, "me") == 0)
		owner = s->user_id;
	if (owner[0] == '\0')
		return (req_field_error(r, "owner", "must be said, for the key is no user's"));
	*ret_user_id = owner;
	*ret_owner = strcmp(owner, "service") == 0 ? API_KEY_OF_SERVICE
	             : strcmp(owner, "all") == 0   ? API_KEY_OF_ANYBODY
	                                           : API_KEY_OF_USER;
	if (*ret_owner == API_KEY_OF_USER && !id_ok(owner))
		return (
		    req_field_error(r, "owner", "must be me, service, all, or the id of a user"));
	if (subject_may(s, "apikeys:read") || (is_own && strcmp(owner, s->user_id) == 0))
		return (ERR_OK);
	return (req_fail(r, ERR_FORBIDDEN, "the permission apikeys:read is needed"));
}

static enum err
read_page(struct req *r, bool *ret_archived, const char **ret_after)
{
	const char *archived = req_query(r, "archived");

	*ret_after = req_query(r, "after");
	*ret_archived = archived != NULL && strcmp(archived, "true") == 0;
	if (archived != NULL && !*ret_archived && strcmp(archived, "false") != 0)
		return (req_field_error(r, "archived", "must be true or false"));
	if (*ret_after != NULL && !id_ok(*ret_after))
		return (req_field_error(r, "after", "must be what next said"));
	return (ERR_OK);
}

enum err
keys_list(struct req *r)
{
	struct json j = json_object(r->arena);
	struct listing l = { .req = r,
		.json = &j,
		.items = json_add_array(&j, "items"),
		.names = arena_alloc(r->arena, sizeof *l.names),
		.now = clock_ms() };
	enum api_key_owner owner = API_KEY_OF_USER;
	const char *user_id = NULL, *after = NULL;
	struct db *db;
	enum err e;

	if (l.names == NULL)
		return (ERR_NOMEM);
	if ((e = read_owner(r, &owner, &user_id)) != ERR_OK ||
	    (e = read_page(r, &l.archived, &after)) != ERR_OK)
		return (e);
	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = api_key_list(db, owner, user_id, after, LOOKED_AT_MAX + 1, r->arena, list_one, &l);
	store_read_end(r->app->store, db);
	if (e != ERR_OK || (e = l.err) != ERR_OK)
		return (e);
	json_add_text(&j, "next", l.more ? l.last : NULL);
	return (reply_json(r, 200, &j));
}

enum err
keys_get(struct req *r)
{
	struct api_key k;
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = allow_see(r, db, &k);
	store_read_end(r->app->store, db);
	return (e == ERR_OK ? keys_reply(r, 200, &k, NULL) : e);
}

enum err
keys_read_lists(struct req *r, const struct text_list *scopes, const struct text_list *networks,
    const char **ret_scopes, const char **ret_networks)
{
	enum err e = ERR_OK, other = ERR_OK;
	const char *wrong;

	*ret_scopes = *ret_networks = NULL;
	if (scopes->items != NULL &&
	    (e = key_scopes(scopes, r->arena, ret_scopes, &wrong)) == ERR_FIELDS)
		req_field_error(r, "scopes", wrong);
	if (networks->items != NULL &&
	    (other = key_networks(networks, r->arena, ret_networks, &wrong)) == ERR_FIELDS)
		req_field_error(r, "networks", wrong);
	return (e != ERR_OK ? e : other);
}

/* What one of the transactions here needs. */
struct change {
	struct req *req;
	struct api_key key;
	const char *name;
	struct text_list scopes, networks;
	const char *new_scopes, *new_networks;
	int64_t now;
};

static enum err
check_alive(struct change *c)
{

	if (api_key_alive(&c->key, c->now))
		return (ERR_OK);
	return (
	    req_fail(c->req, ERR_NOT_FOUND, "the key is %s already", key_state(&c->key, c->now)));
}

/* Scopes only get narrower: whoever has the key would else have more than it was made for. */
static enum err
check_narrower(struct change *c)
{
	struct req *r = c->req;
	struct names *old = arena_alloc(r->arena, sizeof *old);
	const char *detail;
	enum err e;
	size_t i;

	if (old == NULL)
		return (ERR_NOMEM);
	if ((e = standing_scopes(c->key.scopes, r->arena, old)) != ERR_OK)
		return (e);
	for (i = 0; i < c->scopes.count; i++) {
		if (right_covering(old, c->scopes.items[i]) != NULL)
			continue;
		detail = arena_print(r->arena,
		    "can only get narrower: the key has not %s; make another key",
		    c->scopes.items[i]);
		return (detail == NULL ? ERR_NOMEM : req_field_error(r, "scopes", detail));
	}
	return (ERR_OK);
}

static enum err
note_change(struct tx *tx, struct change *c)
{
	struct json details = key_details(&c->key, c->req->arena);
	const struct event ev = { .action = "apikey.changed",
		.object_type = "apikey",
		.object_id = c->key.id,
		.org_id = c->key.org_id,
		.details = &details };
	char name[] = "name", scopes[] = "scopes", networks[] = "networks", *changes[3];
	size_t count = 0;

	if (c->name != NULL)
		changes[count++] = name;
	if (c->new_scopes != NULL)
		changes[count++] = scopes;
	if (c->new_networks != NULL)
		changes[count++] = networks;
	json_add_texts(&details, "fields", changes, count);
	return (audit_note(tx, c->req, &ev));
}

static enum err
write_change(struct tx *tx, void *arg)
{
	struct change *c = arg;
	enum err e;

	if ((e = subject_recheck(tx, c->req)) != ERR_OK ||
	    (e = allow_change(c->req, tx_db(tx), "apikeys:update", &c->key)) != ERR_OK ||
	    (e = check_alive(c)) != ERR_OK || (e = check_narrower(c)) != ERR_OK)
		return (e);
	if (c->name != NULL)
		c->key.name = c->name;
	if (c->new_scopes != NULL)
		c->key.scopes = c->new_scopes;
	if (c->new_networks != NULL)
		c->key.networks = c->new_networks;
	if ((e = api_key_set(tx, &c->key)) != ERR_OK)
		return (e);
	return (note_change(tx, c));
}

enum err
keys_set(struct req *r)
{
	static const struct field fields[] = {
		{ "name", FIELD_TEXT, offsetof(struct change, name), 1, KEY_NAME_MAX,
		    FIELD_OPTIONAL },
		{ "scopes", FIELD_TEXTS, offsetof(struct change, scopes), 1, RIGHT_MAX,
		    FIELD_OPTIONAL },
		{ "networks", FIELD_TEXTS, offsetof(struct change, networks), 1, 64,
		    FIELD_OPTIONAL },
	};
	struct change c = { .req = r, .now = clock_ms() };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &c)) != ERR_OK ||
	    (e = keys_read_lists(r, &c.scopes, &c.networks, &c.new_scopes, &c.new_networks)) !=
	        ERR_OK ||
	    (e = store_write(r->app->store, write_change, &c)) != ERR_OK)
		return (e);
	return (keys_reply(r, 200, &c.key, NULL));
}

static enum err
write_drop(struct tx *tx, void *arg)
{
	struct change *c = arg;
	struct event ev = { .action = "apikey.revoked", .object_type = "apikey" };
	struct json details;
	enum err e;

	if ((e = subject_recheck(tx, c->req)) != ERR_OK ||
	    (e = allow_end(c->req, tx_db(tx), &c->key)) != ERR_OK || (e = check_alive(c)) != ERR_OK)
		return (e);
	c->key.revoked_at = c->now;
	if ((e = api_key_set(tx, &c->key)) != ERR_OK)
		return (e);
	details = key_details(&c->key, c->req->arena);
	ev.object_id = c->key.id;
	ev.org_id = c->key.org_id;
	ev.details = &details;
	return (audit_note(tx, c->req, &ev));
}

enum err
keys_drop(struct req *r)
{
	struct change c = { .req = r, .now = clock_ms() };
	enum err e;

	if ((e = store_write(r->app->store, write_drop, &c)) != ERR_OK)
		return (e);
	return (reply_none(r));
}
