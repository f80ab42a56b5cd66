/* One's own phone: given, shown to be one's own, taken away. */
#include "phone.h"

#include <string.h>

#include "access/app.h"
#include "access/audit.h"
#include "access/choice.h"
#include "access/sms.h"
#include "access/subject.h"
#include "access/throttle.h"
#include "base/clock.h"
#include "cred/policy.h"
#include "http/input.h"
#include "http/reply.h"

/* What the bodies say, and what the transactions find. */
struct giving {
	const char *phone;
	const char *current_password;
	const char *code;
	struct req *req;
	int64_t now;
	enum err err; /* what was wrong, though there is something to commit */
};

static enum err
find_subject(struct tx *tx, const struct giving *g, struct user *ret_user)
{
	enum err e;

	if ((e = subject_recheck(tx, g->req)) != ERR_OK)
		return (e);
	return (
	    user_find(tx_db(tx), USER_BY_ID, g->req->subject->user_id, g->req->arena, ret_user));
}

static enum err
note(struct tx *tx, const struct giving *g, const char *action)
{
	const struct event ev = {
		.action = action, .object_type = "user", .object_id = g->req->subject->user_id
	};

	return (audit_note(tx, g->req, &ev));
}

/* A phone that is confirmed stays so until another one is. */
static enum err
write_sending(struct tx *tx, void *arg)
{
	struct giving *g = arg;
	struct ticket ticket = { .purpose = TICKET_PHONE, .data = g->phone };
	struct sms s = { .phone = g->phone, .ticket = &ticket };
	struct user u;
	enum err e;

	if ((e = find_subject(tx, g, &u)) != ERR_OK)
		return (e);
	if (!u.phone_confirmed && (e = user_set_phone(tx, u.id, g->phone, false, g->now)) != ERR_OK)
		return (e);
	s.user = &u;
	ticket.email = u.id;
	return (sms_send(tx, g->req, &s, g->now));
}

/* Who has a password proves by it that he does not just sit at somebody's desk. */
static enum err
check_password(struct req *r, const char *current)
{
	struct user u;
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = user_find(db, USER_BY_ID, r->subject->user_id, r->arena, &u);
	store_read_end(r->app->store, db);
	if (e != ERR_OK || u.password_hash == NULL)
		return (e);
	if (current == NULL)
		return (req_field_error(r, "current_password", "is missing"));
	return (choice_prove(r, &u, current));
}

enum err
phone_post(struct req *r)
{
	static const struct field fields[] = {
		{ "phone", FIELD_TEXT, offsetof(struct giving, phone), 1, 16, 0 },
		{ "current_password", FIELD_TEXT, offsetof(struct giving, current_password), 1,
		    POLICY_LENGTH_MAX, FIELD_OPTIONAL },
	};
	struct json j = json_object(r->arena);
	struct giving g = { .phone = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &g)) != ERR_OK)
		return (e);
	if (!r->app->conf.signin_otp_sms)
		return (ERR_NOT_FOUND);
	if (!sms_phone_ok(g.phone))
		return (req_field_error(r, "phone", "must be '+' and 8 to 15 digits"));
	g.req = r;
	g.now = clock_ms();
	if ((e = check_password(r, g.current_password)) != ERR_OK ||
	    (e = sms_allow(r, g.phone, r->subject->user_id)) != ERR_OK ||
	    (e = store_write(r->app->store, write_sending, &g)) != ERR_OK)
		return (e);
	if (req_is_page_form(r))
		return (reply_redirect(r, "/account#phone-sent", "/account"));
	json_add_number(&j, "expires_in", SMS_LIFE_S);
	return (reply_json(r, 202, &j));
}

static enum err
write_confirmation(struct tx *tx, void *arg)
{
	struct giving *g = arg;
	struct ticket t = { .purpose = TICKET_PHONE, .email = g->req->subject->user_id };
	struct user u, other;
	bool right;
	enum err e;

	if ((e = find_subject(tx, g, &u)) != ERR_OK ||
	    (e = ticket_try(tx, g->req->app->master, &t, g->code, g->now, g->req->arena, &right)) !=
	        ERR_OK)
		return (e);
	if (!right) {
		g->err = ERR_TICKET;
		return (ERR_OK);
	}
	/* Told only to who holds the phone. */
	e = user_find(tx_db(tx), USER_BY_PHONE, t.data, g->req->arena, &other);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return (e);
	if (e == ERR_OK && strcmp(other.id, u.id) != 0) {
		g->err = ERR_TAKEN;
		return (ERR_OK);
	}
	if ((e = user_set_phone(tx, u.id, t.data, true, g->now)) != ERR_OK)
		return (e);
	return (note(tx, g, "phone.confirmed"));
}

enum err
phone_post_verify(struct req *r)
{
	static const struct field fields[] = {
		{ "code", FIELD_TEXT, offsetof(struct giving, code), 1, TICKET_TEXT_MAX, 0 },
	};
	struct giving g = { .req = NULL };
	enum err e;

	if ((e = input_read(r, fields, COUNT(fields), &g)) != ERR_OK)
		return (e);
	if (!r->app->conf.signin_otp_sms)
		return (ERR_NOT_FOUND);
	g.req = r;
	g.now = clock_ms();
	if ((e = throttle_code_begin(r, r->subject->user_id)) != ERR_OK)
		return (e);
	if ((e = store_write(r->app->store, write_confirmation, &g)) == ERR_OK)
		e = g.err;
	throttle_code_end(r, r->subject->user_id, e);
	if (e == ERR_TAKEN)
		return (req_fail(r, e, "this phone is that of another account"));
	if (e == ERR_OK && req_is_page_form(r))
		return (reply_redirect(r, "/account#phone-confirmed", "/account"));
	return (e != ERR_OK ? e : reply_none(r));
}

static enum err
write_removal(struct tx *tx, void *arg)
{
	struct giving *g = arg;
	struct user u;
	enum err e;

	if ((e = find_subject(tx, g, &u)) != ERR_OK)
		return (e);
	if (u.phone == NULL)
		return (ERR_NOT_FOUND);
	if ((e = ticket_forget_user(tx, TICKET_PHONE, u.id)) != ERR_OK ||
	    (e = user_set_phone(tx, u.id, NULL, false, g->now)) != ERR_OK)
		return (e);
	return (note(tx, g, "phone.removed"));
}

/* Also where no SMS is sent any more. */
enum err
phone_drop(struct req *r)
{
	struct giving g = { .req = r, .now = clock_ms() };
	enum err e;

	e = store_write(r->app->store, write_removal, &g);
	if (e == ERR_OK && req_is_page_form(r))
		return (reply_redirect(r, "/account#phone-removed", "/account"));
	return (e != ERR_OK ? e : reply_none(r));
}
