/* Users made by who looks after the site: the same address again is the same user. */
#include "create.h"

#include "access/app.h"
#include "access/audit.h"
#include "access/choice.h"
#include "access/limit.h"
#include "access/person.h"
#include "access/subject.h"
#include "base/clock.h"
#include "base/id.h"
#include "cred/hasher.h"
#include "reader.h"

struct creation {
	struct req *req;
	struct person person;
	struct user user;
	char id[ID_SIZE];
	char group_id[ID_SIZE];
	const char *existing; /* the id of who has the address; NULL: nobody */
	const char *taken;    /* the member that is somebody else's */
};

/* Has somebody the address? */
static enum err
find_existing(struct creation *c, struct db *db)
{
	const char *key = arena_copy_lower(c->req->arena, c->person.email);
	struct user u;
	enum err e;

	if (key == NULL)
		return (ERR_NOMEM);
	if ((e = user_find(db, USER_BY_EMAIL, key, c->req->arena, &u)) == ERR_OK)
		c->existing = u.id;
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

/* Before a password is hashed for nothing. */
static enum err
look_first(struct creation *c)
{
	struct store *s = c->req->app->store;
	struct db *db;
	enum err e;

	if ((e = store_read(s, &db)) != ERR_OK)
		return (e);
	e = find_existing(c, db);
	store_read_end(s, db);
	return (e);
}

static enum err
write_user(struct tx *tx, void *arg)
{
	struct creation *c = arg;
	struct json details = json_object(c->req->arena);
	const struct event ev = { .action = "user.created",
		.object_type = "user",
		.object_id = c->id,
		.details = &details };
	enum err e;

	if ((e = subject_recheck(tx, c->req)) != ERR_OK || (e = reader_check(c->req)) != ERR_OK ||
	    (e = find_existing(c, tx_db(tx))) != ERR_OK || c->existing != NULL)
		return (e);
	if (c->user.can_create_orgs &&
	    (e = limit_permission(c->req, "can_create_orgs", "orgs:create")) != ERR_OK)
		return (e);
	if (c->user.email_confirmed && (e = limit_confirm(c->req, tx_db(tx), &c->user)) != ERR_OK)
		return (e);
	/* Conditions on what everybody holds rely on them, as PATCH has it. */
	if (c->person.attributes != NULL &&
	    (e = limit_role(c->req, tx_db(tx), ROLE_VIEWER, "attributes")) != ERR_OK)
		return (e);
	if ((e = person_add(tx, &c->user, c->group_id, c->req->arena)) == ERR_TAKEN)
		c->taken = person_taken(tx_db(tx), &c->user, c->req->arena);
	if (e != ERR_OK)
		return (e);
	(void)person_add_fields(&c->person, &details);
	if (c->person.password_hash != NULL)
		json_add_text(&details, "hash", hasher_kind(c->person.password_hash));
	return (audit_note(tx, c->req, &ev));
}

static enum err
hash_password(struct creation *c)
{
	const struct policy_owner owner = { c->person.email, c->user.username, c->user.name };
	struct req *r = c->req;
	char *hash;
	enum err e;

	if (c->person.password == NULL)
		return (ERR_OK);
	if ((e = choice_check(r, "password", c->person.password, &owner)) != ERR_OK)
		return (e);
	if ((hash = arena_alloc(r->arena, HASHER_HASH_SIZE)) == NULL)
		return (ERR_NOMEM);
	c->user.password_hash = hash;
	return (hasher_hash(r->app->hasher, c->person.password, hash));
}

/* All of the user but what the transaction finds out. */
static enum err
prepare(struct creation *c)
{
	struct req *r = c->req;
	enum err e;

	id_new(c->id);
	id_new(c->group_id);
	person_prepare(&c->person, c->id, clock_ms(), &c->user);
	c->user.email = c->person.email;
	if ((e = person_apply(r, &c->person, false, &c->user)) != ERR_OK)
		return (e);
	if (c->user.update_password_required && c->person.password == NULL &&
	    c->person.password_hash == NULL)
		return (
		    req_field_error(r, "update_password_required", "needs a password to update"));
	return (hash_password(c));
}

enum err
create_post(struct req *r)
{
	struct creation c = { .req = r };
	enum err e;

	if ((e = reader_check(r)) != ERR_OK ||
	    (e = person_read(r, PERSON_NEW, &c.person)) != ERR_OK || (e = look_first(&c)) != ERR_OK)
		return (e);
	if (c.existing == NULL && ((e = prepare(&c)) != ERR_OK ||
	                              (e = store_write(r->app->store, write_user, &c)) != ERR_OK)) {
		if (e == ERR_TAKEN && c.taken != NULL)
			req_field_error(r, c.taken, "is taken");
		return (e);
	}
	return (c.existing != NULL ? reader_reply(r, 200, c.existing) : reader_reply(r, 201, c.id));
}
