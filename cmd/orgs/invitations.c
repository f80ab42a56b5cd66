/* Invitations into an org: given, taken back, looked at and accepted. */
#include "invitations.h"

#include "access/app.h"
#include "access/joining.h"
#include "access/mailing.h"
#include "access/profile.h"
#include "access/subject.h"
#include "base/clock.h"
#include "base/text.h"
#include "change.h"
#include "http/input.h"
#include "http/reply.h"
#include "store/org_role.h"

#define DAY_MS ((int64_t)86400000)
#define TOKEN_MAX 2048 /* bytes: also of tokens of other kinds, which get the same answer */

struct listing {
	struct req *req;
	struct json *json;
	struct cJSON *items;
};

static void
list_one(void *arg, const struct invitation *inv)
{
	struct listing *l = arg;
	struct json item = json_object(l->req->arena);

	joining_print_invitation(&item, inv);
	json_append(l->json, l->items, &item);
}

/* At most 100: one page. */
enum err
invitations_list(struct req *r)
{
	struct json j = json_object(r->arena);
	struct listing l = { .req = r, .json = &j, .items = json_add_array(&j, "items") };
	struct tenant t;
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	if ((e = tenant_may(r, db, "invitations:read", &t)) == ERR_OK)
		e = invitation_list(db, r->id, clock_ms(), r->arena, list_one, &l);
	store_read_end(r->app->store, db);
	if (e != ERR_OK)
		return (e);
	json_add_text(&j, "next", NULL);
	return (reply_json(r, 200, &j));
}

/* What the body says, and what the transaction makes of it. */
struct input {
	const char *email;
	const char *role; /* its id or name; NULL: org-member */
	int64_t expires_at;
	bool show; /* the link in the answer, too */
	struct invitation invitation;
	char token[SECRET_TOKEN_SIZE];
};

/* The role, if members of the org may be given it, and by the subject. */
static enum err
find_role(struct tx *tx, struct change *c, struct role *ret_role)
{
	const struct input *in = c->in;
	const char *key = in->role != NULL ? in->role : ROLE_ORG_MEMBER;
	enum err e;

	if ((e = org_role_get(tx_db(tx), c->req->id, key, c->req->arena, ret_role)) ==
	    ERR_NOT_FOUND)
		return (req_field_error(c->req, "role", "there is no such role here"));
	if (e != ERR_OK)
		return (e);
	return (tenant_limit_role(c->req, tx_db(tx), &c->tenant, ret_role->id, "role"));
}

/* Who gives what the invitation gives: whoever acts in somebody's name does. */
static const char *
find_inviter(const struct subject *s)
{

	if (s->actor_id[0] != '\0')
		return (s->actor_id);
	return (s->user_id[0] != '\0' ? s->user_id : NULL);
}

/* A key that is no user's. */
static const char *
find_key(const struct subject *s)
{

	return (s->user_id[0] == '\0' && s->key_id[0] != '\0' ? s->key_id : NULL);
}

/* Mail it in the name of who asks, if mail goes out here. */
static enum err
mail_it(struct tx *tx, struct change *c, const struct invitation *inv, const char *token)
{
	struct req *r = c->req;
	const struct post post = { &r->app->conf, r->app->master, r->arena, mailing_locale(r) };
	struct joining_letter letter = { .org = c->tenant.org.name, .token = token };
	const char *id = find_inviter(r->subject);
	struct user inviter;
	enum err e;

	if (!joining_mails(&r->app->conf))
		return (ERR_OK);
	if (id != NULL) {
		if ((e = user_find(tx_db(tx), USER_BY_ID, id, r->arena, &inviter)) != ERR_OK)
			return (e);
		/* A name is whatever its bearer wrote; an address that is confirmed is his. */
		letter.inviter = inviter.email_confirmed ? inviter.email : NULL;
	}
	return (joining_mail(tx, &post, inv, &letter, c->now));
}

/* Whether the address is somebody's, or a member's, is not looked at: so the answer cannot tell. */
static enum err
write_new(struct tx *tx, struct change *c)
{
	struct input *in = c->in;
	const char *replaced;
	struct role role;
	enum err e;

	if ((e = find_role(tx, c, &role)) != ERR_OK)
		return (e);
	in->invitation = (struct invitation){ .org_id = c->req->id,
		.email = in->email,
		.role_id = role.id,
		.role_name = role.name,
		.invited_by = find_inviter(c->req->subject),
		.invited_by_key = find_key(c->req->subject),
		.created_at = c->now,
		.expires_at = in->expires_at,
		.shown = in->show };
	if ((e = joining_invite(tx, &in->invitation, c->req->arena, in->token, &replaced)) ==
	    ERR_LIMIT)
		return (req_field_error(c->req, "email",
		    "is one more than the 100 invitations that an organisation may have open"));
	if (e != ERR_OK)
		return (e);
	c->object_id = in->invitation.id;
	joining_note_invitation(&c->details, &in->invitation, replaced);
	return (mail_it(tx, c, &in->invitation, in->token));
}

static enum err
check_input(struct req *r, struct input *in)
{
	const int64_t now = clock_ms();

	if (!profile_email_ok(in->email))
		return (req_field_error(r, "email", "is not an e-mail address"));
	if ((in->email = arena_copy_lower(r->arena, in->email)) == NULL)
		return (ERR_NOMEM);
	if (in->expires_at == 0)
		in->expires_at = now + JOINING_DAYS * DAY_MS;
	if (in->expires_at <= now || in->expires_at > now + JOINING_DAYS_MAX * DAY_MS)
		return (req_field_error(
		    r, "expires_at", "must be in the future, and in 30 days at most"));
	if (!joining_mails(&r->app->conf)) {
		in->show = true;
		return (ERR_OK);
	}
	return (mailing_allow_known(r, in->email));
}

/* With the link, where it is shown: to whom it was, it proves no address any more. */
static enum err
reply_new(struct req *r, int status, const struct invitation *inv, const char *token)
{
	struct json j = json_object(r->arena);
	const char *link = NULL;

	if (inv->shown && (link = joining_link(&r->app->conf, token, r->arena)) == NULL)
		return (ERR_NOMEM);
	joining_print_invitation(&j, inv);
	json_add_text(&j, "link", link);
	json_add_bool(&j, "mailed", joining_mails(&r->app->conf));
	return (reply_json(r, status, &j));
}

enum err
invitations_add(struct req *r)
{
	static const struct field fields[] = {
		{ "email", FIELD_TEXT, offsetof(struct input, email), 1, USER_EMAIL_MAX, 0 },
		{ "role", FIELD_TEXT, offsetof(struct input, role), 1, 64, FIELD_OPTIONAL },
		{ "expires_at", FIELD_TIME, offsetof(struct input, expires_at), 0, 0,
		    FIELD_OPTIONAL },
		{ "show_link", FIELD_BOOL, offsetof(struct input, show), 0, 0, FIELD_OPTIONAL },
	};
	struct input in = { .email = NULL };
	struct change c = { .req = r,
		.permission = "invitations:create",
		.action = "invitation.created",
		.object_type = "invitation",
		.how = write_new,
		.in = &in };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &in)) != ERR_OK ||
	    (e = check_input(r, &in)) != ERR_OK || (e = change_run(&c)) != ERR_OK)
		return (e);
	return (reply_new(r, 201, &in.invitation, in.token));
}

/* Who sends it again gives what it gives. */
static enum err
write_resend(struct tx *tx, struct change *c)
{
	struct input *in = c->in;
	struct req *r = c->req;
	struct invitation *inv = &in->invitation;
	enum err e;

	if ((e = invitation_find(tx_db(tx), r->id, r->item_id, r->arena, inv)) != ERR_OK)
		return (e);
	if (inv->expires_at <= c->now)
		return (ERR_NOT_FOUND);
	if ((e = tenant_limit_role(r, tx_db(tx), &c->tenant, inv->role_id, NULL)) != ERR_OK ||
	    (joining_mails(&r->app->conf) && (e = mailing_allow_known(r, inv->email)) != ERR_OK))
		return (e);
	inv->shown = !joining_mails(&r->app->conf);
	if ((e = joining_renew(tx, inv, in->token)) != ERR_OK)
		return (e);
	return (mail_it(tx, c, inv, in->token));
}

enum err
invitations_resend(struct req *r)
{
	struct input in = { .email = NULL };
	struct change c = { .req = r,
		.permission = "invitations:create",
		.action = "invitation.resent",
		.object_type = "invitation",
		.object_id = r->item_id,
		.how = write_resend,
		.in = &in };
	enum err e;

	if ((e = change_run(&c)) != ERR_OK)
		return (e);
	return (reply_new(r, 200, &in.invitation, in.token));
}

static enum err
write_drop(struct tx *tx, struct change *c)
{
	struct req *r = c->req;
	struct invitation inv;
	enum err e;

	if ((e = invitation_find(tx_db(tx), r->id, r->item_id, r->arena, &inv)) != ERR_OK)
		return (e);
	return (invitation_drop(tx, inv.id));
}

enum err
invitations_drop(struct req *r)
{
	struct change c = { .req = r,
		.permission = "invitations:delete",
		.action = "invitation.revoked",
		.object_type = "invitation",
		.object_id = r->item_id,
		.how = write_drop };
	enum err e;

	return ((e = change_run(&c)) == ERR_OK ? reply_none(r) : e);
}

/* What looking at one, or accepting it, needs. */
struct opening {
	struct req *req;
	const char *token;
	struct invitation invitation;
	struct org org;
};

static enum err
read_token(struct req *r, struct opening *o)
{
	static const struct field fields[] = {
		{ "token", FIELD_TEXT, offsetof(struct opening, token), 1, TOKEN_MAX, 0 },
	};

	o->req = r;
	return (input_read(r, fields, COUNT(fields), o));
}

/* Whatever a token is not, the answer is the same. */
static enum err
find_invitation(struct db *db, struct opening *o)
{
	enum err e;

	if ((e = joining_find(db, o->token, clock_ms(), o->req->arena, &o->invitation)) ==
	    ERR_NOT_FOUND)
		return (req_fail(o->req, e, "there is no such invitation, or it is over"));
	if (e != ERR_OK)
		return (e);
	return (org_find(db, o->invitation.org_id, o->req->arena, &o->org));
}

static enum err
reply_opening(struct req *r, const struct opening *o)
{
	struct json j = json_object(r->arena), org = json_object(r->arena);

	json_add_text(&org, "id", o->org.id);
	json_add_text(&org, "name", o->org.name);
	json_add_text(&org, "slug", o->org.slug);
	json_add_raw(&j, "org", json_print(&org));
	json_add_text(&j, "role", o->invitation.role_name);
	json_add_time(&j, "expires_at", o->invitation.expires_at);
	return (reply_json(r, 200, &j));
}

enum err
invitations_look(struct req *r)
{
	struct opening o = { .token = NULL };
	struct db *db;
	enum err e;

	if ((e = read_token(r, &o)) != ERR_OK)
		return (e);
	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = find_invitation(db, &o);
	store_read_end(r->app->store, db);
	return (e == ERR_OK ? reply_opening(r, &o) : e);
}

static enum err
check_address(struct tx *tx, struct req *r, const struct invitation *inv)
{
	struct user u;
	enum err e;

	if ((e = user_find(tx_db(tx), USER_BY_ID, r->subject->user_id, r->arena, &u)) != ERR_OK)
		return (e);
	if (text_same_nocase(u.email, inv->email))
		return (ERR_OK);
	return (req_fail(r, ERR_FORBIDDEN,
	    "this invitation is for another address: sign in with the one that it was sent to"));
}

static enum err
write_accept(struct tx *tx, void *arg)
{
	struct opening *o = arg;
	enum err e;

	if ((e = subject_recheck(tx, o->req)) != ERR_OK ||
	    (e = find_invitation(tx_db(tx), o)) != ERR_OK ||
	    (e = check_address(tx, o->req, &o->invitation)) != ERR_OK)
		return (e);
	return (joining_accept(tx, o->req, &o->invitation, o->req->subject->user_id, clock_ms()));
}

enum err
invitations_accept(struct req *r)
{
	struct opening o = { .token = NULL };
	enum err e;

	if ((e = read_token(r, &o)) != ERR_OK ||
	    (e = store_write(r->app->store, write_accept, &o)) != ERR_OK)
		return (e);
	if (req_is_page_form(r))
		return (reply_redirect(r, "/account#joined", "/account"));
	return (reply_opening(r, &o));
}

/* Where the link leads to. The token is not asked for: it is in the fragment, which only the
 * browser knows. */
enum err
invitations_page(struct req *r)
{
	struct json j = json_object(r->arena);

	json_add_text(&j, "site", r->app->conf.site_name);
	return (reply_page(r, 200, r->app->pages, "invitation", &j));
}
