/* Asking for another password, and choosing it. */
#include "forgot.h"

#include <string.h>

#include "access/app.h"
#include "access/recovery.h"
#include "access/ticket.h"
#include "cred/policy.h"
#include "http/input.h"
#include "http/reply.h"
#include "link.h"
#include "store/user.h"

struct forgot {
	const char *email;
};

/* The same for everybody. */
enum err
forgot_post(struct req *r)
{
	static const struct field fields[] = {
		{ "email", FIELD_TEXT, offsetof(struct forgot, email), 3, USER_EMAIL_MAX, 0 },
	};
	struct forgot in = { .email = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &in)) != ERR_OK ||
	    (e = recovery_forgot(r, in.email)) != ERR_OK)
		return (e);
	if (req_is_page_form(r))
		return (reply_redirect(r, "/forgot#sent", "/forgot"));
	return (reply_text(r, 202, "application/json",
	    "{\"detail\":\"if there is an account with this address, a mail is on its way\"}"));
}

enum err
forgot_get(struct req *r)
{

	return (link_page(r, "forgot"));
}

struct reset {
	const char *token;
	const char *new_password;
	const char *new_password_confirm;
};

enum err
forgot_post_reset(struct req *r)
{
	static const struct field fields[] = {
		{ "token", FIELD_TEXT, offsetof(struct reset, token), 1, TICKET_TEXT_MAX, 0 },
		{ "new_password", FIELD_TEXT, offsetof(struct reset, new_password), 1,
		    POLICY_LENGTH_MAX, 0 },
		{ "new_password_confirm", FIELD_TEXT, offsetof(struct reset, new_password_confirm),
		    0, POLICY_LENGTH_MAX, FIELD_OPTIONAL },
	};
	struct reset in = { .token = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &in)) != ERR_OK)
		return (e);
	if (in.new_password_confirm != NULL &&
	    strcmp(in.new_password, in.new_password_confirm) != 0)
		return (
		    req_field_error(r, "new_password_confirm", "is not the same as new_password"));
	if ((e = recovery_reset(r, in.token, in.new_password)) != ERR_OK)
		return (e);
	return (link_done(r, "/login#password-reset"));
}

enum err
forgot_get_reset(struct req *r)
{

	return (link_page(r, "reset"));
}
