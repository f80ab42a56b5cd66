/* Getting back in by what was mailed. */
#include "access/recovery.h"

#include "access/app.h"
#include "access/audit.h"
#include "access/choice.h"
#include "access/device_notice.h"
#include "access/grant.h"
#include "access/mailing.h"
#include "access/notice.h"
#include "access/profile.h"
#include "access/throttle.h"
#include "access/verification.h"
#include "base/clock.h"
#include "base/text.h"
#include "store/user_device.h"

#define RESET_S 1800

/* Also who has no password: so people come in who were taken over from elsewhere without theirs.
 * Whom an admin wants to keep out he disables. */
static bool
may_reset(const struct user *u)
{

	return (u->enabled && !u->locked && !u->hidden);
}

struct asking {
	struct req *req;
	const char *email;
	const char *key; /* in small letters */
	int64_t now;
};

static enum err
write_asking(struct tx *tx, void *arg)
{
	const struct asking *t = arg;
	struct ticket ticket = { .purpose = TICKET_RESET, .life_s = RESET_S };
	struct mailing m = { .kind = "reset",
		.to = t->email,
		.ticket = &ticket,
		.path = "/reset",
		.pretend = true };
	struct user u;
	enum err e;

	e = user_find(tx_db(tx), USER_BY_EMAIL, t->key, t->req->arena, &u);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		return (e);
	if (e == ERR_OK) {
		m.user = &u;
		m.to = u.email;
		m.pretend = !may_reset(&u);
	}
	return (mailing_send(tx, t->req, &m, t->now));
}

enum err
recovery_forgot(struct req *r, const char *email)
{
	struct asking t = { .req = r, .email = email, .now = clock_ms() };
	enum err e;

	if (!profile_email_ok(email))
		return (req_field_error(r, "email", "is not an e-mail address"));
	if ((t.key = arena_copy_lower(r->arena, email)) == NULL)
		return (ERR_NOMEM);
	if ((e = mailing_allow(r, email)) != ERR_OK)
		return (e);
	return (store_write(r->app->store, write_asking, &t));
}

/* Somebody comes with a link. */
struct coming {
	struct req *req;
	const char *token;
	struct ticket ticket;
	struct user user;
	const char *hash;
	int64_t now;
};

/* Whose the link is. */
static enum err
find_owner(struct db *db, struct coming *t)
{
	enum err e;

	if (t->ticket.user_id == NULL)
		return (ERR_TICKET);
	e = user_find(db, USER_BY_ID, t->ticket.user_id, t->req->arena, &t->user);
	return (e == ERR_NOT_FOUND ? ERR_TICKET : e);
}

/* And whether a password may be set by it: where it was mailed to must still be the user's address,
 * or who reads that one would get somebody else's account. */
static enum err
check_owner(struct db *db, struct coming *t)
{
	enum err e;

	if ((e = find_owner(db, t)) != ERR_OK)
		return (e);
	if (!may_reset(&t->user) || !text_same_nocase(t->user.email, t->ticket.email))
		return (ERR_TICKET);
	return (ERR_OK);
}

/* Before a password is hashed for nothing. */
static enum err
look(struct coming *t)
{
	struct req *r = t->req;
	struct db *db;
	enum err e;

	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = ticket_find(db, TICKET_RESET, t->token, t->now, r->arena, &t->ticket);
	if (e == ERR_OK)
		e = check_owner(db, t);
	store_read_end(r->app->store, db);
	return (e);
}

static enum err
write_reset(struct tx *tx, void *arg)
{
	struct coming *t = arg;
	struct req *r = t->req;
	struct user *u = &t->user;
	struct json details = json_object(r->arena);
	const struct notice n = notice_of(r, t->now);
	struct event ev = {
		.action = "password.reset", .object_type = "user", .details = &details
	};
	int64_t count;
	bool claimed;
	enum err e;

	if ((e = ticket_take(tx, TICKET_RESET, t->token, t->now, r->arena, &t->ticket)) != ERR_OK ||
	    (e = check_owner(tx_db(tx), t)) != ERR_OK)
		return (e);
	ev.object_id = ev.user_id = u->id;
	claimed = !u->email_confirmed;
	json_add_bool(&details, "email_confirmed", claimed);
	if ((e = verification_claim(tx, r, u, t->now)) != ERR_OK ||
	    (e = user_set_password(tx, u->id, t->hash, t->now)) != ERR_OK ||
	    (e = grant_end_all(tx, r, u->id, NULL, NULL, t->now, &count)) != ERR_OK ||
	    (e = audit_note(tx, r, &ev)) != ERR_OK)
		return (e);
	return (notice_password(tx, &n, u, claimed ? NOTICE_CLAIMED : NOTICE_RESET));
}

enum err
recovery_reset(struct req *r, const char *token, const char *password)
{
	struct coming t = { .req = r, .token = token, .now = clock_ms() };
	struct policy_owner owner;
	char *hash;
	enum err e;

	if ((e = look(&t)) != ERR_OK)
		return (e);
	owner = (struct policy_owner){ t.user.email, t.user.username, t.user.name };
	if ((e = choice_check(r, "new_password", password, &owner)) != ERR_OK)
		return (e);
	if ((hash = arena_alloc(r->arena, HASHER_HASH_SIZE)) == NULL)
		return (ERR_NOMEM);
	if ((e = hasher_hash(r->app->hasher, password, hash)) != ERR_OK)
		return (e);
	t.hash = hash;
	t.now = clock_ms();
	if ((e = store_write(r->app->store, write_reset, &t)) != ERR_OK)
		return (e);
	throttle_forget_user(r->app->limiter, &t.user, r->arena);
	return (ERR_OK);
}

static enum err
write_unlock(struct tx *tx, void *arg)
{
	struct coming *t = arg;
	struct req *r = t->req;
	struct event ev = { .action = "user.waits_ended", .object_type = "user" };
	enum err e;

	e = ticket_take(tx, TICKET_UNLOCK, t->token, t->now, r->arena, &t->ticket);
	if (e != ERR_OK || (e = find_owner(tx_db(tx), t)) != ERR_OK)
		return (e);
	ev.object_id = ev.user_id = t->user.id;
	return (audit_note(tx, r, &ev));
}

enum err
recovery_unlock(struct req *r, const char *token)
{
	struct coming t = { .req = r, .token = token, .now = clock_ms() };
	enum err e;

	if ((e = store_write(r->app->store, write_unlock, &t)) == ERR_OK)
		throttle_forget_user(r->app->limiter, &t.user, r->arena);
	return (e);
}

static enum err
write_end_session(struct tx *tx, void *arg)
{
	struct coming *t = arg;
	struct req *r = t->req;
	char session_id[ID_SIZE], device_id[ID_SIZE];
	struct session s;
	enum err e;

	e = ticket_take(tx, TICKET_END_SESSION, t->token, t->now, r->arena, &t->ticket);
	if (e != ERR_OK || (e = find_owner(tx_db(tx), t)) != ERR_OK)
		return (e);
	if (!device_notice_parse(t->ticket.data, session_id, device_id))
		return (ERR_INTERNAL);
	/* Who is thrown out takes the account along by no link that he asked for, nor comes back.
	 */
	if ((e = user_device_drop(tx, t->user.id, device_id)) != ERR_OK ||
	    (e = ticket_forget_user(tx, TICKET_ADDRESS, t->user.id)) != ERR_OK ||
	    (e = ticket_forget_user(tx, TICKET_PHONE, t->user.id)) != ERR_OK)
		return (e);
	e = session_find(tx_db(tx), session_id, r->arena, &s);
	/* One that is over is as good as ended. */
	if (e == ERR_NOT_FOUND || (e == ERR_OK && !session_live(&s, t->now)))
		return (ERR_OK);
	return (e != ERR_OK ? e : grant_end(tx, r, &s, t->now, "ended by the link in a mail"));
}

enum err
recovery_end_session(struct req *r, const char *token)
{
	struct coming t = { .req = r, .token = token, .now = clock_ms() };

	return (store_write(r->app->store, write_end_session, &t));
}
