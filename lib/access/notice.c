/* Notices: mails that tell users what was done to their accounts, in case it was somebody else. */
#include "access/notice.h"

#include <string.h>

#include "access/app.h"
#include "access/device.h"
#include "access/grant.h"
#include "access/mailing.h"
#include "access/profile.h"
#include "base/clock.h"

#define UNLOCK_S 3600

/* To whom the same is written that is then taken back. */
static const char nobody[] = "nobody@nowhere.invalid";

bool
notice_wanted(const struct conf *c)
{

	return (c->mail_notices && c->mail_url[0] != '\0');
}

bool
notice_can_reach(const struct conf *c, const struct user *u)
{

	return (notice_wanted(c) && profile_email_ok(u->email));
}

struct notice
notice_of(const struct req *r, int64_t now)
{

	return ((struct notice){ .conf = &r->app->conf,
	    .master = r->app->master,
	    .arena = r->arena,
	    .req = r,
	    .now = now });
}

/* "evil.example" as User-Agent would be a link in many a mail reader. */
static const char *
name_device(const struct req *r)
{
	const char *agent = grant_agent(r), *name;

	if (agent == NULL || (name = device_name(agent, r->arena)) == NULL)
		return (NULL);
	return (name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	                          "0123456789 _-")] == '\0'
	            ? name
	            : device_name("", r->arena));
}

void
notice_add_origin(const struct notice *n, struct json *params)
{

	json_add_text(params, "at", clock_print_minute(n->arena, n->now));
	if (n->req != NULL) {
		json_add_text(params, "device", name_device(n->req));
		json_add_text(params, "ip_address", n->req->remote_addr);
	}
	json_add_text(params, "ask", n->conf->guard_ask);
}

/* The section of the template that stands. */
static const char *
section_of(enum notice_how how)
{

	switch (how) {
	case NOTICE_CHANGED:
		return ("changed");
	case NOTICE_RESET:
	case NOTICE_CLAIMED:
		return ("reset");
	case NOTICE_REMOVED:
		return ("removed");
	case NOTICE_SET:
		return ("set");
	case NOTICE_CLEARED:
		return ("cleared");
	}
	return ("changed");
}

enum err
notice_password(struct tx *tx, const struct notice *n, const struct user *u, enum notice_how how)
{
	struct json params = json_object(n->arena);
	struct mail mail = { .kind = "password-changed",
		.to = u->email,
		.user_id = u->id,
		.locale = u->locale,
		.params = &params };
	char id[ID_SIZE];

	if (!notice_can_reach(n->conf, u))
		return (ERR_OK);
	if (mail.locale == NULL && n->req != NULL)
		mail.locale = mailing_locale(n->req);
	json_add_bool(&params, section_of(how), true);
	json_add_bool(&params, "forgot", how != NOTICE_CLEARED);
	json_add_bool(&params, "claimed", how == NOTICE_CLAIMED);
	json_add_bool(&params, "gone", how == NOTICE_CLEARED || how == NOTICE_REMOVED);
	notice_add_origin(n, &params);
	return (mailing_queue(tx, n->conf, n->master, &mail, n->now, n->arena, id));
}

enum err
notice_locked(struct tx *tx, struct req *r, const struct user *u, int64_t failures, int64_t now)
{
	const struct notice n = notice_of(r, now);
	const bool is_known = u != NULL && notice_can_reach(n.conf, u);
	struct json params = json_object(r->arena);
	struct ticket ticket = { .purpose = TICKET_UNLOCK, .life_s = UNLOCK_S };
	struct mailing m = { .kind = "locked",
		.user = is_known ? u : NULL,
		.to = is_known ? u->email : nobody,
		.ticket = &ticket,
		.path = "/unlock",
		.params = &params,
		.pretend = !is_known || !u->enabled || u->locked };

	json_add_number(&params, "failures", failures);
	json_add_text(&params, "at", clock_print_minute(r->arena, now));
	json_add_text(&params, "ask", n.conf->guard_ask);
	return (mailing_send(tx, r, &m, now));
}
