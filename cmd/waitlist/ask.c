/* Asking to be let in, and showing that one reads the address. */
#include "ask.h"

#include "access/admission.h"
#include "access/app.h"
#include "access/audit.h"
#include "access/profile.h"
#include "access/waiting.h"
#include "base/clock.h"
#include "http/input.h"
#include "http/reply.h"

enum err
ask_check_mode(struct req *r)
{

	if (admission_mode(&r->app->conf) == ADMISSION_WAITLIST)
		return (ERR_OK);
	return (req_fail(r, ERR_NOT_FOUND, "this site has no waitlist"));
}

enum err
ask_get(struct req *r)
{
	struct json j = json_object(r->arena);
	enum err e;

	if ((e = ask_check_mode(r)) != ERR_OK)
		return (e);
	json_add_text(&j, "site", r->app->conf.site_name);
	return (reply_page(r, 200, r->app->pages, "waitlist", &j));
}

/* What the body says, and what the transaction makes of it. */
struct asking {
	struct req *req;
	const char *email;
	const char *name; /* NULL: not said */
	const char *note;
	struct waiter wish;
};

static enum err
read_wish(struct req *r, struct asking *q)
{
	static const struct field fields[] = {
		{ "email", FIELD_TEXT, offsetof(struct asking, email), 1, USER_EMAIL_MAX, 0 },
		{ "name", FIELD_TEXT, offsetof(struct asking, name), 0, WAITLIST_NAME_MAX,
		    FIELD_OPTIONAL },
		{ "note", FIELD_TEXT, offsetof(struct asking, note), 0, WAITLIST_NOTE_MAX,
		    FIELD_OPTIONAL },
	};
	const char *email;
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), q)) != ERR_OK)
		return (e);
	if (!profile_email_ok(q->email))
		return (req_field_error(r, "email", "is not an e-mail address"));
	if ((email = arena_copy_lower(r->arena, q->email)) == NULL)
		return (ERR_NOMEM);
	q->wish = (struct waiter){ .email = email,
		.name = q->name != NULL ? q->name : "",
		.note = q->note != NULL ? q->note : "",
		.locale = mailing_locale(r) };
	return (ERR_OK);
}

static enum err
write_wish(struct tx *tx, void *arg)
{
	const struct asking *q = arg;
	struct req *r = q->req;
	const struct post post = { &r->app->conf, r->app->master, r->arena, q->wish.locale };

	return (waiting_ask(tx, &post, &q->wish, clock_ms()));
}

/* Whatever the address is here, the answer is the same. */
enum err
ask_post(struct req *r)
{
	struct asking q = { .req = r };
	struct json j = json_object(r->arena);
	enum err e;

	if ((e = read_wish(r, &q)) != ERR_OK || (e = ask_check_mode(r)) != ERR_OK ||
	    (e = mailing_allow(r, q.wish.email)) != ERR_OK ||
	    (e = store_write(r->app->store, write_wish, &q)) != ERR_OK)
		return (e);
	if (req_is_page_form(r))
		return (reply_redirect(r, "/waitlist#asked", "/waitlist"));
	json_add_text(&j, "detail", "A mail says how it goes on.");
	return (reply_json(r, 202, &j));
}

enum err
ask_get_confirm(struct req *r)
{
	struct json j = json_object(r->arena);
	enum err e;

	if ((e = ask_check_mode(r)) != ERR_OK)
		return (e);
	json_add_text(&j, "site", r->app->conf.site_name);
	return (reply_page(r, 200, r->app->pages, "waitlist-confirm", &j));
}

struct confirming {
	struct req *req;
	const char *token;
	struct waiter waiter;
	int64_t position;
};

static enum err
write_confirmed(struct tx *tx, void *arg)
{
	struct confirming *c = arg;
	struct req *r = c->req;
	enum err e;

	if ((e = waiting_confirm(tx, c->token, clock_ms(), r->arena, &c->waiter, &c->position)) !=
	    ERR_OK)
		return (e);
	return (audit_note(tx, r,
	    &(struct event){ .action = "waitlist.confirmed",
	        .object_type = "waitlist",
	        .object_id = c->waiter.id }));
}

enum err
ask_post_confirm(struct req *r)
{
	static const struct field fields[] = {
		{ "token", FIELD_TEXT, offsetof(struct confirming, token), 1, TICKET_TEXT_MAX, 0 },
	};
	struct confirming c = { .req = r };
	struct json j = json_object(r->arena);
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &c)) != ERR_OK ||
	    (e = ask_check_mode(r)) != ERR_OK ||
	    (e = store_write(r->app->store, write_confirmed, &c)) != ERR_OK)
		return (e);
	json_add_number(&j, "position", c.position);
	if (!req_is_page_form(r))
		return (reply_json(r, 200, &j));
	json_add_bool(&j, "confirmed", true);
	json_add_text(&j, "site", r->app->conf.site_name);
	return (reply_page(r, 200, r->app->pages, "waitlist-confirm", &j));
}
