/* waitlist: asking to be let in, and letting in, one after the other. */
#include "access/app.h"
#include "ask.h"
#include "change.h"
#include "list.h"

static const struct route routes[] = {
	/* method  path                 handler         body  who        page
	   permission */
	{ "GET", "/waitlist", list_get, 0, WHO_MAYBE, NULL, "waitlist:read", .work = true },
	{ "POST", "/waitlist", ask_post, 8192, WHO_ANY, "waitlist", NULL, .work = true },
	{ "GET", "/waitlist/confirm", ask_get_confirm, 0, WHO_ANY, NULL, NULL },
	{ "POST", "/waitlist/confirm", ask_post_confirm, 4096, WHO_ANY, "waitlist-confirm", NULL },
	{ "POST", "/waitlist/invite", change_invite, 8192, WHO_HOLDER, NULL, "waitlist:update" },
	{ "POST", "/waitlist/{id}/approve", change_approve, 1024, WHO_HOLDER, NULL,
	    "waitlist:update" },
	{ "POST", "/waitlist/{id}/refuse", change_refuse, 1024, WHO_HOLDER, NULL,
	    "waitlist:update" },
	{ "DELETE", "/waitlist/{id}", change_drop, 1024, WHO_HOLDER, NULL, "waitlist:update" },
};

int
main(int argc, char **argv)
{
	const struct program p = { "waitlist", routes, COUNT(routes), 4 };

	return (app_main(argc, argv, &p));
}
