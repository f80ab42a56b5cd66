/* Another address for an account: nothing changes before a mail to it has been answered. */
#include "access/verification.h"

#include <string.h>

#include "access/app.h"
#include "access/audit.h"
#include "access/choice.h"
#include "access/joining.h"
#include "access/mailing.h"
#include "access/profile.h"
#include "access/subject.h"
#include "base/clock.h"
#include "base/text.h"

struct move {
	struct req *req;
	const struct user *user; /* as it was when the password was asked for */
	const char *email;
	int64_t now;
};

/* Is ${email} another user's? */
static enum err
is_taken(struct db *db, const char *email, const char *user_id, struct arena *a, bool *ret_taken)
{
	const char *key = arena_copy_lower(a, email);
	struct user other;
	enum err e;

	if (key == NULL)
		return (ERR_NOMEM);
	if ((e = user_find(db, USER_BY_EMAIL, key, a, &other)) != ERR_OK && e != ERR_NOT_FOUND)
		return (e);
	*ret_taken = e == ERR_OK && strcmp(other.id, user_id) != 0;
	return (ERR_OK);
}

/* The link is worth something only as long as the account has the address that it had: the data is
 * that, in small letters, and the new one as it was typed. To who has the new one already goes
 * nothing: he did not ask, and cannot do anything about it. */
static enum err
write_request(struct tx *tx, void *arg)
{
	const struct move *mv = arg;
	struct req *r = mv->req;
	struct ticket t = { .purpose = TICKET_ADDRESS, .life_s = VERIFICATION_LIFE_S };
	struct json params = json_object(r->arena);
	struct mailing m = { .kind = "address",
		.to = mv->email,
		.ticket = &t,
		.path = "/verify",
		.params = &params };
	const char *key;
	struct user u;
	enum err e;

	if ((e = subject_recheck(tx, r)) != ERR_OK ||
	    (e = user_find(tx_db(tx), USER_BY_ID, mv->user->id, r->arena, &u)) != ERR_OK)
		return (e);
	if (u.password_hash == NULL || strcmp(u.password_hash, mv->user->password_hash) != 0)
		return (ERR_INVALID_CREDENTIALS);
	if ((e = is_taken(tx_db(tx), mv->email, u.id, r->arena, &m.pretend)) != ERR_OK)
		return (e);
	if ((key = arena_copy_lower(r->arena, u.email)) == NULL ||
	    (t.data = arena_print(r->arena, "%s %s", key, mv->email)) == NULL)
		return (ERR_NOMEM);
	m.user = &u;
	json_add_text(&params, "place", r->remote_addr);
	return (mailing_send(tx, r, &m, mv->now));
}

static enum err
check_request(struct req *r, const char *email, struct user *ret_user)
{
	struct db *db;
	enum err e;

	if (!profile_email_ok(email))
		return (req_field_error(r, "email", "is not an e-mail address"));
	if ((e = store_read(r->app->store, &db)) != ERR_OK)
		return (e);
	e = user_find(db, USER_BY_ID, r->subject->user_id, r->arena, ret_user);
	store_read_end(r->app->store, db);
	if (e != ERR_OK)
		return (e);
	if (text_same_nocase(ret_user->email, email))
		return (req_field_error(r, "email", "is your address already"));
	/* A session alone, which somebody may have found open, takes no account along. */
	if (ret_user->password_hash == NULL)
		return (req_field_error(
		    r, "current_password", "is needed, and you have none: choose one first"));
	return (ERR_OK);
}

enum err
verification_change(struct req *r, const char *email, const char *current)
{
	struct move mv = { .req = r, .email = email };
	struct user u;
	enum err e;

	if ((e = check_request(r, email, &u)) != ERR_OK ||
	    (e = choice_prove(r, &u, current)) != ERR_OK || (e = mailing_allow(r, email)) != ERR_OK)
		return (e);
	mv.user = &u;
	mv.now = clock_ms();
	return (store_write(r->app->store, write_request, &mv));
}

/* Is it the user who asks, by a session of the own? */
static bool
is_own(const struct subject *s, const char *user_id)
{

	return (s != NULL && s->key_id[0] == '\0' && s->actor_id[0] == '\0' &&
	        strcmp(s->user_id, user_id) == 0);
}

/* The user of ${t} and the new address, if all is as it was when it was asked for. */
static enum err
find_mover(struct tx *tx, struct req *r, const struct ticket *t, struct user *ret_user,
    const char **ret_email)
{
	const char *space = strchr(t->data, ' '), *key;
	bool taken;
	enum err e;

	if (t->user_id == NULL || space == NULL)
		return (ERR_TICKET);
	if ((e = user_find(tx_db(tx), USER_BY_ID, t->user_id, r->arena, ret_user)) != ERR_OK)
		return (e == ERR_NOT_FOUND ? ERR_TICKET : e);
	if ((key = arena_copy_lower(r->arena, ret_user->email)) == NULL)
		return (ERR_NOMEM);
	if (!ret_user->enabled || ret_user->locked || ret_user->hidden ||
	    strlen(key) != (size_t)(space - t->data) ||
	    strncmp(key, t->data, (size_t)(space - t->data)) != 0)
		return (ERR_TICKET);
	*ret_email = space + 1;
	if ((e = is_taken(tx_db(tx), *ret_email, ret_user->id, r->arena, &taken)) != ERR_OK)
		return (e);
	if (taken)
		return (ERR_TICKET);
	/* Somebody else may have asked for this address, too, and the two mails look alike. Who is
	 * signed in as another is told nothing of it. */
	if (is_own(r->subject, t->user_id))
		return (ERR_OK);
	if (r->subject == NULL)
		req_fail(r, ERR_TICKET,
		    "sign in with the account that is to have this address, and come again");
	return (ERR_TICKET);
}

/* "b...@example.org": whoever wrote it recognises it, and who has taken over the old address, or
 * reads along there, does not learn where the account has gone. */
static const char *
mask(const char *email, struct arena *a)
{

	return (arena_print(a, "%.1s...%s", email, strrchr(email, '@')));
}

static enum err
tell_old(struct tx *tx, struct req *r, const struct user *u, const char *old, int64_t now)
{
	struct json params = json_object(r->arena);
	struct mailing m = { .kind = "address-changed", .user = u, .to = old, .params = &params };

	if (!profile_email_ok(old)) /* an imported one, which no server takes */
		return (ERR_OK);
	json_add_text(&params, "new_address", mask(u->email, r->arena));
	json_add_text(&params, "ask", r->app->conf.guard_ask);
	return (mailing_send(tx, r, &m, now));
}

enum err
verification_move(struct tx *tx, struct req *r, const char *token, int64_t now)
{
	const char *old, *email;
	struct ticket t;
	struct user u;
	enum err e;

	if ((e = ticket_take(tx, TICKET_ADDRESS, token, now, r->arena, &t)) != ERR_OK ||
	    (e = find_mover(tx, r, &t, &u, &email)) != ERR_OK)
		return (e);
	old = u.email;
	u.email = email;
	u.email_confirmed = true;
	if ((e = user_set_profile(tx, &u, now, r->arena)) != ERR_OK ||
	    (e = ticket_forget_all(tx, u.id)) != ERR_OK ||
	    (e = tell_old(tx, r, &u, old, now)) != ERR_OK ||
	    (e = audit_note(tx, r,
	         &(struct event){ .action = "email.changed",
	             .object_type = "user",
	             .object_id = u.id,
	             .user_id = u.id })) != ERR_OK)
		return (e);
	return (joining_by_domain(tx, r, &u, now));
}
