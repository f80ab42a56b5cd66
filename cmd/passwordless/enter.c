/* Coming in by what was mailed. */
#include "enter.h"

#include <string.h>

#include "access/app.h"
#include "access/cookie.h"
#include "access/grant.h"
#include "access/notice.h"
#include "access/throttle.h"
#include "access/ticket.h"
#include "access/verification.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "http/input.h"
#include "http/reply.h"

struct mailed {
	const char *token;
	const char *phone;
	const char *email;
	const char *code;
	const char *return_to;
};

/* What the transaction needs, and what it found. */
struct entry {
	struct req *req;
	const struct mailed *mailed;
	const char *browser;
	struct ticket ticket;
	struct visit *visit;
	int64_t now;
	enum err err; /* what was wrong; the attempt is noted all the same */
	bool other_browser;
};

/* Where it was sent to. */
static const char *
where(const struct mailed *in)
{

	return (in->phone != NULL ? in->phone : in->email);
}

/* Whose the attempt is: what was typed need not be anybody's address. */
static enum err
find_owner(struct tx *tx, const struct entry *t, const char **ret_user_id)
{
	struct user u;
	enum err e;

	*ret_user_id = t->ticket.user_id;
	if (t->ticket.user_id != NULL || t->mailed->token != NULL)
		return (ERR_OK);
	e = user_find(tx_db(tx), t->mailed->phone != NULL ? USER_BY_PHONE : USER_BY_EMAIL,
	    where(t->mailed), t->req->arena, &u);
	if (e == ERR_OK)
		*ret_user_id = u.id;
	return (e == ERR_NOT_FOUND ? ERR_OK : e);
}

/* That it failed is to be committed, with the row of the attempt. */
static enum err
note_failure(struct tx *tx, struct entry *t, enum err why)
{
	const char *user_id;
	enum err e;

	if ((e = find_owner(tx, t, &user_id)) != ERR_OK)
		return (e);
	t->err = why;
	return (grant_attempt(tx, t->req, user_id, false, t->now));
}

static enum err
take_link(struct tx *tx, struct entry *t)
{
	enum err e;

	e = ticket_find(
	    tx_db(tx), TICKET_SIGN_IN, t->mailed->token, t->now, t->req->arena, &t->ticket);
	if (e != ERR_OK)
		return (e);
	t->other_browser = !ticket_browser_ok(&t->ticket, t->browser);
	return (t->other_browser ? ERR_TICKET : ticket_forget(tx, &t->ticket));
}

static enum err
take_code(struct tx *tx, struct entry *t)
{
	bool right;
	enum err e;

	t->ticket = (struct ticket){
		.purpose = TICKET_SIGN_IN, .email = where(t->mailed), .browser = t->browser
	};
	e = ticket_try(
	    tx, t->req->app->master, &t->ticket, t->mailed->code, t->now, t->req->arena, &right);
	return (e == ERR_OK && !right ? ERR_TICKET : e);
}

/* Who comes with a mail reads the address; who comes with an SMS has shown nothing of it. */
static enum err
confirm(struct tx *tx, struct entry *t, struct user *u)
{

	const struct notice n = notice_of(t->req, t->now);
	const bool removed = !u->email_confirmed && u->password_hash != NULL;
	enum err e;

	if (t->mailed->phone != NULL)
		return (verification_check(t->req, u));
	if ((e = verification_claim(tx, t->req, u, t->now)) != ERR_OK || !removed)
		return (e);
	return (notice_password(tx, &n, u, NOTICE_REMOVED));
}

/* What was sent to where is the user's no more proves nothing. */
static enum err
admit(struct tx *tx, struct entry *t, struct user *ret_user)
{
	enum err e;

	if (t->ticket.user_id == NULL)
		return (ERR_NOT_FOUND);
	if ((e = grant_admit(tx, t->req, t->ticket.user_id, ret_user)) != ERR_OK)
		return (e);
	if (t->mailed->phone != NULL)
		return (ret_user->phone_confirmed && strcmp(ret_user->phone, t->ticket.email) == 0
		            ? ERR_OK
		            : ERR_NOT_FOUND);
	return (text_same_nocase(ret_user->email, t->ticket.email) ? ERR_OK : ERR_NOT_FOUND);
}

static enum err
write_entry(struct tx *tx, void *arg)
{
	struct entry *t = arg;
	struct visit *v = t->visit;
	enum err e;

	e = t->mailed->token != NULL ? take_link(tx, t) : take_code(tx, t);
	if (e == ERR_TICKET)
		return (note_failure(tx, t, e));
	if (e != ERR_OK)
		return (e);
	e = admit(tx, t, &v->user);
	if (e == ERR_NOT_FOUND || e == ERR_ACCOUNT)
		return (note_failure(tx, t, e == ERR_ACCOUNT ? e : ERR_TICKET));
	if (e != ERR_OK)
		return (e);
	if ((e = confirm(tx, t, &v->user)) == ERR_UNCONFIRMED)
		return (note_failure(tx, t, e));
	if (e != ERR_OK || (e = grant_prepare(t->req, v->user.id, visit_kind(t->req), v)) != ERR_OK)
		return (e);
	v->session.amr = t->mailed->phone != NULL ? "otp sms" : "otp"; /* RFC 8176 */
	if ((e = grant_attempt(tx, t->req, v->user.id, true, t->now)) != ERR_OK)
		return (e);
	return (grant_begin(tx, t->req, &v->user, v));
}

static enum err
try_mailed(struct req *r, struct entry *t)
{
	enum err e;

	if ((e = store_write(r->app->store, write_entry, t)) != ERR_OK)
		return (e);
	if (t->err == ERR_OK)
		return (ERR_OK);
	if (t->other_browser)
		return (req_fail(r, t->err,
		    "this link works in the browser that asked for it: type the code of the mail "
		    "there, or ask for another mail here"));
	/* For whoever bans addresses by the log, as in signin.c. */
	log_event(LOG_WARN, r->request_id, "sign-in failed from %s", r->remote_addr);
	return (t->err);
}

/* The address in small letters; and people type "123 456" or "123-456". */
static enum err
clean(struct req *r, struct mailed *in)
{
	char *code = arena_alloc(r->arena, strlen(in->code) + 1);
	const char *email = arena_copy_lower(r->arena, in->email);
	size_t from, to = 0;

	if (code == NULL || (in->email != NULL && email == NULL))
		return (ERR_NOMEM);
	in->email = email;
	for (from = 0; in->code[from] != '\0'; from++)
		if (in->code[from] != ' ' && in->code[from] != '-')
			code[to++] = in->code[from];
	code[to] = '\0';
	in->code = code;
	return (ERR_OK);
}

static enum err
enter(struct req *r, struct mailed *in)
{
	struct visit v = { .secret = NULL };
	struct entry t = { .req = r,
		.mailed = in,
		.browser = req_cookie(r, cookie_asked_name(&r->app->conf)),
		.visit = &v,
		.now = clock_ms() };
	enum err e;

	if (in->token == NULL && (e = clean(r, in)) != ERR_OK)
		return (e);
	if ((e = throttle_code_begin(r, where(in))) != ERR_OK)
		return (e);
	e = try_mailed(r, &t);
	throttle_code_end(r, where(in), e);
	if (e != ERR_OK || (e = grant_finish(r, &v)) != ERR_OK)
		return (e);
	if (t.browser != NULL && (e = cookie_asked_clear(r)) != ERR_OK)
		return (e);
	return (visit_answer(r, &v, in->return_to != NULL ? in->return_to : t.ticket.data));
}

/* Of links all but the last, of codes all but the first. A token of another kind, or length, gets
 * the answer of one that is not right. */
static const struct field fields[] = {
	{ "token", FIELD_TEXT, offsetof(struct mailed, token), 1, TICKET_TEXT_MAX, FIELD_OPTIONAL },
	{ "email", FIELD_TEXT, offsetof(struct mailed, email), 1, USER_EMAIL_MAX, FIELD_OPTIONAL },
	{ "code", FIELD_TEXT, offsetof(struct mailed, code), 1, TICKET_TEXT_MAX, FIELD_OPTIONAL },
	{ "return_to", FIELD_TEXT, offsetof(struct mailed, return_to), 0, 1024, FIELD_OPTIONAL },
	{ "phone", FIELD_TEXT, offsetof(struct mailed, phone), 1, 16, FIELD_OPTIONAL },
};

static enum err
read_mailed(struct req *r, const struct field *first, struct mailed *ret_mailed)
{
	enum err e;

	*ret_mailed = (struct mailed){ .token = NULL };
	if ((e = input_read(r, first, COUNT(fields) - 1, ret_mailed)) != ERR_OK)
		return (e);
	if (ret_mailed->token != NULL) {
		if (ret_mailed->email != NULL || ret_mailed->code != NULL)
			return (req_field_error(r, "token", "or email and code, not both"));
		return (ERR_OK);
	}
	if (ret_mailed->email != NULL && ret_mailed->phone != NULL)
		return (req_field_error(r, "phone", "or email, not both"));
	if (ret_mailed->phone != NULL && !r->app->conf.signin_otp_sms)
		return (req_field_error(r, "phone", "is not taken here: signin.otp_sms is off"));
	if (where(ret_mailed) == NULL)
		e = req_field_error(r, "email", "is missing");
	if (ret_mailed->code == NULL)
		e = req_field_error(r, "code", "is missing");
	return (e);
}

enum err
enter_post_link(struct req *r)
{
	struct mailed in;
	enum err e;

	if (!r->app->conf.signin_magic_link)
		return (ERR_NOT_FOUND);
	if ((e = read_mailed(r, fields, &in)) != ERR_OK)
		return (e);
	return (enter(r, &in));
}

enum err
enter_post_code(struct req *r)
{
	struct mailed in;
	enum err e;

	if (!r->app->conf.signin_otp && !r->app->conf.signin_otp_sms)
		return (ERR_NOT_FOUND);
	if ((e = read_mailed(r, fields + 1, &in)) != ERR_OK)
		return (e);
	return (enter(r, &in));
}

enum err
enter_get_page(struct req *r)
{
	struct json j = json_object(r->arena);

	if (!r->app->conf.signin_magic_link && !r->app->conf.signin_otp &&
	    !r->app->conf.signin_otp_sms)
		return (ERR_NOT_FOUND);
	json_add_text(&j, "site", r->app->conf.site_name);
	return (reply_page(r, 200, r->app->pages, "sign-in", &j));
}
