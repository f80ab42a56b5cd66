/* The user's address: shown to be the user's, and changed. */
#include "email.h"

#include "access/app.h"
#include "access/ticket.h"
#include "access/verification.h"
#include "cred/policy.h"
#include "http/input.h"
#include "http/reply.h"
#include "store/user.h"

struct input {
	const char *token;
	const char *email;
	const char *current_password;
	const char *return_to;
};

#define RETURN_TO \
	{ \
		"return_to", FIELD_TEXT, offsetof(struct input, return_to), 0, 1024, \
		    FIELD_OPTIONAL \
	}

/* A mail went out, or not: the same for everybody. */
static enum err
reply_sent(struct req *r, const struct input *in)
{
	struct json j = json_object(r->arena);

	if (req_is_page_form(r))
		return (reply_redirect(r, in->return_to, "/verify#mail-sent"));
	json_add_text(&j, "status", "verification-sent");
	return (reply_json(r, 202, &j));
}

enum err
email_page(struct req *r)
{
	struct json j = json_object(r->arena);

	json_add_text(&j, "site", r->app->conf.site_name);
	json_add_bool(&j, "sent", req_query(r, "sent") != NULL);
	return (reply_page(r, 200, r->app->pages, "verify", &j));
}

/* No session: the link shows who reads the mail, not who knows the password, and is often opened in
 * another browser than the one that asked. */
enum err
email_verify(struct req *r)
{
	static const struct field fields[] = {
		{ "token", FIELD_TEXT, offsetof(struct input, token), 1, TICKET_TEXT_MAX, 0 },
	};
	struct json j = json_object(r->arena);
	struct input in = { .token = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &in)) != ERR_OK ||
	    (e = verification_take(r, in.token)) != ERR_OK)
		return (e);
	/* Who is not signed in goes on to /login, and keeps the fragment (RFC 9110 section 10.2.2):
	 * both pages have the notice. */
	if (req_is_page_form(r))
		return (reply_redirect(r, "/account#email-confirmed", "/account"));
	json_add_text(&j, "status", "email-confirmed");
	return (reply_json(r, 200, &j));
}

enum err
email_resend(struct req *r)
{
	static const struct field fields[] = {
		{ "email", FIELD_TEXT, offsetof(struct input, email), 3, USER_EMAIL_MAX, 0 },
		RETURN_TO,
	};
	struct input in = { .email = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &in)) != ERR_OK ||
	    (e = verification_resend(r, in.email)) != ERR_OK)
		return (e);
	return (reply_sent(r, &in));
}

enum err
email_change(struct req *r)
{
	static const struct field fields[] = {
		{ "email", FIELD_TEXT, offsetof(struct input, email), 3, USER_EMAIL_MAX, 0 },
		{ "current_password", FIELD_TEXT, offsetof(struct input, current_password), 1,
		    POLICY_LENGTH_MAX, 0 },
		RETURN_TO,
	};
	struct input in = { .email = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &in)) != ERR_OK ||
	    (e = verification_change(r, in.email, in.current_password)) != ERR_OK)
		return (e);
	return (reply_sent(r, &in));
}
