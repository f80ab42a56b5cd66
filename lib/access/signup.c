/* Signing up, and choosing a password. */
#include "access/visit.h"

#include <string.h>

#include "access/admission.h"
#include "access/audit.h"
#include "access/choice.h"
#include "access/grant.h"
#include "access/guest.h"
#include "access/mailing.h"
#include "access/profile.h"
#include "access/verification.h"
#include "base/clock.h"
#include "base/id.h"
#include "store/group.h"
#include "store/role.h"

struct creation {
	struct req *req;
	struct visit *visit;
	struct admission admission;
	char group_id[ID_SIZE];
	const char *taken; /* the field that somebody else has */
	bool mail;         /* the address is to be confirmed, and there may be one more mail */
};

static enum err
check(struct req *r, const struct signup *in)
{
	const struct policy_owner owner = { in->email, in->username, in->name };
	enum err e = ERR_OK;

	if (!profile_email_ok(in->email))
		e = req_field_error(r, "email", "is not an e-mail address");
	if (in->username != NULL && !profile_username_ok(in->username))
		e = req_field_error(
		    r, "username", "must have 2 to 64 letters, digits, '.', '_' or '-'");
	if (choice_check(r, "password", in->password, &owner) != ERR_OK)
		e = ERR_FIELDS;
	return (e);
}

/* Which of the two unique fields it was. */
static enum err
find_taken(struct tx *tx, struct creation *c)
{
	const struct user *u = &c->visit->user;
	struct user other;
	const char *key;
	enum err e;

	if ((key = arena_copy_lower(c->req->arena, u->email)) == NULL)
		return (ERR_NOMEM);
	if ((e = user_find(tx_db(tx), USER_BY_EMAIL, key, c->req->arena, &other)) != ERR_OK &&
	    e != ERR_NOT_FOUND)
		return (e);
	c->taken = e == ERR_OK ? "email" : "username";
	return (ERR_TAKEN);
}

static enum err
write_user(struct tx *tx, void *arg)
{
	struct creation *c = arg;
	struct user *u = &c->visit->user;
	const struct event ev = { .action = "user.created",
		.object_type = "user",
		.object_id = u->id,
		.user_id = u->id };
	enum err e;

	if ((e = guest_check_signup(c->req, tx_db(tx))) != ERR_OK ||
	    (e = admission_check(c->req, tx_db(tx), &c->admission, u->created_at)) != ERR_OK)
		return (e);
	u->email_confirmed = c->admission.proven;
	if ((e = user_add(tx, u, c->req->arena)) != ERR_OK)
		return (e == ERR_TAKEN ? find_taken(tx, c) : e);
	if ((e = role_assign(tx, u->id, "viewer", 0, u->created_at)) != ERR_OK ||
	    (e = group_add_home(tx, c->group_id, u->id, u->email, u->created_at)) != ERR_OK ||
	    (e = user_set_active(tx, u->id, u->created_at)) != ERR_OK ||
	    (e = audit_note(tx, c->req, &ev)) != ERR_OK ||
	    (e = admission_take(tx, c->req, &c->admission, u->id, u->created_at)) != ERR_OK)
		return (e);
	if (c->mail && (e = verification_mail(tx, c->req, u, u->created_at)) != ERR_OK)
		return (e);
	return (grant_store(tx, c->req, c->visit));
}

/* Before a password is hashed for nothing. */
static enum err
check_first(struct req *r, struct admission *admission)
{
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if ((e = guest_check_signup(r, db)) == ERR_OK)
		e = admission_check(r, db, admission, clock_ms());
	store_read_end(r->app->store, db);
	return (e);
}

enum err
visit_sign_up(
    struct req *r, const struct signup *in, enum session_kind kind, struct visit *ret_visit)
{
	struct creation c = { .req = r,
		.visit = ret_visit,
		.admission = { .email = in->email, .token = in->invitation } };
	char id[ID_SIZE], *hash;
	enum err e;

	if ((e = check_first(r, &c.admission)) != ERR_OK || (e = check(r, in)) != ERR_OK)
		return (e);
	if ((hash = arena_alloc(r->arena, HASHER_HASH_SIZE)) == NULL)
		return (ERR_NOMEM);
	if ((e = hasher_hash(r->app->hasher, in->password, hash)) != ERR_OK)
		return (e);
	id_new(id);
	id_new(c.group_id);
	ret_visit->user = (struct user){
		.id = arena_copy(r->arena, id),
		.email = in->email,
		.username = in->username,
		.name = in->name,
		.locale = mailing_locale(r),
		.properties = "{}",
		.password_hash = hash,
		.enabled = true,
		.created_at = clock_ms(),
	};
	if (ret_visit->user.id == NULL)
		return (ERR_NOMEM);
	if (!c.admission.proven && verification_required(&r->app->conf))
		return (verification_sign_up(r, &ret_visit->user, in->invitation));
	if (!c.admission.proven && (e = verification_may_mail(r, in->email, &c.mail)) != ERR_OK)
		return (e);
	if ((e = grant_prepare(r, ret_visit->user.id, kind, ret_visit)) != ERR_OK)
		return (e);
	if ((e = store_write(r->app->store, write_user, &c)) == ERR_TAKEN)
		req_field_error(r, c.taken, "is taken");
	/* Or strangers would use up the mails of who has the address, and he would not even see it.
	 */
	if (e != ERR_OK && c.mail)
		mailing_give_back(r, in->email);
	return (e != ERR_OK ? e : grant_finish(r, ret_visit));
}
