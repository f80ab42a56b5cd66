/* register: make an account, and be signed in; or be sent a mail whose link makes it. */
#include <string.h>

#include "access/admission.h"
#include "access/app.h"
#include "access/cookie.h"
#include "access/visit.h"
#include "cred/policy.h"
#include "http/input.h"
#include "http/reply.h"

struct registration {
	const char *email;
	const char *password;
	const char *password_confirm;
	const char *username;
	const char *name;
	const char *invitation;
	const char *return_to;
};

static enum err
read_registration(struct req *r, struct registration *ret_in)
{
	static const struct field fields[] = {
		{ "email", FIELD_TEXT, offsetof(struct registration, email), 3, USER_EMAIL_MAX, 0 },
		{ "password", FIELD_TEXT, offsetof(struct registration, password), 1,
		    POLICY_LENGTH_MAX, 0 },
		{ "password_confirm", FIELD_TEXT, offsetof(struct registration, password_confirm),
		    0, POLICY_LENGTH_MAX, FIELD_OPTIONAL },
		{ "username", FIELD_TEXT, offsetof(struct registration, username), 2, 64,
		    FIELD_OPTIONAL },
		{ "name", FIELD_TEXT, offsetof(struct registration, name), 1, 200, FIELD_OPTIONAL },
		{ "invitation", FIELD_TEXT, offsetof(struct registration, invitation), 0,
		    TICKET_TEXT_MAX, FIELD_OPTIONAL },
		{ "return_to", FIELD_TEXT, offsetof(struct registration, return_to), 0, 1024,
		    FIELD_OPTIONAL },
	};
	enum err e;

	memset(ret_in, 0, sizeof *ret_in);
	if ((e = input_read(r, fields, COUNT(fields), ret_in)) != ERR_OK)
		return (e);
	if (ret_in->password_confirm != NULL &&
	    strcmp(ret_in->password, ret_in->password_confirm) != 0)
		return (req_field_error(r, "password_confirm", "is not the same as password"));
	return (ERR_OK);
}

/* Who was on the way to accept an invitation has done so by signing up with it. */
static const char *
where_to(const struct registration *in)
{

	if (in->invitation != NULL && in->invitation[0] != '\0' && in->return_to != NULL &&
	    strcmp(in->return_to, "/invitation") == 0)
		return ("/account#joined");
	return (in->return_to);
}

/* The same whether or not the address has an account. */
static enum err
reply_sent(struct req *r, bool browser)
{
	struct json j = json_object(r->arena);

	if (browser)
		return (reply_redirect(r, "/verify?sent=1", "/verify"));
	json_add_text(&j, "status", "verification-sent");
	return (reply_json(r, 202, &j));
}

static enum err
post_register(struct req *r)
{
	const bool browser = req_is_page_form(r);
	struct visit v = { .secret = NULL };
	struct registration in;
	struct signup signup;
	enum err e;

	if ((e = read_registration(r, &in)) != ERR_OK)
		return (e);
	signup = (struct signup){ in.email, in.password, in.username, in.name, in.invitation };
	if ((e = visit_sign_up(r, &signup, browser ? SESSION_COOKIE : SESSION_REFRESH, &v)) !=
	    ERR_OK)
		return (e);
	if (v.secret == NULL)
		return (reply_sent(r, browser));
	if (!browser)
		return (visit_reply_tokens(r, 201, &v));
	if ((e = cookie_set(r, v.secret, v.device)) != ERR_OK)
		return (e);
	return (reply_redirect(r, where_to(&in), "/account"));
}

static enum err
get_register(struct req *r)
{
	const enum admission_mode mode = admission_mode(&r->app->conf);
	struct json j = json_object(r->arena);
	const char *return_to = req_query(r, "return_to");

	if (r->subject != NULL)
		return (reply_redirect(r, return_to, "/account"));
	json_add_text(&j, "site", r->app->conf.site_name);
	json_add_bool(&j, "closed", mode == ADMISSION_CLOSED);
	json_add_bool(&j, "wanted", mode == ADMISSION_INVITE || mode == ADMISSION_WAITLIST);
	json_add_bool(&j, "waitlist", mode == ADMISSION_WAITLIST);
	json_add_text(&j, "return_to", req_is_local(return_to) ? return_to : "");
	return (reply_page(r, 200, r->app->pages, "register", &j));
}

static const struct route routes[] = {
	/* method path              handler        body  who        page */
	{ "GET", "/register", get_register, 0, WHO_MAYBE, NULL, NULL, .password_due = true,
	    .work = true },
	{ "POST", "/auth/register", post_register, 8192, WHO_ANY, "register", NULL, .work = true },
};

int
main(int argc, char **argv)
{
	const struct program p = { "register", routes, COUNT(routes), 16 };

	return (app_main(argc, argv, &p));
}
