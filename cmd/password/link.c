/* Pages that links in mails lead to. */
#include "link.h"

#include <stddef.h>

#include "access/app.h"
#include "access/recovery.h"
#include "access/ticket.h"
#include "http/input.h"
#include "http/reply.h"

struct link {
	const char *token;
};

enum err
link_page(struct req *r, const char *name)
{
	struct json j = json_object(r->arena);

	json_add_text(&j, "site", r->app->conf.site_name);
	return (reply_page(r, 200, r->app->pages, name, &j));
}

enum err
link_done(struct req *r, const char *target)
{

	return (req_is_page_form(r) ? reply_redirect(r, target, "/login") : reply_none(r));
}

/* Read the token, and do ${what} by it. */
static enum err
use(struct req *r, enum err (*what)(struct req *r, const char *token), const char *target)
{
	static const struct field fields[] = {
		{ "token", FIELD_TEXT, offsetof(struct link, token), 1, TICKET_TEXT_MAX, 0 },
	};
	struct link in = { .token = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &in)) != ERR_OK ||
	    (e = what(r, in.token)) != ERR_OK)
		return (e);
	return (link_done(r, target));
}

enum err
link_post_unlock(struct req *r)
{

	return (use(r, recovery_unlock, "/login#unlocked"));
}

enum err
link_get_unlock(struct req *r)
{

	return (link_page(r, "unlock"));
}

enum err
link_post_end_session(struct req *r)
{

	return (use(r, recovery_end_session, "/forgot#session-ended"));
}

enum err
link_get_end_session(struct req *r)
{

	return (link_page(r, "end-session"));
}
