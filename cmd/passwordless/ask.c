/* Asking for a mail, or an SMS, to sign in by. */
#include "ask.h"

#include "access/app.h"
#include "access/cookie.h"
#include "access/guest.h"
#include "access/mailing.h"
#include "access/profile.h"
#include "access/sms.h"
#include "access/visit.h"
#include "base/clock.h"
#include "http/input.h"
#include "http/reply.h"

_Static_assert(ASK_LIFE_S == COOKIE_ASKED_S && ASK_LIFE_S == SMS_LIFE_S,
    "the cookie lives as long as what it is for");

struct wish {
	const char *phone;
	const char *email;
	const char *return_to;
};

struct asking {
	struct req *req;
	const char *kind;    /* the mail; NULL: an SMS */
	const char *to;      /* an address in small letters, or a phone */
	const char *browser; /* NULL: any may come with the code */
	const char *return_to;
};

static const struct field fields[] = {
	{ "email", FIELD_TEXT, offsetof(struct wish, email), 1, USER_EMAIL_MAX, FIELD_OPTIONAL },
	{ "return_to", FIELD_TEXT, offsetof(struct wish, return_to), 0, 1024, FIELD_OPTIONAL },
	{ "phone", FIELD_TEXT, offsetof(struct wish, phone), 1, 16, FIELD_OPTIONAL },
};

static enum err
check_phone(struct req *r, const char *phone)
{

	if (!r->app->conf.signin_otp_sms)
		return (req_field_error(r, "phone", "is not taken here: signin.otp_sms is off"));
	if (!sms_phone_ok(phone))
		return (req_field_error(r, "phone", "must be '+' and 8 to 15 digits"));
	return (ERR_OK);
}

/* The first ${count} of the fields. */
static enum err
read_wish(struct req *r, size_t count, struct wish *ret_wish)
{
	enum err e;

	*ret_wish = (struct wish){ .email = NULL };
	if ((e = input_read(r, fields, count, ret_wish)) != ERR_OK)
		return (e);
	if (ret_wish->phone != NULL && ret_wish->email != NULL)
		return (req_field_error(r, "phone", "or email, not both"));
	if (ret_wish->phone != NULL)
		return (check_phone(r, ret_wish->phone));
	if (ret_wish->email == NULL)
		return (req_field_error(r, "email", "is missing"));
	if (!profile_email_ok(ret_wish->email))
		return (req_field_error(r, "email", "is not an e-mail address"));
	if (count == COUNT(fields) && !r->app->conf.signin_otp)
		return (req_field_error(r, "email", "is not taken here: signin.otp is off"));
	return (ERR_OK);
}

/* For who may not sign in the same is done, and comes to nothing. */
static enum err
write_asking(struct tx *tx, void *arg)
{
	const struct asking *t = arg;
	struct req *r = t->req;
	struct ticket ticket = { .purpose = TICKET_SIGN_IN,
		.data = req_is_local(t->return_to) ? t->return_to : NULL,
		.browser = t->browser,
		.with_code = true,
		.life_s = ASK_LIFE_S };
	struct mailing m = { .kind = t->kind, .ticket = &ticket, .path = "/sign-in" };
	struct sms s = { .phone = t->to, .ticket = &ticket };
	struct user u;
	bool pretend;
	enum err e;

	if ((e = guest_check_signin(r, tx_db(tx))) != ERR_OK)
		return (e);
	e = user_find(
	    tx_db(tx), t->kind == NULL ? USER_BY_PHONE : USER_BY_EMAIL, t->to, r->arena, &u);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return (e);
	pretend = e == ERR_NOT_FOUND || !u.enabled || u.locked || u.hidden;
	s.user = m.user = e == ERR_OK ? &u : NULL;
	s.pretend = m.pretend = pretend;
	if (t->kind == NULL) {
		ticket.email = t->to;
		return (sms_send(tx, r, &s, clock_ms()));
	}
	m.to = e == ERR_OK ? NULL : t->to;
	return (mailing_send(tx, r, &m, clock_ms()));
}

/* A new one each time, lest it be one that somebody else has put there. */
static enum err
make_cookie(struct req *r, const char **ret_browser)
{
	char *token = arena_alloc(r->arena, SECRET_TOKEN_SIZE);

	if (token == NULL)
		return (ERR_NOMEM);
	secret_token(token);
	*ret_browser = token;
	return (cookie_asked_set(r, token));
}

/* The same to everybody. */
static enum err
answer(struct req *r, const struct wish *in)
{
	struct json j = json_object(r->arena);

	if (visit_kind(r) != SESSION_COOKIE) {
		json_add_number(&j, "expires_in", ASK_LIFE_S);
		return (reply_json(r, 202, &j));
	}
	json_add_text(&j, "site", r->app->conf.site_name);
	json_add_bool(&j, "sent", true);
	if (in->phone != NULL)
		json_add_text(&j, "phone", in->phone);
	else
		json_add_text(&j, "email", in->email);
	json_add_text(&j, "return_to", req_is_local(in->return_to) ? in->return_to : "");
	return (reply_page(r, 202, r->app->pages, "sign-in", &j));
}

static enum err
ask(struct req *r, const struct wish *in, const char *kind, bool bound)
{
	struct asking t = { .req = r, .kind = kind, .to = in->phone, .return_to = in->return_to };
	enum err e;

	if (in->phone == NULL && (t.to = arena_copy_lower(r->arena, in->email)) == NULL)
		return (ERR_NOMEM);
	if ((e = in->phone != NULL ? sms_allow(r, t.to, NULL) : mailing_allow(r, t.to)) != ERR_OK ||
	    (bound && (e = make_cookie(r, &t.browser)) != ERR_OK) ||
	    (e = store_write(r->app->store, write_asking, &t)) != ERR_OK)
		return (e);
	return (answer(r, in));
}

enum err
ask_post_link(struct req *r)
{
	struct wish in;
	enum err e;

	if (!r->app->conf.signin_magic_link)
		return (ERR_NOT_FOUND);
	if ((e = read_wish(r, COUNT(fields) - 1, &in)) != ERR_OK)
		return (e);
	return (ask(r, &in, "sign-in", true));
}

enum err
ask_post_code(struct req *r)
{
	const struct conf *c = &r->app->conf;
	struct wish in;
	enum err e;

	if (!c->signin_otp && !c->signin_otp_sms)
		return (ERR_NOT_FOUND);
	if ((e = read_wish(r, COUNT(fields), &in)) != ERR_OK)
		return (e);
	return (
	    ask(r, &in, in.phone == NULL ? "sign-in-code" : NULL, visit_kind(r) == SESSION_COOKIE));
}
