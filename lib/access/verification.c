/* Addresses shown to be their users'. */
#include "access/verification.h"

#include <string.h>

#include <cjson/cJSON.h>

#include "access/admission.h"
#include "access/app.h"
#include "access/audit.h"
#include "access/grant.h"
#include "access/guest.h"
#include "access/joining.h"
#include "access/mailing.h"
#include "access/person.h"
#include "access/profile.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "store/api_key.h"
#include "store/user_device.h"

static const char seal_purpose[] = "signseal";

/* What one of the transactions here needs. */
struct errand {
	struct req *req;
	const char *email; /* as it was typed, and in small letters */
	const char *key;
	const char *token;
	const struct user *user; /* who signs up; has no id */
	const char *sealed;      /* the same for a link */
	int64_t now;
};

bool
verification_required(const struct conf *c)
{

	return (strcmp(c->signup_verification, "required") == 0);
}

enum err
verification_may_mail(struct req *r, const char *email, bool *ret_may)
{
	const struct conf *c = &r->app->conf;
	int64_t wait;
	enum err e;

	*ret_may = false;
	if (strcmp(c->signup_verification, "off") == 0 || c->mail_url[0] == '\0')
		return (ERR_OK);
	if ((e = mailing_count(r, email, &wait)) == ERR_OK)
		*ret_may = wait == 0;
	return (e);
}

enum err
verification_check(struct req *r, const struct user *u)
{

	if (u->email_confirmed || !verification_required(&r->app->conf))
		return (ERR_OK);
	return (req_fail(r, ERR_UNCONFIRMED,
	    "confirm your address first, by the link in the mail that you were sent"));
}

/* Nothing in it is from who asked but the place: a mail to others must not carry his words. */
static void
describe(struct json *params, const struct req *r, bool signing_up, bool again)
{

	json_add_text(params, "place", r->remote_addr);
	json_add_bool(params, "signing_up", signing_up);
	json_add_bool(params, "again", again);
}

enum err
verification_mail(struct tx *tx, struct req *r, const struct user *u, int64_t now)
{
	struct ticket t = { .purpose = TICKET_VERIFY, .life_s = VERIFICATION_LIFE_S };
	struct json params = json_object(r->arena);
	struct mailing m = {
		.kind = "verify", .user = u, .ticket = &t, .path = "/verify", .params = &params
	};

	describe(&params, r, false, false);
	return (mailing_send(tx, r, &m, now));
}

/* The link for who signs up with the sealed ${data}. Others for the address stay good: each makes
 * the account with the password of who asked for it, and the first that is used ends the others. So
 * who signs up with somebody's address, before or after him, does not make his link lead to an
 * account with a stranger's password. */
static enum err
mail_sign_up(struct tx *tx, const struct errand *p, const char *data, bool again, bool pretend)
{
	struct ticket t = { .purpose = TICKET_VERIFY,
		.data = data,
		.keep_older = true,
		.life_s = VERIFICATION_LIFE_S };
	struct json params = json_object(p->req->arena);
	struct mailing m = { .kind = "verify",
		.to = p->email,
		.ticket = &t,
		.path = "/verify",
		.params = &params,
		.pretend = pretend };

	describe(&params, p->req, true, again);
	return (mailing_send(tx, p->req, &m, p->now));
}

/* To who has an account, with the same work: a ticket that nobody gets to know, and that is taken
 * back. One whom nobody may peek at gets nothing. */
static enum err
mail_taken(struct tx *tx, const struct errand *p, const struct user *u)
{
	struct ticket t = { .purpose = TICKET_VERIFY,
		.data = p->sealed,
		.keep_older = true,
		.life_s = VERIFICATION_LIFE_S };
	struct json params = json_object(p->req->arena);
	struct mailing m = { .kind = "register-taken",
		.user = u,
		.ticket = &t,
		.path = "/verify",
		.params = &params,
		.pretend = u->hidden };
	enum err e;

	describe(&params, p->req, true, false);
	if ((e = mailing_send(tx, p->req, &m, p->now)) != ERR_OK)
		return (e);
	return (ticket_forget(tx, &t));
}

/* Usernames are no secret. Looked at before the address, so that who has one that is taken learns
 * nothing of the address. */
static enum err
check_username(struct req *r, struct db *db, const struct user *u)
{
	struct user other;
	const char *key;
	enum err e;

	if (u->username == NULL)
		return (ERR_OK);
	if ((key = arena_copy_lower(r->arena, u->username)) == NULL)
		return (ERR_NOMEM);
	if ((e = user_find(db, USER_BY_USERNAME, key, r->arena, &other)) == ERR_NOT_FOUND)
		return (ERR_OK);
	if (e != ERR_OK)
		return (e);
	req_field_error(r, "username", "is taken");
	return (ERR_TAKEN);
}

static enum err
write_sign_up(struct tx *tx, void *arg)
{
	const struct errand *p = arg;
	struct user other;
	enum err e;

	if ((e = guest_check_signup(p->req, tx_db(tx))) != ERR_OK ||
	    (e = check_username(p->req, tx_db(tx), p->user)) != ERR_OK)
		return (e);
	e = user_find(tx_db(tx), USER_BY_EMAIL, p->key, p->req->arena, &other);
	if (e == ERR_NOT_FOUND)
		return (mail_sign_up(tx, p, p->sealed, false, false));
	return (e == ERR_OK ? mail_taken(tx, p, &other) : e);
}

/* What the link makes. Sealed, for it has a password's hash, and is in a table for what is no
 * secret. */
static enum err
seal(struct req *r, const struct user *u, const char *invitation, const char **ret_sealed)
{
	struct json j = json_object(r->arena);
	const char *text;

	json_add_text(&j, "email", u->email);
	json_add_text(&j, "username", u->username);
	json_add_text(&j, "name", u->name);
	json_add_text(&j, "locale", u->locale);
	json_add_text(&j, "password_hash", u->password_hash);
	json_add_text(&j, "invitation", invitation);
	if ((text = json_print(&j)) == NULL)
		return (ERR_NOMEM);
	return (master_encrypt(r->app->master, seal_purpose, text, r->arena, ret_sealed));
}

enum err
verification_sign_up(struct req *r, const struct user *u, const char *invitation)
{
	struct errand p = { .req = r, .email = u->email, .user = u, .now = clock_ms() };
	struct db *db;
	enum err e;

	if ((p.key = arena_copy_lower(r->arena, u->email)) == NULL)
		return (ERR_NOMEM);
	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = check_username(r, db, u);
	store_read_end(r->app->store, db);
	if (e != ERR_OK || (e = mailing_allow(r, u->email)) != ERR_OK ||
	    (e = seal(r, u, invitation, &p.sealed)) != ERR_OK)
		return (e);
	return (store_write(r->app->store, write_sign_up, &p));
}

static bool
is_usable(const struct user *u)
{

	return (u->enabled && !u->locked && !u->hidden);
}

static const char *
text_of(const struct cJSON *tree, const char *name)
{

	return (cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(tree, name)));
}

/* What seal() made; ERR_TICKET when it cannot be read, as after the master key was changed. */
static enum err
open_sealed(const struct errand *p, const char *sealed, struct cJSON **ret_tree)
{
	struct arena *a = p->req->arena;
	const char *text, *detail;
	enum err e;

	if ((e = master_decrypt(p->req->app->master, seal_purpose, sealed, a, &text)) == ERR_OK)
		e = json_parse(text, strlen(text), a, ret_tree, &detail);
	return (e == ERR_OK || e == ERR_NOMEM ? e : ERR_TICKET);
}

/* What a link that is asked for once more makes: the account, without what was chosen for it. Of
 * several who signed up with the address nobody knows which one asks now; with a stranger's
 * password the link that its owner asked for would give him the account. */
static enum err
strip(const struct errand *p, const char *data, const char **ret_sealed)
{
	struct cJSON *tree;
	enum err e;

	if ((e = open_sealed(p, data, &tree)) != ERR_OK)
		return (e);
	return (seal(p->req,
	    &(struct user){ .email = text_of(tree, "email"), .locale = text_of(tree, "locale") },
	    text_of(tree, "invitation"), ret_sealed));
}

/* What the open link of who signed up, and has no account yet, makes when it is sent once more;
 * NULL: there is none, or none that can be read. */
static enum err
find_sign_up(struct tx *tx, const struct errand *p, const char **ret_sealed)
{
	struct ticket open;
	enum err e;

	*ret_sealed = NULL;
	e = ticket_find_newest(tx_db(tx), TICKET_VERIFY, p->key, p->now, p->req->arena, &open);
	if (e == ERR_OK)
		e = strip(p, open.data, ret_sealed);
	return (e == ERR_NOT_FOUND || e == ERR_TICKET ? ERR_OK : e);
}

static enum err
write_resend(struct tx *tx, void *arg)
{
	const struct errand *p = arg;
	const char *sealed = NULL;
	struct user u;
	enum err e;

	e = user_find(tx_db(tx), USER_BY_EMAIL, p->key, p->req->arena, &u);
	if (e == ERR_OK && !u.email_confirmed && is_usable(&u))
		return (verification_mail(tx, p->req, &u, p->now));
	if (e == ERR_NOT_FOUND)
		e = find_sign_up(tx, p, &sealed);
	return (e == ERR_OK ? mail_sign_up(tx, p, sealed, true, sealed == NULL) : e);
}

enum err
verification_resend(struct req *r, const char *email)
{
	struct errand p = { .req = r, .email = email, .now = clock_ms() };
	enum err e;

	if (!profile_email_ok(email))
		return (req_field_error(r, "email", "is not an e-mail address"));
	if ((p.key = arena_copy_lower(r->arena, email)) == NULL)
		return (ERR_NOMEM);
	if ((e = mailing_allow(r, email)) != ERR_OK)
		return (e);
	return (store_write(r->app->store, write_resend, &p));
}

static enum err
note(struct tx *tx, struct req *r, const char *action, const char *user_id)
{

	/* The request proves nobody but by the mail. */
	return (audit_note(tx, r,
	    &(struct event){ .action = action,
	        .object_type = "user",
	        .object_id = user_id,
	        .user_id = user_id }));
}

/* The address of ${u} has been shown to be the user's: note it, once. */
static enum err
confirm(struct tx *tx, struct req *r, struct user *u, int64_t now)
{
	enum err e;

	if (u->email_confirmed)
		return (ERR_OK);
	u->email_confirmed = true;
	if ((e = user_set_profile(tx, u, now, r->arena)) != ERR_OK ||
	    (e = ticket_forget_user(tx, TICKET_VERIFY, u->id)) != ERR_OK ||
	    (e = note(tx, r, "email.confirmed", u->id)) != ERR_OK)
		return (e);
	return (joining_by_domain(tx, r, u, now));
}

/* Away with whatever lets somebody in. */
static enum err
shut(struct tx *tx, struct req *r, struct user *u, int64_t now)
{
	struct json details = json_object(r->arena);
	const struct event ev = { .action = "user.claimed",
		.object_type = "user",
		.object_id = u->id,
		.details = &details,
		.user_id = u->id };
	int64_t sessions, keys;
	enum err e;

	if ((e = user_set_password(tx, u->id, NULL, now)) != ERR_OK ||
	    (e = grant_end_all(tx, r, u->id, NULL, NULL, now, &sessions)) != ERR_OK ||
	    (e = api_key_revoke_all(tx, u->id, now, &keys)) != ERR_OK ||
	    (e = user_set_phone(tx, u->id, NULL, false, now)) != ERR_OK ||
	    (e = user_device_trim(tx, u->id, 0)) != ERR_OK)
		return (e);
	json_add_bool(&details, "phone", u->phone != NULL);
	json_add_bool(&details, "password", u->password_hash != NULL);
	json_add_number(&details, "api_keys", keys);
	u->phone = NULL;
	u->phone_confirmed = false;
	u->password_hash = NULL;
	u->update_password_required = false;
	return (audit_note(tx, r, &ev));
}

enum err
verification_claim(struct tx *tx, struct req *r, struct user *u, int64_t now)
{
	enum err e;

	if (u->email_confirmed)
		return (ERR_OK);
	if ((e = shut(tx, r, u, now)) != ERR_OK)
		return (e);
	return (confirm(tx, r, u, now));
}

/* The link of who had an account already. */
static enum err
confirm_by_link(struct tx *tx, const struct errand *p, const struct ticket *t)
{
	struct user u;
	const char *key;
	enum err e;

	if ((e = user_find(tx_db(tx), USER_BY_ID, t->user_id, p->req->arena, &u)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_TICKET : e);
	if ((key = arena_copy_lower(p->req->arena, u.email)) == NULL)
		return (ERR_NOMEM);
	/* Since it was mailed, an admin may have given the user another address. */
	if (!is_usable(&u) || strcmp(key, t->email) != 0)
		return (ERR_TICKET);
	return (confirm(tx, p->req, &u, p->now));
}

/* Who signed up with ${data}, and by which invitation. */
static enum err
unseal(const struct errand *p, const char *data, struct user *ret_user, const char **ret_invitation)
{
	struct cJSON *tree;
	char id[ID_SIZE];
	enum err e;

	if ((e = open_sealed(p, data, &tree)) != ERR_OK)
		return (e);
	id_new(id);
	*ret_user = (struct user){
		.id = arena_copy(p->req->arena, id),
		.email = text_of(tree, "email"),
		.email_confirmed = true,
		.username = text_of(tree, "username"),
		.name = text_of(tree, "name"),
		.locale = text_of(tree, "locale"),
		.password_hash = text_of(tree, "password_hash"),
		.properties = "{}",
		.enabled = true,
		.created_at = p->now,
	};
	*ret_invitation = text_of(tree, "invitation");
	return (ret_user->id == NULL ? ERR_NOMEM : ERR_OK);
}

/* Since it was mailed, the site may have been shut, and the invitation be over. */
static enum err
admit(struct tx *tx, const struct errand *p, struct admission *adm)
{
	enum err e;

	if ((e = guest_check_signup(p->req, tx_db(tx))) != ERR_OK)
		return (e);
	e = admission_check(p->req, tx_db(tx), adm, p->now);
	if (e == ERR_TICKET && admission_mode(&p->req->app->conf) == ADMISSION_OPEN) {
		adm->token = NULL;
		e = admission_check(p->req, tx_db(tx), adm, p->now);
	}
	return (e == ERR_SIGNUP_CLOSED || e == ERR_INVITATION ? ERR_TICKET : e);
}

/* The link of who signed up where that is required: now there is a user. */
static enum err
make(struct tx *tx, const struct errand *p, const struct ticket *t)
{
	struct arena *a = p->req->arena;
	struct admission adm = { .email = t->email };
	char group_id[ID_SIZE];
	struct user u;
	enum err e;

	if ((e = unseal(p, t->data, &u, &adm.token)) != ERR_OK ||
	    (e = admit(tx, p, &adm)) != ERR_OK)
		return (e);
	if (u.email == NULL || !text_same_nocase(u.email, t->email))
		return (ERR_TICKET);
	/* By an admin, or by another link. */
	if ((e = user_find(tx_db(tx), USER_BY_EMAIL, t->email, a, &(struct user){ 0 })) !=
	    ERR_NOT_FOUND)
		return (e == ERR_OK ? ERR_TICKET : e);
	/* Who took the name meanwhile keeps it; another one can be chosen. */
	if (u.username != NULL && person_taken(tx_db(tx), &u, a) != NULL)
		u.username = NULL;
	id_new(group_id);
	if ((e = person_add(tx, &u, group_id, a)) != ERR_OK ||
	    (e = ticket_forget_email(tx, TICKET_VERIFY, t->email)) != ERR_OK ||
	    (e = note(tx, p->req, "user.created", u.id)) != ERR_OK ||
	    (e = note(tx, p->req, "email.confirmed", u.id)) != ERR_OK ||
	    (e = admission_take(tx, p->req, &adm, u.id, p->now)) != ERR_OK)
		return (e);
	return (joining_by_domain(tx, p->req, &u, p->now));
}

static enum err
write_take(struct tx *tx, void *arg)
{
	const struct errand *p = arg;
	struct ticket t;
	enum err e;

	e = ticket_take(tx, TICKET_VERIFY, p->token, p->now, p->req->arena, &t);
	if (e == ERR_TICKET)
		return (verification_move(tx, p->req, p->token, p->now));
	if (e != ERR_OK)
		return (e);
	return (t.user_id == NULL ? make(tx, p, &t) : confirm_by_link(tx, p, &t));
}

enum err
verification_take(struct req *r, const char *token)
{
	struct errand p = { .req = r, .token = token, .now = clock_ms() };

	return (store_write(r->app->store, write_take, &p));
}
