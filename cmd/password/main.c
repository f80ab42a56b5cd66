/* password: change it, or choose another when it is forgotten; the address; and what else links in
 * mails do. */
#include <string.h>

#include "access/app.h"
#include "access/visit.h"
#include "cred/policy.h"
#include "email.h"
#include "forgot.h"
#include "http/input.h"
#include "http/reply.h"
#include "link.h"

struct change {
	const char *current_password;
	const char *new_password;
	const char *new_password_confirm;
	const char *return_to;
};

static enum err
post_change(struct req *r)
{
	static const struct field fields[] = {
		{ "current_password", FIELD_TEXT, offsetof(struct change, current_password), 1,
		    POLICY_LENGTH_MAX, 0 },
		{ "new_password", FIELD_TEXT, offsetof(struct change, new_password), 1,
		    POLICY_LENGTH_MAX, 0 },
		{ "new_password_confirm", FIELD_TEXT, offsetof(struct change, new_password_confirm),
		    0, POLICY_LENGTH_MAX, FIELD_OPTIONAL },
		{ "return_to", FIELD_TEXT, offsetof(struct change, return_to), 0, 1024,
		    FIELD_OPTIONAL },
	};
	struct change in = { .return_to = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &in)) != ERR_OK)
		return (e);
	if (in.new_password_confirm != NULL &&
	    strcmp(in.new_password, in.new_password_confirm) != 0)
		return (
		    req_field_error(r, "new_password_confirm", "is not the same as new_password"));
	if ((e = visit_change_password(r, in.current_password, in.new_password)) != ERR_OK)
		return (e);
	if (req_is_page_form(r))
		return (reply_redirect(r, in.return_to, "/account"));
	return (reply_none(r));
}

static const struct route routes[] = {
	/* method path                     handler      body  who       page */
	{ "POST", "/auth/password/change", post_change, 8192, WHO_SELF, "password", NULL,
	    .password_due = true },
	{ "GET", "/verify", email_page, 0, WHO_ANY, NULL, NULL },
	{ "POST", "/auth/email/verify", email_verify, 4096, WHO_MAYBE, "verify", NULL,
	    .password_due = true },
	{ "POST", "/auth/email/resend", email_resend, 4096, WHO_ANY, "verify", NULL },
	{ "POST", "/auth/email/change", email_change, 8192, WHO_SELF, "address", NULL },
	{ "POST", "/auth/password/forgot", forgot_post, 4096, WHO_ANY, "forgot", NULL,
	    .work = true },
	{ "POST", "/auth/password/reset", forgot_post_reset, 8192, WHO_ANY, "reset", NULL },
	{ "GET", "/forgot", forgot_get, 0, WHO_ANY, NULL, NULL, .work = true },
	{ "GET", "/reset", forgot_get_reset, 0, WHO_ANY, NULL, NULL },
	{ "POST", "/auth/unlock", link_post_unlock, 4096, WHO_ANY, "unlock", NULL },
	{ "GET", "/unlock", link_get_unlock, 0, WHO_ANY, NULL, NULL },
	{ "POST", "/auth/end-session", link_post_end_session, 4096, WHO_ANY, "end-session", NULL },
	{ "GET", "/end-session", link_get_end_session, 0, WHO_ANY, NULL, NULL },
};

int
main(int argc, char **argv)
{
	const struct program p = { "password", routes, COUNT(routes), 16 };

	return (app_main(argc, argv, &p));
}
