/* login: prove who you are by password, get tokens or a cookie. */
#include <string.h>

#include "access/app.h"
#include "access/visit.h"
#include "base/id.h"
#include "cred/policy.h"
#include "http/input.h"
#include "http/reply.h"
#include "opensesame.h"

struct login {
	const char *login;
	const char *email;
	const char *username;
	const char *password;
	const char *return_to;
};

static enum err
read_login(struct req *r, struct login *ret_login)
{
	static const struct field fields[] = {
		{ "login", FIELD_TEXT, offsetof(struct login, login), 1, USER_EMAIL_MAX,
		    FIELD_OPTIONAL },
		{ "email", FIELD_TEXT, offsetof(struct login, email), 1, USER_EMAIL_MAX,
		    FIELD_OPTIONAL },
		{ "username", FIELD_TEXT, offsetof(struct login, username), 1, USER_EMAIL_MAX,
		    FIELD_OPTIONAL },
		{ "password", FIELD_TEXT, offsetof(struct login, password), 1, POLICY_LENGTH_MAX,
		    0 },
		{ "return_to", FIELD_TEXT, offsetof(struct login, return_to), 0, 1024,
		    FIELD_OPTIONAL },
	};
	int named;
	enum err e;

	memset(ret_login, 0, sizeof *ret_login);
	if ((e = input_read(r, fields, COUNT(fields), ret_login)) != ERR_OK)
		return (e);
	named =
	    (ret_login->login != NULL) + (ret_login->email != NULL) + (ret_login->username != NULL);
	if (named == 0)
		return (req_field_error(r, "email", "is missing; username or login will do, too"));
	if (named > 1)
		return (req_field_error(r, "email", "or username or login, not several of them"));
	if (ret_login->login == NULL)
		ret_login->login =
		    ret_login->email != NULL ? ret_login->email : ret_login->username;
	return (ERR_OK);
}

static enum err
post_login(struct req *r)
{
	struct visit v = { .secret = NULL };
	struct login in;
	enum err e;

	if ((e = read_login(r, &in)) != ERR_OK)
		return (e);
	if ((e = visit_sign_in(r, in.login, in.password, visit_kind(r), &v)) != ERR_OK)
		return (e);
	return (visit_answer(r, &v, in.return_to));
}

static enum err
get_login(struct req *r)
{
	struct json j = json_object(r->arena);
	const char *return_to = req_query(r, "return_to");

	if (r->subject != NULL)
		return (reply_redirect(r, return_to, "/account"));
	json_add_text(&j, "site", r->app->conf.site_name);
	json_add_text(&j, "return_to", req_is_local(return_to) ? return_to : "");
	return (reply_page(r, 200, r->app->pages, "login", &j));
}

static const struct route routes[] = {
	/* method  path                  handler                body  who        page */
	{ "GET", "/login", get_login, 0, WHO_MAYBE, NULL, NULL, .password_due = true },
	{ "POST", "/auth/login", post_login, 8192, WHO_ANY, "login", NULL },
	{ "POST", "/api/users/session", opensesame_post_session, 8192, WHO_ANY, NULL, NULL },
	{ "DELETE", "/api/users/session", opensesame_delete_session, 8192, WHO_ANY, NULL, NULL },
	{ NULL, "/api", opensesame_any, 0, WHO_MAYBE, NULL, NULL },
	{ NULL, "/api/*", opensesame_any, 0, WHO_MAYBE, NULL, NULL },
};

int
main(int argc, char **argv)
{
	/* Nearly all of these threads wait for a turn to hash; the more of them, the fewer wait
	 * unseen in the backlog. */
	const struct program p = { "login", routes, COUNT(routes), 32 };

	return (app_main(argc, argv, &p));
}
