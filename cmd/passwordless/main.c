/* passwordless: sign in by a link or a code that is mailed, or sent to a phone. */
#include "access/app.h"
#include "ask.h"
#include "enter.h"
#include "phone.h"

static const struct route routes[] = {
	/* method path                      handler         body  who      page */
	{ "GET", "/sign-in", enter_get_page, 0, WHO_ANY, NULL, NULL },
	{ "POST", "/auth/magic-link", ask_post_link, 8192, WHO_ANY, "sign-in-ask", NULL },
	{ "POST", "/auth/magic-link/verify", enter_post_link, 8192, WHO_ANY, "sign-in", NULL },
	{ "POST", "/auth/otp", ask_post_code, 8192, WHO_ANY, "sign-in-ask", NULL },
	{ "POST", "/auth/otp/verify", enter_post_code, 8192, WHO_ANY, "sign-in", NULL },
	{ "POST", "/users/me/phone", phone_post, 8192, WHO_SELF, NULL, NULL },
	{ "DELETE", "/users/me/phone", phone_drop, 1024, WHO_SELF, NULL, NULL },
	{ "POST", "/users/me/phone/verify", phone_post_verify, 8192, WHO_SELF, NULL, NULL },
};

int
main(int argc, char **argv)
{
	/* Hardly any of them hashes; those that wait share one flush of the database. */
	const struct program p = { "passwordless", routes, COUNT(routes), 8 };

	return (app_main(argc, argv, &p));
}
